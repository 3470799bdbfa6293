"""The record page on a real station and archive: the numbers of the API, definitions beside them, files, keyboard, axe."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))
from page_driver import axe
from tests.station.live import PIER, Live, running
from tests.station.test_api_record import SITE, make

from picket.site import load

pytestmark = pytest.mark.page
ASKED = "#counts&zone=pier&within=100&figure=60000+in+184+days&figure=328+a+day"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = make(tmp_path_factory.mktemp("record"))
    with running(load(folder / "site.toml"), folder / "archive") as station:
        yield station


def visit(browser: Browser, live: Live, where: str = "") -> Page:
    """The record page, signed in; errors and requests elsewhere are gathered in `page.wrong`."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("console", lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if r.url.startswith((live.base, "blob:")) else wrong.append(r.url))
    page.add_init_script("localStorage.getItem('picket.palette') ?? localStorage.setItem('picket.palette', 'day')")
    page.goto(f"{live.base}/?token={live.station.access.new_token('anna')}")
    page.goto(f"{live.base}/record.html{where}")
    page.wrong = wrong  # type: ignore[attr-defined]
    return page


def done(page: Page) -> None:
    assert page.wrong == []  # type: ignore[attr-defined]
    page.context.close()


def figure(page: Page, words: str) -> str:
    return page.locator(".figures li", has_text=words).locator(".figure").first.inner_text()


def test_the_page_shows_what_the_station_counts_with_its_definitions(browser: Browser, live: Live) -> None:
    page = visit(browser, live, ASKED)
    expect(page.locator(".figures")).to_be_visible(timeout=90_000)
    got = live.get(
        "/api/stats", since="2024-10-04T00:00:00Z", until="2024-10-25T00:00:00Z", zone="pier", within=100,
        compare=["60000 in 184 days", "328 a day"],
    )  # fmt: skip
    assert figure(page, "flights") == str(got["flights"])
    assert figure(page, "a day") == str(got["per_day"])
    assert figure(page, "incursion") == str(got["near"]["incursions"])
    assert figure(page, "uptime") == "not known", "imported tracks tell no uptime"
    given = page.get_by_role("region", name="Given figures beside ours")
    assert given.locator("tbody tr").all_inner_texts() == [
        f"60000 in 184 days\t326.09\t{got['per_day']}\t{got['compared']['figures'][0]['ours_is_percent_of_it']} % of it",
        f"328 a day\t328\t{got['per_day']}\t{got['compared']['figures'][1]['ours_is_percent_of_it']} % of it",
    ]
    expect(given).to_contain_text("0.58 %")
    for card in page.locator("section.card:has(table), section.card:has(canvas)").all():
        assert card.locator(".defined dt").count() > 0, card.inner_text()
    assert got["definitions"]["near"] in page.locator("main").inner_text()
    expect(page.get_by_role("region", name="Trend")).to_contain_text(
        f"Likeliest change on {got['change']['first_day_after']} (95 %: between {got['change']['between'][0]} and "
        f"{got['change']['between'][1]}), from {got['change']['per_day_before']:g} to {got['change']['per_day_after']:g} a day."
    )
    page.get_by_text("Table by day: 21 rows").click()
    rows = page.locator("details[open] tbody tr")
    assert [int(r.split("\t")[1]) for r in rows.all_inner_texts()] == [d["flights"] for d in got["calendar"]]
    expect(page.locator(".files")).to_contain_text(got["digest"])
    expect(page.get_by_role("link", name="Report, PDF")).to_have_count(1 if live.get("/api/stats/choices")["pdf"] else 0)
    done(page)


def test_incidents_of_an_exercise_say_so_before_anything_is_counted(browser: Browser, live: Live) -> None:
    page = visit(browser, live, "#incidents")
    expect(page.get_by_role("button", name="New incident")).to_be_visible()
    expect(page.locator(".strip-simulated")).to_have_count(0)
    said = live.get("/api/hello") | {"simulated": True}
    page.route("**/api/hello", lambda route: route.fulfill(json=said))
    page.reload()
    expect(page.locator(".strip-simulated")).to_contain_text("SIMULATED")
    done(page)


