"""The simulator against theory that was written apart from it: scipy's distributions, exact geometry, ITU-R's own formula.

Intervals are of 95 %. A test that takes several of them (one for each parameter, or for each quantity) shares the 5 % out among them
(Bonferroni): all of a right model's lie inside with 95 %, though one alone of dozens at 95 % would fall outside as often as not.
Seeds are fixed: luck was drawn once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import msgspec
import numpy as np
import pymap3d
import pytest
from scipy import integrate, optimize, stats

from picket import site as sites
from picket.geo.horizon import horizon_m, in_line_of_sight
from picket.train import Exercise, World, frames
from picket.train.conditions import rain_db
from picket.train.demo import DEMO
from picket.train.listener import DirectionFinder
from picket.train.radar import TurningRadar
from picket.train.script import Weather
from picket.train.streams import stream

START = 1_800_000_000.0
FALSE_ALARM = 1e-6
HEAD = 'version = 1\nname = "theory"\nsite = "site.toml"\n[[radar]]\nid = "radar-north"\n'
DRONE = '[[actor]]\nid = "a"\nkind = "drone"\nloop = true\nroute = [[{east}, 1100, 150]]\nrcs_m2 = {rcs}\n'
EAR = {"lat_deg": 45.0, "lon_deg": -30.0, "alt_wgs84_m": 75.0, "sigma_azimuth_deg": 3.0, "sigma_elevation_deg": 4.0}
LISTENERS = tuple(sites.Sensor(id=kind, kind=kind, **EAR) for kind in ("rf", "acoustic", "sonar", "camera"))  # type: ignore[arg-type]


@pytest.fixture
def at(tmp_path) -> Callable[..., Exercise]:
    """Loads an exercise at the demo's site with four direction finders; sensor=... changes radar-north."""

    def load(text: str, head: str = HEAD, **sensor: object) -> Exercise:
        (tmp_path / "exercise.toml").write_text(head + text, "utf-8")
        site = sites.load(DEMO / "site.toml")
        north = msgspec.structs.replace(site.sensor[0], **sensor)
        return Exercise.load(
            tmp_path / "exercise.toml", msgspec.structs.replace(site, sensor=(north, *site.sensor[1:], *LISTENERS))
        )

    return load


def level(intervals: int) -> float:
    """Of each of so many intervals, so that together they hold with 95 %."""
    return 1.0 - 0.05 / intervals


def radar_of(exercise: Exercise) -> TurningRadar:
    return TurningRadar(World(exercise, 1), exercise.radar[0])


def looks(radar: TurningRadar, n: int, azimuth_deg: float = 80.0, width_deg: float = 20.0, begin: float = 0.25) -> list:
    rng = stream(0, "theory")
    return [radar.plots(rng, START, begin, azimuth_deg, width_deg) for _ in range(n)]


def seen_far(exercise: Exercise) -> float:
    """m from the radar to the exercise's first actor, by pymap3d."""
    true = World(exercise, 1).truth(0.0)[0]
    north = exercise.at_site().sensor[0]
    place = true.lat_deg, true.lon_deg, true.alt_wgs84_m, north.lat_deg, north.lon_deg, north.alt_wgs84_m
    return float(pymap3d.geodetic2aer(*place)[2])


def fluctuating(snr: float) -> float:
    """Probability of detection of one pulse from an object whose echo fades as Rayleigh's: Marcum's Q over all its strengths.

    A steady echo in Gaussian noise has a power of the non-central chi-square distribution with 2 degrees of freedom (Richards,
    Fundamentals of Radar Signal Processing, 2nd ed., section 6.3); Swerling's case 1 averages it over an exponential strength.
    """
    threshold = stats.expon.isf(FALSE_ALARM)
    chance, _ = integrate.quad(
        lambda u: stats.ncx2.sf(2 * threshold, 2, 2 * snr * -math.log(u)), 1e-12, 1 - 1e-12, limit=400, epsabs=1e-7
    )
    return float(chance)


