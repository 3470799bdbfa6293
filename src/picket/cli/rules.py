"""`picket rules`: the alert rules in words, and what one would have told over a recorded period."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, Group, example, fail, mistakes, period, progress, utc


@click.group(cls=Group, invoke_without_command=True, **example("picket rules --site site.toml"))
@click.option("--site", "site_path", type=click.Path(path_type=Path), help="The site file.")
@JSON
@click.pass_context
def rules(ctx: click.Context, site_path: Path | None, as_json: bool) -> None:
    """List the alert rules of a site and say in words what each does; or try one on a recorded period."""
    if ctx.invoked_subcommand is not None:
        return
    if site_path is None:
        fail("expected --site FILE, the site file whose rules are listed", WRONG_USE)
        return
    from picket.site import load
    from picket.watch.explain import notes
    from picket.watch.explain import rules as explained

    with mistakes(site_path):
        site = load(site_path)
    found = explained(site)
    if as_json:
        click.echo(json.dumps({"rules": found, "notes": notes(site)}))
        return
    for row in found:
        click.echo(f"{row['id']}{'' if row['id'] == row['rule'] else ' (' + row['rule'] + ')'}: {row['words']}")
        for sentence in row["checklist"] if row["on"] else ():
            click.echo(f"    - {sentence}")
        for call in row["calls"]:
            click.echo(f"    - call {call['name']}: {call['how']}")
    if any("{" in sentence for row in found if row["on"] for sentence in row["checklist"]):
        click.echo("Words in braces, as {look}, are filled in from the alert when it is shown.")
    for note in notes(site):
        click.echo(f"picket: {note}", err=True)


@rules.command(
    "try", **example("picket rules try --site site.toml --rule loiter --since 2026-11-21T00:00 --until 2026-11-28T00:00")
)
@period
@click.option("--rule", help="Id of a rule of the site file, on or off, or a type of rule; by default all that are on.")
@JSON
def try_rules(folder: Path, site_path: Path, since: float, until: float, seed: int, rule: str | None, as_json: bool) -> None:
    """Say how often a rule would have fired over a recorded period, and when. The archive is only read."""
    from picket.site import load
    from picket.station import trial

    with mistakes(folder), progress("trying") as on_progress:
        site = load(site_path)
        found = trial.run(
            folder, site, since, until, rule=rule, seed=seed,
            on_record=None if on_progress is None else lambda r: on_progress("record", r.seq, None),
        )  # fmt: skip
    if as_json:
        fired = [dataclasses.asdict(f) for f in found.fired]
        click.echo(json.dumps({"since": since, "until": until, "rule": rule, "count": len(fired), "per_hour": found.per_hour,
                               "by_rule": found.by_rule(), "records": found.records, "fired": fired, "damage": found.damage}))  # fmt: skip
    else:
        click.echo(trial.words(site, found, rule))
        for f in found.fired:
            click.echo(f"{utc(f.time)} {_lasted(f)} {f.severity}: {f.text}")
    if found.damage:
        click.echo(f"picket: the log is damaged at {found.damage}", err=True)
    sys.exit(UNREADABLE if found.damage else 0 if found.records else NOTHING_USABLE)


def _lasted(firing: Any) -> str:
    return "to the end" if firing.until is None else f"for {firing.until - firing.time:.0f} s"
