"""`[[notify]]` of the site file: who else is told of an alert - a command on this machine, a webhook, an e-mail, an MQTT broker.

Nothing is sent anywhere that the site file does not name. A password never stands in the site file: it lies in a file (`secret_file`)
or in the environment (`secret_env`), and an address that is itself a secret in `url_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

_SCHEMES = {
    "webhook": ("http", "https"),
    "mqtt": ("mqtt", "mqtts"),
    "email": ("smtp", "smtps", "smtp+starttls"),
}
PORTS = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883, "smtp": 25, "smtps": 465, "smtp+starttls": 587}


class Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[notify]]`: one way out. `url` is the webhook, the broker with its topic as path, or the mail server."""

    id: str
    kind: Literal["command", "webhook", "email", "mqtt"]
    severity: Literal["low", "medium", "high"] = "medium"
    when: tuple[Literal["raised", "escalated", "acknowledged", "shelved", "closed"], ...] = ("raised", "escalated")
    hours: str = "always"
    exercises: bool = False
    timeout_s: float = 10.0
    repeat_s: float | None = None
    command: tuple[str, ...] = ()
    url: str | None = None
    url_file: str | None = None
    user: str | None = None
    secret_file: str | None = None
    secret_env: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()


def check_notify(outputs: Iterable[Notify], check_hours: Callable[[str, str], list[str]]) -> list[str]:
    """Problems of the outputs, each with its place in the file."""
    found: list[str] = []
    seen: set[str] = set()
    for i, n in enumerate(outputs):
        w = f"notify[{i}] ({n.id})"
        if n.id in seen:
            found.append(f"{w}: two outputs have this id; give each its own")
        seen.add(n.id)
        found += check_hours(f"{w}.hours", n.hours)
        if not n.when:
            found.append(f"{w}.when: expected at least one of raised, escalated, acknowledged, shelved, closed")
        if not 0.5 <= n.timeout_s <= 120:
            found.append(f"{w}.timeout_s: expected 0.5 to 120, got {n.timeout_s!r}")
        if n.repeat_s is not None and not 1 <= n.repeat_s <= 3600:
            found.append(f"{w}.repeat_s: expected 1 to 3600, got {n.repeat_s!r}")
        found += [f"{w}.{m}" for m in (_command(n) if n.kind == "command" else _address(n))]
    return found


def _command(n: Notify) -> list[str]:
    odd = [k for k in ("url", "url_file", "user", "secret_file", "secret_env", "sender") if getattr(n, k) is not None]
    found = [f"{key}: is not for a command" for key in odd]
    if not n.command or not n.command[0]:
        found.append('command: expected the program and its arguments: ["aplay", "/home/watch/alarm.wav"]')
    return found


def _address(n: Notify) -> list[str]:
    found = []
    if n.command:
        found.append(f"command: is not for a {n.kind}")
    if (n.url is None) == (n.url_file is None):
        found.append("url: give the address here, or a file that holds it as url_file (one of both)")
    if n.url is not None:
        found += check_url(n.kind, n.url)
    if n.secret_file is not None and n.secret_env is not None:
        found.append("secret_file: give this or secret_env, not both")
    if n.kind == "webhook" and n.user is not None:
        found.append("user: is for email and mqtt; a webhook's secret is sent as `Authorization: Bearer`")
    if n.kind == "email":
        found += [f"{key}: expected an address" for key in ("sender", "to") if not getattr(n, key)]
        odd = [a for a in (*n.to, n.sender or "x@y") if "@" not in a or any(c in a for c in "\r\n,<> ")]
        found += [f"to: expected addresses like watch@example.org, got {a!r}" for a in odd]
    return found


def check_url(kind: str, url: str) -> list[str]:
    """Problems of an output's address; the address itself is never part of the message, for it may be a secret."""
    wanted = _SCHEMES[kind]
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return [f"url: cannot be read as an address; expected {wanted[0]}://host"]
    if parts.scheme not in wanted or not host:
        return [f"url: expected {' or '.join(f'{s}://' for s in wanted)} and a host"]
    if parts.username or parts.password:
        return ["url: holds a user or password; give `user`, and the password in secret_file or secret_env"]
    if kind == "mqtt" and not parts.path.strip("/"):
        return ["url: expected the topic as its path: mqtt://broker/picket/alerts"]
    if kind == "mqtt" and ("#" in url or "+" in parts.path):
        return ["url: a topic that is written to has no + or #"]
    return [] if port is None or port > 0 else ["url: port 0 is none"]
