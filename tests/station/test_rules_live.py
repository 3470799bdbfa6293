"""Rules of a running station: switched with the site file's comments kept, taken back, tried on the past; all of it in the log."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from picket.station import api_rules, zone_try
from tests.station.live import free_port, make_site, row, running


def test_a_rule_is_switched_tried_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(
        asked: bytes,
    ) -> dict[str, Any]:  # the child's work without a child: starting one is tested in test_zone_try.py
        try:
            return await asyncio.to_thread(zone_try.work, json.loads(asked))
        except ValueError as e:
            raise zone_try.TryError(str(e)) from None

    monkeypatch.setattr(api_rules, "ask", here)
    port = free_port()
    site = make_site(tmp_path, udp_port=port)
    with running(site, tmp_path / "archive", port) as live:
        for i in range(30):
            live.send(row(time.time(), 45.0, -30.0 + (0.003 - 0.00002 * i)))
            time.sleep(0.02)
        live.until(lambda: live.get("/api/alerts")["alerts"], live.seen_again)
        state = {r["id"]: r["on"] for r in live.get("/api/rules")["rules"]}
        assert (state["entry"], state["loiter"]) == (True, False)
        off = live.http.put("/api/rules/entry", json={"on": False}).json()
        assert {r["id"]: r["on"] for r in off["rules"]}["entry"] is False
        assert off["words"] == "Rule entry is OFF"
        again = live.http.put("/api/rules/entry", json={"on": False})
        assert (again.status_code, again.json()["error"]) == (422, "rule entry is off already")
        tried = live.http.post("/api/rules/entry/try", json={"back_h": 1}, timeout=150).json()
        assert tried["times"] == 1, tried
        assert tried["words"] == "Rule entry would have fired 1 time in 1.0 h of the recorded past."
        written = [e["text"] for e in live.get("/api/log")["entries"]]
        assert "Tried on the past: " + tried["words"] in written
        assert any("Rule entry is OFF" in text for text in written)
        undone = live.http.post("/api/zones/undo").json()
        assert undone["words"] == "Undone: rule entry is OFF"
        assert {r["id"]: r["on"] for r in live.get("/api/rules")["rules"]}["entry"] is True
        assert live.http.put("/api/rules/nothing", json={"on": True}).status_code == 404


def test_a_trial_of_a_rule_that_is_none_is_refused_before_the_past_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(_: bytes) -> dict[str, Any]:
        raise AssertionError("the past was read")

    monkeypatch.setattr(api_rules, "ask", asked)
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        got = live.http.post("/api/rules/entri/try", json={})
        assert (got.status_code, got.json()["error"]) == (404, "no rule is called 'entri'; did you mean 'entry'?")
        assert (
            "no rule is called 'zzzz'; expected one of entry, " in live.http.post("/api/rules/zzzz/try", json={}).json()["error"]
        )


def test_a_running_station_explains_its_tracks(tmp_path: Path) -> None:
    port = free_port()
    with running(make_site(tmp_path, udp_port=port), tmp_path / "archive", port) as live:
        for i in range(20):
            live.send(row(time.time(), 45.0, -30.0 + (0.003 - 0.00002 * i)))
            time.sleep(0.02)
        live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        number = live.get("/api/tracks")["tracks"][0]["track_id"]
        live.until(lambda: sum(len(s["took"]) for s in live.get(f"/api/tracks/{number}/explain")["steps"]) > 2)
        told = live.get(f"/api/tracks/{number}/explain")
        assert told["began"]["weight"] > 0.5
        assert told["words"][0].startswith("It began with a report of ")
        assert live.http.get("/api/tracks/999999/explain").status_code == 404
