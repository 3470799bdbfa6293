"""Sensors that move say where they are with their plots; sonars hear what is under water."""

from __future__ import annotations

import numpy as np
import track_sim as sim

from picket.track import Tracker
from picket.words import DETECTION, Batch


def test_a_boats_radar_sees_a_hovering_drone_stand_still() -> None:
    rng, tracker = np.random.default_rng(1), Tracker(sim.site(sim.radar("boat", moves=True)))
    drone = np.array([500.0, 2500.0, 120.0])
    for k in range(30):
        boat = sim.radar("boat", at=(8.0 * k, 0.0, 10.0))
        row = sim.plots(rng, sim.T0 + k, drone, boat, pd=1.0)
        own = {"sensor_lat_deg": boat["lat_deg"], "sensor_lon_deg": boat["lon_deg"], "sensor_alt_wgs84_m": boat["alt_wgs84_m"]}
        measured = {name: row[name] for name in ("range_m", "azimuth_deg", "elevation_deg")}
        said = {"time": sim.T0 + k, "sensor_id": "boat", "kind": "radar", "report": "plot", "origin": "exercise"}
        out = tracker.step(Batch.build(DETECTION, row.n, said | measured | own))
    (seen,) = sim.confirmed(out)
    assert np.hypot(*(sim.where(seen)[:2] - drone[:2])) < 30.0
    assert np.hypot(seen["vel_east_mps"], seen["vel_north_mps"]) < 3.0


def test_a_sensor_that_the_site_file_places_does_not_move() -> None:
    rng, tracker, radar = np.random.default_rng(1), Tracker(sim.site(sim.radar())), sim.radar()
    for k in range(8):
        row = sim.plots(
            rng, sim.T0 + k, np.array([500.0, 2500.0, 120.0]), radar, pd=1.0, sensor_lat_deg=34.9, sensor_lon_deg=-110.0
        )
        out = tracker.step(row)
    (seen,) = sim.confirmed(out)
    assert np.hypot(*(sim.where(seen)[:2] - [500.0, 2500.0])) < 40.0


def test_what_sonars_alone_hear_is_under_water_and_no_bird() -> None:
    places = {"sonar-a": (-400.0, 0.0, -5.0), "sonar-b": (400.0, 0.0, -5.0)}
    tracker = Tracker(sim.site(*(sim.radar(name, at=at, kind="sonar", max_range_m=2000) for name, at in places.items())))
    rng = np.random.default_rng(2)
    for k in range(30):
        diver = np.array([-50.0 + 1.5 * k, 600.0, -8.0])
        rows = []
        for name, at in places.items():
            d = diver - np.array(at)
            az = np.degrees(np.arctan2(d[0], d[1])) + rng.normal(0, 1.0)
            rows.append(
                {
                    "time": sim.T0 + k,
                    "sensor_id": name,
                    "kind": "sonar",
                    "report": "plot",
                    "origin": "exercise",
                    "azimuth_deg": az % 360,
                }
            )
        out = tracker.step(Batch.from_rows(DETECTION, rows))
    (seen,) = sim.confirmed(out)
    assert seen["domain"] == "subsurface"
    assert seen["p_bird"] + seen["p_aircraft"] < 0.01
    assert np.hypot(*(sim.where(seen)[:2] - diver[:2])) < 80.0
