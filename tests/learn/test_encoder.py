"""The pretrained encoder beside the trained reader: its layers against another program's, its windows, and what it is fed with.

`bert.npz` holds a model of two layers with random weights, and what the `transformers` package (5.24, BertModel) makes of three windows.
`heads.npz` holds random heads and vectors of three windows, and what the heads of `benchmarks.train_encoder` make of them in PyTorch.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from benchmarks.reports import all_annotated
from benchmarks.train_reader import report_of, seen_in
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from picket.cli import main
from picket.learn import Report
from picket.learn.claim import KINDS, Claim, read_claims
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.layout import sentences_read
from picket.learn.sentence import Sentence
from picket.learn.trained import Trained
from picket.learn.trained.encoder import WINDOW, Cutter, Encoded, Encoder, Heads, Piece, encoder_in, learned_parts, windows
from picket.learn.trained.groups import named_groups
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import Mention, mentions_of
from picket.learn.trained.standing import NOWHERE, Standing
from picket.learn.trained.transformer import (
    CONSTANTS,
    LAYERS,
    MATRICES,
    PUBLISHED,
    WIDTH,
    Transformer,
    learned,
    published,
    renamed,
)
from picket.learn.trained.weights import COLUMNS

TEXT = (
    "Iranian engineers trained the Karbuk militia to fly drones in 2024. They taught it in Sudan, an official said.\n\n"
    "On Monday the militia struck a depot with two Shahed-136 drones. Kyiv supplied 40 FPV drones to the Zorbians."
)
PIECES = 30_522


def test_the_layers_are_those_of_bert() -> None:
    with np.load(Path(__file__).with_name("bert.npz")) as kept:
        tried = Transformer(renamed(kept, 2), layers=2, attending=2)
        found = tried.read([kept[f"numbers_{k}"].tolist() for k in range(3)])
        for k, vectors in enumerate(found):
            np.testing.assert_allclose(vectors, kept[f"vectors_{k}"], atol=1e-5)
    assert tried.read([]) == []


def test_what_was_learned_is_added_to_the_makers_weights() -> None:
    kept = {f"0.{m}_weight": np.ones((3, 2), np.float32) for m in MATRICES} | {
        f"0.{c}": np.ones(3, np.float32) for c in CONSTANTS
    }
    up, down = np.array([[1], [0], [2]], np.float32), np.array([[5, 7]], np.float32)
    changes = {f"0.{m}_{part}": value for m in MATRICES for part, value in (("up", up), ("down", down))}
    changes |= {f"0.{c}_change": np.full(3, 0.5, np.float32) for c in CONSTANTS}
    found = learned(kept, changes, layers=1)
    assert found["0.wide_weight"].tolist() == [[6, 8], [1, 1], [11, 15]]
    assert found["0.last_bias"].tolist() == [1.5] * 3


@given(st.lists(st.integers(0, 220), max_size=30))
def test_every_sentence_stands_once_in_a_window_with_the_one_before_it(sizes: list[int]) -> None:
    sentences = [[Piece(1000 * k + n, n, n + 1) for n in range(size)] for k, size in enumerate(sizes)]
    rooms, rows = windows(sentences)
    assert all(len(room) + 2 <= WINDOW for room in rooms)
    for k, (sentence, row) in enumerate(zip(sentences, rows, strict=True)):
        own = [p.number for p in sentence[: WINDOW - 2]]
        if own:
            assert rooms[row.window][row.first - 1 : row.last - 1] == own
        if k and own and row.window != rows[k - 1].window:
            before = [p.number for p in sentences[k - 1][: WINDOW - 2]]
            fits = len(before) + len(own) + 2 <= WINDOW
            assert rooms[row.window][: row.first - 1] == (before if fits else [])
    assert {row.window for row in rows if row.first < row.last} == {*range(len(rooms))}


def test_the_heads_are_those_that_were_trained() -> None:
    with np.load(Path(__file__).with_name("heads.npz")) as file:
        kept = dict(file)
    heads = Heads(**{f.name: kept[f.name] for f in fields(Heads)})
    sizes = kept["sizes"].tolist()
    begins = [sum(sizes[:k]) + k for k in range(len(sizes))]  # a letter a piece, and a blank behind each sentence
    pieces = [[Piece(n, begin + n, begin + n + 1) for n in range(size)] for begin, size in zip(begins, sizes, strict=True)]
    rooms, rows = windows(pieces)
    encoded = Encoded(heads, [kept[f"vectors_{k}"] for k in range(len(rooms))], begins, pieces, rows)
    for k, begin in enumerate(begins):
        np.testing.assert_allclose(encoded.kind_logits(begin), kept["kinds"][k], rtol=1e-4, atol=1e-4)
        # mentions in this sentence and in earlier ones, of more than six pieces, cut off by their window, standing nowhere
        places = [(int(a), int(b)) for a, b in kept[f"places_{k}"]]
        found = encoded.end_logits(begin, KINDS[int(kept[f"asked_{k}"])], places)
        np.testing.assert_allclose(found, kept[f"ends_{k}"], rtol=1e-4, atol=1e-4)


def test_a_mention_stands_where_it_was_named_last() -> None:
    report = Report(doc="x", text=TEXT)
    memory, standing, groups = Memory(report), Standing(report.text), named_groups()
    found: list[dict[str, tuple[int, int]]] = []

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        seen = Look.of(sentence, made, memory)
        mentions = mentions_of(seen, memory, groups)
        found.append({m.name: place for m, place in zip(mentions, standing.of(seen, mentions), strict=True)})
        memory.keep(sentence)
        standing.keep(sentence)
        return made

    claims_of(report, look)
    words = [{name: TEXT[a:b] for name, (a, b) in places.items()} for places in found]
    assert words[0]["Iranian engineers"] in {"Iranian", "Iranian engineers"}
    assert words[-1]["Ukraine"] == "Kyiv"
    assert all(b <= len(TEXT) for places in found for _, b in places.values())
    carried = {name: place for name, place in found[-1].items() if place != NOWHERE and place[1] <= TEXT.index("Kyiv")}
    assert carried  # names of earlier sentences are known by their places there


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of as many pieces as the real one, cut in the same manner."""
    at = tmp_path_factory.mktemp("encoder")
    (at / "model.safetensors").write_bytes(b"")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        *"abcdefghijklmnopqrstuvwxyz0123456789.,-",
        "drones",
        "##s",
        "iran",
        "##ian",
        "kyiv",
    ]
    words += [f"##{c}" for c in "abcdefghijklmnopqrtuvwxyz0123456789"]
    words += [f"[unused{k}]" for k in range(PIECES - len(words))]
    table = Tokenizer(models.WordPiece({w: k for k, w in enumerate(words)}, unk_token="[UNK]"))  # type: ignore[call-arg]
    table.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    table.normalizer = normalizers.BertNormalizer()  # type: ignore[assignment]
    table.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment]
    table.enable_truncation(8)
    table.enable_padding(length=8)
    table.save(str(at / "tokenizer.json"))
    return at


