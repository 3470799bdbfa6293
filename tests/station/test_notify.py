"""Who else is told of an alert: every way out over real sockets; one that hangs holds nobody; nothing secret is shown or logged."""

from __future__ import annotations

import asyncio
import contextlib
import email
import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from picket import site as sites
from picket.record import log
from picket.site_notify import Notify
from picket.station.doctor import outputs
from picket.station.notify import MOST_WAITING, Notifier
from picket.station.sending import Message, SendError, send
from picket.watch import Alert
from tests.station import outlets
from tests.station.live import free_port, make_site, row, running
from tests.waiting import soon, turns

NOW = 1_700_000_000.0
ALERT = Alert(
    id=7, n=1, rule="entry", zone="pier", severity="high", raised_at=NOW, updated_at=NOW, text="Drone INSIDE pier: 1 km out.",
)  # fmt: skip
MESSAGE = Message(
    site="Test pier",
    what="raised",
    severity="high",
    text=ALERT.text,
    simulated=False,
    time=10.0,
    alert=msgspec.to_builtins(ALERT),
)


def sent(folder: Path, message: Message = MESSAGE, **keys: Any) -> None:
    asyncio.run(asyncio.wait_for(send(Notify(**{"id": "x", **keys}), message, folder), 120.0))


# -- every way out -----------------------------------------------------------------------------------------------------
def test_a_webhook_gets_the_alert_and_its_token(tmp_path: Path) -> None:
    got: list[bytes] = []
    (tmp_path / "token").write_text("s3cret\n")
    with outlets.server(outlets.web(got)) as port:
        sent(tmp_path, kind="webhook", url=f"http://127.0.0.1:{port}/hook?a=1", secret_file="token")
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1")
    assert b"authorization: Bearer s3cret" in head.replace(b"Authorization", b"authorization")
    said = json.loads(body)
    assert (said["version"], said["what"], said["alert"]["id"], said["text"]) == (1, "raised", 7, ALERT.text)


@pytest.mark.parametrize(
    ("status", "extra", "words"),
    [
        ("500 Oops", "", "answered 500"),
        ("302 Found", "location: http://127.0.0.1:9/x\r\n", "answered 302"),
        ("404 Not Found", "", "404"),
    ],
)
def test_a_webhook_that_refuses_or_sends_elsewhere_is_a_failure(tmp_path: Path, status: str, extra: str, words: str) -> None:
    with outlets.server(outlets.web([], status, extra)) as port, pytest.raises(SendError, match=words):
        sent(tmp_path, kind="webhook", url=f"http://127.0.0.1:{port}/secret-path")


def test_a_letter_says_what_decides_in_its_subject(tmp_path: Path) -> None:
    got: list[str] = []
    with outlets.server(outlets.mail(got)) as port:
        sent(
            tmp_path,
            kind="email",
            url=f"smtp://127.0.0.1:{port}",
            sender="picket@example.org",
            to=("a@example.org", "b@example.org"),
        )
    letter = email.message_from_string(got[0])
    assert letter["Subject"] == "[Picket] HIGH raised: Drone INSIDE pier"
    assert letter["To"] == "a@example.org, b@example.org"
    assert "Drone INSIDE pier: 1 km out." in letter.get_payload()


def test_a_letter_that_is_refused_is_a_failure(tmp_path: Path) -> None:
    with outlets.server(outlets.mail([], refuse=True)) as port, pytest.raises(SendError, match=r"127\.0\.0\.1 "):
        sent(tmp_path, kind="email", url=f"smtp://127.0.0.1:{port}", sender="p@example.org", to=("a@example.org",))


def test_a_text_with_lines_cannot_add_headers(tmp_path: Path) -> None:
    got: list[str] = []
    odd = msgspec.structs.replace(MESSAGE, text="Drone\r\nBcc: evil@example.org: x")
    with outlets.server(outlets.mail(got)) as port:
        sent(tmp_path, odd, kind="email", url=f"smtp://127.0.0.1:{port}", sender="p@example.org", to=("a@example.org",))
    letter = email.message_from_string(got[0])
    assert letter["Bcc"] is None
    assert "Bcc" in letter["Subject"]


def test_a_command_gets_the_alert_without_a_shell(tmp_path: Path) -> None:
    script = "import os, sys, json; d = json.load(sys.stdin); "
    script += "open('out', 'w').write(os.environ['PICKET_TEXT'] + '|' + str(d['alert']['id']))"
    odd = msgspec.structs.replace(MESSAGE, text='a; rm -rf $HOME `id` "x"')
    sent(tmp_path, odd, kind="command", command=(sys.executable, "-c", script))
    assert (tmp_path / "out").read_text() == odd.text + "|7"