@cache
def reference_db() -> float:
    """The ratio that gives 0.9."""
    return float(optimize.brentq(lambda db: fluctuating(10 ** (db / 10)) - 0.9, 5, 40))


def expected_snr(distance_m: float, rcs_m2: float) -> float:
    """Radar equation from the reference alone: the ratio that gives 0.9 at 3500 m for 0.01 m2, by R^4 and size."""
    return float(10 ** ((reference_db() + 10 * math.log10(rcs_m2 / 0.01) - 40 * math.log10(distance_m / 3500.0)) / 10))


@pytest.mark.parametrize(("east", "rcs"), [(1200, 0.01), (2400, 0.01), (3400, 0.01), (3900, 0.02), (3000, 0.003), (2000, 0.0005)])
def test_plots_come_as_often_as_swerling_and_the_radar_equation_say(at, east, rcs):
    exercise = at(DRONE.format(east=east, rcs=rcs), clutter_per_scan=0.0)
    n = 2000
    seen = sum(len(p) > 0 for p in looks(radar_of(exercise), n))
    expected = fluctuating(expected_snr(seen_far(exercise), rcs))
    low, high = stats.binom.interval(level(6), n, expected)
    assert low <= seen <= high
    own = radar_of(exercise).detection_probability(np.array([seen_far(exercise)]), np.array([rcs]))[0]
    assert own == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("wanted", [0.9, 0.5, 0.2])
def test_ranges_agree_with_another_radar_equation_within_two_percent(at, wanted):
    radar = radar_of(at(""))
    enough = optimize.brentq(lambda snr: fluctuating(snr) - wanted, 0.1, 1e4, rtol=1e-3)
    for rcs in (0.001, 0.01, 0.1, 2.0):
        own = optimize.brentq(lambda d, s=rcs: radar.detection_probability(np.array([d]), np.array([s]))[0] - wanted, 50, 1e5)
        other = optimize.brentq(lambda d, s=rcs: math.log(expected_snr(d, s) / enough), 50, 1e5)
        assert own == pytest.approx(other, rel=0.02)


def test_rain_takes_what_itu_says():
    """ITU-R P.838-3, equations (2) and (3) with tables 1 and 3, at 10 GHz and horizontal polarisation."""
    x = math.log10(10.0)

    def curve(rows, m, c):
        return sum(a * math.exp(-(((x - b) / w) ** 2)) for a, b, w in rows) + m * x + c

    k = 10 ** curve([(-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400), (-0.23789, 0.86036, 0.15354),
                     (-0.94158, 0.64552, 0.16817)], -0.18961, 0.71147)  # fmt: skip
    alpha = curve([(-0.14318, 1.82442, -0.55187), (0.29591, 0.77564, 0.19822), (0.32177, 0.63773, 0.13164),
                   (-5.37610, -0.96230, 1.47828), (16.1721, -3.29980, 3.43990)], 0.67849, -1.95537)  # fmt: skip
    for rain in (1.0, 10.0, 50.0):
        assert rain_db(Weather(rain_mm_h=rain), np.array([4000.0]))[0] == pytest.approx(2 * 4 * k * rain**alpha, rel=5e-3)
    assert rain_db(Weather(), np.array([4000.0])).tolist() == [0.0]


def test_rain_makes_plots_rarer_as_its_loss_says(at):
    exercise = at(DRONE.format(east=3000, rcs=0.01) + "[weather]\nrain_mm_h = 60\n", clutter_per_scan=0.0)
    distance, n = seen_far(exercise), 2000
    loss_db = 2 * distance / 1000 * 0.01217 * 60**1.2571
    expected = fluctuating(expected_snr(distance, 0.01) / 10 ** (loss_db / 10))
    low, high = stats.binom.interval(0.95, n, expected)
    assert low <= sum(len(p) > 0 for p in looks(radar_of(exercise), n)) <= high
    assert expected < fluctuating(expected_snr(distance, 0.01)) - 0.05  # that much that the test could fail