def of_nobody() -> dict[str, NDArray[np.float32]]:
    """Weights of the real shapes that nobody trained."""
    drawn = np.random.default_rng(1)
    shapes = {"words": (PIECES, WIDTH), "places": (512, WIDTH), "norm_weight": (WIDTH,), "norm_bias": (WIDTH,)}
    wide = {"asked": (3 * WIDTH, WIDTH), "told": (WIDTH, WIDTH), "wide": (4 * WIDTH, WIDTH), "back": (WIDTH, 4 * WIDTH)}
    for k in range(LAYERS):
        shapes |= {f"{k}.{m}_weight": wide[m] for m in MATRICES} | {f"{k}.{m}_bias": wide[m][:1] for m in MATRICES}
        shapes |= {f"{k}.{n}_{part}": (WIDTH,) for n in ("first", "last") for part in ("weight", "bias")}
    return {name: drawn.normal(0, 0.05, shape).astype(np.float32) for name, shape in shapes.items()}


def loud_parts() -> tuple[Heads, dict[str, NDArray[np.float32]]]:
    """Heads that find an adoption in every sentence, whatever the encoder says."""
    heads, changes = learned_parts()
    bias = np.zeros(len(COLUMNS), np.float32)
    bias[KINDS.index("adoption")] = 40
    return replace(heads, told_bias=bias), changes


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    heads, changes = loud_parts()
    return Encoder(Transformer(learned(of_nobody(), changes)), Cutter((folder / "tokenizer.json").read_bytes()), heads)


def test_pieces_are_cut_whole_and_know_their_place(folder: Path) -> None:
    cutter = Cutter((folder / "tokenizer.json").read_bytes())
    text = "¶ Iranian drones. Kyiv’s"
    first, second = cutter.cut(text, [(2, 17), (18, 24)])
    assert [text[p.start : p.end] for p in first] == ["Iran", "ian", "drones", "."]
    assert [text[p.start : p.end] for p in second] == ["Kyiv", "’", "s"]
    assert len({p.number for p in first}) == 4
    (many,) = cutter.cut("drones " * 40, [(0, 280)])
    assert len(many) == 40  # the makers' file cuts at 128 and fills up


