"""Tactic, Incident -> Exercise -> Score -> Lesson. Today: the exercise and the simulator that sends its sensors' bytes."""

from __future__ import annotations

from picket.train.demo import demo_exercise, demo_files
from picket.train.exercise import Exercise, ExerciseError
from picket.train.wire import Frame, frames
from picket.train.world import Truth, World, truth

__all__ = ["Exercise", "ExerciseError", "Frame", "Truth", "World", "demo_exercise", "demo_files", "frames", "truth"]
