"""`picket learn flows`, `path`, `first-seen` and the rest: questions to the picture that the claims make.

All take claims files; without one they read `claims.jsonl` here, else the examples that come with Picket, and say which. A ledger
(`sources.jsonl`) and decisions (`decisions.jsonl`) beside the first claims file are read as well.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, WRONG_USE, example, fail

if TYPE_CHECKING:
    from picket.learn.first_seen import First
    from picket.learn.picture import Picture
    from picket.site import Site

_FILE = click.Path(path_type=Path, dir_okay=False)
SITE = click.option(
    "--site", "site_path", type=_FILE, help="A site file: answer for this site. Its gaps are its own; nothing is stored."
)
OUT = click.option("-o", "--out", type=_FILE, help="Write to this file instead of the screen.")


def _claims(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which claims make the picture."""
    for option in (
        click.option(
            "--decisions",
            type=_FILE,
            help="What people decided (merges, grades, rejects); by default decisions.jsonl beside the claims.",
        ),
        click.option(
            "--sources",
            type=_FILE,
            help="Ledger of the reports (picket learn sources); by default sources.jsonl beside the claims.",
        ),
        click.option("--claims", "claims", type=_FILE, multiple=True, help="A claims file; may be given several times."),
    ):
        command = option(command)
    return command


def load_picture(claims: tuple[Path, ...], sources: Path | None, decisions: Path | None) -> Picture:
    """The picture of these files. Ends with a message when one cannot be read or none holds a claim."""
    from picket.learn.claim import ClaimError, read_claims
    from picket.learn.decisions import DecisionError, read_decisions
    from picket.learn.picture import build
    from picket.learn.sources import SourceError, read_ledger

    files = claims or _default_claims()
    beside = files[0].parent
    sources = sources or _if_there(beside / "sources.jsonl")
    decisions = decisions or _if_there(beside / "decisions.jsonl")
    try:
        found = [c for f in files for c in read_claims(f)]
        ledger = read_ledger(sources) if sources else []
        decided = read_decisions(decisions) if decisions else []
    except OSError as e:
        fail(f"{e.filename}: {e.strerror}; expected a claims file (picket learn IN... -o claims.jsonl)", UNREADABLE)
    except (ClaimError, DecisionError, SourceError) as e:
        fail(str(e), UNREADABLE)
    if not found:
        fail(f"{', '.join(map(str, files))}: no claim in it", NOTHING_USABLE)
    return build(found, ledger=ledger, decisions=decided)


def _default_claims() -> tuple[Path, ...]:
    here = Path("claims.jsonl")
    if here.exists():
        return (here,)
    import picket.learn

    click.echo("no claims.jsonl here: these are the examples that come with Picket", err=True)
    return (Path(picket.learn.__file__).parent / "examples" / "claims.jsonl",)


def _if_there(path: Path) -> Path | None:
    return path if path.exists() else None