def test_the_parts_that_ship_fit_the_code() -> None:
    heads, changes = learned_parts()
    weights = learned(of_nobody(), changes)
    assert {name: w.shape for name, w in weights.items()} == {name: w.shape for name, w in of_nobody().items()}
    assert len(changes) == LAYERS * (2 * len(MATRICES) + len(CONSTANTS))
    shapes = [getattr(heads, f.name).shape for f in fields(Heads)]
    columns, hidden = len(COLUMNS), heads.hidden_bias.shape[0]
    assert shapes == [
        *((WIDTH, columns), (columns, WIDTH), (2 * WIDTH, columns), (columns,)), *[(WIDTH, hidden)] * 4,
        *((len(KINDS), hidden), (2, hidden), (WIDTH,), (hidden,), (len(KINDS), hidden, 2), (len(KINDS), 2)),
    ]  # fmt: skip
    assert all(np.isfinite(part).all() for part in changes.values())
    assert all(changes[f"{k}.{m}_up"].any() for k in range(LAYERS) for m in MATRICES)


def test_it_is_heard_and_reads_the_same_each_time(encoder: Encoder) -> None:
    report = Report(doc="x", text=TEXT, published="2024-06-01")
    first, again = (claims_of(report, Trained(report, encoder=encoder)) for _ in range(2))
    assert [msgspec.json.encode(c) for c in first] == [msgspec.json.encode(c) for c in again]
    assert {c.evidence for c in first if c.kind == "adoption"} == {TEXT[a:b] for a, b in sentences_read(report)}
    assert all(TEXT[c.start : c.end] == c.evidence for c in first)
    read = encoder.read(TEXT, [(0, 67), (68, 112)])
    assert read.kind_logits(68).shape == (12,)
    assert not np.array_equal(read.kind_logits(68), read.kind_logits(0))
    ends = read.end_logits(68, "training", [(0, 7), NOWHERE, (82, 84)])
    assert ends.shape == (3, 2)
    assert np.isfinite(ends).all()


def test_the_sentences_that_are_read_are_those_that_are_encoded() -> None:
    for annotated in all_annotated()[::12]:
        report = Report(doc=annotated.doc, text=annotated.text, published=annotated.published, title="A drone, retold")
        asked: list[tuple[int, int]] = []

        def note(sentence: Sentence, made: list[Draft], asked: list[tuple[int, int]] = asked) -> list[Draft]:
            asked.append((sentence.begin, sentence.end))
            return made

        claims_of(report, note)
        assert {*asked} <= {*sentences_read(report)}
        assert asked


def test_mentions_stand_where_they_stood_in_the_lessons(encoder: Encoder) -> None:
    """As `benchmarks.train_encoder` asks: sentence by sentence, each of them, whatever is claimed. Who was told of before may differ."""
    annotated = next(a for a in all_annotated() if a.unseen and a.batch == 4)
    report = report_of(annotated)
    standing, told = Standing(report.text), []
    for seen in seen_in(annotated):
        told.append(dict(zip((m.name for m in seen.mentions), standing.of(seen.look, seen.mentions), strict=True)))
        standing.keep(seen.look.sentence)
    trained, read = Trained(report, encoder=encoder), []

    class Noting(Standing):
        def of(self, look: Look, mentions: list[Mention[Any]]) -> list[tuple[int, int]]:
            places = super().of(look, mentions)
            read.append(dict(zip((m.name for m in mentions), places, strict=True)))
            return places

    trained.standing = Noting(report.text)
    claims_of(report, trained)
    assert len(read) == len(told)
    both = [(mine[name], theirs[name]) for mine, theirs in zip(read, told, strict=True) for name in mine.keys() & theirs.keys()]
    assert len(both) > 50
    assert all(mine == theirs for mine, theirs in both)


ODD = "Iran supplied 40 Shahed drones to Russia in 2024.\n\uf0b7 \nThe drones struck a depot.\n\u200b \n"


@pytest.mark.parametrize("text", ["", "Menu\nHome\nContact", "!" * 4000, "\uf0b7 \n\u200b ", ODD])
def test_reports_of_odd_letters_are_read(encoder: Encoder, text: str) -> None:
    report = Report(doc="x", text=text, title="What drones do", published="2024-06-01")
    found = claims_of(report, Trained(report, encoder=encoder))
    assert all(text[c.start : c.end] == c.evidence for c in found)
    assert bool(found) == (text is ODD)


def test_a_report_about_something_else_costs_nothing() -> None:
    report = Report(doc="x", text="The harvest was good. Prices fell.")
    assert claims_of(report, Trained(report, encoder=None)) == []
    trained = Trained(report, encoder=encoder)  # type: ignore[arg-type]  # nobody asks it
    assert claims_of(report, trained) == []


