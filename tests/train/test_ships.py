"""AIS of an exercise's ships: decoded by pyais, an implementation that is not ours, and by the station's own feed."""

from __future__ import annotations

import math

import pyais
import pymap3d
import pytest

from picket.feed.format import Chunk, Decoded, Options
from picket.feed.recording import find_format
from picket.train import ExerciseError, World, frames
from picket.train.broadcast import renumbered_mmsi
from picket.train.exercise import MMSI_RESERVED
from picket.train.recording import record

START = 1_800_000_000.0
HEAD = 'version = 1\nname = "x"\nsite = "site.toml"\nrepeat_s = 400\n[ais]\nid = "ais"\nperiod_s = 5\nloss = 0\n'
SHIP = """
[[actor]]
id = "ferry"
kind = "ship"
speed_mps = 7
loop = true
route = [[-2000, -3000, 5], [500, -3000, 5], [500, -1500, 5], [-2000, -1500, 5]]
ais = { mmsi = 200000017, ship_type = 60 }
"""


@pytest.fixture
def at_sea(write, monkeypatch):
    """Loads at the demo's site with a receiver of AIS in it."""
    import msgspec

    from picket import site as sites

    load = sites.load

    def with_ais(path):
        site = load(path)
        return msgspec.structs.replace(site, sensor=(*site.sensor, sites.Sensor(id="ais", kind="ais")))

    monkeypatch.setattr(sites, "load", with_ais)
    return lambda text, head=HEAD: write(text, head)


def messages(played) -> list:
    lines = [line for f in played for line in f.payload.splitlines()]
    return list(pyais.stream.IterMessages(lines))


def test_another_decoder_reads_where_the_ship_is_and_what_it_is(at_sea):
    exercise = at_sea(SHIP)
    world, played = World(exercise, 1), list(frames(exercise, 1, START, START + 100))
    static = [m.decode() for m in messages(played) if m.decode().msg_type == 5]
    assert [(int(m.mmsi), m.ship_type) for m in static] == [(200000017, 60)]
    sent = [f for f in played if b",2," not in f.payload[:12]]
    assert len(sent) == 20  # each 5 s
    for frame in sent:
        message = pyais.decode(frame.payload.splitlines()[0]).asdict()
        (true,) = world.truth(frame.time - START)
        east, north, _ = pymap3d.geodetic2enu(message["lat"], message["lon"], 0, true.lat_deg, true.lon_deg, 0)
        assert math.hypot(east, north) < 5 * 2.5
        assert message["mmsi"] == 200000017
        assert message["speed"] * 1852 / 3600 == pytest.approx(math.hypot(*true.velocity_enu_mps[:2]), abs=0.06)
        assert message["second"] == math.floor(frame.time) % 60


def test_the_stations_own_feed_takes_every_sentence(at_sea):
    played = list(frames(at_sea(SHIP), 1, START, START + 60))
    decoder = find_format("ais").make(Options(sensor_id="ais", origin="exercise"))
    chunk = Chunk.of([f.payload for f in played], [f.time for f in played], list(range(len(played))), source="t", link="udp")
    decoded = Decoded.join([decoder.decode(chunk), decoder.finish()])
    rows = list(decoded.detections.rows())
    assert dict(decoded.left_out) == {"static_report": 1}
    assert {(r["identity"], r["origin"], r["classification"]) for r in rows} == {("200000017", "exercise", "passenger")}
    assert len(rows) == 12


def test_a_liar_claims_another_place_and_a_silent_boat_none(at_sea):
    lie = SHIP.replace("ship_type = 60", "claim_offset_m = [3000, 0, 0]")
    silent = SHIP.replace("ais = {", "# ais = {").replace('"ferry"', '"boat"')
    exercise = at_sea(lie + silent)
    played = list(frames(exercise, 1, START, START + 30))
    moved = []
    for frame in played:
        message = pyais.decode(frame.payload.splitlines()[0]) if b",2," not in frame.payload[:12] else None
        if message is None:
            continue
        true = next(t for t in World(exercise, 1).truth(frame.time - START) if t.actor == "ferry")
        moved.append(pymap3d.geodetic2enu(message.lat, message.lon, 0, true.lat_deg, true.lon_deg, 0)[0])
    assert len(moved) == 6
    assert moved == pytest.approx([3000] * 6, abs=15)


