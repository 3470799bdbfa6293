"""GOSPA and OSPA of `picket.metrics` against Stone Soup's own, on random cases, each run with the peer itself.

    python -m benchmarks metrics                 compares CASES cases with the peer
    python -m benchmarks.bench_metrics --store   writes the small sample with the peer's answers that tests/test_metrics.py reads

A case is one time: 0 to 9 estimates and objects in 1 to 3 dimensions, spread so that some lie within the cut-off and some do not;
also equal places, empty sets and single ones. Stone Soup's OSPA pairs by the sum of distances whatever the order p, so that for
p = 2 it can be larger than the metric, which pairs by the sum of squares: there ours may be smaller, never larger.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers
from picket import metrics

CASES, STORED = 2000, 60
SAMPLE = Path(__file__).parents[1] / "tests" / "metrics_stonesoup.json"
PROGRAM = str(Path(__file__).parent / "peer_stonesoup.py")


def cases(n: int, seed: int) -> list[dict[str, Any]]:
    """n random cases, rounded to millimetres."""
    rng = np.random.default_rng(seed)
    out = []
    for k in range(n):
        dims, c = int(rng.integers(1, 4)), float(rng.choice([5.0, 50.0, 100.0]))
        truth = rng.normal(0, 2 * c, (int(rng.integers(0, 10)), dims))
        near = truth[rng.random(len(truth)) < 0.7] + rng.normal(0, 0.4 * c, dims)
        estimates = np.concatenate([near, rng.normal(0, 2 * c, (int(rng.integers(0, 4)), dims))])
        if k % 10 == 0 and len(estimates):
            estimates = np.concatenate([estimates, estimates[:1]])
        if k % 15 == 1:
            estimates = estimates[:0]
        p = int(rng.integers(1, 3))
        rows = {name: np.round(rng.permutation(x), 3).tolist() for name, x in (("estimates", estimates), ("truth", truth))}
        out.append({"p": p, "c": c, **rows})
    return out


def answer(case: dict[str, Any]) -> dict[str, float]:
    """What `picket.metrics` says to a case."""
    dims = max((len(x) for name in ("estimates", "truth") for x in case[name]), default=1)
    x, y = (np.array(case[name], float).reshape(-1, dims) for name in ("estimates", "truth"))
    total, local, missed, false = metrics.gospa_step(x, y, case["p"], case["c"])
    return {
        "distance": total ** (1 / case["p"]), "localisation": local, "missed": missed, "false": false,
        "ospa": metrics.ospa_step(x, y, case["p"], case["c"]),
    }  # fmt: skip


def run(n: int = CASES, seed: int = 7) -> dict[str, Any]:
    """The largest differences, relative to the cut-off (to the power p), over n cases."""
    asked = cases(n, seed)
    try:
        told = json.loads(peers.ask(peers.STONE_SOUP, [PROGRAM, "metrics"], json.dumps(asked)))
    except peers.FAILED as e:
        return {"peer": f"Stone Soup could not be run: {peers.why(e)}"}
    worst = dict.fromkeys(("distance", "localisation", "missed", "false", "ospa, p = 1", "ospa, p = 2, ours over theirs"), 0.0)
    smaller = 0
    for case, theirs in zip(asked, told["answers"], strict=True):
        if not theirs:
            continue
        ours = answer(case)
        for name in ("distance", "localisation", "missed", "false"):
            scale = case["c"] if name == "distance" else case["c"] ** case["p"]
            worst[name] = max(worst[name], abs(ours[name] - theirs[name]) / scale)
        over = (ours["ospa"] - theirs["ospa"]) / case["c"]
        if case["p"] == 1:
            worst["ospa, p = 1"] = max(worst["ospa, p = 1"], abs(over))
        else:
            worst["ospa, p = 2, ours over theirs"] = max(worst["ospa, p = 2, ours over theirs"], over)
            smaller += over < -1e-9
    return {
        "peer": f"Stone Soup {told['version']}", "cases": n, "largest_difference": {k: float(f"{v:.3g}") for k, v in worst.items()},
        "ospa_p2_ours_smaller_in": int(smaller), "cases_p2": sum(case["p"] == 2 for case in asked),
    }  # fmt: skip


def store() -> None:
    """Writes the sample for the tests."""
    asked = [case for case in cases(STORED, 4) if case["estimates"] or case["truth"]]
    told = json.loads(peers.ask(peers.STONE_SOUP, [PROGRAM, "metrics"], json.dumps(asked)))
    text = {
        "origin": "Random cases (SIMULATED) by benchmarks/bench_metrics.py, with the answers of Stone Soup's GOSPAMetric and OSPAMetric",
        "stonesoup": told["version"],
    }
    rows = [json.dumps(case | {"theirs": theirs}) for case, theirs in zip(asked, told["answers"], strict=True)]
    SAMPLE.write_text(json.dumps(text)[:-1] + ', "cases": [\n' + ",\n".join(rows) + "\n]}\n")


if __name__ == "__main__":
    if "--store" in sys.argv:
        store()
    else:
        print(json.dumps(run(), indent=1))
