"""How the weights of the ends are fitted: the slope is that of the loss, and what is right is learned, by a sum and by more than one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.train_ends import Slots, slots_of, with_ends
from scipy.sparse import csr_matrix

from picket.learn.claim import KINDS
from picket.learn.trained.mentions import Mention
from picket.learn.trained.weights import ENDS, Weights, shipped

Told = tuple[str, list[dict[str, Any]], list[tuple[Mention[str], list[str]]]]


def mention(name: str, *features: str, acts: bool = True) -> tuple[Mention[str], list[str]]:
    return Mention(name, acts, None, 0, []), ["bias", *features]


def claim(**ends: str) -> dict[str, Any]:
    return dict.fromkeys(["provider", "recipient", "actor", "target"]) | ends


def odds(weights: Weights, kind: str, *features: str) -> list[float]:
    rows = [weights.end_rows[f] for f in ("bias", *features) if f in weights.end_rows]
    return weights.end_logits(np.array(rows, np.intp), [0], kind)[0].tolist()


def test_the_slope_is_that_of_the_loss() -> None:
    random = np.random.default_rng(5)
    may, right = random.random((9, 2)) < 0.8, random.random((9, 2)) < 0.3
    slots = Slots(csr_matrix((9, 1)), np.zeros((9, 2), np.intp), may, right & may, np.array([0, 4, 5]))
    z = random.normal(size=(9, 2))
    _, slope = slots.slopes(z)
    for i, j in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[i, j] = 1e-5
        up, down = slots.slopes(z + step)[0], slots.slopes(z - step)[0]
        assert slope[i, j] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_nobody_is_right_where_no_mention_is() -> None:
    slots = Slots(csr_matrix((2, 1)), np.zeros((2, 2), np.intp), np.ones((2, 2), bool), np.zeros((2, 2), bool), np.array([0]))
    unlikely, likely = (slots.slopes(np.full((2, 2), z))[0] for z in (-9.0, 9.0))
    assert unlikely == pytest.approx(0, abs=1e-3)
    assert likely > 15


def test_what_cannot_act_is_right_as_a_target_only() -> None:
    _, slots = slots_of([("use_attack", [claim(actor="depot", target="depot")], [mention("depot", acts=False)] * 4)])
    assert slots["use_attack"].may.tolist() == [[False, True]] * 4
    assert slots["use_attack"].right.tolist() == [[False, True]] * 4


def test_who_stands_where_is_learned_for_each_kind_and_end() -> None:
    told: list[Told] = []
    for k in range(300):
        both = [mention(f"Maker{k}", "before"), mention(f"Buyer{k}", "behind")]
        told.append(("supply", [claim(provider=f"Maker{k}", recipient=f"Buyer{k}")], both))
        told.append(("sighting", [claim()], both))
    weights = with_ends(shipped(), told)
    before, behind = odds(weights, "supply", "before"), odds(weights, "supply", "behind")
    assert before[0] > max(0, before[1])
    assert behind[1] > max(0, behind[0])
    assert max(odds(weights, "sighting", "before")) < 0
    assert len(weights.ends["supply"]) == len(weights.end_rows) == len(weights.end_net.rows)
    assert weights.own.shape[1] == len(ENDS) == 2 * len(KINDS)


def test_the_net_learns_what_a_sum_of_features_cannot() -> None:
    """Whoever has one of two features is the actor; who has both or none is not."""
    told: list[Told] = []
    for k in range(400):
        for features in ((), ("a",), ("b",), ("a", "b")):
            right = len(features) == 1
            told.append(("adoption", [claim(actor=f"Army{k}")] if right else [claim()], [mention(f"Army{k}", *features)]))
    weights = with_ends(shipped(), told)
    one, other, both, none = (odds(weights, "adoption", *f)[0] for f in (("a",), ("b",), ("a", "b"), ()))
    assert min(one, other) > max(both, none)


def test_the_same_reports_give_the_same_weights() -> None:
    told: list[Told] = [("supply", [claim(provider="X")], [mention("X", "a"), mention("Y", "b")])] * 30
    first, second = (with_ends(shipped(), told) for _ in range(2))
    assert first.end_rows == second.end_rows
    assert first.own.tobytes() == second.own.tobytes()
    assert first.end_net.rows.tobytes() == second.end_net.rows.tobytes()
