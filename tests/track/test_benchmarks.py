"""What the tracker's benchmarks stand on: their worlds are what they say, their intervals are right, a row can be chosen."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import bench_track  # noqa: E402
from benchmarks.tracking import actors, common, jpda, worlds  # noqa: E402


def test_intervals_are_those_of_the_books() -> None:
    assert common.share_and_interval(8, 10) == pytest.approx([0.8, 0.490, 0.943], abs=1e-3)  # Wilson 1927
    assert common.share_and_interval(0, 2000)[2] == pytest.approx(0.0019, abs=1e-4)
    assert common.mean_and_half([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx([3.0, 2.776 * np.sqrt(2.5 / 5)], abs=1e-3)
    assert common.mean_and_half([4.0]) == [4.0, None]


def test_a_track_is_an_objects_that_gave_most_of_its_last_plots() -> None:
    assert common._owner([3, 3, 3, 3, 7]) == 3
    assert common._owner([3, 3, 7, 7]) == -1
    assert common._owner([]) == -1


def test_every_radar_of_a_network_has_its_own_drones_and_false_plots() -> None:
    site, scans = worlds.network(4, 200, 3)
    assert len(site.sensor) == 4
    _, again = worlds.network(4, 200, 3)
    for one, other in zip(scans, again, strict=True):
        assert np.array_equal(one["range_m"], other["range_m"])
        count = np.bincount(one["sensor_id"])
        assert (np.abs(count - 240) < 60).all()  # 0.9 of 200 seen, 60 false
        assert one["range_m"].max() < 1.1 * worlds._reach(200)


def test_a_lasting_sky_keeps_its_number_and_stays_in_reach() -> None:
    _, looks = worlds.lasting(300, clutter=0.0, life_s=20.0)
    batches = [next(looks) for _ in range(60)]
    assert all(abs(b.n - 270) < 40 for b in batches)
    assert max(b["range_m"].max() for b in batches) < 8300


def test_actors_are_as_told_and_speeds_of_drones_and_birds_overlap() -> None:
    paths, kinds, rcs = actors.flights(np.random.default_rng(1), 20, 60)
    speed = np.linalg.norm(np.diff(paths[..., :2], axis=1), axis=2)
    assert speed[kinds == actors.AIRCRAFT].min() > 30
    assert speed[kinds == actors.DRONE].min() == 0.0
    assert speed[kinds == actors.DRONE].max() > np.median(speed[kinds == actors.BIRD])
    assert rcs[kinds == actors.AIRCRAFT].min() > rcs[kinds == actors.BIRD].mean()
    near, far = (actors.look(np.random.default_rng(2), 0, paths[:, 0] * k, kinds, rcs, 0.0, 1e6)[1] for k in (0.3, 4.0))
    assert len(far) < len(near)


def test_a_row_is_chosen_by_name_and_an_unknown_one_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["track", "--rows", "nosuch"]) == 2
    assert "registration" in capsys.readouterr().err
    assert command.main(["beast", "--quick"]) == 2
    assert all(goal and callable(measure) for goal, measure in bench_track.ROWS.values())


def test_kept_figures_of_the_peer_name_its_version_settings_and_load() -> None:
    kept = json.loads(jpda.KEPT.read_text())
    for name, seeds in jpda.SEEDS.items():
        for seed in range(1, 1 + seeds):
            one = kept[f"{name}/{seed}"]
            assert one["settings"]["prob_detect"] == 0.9
            assert {"version", "plots", "load_1min", "cpu_s_per_scan", "gospa"} <= one.keys()
