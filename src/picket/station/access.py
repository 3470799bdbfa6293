"""Who may look: one-time links, sessions, users, and the check of Host and Origin on every request and WebSocket.

A one-time token becomes a session cookie; of sessions and passwords only hashes are kept, in `secrets/` beside the log (mode 0600),
so that a restarted station knows its officers. Nothing here is ever logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import math
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picket.handwritten import parse_json
from picket.record.files import write_whole

COOKIE = "picket_session"  # and the port (`cookie_name`): a browser keeps one jar for all ports of a host
SESSION_HOURS = 7 * 24  # after its last use: a page that stands open on a wall stays signed in
RENEW_HOURS = 24  # a session in use is written anew at most this often
TOKEN_MINUTES = 60 * 12
_SCRYPT = {"n": 2**14, "r": 8, "p": 5}  # OWASP password storage cheat sheet: N=2^14 with p=5, 16 MiB
_MAX_FAILURES = 10  # wrong passwords or tokens in a minute from one address, before it waits
# Whose entries of the log no person's may look like. The first is `picket.train.injects.EXERCISE_CONTROL`: too much to load for a sign-in.
RESERVED = ("exercise control", "picket", "station", "nobody", "on the page")
MAX_NAME = 40
MAX_BODY = 1 << 20  # bytes of a request: a zone's outline has room
MAX_SIGN_IN = 1 << 14  # of one by whoever is not signed in yet
MAX_FILE = 25 << 20  # of a file that a signed-in user attaches to an incident
_FILES = re.compile(r"/api/incidents/\d+/files")


_NO_LIST = (
    "name or password is wrong, or the station's list of users is damaged: whoever keeps the station sees it with `picket doctor`"
)


class AccessError(ValueError):
    """Not let in; the message says what to do."""


class Access:
    """Tokens, sessions and users of one station. Any thread may call; sign-ins write a file and hash for long: not in the loop."""

    def __init__(self, folder: Path, clock: Callable[[], float], steady: Callable[[], float] = time.monotonic) -> None:
        """clock: UNIX seconds, which may be set; steady: seconds that nobody sets."""
        self._path, self._users_path = folder / "sessions.json", folder / "users.json"
        self._clock, self._steady = clock, steady
        self._used: dict[str, float] = {}  # sessions, when they were last used
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as e:
            raise AccessError(f"{folder}: cannot be written ({e.strerror or e}); give another --archive") from None
        self._tokens: dict[str, tuple[str, float, bool]] = {}
        self._sessions: dict[str, dict[str, Any]] = {
            k: v for k, v in _load(self._path).items() if isinstance(v.get("until"), (int, float)) and "name" in v
        }
        self._failures: dict[str, list[float]] = {}
        self._changing, self._hashing = threading.Lock(), threading.Lock()

    def new_token(self, name: str, *, control: bool = False) -> str:
        """A one-time token for `name`; control: its session may control an exercise."""
        token, now = secrets.token_urlsafe(24), self._clock()
        with self._changing:
            self._tokens = {k: v for k, v in self._tokens.items() if v[1] > now}
            self._tokens[_hash(token)] = (name, now + TOKEN_MINUTES * 60, control)
        return token

    def open_session(self, token: str, caller: str = "") -> tuple[str, str]:
        """(session, name) for a token, which is spent. `caller` is the address that asks. Raises AccessError."""
        self._slow_down(caller)
        with self._changing:
            name, until, control = self._tokens.pop(_hash(token), ("", 0.0, False))
        if until < self._clock():
            self._failed(caller)
            raise AccessError(
                "this link was used already or is too old; make a new one on a signed-in page, or restart the station"
            )
        return self._session(name, control), name

    def log_in(self, name: str, password: str, caller: str = "") -> tuple[str, str]:
        """(session, name) for a user's password. Raises AccessError."""
        if not self._hashing.acquire(timeout=1.0):  # 16 MiB and a core each: one at a time, and not all threads waiting for it
            raise AccessError("too many sign in at once; try again in a moment")
        try:
            self._slow_down(caller)
            users, problem = _users(self._users_path)
            salt, known = users.get(name, (b"\0", ""))  # unknown names cost the same time
            if not hmac.compare_digest(_scrypt(password, salt), known):
                self._failed(caller)
                raise AccessError("name or password is wrong" if problem is None else _NO_LIST)
        finally:
            self._hashing.release()
        return self._session(name), name

    def who(self, session: str) -> str | None:
        """The name behind a session, or None."""
        key, now, steady = _hash(session), self._clock(), self._steady()
        held = self._sessions.get(key)
        if held is None:
            return None
        if held["until"] < now:
            if steady - self._used.get(key, -math.inf) > RENEW_HOURS * 3600:
                return None
            held["until"] = now  # the clock was set forward under a session in use: whoever acknowledges alerts goes on
        self._used[key] = steady
        return str(held["name"])

    def fades(self, session: str) -> bool:
        """Whether a session that holds was last renewed RENEW_HOURS ago or more."""
        held = self._sessions.get(_hash(session))
        now = self._clock()
        if held is None or held["until"] < now:
            return False
        return (
            not (SESSION_HOURS - RENEW_HOURS) * 3600 < held["until"] - now <= SESSION_HOURS * 3600
        )  # more: the clock was set back

    def renew(self, session: str) -> None:
        """A session that holds does so for another SESSION_HOURS. Writes a file: not in the loop."""
        with self._changing:
            held, now = self._sessions.get(_hash(session)), self._clock()
            if held is not None and held["until"] >= now:
                held["until"] = now + SESSION_HOURS * 3600
                self._keep()

    def controls(self, session: str) -> bool:
        """Whether a session may control an exercise."""
        return self.who(session) is not None and bool(self._sessions[_hash(session)].get("control"))

    def rename(self, session: str, name: str) -> None:
        """The session goes on under another name. Raises AccessError for a name that another one has, or a session that is none."""
        with self._changing:
            held, now = self._sessions.get(_hash(session)), self._clock()
            if held is None or held["until"] < now:
                raise AccessError("not signed in; open the one-time address that the station printed")
            others = [str(s["name"]) for s in self._sessions.values() if s is not held and s["until"] > now]
            if name.casefold() in (n.casefold() for n in others):
                raise AccessError(f"somebody here is called {name!r} already; choose another name")
            held["name"], held["named"] = name, True
            self._keep()

    def named(self, session: str) -> bool:
        """Whether whoever holds the session chose its name."""
        return self.who(session) is not None and bool(self._sessions[_hash(session)].get("named"))

    def set_password(self, name: str, password: str) -> None:
        """Adds a user or changes a password; a running station knows it at once.

        Raises AccessError for a password that is too short, a name that is none or the station's own, and users that cannot be read.
        """
        if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != " ".join(name.split()):
            raise AccessError(f"name: expected 1 to {MAX_NAME} characters that can be seen, got {name!r}")
        if name.casefold() in RESERVED:
            raise AccessError(f"{name!r} is what the station calls itself or nobody; choose another name")
        if len(password) < 10:
            raise AccessError(f"a password of {len(password)} characters is too short; use at least 10")
        users, problem = _users(self._users_path)
        if problem is not None:  # what cannot be read of it would be gone
            raise AccessError(problem)
        salt = secrets.token_bytes(16)
        users[name] = salt, _scrypt(password, salt)
        kept = {n: {"salt": s.hex(), "hash": h} for n, (s, h) in users.items()}
        write_whole(self._users_path, json.dumps(kept).encode())

    def _session(self, name: str, control: bool = False) -> str:
        session, now = secrets.token_urlsafe(32), self._clock()
        with self._changing:
            self._sessions = {k: v for k, v in self._sessions.items() if v["until"] > now}
            self._used = {k: t for k, t in self._used.items() if k in self._sessions}
            self._sessions[_hash(session)] = {"name": name, "until": now + SESSION_HOURS * 3600, "control": control}
            self._keep()
        return session

    def _keep(self) -> None:
        with contextlib.suppress(OSError):  # a full disk must not keep officers out; a restart asks them to sign in again
            write_whole(self._path, json.dumps(self._sessions).encode())

    def _slow_down(self, caller: str) -> None:
        now = self._clock()
        with self._changing:
            recent = {c: [t for t in times if t > now - 60] for c, times in self._failures.items()}
            self._failures = {c: times for c, times in recent.items() if times}
            if len(self._failures.get(caller, ())) >= _MAX_FAILURES:
                raise AccessError("too many wrong tries; wait a minute")

    def _failed(self, caller: str) -> None:
        with self._changing:
            self._failures.setdefault(caller, []).append(self._clock())


