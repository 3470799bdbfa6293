"""Finishes a pretrained encoder on the lessons, for kinds and ends at once (`picket.learn.trained.encoder`, decision 63).

    python -m benchmarks.train_encoder FOLDER      FOLDER holds `model.safetensors` and `tokenizer.json` of all-MiniLM-L6-v2

Needs what `requirements/training.txt` brings besides `dev.txt` (PyTorch and more, over 2 GB), 4 GB of memory and 75 minutes of two cores.
The same reports give the same weights on the same processor only: the order in which a library adds up is its own.

    letter  meaning                                                  shape
    h       vectors of the pieces of all windows of a batch          pieces by 384
    g       those of each sentence, filled up to the longest         sentences by pieces by 384
    s       what a sentence says for each column                     sentences by 12 by 384
    v       the mentions of all slots                                mentions by 384
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from benchmarks.claim_scores import same_name
from benchmarks.reports import Annotated
from benchmarks.train_reader import Seen, doubtful, report_of, seen_in, tuned
from picket.learn.claim import KINDS
from picket.learn.trained.encoder import OF_A_MENTION, Cutter, Piece, Row, row_of, windows
from picket.learn.trained.ends import ends_of
from picket.learn.trained.standing import Span, Standing
from picket.learn.trained.transformer import ATTENDING, CONSTANTS, LAYERS, WIDTH, pretrained, published

DATA = Path(__file__).parents[1] / "src/picket/learn/data"
HIDDEN = 256
COLUMNS = len(KINDS) + 1
RANKS = {"asked": 48, "told": 24, "wide": 24, "back": 24}  # of the changes of a layer's matrices
ROUNDS, BATCH = 2, 2400  # a batch is of so many pieces
FASTEST, WARMING = 1e-3, 150
OF_ENDS = 0.5  # their loss beside that of the kinds


@dataclass(slots=True)
class Slot:
    """One kind that a sentence claims: whether each of its mentions may stand at its two ends, and rightly does."""

    sentence: int
    kind: int
    may: list[list[bool]]
    right: list[list[bool]]


@dataclass(slots=True)
class Lesson:
    """A report as the encoder learns from it: its windows, where its sentences are in them, what they claim, where their mentions are."""

    rooms: list[list[int]]
    rows: list[Row]
    claimed: list[list[bool]]
    mentions: list[list[Row | None]]
    slots: list[Slot]


def lesson_of(annotated: Annotated, cutter: Cutter) -> Lesson:
    """The report, read as the trained reader reads it; sentences without a piece are left out."""
    text = report_of(annotated).text
    standing = Standing(text)
    kept: list[tuple[Seen, list[Span], list[Piece]]] = []
    for s in seen_in(annotated):
        sentence = s.look.sentence
        places = standing.of(s.look, s.mentions)
        standing.keep(sentence)
        (cut,) = cutter.cut(text, [(sentence.begin, sentence.end)])
        kept += [(s, places, cut)] * bool(cut)
    begins, pieces = [s.look.sentence.begin for s, _, _ in kept], [cut for _, _, cut in kept]
    rooms, rows = windows(pieces)
    return Lesson(
        rooms,
        rows,
        [[*(any(g["kind"] == kind for g in s.gold) for kind in KINDS), doubtful(s.gold)] for s, _, _ in kept],
        [[row_of(place, begins, pieces, rows) for place in places] for _, places, _ in kept],
        [slot for k, (s, _, _) in enumerate(kept) for slot in slots_of(k, s)],
    )


def slots_of(sentence: int, seen: Seen) -> list[Slot]:
    """One slot for each kind that a sentence claims, if there is anybody to stand at its ends."""
    slots = []
    for kind in dict.fromkeys(g["kind"] for g in seen.gold if seen.mentions):
        gold = [g for g in seen.gold if g["kind"] == kind]
        may = [[m.acts or role == "target" for role in ends_of(kind)] for m in seen.mentions]
        right = [
            [a and any(same_name(m.name, g[role]) for g in gold) for a, role in zip(able, ends_of(kind), strict=True)]
            for m, able in zip(seen.mentions, may, strict=True)
        ]
        slots.append(Slot(sentence, KINDS.index(kind), may, right))
    return slots


class Transformer(nn.Module):
    """The encoder: numbers of pieces (windows by pieces) and which of them are there to their vectors (windows by pieces by 384).

    What its makers trained stays as it is; learned are, for each matrix of a layer, a change of low rank (Hu et al. 2021, "LoRA"), and
    changes of the constants.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        kept = pretrained(folder)
        for name, value in kept.items():
            self.register_buffer(name.replace(".", "_"), torch.tensor(value))
        for k in range(LAYERS):
            for part, rank in RANKS.items():
                outputs, inputs = kept[f"{k}.{part}_weight"].shape
                self.register_parameter(f"{k}_{part}_down", nn.Parameter(torch.randn(rank, inputs) / inputs**0.5))
                self.register_parameter(f"{k}_{part}_up", nn.Parameter(torch.zeros(outputs, rank)))
            for name in CONSTANTS:
                self.register_parameter(f"{k}_{name}_change", nn.Parameter(torch.zeros(kept[f"{k}.{name}"].shape)))

    def forward(self, numbers: Tensor, there: Tensor) -> Tensor:
        rooms, length = numbers.shape
        h = functional.embedding(numbers, self.words) + self.places[:length]
        h = self._drop(functional.layer_norm(h, (WIDTH,), self.norm_weight, self.norm_bias, 1e-12))
        for k in range(LAYERS):
            asked = self._linear(k, "asked", h)
            q, key, v = asked.view(rooms, length, 3, ATTENDING, WIDTH // ATTENDING).permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(q, key, v, attn_mask=there[:, None, None, :])
            h = self._norm(
                k, "first", h + self._drop(self._linear(k, "told", seen.transpose(1, 2).reshape(rooms, length, WIDTH)))
            )
            wide = functional.gelu(self._linear(k, "wide", h), approximate="tanh")
            h = self._norm(k, "last", h + self._drop(self._linear(k, "back", wide)))
        return h

    def changes(self) -> dict[str, Tensor]:
        """What was learned, by the names that `picket.learn.trained.transformer` knows it by."""
        return {re.sub(r"^(\d)_", r"\1.", name): value.detach() for name, value in self.named_parameters()}

    def _linear(self, k: int, part: str, x: Tensor) -> Tensor:
        low = functional.linear(functional.linear(x, getattr(self, f"{k}_{part}_down")), getattr(self, f"{k}_{part}_up"))
        return functional.linear(x, getattr(self, f"{k}_{part}_weight"), self._constant(k, f"{part}_bias")) + low

    def _norm(self, k: int, part: str, x: Tensor) -> Tensor:
        return functional.layer_norm(x, (WIDTH,), self._constant(k, f"{part}_weight"), self._constant(k, f"{part}_bias"), 1e-12)

    def _constant(self, k: int, name: str) -> Tensor:
        found: Tensor = getattr(self, f"{k}_{name}") + getattr(self, f"{k}_{name}_change")
        return found

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, 0.1, self.training)


