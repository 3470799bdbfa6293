"""Everything that an exercise's sensors send, in the order of time: a pure function of exercise, seed and start."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from picket.train.broadcast import adsb_frames, remote_id_frames
from picket.train.exercise import Exercise
from picket.train.listener import DirectionFinder
from picket.train.radar import TurningRadar
from picket.train.ships import ais_frames
from picket.train.world import World


class Frame(NamedTuple):
    """One payload: when it leaves (UNIX seconds UTC), on which channel (the sensor's id), and its bytes."""

    time: float
    channel: str
    payload: bytes


def frames(
    exercise: Exercise, seed: int, start: float, until: float = float("inf"), injected: Mapping[str, float] | None = None,
    world: World | None = None,
) -> Iterator[Frame]:  # fmt: skip
    """Frames from UNIX time `start`, when the exercise begins, up to and without `until`; without one, endless.

    injected: see `World`; what is added to it while frames are taken has its effect from then on. world: that of the exercise and
    seed, where there is one already. The same arguments give the same bytes (on one machine with one NumPy).
    """
    world = World(exercise, seed, injected) if world is None else world.with_injects({} if injected is None else injected)
    streams = [_channel(radar.id, TurningRadar(world, radar).frames(start)) for radar in exercise.radar]
    streams += [_channel(x.id, DirectionFinder(world, x).frames(start)) for x in exercise.listener]
    if exercise.remote_id is not None:
        streams.append(_channel(exercise.remote_id.id, remote_id_frames(world, exercise.remote_id, start)))
    if exercise.adsb is not None:
        streams.append(_channel(exercise.adsb.id, adsb_frames(world, exercise.adsb, start)))
    if exercise.ais is not None:
        streams.append(_channel(exercise.ais.id, ais_frames(world, exercise.ais, start)))
    for frame in heapq.merge(*streams, key=lambda f: f.time):  # equal times: in the order of `streams`
        if frame.time >= until:
            return
        if frame.payload:  # an empty one only says that a sensor without a word has come so far
            yield frame


def _channel(name: str, payloads: Iterator[tuple[float, bytes]]) -> Iterator[Frame]:
    return (Frame(time, name, payload) for time, payload in payloads)
