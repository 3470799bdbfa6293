"""Who is let in: tokens once, sessions that survive a restart, wrong tries slowed, wrong Host and Origin refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picket.station.access import RESERVED, Access, AccessError, Gate, users_in, users_problem
from picket.train.injects import EXERCISE_CONTROL


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_token_works_once(tmp_path: Path) -> None:
    access = Access(tmp_path, Clock())
    token = access.new_token("anna")
    session, name = access.open_session(token)
    assert name == "anna"
    assert access.who(session) == "anna"
    with pytest.raises(AccessError, match="used already"):
        access.open_session(token)


def test_a_session_survives_a_restart_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    access = Access(tmp_path, clock)
    session, _ = access.open_session(access.new_token("anna"))
    assert Access(tmp_path, clock).who(session) == "anna"
    assert session not in (tmp_path / "sessions.json").read_text()
    assert (tmp_path / "sessions.json").stat().st_mode & 0o077 == 0
    clock.now += 8 * 24 * 3600
    assert Access(tmp_path, clock).who(session) is None


def test_a_page_that_stands_open_for_weeks_stays_signed_in(tmp_path: Path) -> None:
    """It ended seven days after the sign-in, in the middle of a watch, and its one-time address was spent."""
    clock = Clock()
    access = Access(tmp_path, clock)
    session, _ = access.open_session(access.new_token("wall"))
    idle, _ = access.open_session(access.new_token("gone"))
    heads: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})

    async def send(message: dict[str, Any]) -> None:
        heads.append(message)

    door = Gate(app, access, {"127.0.0.1:8787"}.__contains__, (), "http")
    asked = {
        "type": "http",
        "path": "/api/health",
        "headers": [(b"host", b"127.0.0.1:8787"), (b"cookie", f"picket_session_8787={session}".encode())],
    }
    for _ in range(40 * 6):
        clock.now += 4 * 3600
        asyncio.run(door({**asked}, None, send))
        assert heads[-1]["status"] == 200
    told = [dict(h["headers"]).get(b"set-cookie", b"").decode() for h in heads]
    assert 30 <= sum(map(bool, told)) <= 41, "the browser keeps the cookie as long, and the file is written once a day"
    assert all(t.startswith(f"picket_session_8787={session}; HttpOnly; Max-Age=604800;") for t in told if t)
    assert Access(tmp_path, clock).who(session) == "wall", "after a restart too"
    assert access.who(idle) is None, "who does not come back is let go as ever"


@pytest.mark.parametrize("jump_s", [40 * 24 * 3600.0, -40 * 24 * 3600.0])
def test_a_clock_that_is_set_signs_nobody_out_who_is_there(tmp_path: Path, jump_s: float) -> None:
    clock, steady = Clock(), Clock()
    clock.now = 1e9
    access = Access(tmp_path, clock, steady)
    session, _ = access.open_session(access.new_token("anna"))
    idle, _ = access.open_session(access.new_token("gone"))
    assert access.who(session) == "anna"
    clock.now += jump_s
    steady.now += 2.0
    assert access.who(session) == "anna"
    assert access.fades(session), "the browser's cookie and the file are renewed"
    access.renew(session)
    assert not access.fades(session)
    assert Access(tmp_path, clock).who(session) == "anna"
    if jump_s > 0:
        assert access.who(idle) is None


def test_passwords(tmp_path: Path) -> None:
    access = Access(tmp_path, Clock())
    with pytest.raises(AccessError, match="too short"):
        access.set_password("anna", "short")
    access.set_password("anna", "correct horse battery")
    assert "correct" not in (tmp_path / "users.json").read_text()
    _, name = Access(tmp_path, Clock()).log_in("anna", "correct horse battery")
    assert name == "anna"
    for who, word in (("anna", "wrong"), ("nobody", "correct horse battery")):
        with pytest.raises(AccessError, match="wrong"):
            access.log_in(who, word)


@pytest.mark.parametrize("name", ["", " ", "an\x1bna", "a\nb", "x" * 41, "Picket", "exercise control"])
def test_a_name_is_a_person_s_and_can_be_seen(tmp_path: Path, name: str) -> None:
    """Under it stands what its owner did; the watch log's own entries are by `picket`."""
    with pytest.raises(AccessError, match=r"name: expected 1 to 40|what the station calls itself"):
        Access(tmp_path, Clock()).set_password(name, "correct horse battery")
    assert not (tmp_path / "users.json").exists()


