"""Reading: what a document says of itself is found; what cannot be read is said, and the rest is read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from picket.learn.reading import Given, Trouble, read_one, read_reports
from picket.learn.report import Report

ARTICLE = (
    "The army said that its drones had struck a depot in Kharkiv. It was the third such attack in a week. "
    "Residents spoke of a fire that "
    "burned for hours and of the sound of engines above the roofs. The governor asked people to stay at home until the morning. "
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Depot burns</title><meta property="og:site_name" content="Harbour Post">
<meta property="article:published_time" content="2024-05-03T08:00:00Z"></head><body><script>alert('run me')</script><nav>Home Sport</nav>
<article><h1>Depot burns</h1><p>{ARTICLE}</p><p>{ARTICLE.replace("third", "fourth")}</p>
<p>{ARTICLE.replace("army", "navy")}</p></article></body></html>"""


def pdf(*pages: str) -> bytes:
    """A small PDF with one line of text a page; an empty string is a page without text."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(pages)))}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(pages):
        stream = f"BT /F1 10 Tf 20 700 Td ({text}) Tj ET" if text else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * n} 0 R /Resources << /Font << "
            f"/F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for n, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(f"{n} 0 obj\n{body}\nendobj\n".encode())
    at = out.tell()
    out.write(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{o:010d} 00000 n \n".encode() for o in offsets)
    )
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF".encode())
    return out.getvalue()


def written(tmp_path: Path, name: str, data: bytes | str) -> str:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def reports(found: list) -> list[Report]:  # type: ignore[type-arg]
    return [f for f in found if isinstance(f, Report)]


def reasons(found: list) -> list[str]:  # type: ignore[type-arg]
    return [f.reason for f in found if isinstance(f, Trouble)]


def test_a_page_gives_its_article_publisher_date_and_title(tmp_path: Path) -> None:
    found = read_one(written(tmp_path, "p.html", PAGE))
    (report,) = reports(found)
    assert (report.source, report.published, report.title, report.language) == ("Harbour Post", "2024-05-03", "Depot burns", "en")
    assert "depot in Kharkiv" in report.text
    assert "run me" not in report.text
    assert "Home Sport" not in report.text
    assert reasons(found) == []


def test_what_the_caller_gives_wins(tmp_path: Path) -> None:
    (report,) = reports(read_one(written(tmp_path, "p.html", PAGE), Given(source="Me", published="2020")))
    assert (report.source, report.published) == ("Me", "2020")


def test_a_text_with_header_lines_and_one_with_a_file_beside_it(tmp_path: Path) -> None:
    (a,) = reports(read_one(written(tmp_path, "a.txt", f"Depot burns\nSource: Harbour Post\nDate: 3 May 2024\n\n{ARTICLE}")))
    assert (a.title, a.source, a.published) == ("Depot burns", "Harbour Post", "2024-05-03")
    written(tmp_path, "b.json", '{"title": "T", "published": "2024-06", "source": "S", "url": "https://example.org/b"}')
    (b,) = reports(read_one(written(tmp_path, "b.txt", ARTICLE)))
    assert (b.doc, b.title, b.published, b.source, b.url) == ("b", "T", "2024-06", "S", "https://example.org/b")


def test_a_pdf_gives_its_text_and_a_scan_says_so(tmp_path: Path) -> None:
    (report,) = reports(read_one(written(tmp_path, "r.pdf", pdf(ARTICLE[:130], "3 May 2024"))))
    assert "its drones had struck a depot" in report.text
    found = read_one(written(tmp_path, "scan.pdf", pdf("", "", "")))
    assert reasons(found) == ["scanned"]
    assert "text recognition" in found[0].words  # type: ignore[union-attr]
    assert reasons(read_one(written(tmp_path, "broken.pdf", b"%PDF-1.4\nnothing of use"))) in (["unreadable"], ["scanned"])
    assert reasons(read_one(written(tmp_path, "picture.pdf", b"\x89PNG"))) == ["unreadable"], (
        "not read as text in some rare encoding"
    )


def test_a_feed_gives_one_report_an_entry(tmp_path: Path) -> None:
    feed = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title><language>en</language>
    <item><title>One</title><guid>urn:1</guid><pubDate>Fri, 03 May 2024 08:00:00 GMT</pubDate>
    <description>&lt;p&gt;{ARTICLE}&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description></item>
    <item><title>Empty</title><guid>urn:2</guid></item></channel></rss>"""
    found = read_one(written(tmp_path, "f.xml", feed))
    (report,) = reports(found)
    assert (report.source, report.published, report.title) == ("Harbour Post", "2024-05-03", "One")
    assert "x()" not in report.text
    assert "<" not in report.text
    assert reasons(found) == ["empty"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("paywall.html", "<html><head><title>x</title></head><body><article><p>The army said that drones were seen over the port "
        "this week.</p></article><p>Subscribe to continue reading</p></body></html>", "paywall"),
        ("huge.html", b"<html><body>" + b"<p>" + b"drone " * 9_000_000 + b"</p></body></html>", "huge"),
        ("empty.txt", b"  \n", "empty"),
        ("binary.txt", bytes(range(256)) * 40, "unreadable"),
        ("halves.txt", b'charset="unicode_escape" \xe9 \\ud800 ' + ARTICLE.encode(), "encoding"),
        ("mixed.txt", "Café drones".encode() + b"\n" + "Bogot\xe1 drones".encode("cp1252") + b"\n" + ARTICLE.encode(), "encoding"),
        ("latin.txt", ("Bogot\xe1 drones and the \x93rebels\x94. " + ARTICLE).encode("latin-1"), "encoding"),
        ("undated.txt", ARTICLE, "undated"),
        ("other.txt", "Les drones ont frappé un dépôt de carburant dans la ville de Kharkiv cette nuit selon les autorités "
        "locales qui parlent de trois blessés et de plusieurs incendies dans les quartiers du nord", "language"),
    ],
)  # fmt: skip
def test_bad_input_is_said_by_reason_with_what_to_do(tmp_path: Path, name: str, data: bytes | str, reason: str) -> None:
    found = read_one(written(tmp_path, name, data))
    assert reason in reasons(found)
    assert all(t.words.startswith(t.address) for t in found if isinstance(t, Trouble))


def test_scripts_and_images_do_not_make_a_page_huge(tmp_path: Path) -> None:
    heavy = PAGE.replace("<nav>", "<script>" + "a=1;" * 2_000_000 + "</script><nav>")
    assert len(reports(read_one(written(tmp_path, "heavy.html", heavy)))) == 1


def test_a_folder_is_read_by_name_and_the_same_text_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        written(tmp_path, name, ARTICLE)
    written(tmp_path, "c.txt", ARTICLE.replace("army", "navy"))
    written(tmp_path, "notes.docx", b"PK")
    found = list(read_reports([str(tmp_path), str(tmp_path / "gone.txt")], Given(published="2024")))
    assert [r.doc for r in reports(found)] == ["a", "c"]
    assert reasons(found) == ["repeated", "unreadable"]


def test_standard_input_is_read() -> None:
    (report,) = reports(read_one("-", stdin=io.BytesIO(ARTICLE.encode())))
    assert (report.doc, report.text) == ("stdin", ARTICLE)