def users_in(folder: Path) -> bool:
    """Whether a folder of secrets knows at least one user with a password."""
    return bool(_users(folder / "users.json")[0])


def users_problem(folder: Path) -> str | None:
    """What is wrong with the list of users in a folder of secrets, and what to do; None when it is whole, or not there."""
    return _users(folder / "users.json")[1]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _scrypt(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, maxmem=64 << 20, **_SCRYPT).hex()


def _users(path: Path) -> tuple[dict[str, tuple[bytes, str]], str | None]:
    """(name -> salt and hash, of those who can sign in; what is wrong with the file and what to do)."""
    try:
        listed = parse_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, None
    except OSError as e:
        return {}, f"{path}: cannot be read ({e.strerror or e}); its owner must be whom the station runs as"
    except ValueError as e:
        return {}, _damaged(path, str(e))
    if not isinstance(listed, dict):
        return {}, _damaged(path, "no list of users")
    good = {}
    for name, user in listed.items():
        with contextlib.suppress(KeyError, TypeError, ValueError):
            good[name] = bytes.fromhex(user["salt"]), bytes.fromhex(user["hash"]).hex()
    bad = [name for name in listed if name not in good]
    return good, _damaged(path, f"no salt and hash of {', '.join(map(repr, bad[:8]))}") if bad else None


