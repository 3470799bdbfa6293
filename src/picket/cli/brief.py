"""`picket learn cards`, `questions`, `brief` and `sources`: what a watch takes from the picture, and whose news it rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, check_out, count, example, fail, mistakes
from picket.cli.given import FILE, SINCE, SITE, Given, card_named, claims_options, site_at

if TYPE_CHECKING:
    pass


@click.command(**example("picket learn cards fibre-optic-fpv --site site.toml"))
@click.argument("card", required=False)
@SITE
@claims_options
@JSON
def cards(card: str | None, site_path: Path | None, given: Given,
          as_json: bool) -> None:  # fmt: skip
    """The tactic cards, or one of them; with --site, which of its sensors would see it."""
    import msgspec

    from picket.learn.cards import CardError
    from picket.learn.cards.coverage import coverage

    site = site_at(site_path)
    if card is None:
        try:
            all_cards = given.cards()
        except CardError as e:
            fail(str(e), UNREADABLE)
        rows = [{"id": c.id, "title": c.title, "domain": c.domain, "summary": c.summary} | (
            {"site": coverage(c, site).words()} if site else {}) for c in all_cards.values()]  # fmt: skip
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
        else:
            for r in rows:
                click.echo(f"{r['id']:22} {r['title']}" + (f"  -- {r['site']}" if site else ""))
        return
    picture = given.picture()
    c = picture.cards[card_named(picture, card)]
    linked = [i for i, e in enumerate(picture.entries) if c.id in e.cards]
    seen = coverage(c, site) if site else None
    if as_json:
        click.echo(json.dumps({"card": msgspec.to_builtins(c), "claims": [msgspec.to_builtins(picture.entries[i].claim) for i in linked],
                               "site": {"answer": seen.answer, "words": seen.words(), "sensors": [s._asdict() for s in seen.sights]}
                               if seen else None}, ensure_ascii=False))  # fmt: skip
        return
    click.echo(f"{c.title}\n{c.summary}\n\nHow it looks")
    for sense, look in c.looks.items():
        click.echo(f"    {sense.replace('_', ' '):10} {look.seen:7} {look.text}")
    click.echo("\nWhat a watch does")
    for what in ("report", "shelter", "look", "call"):
        click.echo(f"    {what:10} {getattr(c.watch, what)}")
    click.echo("\nWhere it was seen")
    for o in c.occurrence:
        click.echo(f"    {o.date}  {o.country}  {o.what} [{o.certainty}; {o.source}, {o.published}]")
    click.echo(f"\n{len(linked)} claims in this picture are of it")
    if seen is not None:
        click.echo(f"\nThis site: {seen.words()}")
        for s in seen.sights:
            click.echo(f"    {s.sensor_id} ({s.kind}): {s.seen}. {s.why}")


@click.command(**example("picket learn questions --site site.toml"))
@SITE
@claims_options
@JSON
def questions(site_path: Path | None, given: Given, as_json: bool) -> None:
    """What warnings about others' gaps ask of this site: covered by ..., not covered, not known."""
    from picket.learn.gaps import questions as ask

    picture = given.picture()
    rows = [{"warning": picture.entries[q.entry].claim.evidence, "doc": picture.entries[q.entry].claim.doc, "card": q.card,
             "question": q.question, "answer": q.answer, "words": q.words} for q in ask(picture, site_at(site_path))]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    last = None
    for r in rows:
        if r["warning"] != last:
            click.echo(f"{r['doc']}: {r['warning']}")
            last = r["warning"]
        click.echo(f"    {r['question']}\n        {r['words']}")
    click.echo(f"{len(rows)} questions")


@click.command(**example("picket learn brief -o brief.pdf --since 2025-06-01"))
@click.option("-o", "--out", type=FILE, required=True, help="The file to write: .html, or .pdf to print.")
@SINCE
@click.option("--title", default="Who learns what from whom", show_default=True, help="The brief's heading.")
@SITE
@claims_options
@JSON
def brief(out: Path, since: int | None, title: str, site_path: Path | None, given: Given, as_json: bool) -> None:  # fmt: skip
    """Write a brief in which every sentence leads to its evidence. With --site it names this site's gaps."""
    from picket import paper
    from picket.learn.brief import document
    from picket.learn.gaps import questions as ask

    if out.suffix.lower() not in (".html", ".pdf"):
        fail(f"{out}: expected a name that ends in .html or .pdf, got {out.suffix or 'none'}", WRONG_USE)
    given.check_out(out)
    with mistakes(out):
        paper.check(out)
    picture = given.picture()
    site = site_at(site_path)
    made = document(picture, title=title, since=since, questions=ask(picture, site) if site else ())
    try:
        paper.write(made, out)
    except OSError as e:
        fail(f"{out}: cannot be written ({e.strerror})", WRONG_USE)
    click.echo(f"wrote {out}", err=True)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "out": str(out),
                    "claims": len(picture.entries),
                    "flows": len(picture.flows),
                    "incidents": len(picture.incidents),
                }
            )
        )


@click.command(**example("picket learn sources reports/ -o sources.jsonl"))
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("-o", "--out", type=FILE, help="The ledger, as JSON lines; without it, it is shown.")
@JSON
def sources(inputs: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Whose news each report is: its publisher, the origin that it names, and the report that it copies."""
    from picket.learn.reading import Trouble, read_reports
    from picket.learn.sources import ledger, write_ledger

    check_out(out, *inputs)
    found = list(read_reports(inputs))
    troubles = [f for f in found if isinstance(f, Trouble)]
    lines = ledger(f for f in found if not isinstance(f, Trouble))
    for t in troubles:
        click.echo(f"picket: {t.words}", err=True)
    if not lines:
        fail("no report could be read", UNREADABLE if any(t.reason == "unreadable" for t in troubles) else NOTHING_USABLE)
    if out is not None:
        try:
            write_ledger(out, lines)
        except OSError as e:
            fail(f"{out}: cannot be written ({e.strerror})", WRONG_USE)
    if as_json:
        click.echo(json.dumps({"reports": len(lines), "origins": len({s.origin for s in lines}), "left_out": sum(t.lost for t in troubles),
                               "copies": sum(s.copy_of is not None for s in lines)}))  # fmt: skip
    elif out is not None:
        click.echo(f"{count(len(lines), 'report')} -> {out}")
    else:
        for s in lines:
            copy = f"; {s.shared:.0%} as in {s.copy_of}" if s.copy_of and s.shared else ""
            click.echo(f"{s.doc}: {s.publisher or 'publisher not stated'}, news of {s.origin}{copy}")


COMMANDS: tuple[click.Command, ...] = (cards, questions, brief, sources)
