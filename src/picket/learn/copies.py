"""Near-copies of one story, and the origin that a report names.

Forty papers that print one wire story are one source. Two things show it:

- *Copies* share runs of words. A report is the set of its four-word shingles; MinHash and locality-sensitive hashing (Broder
  1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3) propose pairs, and each pair is then checked exactly:
  the share of the shorter report's shingles that the other holds too. The check makes the precision; the hashing only saves
  work. A report joins the one earlier report that it shares most with, so a round-up of two stories joins one of them and never
  glues both together.
- *Rewrites* share few words, and name where they have it from: "first reported by X", "according to Reuters", "told the BBC".
  `named_origin` finds that, and `origins` follows the chain (a paper names an agency, the agency names a paper).

Left out: shared topics without shared words and without a named origin. Those stay independent, and that errs towards counting
two where there is one; the page says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datasketch import MinHash, MinHashLSH

from picket.learn.publishers import Publishers

SHINGLE_WORDS = 4  # three words occur in unrelated news too often; five break at every changed word
_BANDS, _ROWS = 64, 2  # a pair with Jaccard .33 (half kept, half new) is missed by (1 - .33**2)**64 = 0.06 %
MIN_SHARED = 0.2  # of the shorter report; unrelated reports share below 0.02, two halves of one story 0.25 and more
MIN_SHINGLES = 12  # a shorter text (a headline) is no evidence of copying


def words(text: str) -> list[str]:
    """The words of a text, lower case, without accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain)


def shingles(text: str) -> frozenset[str]:
    """The set of runs of `SHINGLE_WORDS` words in a text."""
    w = words(text)
    return frozenset(" ".join(w[i : i + SHINGLE_WORDS]) for i in range(len(w) - SHINGLE_WORDS + 1))


@dataclass(frozen=True)
class Copies:
    """Which reports are copies: `cluster[i]` is the index of the first report of i's cluster, `shared[i]` what i shares with it (0..1)."""

    cluster: tuple[int, ...]
    shared: tuple[float, ...]

    def groups(self) -> list[list[int]]:
        """The clusters with more than one report, each in the order given."""
        found: dict[int, list[int]] = {}
        for i, first in enumerate(self.cluster):
            found.setdefault(first, []).append(i)
        return [g for g in found.values() if len(g) > 1]


def find_copies(texts: Sequence[str], *, min_shared: float = MIN_SHARED) -> Copies:
    """Clusters near-copies among `texts`, which are given in order of publication (an earlier report is the likelier original).

    About 1,000 reports a second on one core; memory grows with the texts' distinct shingles.
    """
    lsh = MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
    sets = [shingles(t) for t in texts]
    cluster, shared = list(range(len(texts))), [1.0] * len(texts)
    for i, own in enumerate(sets):
        if len(own) < MIN_SHINGLES:
            continue
        sketch = MinHash(num_perm=_BANDS * _ROWS, seed=1)
        sketch.update_batch([s.encode() for s in own])
        best, match = 0.0, -1
        for j in sorted(lsh.query(sketch)):
            share = len(own & sets[j]) / min(len(own), len(sets[j]))
            if share > best:
                best, match = share, j
        if best >= min_shared:
            cluster[i], shared[i] = cluster[match], round(best, 3)
        lsh.insert(i, sketch)
    return Copies(tuple(cluster), tuple(shared))


# -- the origin that a report names -------------------------------------------------------------------------------------------
_NAME = r"(?:[Tt]he\s+)?(?P<name>[A-Z][\w'’&-]*(?:\s+(?:of|and|the|for|de|la|le|[A-Z0-9][\w'’&-]*)){0,5})"
_ADVERB = r"(?:\w+ly\s+|also\s+|earlier\s+)?"
_REPORTED = r"(?:reported|published|revealed|disclosed|broke)"
_NO_NAME = frozenset(
    (
        "it",
        "he",
        "she",
        "they",
        "we",
        "this",
        "that",
        "these",
        "those",
        "there",
        "who",
        "which",
        "what",
        "nobody",
        "both",
        "others",
    )
)
_FIRST = [
    re.compile(rf"\b(?:first|originally|initially)\s+{_REPORTED}n?\s+(?:\w+\s+)?(?:by|in|on)\s+{_NAME}"),
    re.compile(rf"{_NAME}(?:,[^.,]{{0,60}},)?\s+(?:was|were)\s+(?:the\s+)?first\s+to\s+(?:report|publish|reveal|disclose|break)"),
]
_FIRST_KNOWN = [re.compile(rf"{_NAME}\s+first\s+{_REPORTED}\b")]  # "Troops first reported ..." is no publisher
_SECOND = [
    re.compile(
        rf"\b(?:[Aa]ccording\s+to|[Aa]s\s+reported\s+by|reported\s+by|[Cc]iting|cited\s+by|in\s+a\s+report\s+by|"
        rf"obtained\s+by|seen\s+by|"
        rf"reviewed\s+by|published\s+by|investigation\s+by|broadcaster)\s+(?:\w+\s+(?:of|from|by|in)\s+)?{_NAME}"
    ),
    re.compile(rf"\b(?:told|interview\s+with|statement\s+to|speaking\s+to|spoke\s+to)\s+{_NAME}"),
    re.compile(
        rf"{_NAME}\s+{_ADVERB}(?:reported|reports|has\s+reported|wrote|writes|revealed|said\s+in\s+a\s+report|"
        rf"investigation\s+found)\b"
    ),
    re.compile(rf"\b[Aa]n?\s+{_NAME}\s+(?:investigation|report|analysis|exclusive)\b"),
    re.compile(rf"\bof\s+{_NAME}\s+(?:reported|wrote|writes)\b"),
]
_AGENCY = "(?P<name>Reuters|AP|AFP|UPI|DPA|ANSA|EFE|TASS|Xinhua|Kyodo|Yonhap|PA)"
_DATELINE = re.compile(rf"^\s*(?:[A-Z][\w .,'/-]{{0,60}})?(?:\({_AGENCY}\)|{_AGENCY.replace('name', 'bare')}\s*[—–-])", re.M)
_WHOLE_REPORT_CHARS = 2000  # a shorter report that names a source rests on it; in a longer one it must stand near the top


