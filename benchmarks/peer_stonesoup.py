"""Stone Soup on our plots: a program that runs in the peer's own environment (peers_stonesoup.txt), and imports nothing of Picket.

    python peer_stonesoup.py track PLOTS.npz '{"associator": "lbp", ...}'     one JSON object on standard output
    python peer_stonesoup.py metrics < CASES.json                             its GOSPA and OSPA of the cases of bench_metrics.py

PLOTS.npz: range_m, azimuth_rad (from north, clockwise), elevation_rad, scan (number of the scan); one radar at the origin. The
state is (north, its rate, east, its rate, up, its rate), so that a bearing of Stone Soup is our azimuth.

What is built is what its own examples build: EKF, near-constant velocity, PDAHypothesiser, JPDA with loopy belief propagation behind
a kd-tree that gates by range (a tree over radians and metres is that and no more), a MultiMeasurementInitiator that holds new tracks
with global nearest neighbours until they have `min_points`, and an UpdateTimeStepsDeleter. A track is reported from the scan in
which it leaves the initiator, in every scan, at the scan's time, after its update.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np

START = datetime.datetime(2026, 1, 1)
SETTINGS: dict[str, Any] = {
    "associator": "lbp",  # or "gnn"
    "process_noise": 2.0,  # m^2/s^3 across
    "process_noise_up": 0.05,
    "prob_detect": 0.9,
    "prob_gate": 0.999,
    "clutter_spatial_density": None,  # per rad, rad and metre; None = its own estimate from the gate
    "range_gate_m": 120.0,  # of the kd-tree
    "min_points": 3,
    "hold_steps": 2,  # scans without a plot after which a held track goes
    "delete_steps": 4,  # and a reported one
    "missed_distance": 4.0,  # Mahalanobis, of the initiator's nearest neighbours
    "sigma": [10.0, 0.5, 0.8],  # m, deg, deg: the radar's
    "sigma_speed": [15.0, 3.0],  # m/s, of a newborn: across, up
}


def _scans(path: str) -> list[tuple[datetime.datetime, list[np.ndarray]]]:
    held = np.load(path)
    rows = np.stack([held["elevation_rad"], held["azimuth_rad"], held["range_m"]], 1)
    return [(START + datetime.timedelta(seconds=k), list(rows[held["scan"] == k])) for k in range(int(held["scans"]))]


def build(settings: dict[str, Any], scans: list[Any]) -> Any:
    """The tracker over the scans."""
    from stonesoup.dataassociator.probability import JPDAwithLBP
    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D, DetectionKDTreeMixIn
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.hypothesiser.probability import PDAHypothesiser
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.array import StateVector
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    class KDTreeLBP(DetectionKDTreeMixIn, JPDAwithLBP):
        """Its two parts put together: JPDAwithLBP.associate does not ask the tree."""

        def associate(self, tracks: Any, detections: Any, timestamp: Any, **kwargs: Any) -> Any:
            hypotheses = self.generate_hypotheses(tracks, detections, timestamp, **kwargs)
            if not hypotheses or not detections:
                return hypotheses
            return self._compute_multi_hypotheses(tracks, detections, hypotheses, timestamp)

    s = settings
    across, up = ConstantVelocity(s["process_noise"]), ConstantVelocity(s["process_noise_up"])
    predictor = ExtendedKalmanPredictor(CombinedLinearGaussianTransitionModel([across, across, up]))
    sigma_r, sigma_az, sigma_el = s["sigma"][0], np.radians(s["sigma"][1]), np.radians(s["sigma"][2])
    model = CartesianToElevationBearingRange(6, (0, 2, 4), np.diag([sigma_el**2, sigma_az**2, sigma_r**2]))
    updater = ExtendedKalmanUpdater(model)
    tree = {"predictor": predictor, "updater": updater, "max_distance": s["range_gate_m"]}
    near = DistanceHypothesiser(predictor, updater, Mahalanobis(), s["missed_distance"])
    probable = PDAHypothesiser(predictor, updater, s["clutter_spatial_density"], s["prob_detect"], s["prob_gate"])
    speed, climb = s["sigma_speed"]
    initiator = MultiMeasurementInitiator(
        GaussianState(np.zeros((6, 1)), np.diag([0, speed**2, 0, speed**2, 0, climb**2])),
        UpdateTimeStepsDeleter(s["hold_steps"]), DetectionKDTreeGNN2D(near, **tree), updater, model, min_points=s["min_points"],
    )  # fmt: skip

    def detections() -> Any:
        for when, rows in scans:
            yield when, {
                Detection(StateVector([[Elevation(r[0])], [Bearing(r[1])], [r[2]]]), when, measurement_model=model) for r in rows
            }  # fmt: skip

    deleter = UpdateTimeStepsDeleter(s["delete_steps"])
    if s["associator"] == "gnn":
        return MultiTargetTracker(initiator, deleter, detections(), DetectionKDTreeGNN2D(near, **tree), updater)
    return MultiTargetMixtureTracker(initiator, deleter, detections(), KDTreeLBP(probable, **tree), updater)


def track(path: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Rows (scan, id, east, north, up) of all reported tracks, and CPU seconds of every scan."""
    settings = SETTINGS | changes
    scans = _scans(path)
    numbers: dict[str, int] = {}
    rows, took = [], []
    tracker = iter(build(settings, scans))
    for k in range(len(scans)):
        begin = time.process_time()
        _, tracks = next(tracker)
        took.append(time.process_time() - begin)
        for one in tracks:
            x = one.state.state_vector
            number = numbers.setdefault(one.id, len(numbers))
            rows.append((k, number, round(float(x[2, 0]), 3), round(float(x[0, 0]), 3), round(float(x[4, 0]), 3)))
    return {
        "version": version("stonesoup"), "settings": settings, "rows": sorted(rows), "cpu_s": [round(t, 4) for t in took],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def metrics(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Of every case: GOSPA^p and its parts to the power p, and OSPA, as Stone Soup's own generators give them for one time."""
    from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
    from stonesoup.types.state import State

    answers = []
    for case in cases:
        p, c = case["p"], case["c"]
        estimates, truth = ([State(np.array(x)[:, None], START) for x in case[name]] for name in ("estimates", "truth"))
        answer: dict[str, Any] = {}
        if estimates or truth:
            found, _ = GOSPAMetric(p=p, c=c).compute_gospa_metric(estimates, truth)
            answer = {name: float(found.value[name]) for name in ("distance", "localisation", "missed", "false")}
            answer["ospa"] = float(OSPAMetric(p=p, c=c).compute_OSPA_distance(estimates, truth).value)
        answers.append(answer)
    return {"version": version("stonesoup"), "answers": answers}


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "metrics":
        json.dump(metrics(json.load(sys.stdin)), sys.stdout)
    else:
        json.dump(track(rest[0], json.loads(rest[1]) if len(rest) > 1 else {}), sys.stdout)
