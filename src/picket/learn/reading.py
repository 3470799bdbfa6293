"""Files, folders, feeds and standard input -> reports.

Text, HTML (the article is found by trafilatura), PDF (pypdf) and RSS or Atom (feedparser). Publisher, date, title and language are
found where the document says them; a JSON file of the same name beside a text (`title`, `published`, `source`, `url`,
`language`) or the caller's options say them otherwise. What cannot be read is a Trouble with a reason and a sentence that
says what to do; the rest is read. Nothing in a document is run, followed or fetched.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from picket.handwritten import parse_json
from picket.learn.decoding import decode_text
from picket.learn.heads import date_line, date_of, facts_of, title_of
from picket.learn.lexicon import word_set
from picket.learn.report import Report
from picket.places import in_words

SUFFIXES = (".txt", ".md", ".html", ".htm", ".xhtml", ".pdf", ".xml", ".rss", ".atom")
MOST_BYTES = 64_000_000
MOST_PAGE_BYTES = (
    4_000_000  # of HTML without scripts, styles and embedded images; longer is an archive or an attack, not an article
)
_PAYWALL = re.compile(
    r"isAccessibleForFree[\"']?\s*:\s*[\"']?false|subscribe to (?:read|continue)|subscribers? only|already a "
    r"subscriber|paywall|sign in to read|to continue reading",
    re.IGNORECASE,
)
_NOISE = re.compile(
    rb"<(script|style|svg|noscript|template)\b[^>]*>.*?</\1\s*>|<!--.*?-->|data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+",
    re.IGNORECASE | re.DOTALL,
)
_ENGLISH = word_set("reading.english")


class Trouble(msgspec.Struct, frozen=True):
    """What was not read, or read with a doubt.

    `reason` is unreadable, empty, scanned, paywall, huge, repeated, encoding, undated or language; `words` are for a person; `lost`
    says that no report came of it.
    """

    address: str
    reason: str
    words: str
    lost: bool


class Given(msgspec.Struct, frozen=True):
    """What the caller says about every report it hands over; it wins over what the document says."""

    source: str | None = None
    published: str | None = None


NOTHING_GIVEN = Given()
Found = Report | Trouble


def read_reports(
    addresses: Iterable[str],
    given: Given = NOTHING_GIVEN,
    *,
    stdin: BinaryIO | None = None,
    on_progress: Callable[[str, int, int | None], None] | None = None,
) -> Iterator[Found]:
    """Reports and troubles, in the order of the addresses (a folder's files by name). The same text again is a Trouble "repeated"."""
    seen: dict[bytes, str] = {}
    names: dict[str, int] = {}
    files = list(_files(addresses))
    for n, address in enumerate(files):
        if on_progress:
            on_progress(str(address), n, len(files))
        for found in read_one(str(address), given, stdin=stdin):
            if isinstance(found, Trouble):
                yield found
                continue
            key = hashlib.blake2b(" ".join(found.text.split()).encode(), digest_size=16).digest()
            if key in seen:
                yield Trouble(str(address), "repeated", f"{address}: the same text as {seen[key]}; it is counted once", True)
                continue
            seen[key] = str(address)
            yield msgspec.structs.replace(found, doc=_free(found.doc, names))


def _free(doc: str, names: dict[str, int]) -> str:
    """The name, or with ~2, ~3 ... the first that no report has yet: a file may be called so itself."""
    name = doc
    while name in names:
        names[doc] += 1
        name = f"{doc}~{names[doc]}"
    names[name] = 1
    return name


def _files(addresses: Iterable[str]) -> Iterator[str | Path]:
    for address in addresses:
        path = Path(address)
        if address != "-" and path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        else:
            yield address


def read_one(address: str, given: Given = NOTHING_GIVEN, *, stdin: BinaryIO | None = None) -> list[Found]:
    """The reports of one file (a feed has many), with their troubles."""
    try:
        data = (stdin or sys.stdin.buffer).read(MOST_BYTES + 1) if address == "-" else _bytes_of(Path(address))
    except OSError as wrong:
        return [
            Trouble(
                address,
                "unreadable",
                f"{address}: cannot be read ({wrong.strerror or wrong}); check the path and its rights",
                True,
            )
        ]
    if len(data) > MOST_BYTES:
        return [
            Trouble(
                address,
                "huge",
                f"{address}: more than {MOST_BYTES // 1_000_000} MB; save the article alone, or its text, and read that",
                True,
            )
        ]
    if not data.strip():
        return [Trouble(address, "empty", f"{address}: is empty", True)]
    stem = "stdin" if address == "-" else in_words(Path(address).stem)
    head = data[:2048].lstrip().lower()
    if head.startswith(b"%pdf"):
        return _finished(address, _pdf(address, stem, data), given)
    if Path(address).suffix.lower() == ".pdf":
        return [Trouble(address, "unreadable", f"{address}: is named .pdf and does not begin as one; download it again", True)]
    if b"<rss" in head or b"<feed" in head or b"<rdf:rdf" in head:
        return _finished(address, _feed(address, stem, data), given)
    if (
        head.startswith((b"<!doctype html", b"<html"))
        or b"<html" in head
        or b"<body" in head
        or Path(address).suffix.lower() in {".html", ".htm", ".xhtml"}
    ):
        return _finished(address, _page(address, stem, data), given)
    return _finished(address, _plain(address, stem, data), given)


def _bytes_of(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def _finished(address: str, found: list[Found], given: Given) -> list[Found]:
    """Fills in what the caller gives, and says what is missing."""
    out: list[Found] = []
    for item in found:
        if isinstance(item, Trouble):
            out.append(item)
            continue
        report = msgspec.structs.replace(
            item, source=given.source or item.source, published=given.published or item.published, address=address
        )
        if not report.text.strip():
            out.append(Trouble(address, "empty", f"{address}: no text was found", True))
            continue
        language = report.language or ("en" if is_english(report.text) else None)
        if language is None:
            out.append(
                Trouble(
                    address,
                    "language",
                    f"{address}: not in English; it is kept and can be searched, but claims are read from English only",
                    False,
                )
            )
        if report.published is None:
            out.append(
                Trouble(
                    address,
                    "undated",
                    f'{address}: no date of publication was found; words such as "last week" stay without a date (--published '
                    f"gives one)",
                    False,
                )
            )
        out.append(msgspec.structs.replace(report, language=language))
    return out


def is_english(text: str) -> bool:
    """Do at least 12 % of the first 400 words belong to English's commonest?"""
    words = re.findall(r"[^\W\d_]+", text[:4000].lower())[:400]
    return len(words) < 20 or sum(w in _ENGLISH for w in words) >= 0.12 * len(words)


def _note(address: str, note: str | None) -> list[Found]:
    return [Trouble(address, "encoding", f"{address}: {note}", False)] if note else []


# -- plain text -------------------------------------------------------------------------------------------------------------
def _plain(address: str, stem: str, data: bytes) -> list[Found]:
    text, note = decode_text(data)
    if "\0" in text or sum(not (c.isprintable() or c.isspace()) for c in text[:4000]) > 40:
        return [
            Trouble(
                address,
                "unreadable",
                f"{address}: neither text nor a format that is known (expected txt, HTML, PDF, RSS or Atom)",
                True,
            )
        ]
    text = text.replace("\r\n", "\n")
    facts = facts_of(text) | _sidecar(address)
    published = date_of(facts.get("published")) or date_line(text)
    title = facts.get("title") or title_of(text)
    return [
        *_note(address, note),
        Report(
            doc=stem,
            text=text,
            title=title,
            published=published,
            source=facts.get("source"),
            url=facts.get("url"),
            language=facts.get("language"),
        ),
    ]


def _sidecar(address: str) -> dict[str, str]:
    path = Path(address).with_suffix(".json")
    if address == "-" or not path.is_file() or path.stat().st_size > 100_000:
        return {}
    try:
        facts = parse_json(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, OSError):
        return {}
    return (
        {k: v for k in ("title", "published", "source", "url", "language") if isinstance(v := facts.get(k), str)}
        if isinstance(facts, dict)
        else {}
    )


# -- HTML -------------------------------------------------------------------------------------------------------------------
def _page(address: str, stem: str, data: bytes) -> list[Found]:
    import trafilatura

    kept = _NOISE.sub(b"", data) if len(data) > MOST_PAGE_BYTES // 4 else data
    if len(kept) > MOST_PAGE_BYTES:
        return [
            Trouble(
                address,
                "huge",
                f"{address}: {len(kept) / 1e6:.0f} MB of HTML without scripts and images; save the article alone, or its "
                f"text, and read that",
                True,
            )
        ]
    page, note = decode_text(kept)
    out: list[Found] = _note(address, note)
    try:
        article: Any = trafilatura.bare_extraction(
            page, with_metadata=True, include_comments=False, include_tables=False, as_dict=False
        )
    except Exception as wrong:  # the library's parser meets hostile pages; one bad page must not end a folder
        return [
            *out,
            Trouble(
                address,
                "unreadable",
                f"{address}: the page could not be parsed ({type(wrong).__name__}); save it as text and read that",
                True,
            ),
        ]
    text = (article.text if article is not None else None) or ""
    if len(text) < 600 and _PAYWALL.search(page):
        out.append(
            Trouble(
                address,
                "paywall",
                f"{address}: behind a paywall, only {len(text)} characters are there; save the whole article as text or PDF",
                not text,
            )
        )
    if not text:
        return out or [
            Trouble(address, "empty", f"{address}: no article was found on the page; save its text and read that", True)
        ]
    language = re.search(r"<html[^>]*\blang=[\"']?([a-zA-Z]{2})", page[:4000])
    return [
        *out,
        Report(
            doc=stem,
            text=text,
            title=article.title,
            published=date_of(article.date),
            source=article.sitename or article.hostname,
            url=article.url,
            language=language.group(1).lower() if language else None,
        ),
    ]


# -- PDF --------------------------------------------------------------------------------------------------------------------
def _pdf(address: str, stem: str, data: bytes) -> list[Found]:
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # its warnings about broken files are said below, once
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return [
                Trouble(
                    address,
                    "unreadable",
                    f"{address}: the PDF is locked by a password; print it to a new PDF or save its text",
                    True,
                )
            ]
        pages = [page.extract_text() or "" for page in reader.pages]
        facts: Any = reader.metadata or {}
    except Exception as wrong:  # pypdf raises many kinds for damaged files
        return [
            Trouble(address, "unreadable", f"{address}: damaged PDF ({type(wrong).__name__}); open it and save its text", True)
        ]
    text = reflow("\n".join(pages))
    if len(text.strip()) < 25 * max(1, len(pages)):
        return [
            Trouble(
                address,
                "scanned",
                f"{address}: {len(pages)} pages without text, a scan; run text recognition (for example ocrmypdf) and read "
                f"the result",
                True,
            )
        ]
    title = str(facts.get("/Title") or "").strip() or None
    return [
        Report(
            doc=stem, text=text, title=title, published=date_line(text), source=str(facts.get("/Author") or "").strip() or None
        )
    ]


def reflow(text: str) -> str:
    """Lines that a page broke are joined again: a line goes on unless it ends a sentence or the next begins a paragraph."""
    out: list[str] = []
    for raw in text.replace("\r", "\n").split("\n"):
        line = raw.strip()
        if not line:
            out.append("")
        elif (
            out
            and out[-1]
            and (out[-1][-1] not in '.!?:”"' or len(out[-1]) > 60)
            and not re.fullmatch(r"(?:page )?\d+(?: (?:of|/) \d+)?", line, re.IGNORECASE)
        ):
            joint = "" if out[-1].endswith("-") and line[0].islower() else " "
            out[-1] = (out[-1][:-1] if not joint else out[-1]) + joint + line
        else:
            out.append(line)
    return re.sub(r"\n{2,}", "\n", "\n".join(out)).strip()


# -- feeds ------------------------------------------------------------------------------------------------------------------
def _feed(address: str, stem: str, data: bytes) -> list[Found]:
    import feedparser

    feed = feedparser.parse(data)
    out: list[Found] = []
    if not feed.entries:
        return [Trouble(address, "empty", f"{address}: the feed has no entries that can be read", True)]
    for n, entry in enumerate(feed.entries, 1):
        body = entry.content[0].value if entry.get("content") else entry.get("summary", "")
        text = plain_of(body)
        if not text:
            out.append(
                Trouble(
                    address,
                    "empty",
                    f"{address}: entry {n} ({entry.get('title', 'no title')}) has no text; open its link and save the page",
                    True,
                )
            )
            continue
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        published = f"{when.tm_year:04d}-{when.tm_mon:02d}-{when.tm_mday:02d}" if when else None
        name = re.sub(r"[^\w.-]+", "_", str(entry.get("id") or entry.get("link") or n)).strip("_")[-60:]
        out.append(
            Report(
                doc=f"{stem}:{name}",
                text=text,
                title=entry.get("title"),
                published=published,
                source=feed.feed.get("title"),
                url=entry.get("link"),
                language=(feed.feed.get("language") or "")[:2] or None,
            )
        )
    return out


def plain_of(markup: str) -> str:
    """The text of a piece of HTML: blocks become lines, scripts and tags go."""
    bare = re.sub(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", "", markup, flags=re.IGNORECASE | re.DOTALL)
    lined = re.sub(r"</?(?:p|div|br|li|h[1-6]|tr|blockquote|ul|ol)\b[^>]*>", "\n", bare, flags=re.IGNORECASE)
    text = html.unescape(re.sub(r"<[^>]+>", "", lined))
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))
