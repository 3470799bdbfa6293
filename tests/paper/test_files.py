"""The same document as HTML and PNG, and the names of files that it is written to."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from picket.paper import (
    Box,
    Cited,
    Document,
    Drawing,
    Label,
    PaperError,
    Paragraph,
    Source,
    Sources,
    Stroke,
    Table,
    html,
    png,
    write,
)
from picket.paper.svg import svg
from picket.paper.wrap import wrap

CHART = Drawing(
    40, 20, (Box(0, 0, 10, 20, "#ff0000"), Stroke(((20, 10), (40, 10)), "#0000ff", 1.0), Label(12, 5, "<&>", 9.0)), "Chart"
)


class Tags(HTMLParser):
    """Every element that begins."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def said(text: str) -> Document:
    """One text in every kind of part that takes words from outside."""
    parts = (Paragraph(text), Table(("h",), ((text,),)), Cited(text, (1,), text), Sources((Source(1, text, text, text),)))
    return Document("t", parts)


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_words_from_outside_never_become_elements(text: str) -> None:
    hostile = Tags(html.render(said(text))).found
    plain = Tags(html.render(said("x" if text else ""))).found
    assert [t for t, _ in hostile if t not in ("br", "a")] == [t for t, _ in plain if t != "a"]
    assert all(str(a["href"]).startswith(("#e", "http://", "https://")) for t, a in hostile if t == "a")


def test_html_allows_no_script_and_loads_nothing() -> None:
    found = Tags(html.render(Document("t", (CHART, Sources((Source(1, "q", "a", "javascript:alert(1)"),))), simulated=True)))
    policy = next(a["content"] for t, a in found.found if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert not [t for t, a in found.found if t in ("script", "img", "link") or "src" in a]
    assert [a for t, a in found.found if t == "a"] == []
    assert "SIMULATED: an exercise, none of this was seen" in "".join(found.words)


def test_svg_is_sound_and_says_what_it_shows() -> None:
    root = ET.fromstring(svg(CHART))
    assert root.attrib["aria-label"] == "Chart"
    assert [child.tag.split("}")[1] for child in root] == ["rect", "polyline", "text"]
    assert [child.text for child in root][2] == "<&>"


def test_png_has_the_marks_at_their_places_and_the_same_bytes() -> None:
    document = Document("Charts", (CHART, CHART), digest="12", made_at=0.0)
    made = png.render(document)
    assert made == png.render(document)
    image = Image.open(io.BytesIO(made)).convert("RGB")
    colours = {colour: count for count, colour in image.getcolors(1 << 24) or []}
    assert colours[255, 0, 0] == pytest.approx(2 * 10 * 20 * 64, rel=0.02)  # two boxes, 8 dots a mm
    assert colours[0, 0, 255] == pytest.approx(2 * 20 * 64, rel=0.15)
    with pytest.raises(ValueError, match="nothing to draw"):
        png.render(Document("Words", (Paragraph("only"),)))


def test_a_name_says_the_format(tmp_path: Path) -> None:
    document = Document("x", (CHART,))
    for name, begin in (("a.pdf", b"%PDF"), ("a.PNG", b"\x89PNG"), ("a.html", b"<!doctype html>")):
        write(document, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begin)
    with pytest.raises(PaperError, match=r"\.pdf, \.html, \.png, got \.doc"):
        write(document, tmp_path / "a.doc")


def test_without_the_library_a_pdf_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PaperError, match=r"a PDF needs fpdf and uharfbuzz: pip install 'picket\[paper\]'"):
        write(Document("x", ()), tmp_path / "a.pdf")
    write(Document("x", ()), tmp_path / "a.html")


@given(st.text("ab c", max_size=60), st.integers(1, 20))
def test_lines_fit_and_only_spaces_at_their_ends_are_left_out(text: str, wide: int) -> None:
    lines = wrap(text, wide, lambda c: 1.0)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(len(line.rstrip(" ")) for line in lines) <= wide
    assert len(text) - sum(map(len, lines)) <= len(lines) - 1


def test_a_table_with_a_short_row_or_a_drawing_with_a_wrong_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 cells in each row"):
        Table(("a", "b"), (("1",),))
    with pytest.raises(ValueError, match="a width above 0"):
        Table(("a", "b"), (), (1.0, 0.0))
    with pytest.raises(ValueError, match="expected a colour"):
        Box(0, 0, 1, 1, "red;x")
