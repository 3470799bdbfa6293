"""What the sensors send: repeatable bytes in order, which decode to the truth with the errors that the files state."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import islice

import msgspec
import numpy as np
import pymap3d
import pytest

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import find_format
from picket.train import Frame, World, frames
from picket.train.broadcast import renumbered_address, transmitter_address
from picket.train.radar import THRESHOLD, TurningRadar, covers
from picket.train.streams import stream

START = 1_800_000_000.0
MINUTE = START + 60
SHORT = START + 15


@pytest.fixture(scope="module")
def minute(demo) -> list[Frame]:
    return list(frames(demo, 1, START, MINUTE))


@pytest.fixture(scope="module")
def broadcasts(demo) -> list[Frame]:
    """What the drones say over 200 s: each sensor draws for itself, so that it is the same without radars, and sooner there."""
    alone = msgspec.structs.replace(demo, radar=(), adsb=None)
    return list(frames(alone, 1, START, START + 200))


def decode(name: str, played: list[Frame], channel: str, origin: str = "exercise") -> Decoded:
    """The channel's frames through the real decoder, each received when it left."""
    mine = [f for f in played if f.channel == channel]
    decoder = find_format(name).make(Options(sensor_id=channel, origin=origin))
    link = "stream" if name == "sbs" else "udp"
    chunk = Chunk.of([f.payload for f in mine], [f.time for f in mine], list(range(len(mine))), source="test", link=link)
    return Decoded.join([decoder.decode(chunk), decoder.finish()])


def test_the_same_arguments_give_the_same_bytes(demo, minute):
    again = list(frames(demo, 1, START, SHORT))
    assert len(again) > 500
    assert again == minute[: len(again)]
    assert list(islice(frames(demo, 1, START), len(again))) == again
    for other in (frames(demo, 2, START, SHORT), frames(demo, 1, START + 1, SHORT + 1)):
        assert [f.payload for f in other] != [f.payload for f in again]


def test_frames_come_in_the_order_of_time_and_end_where_asked(minute):
    times = [f.time for f in minute]
    assert times == sorted(times)
    assert START <= times[0] < times[-1] < MINUTE
    assert {f.channel for f in minute} == {"radar-north", "radar-south", "remote-id", "adsb"}
    assert all(len(f.payload) <= 1400 for f in minute if f.channel.startswith("radar"))


def test_live_stations_take_no_simulated_plot(minute):
    decoded = decode("asterix", minute, "radar-north", origin="live")
    assert len(decoded.detections) == 0
    assert decoded.left_out["simulated"] == len(decode("asterix", minute, "radar-north").detections) > 1000


@pytest.mark.parametrize("channel", ["radar-north", "radar-south"])
def test_every_record_of_a_radar_decodes(minute, channel):
    decoded = decode("asterix", minute, channel)
    assert not decoded.left_out
    received = decoded.detections["received"]
    assert np.all(decoded.detections["time"] <= received + 1 / 128)
    assert np.all(decoded.detections["time"] >= received - 1 / 16 - 1 / 128)
    events = Counter(decoded.status.values("event"))
    assert events["north_mark"] in (59, 60)
    assert abs(events["sector"] - 16 * 60) <= 16
    assert set(decoded.status.values("rotation_period_s")) <= {1.0, None}


