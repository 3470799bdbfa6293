"""A small pretrained encoder that weighs kinds and ends beside the regressions and nets, where the user has it (decision 63).

The encoder (all-MiniLM-L6-v2: six layers of a transformer, distilled as in Wang et al. 2020, "MiniLM") turns each piece of a report's words
into a vector that knows the words around it; two heads read kinds and ends from these vectors. Picket brings the heads and a small change
of the encoder, both learned on its lessons; the encoder itself is the user's copy.

    letter  meaning                                                    shape
    g       vectors of the pieces of one sentence                      pieces by 384
    s       what a sentence says for each column of the kinds          12 by 384
    v       a mention: the mean of its pieces                          mentions by 384
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from picket.learn.claim import KINDS
from picket.learn.trained.standing import NOWHERE, Span
from picket.learn.trained.transformer import Transformer, gelu, learned, pretrained, published

Floats = NDArray[np.float32]
WINDOW = 150  # pieces of a window, with its two marks
OF_A_MENTION = 6  # pieces of a mention that are looked at
_MOST, _MOST_WINDOWS = 300_000, 500  # characters and windows of a report that are encoded; at most 115 MB and half a minute
_SHARE = np.float32(0.5)  # of the encoder beside the weights (decision 63)


class Piece(NamedTuple):
    """A piece of a word: its number in the encoder's table, and where it stands in the text, start:end."""

    number: int
    start: int
    end: int


class Row(NamedTuple):
    """Where the pieces of a sentence, or of a mention, are: window, first, one behind the last."""

    window: int
    first: int
    last: int


def windows(sentences: list[list[Piece]]) -> tuple[list[list[int]], list[Row]]:
    """The pieces of sentences that are read together, and where those of each sentence then are. Each window but the first begins with
    the sentence before it, if both fit."""
    rooms: list[list[int]] = []
    rows: list[Row] = []
    pieces: list[int] = []
    before = 0  # pieces of the sentence before
    for sentence in sentences:
        own = [p.number for p in sentence[: WINDOW - 2]]
        if pieces and len(pieces) + len(own) + 2 > WINDOW:
            rooms.append(pieces)
            pieces = pieces[len(pieces) - before :] if before + len(own) + 2 <= WINDOW else []
        rows.append(Row(len(rooms), len(pieces) + 1, len(pieces) + 1 + len(own)))
        pieces = [*pieces, *own]
        before = len(own)
    return [*rooms, pieces] if pieces else rooms, rows


def row_of(place: Span, begins: list[int], pieces: list[list[Piece]], rows: list[Row]) -> Row | None:
    """Where a mention's pieces are, from where the sentences begin, their pieces and their rows; None if it stands nowhere, or where its
    window has been cut."""
    at = bisect_right(begins, place[0]) - 1
    if place == NOWHERE or at < 0:
        return None
    row = rows[at]
    hit = [n for n, p in enumerate(pieces[at][: row.last - row.first]) if p.start < place[1] and p.end > place[0]]
    return Row(row.window, row.first + hit[0], row.first + hit[-1] + 1) if hit else None


@dataclass(slots=True)
class Heads:
    """What reads kinds and ends from the encoder's vectors: layers as (inputs by outputs) matrices and their constants."""

    pool: Floats  # 384 by 12: how much each piece tells of a column
    told: Floats  # 12 by 384
    whole: Floats  # 768 by 12: of the sentence's mean and largest values
    told_bias: Floats  # 12
    mention: Floats  # 384 by 256, and so the next three
    sentence: Floats
    both: Floats
    mean: Floats
    kind: Floats  # 11 by 256
    there: Floats  # 2 by 256: the mention stands in another sentence, in this one
    nowhere: Floats  # 384: in place of a mention that stands nowhere
    hidden_bias: Floats  # 256
    out: Floats  # 11 by 256 by 2
    out_bias: Floats  # 11 by 2


class Cutter:
    """Cuts text into the pieces of words that the encoder knows (WordPiece, Wu et al. 2016), as its makers' table says."""

    def __init__(self, table: bytes) -> None:
        """`table` is what the makers' tokenizer.json holds."""
        from tokenizers import Tokenizer

        self.table = Tokenizer.from_buffer(table)
        self.table.no_truncation()
        self.table.no_padding()
        self.begin, self.end = (int(self.table.encode(mark, add_special_tokens=False).ids[0]) for mark in ("[CLS]", "[SEP]"))

    def cut(self, text: str, spans: Sequence[Span]) -> list[list[Piece]]:
        """The pieces of each text[begin:end]; offsets are those of `text`."""
        made = self.table.encode_batch([text[begin:end] for begin, end in spans], add_special_tokens=False)
        return [
            [Piece(number, begin + first, begin + last) for number, (first, last) in zip(cut.ids, cut.offsets, strict=True)]
            for cut, (begin, _) in zip(made, spans, strict=True)
        ]


