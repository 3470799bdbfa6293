"""`picket learn`: published reports -> claims. `picket learn IN...` is short for `picket learn read IN...`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, example, fail, progress

if TYPE_CHECKING:
    from picket.learn.claim import Claim
    from picket.learn.reading import Trouble
    from picket.learn.report import Report


class Reading(click.Group):
    """A group that reads reports when its first word is no subcommand; a file of that name is `./flows`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["read", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Reading, **example("picket learn reports/ -o claims.jsonl"))
def learn() -> None:
    """Read published reports (txt, HTML, PDF, RSS or Atom, a folder, - for standard input) into claims.

    A first word that is no command is a file or folder to read.
    """


@learn.command("read", **example("picket learn read article.html --published 2025-03-04 -o claims.jsonl"))
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Claims as JSON lines; without it they are shown."
)
@click.option(
    "--published",
    help="Date of publication (2025-03-04, 2025-03 or 2025) of all of IN, where they do not say it or say it wrongly.",
)
@click.option("--source", help="Who published IN, where they do not say it or say it wrongly.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the ledger as well: whose news each report is (as picket learn sources).",
)
@click.option(
    "--texts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for each report's text as read: the offsets of claims point into it.",
)
@JSON
def read(
    inputs: tuple[str, ...],
    out: Path | None,
    published: str | None,
    source: str | None,
    sources: Path | None,
    texts: Path | None,
    as_json: bool,
) -> None:
    """Read reports and write what they claim: who did or passed on what, with the sentence that says so and how certain it is."""
    from picket.learn import reading
    from picket.learn.claim import write_claims
    from picket.learn.extract import claims_of
    from picket.learn.reading import Given, read_reports
    from picket.learn.times import Published

    if published is not None and Published.parse(published) is None:
        raise click.BadParameter(
            f"expected a date such as 2025-03-04, 2025-03 or 2025, got {published!r}", param_hint="--published"
        )
    claims: list[Claim] = []
    troubles: list[Trouble] = []
    reports = 0
    whole: list[Report] = []
    with progress("reading") as on_progress:
        for found in read_reports(inputs, Given(source, published), on_progress=on_progress):
            if isinstance(found, reading.Trouble):
                troubles.append(found)
                continue
            reports += 1
            if sources is not None:
                whole.append(found)
            if texts is not None:
                texts.mkdir(parents=True, exist_ok=True)
                (texts / (found.doc.replace("/", "_").replace(":", "_") + ".txt")).write_text(found.text, "utf-8", newline="")
            if found.language in {None, "en"}:
                claims.extend(claims_of(found))
    try:
        if out is not None:
            write_claims(out, claims)
        if sources is not None:
            from picket.learn.sources import ledger, write_ledger

            write_ledger(sources, ledger(whole))
    except OSError as wrong:
        fail(f"{wrong.filename or out}: cannot be written ({wrong.strerror})", UNREADABLE)
    _say(claims, troubles, reports, out, as_json)
    unreadable = any(t.lost and t.reason in {"unreadable", "huge"} for t in troubles)
    sys.exit(NOTHING_USABLE if not reports and not unreadable else UNREADABLE if unreadable else 0)


def _say(claims: list[Claim], troubles: list[Trouble], reports: int, out: Path | None, as_json: bool) -> None:
    for trouble in troubles:
        click.echo(f"picket: {trouble.words}", err=True)
    if as_json:
        left_out = Counter(t.reason for t in troubles if t.lost)
        kinds = Counter(c.kind for c in claims)
        click.echo(
            json.dumps(
                {
                    "reports": reports,
                    "claims": len(claims),
                    "kinds": dict(sorted(kinds.items())),
                    "left_out": dict(sorted(left_out.items())),
                    "doubts": sum(not t.lost for t in troubles),
                }
            )
        )
        return
    if out is None:
        for claim in claims:
            click.echo(one_line(claim))
    click.echo(f"{reports} reports, {len(claims)} claims" + (f" -> {out}" if out is not None else ""), err=out is None)


def one_line(claim: Claim) -> str:
    """A claim for a person: kind, who, what, where, when, how certain, and the sentence."""
    who = (
        f"{claim.provider or '?'} -> {claim.recipient or '?'}"
        if claim.provider or claim.recipient
        else (claim.actor or "actor not stated")
    )
    parts = [
        who,
        f"against {claim.target}" if claim.target and claim.kind == "use_attack" else claim.target,
        claim.capability,
        claim.place or claim.country,
        claim.time,
    ]
    said = f", says {claim.attributed_to}" if claim.attributed_to else ""
    return f"{claim.doc} {claim.kind} ({claim.certainty}{said}): {'; '.join(p for p in parts if p)}\n    {claim.evidence}"
