"""What `picket train sweep --grid` does: tells how many flights and how long, flies them, prints and writes the table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from picket.cli.common import check_out, mistakes, progress


def run_grid(
    find: Callable[[str], Any], exercise: str, name: str | None, axes: Any, seed: int, trials: int, need_s: float, most: int,
    table: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """axes: values to combine (train/sweep/grid.py); table: a CSV file to write."""
    import msgspec

    from picket.train import sweep as sweeps
    from picket.train.sweep.grid import flights, grid, lines, to_csv, variants

    with mistakes(table or exercise):
        found = find(exercise)
        here, actor = sweeps.only_sensing(found), sweeps.swept_actor(found, name)
        wanted = variants(here, actor, axes)
        n = flights(len(wanted), trials, most)
        if table is not None:
            check_out(table, exercise)
            table.touch()  # a file that cannot be written is told now, not after the last flight
        one_s = _one_flight_s(here, actor, wanted, seed)
        click.echo(
            f"{len(wanted)} combinations x 8 sectors x {trials} flights = {n} flights x {one_s:.2f} s = about {n * one_s:.0f} s. "
            "Ctrl-C stops after a whole combination.", err=True
        )  # fmt: skip
        with progress("sweep") as on_progress:
            tell = None if on_progress is None else lambda k: on_progress("flight", k, n)
            done = grid(here, actor, wanted, seed=seed, trials=trials, need_s=need_s, tell=tell)
        if table is not None:
            table.write_text(to_csv(done), "utf-8")
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(done)))
        return
    for line in lines(done):
        click.echo(line)
    if table is not None:
        click.echo(f"\nEach sector of each combination: {table}")


def _one_flight_s(exercise: Any, actor: Any, wanted: Any, seed: int) -> float:
    """Seconds of a flight on this machine: the mean of the first and last combinations, measured."""
    from picket.train.sweep.grid import grid_flight

    grid_flight(exercise, actor, wanted[0], seed)  # what is loaded once is not counted
    began = time.perf_counter()
    for variant in (wanted[0], wanted[-1]):
        grid_flight(exercise, actor, variant, seed)
    return (time.perf_counter() - began) / 2