@pytest.mark.parametrize(
    ("command", "words"),
    [(("/no/such/program",), "cannot be started"), ((sys.executable, "-c", "raise SystemExit(3)"), "ended with code 3")],
)
def test_a_command_that_fails_is_told(tmp_path: Path, command: tuple[str, ...], words: str) -> None:
    with pytest.raises(SendError, match=words):
        sent(tmp_path, kind="command", command=command)


def test_a_broker_gets_it_under_its_topic(tmp_path: Path) -> None:
    aiomqtt = pytest.importorskip("aiomqtt")
    amqtt = pytest.importorskip("amqtt.broker")
    port = free_port()

    async def work() -> bytes:
        plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = amqtt.Broker({"listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}, "plugins": plugins})
        await broker.start()
        try:
            async with aiomqtt.Client("127.0.0.1", port) as client:
                await client.subscribe("picket/alerts")
                await send(Notify(id="x", kind="mqtt", url=f"mqtt://127.0.0.1:{port}/picket/alerts"), MESSAGE, tmp_path)
                async for message in client.messages:
                    return bytes(message.payload)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(broker.shutdown(), 5.0)
        return b""

    assert json.loads(asyncio.run(asyncio.wait_for(work(), 120.0)))["alert"]["id"] == 7


def test_a_secret_that_is_not_there_is_told_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    with pytest.raises(SendError, match="the environment has no HOOK"):
        sent(tmp_path, kind="webhook", url="http://127.0.0.1:9/x", secret_env="HOOK")
    with pytest.raises(SendError, match="token cannot be read"):
        sent(tmp_path, kind="webhook", url="http://127.0.0.1:9/x", secret_file="token")
    (tmp_path / "address").write_text("http://127.0.0.1:9/T0P-SECRET")
    with pytest.raises(SendError) as told:
        sent(tmp_path, kind="webhook", url_file="address")
    assert "T0P-SECRET" not in str(told.value)


# -- queues, choice, failures ------------------------------------------------------------------------------------------
class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def notifier(
    site: sites.Site, clock: Any, send: Any, still_open: Any = lambda: ()
) -> tuple[Notifier, list[tuple[str, dict[str, Any]]]]:
    audits: list[tuple[str, dict[str, Any]]] = []
    return Notifier(site, clock, lambda what, **d: audits.append((what, d)), still_open, send), audits


def with_outputs(folder: Path, *outputs: dict[str, Any]) -> sites.Site:
    return make_site(folder, notify=list(outputs))


HOOK = {"id": "hook", "kind": "webhook", "url": "http://127.0.0.1:9/x"}


@pytest.mark.parametrize(
    ("keys", "alert", "expected"),
    [
        ({}, {}, ["raised"]),
        ({"severity": "high"}, {"severity": "medium"}, []),
        ({"severity": "low"}, {"severity": "low"}, ["raised"]),
        ({"hours": "00:00-00:01"}, {}, []),
        ({"hours": "22:00-23:00"}, {}, ["raised"]),
        ({}, {"origin": "exercise"}, []),
        ({"exercises": True}, {"origin": "exercise"}, ["raised"]),
        ({"when": ["escalated"]}, {}, []),
        ({"when": ["escalated"]}, {"escalated_at": NOW}, ["escalated"]),
        ({"when": ["closed"]}, {"state": "closed", "cause": "bird", "closed_by": "anna", "closed_at": NOW}, ["closed"]),
    ],
)
def test_who_is_told_of_what(tmp_path: Path, keys: dict[str, Any], alert: dict[str, Any], expected: list[str]) -> None:
    """22:13:20 UTC by the test's clock."""
    got: list[Message] = []

    async def keep(n: Notify, message: Message, folder: Path) -> None:
        got.append(message)

    async def work() -> None:
        made, _ = notifier(with_outputs(tmp_path, {**HOOK, **keys}), Clock(), keep)
        made.start()
        made.take([msgspec.structs.replace(ALERT, **alert)])
        made.take([msgspec.structs.replace(ALERT, n=2, updated_at=NOW + 1, **alert)])  # new figures are no news
        await turns()
        await made.stop()

    asyncio.run(work())
    assert [m.what for m in got] == expected
    assert all(m.text.startswith("EXERCISE, SIMULATED: ") == (alert.get("origin") == "exercise") for m in got)


def test_one_that_hangs_holds_only_itself_and_its_queue_is_bounded(tmp_path: Path) -> None:
    got: list[str] = []

    async def either(n: Notify, message: Message, folder: Path) -> None:
        if n.id == "hangs":
            await asyncio.sleep(3600)
        got.append(message.text)

    async def work() -> Notifier:
        made, audits = notifier(
            with_outputs(tmp_path, {**HOOK, "id": "hangs", "timeout_s": 0.5}, {**HOOK, "id": "works"}), Clock(), either
        )
        made.start()
        for i in range(MOST_WAITING + 50):
            made.take([msgspec.structs.replace(ALERT, id=i, text=f"alert {i}")])
            await asyncio.sleep(0)
        await soon(lambda: made.problems() and made.outputs[1].sent == MOST_WAITING + 50)
        await made.stop()
        assert ("notified", "works") in {(what, d["output"]) for what, d in audits}
        return made

    made = asyncio.run(work())
    hanging, working = made.outputs
    assert got == [f"alert {i}" for i in range(MOST_WAITING + 50)]
    assert (working.sent, working.dropped, working.problem) == (MOST_WAITING + 50, 0, None)
    assert len(hanging.waiting) == MOST_WAITING
    assert hanging.dropped > 0
    assert made.problems() == ["notify hangs: no answer within 0.5 s; tried again"]


def test_a_failure_is_tried_again_counted_and_over_when_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picket.station.notify.PAUSE_S", (0.01, 0.01))
    answers = [SendError("x answered 500")] * 3 + [SendError("x answered 500"), None]

    async def flaky(n: Notify, message: Message, folder: Path) -> None:
        found = answers.pop(0)
        if found is not None:
            raise found

    async def work() -> None:
        made, audits = notifier(with_outputs(tmp_path, HOOK), Clock(), flaky)
        made.start()
        made.take([ALERT])
        await soon(lambda: made.outputs[0].failed)
        assert made.problems() == ["notify hook: x answered 500 (1 not delivered)"]
        assert audits[-1] == (
            "could not notify",
            {"output": "hook", "kind": "webhook", "alert_id": 7, "event": "raised", "why": "x answered 500"},
        )
        made.take([msgspec.structs.replace(ALERT, id=8)])
        await soon(lambda: made.outputs[0].sent)
        assert made.problems() == []
        assert (made.outputs[0].sent, made.outputs[0].failed) == (1, 1)
        await made.stop()

    asyncio.run(work())


def test_it_repeats_the_worst_until_somebody_acknowledges(tmp_path: Path) -> None:
    got: list[tuple[str, int]] = []
    still_open = [msgspec.structs.replace(ALERT, id=9, severity="medium"), ALERT]

    async def keep(n: Notify, message: Message, folder: Path) -> None:
        got.append((message.what, message.alert["id"]))

    async def work() -> None:
        output = {"id": "horn", "kind": "command", "command": ["horn"], "repeat_s": 1.0}
        site = with_outputs(tmp_path, output)
        fast = msgspec.structs.replace(site, notify=(msgspec.structs.replace(site.notify[0], repeat_s=0.05),))
        made, _ = notifier(fast, Clock(), keep, lambda: still_open)
        made.start()
        made.begin([ALERT])  # a restart: it is not raised again, it goes on sounding
        await soon(lambda: len(got) > 2)
        assert set(got) == {("repeated", 7)}
        still_open[:] = [msgspec.structs.replace(ALERT, state="acknowledged")]
        got.clear()
        await asyncio.sleep(0.2)
        assert len(got) <= 1
        await made.stop()

    asyncio.run(work())


# -- a whole station ---------------------------------------------------------------------------------------------------
def test_a_station_tells_others_while_a_webhook_hangs_and_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "t0ken-in-the-environment")
    got: list[bytes] = []
    port = free_port()
    with outlets.server(outlets.hangs) as dead, outlets.server(outlets.web(got)) as alive:
        outputs = [
            {"id": "dead", "kind": "webhook", "url": f"http://127.0.0.1:{dead}/path-that-is-secret", "timeout_s": 0.5},
            {"id": "alive", "kind": "webhook", "url": f"http://127.0.0.1:{alive}/x", "secret_env": "HOOK_TOKEN"},
        ]
        with running(make_site(tmp_path, udp_port=port, notify=outputs), tmp_path / "archive", port) as live:
            for i in range(25):
                live.send(row(time.time(), 45.0, -30.0 + (0.003 - 0.00004 * i)))
                time.sleep(0.05)
            live.until(lambda: got, live.seen_again)
            assert b"INSIDE pier" in got[0]
            found = live.until(lambda: [p for p in live.get("/api/health")["problems"] if "notify dead" in p])
            assert "no answer within 0.5 s" in found[0]
            assert live.get("/api/tracks")["tracks"], "the picture goes on"
            live.until(lambda: [(r["id"], r["sent"]) for r in live.get("/api/notify")["outputs"]] == [("dead", 0), ("alive", 1)])
            assert live.http.post("/api/notify/alive/test").json() == {"sent": True, "problem": None}
            assert b"TEST of the alarm outputs" in got[-1]
            assert live.http.post("/api/notify/nobody/test").status_code == 404
            shown = live.http.get("/api/health").text + live.http.get("/api/notify").text
    audits = [r.payload for r in log.read(tmp_path / "archive") if r.kind == "audit"]
    assert ("notified", "alive", "raised") in {(a["what"], a.get("output"), a.get("event")) for a in audits}
    raw = b"".join(p.read_bytes() for p in (tmp_path / "archive").rglob("*.plog"))
    for secret in ("t0ken-in-the-environment", "path-that-is-secret"):
        assert secret not in shown
        assert secret.encode() not in raw


# -- the site file and doctor ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"id": "a", "kind": "webhook"}, "give the address here"),
        ({"id": "a", "kind": "webhook", "url": "ftp://x/y"}, "expected http:// or https://"),
        ({"id": "a", "kind": "webhook", "url": "http://anna:pw@x/y"}, "holds a user or password"),
        ({"id": "a", "kind": "webhook", "url": "http://x:99999/"}, "cannot be read as an address"),
        ({"id": "a", "kind": "command"}, "expected the program"),
        ({"id": "a", "kind": "command", "command": ["x"], "url": "http://x"}, "is not for a command"),
        ({"id": "a", "kind": "mqtt", "url": "mqtt://x"}, "expected the topic"),
        ({"id": "a", "kind": "mqtt", "url": "mqtt://x/a/#"}, "no + or #"),
        ({"id": "a", "kind": "email", "url": "smtp://x", "sender": "a@b"}, "to: expected an address"),
        ({"id": "a", "kind": "email", "url": "smtp://x", "sender": "a@b", "to": ["a@b\nBcc: c@d"]}, "expected addresses like"),
        ({"id": "a", "kind": "webhook", "url": "http://x", "secret_file": "a", "secret_env": "B"}, "not both"),
        ({"id": "a", "kind": "webhook", "url": "http://x", "hours": "9-17"}, "HH:MM"),
        ({"id": "a", "kind": "webhook", "url": "http://x", "timeout_s": 0}, "timeout_s"),
        ({"id": "a", "kind": "webhook", "url": "http://x", "sevrity": "high"}, "did you mean 'severity'"),
        ({"id": "a", "kind": "pager"}, "pager"),
    ],
)
def test_an_output_that_cannot_work_is_told_before_anything_starts(tmp_path: Path, output: dict[str, Any], words: str) -> None:
    with pytest.raises(sites.SiteError) as told:
        with_outputs(tmp_path, output)
    assert words in str(told.value)
    assert "pw" not in str(told.value)