def test_errors_have_the_sigmas_of_the_site_file(at):
    """Range, azimuth and range rate of a hovering drone: each variance in its chi-square interval, each mean in its normal one."""
    sigmas = {"range_m": 12.0, "azimuth_deg": 0.4, "range_rate_mps": 0.7}
    exercise = at(DRONE.format(east=1500, rcs=0.01), clutter_per_scan=0.0, sigma_range_m=12.0, sigma_azimuth_deg=0.4,
                  sigma_range_rate_mps=0.7)  # fmt: skip
    true, north = World(exercise, 1).truth(0.0)[0], exercise.at_site().sensor[0]
    azimuth, _, distance = pymap3d.geodetic2aer(
        true.lat_deg, true.lon_deg, true.alt_wgs84_m, north.lat_deg, north.lon_deg, north.alt_wgs84_m
    )
    plots = [p for p in looks(radar_of(exercise), 1500) if len(p)]
    n = len(plots)
    assert n > 1400
    low, high = stats.chi2.interval(level(9), n)
    for name, truth in (("range_m", distance), ("azimuth_deg", azimuth), ("range_rate_mps", 0.0)):
        z = (np.array([p[name][0] for p in plots]) - truth) / sigmas[name]
        assert low <= (z**2).sum() <= high, name
        assert abs(z.mean()) < stats.norm.isf((1 - level(9)) / 2) / math.sqrt(n), name
        assert stats.kstest(z, "norm").pvalue > 1 - level(9), name


def test_the_range_rate_is_the_change_of_the_distance(at):
    route = "[[2500, 2000, 150], [1200, 900, 150], [2500, -400, 150]]"
    exercise = at(f'[[actor]]\nid = "a"\nkind = "drone"\nspeed_mps = 20\nroute = {route}\n', clutter_per_scan=0.0,
                  sigma_range_rate_mps=1e-6)  # fmt: skip
    world, north, radar = World(exercise, 1), exercise.at_site().sensor[0], radar_of(exercise)
    place = north.lat_deg, north.lon_deg, north.alt_wgs84_m

    def distance(time_s: float) -> float:
        (true,) = world.truth(time_s)
        return float(pymap3d.geodetic2aer(true.lat_deg, true.lon_deg, true.alt_wgs84_m, *place)[2])

    rng, signs = stream(0, "rate"), set()
    for sweep in range(16 * 150):  # sector by sector, as the antenna turns
        for plot in radar.plots(rng, START, sweep / 16, sweep % 16 * 22.5, 22.5).rows():
            t = plot["time"] - START
            rate = (distance(t + 0.05) - distance(t - 0.05)) / 0.1
            assert plot["range_rate_mps"] == pytest.approx(
                rate, abs=6 / 32
            )  # a drone's 6 m/s2 from a sector's middle to its edge
            signs.add(rate > 0)
    assert signs == {True, False}


def test_clutter_counts_are_poisson_and_lie_evenly_over_the_area(at):
    radar = radar_of(at("", clutter_per_scan=54.0, sector_deg=(0.0, 360.0)))
    plots = looks(radar, 3000)
    counts = np.array([len(p) for p in plots])
    low, high = stats.poisson.interval(level(4), 3.0 * len(counts))
    assert low <= counts.sum() <= high
    dispersion = ((counts - 3.0) ** 2).sum() / 3.0
    low, high = stats.chi2.interval(level(4), len(counts))
    assert low <= dispersion <= high
    near, far = radar.sensor.min_range_m, radar.max_range_m
    share = (np.concatenate([p["range_m"] for p in plots]) ** 2 - near**2) / (far**2 - near**2)
    assert stats.kstest(share, "uniform").pvalue > 1 - level(4)
    assert stats.kstest((np.concatenate([p["azimuth_deg"] for p in plots]) - 80) / 20, "uniform").pvalue > 1 - level(4)


