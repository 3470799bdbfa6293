"""`picket train from-tactic` and `from-incident`: exercises drafted from a tactic card and from what was recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, example, mistakes
from picket.cli.given import no_card

_OUT = click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="New folder for the draft."
)


OWN_CARDS = click.option("--own-cards", type=click.Path(path_type=Path, file_okay=False),
                         help="Folder of the site's own tactic cards (TOML).")  # fmt: skip


@click.command("from-tactic", **example("picket train from-tactic no-emission --site site.toml -o drafts/no-emission"))
@click.argument("card")
@click.option("--site", "site_path", type=click.Path(path_type=Path), help="Site file; by default the demo's invented harbour.")
@OWN_CARDS
@click.option("--seed", default=1, show_default=True, help="Draws the side that it comes from.")
@_OUT
@JSON
def from_tactic(card: str, site_path: Path | None, own_cards: Path | None, seed: int, out: Path, as_json: bool) -> None:
    """Draft an exercise of a tactic card at a site: a file to read and change, that loads and runs as it is."""
    from picket import site as sites
    from picket.train import draft
    from picket.train.demo import DEMO

    with mistakes(out):
        made = draft.from_tactic(card_called(card, own_cards), sites.load(site_path or DEMO / "site.toml"), out, seed=seed)
        if as_json:
            click.echo(json.dumps(_drafted(out, made, [])))
            return
        click.echo(
            f"{out / 'exercise.toml'}: {made.name}, {made.repeat_s:.0f} s, {len(made.expect)} expectations. Read it, change it, then:"
        )
        click.echo(f"    picket train run {out}")


def _drafted(out: Path, made: Any, left_out: Sequence[str]) -> dict[str, Any]:
    """A drafted exercise, for machines."""
    return {"exercise": str(out / "exercise.toml"), "name": made.name, "seconds": made.repeat_s, "actors": len(made.actor),
            "expectations": len(made.expect), "left_out": list(left_out)}  # fmt: skip


def card_called(name: str, own: Path | None) -> Any:
    """The tactic card of that name, shipped or the site's own; ends the command where there is none."""
    from picket.learn.cards import read_cards, shipped_cards

    cards = shipped_cards() | (read_cards(own) if own else {})
    if name not in cards:
        no_card(name, cards)
    return cards[name]


@click.command("from-incident", **example("picket train from-incident 3 --archive archive --site site.toml -o drafts/monday"))
@click.argument("incident")
@click.option("--archive", "archive", type=click.Path(path_type=Path, file_okay=False), default=Path("archive"), show_default=True,
              help="Folder of the log, for an incident that is given by its number; it is only read.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="Seed that the station ran with.")
@click.option(
    "--site", "site_path", type=click.Path(path_type=Path), required=True, help="The site file that it was recorded with."
)
@_OUT
@JSON
def from_incident(incident: str, archive: Path, seed: int, site_path: Path, out: Path, as_json: bool) -> None:
    """Draft an exercise of an incident, simulated: by its number in an archive, or a folder that `picket incident export` wrote.

    By its number: the flights that were joined to it and those that its alerts name; its notes become injects to be given by hand.
    """
    from picket import site as sites
    from picket.station.incident_draft import draft_case
    from picket.train import draft

    with mistakes(out):
        if incident.isdecimal() and not Path(incident).is_dir():
            made, left_out = draft_case(archive, int(incident[:9]), sites.load(site_path), out, seed=seed)
        else:
            made, left_out = draft.from_incident(Path(incident), sites.load(site_path), out)
        if as_json:
            click.echo(json.dumps(_drafted(out, made, left_out)))
            return
        click.echo(
            f"{out / 'exercise.toml'}: {made.name}, {len(made.actor)} actors, {made.repeat_s:.0f} s, {len(made.expect)} expectations"
        )
        for words in left_out:
            click.echo(f"left out: {words}", err=True)
