"""What of an alert's changes is its life: told once each, in order, across restarts."""

from __future__ import annotations

from typing import Any

import msgspec

from picket.station.life import AlertLives, events, stand
from picket.watch import Alert

RAISED = Alert(
    id=7, n=1, rule="entry", zone="pier", severity="high", raised_at=10.0, updated_at=10.0, text="Drone INSIDE pier: 1 km out."
)


def now(alert: Alert, **fields: Any) -> Alert:
    return msgspec.structs.replace(alert, n=alert.n + 1, **fields)


SEEN = now(RAISED, state="acknowledged", acknowledged_at=12.0, acknowledged_by="anna", updated_at=12.0)
CLOSED = now(SEEN, state="closed", cause="drone", note="flew off", closed_at=20.0, closed_by="bert", updated_at=20.0)


def told(found: list[dict[str, Any]]) -> list[tuple[str, float, str]]:
    return [(e["what"], e["at"], e["by"]) for e in found]


def test_a_life_is_told_once_each() -> None:
    lives = AlertLives()
    lives.begin([], {})
    nearer = now(RAISED, updated_at=11.0, text="Drone INSIDE pier: 900 m out.")
    found = lives.take([RAISED, nearer, SEEN, now(SEEN, updated_at=14.0), CLOSED])
    assert told(found) == [("raised", 10.0, "picket"), ("acknowledged", 12.0, "anna"), ("closed", 20.0, "bert")]
    assert [e["text"] for e in found] == [
        "Alert 7 raised (high): Drone INSIDE pier: 1 km out.",
        "Alert 7 acknowledged: Drone INSIDE pier",
        "Alert 7 closed, drone; flew off: Drone INSIDE pier",
    ]


def test_worse_and_back_again_are_told() -> None:
    medium = now(RAISED, severity="medium")
    assert [e["text"] for e in events(stand(medium), RAISED)] == ["Alert 7 now high: Drone INSIDE pier: 1 km out."]
    back = now(SEEN, state="raised", acknowledged_at=None, acknowledged_by=None, updated_at=15.0)
    assert told(events(stand(SEEN), back)) == [("raised", 15.0, "picket")]
    assert events(stand(RAISED), medium) == [], "that it became less is not written"


def test_what_came_before_the_start_is_known_waits_for_it() -> None:
    lives = AlertLives()
    assert lives.take([SEEN]) == []
    assert told(lives.begin([RAISED], {7: "raised"})) == [("acknowledged", 12.0, "anna")]


def test_what_a_killed_station_did_not_write_is_written_at_the_next_start() -> None:
    assert told(AlertLives().begin([CLOSED], {7: "raised"})) == [("acknowledged", 12.0, "anna"), ("closed", 20.0, "bert")]
    assert AlertLives().begin([CLOSED], {7: "closed"}) == []
    assert [what for what, _, _ in told(AlertLives().begin([CLOSED], {}))] == ["raised", "acknowledged", "closed"]