@pytest.mark.parametrize(
    ("fault", "azimuth_deg", "times"),
    [
        ("kind = 'clutter'\ntimes = 5\nsector_deg = [70, 110]", 80.0, 5.0),
        ("kind = 'clutter'\ntimes = 5\nsector_deg = [200, 240]", 80.0, 1.0),
        ("kind = 'jam'\ntimes = 3\nsector_deg = [350, 110]", 80.0, 3.0),
        ("kind = 'clutter'\ntimes = 5\nfrom_s = 10", 80.0, 1.0),  # not yet
    ],
)
def test_false_plots_are_as_many_times_as_a_fault_says(at, fault, azimuth_deg, times):
    radar = radar_of(at(f"[[fault]]\nsensor = 'radar-north'\n{fault}\n", clutter_per_scan=54.0))
    n = 800
    low, high = stats.poisson.interval(level(4), n * 3.0 * times)
    assert low <= sum(len(p) for p in looks(radar, n, azimuth_deg)) <= high


def test_a_rough_sea_adds_false_plots_near_the_radar_only(at):
    """State 6: 1 + 6 / 2 times as many within 2.5 km."""
    radar = radar_of(at("[weather]\nsea_state = 6\n", clutter_per_scan=54.0))
    n, area = 1500, radar.max_range_m**2 - radar.sensor.min_range_m**2
    ranges = np.concatenate([p["range_m"] for p in looks(radar, n)])
    far = n * 3.0 * (radar.max_range_m**2 - 2500.0**2) / area
    low, high = stats.poisson.interval(level(2), far)
    assert low <= (ranges > 2500).sum() <= high
    near = n * 3.0 * (2500.0**2 - radar.sensor.min_range_m**2) / area + n * 3.0 * (2500.0 / radar.max_range_m) ** 2 * 6 / 2
    low, high = stats.poisson.interval(level(2), near)
    assert low <= (ranges <= 2500).sum() <= high


def sphere_horizon(a: float, b: float) -> float:
    """m along the ground at which two heights just see each other over a sphere of 4/3 radius: by the line between them.

    The line of sight touches the sphere where it comes nearest to the centre; found by bisection, without the usual square roots.
    """
    radius = 4 / 3 * 6_371_000.0

    def clearance(ground_m: float) -> float:
        angle = ground_m / radius
        p = np.array([0.0, radius + a])
        q = (radius + b) * np.array([math.sin(angle), math.cos(angle)])
        t = np.clip(-p @ (q - p) / ((q - p) @ (q - p)), 0.0, 1.0)
        return float(np.linalg.norm(p + t * (q - p))) - radius

    return float(optimize.brentq(clearance, 1.0, 3e6))


def traced_horizon(a: float, b: float) -> float:
    """The same from a ray through air whose refractive index falls by 39e-6 a kilometre, over the true earth.

    Bouguer's law for a round atmosphere, n r cos(elevation) constant; the gradient is ITU-R P.453's for average air.
    """
    earth, gradient, ground = 6_371_000.0, -39e-6 / 1000.0, 1.000315

    def reach(height: float) -> float:
        grazing = ground * earth

        def slope(u: float) -> float:  # h = u^2 takes the root's end away
            h = u * u
            nr = (ground + gradient * h) * (earth + h)
            return 2 * u * grazing / ((earth + h) * math.sqrt(max(nr * nr - grazing * grazing, 1e-3)))

        return float(earth * integrate.quad(slope, 1e-4, math.sqrt(height), limit=200)[0])

    return reach(a) + reach(b)


@pytest.mark.parametrize(("a", "b"), [(10, 5), (42, 2), (42, 120), (300, 1000), (20, 10_000)])
def test_the_radio_horizon_agrees_with_geometry_and_with_a_traced_ray(a, b):
    own = float(horizon_m(a) + horizon_m(b))
    assert own == pytest.approx(sphere_horizon(a, b), rel=0.02)
    assert own == pytest.approx(traced_horizon(a, b), rel=0.02)
    assert in_line_of_sight(np.array([own * 0.999, own * 1.001]), a, np.array([b, b])).tolist() == [True, False]