def test_plots_lie_around_the_truth_as_the_site_file_states(demo, minute):
    """Errors of isolated objects against pymap3d, in sigmas: mean near 0, deviation near 1."""
    world = World(demo, 1)
    radar = world.site.sensor_named("radar-north")
    plots = decode("asterix", minute, "radar-north").detections
    errors = []
    for t, r, az, height in zip(*(plots[c].tolist() for c in ("time", "range_m", "azimuth_deg", "alt_msl_m")), strict=True):
        rows = [x for x in world.truth(t - START) if x.actor in ("unknown", "police", "anchored-1", "anchored-3", "gull")]
        aer = [
            pymap3d.geodetic2aer(x.lat_deg, x.lon_deg, x.alt_wgs84_m, radar.lat_deg, radar.lon_deg, radar.alt_wgs84_m)
            for x in rows
        ]
        for (true_az, _, true_r), row in zip(aer, rows, strict=True):
            d_az = math.remainder(az - true_az, 360)
            if abs(r - true_r) < 60 and abs(d_az) < 3:
                sigma_height = math.hypot(true_r * math.radians(0.8), 7.62 / math.sqrt(12))
                d_height = height - (row.alt_wgs84_m - 55)
                if abs(d_height) < 5 * sigma_height:  # clutter falls into the window as well
                    errors.append((row.id, (r - true_r) / 10, d_az / 0.5, d_height / sigma_height))
    z = np.array([e[1:] for e in errors])
    assert len(z) > 150
    assert np.abs(np.median(z, axis=0)).max() < 0.25
    spread = (np.percentile(z, 84, axis=0) - np.percentile(z, 16, axis=0)) / 2
    assert spread.min() > 0.8
    assert spread.max() < 1.2


TARGET = '[[actor]]\nid = "a"\nkind = "drone"\nloop = true\nroute = [[{east}, 1100, 150]]\n'


def sweeps(world: World, n: int, seed: int = 0) -> list[int]:
    """How many plots each of n sweeps over the east (azimuth 80 to 100) has."""
    radar = TurningRadar(world, world.exercise.radar[0])
    rng = stream(seed, "test")
    return [len(radar.plots(rng, START, 0.25, 80.0, 20.0)) for _ in range(n)]


@pytest.mark.parametrize("east", [1500, 2300, 3100, 3900])
def test_detection_probability_is_that_of_theory_at_every_range(write, east):
    """Swerling 1 by its definition: exponential power of mean 1 + SNR over the threshold of one in a million."""
    world = World(write(TARGET.format(east=east), clutter_per_scan=0.0), 1)
    radar = TurningRadar(world, world.exercise.radar[0])
    distance = math.dist((east + 900, 40), (0, 0))
    at_reference = math.log(1e-6) / math.log(0.9) - 1
    expected = 1e-6 ** (1 / (1 + at_reference * (3500 / distance) ** 4))
    assert radar.detection_probability(np.array([distance]), np.array([0.01]))[0] == pytest.approx(expected, abs=1e-9)
    n = 3000
    seen = sum(sweeps(world, n))
    assert abs(seen - n * expected) < 3.3 * math.sqrt(n * expected * (1 - expected))
    assert pytest.approx(-math.log(1e-6)) == THRESHOLD


def test_clutter_is_poisson_with_the_stated_mean(write):
    counts = np.array(sweeps(World(write("", clutter_per_scan=54.0), 1), 3000))
    assert counts.mean() == pytest.approx(3.0, abs=3.3 * math.sqrt(3 / 3000))
    assert counts.var() == pytest.approx(3.0, rel=0.1)


def test_two_drones_nearer_than_the_resolution_are_one_plot(write):
    both = TARGET.format(east=1000) + TARGET.format(east=1012).replace('"a"', '"b"')
    apart = TARGET.format(east=1000) + TARGET.format(east=1040).replace('"a"', '"b"')
    assert max(sweeps(World(write(both, clutter_per_scan=0.0), 1), 200)) == 1
    assert np.mean(sweeps(World(write(apart, clutter_per_scan=0.0), 1), 200)) > 1.9


def test_nothing_is_seen_outside_coverage(write):
    drone = TARGET.format(east=1000)
    assert not any(sweeps(World(write(drone, blanked=((85.0, 95.0),), clutter_per_scan=0.0), 1), 50))
    assert not any(sweeps(World(write(drone, max_range_m=1500.0, clutter_per_scan=0.0), 1), 50))
    assert not any(sweeps(World(write(drone, elevation_deg=(5.0, 40.0), clutter_per_scan=0.0), 1), 50))
    assert not any(sweeps(World(write(drone, sector_deg=(270.0, 80.0), clutter_per_scan=0.0), 1), 50))
    assert sum(sweeps(World(write(drone, sector_deg=(270.0, 95.0), clutter_per_scan=0.0), 1), 50)) > 40


