"""`picket learn serve`: the analyst's screens over reports, claims files, or the examples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, example, fail, progress
from picket.cli.given import ENCODER, GAZETTEER, SITE, encoder_at, lay_over, site_at

if TYPE_CHECKING:
    from picket.learn.claim import Claim
    from picket.learn.desk import Desk
    from picket.learn.report import Report
    from picket.learn.sources import Source
    from picket.learn.trained.encoder import Encoder
    from picket.site import Site


@click.command(**example("picket learn serve reports/ --desk desk"))
@click.argument("inputs", nargs=-1, metavar="[IN]...")
@click.option(
    "--desk", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("desk"), show_default=True,
    help="Folder for what is decided (decisions.jsonl); made when it is not there.",
)  # fmt: skip
@click.option("--published", help="Date of publication of all reports that do not say theirs (2025-03-04, 2025-03 or 2025).")
@click.option("--source", help="Who published all of IN, where they do not say it.")
@click.option(
    "--own-cards", type=click.Path(path_type=Path, file_okay=False), help="Folder of the site's own tactic cards (TOML)."
)
@ENCODER
@GAZETTEER
@SITE
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8788, show_default=True, help="Port of the screens; 0 takes any free one."
)
@JSON
def serve(inputs: tuple[str, ...], folder: Path, published: str | None, source: str | None, own_cards: Path | None,
          encoder: Path | None, own_names: Path | None, site_path: Path | None, port: int, as_json: bool) -> None:  # fmt: skip
    """Open the analyst's screens: inbox, flows, first seen, contradictions, sources, cards, map, brief.

    IN are reports or folders of them, and claims files (*.jsonl) from picket learn; without any, the examples that come with Picket.
    It listens on this machine only.
    """
    beside = folder / "gazetteer.toml"
    lay_over(own_names or (beside if beside.exists() else None))
    desk = _open(inputs, folder, source, published, own_cards, encoder_at(encoder))
    site = site_at(site_path)
    _run(desk, port, site, as_json)


def _open(inputs: Sequence[str], folder: Path, source: str | None, published: str | None, own_cards: Path | None,
          encoder: Encoder | None) -> Desk:  # fmt: skip
    from picket.learn.cards import CardError, read_cards, shipped_cards
    from picket.learn.claim import ClaimError
    from picket.learn.decisions import DecisionError
    from picket.learn.desk import Desk
    from picket.learn.sources import SourceError

    examples = not inputs
    if examples:
        import picket.learn

        at = Path(picket.learn.__file__).parent / "examples"
        inputs = [str(at / "claims.jsonl"), str(at / "reports")]
        click.echo("nothing was given: these are the examples that come with Picket", err=True)
    try:
        claims, reports, ledger = _read(inputs, source, published, encoder)
        cards = shipped_cards() | (read_cards(own_cards) if own_cards else {})
        if not claims and not reports:
            fail(f"{', '.join(inputs)}: no report and no claim in it", NOTHING_USABLE)
        return Desk(claims, reports, folder, ledger_lines=ledger, cards=cards, examples=examples)
    except (CardError, ClaimError, DecisionError, SourceError) as e:
        fail(str(e), UNREADABLE)
    except OSError as e:
        fail(f"{e.filename or folder}: {e.strerror or e}", UNREADABLE)
    raise AssertionError  # fail has ended the program


def _read(inputs: Sequence[str], source: str | None, published: str | None,
          encoder: Encoder | None) -> tuple[list[Claim], list[Report], list[Source]]:  # fmt: skip
    """Claims, reports and ledger. A report whose claims stand in a claims file is not read for claims again."""
    from picket.learn.claim import read_claims
    from picket.learn.extract import claims_of
    from picket.learn.isotimes import Published
    from picket.learn.reading import Given, Trouble, read_reports
    from picket.learn.sources import read_ledger
    from picket.learn.trained import Trained

    if published is not None and Published.parse(published) is None:
        fail(f"--published expected a date such as 2025-03-04, 2025-03 or 2025, got {published!r}", WRONG_USE)
    files = [Path(i) for i in inputs if i.endswith(".jsonl")]
    claims = [c for f in files for c in read_claims(f)]
    known = {c.doc for c in claims}
    reports: list[Report] = []
    with progress("reading") as on_progress:
        for found in read_reports(
            [i for i in inputs if not i.endswith(".jsonl")], Given(source, published), on_progress=on_progress
        ):
            if isinstance(found, Trouble):
                click.echo(f"picket: {found.words}", err=True)
                continue
            reports.append(found)
            if found.doc not in known and found.language in {None, "en"}:
                claims.extend(claims_of(found, Trained(found, encoder=encoder)))
    beside = files[0].parent / "sources.jsonl" if files else None
    ledger = read_ledger(beside) if beside is not None and beside.exists() and {r.doc for r in reports} <= known else []
    return claims, reports, ledger


def _run(desk: Desk, port: int, site: Site | None, as_json: bool) -> None:
    import asyncio

    from picket.station.learn_station import LearnStation

    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url, "claims": len(desk.claims), "reports": len(desk.reports)}))
        else:
            click.echo(f"\n{len(desk.claims)} claims of {len(desk.reports)} reports. Decisions go to {desk.path}.")
            click.echo(f"Open this address once, it signs you in:\n\n    {url}\n\nCtrl-C ends it.")

    async def run() -> None:
        station = LearnStation(desk, port, site)
        station.open()
        await station.run(ready)

    try:
        asyncio.run(run())
    except ValueError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{e.filename or 'the system'}: {e.strerror or e}", WRONG_USE)
    except KeyboardInterrupt:
        pass