def test_nothing_is_seen_below_the_horizon_or_under_water(at):
    """A large object 15 m up before a radar 20 m up: seen where the line of sight is free, and nowhere beyond."""
    far = {"alt_wgs84_m": 75.0, "max_range_m": 90_000.0, "clutter_per_scan": 0.0, "elevation_deg": (-10.0, 45.0)}
    target = '[[actor]]\nid = "a"\nkind = "ship"\nloop = true\nroute = [[{east}, 1100, 15]]\nrcs_m2 = 1000000\n'
    limit = sphere_horizon(20, 15)
    for share, seen in ((0.9, True), (0.97, True), (1.03, False), (1.2, False)):
        exercise = at(target.format(east=limit * share - 900), **far)
        assert seen_far(exercise) == pytest.approx(limit * share, rel=2e-3)
        assert any(len(p) for p in looks(radar_of(exercise), 20)) == seen, share
    under = '[[actor]]\nid = "a"\nkind = "submersible"\nloop = true\nroute = [[1200, 1100, -3]]\nrcs_m2 = 100\n'
    assert not any(len(p) for p in looks(radar_of(at(under, clutter_per_scan=0.0)), 50))


def test_a_jammed_sector_hides_what_is_in_it_and_an_outage_everything(at):
    drone = DRONE.format(east=1500, rcs=1)
    jam = "[[fault]]\nsensor = 'radar-north'\nkind = 'jam'\ntimes = 0\nfrom_s = 10\nuntil_s = 20\nsector_deg = [{}]\n"
    for sector, times, seen in (
        ("70, 110", 15.0, False),
        ("110, 70", 15.0, True),
        ("70, 110", 5.0, True),
        ("70, 110", 25.0, True),
    ):
        radar = radar_of(at(drone + jam.format(sector), clutter_per_scan=0.0))
        assert bool(sum(len(p) for p in looks(radar, 10, begin=times))) == seen
    down = at(drone + "[[fault]]\nsensor = 'radar-north'\nkind = 'outage'\nfrom_s = 10\nuntil_s = 20\n")
    seconds = {int(f.time - START) for f in frames(down, 1, START, START + 30)}
    # the sector under way when it fails is still sent: it leaves when the beam has passed
    assert seconds - {10} == set(range(10)) | set(range(20, 30))


def test_an_outage_changes_nothing_of_what_comes_after_it(at):
    drone = DRONE.format(east=1500, rcs=1)
    down = at(drone + "[[fault]]\nsensor = 'radar-north'\nkind = 'outage'\nfrom_s = 3\nuntil_s = 5\n")
    whole = [f for f in frames(at(drone), 1, START, START + 9) if f.time > START + 5.5]
    assert [f for f in frames(down, 1, START, START + 9) if f.time > START + 5.5] == whole


def test_clock_and_bias_shift_what_a_radar_says_by_what_the_fault_says(at):
    drone = DRONE.format(east=1500, rcs=1)
    exact = {"clutter_per_scan": 0.0, "sigma_range_m": 1e-6, "sigma_azimuth_deg": 1e-6}
    right = looks(radar_of(at(drone, **exact)), 1, begin=1800.25)[0]
    fault = "[[fault]]\nsensor = 'radar-north'\nkind = "
    late = fault + "'clock'\noffset_s = 2.5\ndrift_s_per_h = 4\n"
    wrong = looks(radar_of(at(drone + late, **exact)), 1, begin=1800.25)[0]
    assert wrong["time"][0] - right["time"][0] == pytest.approx(2.5 + 4 * 1800.25 / 3600, abs=1e-4)
    crooked = looks(radar_of(at(drone + fault + "'bias'\nrange_m = 40\nazimuth_deg = -2\n", **exact)), 1, begin=1800.25)[0]
    assert crooked["range_m"][0] - right["range_m"][0] == pytest.approx(40, abs=1e-3)
    assert crooked["azimuth_deg"][0] - right["azimuth_deg"][0] == pytest.approx(-2, abs=1e-3)


