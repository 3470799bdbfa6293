"""The trained reader: its weights fit the code, the same reports give the same weights, and what it adds is never shown as fact."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from benchmarks.reports import all_annotated
from benchmarks.train_net import NETS, UNITS, fitted_net
from benchmarks.train_reader import FILE, report_of, seen_in, train
from click.testing import CliRunner
from scipy.sparse import csr_matrix

from picket.cli import main
from picket.learn import Report
from picket.learn.claim import KINDS, TRANSFERS, Claim, encode_claim, guessed, read_claims
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.sentence import Sentence
from picket.learn.trained import Limits, Trained
from picket.learn.trained.concepts import concepts_of_word
from picket.learn.trained.memory import Memory
from picket.learn.trained.net import Net
from picket.learn.trained.sorts import stem
from picket.learn.trained.weights import ROLES, load, shipped, written

TUNED = [a for a in all_annotated() if not a.unseen]
SOME = TUNED[::32]


def test_the_weights_that_ship_fit_the_code() -> None:
    weights = load(FILE.read_bytes())
    assert FILE.stat().st_size < 10_000_000
    assert weights.kinds.shape == (len(weights.kind_rows), len(KINDS) + 1)  # and whether it is doubtful
    assert np.isfinite(weights.kinds).all()
    assert [*weights.ends] == [*KINDS]
    assert all(np.isfinite(table).all() and table.any(axis=0).all() for table in weights.ends.values())
    assert weights.end_net.rows.any(axis=0).all()
    used = {f for a in SOME for s in seen_in(a) for f in s.features}
    assert len(used & set(weights.kind_rows)) > 0.5 * len(used)  # the features are named as this code names them


def test_weights_for_other_kinds_or_cut_short_are_refused() -> None:
    with np.load(io.BytesIO(FILE.read_bytes())) as found:
        parts = dict(found)
    for change in (
        {"kinds_in_order": np.frombuffer(b"training\nsupply", np.uint8)},
        {"kinds": parts["kinds"][:-1]},
        {"own": parts["own"][:-1]},
        {"shared": parts["shared"][:-1]},
        {"net_rows": parts["net_rows"][:-1]},
        {"net_out": parts["net_out"][:-1]},
        {"end_net_rows": parts["end_net_rows"][:-1]},
        {"further": parts["further"][:-1]},
    ):
        out = io.BytesIO()
        np.savez(out, **(parts | change))
        with pytest.raises(ValueError, match=r"benchmarks\.train_reader"):
            load(out.getvalue())
    out = io.BytesIO()
    np.savez(out, **{name: part for name, part in parts.items() if name != "end_net_rows"})
    with pytest.raises(ValueError, match=r"lack end_net_rows; run"):
        load(out.getvalue())


def test_the_same_reports_give_the_same_weights() -> None:
    files = []
    for _ in range(2):
        out = io.BytesIO()
        written(train([s for a in SOME[:4] for s in seen_in(a)]), out)
        files.append(out.getvalue())
    assert files[0] == files[1]
    out = io.BytesIO()
    written(load(files[0]), out)
    assert out.getvalue() == files[0]


def test_a_net_learns_what_a_sum_of_features_cannot() -> None:
    """Either of two features alone claims something, both together or none claim nothing; the third stands in every sentence."""
    cases = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]] * 1000, float)
    wanted = np.array([[0.0], [1.0], [1.0], [0.0]] * 1000)
    net = fitted_net(csr_matrix(cases), wanted)
    odds = [net.logits(rows)[0] for rows in ([2], [1, 2], [0, 2], [0, 1, 2])]
    assert odds[0] < odds[1]
    assert odds[0] < odds[2]
    assert odds[3] < odds[1]
    assert odds[3] < odds[2]


def test_nets_side_by_side_are_their_mean_and_learn_nothing_of_rare_features() -> None:
    random = np.random.default_rng(3)
    cases = (random.random((400, 6)) < [0.5, 0.4, 0.3, 0.6, 0.5, 0]).astype(float)
    cases[:2, 5] = 1  # stands in two sentences only
    net = fitted_net(csr_matrix(cases), cases[:, :1])
    assert net.rows.shape == (6, NETS * UNITS)
    assert net.rows[:5].any(axis=1).all()
    assert not net.rows[5].any()
    parts = [slice(k * UNITS, (k + 1) * UNITS) for k in range(NETS)]
    alone = [Net(net.rows[:, k], net.step, net.bias[k], NETS * net.out[k], net.out_bias) for k in parts]
    rows = [0, 2, 5]
    single = [one.logits(rows)[0] for one in alone]
    assert np.ptp(single) > 0  # they differ
    assert net.logits(rows)[0] == pytest.approx(np.mean(single), rel=1e-4)


def added() -> list[tuple[Report, Claim]]:
    return [(r, c) for r in map(report_of, SOME) for c in claims_of(r, Trained(r)) if str(c.rule).startswith("trained-")]


def test_what_it_adds_is_marked_never_stated_and_stands_in_the_report() -> None:
    claims = added()
    assert len(claims) > 10
    for report, claim in claims:
        assert guessed(claim.rule)
        assert claim.certainty != "stated"
        assert report.text[claim.start : claim.end] == claim.evidence
        assert (claim.provider is None and claim.recipient is None) or claim.kind in TRANSFERS
        assert claim.provider is None or claim.provider != claim.recipient


def test_the_same_report_twice_gives_the_same_bytes() -> None:
    for a in SOME:
        report = report_of(a)
        one, two = (b"".join(map(encode_claim, claims_of(report, Trained(report)))) for _ in range(2))
        assert one == two


def test_what_a_rule_has_read_firmly_stays_where_the_weights_see_a_sign_of_it() -> None:
    gone: list[bool] = []  # was it annotated?
    stayed: list[str] = []
    changed: list[bool] = []  # was the rule's end annotated?
    for a in TUNED[::8]:
        reader = Trained(report_of(a))
        annotated = {(g["evidence"], g["kind"]) for g in a.gold}
        ends = {(g["evidence"], g["kind"], role, g[role]) for g in a.gold for role in ROLES}

        def look(
            sentence: Sentence,
            made: list[Draft],
            reader: Trained = reader,
            annotated: set[tuple[str, str]] = annotated,
            ends: set[tuple[str, str, str, str]] = ends,
        ) -> list[Draft]:
            before = [(d, d.kind, {role: getattr(d, role) for role in ROLES}, d.rule) for d in made if not guessed(d.rule)]
            kept = reader(sentence, made)
            for draft, kind, said, rule in before:
                if not any(d is draft for d in kept):
                    gone.append((sentence.words, draft.kind) in annotated)
                    continue
                stayed.append(draft.kind)
                assert draft.kind == kind
                now = {role: getattr(draft, role) for role in ROLES}
                assert now == said or draft.rule == f"trained-end-{rule}"
                changed.extend(
                    (sentence.words, kind, role, said[role]) in ends for role in ROLES if said[role] not in {None, now[role]}
                )
            return kept

        claims_of(report_of(a), look)
    assert len(gone) < 0.3 * len(stayed)
    assert 0 < len(changed) < 0.25 * len(stayed)
    assert sum(changed) <= 0.1 * len(changed)  # nor the ends that are taken away
    assert sum(gone) <= 0.15 * len(gone)  # on reports that the weights know: what is dropped, the annotator had not found either


def test_it_reads_what_no_rule_has_read() -> None:
    found = [c for _, c in added()]
    rules = {(c.doc, c.evidence) for a in SOME for c in claims_of(report_of(a))}
    gold = {(a.doc, g["evidence"], g["kind"]) for a in SOME for g in a.gold}
    new = [c for c in found if (c.doc, c.evidence) not in rules]
    assert new
    assert sum((c.doc, c.evidence, c.kind) in gold for c in new) > len(new) / 2


def test_a_person_is_no_organisation_that_nobody_knows() -> None:
    said: list[list[str]] = []
    text = "Drones were sold by Syos Aerospace. Maria Kovalenko met Kovalenko Systems and KRT. Kovalenko flew a drone to Brezno."

    def look(sentence: Sentence, made: list[Draft]) -> list[Draft]:
        said.append([name for p in sentence.phrases() for name in memory.unknown(p)])
        memory.keep(sentence)
        return made

    report = Report(doc="x", text=text)
    memory = Memory(report)
    claims_of(report, look)
    assert said[0] == ["Syos Aerospace"]
    assert "Maria Kovalenko" not in said[1]
    assert "KRT" in said[1]
    assert said[2] == []


def test_a_sentence_that_the_weights_doubt_gives_no_fact() -> None:
    report = Report(doc="x", text="Iran supplied drones to Russia.", published="2024-05-01")
    assert [c.certainty for c in claims_of(report, Trained(report, limits=Limits(doubt=1.1, keep=0.0)))] == ["stated"]
    assert [c.certainty for c in claims_of(report, Trained(report, limits=Limits(doubt=0.0, keep=0.0)))] == ["possible"]


def test_words_of_one_concept_count_as_one() -> None:
    assert set(concepts_of_word("taught")) == set(concepts_of_word("instructed")) == {"teach", "teach.do"}
    assert concepts_of_word("counter-drone") == ("counter.mean", "counter")
    assert concepts_of_word("zebra") == ()


def test_words_of_one_family_have_one_stem() -> None:
    assert {stem(w) for w in ("smuggled", "smugglers", "smuggling", "smuggler")} == {"smuggl"}
    assert stem("gas") == "gas"


def test_weights_are_read_once() -> None:
    assert shipped() is shipped()


def test_it_reads_unless_it_is_told_not_to(tmp_path: Path) -> None:
    text = tmp_path / "news.txt"
    text.write_text(report_of(SOME[3]).text, "utf-8")
    rules = {}
    for words in ([], ["--no-guess"]):
        out = tmp_path / "claims.jsonl"
        CliRunner().invoke(main, ["learn", "read", str(text), "--published", SOME[3].published, "-o", str(out), *words])
        rules[bool(words)] = [str(c.rule) for c in read_claims(out)]
    assert any(r.startswith("trained-") for r in rules[False])
    assert not any(r.startswith("trained-") for r in rules[True])


def test_a_report_whose_title_alone_names_drones_is_read() -> None:
    text = "The army of Kenya bought 40 of them from Turkey on Monday. Its soldiers were trained in Ankara."
    titled, other = Report(doc="x", text=text, title="Kenya gets drones"), Report(doc="x", text=text, title="Kenya gets tractors")
    assert {"supply", "training"} <= {c.kind for c in claims_of(titled, Trained(titled))}
    assert claims_of(other, Trained(other)) == []