def _day(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    from picket.learn import when

    if value is None:
        return None
    span = when.parse(value)
    if span is None or span.first is None:
        raise click.BadParameter(f"expected a date, month or year (2025-06-01), got {value!r}")
    return span.first


SINCE = click.option("--since", callback=_day, metavar="DATE", help="A date, month or year, of publication.")


def _actor(picture: Picture, words: str) -> str:
    """The one actor that the words mean; ends with the choices when there are none or several."""
    import difflib

    from picket.learn.paths import named

    ids = named(picture, words)
    if len(ids) == 1:
        return ids[0]
    if ids:
        names = "; ".join(picture.name(i) for i in ids[:8])
        fail(f"{words!r} can mean {len(ids)} actors: {names}; write one of them in full", WRONG_USE)
    near = difflib.get_close_matches(words.lower(), list(picture.names), 3, 0.5)
    fail(f"no actor is called {words!r}" + (f"; near to it: {', '.join(near)}" if near else ""), WRONG_USE)
    raise AssertionError  # fail has ended the program


def _card(picture: Picture, words: str) -> str:
    """The card that the words mean: its id, or what its own words match."""
    from picket.learn.cards import Linker
    from picket.learn.claim import Claim

    if words in picture.cards:
        return words
    found = Linker(picture.cards.values()).link(
        Claim(doc="", kind="sighting", capability=f"{words} drone", evidence="", start=0, end=0)
    )
    if not found:
        fail(f"no card fits {words!r}; the cards are {', '.join(picture.cards)}", WRONG_USE)
    return found[-1] if found[0] in {picture.cards[f].broader for f in found} else found[0]


def _site(path: Path | None) -> Site | None:
    from picket.site import SiteError, load

    if path is None:
        return None
    try:
        return load(path)
    except SiteError as e:
        fail(str(e), WRONG_USE)
        raise AssertionError from None  # fail has ended the program


def _give(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        out.write_text(text, "utf-8", newline="")
    except OSError as e:
        fail(f"{out}: {e.strerror}", UNREADABLE)
    click.echo(f"wrote {out}", err=True)


# -- flows and paths -------------------------------------------------------------------------------------------------------------
@click.command(**example("picket learn flows claims.jsonl --actor Ukraine"))
@click.argument("files", nargs=-1, type=_FILE, metavar="[CLAIMS]...")
@click.option("--actor", help="Only flows from or to this actor and whoever belongs to it.")
@click.option("--kind", help="Only this kind: training, advising, supply, recruitment, deployment, uptake, ...")
@click.option("--denied", is_flag=True, help="Only flows that somebody denies, with what is said against them.")
@OUT
@_claims
@JSON
def flows(files: tuple[Path, ...], actor: str | None, kind: str | None, denied: bool, out: Path | None, claims: tuple[Path, ...],
          sources: Path | None, decisions: Path | None, as_json: bool) -> None:  # fmt: skip
    """Who passes what to whom: one line a flow. With -o: .csv, .geojson, .stix.json or .jsonl by suffix."""
    from picket.learn.exports import flow_rows, flows_csv, geojson
    from picket.learn.stix import stix_json

    picture = load_picture(files + claims, sources, decisions)
    if out is not None and not out.name.endswith(".jsonl"):
        writers = {".csv": flows_csv, ".geojson": geojson, ".json": stix_json}
        if actor or kind or denied:
            fail("--actor, --kind and --denied choose what is shown; a file always holds the whole picture", WRONG_USE)
        if out.suffix not in writers:
            fail(f"{out}: expected a name that ends in .csv, .geojson, .stix.json or .jsonl", WRONG_USE)
        _give(writers[out.suffix](picture), out)
        return
    only = picture.under(_actor(picture, actor)) if actor else None
    rows = [
        r
        for f, r in zip(picture.flows.values(), flow_rows(picture), strict=True)
        if (only is None or f.key.provider in only or f.key.recipient in only)
        and (kind is None or f.key.kind == kind)
        and (not denied or f.against)
    ]
    if as_json or out is not None:
        _give("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows) or "\n", out)
        return
    for r in rows:
        click.echo(f"{r['kind']:12} {r['provider']} -> {r['recipient']}  [{r['certainty']}, information {r['information']}]")
        click.echo(f"    {r['sentence']}")
    click.echo(f"{len(rows)} flows from {len(picture.entries)} claims")


@click.command(**example("picket learn path Ukraine 'Sinaloa Cartel'"))
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--card", help="Only transfers of this capability, or of none in particular.")
@click.option("--most", default=5, show_default=True, type=click.IntRange(1, 50), help="How many paths.")
@_claims
@JSON
def path(source: str, target: str, card: str | None, most: int, claims: tuple[Path, ...], sources: Path | None,
         decisions: Path | None, as_json: bool) -> None:  # fmt: skip
    """How could this have reached that actor? Chains of transfers whose times allow it, the strongest first."""
    from picket.learn.paths import describe, find_paths
    from picket.learn.wording import flow_line

    picture = load_picture(claims, sources, decisions)
    start, end = _actor(picture, source), _actor(picture, target)
    found = find_paths(picture, start, end, card=_card(picture, card) if card else None, most=most)
    if as_json:
        click.echo(json.dumps([
            {"weakest": p.weakest, "hops": [
                {"from": picture.name(h.provider), "to": picture.name(h.recipient), "kind": h.flow.kind if h.flow else "part of",
                 "order": h.order,
                 "certainty": picture.flows[h.flow].certainty if h.flow else None,
                 "information": picture.flows[h.flow].credibility.figure if h.flow else None,
                 "sentence": flow_line(picture, picture.flows[h.flow]).text if h.flow else None} for h in p.hops]}
            for p in found], ensure_ascii=False))  # fmt: skip
        return
    for n, p in enumerate(found, 1):
        click.echo(f"path {n}: {len(p.hops)} {'hop' if len(p.hops) == 1 else 'hops'}")
        for line in describe(picture, p):
            click.echo(f"    {line}")
    if not found:
        click.echo(f"no path from {picture.name(start)} to {picture.name(end)} that the times allow")
    else:
        click.echo("A path is worked out from claims; nobody may have said it.")


# -- first seen, reach, incidents, changes -----------------------------------------------------------------------------------------
def _first_row(picture: Picture, f: First, name: str) -> dict[str, Any]:
    from picket.learn import when
    from picket.learn.first_seen import lag_words

    c = picture.entries[f.entry].claim
    return {"who": name, "when": when.words(f.span), "lag_days": f.lag_days, "lag": lag_words(f.lag_days), "certainty": f.certainty,
            "earlier_if_true": when.words(picture.entries[f.earlier].span) if f.earlier is not None else None, "doc": c.doc,
            "evidence": c.evidence}  # fmt: skip


@click.command("first-seen", **example("picket learn first-seen 'fibre-optic'"))
@click.argument("capability")
@_claims
@JSON
def first_seen(capability: str, claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool) -> None:
    """When each actor and country was first reported with a capability, and how long after the first anywhere."""
    from picket.learn import first_seen as firsts
    from picket.learn.parties import country_name

    picture = load_picture(claims, sources, decisions)
    card = _card(picture, capability)
    found = firsts.first_seen(picture, card)
    actors = [_first_row(picture, f, picture.name(f.who)) for f in found.actors]
    countries = [_first_row(picture, f, country_name(f.who)) for f in found.countries]
    if as_json:
        click.echo(
            json.dumps(
                {"card": card, "title": picture.cards[card].title, "actors": actors, "countries": countries}, ensure_ascii=False
            )
        )
        return
    click.echo(picture.cards[card].title)
    for head, rows in (("by actor", actors), ("by country", countries)):
        click.echo(f"{head}:")
        for r in rows:
            soft = f"; {r['earlier_if_true']} if an unproven claim is true" if r["earlier_if_true"] else ""
            click.echo(f"    {r['when']:26} {r['who']}  [{r['certainty']}]  {r['lag']}{soft}")
    if not actors:
        click.echo("    no claim shows anybody with it")


@click.command(**example("picket learn reach"))
@_claims
@JSON
def reach(claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool) -> None:
    """The greatest distance that anybody claims, by actor and capability."""
    from picket.learn import when
    from picket.learn.reach import reach as ledger

    picture = load_picture(claims, sources, decisions)
    rows = [
        {"actor": picture.name(r.actor), "card": r.card, "distance_km": r.distance_km, "qualifier": r.qualifier, "certainty": r.certainty,
         "when": when.words(r.span), "attributed_to": picture.entries[r.entry].claim.attributed_to,
         "doc": picture.entries[r.entry].claim.doc, "evidence": picture.entries[r.entry].claim.evidence} for r in ledger(picture)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for r in rows:
        said = f", says {r['attributed_to']}" if r["attributed_to"] else ""
        words = str(r["qualifier"]).replace("_", " ")
        click.echo(
            f"{r['distance_km']:>9,.0f} km ({words})  {r['actor']}, {r['card'] or 'capability not said'}  "
            f"[{r['certainty']}{said}]  {r['when']}"
        )
    if not rows:
        click.echo("no claim gives a distance")


@click.command(**example("picket learn incidents --country SD"))
@click.option("--country", help="Only this country: ISO 3166-1 alpha-2, as SD.")
@_claims
@JSON
def incidents(country: str | None, claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool) -> None:
    """Attacks and sightings as events: many reports of one are one."""
    from picket.learn import when
    from picket.learn.wording import incident_line

    picture = load_picture(claims, sources, decisions)
    rows = []
    for n in picture.incidents:
        if country is None or n.country == country.upper():
            line = incident_line(picture, n)
            rows.append({"kind": n.kind, "country": n.country, "place": n.place, "actor": " or ".join(picture.name(a) for a in n.actors),
                         "when": when.words(n.span),
                         "vague": n.vague, "reports": n.reports, "claims": len(n.entries), "sentence": line.text,
                         "docs": list(dict.fromkeys(picture.entries[i].claim.doc for i in line.evidence))})  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for r in rows:
        click.echo(f"{r['when']:26} {r['country'] or '--'}  {r['sentence']}{'  (vague: may be several)' if r['vague'] else ''}")
    click.echo(f"{len(rows)} incidents")


@click.command(**example("picket learn contradictions"))
@_claims
@JSON
def contradictions(claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool) -> None:
    """Where reports do not agree: denials, rival accounts of who did it, different numbers."""
    from picket.learn.contradictions import contradictions as find
    from picket.learn.wording import claim_line

    picture = load_picture(claims, sources, decisions)
    rows = [{"kind": c.kind, "about": c.about, "one": [claim_line(picture, i).text for i in c.one],
             "other": [claim_line(picture, i).text for i in c.other]} for c in find(picture)]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for r in rows:
        click.echo(f"{r['kind']}: {r['about']}")
        for side in ("one", "other"):
            for line in r[side]:
                click.echo(f"    {'-' if side == 'one' else '+'} {line}")
    click.echo(f"{len(rows)} contradictions")


@click.command(**example("picket learn changes --since 2025-06-01"))
@click.option("--since", callback=_day, required=True, metavar="DATE", help="A date, month or year, of publication.")
@_claims
@JSON
def changes(since: int, claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool) -> None:
    """What was published since a date and changes the picture."""
    from picket.learn.changes import changes as find
    from picket.learn.wording import flow_line, incident_line

    picture = load_picture(claims, sources, decisions)
    c = find(picture, since)
    found = {
        "flows": [flow_line(picture, f).text for f in c.flows],
        "grown": [f"{flow_line(picture, g.flow).text} (information {g.before} -> {g.flow.credibility.figure}, {g.denials} new denials)"
                  for g in c.grown],
        "firsts": [f"{picture.name(f.who)}: {picture.cards[card].title} [{f.certainty}]" for card, f in c.firsts],
        "reach": [f"{picture.name(r.actor)}: {r.distance_km:,.0f} km [{r.certainty}]" for r in c.reach],
        "incidents": [incident_line(picture, n).text for n in c.incidents],
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for head, lines in found.items():
        click.echo(f"{head}: {len(lines)}")
        for line in lines:
            click.echo(f"    {line}")


# -- cards, questions, brief -------------------------------------------------------------------------------------------------------
@click.command(**example("picket learn cards fibre-optic-fpv --site site.toml"))
@click.argument("card", required=False)
@SITE
@_claims
@JSON
def cards(card: str | None, site_path: Path | None, claims: tuple[Path, ...], sources: Path | None, decisions: Path | None,
          as_json: bool) -> None:  # fmt: skip
    """The tactic cards, or one of them; with --site, which of its sensors would see it."""
    import msgspec

    from picket.learn.cards import shipped_cards
    from picket.learn.cards.coverage import coverage

    site = _site(site_path)
    if card is None:
        rows = [{"id": c.id, "title": c.title, "domain": c.domain, "summary": c.summary} | (
            {"site": coverage(c, site).words()} if site else {}) for c in shipped_cards().values()]  # fmt: skip
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
        else:
            for r in rows:
                click.echo(f"{r['id']:22} {r['title']}" + (f"  -- {r['site']}" if site else ""))
        return
    picture = load_picture(claims, sources, decisions)
    c = picture.cards[_card(picture, card)]
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
@_claims
@JSON
def questions(
    site_path: Path | None, claims: tuple[Path, ...], sources: Path | None, decisions: Path | None, as_json: bool
) -> None:
    """What warnings about others' gaps ask of this site: covered by ..., not covered, not known."""
    from picket.learn.gaps import questions as ask

    picture = load_picture(claims, sources, decisions)
    rows = [{"warning": picture.entries[q.entry].claim.evidence, "doc": picture.entries[q.entry].claim.doc, "card": q.card,
             "question": q.question, "answer": q.answer, "words": q.words} for q in ask(picture, _site(site_path))]  # fmt: skip
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


@click.command(**example("picket learn brief -o brief.html --since 2025-06-01"))
@click.option("-o", "--out", type=_FILE, required=True, help="The HTML file to write.")
@SINCE
@click.option("--title", default="Who learns what from whom", show_default=True, help="The brief's heading.")
@SITE
@_claims
@JSON
def brief(out: Path, since: int | None, title: str, site_path: Path | None, claims: tuple[Path, ...], sources: Path | None,
          decisions: Path | None, as_json: bool) -> None:  # fmt: skip
    """Write a brief in which every sentence leads to its evidence. With --site it names this site's gaps."""
    from picket.learn.brief import brief as write
    from picket.learn.gaps import questions as ask

    picture = load_picture(claims, sources, decisions)
    site = _site(site_path)
    text = write(picture, title=title, since=since, questions=ask(picture, site) if site else ())
    _give(text, out)
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
@click.option("-o", "--out", type=_FILE, help="The ledger, as JSON lines; without it, it is shown.")
@JSON
def sources(inputs: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Whose news each report is: its publisher, the origin that it names, and the report that it copies."""
    from picket.learn.reading import Trouble, read_reports
    from picket.learn.sources import ledger, write_ledger

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
            fail(f"{out}: {e.strerror}", UNREADABLE)
    if as_json:
        click.echo(json.dumps({"reports": len(lines), "origins": len({s.origin for s in lines}), "left_out": sum(t.lost for t in troubles),
                               "copies": sum(s.copy_of is not None for s in lines)}))  # fmt: skip
    elif out is None:
        for s in lines:
            copy = f"; {s.shared:.0%} as in {s.copy_of}" if s.copy_of and s.shared else ""
            click.echo(f"{s.doc}: {s.publisher or 'publisher not stated'}, news of {s.origin}{copy}")


@click.command(**example("picket learn decide merge --actor name/the-front --into fla --why 'same group'"))
@click.argument("op", type=click.Choice(["merge", "separate", "rename", "grade", "reject", "undo"]))
@click.option("--actor", help="merge, rename: the actor's id.")
@click.option("--name", help="separate: the name that is from now on another actor.")
@click.option("--source", help="grade: the publisher's id.")
@click.option("--claim", help="reject: the claim's key (report@start-end/kind/provider/recipient/actor/capability).")
@click.option("--into", help="merge, separate: the id of the actor that it is; rename: the new name; grade: A to F.")
@click.option("--decision", type=int, help="undo: the number of the decision that is taken back.")
@click.option("--why", help="The reason, kept with the decision.")
@click.option("--by", help="Who decided.")
@click.option("--decisions", type=_FILE, default=Path("decisions.jsonl"), show_default=True, help="The file that it is added to.")
@JSON
def decide(op: Any, actor: str | None, name: str | None, source: str | None, claim: str | None, into: str | None, decision: int | None,
           why: str | None, by: str | None, decisions: Path, as_json: bool) -> None:  # fmt: skip
    """Record what an analyst decided; nothing is lost, and `undo` takes it back."""
    from picket.learn.decisions import Decision, DecisionError, append_decision

    made = Decision(op=op, actor=actor, name=name, source=source, claim=claim, into=into, decision=decision, why=why, by=by,
                    time=datetime.now(UTC).isoformat(timespec="seconds"))  # fmt: skip
    try:
        number = append_decision(decisions, made)
    except DecisionError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{decisions}: {e.strerror}", UNREADABLE)
    click.echo(json.dumps({"decision": number}) if as_json else f"decision {number} is in {decisions}")
    sys.exit(0)


COMMANDS: tuple[click.Command, ...] = (
    flows,
    path,
    first_seen,
    reach,
    incidents,
    contradictions,
    changes,
    cards,
    questions,
    brief,
    sources,
    decide,
)