def test_a_full_extractor_passes_no_more_than_its_most_plots(at):
    head = HEAD + "most_plots = 32\n"
    counts = [len(p) for p in looks(radar_of(at("", head, clutter_per_scan=400.0)), 50)]
    assert set(counts) == {2}  # 32 a turn over 16 sectors


EAR_HEAD = (
    'version = 1\nname = "theory"\nsite = "site.toml"\n[[listener]]\nid = "{}"\nrange_m = 3000\nloss = 0.2\nelevation = true\n'
)
HOVER = '[[actor]]\nid = "a"\nkind = "{}"\nloop = true\nroute = [[{}, 0, {}]]\n'


def heard(exercise: Exercise, n: int, time_s: float = 1.0) -> list:
    finder, rng = DirectionFinder(World(exercise, 1), exercise.listener[0]), stream(0, "theory")
    return [finder.bearings(rng, START, time_s) for _ in range(n)]


@pytest.mark.parametrize("east", [500, 1500, 2000, 2600, 2900])
def test_bearings_come_as_often_and_as_exactly_as_documented(at, east):
    """(1 - loss)(1 - (d / range)^4), with the site file's sigmas in both angles."""
    exercise, n = at(HOVER.format("drone", east, 100), EAR_HEAD.format("rf")), 3000
    true = World(exercise, 1).truth(0.0)[0]
    azimuth, elevation, distance = pymap3d.geodetic2aer(
        true.lat_deg, true.lon_deg, true.alt_wgs84_m, EAR["lat_deg"], EAR["lon_deg"], EAR["alt_wgs84_m"]
    )
    rows = [p for p in heard(exercise, n) if len(p)]
    low, high = stats.binom.interval(level(15), n, 0.8 * (1 - (distance / 3000) ** 4))
    assert low <= len(rows) <= high
    low, high = stats.chi2.interval(level(15), len(rows))
    for name, truth, sigma in (("azimuth_deg", azimuth, 3.0), ("elevation_deg", elevation, 4.0)):
        z = (np.array([p[name][0] for p in rows]) - truth + 180) % 360 - 180
        assert low <= ((z / sigma) ** 2).sum() <= high, name
    assert {p["range_m"][0] for p in rows[:5]} <= {math.nan} or all(math.isnan(p["range_m"][0]) for p in rows)


@pytest.mark.parametrize(
    ("listener", "actor", "more", "seen"),
    [
        ("rf", HOVER.format("drone", 500, 60), "", True),
        ("rf", HOVER.format("drone", 500, 60), "emits = []", False),  # no emission at all: nothing to hear
        ("rf", HOVER.format("drone", 500, 60), "emits = ['sound']", False),
        ("acoustic", HOVER.format("drone", 500, 60), "emits = ['sound']", True),
        ("acoustic", HOVER.format("bird", 500, 60), "", False),
        ("sonar", HOVER.format("submersible", 500, -6), "", True),
        ("sonar", HOVER.format("drone", 500, 60), "", False),
        ("rf", HOVER.format("submersible", 500, -6), "emits = ['radio', 'water']", False),  # no radio from under water
        ("camera", HOVER.format("bird", 500, 60), "", True),
        ("camera", HOVER.format("bird", 500, 60), "[weather]\nlight = 'night'", False),
        ("rf", HOVER.format("drone", 500, 60), "[weather]\nlight = 'night'", True),
        ("camera", HOVER.format("submersible", 500, -6), "", False),
        ("rf", HOVER.format("drone", 3100, 60), "", False),  # out of range
    ],
)
def test_each_listener_notices_only_what_is_there_for_it(at, listener, actor, more, seen):
    exercise = at(actor + more + "\n", EAR_HEAD.format(listener))
    assert any(len(p) for p in heard(exercise, 100)) == seen