def test_a_radar_that_is_turned_says_less_by_its_offset(write):
    exercise = write(TARGET.format(east=1500), clutter_per_scan=0.0, azimuth_offset_deg=100.0)
    radar = TurningRadar(World(exercise, 1), exercise.radar[0])
    plots = [radar.plots(stream(0, "test"), START, 0.25, 80.0, 20.0) for _ in range(5)]
    assert [a for p in plots for a in p["azimuth_deg"]] == pytest.approx([350.0] * 5, abs=3)


def test_a_sector_over_north_covers_both_of_its_ends(demo):
    import msgspec

    sensor = msgspec.structs.replace(demo.at_site().sensor[0], sector_deg=(350.0, 20.0))
    azimuth = np.array([349.0, 351.0, 0.0, 19.0, 21.0, 180.0])
    inside = covers(sensor, np.full(6, 1000.0), azimuth, np.zeros(6))
    assert inside.tolist() == [False, True, True, True, False, False]


def test_remote_id_says_where_the_honest_drone_is(demo, minute):
    world, decoded = World(demo, 1), decode("dronescout", minute, "remote-id")
    rows = [r for r in decoded.detections.rows() if r["identity"] == "SIMULATED-POLICE-1"]
    assert not decoded.left_out
    assert 60 * 2 * 0.7 < len(rows) <= 120  # once a second over each of two transports, 15 % lost
    errors = []
    for row in rows:
        (truth,) = [t for t in world.truth(row["time"] - START) if t.actor == "police"]
        e, n, u = pymap3d.geodetic2enu(
            row["lat_deg"], row["lon_deg"], row["alt_wgs84_m"], truth.lat_deg, truth.lon_deg, truth.alt_wgs84_m
        )
        errors.append((e, n, u))
        assert row["speed_mps"] == pytest.approx(math.hypot(*truth.velocity_enu_mps[:2]), abs=1.0)
    assert np.abs(np.mean(errors, axis=0)).max() < 2
    assert np.std(errors, axis=0)[:2] == pytest.approx([2.5, 2.5], rel=0.3)
    assert {r["transport"] for r in rows} == {"wifi_beacon", "bt5"}


def test_what_drones_say_does_not_depend_on_the_radars(minute, broadcasts):
    said = [f for f in minute if f.channel == "remote-id"]
    assert len(said) > 100
    assert broadcasts[: len(said)] == said


def test_the_liar_claims_a_place_far_from_where_it_is_and_inside_radar_cover(demo, broadcasts):
    world = World(demo, 1)
    rows = [r for r in decode("dronescout", broadcasts, "remote-id").detections.rows()
            if r["identity"] == "SIMULATED-LIAR-007"]  # fmt: skip
    assert len(rows) > 100
    south = world.site.sensor_named("radar-south")
    north = world.site.sensor_named("radar-north")
    for row in rows:
        (truth,) = [t for t in world.truth(row["time"] - START) if t.actor == "liar"]
        e, n, _ = pymap3d.geodetic2enu(row["lat_deg"], row["lon_deg"], 0, truth.lat_deg, truth.lon_deg, 0)
        assert math.hypot(e, n) > 300
        claimed, true = (
            min(
                pymap3d.geodetic2aer(lat, lon, alt, s.lat_deg, s.lon_deg, s.alt_wgs84_m)[2] for s in (north, south)
            )
            for lat, lon, alt in (
                (row["lat_deg"], row["lon_deg"], row["alt_wgs84_m"]),
                (truth.lat_deg, truth.lon_deg, truth.alt_wgs84_m),
            )
        )  # fmt: skip
        assert max(claimed, true) < 5000


def test_the_unknown_drone_and_the_swarm_say_nothing(broadcasts):
    identities = set(decode("dronescout", broadcasts, "remote-id").detections.values("identity"))
    assert identities == {"SIMULATED-POLICE-1", "SIMULATED-LIAR-007"}