WHOLE = {"salt": "00", "hash": "ab"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"anna": {"salt"', "Expecting ':' delimiter: line 1 column 17"),
        ("[" * 100_000, "brackets within brackets"),
        ("\x00", "Expecting value"),
        ("[]", "no list of users"),
        (json.dumps({"anna": WHOLE, "bert": "x", "carl": {"salt": "zz", "hash": ""}}), "no salt and hash of 'bert', 'carl'"),
        (json.dumps({"anna": {"salt": 5, "hash": "ab"}}), "no salt and hash of 'anna'"),
        (json.dumps({"anna": {"salt": "00", "hash": "é"}}), "no salt and hash of 'anna'"),
    ],
)
def test_a_damaged_list_of_users_says_which_file_what_is_wrong_and_what_to_do(tmp_path: Path, text: str, what: str) -> None:
    """A salt that is none was a traceback at sign-in; of a list with one bad entry the next new user cost that one."""
    path = tmp_path / "users.json"
    path.write_text(text)
    for problem in (users_problem(tmp_path) or "", _refused(lambda: Access(tmp_path, Clock()).set_password("dora", "x" * 10))):
        assert problem.startswith(f"{path}: is damaged (")
        assert what in problem
        assert problem.endswith("put a whole copy back, or take it away and add every user again with `picket user NAME`")
    assert path.read_text() == text
    for name in ("anna", "carl", "nobody"):  # which of them is known is not told
        said = _refused(lambda name=name: Access(tmp_path, Clock()).log_in(name, "correct horse battery"))
        assert said.startswith("name or password is wrong, or the station's list of users is damaged: whoever keeps the station")


def test_those_whose_entries_are_whole_still_sign_in(tmp_path: Path) -> None:
    Access(tmp_path, Clock()).set_password("anna", "correct horse battery")
    path = tmp_path / "users.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "bert": {}}))
    assert Access(tmp_path, Clock()).log_in("anna", "correct horse battery")[1] == "anna"


def test_a_list_of_users_that_cannot_be_read_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "users.json").mkdir()
    assert _refused(lambda: Access(tmp_path, Clock()).set_password("anna", "x" * 10)) == (
        f"{tmp_path / 'users.json'}: cannot be read (Is a directory); its owner must be whom the station runs as"
    )


def _refused(work: Callable[[], object]) -> str:
    with pytest.raises(AccessError) as e:
        work()
    return str(e.value)


def test_wrong_tries_are_slowed(tmp_path: Path) -> None:
    clock = Clock()
    access = Access(tmp_path, clock)
    for _ in range(10):
        with pytest.raises(AccessError, match="used already"):
            access.open_session("guess")
    with pytest.raises(AccessError, match="wait a minute"):
        access.open_session(access.new_token("anna"))
    clock.now += 61
    assert access.open_session(access.new_token("anna"))


