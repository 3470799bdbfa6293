"""What `picket spectrum` says of a table of hackrf_sweep or rtl_power: occupancy and floor, and that it is no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


def is_table(name: str) -> bool:
    """Whether a file is such a table, by its first line."""
    from picket.spectrum.sweeps import looks_like

    path = Path(name)
    if name == "-" or path.suffix == ".sigmf-meta" or not path.is_file():
        return False
    with path.open("rb") as f:
        return looks_like(f.read(4096))


def show(name: str, as_json: bool, asked: dict[str, Any]) -> None:
    """Reads the table and prints it. asked: options that need samples; raises SpectrumError where one was given."""
    from picket.spectrum.sigmf import SpectrumError
    from picket.spectrum.sweeps import read, summary

    given = [option for option, value in asked.items() if value]
    if given:
        raise SpectrumError(f"{name}: a table of sweeps holds no samples; it cannot be used with {', '.join(given)}", 2)
    found = summary(read(Path(name)))
    if as_json:
        click.echo(json.dumps(found, allow_nan=False))
        return
    when = [datetime.fromtimestamp(found[k], UTC).strftime("%Y-%m-%d %H:%M:%S") for k in ("first", "last")]
    click.echo(
        f"{found['sweeps']} sweeps of {found['low_hz'] / 1e6:g} to {found['high_hz'] / 1e6:g} MHz in bins of "
        f"{found['bin_hz'] / 1e3:g} kHz, "
        f"{when[0]} to {when[1]}: floor {found['floor_db']:g} dB, {found['occupied']:.1%} of bins and sweeps occupied"
    )
    for b in found["busiest"]:
        click.echo(f"  {b['hz'] / 1e6:10.3f} MHz occupied in {b['occupied']:.0%} of the sweeps")
    for h in found["hours"]:
        begin = datetime.fromtimestamp(h["hour"], UTC).strftime("%Y-%m-%d %H:%M")
        click.echo(f"  hour from {begin}: {h['sweeps']} sweeps, {h['occupied']:.1%} occupied")
    for reason, n in found["left_out"].items():
        click.echo(f"  {n} {reason.replace('_', ' ')}")
    click.echo(f"  {found['says']}")