def test_faults_of_a_listener(at):
    drone, fault = HOVER.format("drone", 500, 60), "[[fault]]\nsensor = 'rf'\nfrom_s = 10\nuntil_s = 20\nkind = "
    head = EAR_HEAD.format("rf")
    down = at(drone + fault + "'outage'\n", head)
    assert not {int(f.time - START) for f in frames(down, 1, START, START + 30)} & set(range(10, 20))
    off = heard(at(drone + fault + "'bias'\nazimuth_deg = 25\n", head), 400, 15.0)
    on = heard(at(drone + fault + "'bias'\nazimuth_deg = 25\n", head), 400, 5.0)
    mean = [np.mean([p["azimuth_deg"][0] for p in rows if len(p)]) for rows in (off, on)]
    assert mean[0] - mean[1] == pytest.approx(25, abs=1e-6)  # the same draws
    late = heard(at(drone + fault + "'clock'\noffset_s = 7\n", head), 20, 15.0)
    assert {p["time"][0] for p in late if len(p)} == {START + 22.0}


def test_everything_at_once_gives_the_same_bytes_for_the_same_seed(at):
    text = (
        DRONE.format(east=1500, rcs=0.01) + HOVER.replace('"a"', '"b"').format("boat", 900, 1)
        + "[weather]\nrain_mm_h = 20\nsea_state = 4\n"
        + "[[inject]]\nid = 'call'\nat_s = 4\n[[fault]]\nsensor = 'radar-north'\nkind = 'jam'\ntimes = 6\ninject = 'call'\nfor_s = 5\n"
        + "[[fault]]\nsensor = 'rf'\nkind = 'clock'\noffset_s = 1\n"
    )  # fmt: skip
    exercise = at(text, HEAD + "[[listener]]\nid = 'rf'\n[[listener]]\nid = 'sonar'\n")
    once = list(frames(exercise, 5, START, START + 12))
    assert {f.channel for f in once} == {"radar-north", "rf", "sonar"}
    assert list(frames(exercise, 5, START, START + 12)) == once
    assert [f.payload for f in frames(exercise, 6, START, START + 12)] != [f.payload for f in once]


@pytest.mark.parametrize("when", ["by_hand", "first_alert"])
def test_a_fault_waits_for_its_inject_whoever_gives_it(at, when):
    fault = f"[[inject]]\nid = 'cut'\nwhen = '{when}'\n[[fault]]\nsensor = 'radar-north'\nkind = 'outage'\ninject = 'cut'\nfor_s = 5\n"
    exercise, injected = at(fault), {}
    played, seconds = frames(exercise, 1, START, START + 20, injected), set()
    for frame in played:
        seconds.add(int(frame.time - START))
        if frame.time > START + 6 and not injected:
            injected["cut"] = 8.0
    assert seconds - {8} == set(range(8)) | set(range(13, 20))


@pytest.mark.parametrize("sensor", ["radar-north", "rf", "sonar", "remote-id", "adsb"])
def test_a_sensor_that_is_down_to_the_end_or_hears_nothing_does_not_stop_the_others(at, sensor):
    head = HEAD + "[[radar]]\nid = 'radar-south'\n[[listener]]\nid = 'rf'\n[[listener]]\nid = 'sonar'\n"
    head += "[remote_id]\nid = 'remote-id'\n[adsb]\nid = 'adsb'\n"
    down = f"[[fault]]\nsensor = '{sensor}'\nkind = 'outage'\nfrom_s = 2\n"
    played = list(frames(at(DRONE.format(east=900, rcs=0.01) + down, head), 1, START, START + 5))
    assert max(f.time for f in played) > START + 4.9
    assert all(f.time < START + 2.2 for f in played if f.channel == sensor)
    assert all(f.payload for f in played)