def test_the_same_seed_gives_the_same_sentences_and_an_outage_takes_them_away(at_sea):
    exercise = at_sea(SHIP)
    once = list(frames(exercise, 3, START, START + 60))
    assert list(frames(exercise, 3, START, START + 60)) == once
    assert [f.payload for f in frames(exercise, 4, START, START + 60)] != [f.payload for f in once]
    down = at_sea(SHIP + '[[fault]]\nsensor = "ais"\nkind = "outage"\nfrom_s = 20\nuntil_s = 40\n')
    assert {int((f.time - START) // 5) for f in frames(down, 3, START, START + 60)} == {0, 1, 2, 3, 8, 9, 10, 11}


def test_repetitions_are_other_ships_of_no_country():
    numbers = [renumbered_mmsi(200000017, r) for r in range(-1, 70000)]
    assert numbers[0] == numbers[1] == 200000017
    assert numbers[2] == 200000033
    assert {str(n)[:3] for n in numbers} == {"200"}
    assert all(n in MMSI_RESERVED for n in numbers)


def test_a_recording_holds_the_sentences(at_sea, tmp_path):
    record(at_sea(SHIP), 1, START, START + 30, tmp_path / "out")
    assert (tmp_path / "out" / "ais.nmea").read_bytes().count(b"!AIVDM") == 6 + 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SHIP.replace("200000017", "366123456"), "ais.mmsi: expected 200000000 to 200999999, which no ship has, got 366123456"),
        (SHIP.replace("= 60 }", "= 100 }"), "ais.ship_type: expected 0 to 99, got 100"),
        (SHIP.replace('"ship"', '"drone"'), "ais: only ship and boat have AIS, this is a drone"),
        (SHIP + "count = 2\n", "2 objects cannot share an MMSI"),
        (SHIP.replace("ship_type = 60", "claim_offset_m = [nan, 0, 0]"), "claim_offset_m: expected -200000 to 200000, got nan"),
        (SHIP + '[[fault]]\nsensor = "ais"\nkind = "clock"\noffset_s = 9\n', "has the sender's own time and place"),
    ],
)
def test_a_bad_ship_is_refused_with_the_place_and_the_reason(at_sea, text, message):
    with pytest.raises(ExerciseError) as caught:
        at_sea(text)
    assert message in str(caught.value)


def test_a_site_without_such_a_receiver_is_told(write):
    with pytest.raises(ExerciseError, match="the site has no ais sensor of this id"):
        write(SHIP, HEAD)


@pytest.mark.parametrize("head", [HEAD, HEAD.replace("[ais]", "[adsb]").replace('"ais"', '"adsb"')])
def test_a_receiver_that_never_hears_anything_does_not_stop_the_others(at_sea, head):
    drone = '[[actor]]\nid = "a"\nkind = "drone"\nloop = true\nroute = [[900, 900, 60]]\n'
    played = list(frames(at_sea(drone, head + '[[radar]]\nid = "radar-north"\n'), 1, START, START + 5))
    assert {f.channel for f in played} == {"radar-north"}
    assert all(f.payload for f in played)


def test_a_receiver_that_is_down_to_the_end_does_not_stop_the_others(at_sea):
    down = '[[fault]]\nsensor = "ais"\nkind = "outage"\nfrom_s = 6\n'
    played = list(frames(at_sea(SHIP + down, HEAD + '[[radar]]\nid = "radar-north"\n'), 1, START, START + 20))
    assert max(f.time for f in played if f.channel == "ais") < START + 10 < max(f.time for f in played)