class Reader(nn.Module):
    """The encoder with its two heads; `picket.learn.trained.encoder` reads the same in numpy."""

    def __init__(self, encoder: Transformer) -> None:
        super().__init__()
        self.encoder = encoder
        draw = lambda spread, *shape: nn.Parameter(torch.randn(*shape) * spread)  # noqa: E731
        self.pool, self.told = draw(0.03, WIDTH, COLUMNS), draw(0.02, COLUMNS, WIDTH)
        self.whole, self.told_bias = draw(0.02, 2 * WIDTH, COLUMNS), nn.Parameter(torch.full((COLUMNS,), -2.5))
        self.mention, self.sentence, self.both, self.mean = (draw(0.03, WIDTH, HIDDEN) for _ in range(4))
        self.kind, self.there = draw(0.05, len(KINDS), HIDDEN), nn.Parameter(torch.zeros(2, HIDDEN))
        self.nowhere, self.hidden_bias = nn.Parameter(torch.zeros(WIDTH)), nn.Parameter(torch.zeros(HIDDEN))
        self.out, self.out_bias = draw(0.05, len(KINDS), HIDDEN, 2), nn.Parameter(torch.full((len(KINDS), 2), -2.0))

    def forward(self, lessons: list[Lesson], marks: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """The log odds of the kinds (sentences by columns) and of the ends (mentions of all slots by 2)."""
        numbers, there = _filled([[marks[0], *room, marks[1]] for lesson in lessons for room in lesson.rooms])
        h = self.encoder(numbers, there).reshape(-1, WIDTH)
        at = Places(lessons, numbers.shape[1])
        rows = [(at.first(n, row), row.last - row.first) for n, lesson in enumerate(lessons) for row in lesson.rows]
        g, inside = _gathered(h, rows, max(size for _, size in rows))
        weight = (g @ self.pool).masked_fill(~inside, -1e4).softmax(1)
        s = torch.einsum("nlc,nld->ncd", weight, g)
        mean = (g * inside).sum(1) / inside.sum(1)
        largest = g.masked_fill(~inside, -1e4).max(1).values
        both = functional.dropout(torch.cat([mean, largest], -1), 0.2, self.training)
        kinds = (s * self.told).sum(-1) + both @ self.whole + self.told_bias
        return kinds, self._ends(lessons, at, h, s, mean)

    def _ends(self, lessons: list[Lesson], at: Places, h: Tensor, s: Tensor, mean: Tensor) -> Tensor:
        """The log odds of the ends, from the vectors of the pieces and what the sentences say."""
        of = [
            (at.sentence(n, slot.sentence), slot.kind, n, lesson.rows[slot.sentence], row)
            for n, lesson in enumerate(lessons)
            for slot in lesson.slots
            for row in lesson.mentions[slot.sentence]
        ]
        if not of:
            return h.new_zeros((0, 2))
        where = [(at.first(n, row), min(row.last - row.first, OF_A_MENTION)) if row else (0, 1) for _, _, n, _, row in of]
        v, within = _gathered(h, where, OF_A_MENTION)
        v = (v * within).sum(1) / within.sum(1)
        known = torch.tensor([row is not None for *_, row in of])[:, None]
        v = torch.where(known, v, self.nowhere.to(v.dtype))
        here = torch.tensor([bool(row and row.window == own.window and own.first <= row.first < own.last) for *_, own, row in of])
        sentence, kind = torch.tensor([k for k, *_ in of]), torch.tensor([c for _, c, *_ in of])
        said = s[sentence, kind]
        hidden = v @ self.mention + said @ self.sentence + (v * said) @ self.both + mean[sentence] @ self.mean
        hidden = functional.gelu(hidden + self.kind[kind] + self.there[here.long()] + self.hidden_bias, approximate="tanh")
        hidden = functional.dropout(hidden, 0.1, self.training)
        return torch.einsum("mh,mhe->me", hidden, self.out.to(hidden.dtype)[kind]) + self.out_bias[kind]


class Places:
    """Where the windows and sentences of a batch of lessons stand when all are laid end to end, windows filled up to one length."""

    def __init__(self, lessons: list[Lesson], length: int) -> None:
        self.length = length
        self.windows = np.cumsum([0, *(len(lesson.rooms) for lesson in lessons)]).tolist()
        self.sentences = np.cumsum([0, *(len(lesson.rows) for lesson in lessons)]).tolist()

    def first(self, lesson: int, row: Row) -> int:
        """The first piece of a row among all pieces."""
        return int((self.windows[lesson] + row.window) * self.length + row.first)

    def sentence(self, lesson: int, number: int) -> int:
        """A lesson's sentence among all sentences."""
        return int(self.sentences[lesson] + number)


def _filled(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Rows of numbers filled up to the longest, and which of them are there."""
    longest = max(map(len, rows))
    numbers, there = torch.zeros(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest, dtype=torch.bool)
    for k, row in enumerate(rows):
        numbers[k, : len(row)] = torch.tensor(row)
        there[k, : len(row)] = True
    return numbers, there


def _gathered(h: Tensor, rows: list[tuple[int, int]], most: int) -> tuple[Tensor, Tensor]:
    """The vectors of runs (first, how many), filled up to `most`, and which of them are there (by 1)."""
    first, size = torch.tensor(rows).unbind(1)
    step = torch.arange(most)
    inside = step < size[:, None]
    return h[torch.where(inside, first[:, None] + step, 0)], inside[..., None]


def end_loss(z: Tensor, slots: list[Slot]) -> Tensor:
    """The mean loss of slots, as `benchmarks.train_ends` has it: of any right mention, or of nobody where none is right."""
    may, right = (torch.tensor([row for slot in slots for row in getattr(slot, name)]) for name in ("may", "right"))
    which = torch.repeat_interleave(torch.arange(len(slots)), torch.tensor([len(slot.may) for slot in slots]))
    parts = z.float().clamp(max=30).exp() * may
    none = torch.zeros(len(slots), 2)
    every, wanted = none.index_add(0, which, parts) + 1, none.index_add(0, which, parts * right)
    some = none.index_add(0, which, right.float()) > 0
    return (every.log() - torch.where(some, wanted.clamp(min=1e-12).log(), none)).sum() / len(slots)


def batches(lessons: list[Lesson], random: np.random.Generator) -> Iterator[list[Lesson]]:
    """The lessons in random order, so many together as have BATCH pieces."""
    batch: list[Lesson] = []
    size = 0
    for k in random.permutation(len(lessons)):
        own = sum(map(len, lessons[k].rooms))
        if batch and size + own > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(lessons[k])
        size += own
    if batch:
        yield batch


def fitted(reader: Reader, lessons: list[Lesson], marks: tuple[int, int]) -> None:
    """Fits the reader to the lessons by AdamW (Loshchilov and Hutter 2019), first faster and faster, then ever slower."""
    random = np.random.default_rng(1)
    steps = ROUNDS * sum(1 for _ in batches(lessons, np.random.default_rng(1)))
    adam = torch.optim.AdamW(reader.parameters(), lr=FASTEST, weight_decay=0.01, betas=(0.9, 0.98))
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda n: min((n + 1) / WARMING, 1) * max(0.0, 1 - n / steps))
    reader.train()
    for _ in range(ROUNDS):
        for batch in batches(lessons, random):
            with torch.autocast("cpu", torch.bfloat16):
                kinds, ends = reader(batch, marks)
            claimed = torch.tensor([row for lesson in batch for row in lesson.claimed], dtype=torch.float32)
            loss = functional.binary_cross_entropy_with_logits(kinds.float(), claimed, reduction="none").sum(1).mean()
            if slots := [slot for lesson in batch for slot in lesson.slots]:
                loss = loss + OF_ENDS * end_loss(ends, slots)
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            adam.step()
            slower.step()


def write(reader: Reader, path: Path) -> None:
    """What was learned, as plain arrays of halves."""
    heads = {k: v.detach() for k, v in reader.named_parameters() if not k.startswith("encoder.")}
    learned = {**heads, **reader.encoder.changes()}
    np.savez_compressed(path, **{name: value.numpy().astype(np.float16) for name, value in learned.items()})


def main() -> None:
    """Trains and writes."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_encoder", description="Finishes the pretrained encoder on the lessons."
    )
    parser.add_argument("folder", type=Path, help="holds model.safetensors and tokenizer.json of all-MiniLM-L6-v2")
    folder = parser.parse_args().folder
    torch.manual_seed(1)
    cutter = Cutter(published(folder, "tokenizer.json"))
    with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
        lessons = [*pool.map(partial(lesson_of, cutter=cutter), tuned(), chunksize=100)]
    reader = Reader(Transformer(folder))
    fitted(reader, [lesson for lesson in lessons if lesson.rows], (cutter.begin, cutter.end))
    write(reader, DATA / "encoder.npz")


if __name__ == "__main__":
    main()
