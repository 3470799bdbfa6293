"""A zone tried on the recorded past of a running station: a child process says what it would have raised."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.station.live import free_port, make_site, row, running


def square(half: float, lon: float = -30.0) -> dict[str, Any]:
    west, east, south, north = lon - half, lon + half, 45.0 - half, 45.0 + half
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def test_a_zone_is_tried_and_nothing_changes(tmp_path: Path) -> None:
    port = free_port()
    site = make_site(tmp_path, udp_port=port, zone=[])
    with running(site, tmp_path / "archive", port) as live:
        for i in range(30):
            live.send(row(time.time(), 45.0, -30.0 + (0.003 - 0.00002 * i)))
            time.sleep(0.05)
        live.until(lambda: live.get("/api/tracks")["tracks"], live.seen_again)
        assert live.get("/api/alerts", state="all")["alerts"] == []
        found = live.http.post(
            "/api/zones/try", json={"kind": "protected", "geometry": square(0.01), "back_h": 1}, timeout=150
        ).json()
        assert found["times"] == 1, found
        assert found["by_severity"] == {"high": 1, "medium": 0, "low": 0}
        assert "INSIDE (tried)" in found["fired"][0]["text"]
        assert found["words"] == "This zone would have raised 1 alert in 1.0 h of the recorded past."
        far = live.http.post("/api/zones/try", json={"kind": "warning", "geometry": square(0.01, -29.0)}, timeout=150).json()
        assert far["times"] == 0
        assert live.get("/api/zones")["features"] == []
        assert live.get("/api/alerts", state="all")["alerts"] == []
        bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
        wrong = live.http.post("/api/zones/try", json={"kind": "warning", "geometry": bow_tie})
        assert (wrong.status_code, "cross itself" in wrong.json()["error"]) == (422, True)
        assert live.http.post("/api/zones/try", json={"kind": "warning", "geometry": square(1), "back_h": 0}).status_code == 422