def _damaged(path: Path, what: str) -> str:
    return f"{path}: is damaged ({what}); put a whole copy back, or take it away and add every user again with `picket user NAME`"


def _load(path: Path) -> dict[str, dict[str, Any]]:
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in loaded.items() if isinstance(v, dict)} if isinstance(loaded, dict) else {}


class Gate:
    """ASGI: refuses a wrong Host or Origin (403), a body that is too long or of unknown length (413, 411) and, outside
    `open_paths`, a request without a session (401; a browser that opens a page is sent to the front page, which asks to sign in).

    serves: whether a Host header (lower case) is this station's. The name behind the session is put into the scope's state as
    `user`.
    """

    def __init__(self, app: Any, access: Access, serves: Callable[[str], bool], open_paths: tuple[str, ...], scheme: str) -> None:
        self.app, self.access, self.serves, self.open_paths, self.scheme = app, access, serves, open_paths, scheme

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request or WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        problem = self._problem(scope, headers)
        if problem is None:
            session = session_of(headers)
            if scope["type"] == "http" and self.access.fades(session):
                await asyncio.to_thread(self.access.renew, session)
                send = send if "authorization" in headers else self._with_cookie(send, session, headers["host"])
            await self.app(scope, receive, send)
            return
        status, message = problem
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4000 + status, "reason": message[:120]})
            return
        if status == 401 and _looks(scope, headers):
            await send(
                {"type": "http.response.start", "status": 303, "headers": [(b"location", b"/"), (b"content-length", b"0")]}
            )
            await send({"type": "http.response.body", "body": b""})
            return
        body = json.dumps({"error": message}).encode()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    def _with_cookie(self, send: Any, session: str, host: str) -> Any:
        """`send`, with the session's cookie set anew in the head of the answer."""
        words = f"{cookie_name(host)}={session}; HttpOnly; Max-Age={SESSION_HOURS * 3600}; Path=/; SameSite=strict"
        cookie = (b"set-cookie", f"{words}; Secure".encode() if self.scheme == "https" else words.encode())

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), cookie]}
            await send(message)

        return sent

    def _problem(self, scope: Any, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "").lower()
        if not self.serves(host):
            return 403, f"host {host!r} is not served here; open the address that the station printed"
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"{self.scheme}://{host}":
            return 403, f"origin {origin!r} may not use this station"
        if "transfer-encoding" in headers:
            return 411, "send the body with a Content-Length"
        user = self.access.who(session_of(headers))
        if user is None and scope["path"] not in self.open_paths:
            return 401, "not signed in; open the one-time address that the station printed"
        length = headers.get("content-length", "0")
        most = MAX_SIGN_IN if user is None else MAX_FILE if _FILES.fullmatch(scope["path"]) else MAX_BODY
        if not length.isdecimal() or int(length[:20]) > most:
            return 413, f"a body of {length[:20]} bytes; at most {most}"
        scope.setdefault("state", {})["user"] = user
        return None


def _looks(scope: Any, headers: dict[str, str]) -> bool:
    """Does somebody open a page in a browser? They are sent to the front page, which asks them to sign in; programs get the error."""
    return "text/html" in headers.get("accept", "") and scope["method"] == "GET" and not scope["path"].startswith("/api/")


def cookie_name(host: str) -> str:
    """The name of the session's cookie at a Host: that of one station does not take the place of another's."""
    port = re.search(r":(\d+)$", host)
    return f"{COOKIE}_{port[1]}" if port else COOKIE


def session_of(headers: dict[str, str]) -> str:
    """The session in a request's cookie or bearer header; empty when there is none."""
    own = cookie_name(headers.get("host", ""))
    bearer = headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return bearer[7:].strip()
    for part in headers.get("cookie", "").split(";"):  # other programs on this machine set cookies too, and odd ones
        name, _, value = part.strip().partition("=")
        if name == own:
            return value
    return ""