def test_of_an_endless_report_the_first_part_is_encoded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picket.learn.trained.encoder._MOST", len(TEXT))
    report = Report(doc="x", text=f"{TEXT} {TEXT}", published="2024-06-01")
    read = encoder.read(report.text, [(0, 67), (len(TEXT) + 1, len(TEXT) + 68)])
    assert (read.knows(0), read.knows(len(TEXT) + 1)) == (True, False)
    found = claims_of(report, Trained(report, encoder=encoder))
    assert any(c.start > len(TEXT) for c in found)  # by the weights alone
    monkeypatch.setattr("picket.learn.trained.encoder._MOST", 10**6)
    monkeypatch.setattr("picket.learn.trained.encoder._MOST_WINDOWS", 1)
    many = "A drone flew over the port of Odesa. " * 40
    read = encoder.read(many, [(37 * k, 37 * k + 36) for k in range(40)])
    assert read.knows(0)
    assert not read.knows(37 * 39)
    assert len(read.vectors) == 1


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    for name, (size, _) in PUBLISHED.items():
        with pytest.raises(FileNotFoundError):
            published(tmp_path, name)
        (tmp_path / name).write_bytes(b"another")
        with pytest.raises(ValueError, match=rf"expected the {name} of all-MiniLM-L6-v2 \({size} bytes\), got 7 bytes"):
            published(tmp_path, name)
        (tmp_path / name).write_bytes(bytes(size))
        with pytest.raises(ValueError, match=rf"expected the {name} of all-MiniLM-L6-v2 \(SHA-256 "):
            published(tmp_path, name)
    with pytest.raises(ValueError, match=r"model\.safetensors"):
        encoder_in(tmp_path)


def read_with(folder: Path, *more: str) -> Result:
    text = folder / "a.txt"
    text.write_text(TEXT)
    return CliRunner().invoke(main, ["learn", "read", str(text), "--json", *more])


def test_a_command_says_what_is_wrong_with_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = read_with(tmp_path, "--encoder", str(tmp_path / "none"))
    assert run.exit_code == 3
    assert "model.safetensors: No such file" in run.output
    assert "expected a copy of all-MiniLM-L6-v2" in run.output
    (tmp_path / "model.safetensors").write_bytes(b"another")
    run = read_with(tmp_path, "--encoder", str(tmp_path))
    assert run.exit_code == 3
    assert "got 7 bytes" in run.output
    run = read_with(tmp_path, "--encoder", str(tmp_path), "--no-guess")
    assert run.exit_code == 2
    assert "--no-guess" in run.output
    (tmp_path / "tokenizer.json").write_bytes(b"a table")
    run = read_with(tmp_path, "--encoder", str(tmp_path), "-o", str(tmp_path / "tokenizer.json"))
    assert run.exit_code == 2
    assert (tmp_path / "tokenizer.json").read_bytes() == b"a table"
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    run = read_with(tmp_path, "--encoder", str(tmp_path))
    assert run.exit_code == 2
    assert "pip install 'picket[encoder]'" in run.output


@pytest.fixture
def copy_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is taken for the makers' copy."""
    monkeypatch.setattr("picket.learn.trained.encoder.learned_parts", loud_parts)
    monkeypatch.setattr("picket.learn.trained.encoder.pretrained", lambda at: of_nobody())
    monkeypatch.setattr("picket.learn.trained.encoder.published", lambda at, name: (at / name).read_bytes())
    return folder


def told(claims: Iterable[Claim]) -> list[tuple[str | None, ...]]:
    return [(c.evidence, c.kind, c.provider, c.recipient, c.actor, c.target) for c in claims]


def test_commands_read_with_it(copy_of: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, desks = tmp_path / "claims.jsonl", []
    run = read_with(tmp_path, "--encoder", str(copy_of), "--published", "2024-06-01", "-o", str(out))
    assert run.exit_code == 0, run.output
    report = Report(doc="a", text=TEXT, published="2024-06-01")
    heard = told(claims_of(report, Trained(report, encoder=encoder)))
    assert told(read_claims(out)) == heard
    assert heard != told(claims_of(report, Trained(report)))
    monkeypatch.setattr(sys.modules["picket.cli.serve"], "_run", lambda desk, *_: desks.append(desk))
    serve = ["learn", "serve", str(tmp_path / "a.txt"), "--desk", str(tmp_path / "desk"), "--published", "2024-06-01"]
    assert CliRunner().invoke(main, [*serve, "--encoder", str(copy_of)]).exit_code == 0
    assert {*told(desks[0].claims)} == {*heard}
