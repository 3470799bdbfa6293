"""Exercises: how many times real time a whole station runs from bytes, and a sweep's flights from detections; CPU time of one core."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from picket.station import practice
from picket.station import warm as kernels
from picket.train import Exercise, frames, library
from picket.train.officer import prompt
from picket.train.sweep import SECTORS, Trial, Variant, changed, only_sensing, swept_actor

EXERCISE = "swarm-at-night"


def warm() -> None:
    """Kernels are not what is measured."""
    kernels.load_kernels()


def fifty_objects() -> Exercise:
    """What the goal names: the library's swarm at night with 41 in the swarm, both radars on the air, and six sensors of its eight."""
    exercise = library.load(EXERCISE)
    actors = tuple(msgspec.structs.replace(a, count=41) if a.id == "swarm" else a for a in exercise.actor)
    finders = tuple(x for x in exercise.listener if x.id.startswith("df"))
    return msgspec.structs.replace(exercise, actor=actors, listener=finders, fault=())


def _ran(exercise: Exercise, quick: bool) -> dict[str, Any]:
    """The simulator's bytes through decoders, engine, alert book and log, with an officer."""
    seconds = 60.0 if quick else exercise.repeat_s
    with tempfile.TemporaryDirectory(prefix="picket-bench-") as folder:
        began, cpu = time.perf_counter(), time.process_time()
        practice.run(exercise, Path(folder) / "run", seconds=seconds, officer=prompt(8))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    return {
        "exercise": EXERCISE, "objects": sum(a.count for a in exercise.actor), "sensors": len(exercise.sensors), "seconds": seconds,
        "times_real_time_cpu": round(seconds / cpu, 1), "times_real_time_wall": round(seconds / wall, 1),
    }  # fmt: skip


def from_bytes(quick: bool) -> dict[str, Any]:
    """The goal's run, and of what it takes the simulator's part alone."""
    exercise = fifty_objects()
    found = _ran(exercise, quick)
    cpu = time.process_time()
    sent = sum(len(f.payload) for f in frames(exercise, 1, practice.START, practice.START + found["seconds"]))
    cpu = time.process_time() - cpu
    return {**found, "bytes": sent, "simulator_alone_times_real_time_cpu": round(found["seconds"] / cpu, 1)}


def of_the_library(quick: bool) -> dict[str, Any]:
    """The library's hardest exercise as it is."""
    return _ran(library.load(EXERCISE), quick)


def from_detections(quick: bool) -> dict[str, Any]:
    """Flights of a sweep from eight sectors: simulated seconds against CPU seconds."""
    exercise = only_sensing(library.load("first-look"))
    actor = swept_actor(exercise)
    simulated, cpu, flights = 0.0, time.process_time(), 0
    for i in range(1 if quick else 2):
        for sector in SECTORS:
            made = changed(exercise, actor, Variant(sector=sector, height_m=100.0), i)
            simulated += Trial(made, i).run().simulated_s
            flights += 1
    cpu = time.process_time() - cpu
    return {"exercise": "first-look", "sensors": len(exercise.sensors), "flights": flights, "simulated_s": simulated,
            "times_real_time_cpu": round(simulated / cpu, 1)}  # fmt: skip


ROWS = {
    "bytes": ("whole station from bytes, 50 objects, 6 sensors: >= 100 times real time on one core", from_bytes),
    "library": ("the library's hardest exercise as it is (none)", of_the_library),
    "sweep": ("sweep from detections: >= 500 times real time per core", from_detections),
}
