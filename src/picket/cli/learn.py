"""`picket learn`: published reports -> claims. `picket learn IN...` is short for `picket learn read IN...`."""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, Group, check_out, count, example, fail, progress
from picket.cli.given import ENCODER, GAZETTEER, encoder_at, encoder_files, lay_over

if TYPE_CHECKING:
    from picket.learn.claim import Claim
    from picket.learn.model import Ask
    from picket.learn.reading import Trouble
    from picket.learn.report import Report


class Reading(Group):
    """A group that reads reports when its first word is no subcommand; a file of that name is `./flows`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            near = difflib.get_close_matches(args[0], self.commands, 1, 0.7)
            if near and not Path(args[0]).exists():
                ctx.fail(f"{args[0]!r} is no command, and no file or folder here. Did you mean {near[0]!r}?")
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
@click.option(
    "--model", help="Also ask this language model; its claims are kept where the report bears them out. Needs --endpoint."
)
@click.option("--endpoint", help="Address of the model's server (OpenAI chat protocol), such as http://127.0.0.1:8080/v1.")
@click.option("--key-env", help="Environment variable that holds the server's key.")
@click.option(
    "--guess/--no-guess",
    default=True,
    show_default=True,
    help="Read each sentence once more with the trained reader: it finds more, and what it finds is marked as guessed.",
)
@ENCODER
@GAZETTEER
@click.option("--answer-s", type=float, default=60.0, show_default=True, help="How long one answer of the model may take, s.")
@JSON
def read(
    inputs: tuple[str, ...],
    out: Path | None,
    published: str | None,
    source: str | None,
    sources: Path | None,
    texts: Path | None,
    model: str | None,
    endpoint: str | None,
    key_env: str | None,
    answer_s: float,
    guess: bool,
    encoder: Path | None,
    own_names: Path | None,
    as_json: bool,
) -> None:
    """Read reports and write what they claim: who did or passed on what, with the sentence that says so and how certain it is."""
    from picket.learn import reading
    from picket.learn.claim import write_claims
    from picket.learn.extract import claims_of
    from picket.learn.isotimes import Published
    from picket.learn.reading import Given, read_reports
    from picket.learn.trained import Trained

    if published is not None and Published.parse(published) is None:
        raise click.BadParameter(
            f"expected a date such as 2025-03-04, 2025-03 or 2025, got {published!r}", param_hint="--published"
        )
    if encoder is not None and not guess:
        raise click.UsageError("--encoder helps the trained reader, which --no-guess leaves out")
    for written in (out, sources):
        check_out(written, *inputs, own_names, *encoder_files(encoder))
    lay_over(own_names)
    by_model = _model(model, endpoint, key_env, answer_s)
    beside = encoder_at(encoder)
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
                (texts / _text_name(found.doc)).write_text(found.text, "utf-8", newline="")
            if found.language in {None, "en"}:
                read_so = claims_of(found, Trained(found, encoder=beside) if guess else None)
                claims.extend(by_model(found, read_so) if by_model else read_so)
    if not reports:  # what an earlier run wrote is worth more than an empty file
        for older in (path for path in (out, sources) if path is not None and path.exists()):
            click.echo(f"picket: {older}: left as it was, for no report was read", err=True)
        out = sources = None
    try:
        if out is not None:
            write_claims(out, claims)
        if sources is not None:
            from picket.learn.sources import ledger, write_ledger

            write_ledger(sources, ledger(whole))
    except OSError as wrong:
        fail(f"{wrong.filename or out}: cannot be written ({wrong.strerror})", WRONG_USE)
    _say(claims, troubles, reports, out, as_json, by_model)
    unreadable = bool(by_model and by_model.silent) or any(t.lost and t.reason in {"unreadable", "huge"} for t in troubles)
    sys.exit(NOTHING_USABLE if not reports and not unreadable else UNREADABLE if unreadable else 0)


def _text_name(doc: str) -> str:
    """The name of a report's text in --texts: no two reports have the same one."""
    return re.sub(r"[%/:\x00-\x1f]", lambda m: f"%{ord(m[0]):02X}", doc) + ".txt"


class _ByModel:
    """Asks the model about each report after the rules, and remembers what was refused and whether it fell silent."""

    def __init__(self, ask: Ask, name: str) -> None:
        self.name, self.ask = name, ask
        self.kept, self.refused, self.silent = 0, Counter[str](), False

    def __call__(self, report: Report, known: list[Claim]) -> list[Claim]:
        from picket.learn.model import read_by_model

        if self.silent:
            return known
        found = read_by_model(report, self.ask, self.name, known)
        self.kept += len(found.claims)
        self.refused += found.refused
        self.silent = found.silent
        return sorted([*known, *found.claims], key=lambda c: c.start)


def _model(model: str | None, endpoint: str | None, key_env: str | None, answer_s: float) -> _ByModel | None:
    """The asker that the options describe, or None without them."""
    from picket.learn.endpoint import EndpointError, connect

    if model is None and endpoint is None:
        return None
    if model is None or endpoint is None:
        raise click.UsageError("--model and --endpoint go together: which model, and at which address")
    if key_env is not None and not os.environ.get(key_env):
        raise click.BadParameter(f"the environment variable {key_env} is not set", param_hint="--key-env")
    key = os.environ[key_env] if key_env is not None else None
    try:
        ask = connect(
            endpoint, model, key=key, timeout_s=answer_s, on_trouble=lambda words: click.echo(f"picket: {words}", err=True)
        )
    except EndpointError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--endpoint") from None
    return _ByModel(ask, model)


def _say(
    claims: list[Claim], troubles: list[Trouble], reports: int, out: Path | None, as_json: bool, by_model: _ByModel | None
) -> None:
    if by_model and not as_json:
        from picket.learn.model import REASONS

        click.echo(f"{by_model.name}: {by_model.kept} claims more", err=True)
        for reason, n in sorted(by_model.refused.items()):
            click.echo(f"  {n} refused: {REASONS[reason]}", err=True)
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
                    **({"by_model": by_model.kept, "refused": dict(sorted(by_model.refused.items()))} if by_model else {}),
                }
            )
        )
        return
    if out is None:
        for claim in claims:
            click.echo(one_line(claim))
    click.echo(
        f"{count(reports, 'report')}, {count(len(claims), 'claim')}" + (f" -> {out}" if out is not None else ""), err=out is None
    )


def one_line(claim: Claim) -> str:
    """A claim for a person: kind, who, what, how many, where, when, how certain, whether it is a guess, and the sentence."""
    from picket.learn.claim import guessed
    from picket.learn.estimative import number_words

    who = (
        f"{claim.provider or '?'} -> {claim.recipient or '?'}"
        if claim.provider or claim.recipient
        else (claim.actor or "actor not stated")
    )
    parts = [
        who,
        f"against {claim.target}" if claim.target and claim.kind == "use_attack" else claim.target,
        claim.capability if not claim.quantity or claim.capability != claim.quantity.unit else None,  # "drones; 40 drones"
        number_words(claim.quantity) if claim.quantity else None,
        claim.place or claim.country,
        claim.time,
    ]
    guess = ", guessed" if guessed(claim.rule) else ""
    said = f", says {claim.attributed_to}" if claim.attributed_to else ""
    return f"{claim.doc} {claim.kind} ({claim.certainty}{guess}{said}): {'; '.join(p for p in parts if p)}\n    {claim.evidence}"