def ask(gate: Gate, path: str = "/api/tracks", kind: str = "http", **headers: str) -> int:
    """The status that the gate answers, 200 when it lets through."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "method": "GET", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    asyncio.run(gate(scope, receive, send))
    if not sent:
        return 200
    return int(sent[0].get("status", sent[0].get("code", 0)))


@pytest.fixture
def gate(tmp_path: Path) -> tuple[Gate, str]:
    access = Access(tmp_path, Clock())
    session, _ = access.open_session(access.new_token("anna"))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        return

    return Gate(app, access, {"127.0.0.1:8787", "localhost:8787"}.__contains__, ("/", "/login"), "http"), session


def test_the_gate(gate: tuple[Gate, str]) -> None:
    door, session = gate
    good = {"host": "127.0.0.1:8787", "cookie": f"picket_session_8787={session}"}
    assert ask(door, **good) == 200
    assert ask(door, **good, origin="http://127.0.0.1:8787") == 200
    assert ask(door, host="127.0.0.1:8787", authorization=f"Bearer {session}") == 200
    assert ask(door, **{**good, "host": "evil.example:8787"}) == 403
    assert ask(door, **{**good, "host": ""}) == 403
    assert ask(door, **good, origin="http://evil.example") == 403
    assert ask(door, **good, origin="http://localhost:8787") == 403
    assert ask(door, **good, origin="null") == 403
    assert ask(door, host="127.0.0.1:8787") == 401
    assert ask(door, host="127.0.0.1:8787", cookie="picket_session_8787=guess") == 401
    assert ask(door, "/login", host="127.0.0.1:8787") == 200


def test_a_browser_without_a_session_is_sent_to_sign_in_and_a_program_is_told(gate: tuple[Gate, str]) -> None:
    door, session = gate
    browser = {"host": "127.0.0.1:8787", "accept": "text/html,application/xhtml+xml;q=0.9"}
    assert ask(door, "/learn", **browser) == 303
    assert ask(door, "/api/tracks", **browser) == 401
    assert ask(door, "/learn", host="127.0.0.1:8787", accept="*/*") == 401
    assert ask(door, "/learn", **{**browser, "host": "evil.example:8787"}) == 403
    assert ask(door, "/learn", **browser, cookie=f"picket_session_8787={session}") == 200


def test_the_gate_stands_before_websockets_too(gate: tuple[Gate, str]) -> None:
    door, session = gate
    good = {"host": "127.0.0.1:8787", "cookie": f"picket_session_8787={session}"}
    assert ask(door, "/ws/picture", "websocket", **good, origin="http://127.0.0.1:8787") == 200
    assert ask(door, "/ws/picture", "websocket", **good, origin="http://evil.example") == 4403
    assert ask(door, "/ws/picture", "websocket", host="127.0.0.1:8787") == 4401


def test_wrong_tries_of_one_address_keep_no_other_out(tmp_path: Path) -> None:
    access = Access(tmp_path, Clock())
    for _ in range(12):
        with pytest.raises(AccessError):
            access.open_session("guess", "10.0.0.66")
    assert access.open_session(access.new_token("anna"), "10.0.0.5")


def test_a_user_that_is_added_while_the_station_runs_can_sign_in(tmp_path: Path) -> None:
    running = Access(tmp_path, Clock())
    assert not users_in(tmp_path)
    Access(tmp_path, Clock()).set_password("anna", "correct horse battery")
    assert users_in(tmp_path)
    assert running.log_in("anna", "correct horse battery")[1] == "anna"


def test_no_user_is_called_as_exercise_control_is() -> None:
    assert EXERCISE_CONTROL in RESERVED


def test_damaged_files_of_secrets_let_nobody_in_and_stop_nothing(tmp_path: Path) -> None:
    for text in ("[]", '{"a": 1}', '{"a": {"until": "x", "name": "b"}}', "\x00", '{"a": {"name": "b"}}'):
        (tmp_path / "sessions.json").write_text(text)
        (tmp_path / "users.json").write_text(text if text != "[]" else '{"a": 1}')
        access = Access(tmp_path, Clock())
        assert access.who("a") is None
        assert access.open_session(access.new_token("anna"))[1] == "anna"
        with pytest.raises(AccessError):
            access.log_in("a", "correct horse battery")


def test_cookies_of_other_programs_do_not_hide_ours(gate: tuple[Gate, str]) -> None:
    door, session = gate
    for before in ('_xsrf=2|ab{"x":1}', "a b=c", "=", ";;", 'q="un;closed'):
        assert ask(door, host="127.0.0.1:8787", cookie=f"{before}; picket_session_8787={session}") == 200
    assert ask(door, host="127.0.0.1:8787", cookie=f"not_picket_session_8787={session}") == 401


def test_bodies_are_bounded_before_anybody_reads_them(gate: tuple[Gate, str]) -> None:
    door, session = gate
    host = "127.0.0.1:8787"
    assert ask(door, "/login", host=host, **{"content-length": "4096"}) == 200
    assert ask(door, "/login", host=host, **{"content-length": str(1 << 15)}) == 413
    own = {"host": host, "cookie": f"picket_session_8787={session}"}
    assert ask(door, "/api/zones", **own, **{"content-length": str(1 << 20)}) == 200
    assert ask(door, "/api/zones", **own, **{"content-length": str(2 << 20)}) == 413
    assert ask(door, "/api/zones", host=host, **{"content-length": str(2 << 20)}) == 401  # signed out in between: says so
    assert ask(door, "/login", host=host, **{"content-length": "9" * 400}) == 413
    assert ask(door, "/login", host=host, **{"content-length": "-1"}) == 413
    assert ask(door, "/login", host=host, **{"transfer-encoding": "chunked"}) == 411