# What a paper that the table lacks is often called. Only used where a form of passing on names it: "the Harbour Courier reported".
_OUTLET = re.compile(
    r"\b(?:Times|Post|News|Herald|Courier|Gazette|Tribune|Journal|Daily|Press|Today|Weekly|Chronicle|Observer|Mail|Telegraph|Independent|"
    r"Standard|Online|TV|Television|Radio|Canal|Diario|Noticias|Magazine|Review|Monitor|Bulletin|Echo|Globe|Insider)\b|"
    r"^(?:El|La|Le|Les|Der|Die|Das|Il)\s[A-Z]"
)
_FORMS = (
    ("first", _FIRST, True),
    ("first", _FIRST_KNOWN, False),
    ("dateline", [_DATELINE], False),
    ("passed on", _SECOND, False),
)


@dataclass(frozen=True)
class Named:
    """An origin that a report names: the publisher's id or plain name, how it is named (first, dateline, passed on, mentioned),
    and where."""

    publisher: str
    how: str
    start: int
    end: int


def named_origin(text: str, own: str | None, publishers: Publishers) -> Named | None:
    """The publisher that `text` says it has its news from, other than its `own`; None when it names none.

    "First reported by" wins over an agency's dateline, that over "according to", and that over the bare mention of another
    paper: who rewrites a story has little other reason to name one. For all but the first form a publisher must be known or be
    called like one ("Daily Courier"): "according to Ukraine" names a speaker, not a source. In a report of more than 2,000
    characters the last two forms count in its first fifth alone.
    """
    mine = {publishers.find(own), publishers.plain(own)} if own else set()
    top = len(text) if len(text) <= _WHOLE_REPORT_CHARS else len(text) // 5
    for how, patterns, any_name in _FORMS:
        hits: list[tuple[int, Named]] = []
        for pattern in patterns:
            for m in pattern.finditer(text):
                group = "name" if m["name"] else "bare"
                name = publishers.find_in(m[group]) or (
                    _any_name(m[group], publishers) if any_name or _OUTLET.search(m[group]) else None
                )
                if name and name not in mine and (how != "passed on" or m.start() <= top):
                    hits.append((m.start(), Named(name, how, m.start(group), m.end(group))))
        if hits:
            return min(hits, key=lambda h: h[0])[1]
    for name, start, end in publishers.mentions(text[:top]):
        if name not in mine:
            return Named(name, "mentioned", start, end)
    return None


def _any_name(words: str, publishers: Publishers) -> str | None:
    plain = publishers.plain(words)
    return plain if plain not in _NO_NAME else None


def origins(own: Sequence[str | None], texts: Sequence[str], publishers: Publishers, copies: Copies | None = None) -> list[str]:
    """Per report, whom its news comes from: the end of the chain of named origins, else the first of its copies, else its
    publisher.

    `own` are the publishers, `texts` the reports in order of publication. A report without a publisher is its own origin
    (`report:<index>`): nothing shows that two such reports are one.
    """
    copies = copies or find_copies(texts)
    named = [named_origin(t, o, publishers) for t, o in zip(texts, own, strict=True)]
    start = [(publishers.find(o) or publishers.plain(o)) if o else f"report:{i}" for i, o in enumerate(own)]
    result = []
    for i in range(len(texts)):
        first = copies.cluster[i]
        hit = named[i] or named[first]
        result.append(hit.publisher if hit else start[first])
    return _end_of_chains(result, start, named)


def _end_of_chains(result: list[str], start: list[str], named: list[Named | None]) -> list[str]:
    """An origin whose own report says "first reported by Z" leads on to Z; a circle ends where it began."""
    onward = {s: n.publisher for s, n in zip(start, named, strict=True) if n and n.how == "first"}

    def end(name: str) -> str:
        seen = {name}
        while (following := onward.get(name)) is not None and following not in seen:
            seen.add(following)
            name = following
        return name

    return [end(r) for r in result]


def independent(groups: Iterable[Iterable[str]]) -> int:
    """How many independent sources there are, when each claim names the keys (origin, speaker) that it rests on.

    Claims that share a key count as one. Connected components, by union-find.
    """
    parent: dict[str, str] = {}

    def root(k: str) -> str:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for keys in groups:
        first: str | None = None
        for k in keys:
            parent.setdefault(k, k)
            if first is None:
                first = root(k)
            else:
                parent[root(k)] = first
    return len({root(k) for k in parent})
