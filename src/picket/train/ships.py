"""What ships say of themselves, as an AIS receiver on shore hears it: !AIVDM sentences, position (type 1) and ship type (type 5).

Each ship sends its position once in `period_s`, at a moment of its own, and its ship type when it is first heard and each 6 minutes
(ITU-R M.1371-5, annex 1, table 1: static data). Places carry the error of the ship's GNSS, and a liar's its offset; the
accuracy flag is not set, so that nothing claims more than was simulated. Left out: the intervals that follow speed and turns (2 to
10 s; give `period_s`), collisions of time slots, the radio horizon (give `range_m`).

The standard has no flag for a simulation: the identity says it. MMSIs begin with 200, which is no country's: maritime identification
digits run from 201 to 775 (ITU Radio Regulations, appendix 43).
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.feed.marine.ais import encode_ais_position, encode_ais_static
from picket.train.broadcast import renumbered_mmsi, reports
from picket.train.exercise import Receiver
from picket.train.streams import stream
from picket.train.world import World

_STATIC_S = 360.0


def ais_frames(world: World, receiver: Receiver, start: float) -> Iterator[tuple[float, bytes]]:
    """(UNIX time, sentences of one message or nothing), endless and in order, of an exercise that began at UNIX time `start`."""
    rng = stream(world.seed, "ais", receiver.id)
    senders = [a for a in world.exercise.actor if a.ais is not None]
    next_static: dict[int, float] = {}
    turn, sequence = 0, 0
    while True:
        begin = turn * receiver.period_s
        turn += 1
        yield start + begin, b""  # also when no ship is heard
        if world.conditions.out(receiver.id, begin):
            continue
        heard: list[tuple[float, bytes]] = []
        for report in reports(world, receiver, rng, senders, begin):
            ais = report.thing.actor.ais
            if ais is None or rng.random() < receiver.loss:
                continue
            mmsi, time = renumbered_mmsi(ais.mmsi, report.thing.repetition), start + report.time_s
            if report.time_s >= next_static.get(mmsi, 0.0):
                next_static[mmsi] = report.time_s + _STATIC_S
                sequence = (sequence + 1) % 10
                heard.append((time, encode_ais_static(mmsi=mmsi, ship_type=ais.ship_type, sequence=sequence)))
            heard.append((time, encode_ais_position(
                mmsi=mmsi, time=time, lat_deg=report.lat_deg, lon_deg=report.lon_deg, speed_mps=report.speed_mps,
                course_deg=report.course_deg, accurate=False,
            )))  # fmt: skip
        yield from sorted(heard, key=lambda h: h[0])
