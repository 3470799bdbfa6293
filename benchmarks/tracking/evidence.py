"""What the tracker says of objects: their class, and whether an identity's position is believed. SIMULATED, truth known."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.scenarios import START
from benchmarks.tracking import actors, other_actors, worlds
from benchmarks.tracking.common import _owner, reported, share_and_interval
from picket.track import Tracker
from picket.words import DETECTION, Batch, concat

CLASS_SEEDS, EACH, CLASS_AFTER_S = 20, 10, 30
HONEST_RUNS, LYING_RUNS, PER_RUN, SECONDS = 100, 20, 20, 60
FLAG_WITHIN_S, LIE_FROM_M, LIE_TO_M = 10.0, 300.0, 1500.0
Flights = Callable[[np.random.Generator, int, int], tuple[Any, Any, Any]]
FLAGS = ("spoof_suspected", "unconfirmed_position")


def classes(quick: bool) -> dict[str, Any]:
    """Ten drones, birds and aircraft each, a seed: what each is called 30 s after its first plot; beside it the same of another mix."""
    seeds = range(1, 1 + (2 if quick else CLASS_SEEDS))
    return _classes(actors.flights, seeds) | {"other_mix": _classes(other_actors.flights, seeds)}


def _classes(flights: Flights, seeds: range) -> dict[str, Any]:
    called: dict[int, Counter[str]] = {k: Counter() for k in range(3)}
    for seed in seeds:
        for kind, word in _called(flights, seed):
            called[kind][word] += 1
    total = sum(sum(c.values()) for c in called.values())
    words = set(actors.NAMES) | {"vessel"}
    committed = sum(n for c in called.values() for word, n in c.items() if word in words)
    right = sum(called[k][actors.NAMES[k]] for k in range(3))
    drones = sum(called[actors.DRONE].values())
    return {
        "objects": total, "right_among_committed": share_and_interval(right, committed),
        "committed": share_and_interval(committed, total),
        "drone_called_bird": share_and_interval(called[actors.DRONE]["bird"], drones),
        "called": {actors.NAMES[k]: dict(sorted(c.items())) for k, c in called.items()},
    }  # fmt: skip


def _called(flights: Flights, seed: int) -> list[tuple[int, str]]:
    """(kind, class shown 30 s after the first plot, "no track" without one) of every object that was seen before the last 30 s."""
    rng = np.random.default_rng(seed)
    paths, kinds, rcs = flights(rng, EACH, SECONDS)
    site = worlds.site(worlds.sensor("radar", (0.0, 0.0, 0.0), clutter_per_scan=20))
    tracker, first, out = Tracker(site), {}, {}
    plots: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=8))
    for t in range(SECONDS):
        batch, whose = actors.look(rng, t, paths[:, t], kinds, rcs, 20.0, 8000.0)
        rows = reported(tracker.step(batch, time=START + t))
        for who in whose[whose >= 0].tolist():
            first.setdefault(who, t)
        given = tracker.assigned
        for track, weight, who in zip(given.track_id.tolist(), given.weight.tolist(), whose.tolist(), strict=True):
            if track >= 0 and weight > 0.5:
                plots[track].append(who)
        due = [who for who, seen in first.items() if t - seen == CLASS_AFTER_S]
        named = {_owner(plots[i]): word for i, word in zip(rows["track_id"].tolist(), rows.values("classification"), strict=True)}
        out.update({who: named.get(who, "no track") for who in due})
    return [(int(kinds[who]), word or "unknown") for who, word in sorted(out.items())]


def remote_id(quick: bool) -> dict[str, Any]:
    """Lies of 300 m and more flagged within 10 s, and honest flights ever flagged, while a radar sees all drones.

    20 drones a run, 60 s, within 0.5 to 4 km of the radar. Honest: noise 4 m; every position is 2 s old when it is heard: half of
    the drones send the time of measurement with it, half do not, so that it is stamped 2 s late; half state an accuracy, half none.
    Lying: the same, moved by 300 to 1,500 m to one side, half from the start, half from second 25 on; 10 s count from its first
    report after 5 s of radar.
    """
    honest, lying = [], []
    for seed in range(1, 1 + (3 if quick else HONEST_RUNS)):
        honest += _remote_id_run(seed, False)
    for seed in range(1, 1 + (2 if quick else LYING_RUNS)):
        lying += _remote_id_run(10_000 + seed, True)
    times = [t for _, t in lying]
    early = sum(t is not None and t <= FLAG_WITHIN_S for t in times)
    flagged = [case for case, t in honest if t is not None]
    by_case = {
        case: share_and_interval(sum(t is not None and t <= FLAG_WITHIN_S for c, t in lying if c == case), n)
        for case, n in sorted(Counter(c for c, _ in lying).items())
    }
    known = [t for t in times if t is not None]
    return {
        "lying": len(lying), "flagged_within_10_s": share_and_interval(early, len(lying)), "flagged_by_case": by_case,
        "median_s": round(float(np.median(known)), 2) if known else None, "never_flagged": sum(t is None for t in times),
        "honest_flights": len(honest), "honest_flagged": share_and_interval(len(flagged), len(honest)),
        "honest_flagged_by_case": dict(sorted(Counter(flagged).items())),
    }  # fmt: skip


def _remote_id_run(seed: int, lie: bool) -> list[tuple[str, float | None]]:
    """(case, s from the first lie that the radar could contradict, or of flight, to the first flag; None = never) of each drone."""
    rng = np.random.default_rng(seed)
    paths = np.array([_path(rng) for _ in range(PER_RUN)])
    site = worlds.site(worlds.sensor("radar", (0.0, 0.0, 0.0), max_range_m=6000), {"id": "rid", "kind": "remote_id"})
    angle, far = rng.uniform(0, 2 * np.pi, PER_RUN), rng.uniform(LIE_FROM_M, LIE_TO_M, PER_RUN)
    lies_from = np.where(rng.random(PER_RUN) < 0.5, 0, 25) if lie else np.full(PER_RUN, 10_000)
    aside = np.column_stack([far * np.sin(angle), far * np.cos(angle), np.zeros(PER_RUN)])
    stamped, accurate = rng.random(PER_RUN) < 0.5, rng.random(PER_RUN) < 0.5
    phase = rng.uniform(0.05, 0.95, PER_RUN)
    tracker, frame = Tracker(site), worlds.frame()
    flagged: dict[int, float] = {}
    for t in range(SECONDS):
        radar = worlds.radar_look(rng, START + t, paths[:, t], 6000.0, 5.0)
        measured = t - 2 + phase  # heard at t + phase, and two seconds old then
        claims = []
        for k in np.flatnonzero(measured >= 0).tolist():
            at = measured[k]
            a, b = paths[k, int(at)], paths[k, min(int(at) + 1, SECONDS - 1)]
            place = a + (b - a) * (at % 1.0) + (aside[k] if t >= lies_from[k] else 0.0)
            lat, lon, alt = frame.to_geodetic((place + rng.normal(0, 4.0, 3))[None])
            claims.append({
                "time": START + (at if stamped[k] else at + 2), "received": START + at + 2, "sensor_id": "rid", "kind": "remote_id",
                "report": "plot", "origin": "exercise", "lat_deg": float(lat[0]), "lon_deg": float(lon[0]),
                "alt_wgs84_m": float(alt[0]), "identity": f"D{k}", "identity_kind": "serial",
                **({"sigma_position_m": 4.0} if accurate[k] else {}),
            })  # fmt: skip
        batch = concat(DETECTION, [radar, Batch.from_rows(DETECTION, claims)]) if claims else radar
        rows = tracker.step(batch, time=START + t + 0.99)
        for identity, flags in zip(rows.values("identity"), rows.values("flags"), strict=True):
            if identity and set(flags or ()) & set(FLAGS):
                flagged.setdefault(int(identity[1:]), t + 0.99)
    out: list[tuple[str, float | None]] = []
    for k in range(PER_RUN):
        case = f"{'measured' if stamped[k] else 'arrival'} time, {'known' if accurate[k] else 'unknown'} accuracy"
        if lie:
            case = f"{'from the start' if lies_from[k] == 0 else 'from 25 s on'}, {'measured' if stamped[k] else 'arrival'} time"
        begun = max(int(lies_from[k]), 5) + phase[k] if lie else 0.0
        out.append((case, max(flagged[k] - begun, 0.0) if k in flagged else None))
    return out


def _path(rng: np.random.Generator) -> Any:
    r, b = rng.uniform(500, 4000), rng.uniform(0, 2 * np.pi)
    return actors._drone(rng, SECONDS, np.array([r * np.sin(b), r * np.cos(b), 0.0]))
