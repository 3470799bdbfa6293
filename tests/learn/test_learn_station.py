"""The analyst's station over HTTP: who may look, what is refused, what a decision does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from picket.learn.claim import read_claims
from picket.learn.desk import Desk
from picket.station.learn_station import LearnStation
from picket.station.run import StationError
from tests.learn.serving import EXAMPLES, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("desk"))
    yield running
    running.end()


def test_nobody_looks_without_a_session_a_right_host_and_a_right_origin(served: Served) -> None:
    assert httpx.get(f"{served.base}/api/learn/state").status_code == 401
    assert served.http.get("/api/learn/state", headers={"host": "evil.example"}).status_code == 403
    assert served.http.get("/api/learn/state", headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.get(f"{served.base}/").status_code == 401
    assert served.station is not None
    assert served.station.socket is not None
    assert served.station.socket.getsockname()[0] == "127.0.0.1"


def test_every_question_answers(served: Served) -> None:
    for path in (
        "state", "inbox", "claims/0", "evidence?n=0,1", "reports?q=houthi", "report?doc=es", "flows?until=2024", "matrix",
        "contradictions", "sources", "cards/no-emission", "questions", "changes?since=2025-01", "map",
        "paths?source=Iran&target=Houthis",
    ):  # fmt: skip
        answer = served.http.get(f"/api/learn/{path}")
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "claims/99999999", None, 422, "no claim has the number"),
        ("GET", "claims/-1", None, 422, "no claim has the number"),
        ("GET", "evidence?n=1;2", None, 422, "pattern"),
        ("GET", "report?doc=../../etc/passwd", None, 404, "not here"),
        ("GET", "flows?until=soon", None, 422, "expected a date"),
        ("GET", "changes?since=soon", None, 422, "expected a date"),
        ("GET", "cards/none", None, 404, "no card"),
        ("GET", "export/none", None, 404, "there are flows.csv"),
        ("POST", "claims/0/edit", {"slots": {"kind": "x"}}, 422, "kind: expected one of"),
        ("POST", "claims/0/edit", {"slots": {"start": 4}}, 422, "start: no such slot"),
        ("POST", "claims", {"doc": "es", "start": 0, "end": 4000, "slots": {"kind": "supply"}}, 422, "a span of 1 to"),
        ("POST", "claims", {"doc": "none", "start": 0, "end": 4, "slots": {}}, 422, "is not here"),
        ("POST", "decisions/999/undo", {}, 422, "number of an earlier decision"),
        ("POST", "sources/reuters/grade", {"letter": "Z"}, 422, "letter"),
    ],
)
def test_what_cannot_be_is_refused_in_words(served: Served, method: str, path: str, body: Any, status: int, words: str) -> None:
    answer = served.http.request(method, f"/api/learn/{path}", json=body)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]


def test_decisions_are_lines_with_who_and_when(served: Served) -> None:
    assert served.http.post("/api/learn/claims/3/accept").json()["state"] == "accepted"
    made = served.http.post("/api/learn/claims/4/reject", json={"why": "not a drone"}).json()
    assert served.http.get("/api/learn/claims/4").json()["state"] == "rejected"
    served.http.post(f"/api/learn/decisions/{made['decision']}/undo")
    assert served.http.get("/api/learn/claims/4").json()["state"] == "pending"
    marked = served.http.post("/api/learn/claims", json={
        "doc": "es", "start": 9, "end": 29, "translation": "Iran delivered drones.",
        "slots": {"kind": "supply", "provider": "Iran", "certainty": "stated"}}).json()  # fmt: skip
    told = served.http.get(f"/api/learn/claims/{marked['n']}").json()
    assert (told["evidence"], told["translation"], told["state"]) == ("Irán entregó drones.", "Iran delivered drones.", "added")
    lines = [json.loads(x) for x in served.desk.path.read_text("utf-8").splitlines()]
    assert [x["op"] for x in lines[-4:]] == ["accept", "reject", "undo", "add"]
    assert all(x["by"] == "analyst" and x["time"] for x in lines)


def test_what_leaves_is_a_download_and_the_brief_runs_nothing(served: Served) -> None:
    for name in ("flows.csv", "picture.geojson", "picture.stix.json", "brief.html", "brief.pdf", "claims.jsonl"):
        answer = served.http.get(f"/api/learn/export/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert len(answer.content) > 1000
    brief = served.http.get("/api/learn/brief?since=2025-06")
    assert "default-src 'none'" in brief.headers["content-security-policy"]
    assert "script" not in brief.headers["content-security-policy"]
    assert "New since 2025-06-01" in brief.text


def test_a_taken_port_says_what_to_do(served: Served, tmp_path: Path) -> None:
    desk = Desk(read_claims(EXAMPLES / "claims.jsonl"), [], tmp_path)
    try:
        with pytest.raises(StationError, match="choose another with --port"):
            LearnStation(desk, urlsplit(served.base).port or 0).open()
    finally:
        desk.close()
