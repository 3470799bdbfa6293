"""What leaves the picture: the brief, CSV, GeoJSON and STIX. Reports are hostile input."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from picket.learn.brief import brief, document
from picket.learn.exports import FLOW_COLUMNS, flows_csv, geojson
from picket.learn.gaps import questions
from picket.learn.picture import Picture, build
from picket.learn.sources import Source
from picket.learn.stix import bundle, stix_json
from picket.paper import Cited, Table, pdf
from picket.site import parse
from tests.learn.making import claim

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>\u202egnp.exe\u0000"


def picture(text: str = "drones") -> Picture:
    return build(
        [
            claim(
                "training",
                "a",
                provider="Russia",
                recipient="Venezuela",
                capability=text,
                place=text,
                attributed_to=text,
                evidence=f"One {text} sentence.",
                source=text,
                published="2025-01-02",
                country="VE",
                certainty="reported",
            ),
            claim(
                "training",
                "b",
                provider="Russia",
                recipient="Venezuela",
                certainty="denied",
                attributed_to="Moscow",
                published="2025-02-02",
                source="TASS",
            ),
            claim(
                "use_attack",
                "c",
                actor=text,
                target=text,
                capability="fibre-optic drones",
                place="Port Sudan",
                country="SD",
                time="2025-05-04",
                number=(300, "kilometres"),
                source="Reuters",
                published="2025-05-05",
            ),
            claim(
                "warning",
                "d",
                target="harbours",
                capability="lack of sonar under water, underwater drones",
                evidence=f"They lack {text}.",
            ),
        ],
        ledger=[
            Source(doc="a", origin="paper", title=text, url="javascript:alert(1)"),
            Source(doc="c", origin="reuters", url="https://example.org/a?b=1&c=2"),
        ],
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "span",
    "bdi",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ol",
    "li",
    "blockquote",
    "main",
    "footer",
    "br",
    "col",
    "colgroup",
}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40).map(lambda t: t + HOSTILE))
def test_nothing_from_a_report_becomes_markup(text: str) -> None:
    page = brief(picture(text), title=text, since=date(2025, 1, 1).toordinal())
    tags = Tags()
    tags.feed(page)
    assert {t for t, _ in tags.seen} <= OURS
    for _, attributes in tags.seen:
        assert not any(a.startswith("on") for a in attributes)
        href = attributes.get("href")
        assert href is None or href.startswith(("#e", "https://", "http://"))
    assert "\u0000" not in page
    assert "\u202e" not in page.split("</title>")[1]


def test_every_sentence_leads_to_its_evidence_and_the_evidence_is_there() -> None:
    page = brief(picture(), since=date(2025, 1, 1).toordinal())
    wanted, there = set(re.findall(r'href="#(e\d+)"', page)), set(re.findall(r'<li id="(e\d+)"', page))
    assert wanted == there
    assert wanted
    for sentence in re.findall(r'<p><span class="c">.*?</p>', page):
        assert 'href="#e' in sentence
    assert "One drones sentence." in html.unescape(page)


def test_on_paper_every_sentence_leads_to_its_evidence_too() -> None:
    made = document(picture(), since=date(2025, 1, 1).toordinal())
    reader = PdfReader(io.BytesIO(pdf.render(made)))
    marks = [a.get_object() for page in reader.pages for a in page.get("/Annots", ())]
    sentences = [part for part in made.parts if isinstance(part, Cited)]
    rows = [refs for part in made.parts if isinstance(part, Table) for refs in part.refs]
    assert sentences
    assert all(part.refs for part in sentences)
    assert len([m for m in marks if "/Dest" in m]) == sum(map(len, rows)) + sum(len(part.refs) for part in sentences)
    assert [m["/A"]["/URI"] for m in marks if "/A" in m and "/URI" in m["/A"]] == ["https://example.org/a?b=1&c=2"]
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "One drones sentence." in text
    assert "This is denied by Moscow." in text


def test_a_brief_is_self_contained_and_without_scripts() -> None:
    page = brief(picture())
    assert "default-src 'none'" in html.unescape(page)
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', page) == ["https://example.org/a?b=1&amp;c=2"]


def test_a_brief_words_nothing_denied_or_passed_on_as_a_fact() -> None:
    page = html.unescape(re.sub(r"</?bdi>", "", brief(picture())))
    assert "Reportedly (drones), Russia trained Venezuela" in page
    assert "This is denied by Moscow." in page
    assert re.search(r"(?<!, )Russia trained Venezuela", page) is None


def test_a_sites_gaps_are_in_a_brief_only_when_asked_for() -> None:
    site = parse(
        {
            "version": 1,
            "site": {"name": "pier", "lat_deg": 1, "lon_deg": 1},
            "sensor": [{"id": "secret-sonar", "kind": "sonar", "lat_deg": 1, "lon_deg": 1}],
        }
    )
    p = picture()
    asked = questions(p, site)
    assert "secret-sonar" in brief(p, questions=asked)
    assert all("secret-sonar" not in text for text in (brief(p), flows_csv(p), geojson(p), stix_json(p)))


def test_the_same_picture_gives_the_same_bytes() -> None:
    for write in (brief, flows_csv, geojson, stix_json):
        assert write(picture()) == write(picture())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_is_never_a_formula(start: str) -> None:
    rows = list(csv.DictReader(io.StringIO(flows_csv(picture(f"{start}cmd|' /C calc'!A0")))))
    assert list(rows[0]) == list(FLOW_COLUMNS)
    assert all(v[:1] not in ("=", "+", "-", "@", "\t", "\r") for r in rows for v in r.values())


def test_geojson_gives_every_place_its_precision() -> None:
    found = json.loads(geojson(picture()))
    points = [f for f in found["features"] if f["geometry"]["type"] == "Point"]
    (port,) = points
    lon, lat = port["geometry"]["coordinates"]
    assert abs(lon - 37.2) < 0.5
    assert abs(lat - 19.6) < 0.5
    assert (port["properties"]["level"], port["properties"]["precision_km"]) == ("town", 10.0)
    lines = [f for f in found["features"] if f["geometry"]["type"] == "LineString"]
    assert [f["properties"]["recipient"] for f in lines] == ["Venezuela"]
    assert found["left_out"] == {"incidents": 0, "flows": len(picture().flows) - 1}


# -- STIX: the rules of the standard, checked by hand; the stix2 package reads the same bundle where it is installed ------------------
REQUIRED = {
    "identity": ("name",),
    "attack-pattern": ("name",),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "opinion": ("opinion", "object_refs"),
}


def test_the_bundle_keeps_the_rules_of_stix_2_1() -> None:
    made = bundle(picture())
    ids = {o["id"] for o in made["objects"]}
    assert len(ids) == len(made["objects"])
    for o in made["objects"]:
        assert o["spec_version"] == "2.1"
        assert re.fullmatch(
            rf"{o['type']}--[0-9a-f]{{8}}-[0-9a-f]{{4}}-5[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}", o["id"]
        )
        assert all(k in o for k in REQUIRED[o["type"]])
        for k, v in o.items():
            assert v not in (None, [], ""), k
            if k.endswith("_ref"):
                assert v in ids
            if k.endswith("_refs"):
                assert set(v) <= ids
            if k in ("created", "modified", "start_time", "stop_time"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\.000Z", v)
        assert 0 <= o.get("confidence", 0) <= 100
        assert o.get("stop_time", "9") > o.get("start_time", "0")
    denied = [o for o in made["objects"] if o["type"] == "opinion"]
    assert [o["opinion"] for o in denied] == ["disagree"]


def test_the_stix2_package_reads_the_bundle_without_custom_objects() -> None:
    stix2 = pytest.importorskip("stix2")
    assert len(stix2.parse(stix_json(picture()), allow_custom=False).objects) == len(bundle(picture())["objects"])


def test_a_brief_of_very_many_claims_stays_readable_and_says_what_it_leaves_out() -> None:
    actors = ("Iran", "Russia", "China", "Turkey", "Hamas", "Hezbollah", "Houthis", "India", "Israel", "Egypt")
    p = build([claim("supply", f"{a}{b}", provider=a, recipient=b) for a in actors for b in actors if a != b])
    page = brief(p, most=20)
    assert page.count('<p><span class="c">') == 20
    assert "70 more flows are left out here" in page
