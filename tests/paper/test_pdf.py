"""A document as PDF: the same bytes each time, every word there, tables over pages, links to evidence. pypdf reads it back."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from picket.paper import (
    Box,
    Cited,
    Document,
    Drawing,
    Facts,
    Heading,
    Label,
    Notes,
    Paragraph,
    Signatures,
    Source,
    Sources,
    Stroke,
    Table,
    pdf,
    table,
    to_pdf,
)  # fmt: skip
from picket.paper.text import visible

CHART = Drawing(
    170, 30, (Box(0, 0, 20, 20, "#3366aa"), Stroke(((0, 25), (80, 10)), dashed=True), Label(90, 10, "a label")), "Chart", "Words"
)
EVERYTHING = Document(
    "Every part",
    (
        Heading("A heading"), Paragraph("A paragraph\nof two lines"), Facts((("a name", "a value"),)), Notes(("a point",)),
        Table(("who", "how many"), (("Anna", "12"), ("Bert", "3")), (3, 1), right=(1,), strong=(0,), refs=((1,), (2,))),
        Cited("Somebody passed something on.", (1, 2), "stated", "below it"), CHART,
        Sources((Source(1, "The words of one.", "a report", "https://example.org/a"), Source(2, "Of another.", "b", "javascript:x"))),
        Signatures(("Handed over by", "Taken over by")),
    ),
    simulated=True, digest="0123abcd", made_at=1_790_000_000.0,
)  # fmt: skip


def read(document: Document) -> list[str]:
    """The words of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(document))).pages]


def close(text: str) -> str:
    """Without spaces: lines break anywhere."""
    return re.sub(r"\s+", "", text)


def test_the_same_document_gives_the_same_bytes_here_and_in_a_child_process() -> None:
    made = pdf.render(EVERYTHING)
    assert made == pdf.render(EVERYTHING) == to_pdf(EVERYTHING)
    assert made.startswith(b"%PDF-")


def test_every_part_is_there_with_mark_digest_and_moment() -> None:
    text = "\n".join(read(EVERYTHING))
    for words in (
        "Every part", "A heading", "of two lines", "a value", "• a point", "Anna", "stated: Somebody passed something on.", "below it",
        "[1] The words of one.", "https://example.org/a", "Handed over by", "a label", "Chart", "Words", "digest 0123abcd",
        "made 2026-09-21", "SIMULATED", "1 / 1",
    ):  # fmt: skip
        assert words in text, words
    info = PdfReader(io.BytesIO(pdf.render(EVERYTHING))).metadata
    assert info is not None
    assert (info.title, info.creation_date_raw) == ("Every part", "D:20260921141320Z")


def test_numbers_of_evidence_lead_to_it_and_only_web_addresses_are_links() -> None:
    page = PdfReader(io.BytesIO(pdf.render(EVERYTHING))).pages[0]
    found = [a.get_object() for a in page["/Annots"]]
    addresses = [a["/A"]["/URI"] for a in found if "/A" in a and "/URI" in a["/A"]]
    assert addresses == ["https://example.org/a"]
    assert len([a for a in found if "/Dest" in a]) == 4  # two of the sentence, one of each row


def test_a_sentence_without_its_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[3\] are not"):
        Document("x", (Cited("Words.", (3,)), Sources((Source(1, "a", "b"),))))


def test_a_long_table_repeats_its_head_and_loses_no_row() -> None:
    rows = [(str(n), f"row number {n} " + "and more " * (n % 40)) for n in range(300)]
    pages = read(Document("Long", (table(("No.", "Head of the words"), rows, widths=(10, 90)),)))
    assert len(pages) > 5
    assert all("Head of the words" in page for page in pages)
    assert [int(n) for page in pages for n in re.findall(r"row number (\d+)", page)] == list(range(300))
    assert [f"{n} / {len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * len(pages)


def test_a_cell_that_no_page_holds_goes_on_over_pages() -> None:
    words = " ".join(f"word{n}" for n in range(4000))
    pages = read(Document("Tall", (table(("", "Text"), [("1", words)], widths=(10, 90)),)))
    assert len(pages) > 2
    assert [int(n) for page in pages for n in re.findall(r"word(\d+)", page)] == list(range(4000))


def test_arabic_hebrew_and_cyrillic_are_joined_and_in_order() -> None:
    page = read(Document("Граница: вахта", (Paragraph("مرحبا بالعالم"), Paragraph("שלום"), Paragraph("Ωμέγα, Հայ"))))[0]
    assert "Граница: вахта" in page
    assert "Ωμέγα, Հայ" in page
    # What a reader copies is in the order and the letters that were written, or their joined forms.
    composed = unicodedata.normalize("NFKC", page)
    assert "مرحبا بالعالم" in composed or "مرحبا بالعالم"[::-1] in composed
    assert "שלום" in composed or "שלום"[::-1] in composed


def test_joined_letters_are_other_glyphs_than_loose_ones() -> None:
    def glyphs(text: str) -> int:
        return len(pdf.render(Document("", (Paragraph(text),))))

    assert glyphs("ببب") > glyphs("ب")  # three forms are in the file: first, middle, last


def test_what_the_font_lacks_is_written_as_its_code_and_said() -> None:
    page = read(Document("Drone 无", (Paragraph("\u202egnp.exe \x07"),)))[0]
    assert "Drone [U+65E0]" in page
    assert "[U+202E]gnp.exe [U+0007]" in page
    assert "Characters that the font of this file lacks" in page
    assert "Characters that" not in read(Document("Plain", ()))[0]


LETTERS = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=8, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6), st.text(max_size=80))
def test_no_text_breaks_a_page_or_is_lost(texts: list[str], title: str) -> None:
    rows = tuple((text, str(n)) for n, text in enumerate(texts))
    document = Document(
        title, (*map(Paragraph, texts), Table(("head", "n"), rows, (1, 9)), Notes(tuple(texts))), made_at=0.0, digest=title
    )
    made = pdf.render(document)
    assert made == pdf.render(document)
    assert len(PdfReader(io.BytesIO(made)).pages) >= 1


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text("abcdefghij WXYZ0123456789äÖжЯ.-", max_size=300), min_size=1, max_size=4))
def test_words_from_left_to_right_are_read_back_whole(texts: list[str]) -> None:
    pages = read(Document("", (Table(("h", ""), tuple((t, "") for t in texts), (30, 70)),)))
    assert close("".join(texts)) in close("".join(re.sub(r"\d+ / \d+$", "", page) for page in pages).removeprefix("h"))


@given(LETTERS)
def test_what_is_shown_has_no_character_that_hides(text: str) -> None:
    shown = visible(text)
    kept = [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert set(kept) <= set("\n\u200c\u200d")
