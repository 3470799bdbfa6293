"""How one message leaves by one output. Each function raises SendError with words that hold no address and no secret."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from picket.site_notify import PORTS, Notify, check_url

_MOST_SECRET = 16_384  # bytes of a secret's file


class SendError(ValueError):
    """A message that did not go out; the words may be shown to everybody."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out. what: raised, escalated, acknowledged, shelved, closed, repeated or test; alert: its fields (docs/stream.md)."""

    version: int = 1
    site: str
    what: str
    severity: str
    text: str
    simulated: bool
    time: float
    alert: dict[str, Any]

    def json(self) -> bytes:
        """The message for programs."""
        return msgspec.json.encode(self)


async def send(n: Notify, message: Message, folder: Path) -> None:
    """Sends it; files are beside the site file in `folder`. The caller limits the time."""
    if n.kind == "command":
        await _command(n, message, folder)
    else:
        url, secret = await asyncio.to_thread(lambda: (address(n, folder), secret_of(n, folder)))
        await _WAYS[n.kind](n, message, url, secret)


def address(n: Notify, folder: Path) -> SplitResult:
    """The output's address, read from its file where it lies in one. Raises SendError."""
    url = n.url if n.url is not None else _read(folder / (n.url_file or ""), "url_file")
    problems = check_url(n.kind, url)
    if problems:
        raise SendError(problems[0])
    return urlsplit(url.strip())


def secret_of(n: Notify, folder: Path) -> str | None:
    """The output's password or token; None when it has none. Raises SendError when it is named but not there."""
    if n.secret_env is not None:
        value = os.environ.get(n.secret_env)
        if not value:
            raise SendError(f"secret_env: the environment has no {n.secret_env}")
        return value
    return _read(folder / n.secret_file, "secret_file") if n.secret_file is not None else None


def _read(path: Path, key: str) -> str:
    try:
        with path.open("rb") as f:
            text = f.read(_MOST_SECRET).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise SendError(f"{key}: {path.name} cannot be read ({getattr(e, 'strerror', None) or 'no text'})") from None
    if not text:
        raise SendError(f"{key}: {path.name} is empty")
    return text


def port_of(url: SplitResult) -> int:
    """The address's port, or the usual one."""
    return url.port or PORTS[url.scheme]


# -- a command on this machine -----------------------------------------------------------------------------------------
async def _command(n: Notify, message: Message, folder: Path) -> None:
    """Runs it without a shell: the alert is in its environment (PICKET_TEXT ...) and, as JSON, on its standard input."""
    own = {
        "PICKET_SITE": message.site, "PICKET_WHAT": message.what, "PICKET_SEVERITY": message.severity, "PICKET_TEXT": message.text,
        "PICKET_ALERT_ID": str(message.alert["id"]), "PICKET_SIMULATED": "1" if message.simulated else "0",
    }  # fmt: skip
    try:
        process = await asyncio.create_subprocess_exec(
            *n.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **{k: v.replace("\0", "") for k, v in own.items()}}, cwd=folder, start_new_session=True,
        )  # fmt: skip
    except OSError as e:
        raise SendError(f"{n.command[0]} cannot be started ({e.strerror or e})") from None
    try:
        await process.communicate(message.json())
    finally:
        if process.returncode is None:  # its time is over: it and what it started
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait_for(process.wait(), 1.0)
    if process.returncode:
        raise SendError(f"{n.command[0]} ended with code {process.returncode}")


# -- over a network ----------------------------------------------------------------------------------------------------
async def _webhook(n: Notify, message: Message, url: SplitResult, secret: str | None) -> None:
    """POST of the JSON; any 2xx is taken. No redirect is followed, no proxy used, the answer's body not read."""
    import httpx

    headers = {"content-type": "application/json", "user-agent": "picket"}
    if secret is not None:
        headers["authorization"] = f"Bearer {secret}"
    try:
        async with (
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=n.timeout_s) as client,
            client.stream("POST", url.geturl(), content=message.json(), headers=headers) as answer,
        ):
            if not answer.is_success:
                raise SendError(f"{url.hostname} answered {answer.status_code}")
    except httpx.HTTPError as e:
        raise SendError(f"{url.hostname} cannot be reached ({type(e).__name__})") from None
    except (httpx.InvalidURL, UnicodeError):
        raise SendError("url: cannot be used as an address") from None


