"""The shelf and the alarm rate over HTTP; what was decided is in the log and in the book after a restart and a replay."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from picket.record import log
from picket.station.core import recover
from picket.station.engine import Engine
from tests.station.live import Live, free_port, make_site, row, running


def stand(live: Live) -> dict[str, Any]:
    """A drone that hovers inside the zone, until there is an alert on it."""
    live.send(row(time.time(), 45.0, -30.0))
    found: dict[str, Any] = live.until(lambda: next(iter(live.get("/api/alerts")["alerts"]), None), live.seen_again)
    return found


def test_shelving_is_a_decision_in_the_log_that_outlives_a_restart(tmp_path: Path) -> None:
    port = free_port()
    site = make_site(tmp_path, udp_port=port)
    archive = tmp_path / "archive"
    with running(site, archive, port) as live:
        number = stand(live)["id"]
        url = f"/api/alerts/{number}"
        for wrong in (
            {"minutes": 0, "reason": "x"},
            {"minutes": 5, "reason": ""},
            {"minutes": 5},
            {"minutes": 5, "reason": "x", "y": 1},
        ):
            assert live.http.post(f"{url}/shelve", json=wrong).status_code == 422
        assert live.http.post(f"{url}/unshelve", json={}).status_code == 409
        assert live.http.post("/api/alerts/99999/shelve", json={"minutes": 5, "reason": "x"}).status_code == 404
        before = time.time()
        told = live.http.post(f"{url}/shelve", json={"minutes": 15, "reason": "survey flight"}).json()
        assert (told["state"], told["shelved_by"], told["shelved_reason"]) == ("shelved", "officer", "survey flight")
        assert before + 899 < told["shelved_until"] < time.time() + 901
        alarms = live.get("/api/alarms")
        assert (alarms["shelved"], alarms["flood"], alarms["most_per_hour"]) == (1, False, 12)
        assert alarms["last_hour"] >= 1
        found = live.get("/api/rules")
        assert found["notes"] == []
        entry = next(r for r in found["rules"] if r["id"] == "entry")
        assert entry["words"].startswith("Tells when an object that may alarm is inside the zone; zones: pier; high")
        assert told["rule_id"] == "entry"
        assert told["checklist"][0].startswith("look ")
    engine = Engine(site)
    records = list(log.read(archive))
    for record in records:
        engine.apply(record)
    (replayed,) = [a for a in engine.book.open if a.id == number]
    (kept,) = [c["alert"] for c in recover(archive, site, records[-1]).book["cases"] if c["alert"]["id"] == number]  # type: ignore[index]
    assert (replayed.state, replayed.shelved_until) == ("shelved", told["shelved_until"])
    assert (kept["state"], kept["shelved_until"]) == ("shelved", told["shelved_until"])
    (archive / "state.msgpack").unlink()  # without it the log alone says the same
    (again,) = [c["alert"] for c in recover(archive, site, records[-1]).book["cases"] if c["alert"]["id"] == number]  # type: ignore[index]
    assert again == kept