def test_doctor_looks_at_each_output_and_sends_nothing(tmp_path: Path) -> None:
    got: list[bytes] = []
    with outlets.server(outlets.web(got)) as port:
        site = with_outputs(
            tmp_path,
            {"id": "ok", "kind": "webhook", "url": f"http://127.0.0.1:{port}/x"},
            {"id": "gone", "kind": "webhook", "url": "http://127.0.0.1:9/x"},
            {"id": "no-secret", "kind": "webhook", "url": f"http://127.0.0.1:{port}/x", "secret_file": "nowhere"},
            {"id": "no-program", "kind": "command", "command": ["/no/such/horn"]},
            {"id": "program", "kind": "command", "command": [sys.executable]},
        )
        found = {c.subject: c.state for c in outputs(site)}
    assert found == {
        "notify ok": "ok", "notify gone": "note", "notify no-secret": "problem", "notify no-program": "problem", "notify program": "ok",
    }  # fmt: skip
    assert got == []


def test_other_outputs_are_taken_over_and_those_that_stay_are_not_disturbed(tmp_path: Path) -> None:
    begun: list[str] = []
    got: list[str] = []
    answers = asyncio.Event()

    async def slow(n: Notify, message: Message, folder: Path) -> None:
        begun.append(n.id)
        await answers.wait()
        got.append(n.id)

    async def work() -> None:
        made, _ = notifier(with_outputs(tmp_path, HOOK), Clock(), slow)
        made.start()
        made.take([ALERT])
        await soon(lambda: begun)  # under way
        made.use(with_outputs(tmp_path, HOOK))
        answers.set()
        await soon(lambda: got)
        await turns()
        assert (begun, got, made.outputs[0].sent) == (["hook"], ["hook"], 1)
        made.use(with_outputs(tmp_path, HOOK, {**HOOK, "id": "second"}))
        made.take([msgspec.structs.replace(ALERT, id=8)])
        await soon(lambda: len(got) == 3)
        await turns()
        assert sorted(got) == ["hook", "hook", "second"]
        assert [o.sent for o in made.outputs] == [2, 1]
        await made.stop()

    asyncio.run(work())