async def _mqtt(n: Notify, message: Message, url: SplitResult, secret: str | None) -> None:
    """One message, QoS 1 and not retained, to the topic that the path names."""
    try:
        import aiomqtt
    except ImportError:
        raise SendError('needs aiomqtt: pip install "picket[station]"') from None
    tls = ssl.create_default_context() if url.scheme == "mqtts" else None
    try:
        async with aiomqtt.Client(
            url.hostname or "", port_of(url), username=n.user, password=secret, timeout=n.timeout_s, tls_context=tls
        ) as client:
            await client.publish(unquote(url.path.removeprefix("/")), message.json(), qos=1)
    except (aiomqtt.MqttError, OSError, ValueError) as e:
        raise SendError(f"{url.hostname} did not take it ({type(e).__name__})") from None


def mail(n: Notify, message: Message) -> EmailMessage:
    """The message as an e-mail: what decides in the subject."""
    found = EmailMessage()
    found["From"], found["To"] = n.sender or "", ", ".join(n.to)
    mark = "EXERCISE " if message.simulated else ""
    head = message.text.split(":")[0] if message.what != "test" else message.text
    found["Subject"] = _line(
        f"[Picket] {mark}{message.severity.upper()} {message.what}: {head.removeprefix('EXERCISE, SIMULATED')}"
    )
    found["Date"] = formatdate(message.time)
    todo = [f"- {step}" for step in message.alert.get("checklist") or ()]
    calls = [f"- {c['name']}: {c['how']}" for c in message.alert.get("calls") or ()]
    parts = [message.text, message.alert.get("why") or "", "\n".join(todo), "\n".join(calls)]
    parts.append(f"Alert {message.alert['id']} of {message.site}. Acknowledge it at the station; this address is not read.")
    found.set_content("\n\n".join(p for p in parts if p) + "\n")
    return found


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


async def _email(n: Notify, message: Message, url: SplitResult, secret: str | None) -> None:
    """smtplib in a thread of its own, which a server that hangs may keep: the station does not wait for it."""

    def work() -> None:
        try:
            _smtp(n, mail(n, message), url, secret)
        except smtplib.SMTPResponseException as e:
            raise SendError(f"{url.hostname} refused it (code {e.smtp_code})") from None
        except (OSError, smtplib.SMTPException, ValueError) as e:
            raise SendError(f"{url.hostname} did not take it ({type(e).__name__})") from None

    await _in_thread(work)


def _smtp(n: Notify, letter: EmailMessage, url: SplitResult, secret: str | None) -> None:
    host, tls = url.hostname or "", ssl.create_default_context()
    client: smtplib.SMTP
    if url.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, port_of(url), timeout=n.timeout_s, context=tls)
    else:
        client = smtplib.SMTP(host, port_of(url), timeout=n.timeout_s)
    with client:
        if url.scheme == "smtp+starttls":
            client.starttls(context=tls)
        if n.user is not None and secret is not None:
            client.login(n.user, secret)
        client.send_message(letter)


async def _in_thread(work: Callable[[], None]) -> None:
    """Runs it in a daemon thread: one that never returns keeps neither the loop's thread pool nor the end of the station."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as e:
            error = e
        with contextlib.suppress(RuntimeError):  # the loop has closed
            loop.call_soon_threadsafe(finish, error)

    threading.Thread(target=run, name="picket-mail", daemon=True).start()
    await done


_WAYS = {"webhook": _webhook, "mqtt": _mqtt, "email": _email}