class Encoder:
    """The encoder with its table of pieces and its heads."""

    def __init__(self, transformer: Transformer, cutter: Cutter, heads: Heads) -> None:
        self.transformer, self.cutter, self.heads = transformer, cutter, heads

    def read(self, text: str, spans: Sequence[Span]) -> Encoded:
        """The report's sentences, encoded: the first 148 pieces of each, and none behind the first 300,000 characters or 500 windows. Cost:
        .18 s for 450 pieces on one core."""
        spans = [span for span in spans if span[1] <= _MOST]
        cut = self.cutter.cut(text, spans)
        rooms, rows = windows(cut)
        vectors = self.transformer.read([[self.cutter.begin, *room, self.cutter.end] for room in rooms[:_MOST_WINDOWS]])
        return Encoded(self.heads, vectors, [begin for begin, _ in spans], cut, rows)


def encoder_in(folder: Path) -> Encoder:
    """The encoder from a folder with the makers' `model.safetensors` and `tokenizer.json`, with what Picket learned added.

    Raises ValueError where they are others, OSError where they cannot be read, ImportError without the libraries of the extra "encoder"."""
    heads, changes = learned_parts()
    weights = learned(pretrained(folder), changes)
    return Encoder(Transformer(weights), Cutter(published(folder, "tokenizer.json")), heads)


def learned_parts() -> tuple[Heads, dict[str, Floats]]:
    """The heads, and the changes of the encoder, that ship (written by `python -m benchmarks.train_encoder`)."""
    with files("picket.learn.data").joinpath("encoder.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
        parts = {name: kept[name].astype(np.float32) for name in kept.files}
    return Heads(**{f.name: parts.pop(f.name) for f in fields(Heads)}), parts


class Encoded:
    """A report's sentences as the heads see them; asked sentence by sentence."""

    def __init__(
        self, heads: Heads, vectors: list[Floats], begins: list[int], pieces: list[list[Piece]], rows: list[Row]
    ) -> None:
        """`vectors` of each window (pieces by 384); of each sentence where it begins, its pieces, and its row among the windows'."""
        self.heads, self.vectors, self.begins, self.pieces, self.rows = heads, vectors, begins, pieces, rows
        # a sentence of marks that the encoder drops has no piece
        self.number = {begins[k]: k for k, row in enumerate(rows) if row.first < row.last and row.window < len(vectors)}
        self._pooled: tuple[int, Floats, Floats] | None = None  # of the sentence asked for last

    def knows(self, begin: int) -> bool:
        """Is the sentence that begins there encoded?"""
        return begin in self.number

    def kind_logits(self, begin: int) -> Floats:
        """The log odds of each of COLUMNS for the sentence that begins there, which is known."""
        k, heads = self.number[begin], self.heads
        told, mean = self._pool(k)
        largest = self._of(self.rows[k]).max(axis=0)
        found: Floats = (told * heads.told).sum(axis=1) + np.concatenate([mean, largest]) @ heads.whole + heads.told_bias
        return found

    def end_logits(self, begin: int, kind: str, places: list[Span]) -> Floats:
        """The log odds, against nobody, of mentions that stand at `places` at the two ends of a kind (mentions by 2)."""
        k, heads, column = self.number[begin], self.heads, KINDS.index(kind)
        told, mean = self._pool(k)
        v, here = self._mentions(k, places)
        s = told[column]
        hidden = v @ heads.mention + s @ heads.sentence + (v * s) @ heads.both + mean @ heads.mean
        hidden = gelu(hidden + heads.kind[column] + heads.there[here] + heads.hidden_bias)
        found: Floats = hidden @ heads.out[column] + heads.out_bias[column]
        return found

    def _of(self, row: Row) -> Floats:
        """The vectors of a row's pieces (pieces by 384)."""
        found: Floats = self.vectors[row.window][row.first : row.last]
        return found

    def _pool(self, k: int) -> tuple[Floats, Floats]:
        """What sentence k says for each column (12 by 384), and its mean (384)."""
        if self._pooled is None or self._pooled[0] != k:
            g = self._of(self.rows[k])
            weight = np.exp((z := g @ self.heads.pool) - z.max(axis=0))
            self._pooled = k, (weight / weight.sum(axis=0)).T @ g, g.mean(axis=0)
        return self._pooled[1:]

    def _mentions(self, k: int, places: list[Span]) -> tuple[Floats, list[int]]:
        """The mentions asked about in sentence k (mentions by 384), and of each whether it stands there (1) or elsewhere (0)."""
        rows = [row_of(place, self.begins, self.pieces, self.rows) for place in places]
        own = self.rows[k]
        here = [int(r is not None and r.window == own.window and own.first <= r.first < own.last) for r in rows]
        nowhere = self.heads.nowhere
        return np.array([nowhere if r is None else self._of(r)[:OF_A_MENTION].mean(axis=0) for r in rows]), here


def mixed(logits: Floats, encoded: Floats) -> Floats:
    """The log odds of the weights and of the encoder, together."""
    found: Floats = (1 - _SHARE) * logits + _SHARE * encoded
    return found