def test_one_drone_is_heard_under_several_changing_addresses(demo, broadcasts):
    decoded = decode("dronescout", broadcasts, "remote-id")
    addresses = defaultdict(set)
    for row in decoded.detections.rows():
        addresses[row["identity"], row["transport"]].add(row["transmitter"])
    assert len(addresses["SIMULATED-POLICE-1", "wifi_beacon"]) == 1
    assert len(addresses["SIMULATED-POLICE-1", "bt5"]) == 4
    every = [a for s in addresses.values() for a in s]
    assert len(every) == len(set(every))
    assert all(a.replace(":", "").startswith("02") for a in every)  # locally administered, one station
    thing = World(demo, 1).at(0.0).things[0]
    assert transmitter_address(1, thing, "bt5", 10.0) != transmitter_address(2, thing, "bt5", 10.0)


def test_each_repetition_is_another_aircraft_and_a_loop_stays_the_same(write):
    """An identity that jumped from the end of its route to the beginning would look like a spoof."""
    text = """repeat_s = 10
    [remote_id]
    id = "remote-id"
    loss = 0
    [[actor]]
    id = "a"
    kind = "drone"
    speed_mps = 20
    route = [[0, 0, 50], [60, 0, 50]]
    remote_id = { serial = "SIMULATED-98" }
    [[actor]]
    id = "b"
    kind = "drone"
    loop = true
    route = [[100, 0, 50]]
    remote_id = { serial = "SIMULATED-5" }
    """
    played = list(frames(write(text, 'version = 1\nname = "x"\nsite = "site.toml"\n'), 1, START, START + 30))
    heard = {(int((r["time"] - START) // 10), r["identity"]) for r in decode("dronescout", played, "remote-id").detections.rows()}
    assert heard == {(k, "SIMULATED-5") for k in range(3)} | {(0, "SIMULATED-98"), (1, "SIMULATED-99"), (2, "SIMULATED-00")}
    assert renumbered_address("F00003", 0) == "F00003"
    addresses = [renumbered_address("F07FF3", r) for r in range(2048)]
    assert len(set(addresses)) == 2048
    assert all("F00000" <= a <= "F07FFF" for a in addresses)


def test_operators_and_the_receivers_life_signs_are_sent(minute):
    decoded = decode("dronescout", minute, "remote-id")
    assert "SIM-OP-1" in set(decoded.operators.values("operator_id"))
    assert "EXERCISE" in set(decoded.operators.values("description"))
    assert len(decoded.status) == 6


def test_adsb_lines_say_where_the_airliners_are(demo, minute):
    world, decoded = World(demo, 1), decode("sbs", minute, "adsb")
    assert set(decoded.left_out) == {"no_position"}  # the lines of call sign and velocity
    rows = [r for r in decoded.detections.rows() if r["identity"] == "F00001"]
    assert 85 < len(rows) <= 117  # twice a second from second 2 on or so, 5 % lost
    for row in rows[5:]:
        (truth,) = [t for t in world.truth(row["time"] - START) if t.actor == "airliner-east"]
        e, n, _ = pymap3d.geodetic2enu(row["lat_deg"], row["lon_deg"], 0, truth.lat_deg, truth.lon_deg, 0)
        assert math.hypot(e, n) < 5 * 8 + 3
        assert row["alt_pressure_m"] == pytest.approx(truth.alt_wgs84_m - 55 + 25, abs=5 * 5 + 4)


def test_a_receiver_hears_only_what_is_in_range(write):
    far = (
        '[[actor]]\nid = "a"\nkind = "drone"\nloop = true\nroute = [[{east}, 0, 50]]\nremote_id = {{ serial = "SIMULATED-1" }}\n'
    )
    head = 'version = 1\nname = "x"\nsite = "site.toml"\n[remote_id]\nid = "remote-id"\nrange_m = 1000\nloss = 0\n'
    for east, messages in ((900, 20), (1100, 0)):
        played = list(frames(write(far.format(east=east), head), 1, START, START + 10))
        assert len(decode("dronescout", played, "remote-id").detections) == messages
