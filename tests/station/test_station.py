"""A whole station over real sockets: bytes in, picture and alerts out, actions on disk, restart, replay, refusal."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import msgspec
import pytest
from websockets.sync.client import connect

from picket.record import log
from picket.record.log import LogFile
from picket.station.access import Access
from picket.station.core import recover
from picket.station.engine import Engine
from picket.station.run import Station, StationError
from tests.station.frames import Client
from tests.station.live import Live, approach, free_port, make_site, row, running
from tests.waiting import stopwatch


def fly(live: Live, n: int = 30, pause: float = 0.05) -> None:
    """A drone at 250 m/s of test time: n reports, close together, ending inside the zone."""
    for i in range(n):
        t = time.time()
        live.send(row(t, 45.0, -30.0 + (0.004 - 0.00004 * i)))
        time.sleep(pause)


def test_bytes_become_a_picture_and_an_alert(tmp_path: Path) -> None:
    port = free_port()
    site = make_site(tmp_path, udp_port=port)
    with running(site, tmp_path / "archive", port) as live:
        with (
            connect(f"ws://{live.host}/ws/picture", additional_headers=live.headers) as picture,
            connect(f"ws://{live.host}/ws/alerts?after=0", additional_headers=live.headers) as alerts,
        ):
            hello = json.loads(picture.recv())
            assert (hello["type"], hello["version"], hello["site"]["name"], hello["simulated"]) == (
                "hello",
                1,
                "Test pier",
                False,
            )
            assert json.loads(alerts.recv()) == {"type": "alerts", "n": 0, "alerts": []}
            fly(live)
            client = Client()
            while not client.labels:
                assert client.take(picture.recv(timeout=60))
            assert list(client.labels.values()) == ["TEST1"]
            live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
            message = {"type": ""}
            while message["type"] != "alert":
                message = json.loads(alerts.recv(timeout=60))
            alert = message["alert"]
            assert (alert["rule"], alert["zone"], alert["severity"], alert["state"]) == ("entry", "pier", "high", "raised")
            answer = live.http.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
            assert answer.json()["acknowledged_by"] == "officer"
            while message["alert"]["state"] != "acknowledged" if message["type"] == "alert" else True:
                message = json.loads(alerts.recv(timeout=60))
        rows = live.get("/api/tracks")["tracks"]
        assert rows[0]["identity"] == "TEST1"
        detail = live.get(f"/api/tracks/{rows[0]['track_id']}")
        assert detail["sources"][0]["sensor_id"] == "rid"
        assert detail["alerts"] == [alert["id"]]
        assert live.get("/api/sensors")["sensors"][0]["state"] == "ok"
        live.until(lambda: live.get("/api/health")["state"] == "ok")
        assert live.get("/api/zones")["features"][0]["properties"]["id"] == "pier"
        live.until(lambda: live.get("/api/counts")["detections"] >= 30)
        assert live.get("/api/detections", limit=3)["detections"][-1]["sensor_id"] == "rid"
        assert {"/api/tracks", "/api/alerts/{alert_id}/close"} <= set(live.get("/api/openapi.json")["paths"])


def test_a_clean_end_is_quick_and_the_log_replays_to_the_same(tmp_path: Path) -> None:
    port = free_port()
    site = make_site(tmp_path, udp_port=port)
    with stopwatch() as so_far:
        with running(site, tmp_path / "archive", port) as live:
            fly(live)
            live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
            began = so_far()
        assert so_far() - began < 5.0  # some slack over the promised 2 s
    engine = live.station.core.engine
    again = Engine(site)
    for record in log.read(tmp_path / "archive"):
        again.apply(record)
    assert again.book.state() == engine.book.state()
    assert again.tracks["track_id"].tolist() == engine.tracks["track_id"].tolist()
    assert again.tracks["lat_deg"].tobytes() == engine.tracks["lat_deg"].tobytes()
    assert log.verify(tmp_path / "archive").kinds["end"] == 1


def test_a_killed_station_restarts_with_its_open_alerts(tmp_path: Path) -> None:
    port = free_port()
    site, archive = make_site(tmp_path, udp_port=port), tmp_path / "archive"
    with running(site, archive, port) as live:
        fly(live)
        before = live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        live.http.post(f"/api/alerts/{before[0]['id']}/acknowledge", json={})
        numbers = {r["track_id"] for r in live.get("/api/tracks")["tracks"]}
        written = live.get("/api/health")["log"]["on_disk"]
        live.until(lambda: live.get("/api/health")["log"]["on_disk"] > written)  # the record that will be torn is a later one
        killed = tmp_path / "killed"  # what kill -9 leaves: the files as they are now; the log last, which the others follow
        killed.mkdir()
        for path in sorted(archive.iterdir(), key=lambda p: p.suffix == ".plog"):
            if path.is_file() and path.name != "lock":
                (killed / path.name).write_bytes(path.read_bytes())
    newest = log.segments(killed)[-1]
    newest.write_bytes(newest.read_bytes()[:-3])
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), killed, port) as live:
        (alert,) = live.get("/api/alerts")["alerts"]
        assert (alert["id"], alert["state"], alert["acknowledged_by"]) == (before[0]["id"], "acknowledged", "officer")
        fly(live, 12)
        rows = live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        assert not numbers & {r["track_id"] for r in rows}
    verdict = log.verify(killed)
    assert verdict.damage is None
    assert verdict.kinds["boot"] == 2


def test_without_the_state_file_the_log_gives_the_alerts_back(tmp_path: Path) -> None:
    port = free_port()
    site, archive = make_site(tmp_path, udp_port=port), tmp_path / "archive"
    with running(site, archive, port) as live:
        fly(live)
        live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
    state = live.station.core.engine.book.state()
    held = LogFile(archive)
    last = held.last
    held.close()
    found = recover(archive, site, last)
    assert found.book == state
    for damaged in (
        b"damaged",
        msgspec.msgpack.encode({"version": 1}),
        msgspec.msgpack.encode({"version": 1, "book": {}, "seq": 1}),
    ):
        (archive / "state.msgpack").write_bytes(damaged)
        assert recover(archive, site, last) == found


def test_who_may_not_look(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        assert httpx.get(f"{live.base}/api/tracks").status_code == 401
        assert httpx.get(f"{live.base}/", headers={"host": "evil.example"}).status_code == 403
        assert live.http.get("/api/tracks", headers={"origin": "http://evil.example"}).status_code == 403
        assert "sign in" in httpx.get(f"{live.base}/").text.lower()
        link = live.http.post("/api/links").json()["url"]
        with httpx.Client() as browser:
            first = browser.get(link)
            assert first.status_code == 303
            assert "HttpOnly" in first.headers["set-cookie"]
            assert "SameSite=strict" in first.headers["set-cookie"]
            assert browser.get(f"{live.base}/api/tracks").status_code == 200
        assert httpx.get(link).status_code == 401
        with pytest.raises(Exception, match=r"4401|403|401"), connect(f"ws://{live.host}/ws/picture") as socket_:
            socket_.recv(timeout=60)
    text = b"".join(p.read_bytes() for p in log.segments(tmp_path / "archive"))
    assert live.session.encode() not in text


def test_mistakes_of_a_client_are_told_in_words(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        assert live.http.post("/api/alerts/99/acknowledge", json={}).status_code == 404
        wrong = live.http.post("/api/alerts/99/close", json={"cause": "boredom"})
        assert wrong.status_code == 422
        assert "cause" in wrong.json()["error"]
        assert live.http.get("/api/tracks/5").json()["error"] == "no live track has the number 5"
        bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
        crossed = live.http.put("/api/zones/pier", json=bow_tie)
        assert crossed.status_code == 422
        assert "Self-intersection" in crossed.json()["error"]
        assert live.http.put("/api/zones/peer", json=bow_tie).status_code == 404


def test_an_edited_zone_is_taken_over_and_written(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    with running(site, tmp_path / "archive") as live:
        ring = [[-30.01, 44.99], [-29.99, 44.99], [-29.99, 45.01], [-30.01, 45.01], [-30.01, 44.99]]
        answer = live.http.put("/api/zones/pier", json={"type": "Polygon", "coordinates": [ring]})
        assert answer.status_code == 200
        assert live.get("/api/zones")["features"][0]["geometry"]["coordinates"][0][0] == [-30.01, 44.99]
    assert json.loads((tmp_path / "pier.geojson").read_text())["geometry"]["coordinates"][0] == ring
    assert (tmp_path / "archive" / "site-undo.json").exists()
    assert log.verify(tmp_path / "archive").kinds["action"] == 1


def test_garbage_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        live._udp.sendto(b"\xff\x00 not json at all", ("127.0.0.1", port))
        live._udp.sendto(b'{"time": "yesterday"', ("127.0.0.1", port))
        fly(live, 15)
        live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        counts = live.get("/api/counts")
        assert sum(counts["left_out"]["rid"].values()) >= 2
        assert set(counts["words"]) == {reason for reasons in counts["left_out"].values() for reason in reasons}
        assert "the line is no UTF-8 text" in counts["words"].values()


def test_operator_positions_are_apart_and_each_look_is_audited(tmp_path: Path) -> None:
    from picket.feed import Decoded
    from picket.words import OPERATOR, Batch

    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        fly(live, 15)
        (track, *_) = live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        seen = Batch.from_rows(OPERATOR, [{"identity": "TEST1", "lat_deg": 45.0123, "lon_deg": -30.0456, "sensor_id": "rid"}])
        loop = live.station.core._loop
        assert loop is not None
        loop.call_soon_threadsafe(lambda: live.station.core.sequencer.add("rid", Decoded(operators=seen)))
        found = live.until(lambda: live.get("/api/operators", track_id=track["track_id"])["operators"])
        assert found[0]["lat_deg"] == 45.0123
    records = list(log.read(tmp_path / "archive"))
    assert any(r.kind == "audit" and r.payload["what"] == "looked at operator positions" for r in records)
    assert not any(b"45.0123" in p.read_bytes() for p in log.segments(tmp_path / "archive"))
    assert sum(len(r.payload["operators"]) for r in records if r.kind == "batch") == 1


def test_a_busy_port_and_an_open_bind_are_refused_with_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = make_site(tmp_path, station={"port": taken.getsockname()[1]})
        with pytest.raises(StationError, match="choose another with --port"):
            Station(site, tmp_path / "a").open()
    with pytest.raises(StationError, match="tls_certificate"):
        Station(make_site(tmp_path, station={"port": 0, "host": "0.0.0.0"}), tmp_path / "b").open()


def test_a_recording_is_played_through_the_same_station(tmp_path: Path) -> None:
    path = tmp_path / "flight.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in approach(1_600_000_000.0, 120)))
    sensor = {"id": "rid", "kind": "remote_id", "feed": f"table+file://{path}?speed=50"}
    with running(make_site(tmp_path, sensor=[sensor]), tmp_path / "archive") as live:
        (alert, *_) = live.until(lambda: live.get("/api/alerts")["alerts"])
        assert alert["raised_at"] < 1_600_000_100.0
        assert live.get("/api/tracks")["tracks"][0]["origin"] == "replay"


def test_every_error_of_the_api_has_one_shape(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        http = live.http
        answers = {
            404: http.get("/api/nothing"),
            405: http.delete("/api/tracks"),
            413: http.put("/api/zones/pier", content=b"{" + b" " * (1 << 20)),
            422: http.get("/api/tracks/one"),
            403: http.get("/api/tracks", headers={"host": "evil.example"}),
            401: httpx.get(f"{live.base}/api/tracks"),
            411: http.post("/api/alerts/1/close", content=iter([b"{}"])),
        }
        for status, answer in answers.items():
            assert answer.status_code == status
            assert list(answer.json()) == ["error"], answer.text
            assert answer.json()["error"]
        for number in (10**30, -1, 2**63):
            assert http.post(f"/api/alerts/{number}/acknowledge", json={}).status_code == 422
            assert http.get("/api/operators", params={"track_id": number}).status_code == 422
        assert httpx.post(f"{live.base}/login", content=b"name=" + b"x" * (2 << 20)).status_code == 413
        live.station.core.engine.sensors = None  # type: ignore[assignment]  # a fault of ours
        broken = http.get("/api/sensors")
        assert (broken.status_code, list(broken.json())) == (500, ["error"])


def test_infinity_from_a_sensor_does_not_break_an_answer(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        t = time.time()
        live._udp.sendto((json.dumps(row(t, 45.0, -30.0))[:-1] + ', "speed_mps": 1e999}\n').encode(), ("127.0.0.1", port))
        fly(live, 3)
        live.until(lambda: len(live.get("/api/detections")["detections"]) >= 3)


def test_no_file_outside_the_page_is_served(tmp_path: Path) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        for path in ("/../run.py", "/%2e%2e/station/run.py", "/..%2fstation%2frun.py", "/assets/../../cli.py", "//etc/passwd"):
            head = (
                f"GET {path} HTTP/1.1\r\nHost: {live.host}\r\nAuthorization: Bearer {live.session}\r\nConnection: close\r\n\r\n"
            )
            with socket.create_connection(("127.0.0.1", live.station.port)) as s:
                s.sendall(head.encode())
                assert b" 404 " in s.makefile("rb").readline()


def test_clients_that_misbehave_disturb_nobody(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        url = f"ws://{live.host}/ws"
        with connect(f"{url}/picture", additional_headers=live.headers) as garbage:
            for text in ("not json", '{"type": 1}', "\x00" * 1000, '{"type": "resync"}'):
                garbage.send(text)
            garbage.send(b"\xff" * 100)
            assert json.loads(garbage.recv())["type"] == "hello"
            assert Client().take(garbage.recv(timeout=60))
        for after in (10**9, -1, 2**70):
            with connect(f"{url}/alerts?after={after}", additional_headers=live.headers) as ahead:
                assert json.loads(ahead.recv(timeout=60)) == {"type": "alerts", "n": 0, "alerts": []}
        gone = connect(f"{url}/picture", additional_headers=live.headers)
        gone.socket.close()  # no close frame: a cable that was pulled
        fly(live, 12)
        live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        live.until(lambda: live.get("/api/health")["clients"] == 0)
        live.until(lambda: live.get("/api/health")["state"] == "ok")


def test_a_sign_in_by_the_api_is_audited_and_a_full_disk_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(make_site(tmp_path), tmp_path / "archive") as live:
        link = live.http.post("/api/links").json()["url"]

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("picket.station.access.write_whole", full)
        token = link.partition("token=")[2]
        session = httpx.post(f"{live.base}/api/session", json={"token": token}).json()["session"]
        assert httpx.get(f"{live.base}/api/hello", headers={"authorization": f"Bearer {session}"}).status_code == 200
    audits = [r.payload["what"] for r in log.read(tmp_path / "archive") if r.kind == "audit"]
    assert audits.count("signed in by link") == 2


def test_a_password_in_a_feed_is_shown_and_logged_nowhere(tmp_path: Path) -> None:
    secret = "hunter2secret"
    feed = f"table+mqtt://anna:{secret}@127.0.0.1:{free_port(socket.SOCK_STREAM)}/sensor/+/upload"
    site = make_site(tmp_path, sensor=[{"id": "rid", "kind": "remote_id", "feed": feed}])
    with running(site, tmp_path / "archive") as live:
        live.until(lambda: live.get("/api/health")["feeds"][0]["state"] == "waiting")
        for path in ("/api/health", "/api/sensors", "/api/counts", "/api/hello"):
            assert secret not in json.dumps(live.get(path))
    assert any(r.kind == "link" for r in log.read(tmp_path / "archive"))
    for path in (tmp_path / "archive").rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()


def test_a_look_at_a_running_station_s_log_finds_it_whole(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        fly(live, 12)
        live.until(lambda: live.get("/api/health")["log"]["on_disk"] > 12)
        verdict = log.verify(tmp_path / "archive")
    assert verdict.damage is None
    assert verdict.records > 12


def test_which_hosts_are_served(tmp_path: Path) -> None:
    def station(host: str, name: str) -> Station:
        made = Station(make_site(tmp_path, station={"port": 0}), tmp_path / name)
        made.open()
        settings = msgspec.structs.replace(made.site.station, host=host)
        made.site = msgspec.structs.replace(made.site, station=settings)
        return made

    for host, name, good, bad in (
        ("127.0.0.1", "a", ("127.0.0.1", "localhost", "[::1]"), ("192.168.1.5", "evil.example", "::1")),
        ("2001:db8::5", "b", ("[2001:db8::5]", "127.0.0.1"), ("2001:db8::5", "[2001:db8::6]")),
        ("0.0.0.0", "c", ("192.168.1.5", "[2001:db8::6]", "localhost"), ("evil.example", "1.evil.example", "")),
    ):
        made = station(host, name)
        assert all(made.serves(f"{h}:{made.port}") for h in good), host
        assert not any(made.serves(f"{h}:{made.port}") for h in bad), host
        assert not made.serves(f"127.0.0.1:{made.port + 1}")
        assert not made.serves("127.0.0.1"), "without a port it is port 80"


def test_https_with_a_user_on_an_open_bind(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*make, "subjectAltName=IP:127.0.0.1,DNS:localhost", *files], check=True, capture_output=True)
    tls = {"port": 0, "tick_s": 0.1, "host": "0.0.0.0", "tls_certificate": "cert.pem", "tls_key": "key.pem"}
    archive = tmp_path / "archive"
    with pytest.raises(StationError, match="picket user"):
        Station(make_site(tmp_path, station=tls), tmp_path / "nobody").open()
    Access(archive / "secrets", time.time).set_password("anna", "correct horse battery")
    Access(tmp_path / "b" / "secrets", time.time).set_password("anna", "correct horse battery")
    broken = Station(make_site(tmp_path, station={**tls, "tls_key": "pier.geojson"}), tmp_path / "b")
    with pytest.raises(StationError, match="cannot be used"):
        broken.open()
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with running(make_site(tmp_path, station=tls), archive, verify=trust) as live:
        assert live.base.startswith("https://")
        with httpx.Client(base_url=live.base, verify=trust) as browser:
            assert browser.post("/login", data={"name": "anna", "password": "wrong"}).status_code == 401
            answer = browser.post(
                "/login", data={"name": "anna", "password": "correct horse battery"}, headers={"origin": live.base}
            )
            assert answer.status_code == 303
            cookie = answer.headers["set-cookie"].lower()
            assert all(word in cookie for word in ("secure", "httponly", "samesite=strict"))
            assert browser.get("/api/hello").json()["user"] == "anna"
            wrong = browser.post("/login", data={"name": "anna"}, headers={"origin": live.base.replace("https", "http")})
            assert wrong.status_code == 403
        with connect(f"wss://{live.host}/ws/picture", additional_headers=live.headers, ssl=trust) as picture:
            assert json.loads(picture.recv())["type"] == "hello"
    audits = [r.payload for r in log.read(archive) if r.kind == "audit"]
    assert {"who": "anna", "what": "signed in with a password"} in audits