def test_a_period_is_asked_by_keyboard_and_its_files_are_saved(browser: Browser, live: Live) -> None:
    page = visit(browser, live, ASKED)
    expect(page.locator(".figures")).to_be_visible(timeout=90_000)
    assert figure(page, "flights") == "51"
    page.keyboard.press("/")
    expect(page.locator("#first")).to_be_focused()
    page.locator("#first").fill("2024-10-05")
    page.locator("#last").fill("2024-10-06")
    east = {"type": "LineString", "coordinates": [[-29.6, 45.0], [-29.4, 45.0]]}
    line = {"name": "east.geojson", "mimeType": "application/geo+json", "buffer": json.dumps(east).encode()}
    page.get_by_label("Add a line or area, GeoJSON").set_input_files(line)
    expect(page.locator("#zone")).to_have_value("line east")
    page.locator("#last").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".figure").first).to_have_text("2", timeout=90_000)
    expect(page.locator(".asked")).to_contain_text("2024-10-05 to 2024-10-06, 2 days")
    expect(page.get_by_role("region", name="Trend")).to_contain_text("fewer than 14 days")
    assert "first=2024-10-05&last=2024-10-06&line=east&within=100" in page.url
    expect(page.locator(".asked")).to_contain_text("within 100 m of line east")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Table, CSV").click()
    text = Path(saved.value.path()).read_text("utf-8")
    assert saved.value.suggested_filename == "picket-counts.csv"
    assert text.splitlines()[-1].startswith("2024-10-06T00:00Z,1,2,")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Map, GeoJSON").click()
    assert sum(f["properties"]["points"] for f in json.loads(Path(saved.value.path()).read_text("utf-8"))["features"]) == 404
    for button in ("Save Calendar as PNG", "Save the map as PNG"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        data = Path(saved.value.path()).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", data[16:24]) > (1999, 300)
    done(page)


def test_an_empty_period_and_a_refusal_are_told_in_words(browser: Browser, live: Live) -> None:
    page = visit(browser, live, "#counts&first=2030-01-01&last=2030-01-02")
    expect(page.get_by_text("No counted flight in this period.")).to_be_visible(timeout=90_000)
    assert figure(page, "flights") == "0"
    assert axe(page) == []
    page.locator("#last").fill("2029-01-01")
    page.locator("#last").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("lies before the first")
    done(page)


def test_nothing_sealed_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "pier.geojson").write_text(json.dumps(PIER))
    (tmp_path / "site.toml").write_text(SITE)
    with running(load(tmp_path / "site.toml"), tmp_path / "archive") as station:
        page = visit(browser, station)
        expect(page.get_by_text("picket archive seal")).to_be_visible()
        expect(page.get_by_role("button", name="Count Enter")).to_be_disabled()
        assert axe(page) == []
        done(page)


def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, live: Live) -> None:
    page = visit(browser, live, ASKED)
    expect(page.locator(".figures")).to_be_visible(timeout=90_000)
    page.get_by_text("as a table").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    for palette in ("day", "night", "red"):
        expect(page.locator(f"html[data-palette={palette}]")).to_be_attached()
        assert axe(page) == []
        page.keyboard.press("p")
    wide = page.evaluate("[...document.querySelectorAll('html, main, .scroll')].map((e) => e.scrollWidth - e.clientWidth)")
    assert max(wide) <= 0
    done(page)


def test_an_incident_is_opened_worked_on_and_exported(browser: Browser, live: Live, tmp_path: Path) -> None:
    page = visit(browser, live, "#incidents")
    expect(page.get_by_text("No incident was opened.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#case-title")).to_be_focused()
    page.keyboard.type("Two at <b>the pier</b>")
    page.locator("input[name=tracks]").fill("7, 12")
    page.keyboard.press("Enter")
    whole = page.get_by_role("region", name="Incident 1")
    expect(whole).to_contain_text("Incident 1: Two at <b>the pier</b>")
    expect(whole).to_contain_text("track 12")
    page.get_by_role("textbox", name="Note").fill("seen by eye")
    page.keyboard.press("Enter")
    steps = page.get_by_role("region", name="Steps").locator("tbody tr")
    expect(steps).to_have_count(3)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8 photo")
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_role("region", name="Files")).to_contain_text(hashlib.sha256(photo.read_bytes()).hexdigest()[:16])
    for palette in ("day", "night", "red"):
        assert page.evaluate("document.documentElement.dataset.palette") == palette
        assert axe(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("p")
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("of another day")
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="Take off wrong.txt").click()
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("button", name="wrong.txt")).to_have_count(0)
    expect(files).to_contain_text("photo.jpg")
    page.get_by_role("textbox", name="Hand over to").fill("ben")
    page.keyboard.press("Enter")
    expect(whole).to_contain_text("handed over, with ben")
    page.get_by_role("combobox", name="What it was").select_option("drone")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(whole).to_contain_text("closed: drone")
    with page.expect_download(timeout=90_000) as saved:
        page.get_by_role("button", name="Export, ZIP").click()
    with zipfile.ZipFile(saved.value.path()) as z:
        assert z.read("picket-incident-1/attachments/01-photo.jpg") == photo.read_bytes()
        assert "Two at &lt;b&gt;the pier&lt;/b&gt;" in z.read("picket-incident-1/index.html").decode()
    page.get_by_role("button", name="Let go of the hold").click()
    expect(whole).to_contain_text("Not held")
    wide = page.evaluate("[...document.querySelectorAll('html, main')].map((e) => e.scrollWidth - e.clientWidth)")
    assert max(wide) <= 0
    page.goto(f"{live.base}/record.html#incidents&since=1700000000&alerts=3&tracks=7%2C+9")
    page.reload()
    expect(page.locator("#case-title")).to_be_focused()
    assert [page.locator(f"input[name={n}]").input_value() for n in ("since", "alerts", "tracks")] == [
        "2023-11-14T22:13:20",
        "3",
        "7, 9",
    ]
    done(page)
