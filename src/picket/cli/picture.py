"""`picket learn flows`, `path`, `first-seen` and the other questions to the picture that the claims make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from picket.cli.common import JSON, WRONG_USE, count, example, fail
from picket.cli.given import FILE, OUT, Given, actor_named, card_named, claims_options, day_of, give

if TYPE_CHECKING:
    from picket.learn.first_seen import First
    from picket.learn.picture import Picture


@click.command(**example("picket learn flows claims.jsonl --actor Ukraine"))
@click.argument("files", nargs=-1, type=FILE, metavar="[CLAIMS]...")
@click.option("--actor", help="Only flows from or to this actor and whoever belongs to it.")
@click.option("--kind", help="Only this kind: training, advising, supply, recruitment, deployment, uptake, ...")
@click.option("--denied", is_flag=True, help="Only flows that somebody denies, with what is said against them.")
@OUT
@claims_options
@JSON
def flows(
    files: tuple[Path, ...], actor: str | None, kind: str | None, denied: bool, out: Path | None, given: Given, as_json: bool
) -> None:
    """Who passes what to whom: one line a flow. With -o: .csv, .geojson, .stix.json or .jsonl by suffix."""
    from picket.learn.exports import flow_rows, flows_csv, geojson
    from picket.learn.flows import FLOWS
    from picket.learn.stix import stix_json

    if kind is not None and kind not in FLOWS:
        fail(f"--kind: expected one of {', '.join(FLOWS)}, got {kind!r}", WRONG_USE)
    given.check_out(out, files)
    picture = given.picture(files)
    if out is not None and not out.name.endswith(".jsonl"):
        writers = {".csv": flows_csv, ".geojson": geojson, ".json": stix_json}
        if actor or kind or denied:
            fail("--actor, --kind and --denied choose what is shown; a file always holds the whole picture", WRONG_USE)
        if out.suffix not in writers:
            fail(f"{out}: expected a name that ends in .csv, .geojson, .stix.json or .jsonl", WRONG_USE)
        give(writers[out.suffix](picture), out)
        return
    only = picture.under(actor_named(picture, actor)) if actor else None
    rows = [
        r
        for f, r in zip(picture.flows.values(), flow_rows(picture), strict=True)
        if (only is None or f.key.provider in only or f.key.recipient in only)
        and (kind is None or f.key.kind == kind)
        and (not denied or f.against)
    ]
    if as_json or out is not None:
        give("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows) or "\n", out)
        return
    for r in rows:
        click.echo(f"{r['kind']:12} {r['provider']} -> {r['recipient']}  [{r['certainty']}, information {r['information']}]")
        click.echo(f"    {r['sentence']}")
    click.echo(f"{count(len(rows), 'flow')} from {count(len(picture.entries), 'claim')}")


@click.command(**example("picket learn path Ukraine 'Sinaloa Cartel'"))
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--card", help="Only transfers of this capability, or of none in particular.")
@click.option("--most", default=5, show_default=True, type=click.IntRange(1, 50), help="How many paths.")
@claims_options
@JSON
def path(source: str, target: str, card: str | None, most: int, given: Given, as_json: bool) -> None:  # fmt: skip
    """How could this have reached that actor? Chains of transfers whose times allow it, the strongest first."""
    from picket.learn.paths import describe, find_paths
    from picket.learn.wording import flow_line

    picture = given.picture()
    start, end = actor_named(picture, source), actor_named(picture, target)
    found = find_paths(picture, start, end, card=card_named(picture, card) if card else None, most=most)
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
        click.echo(f"path {n}: {count(len(p.hops), 'hop')}")
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


def _matrix(picture: Picture, as_json: bool) -> None:
    """Every capability: who was first, and everybody after."""
    from picket.learn.first_seen import first_seen as ask

    rows: list[dict[str, Any]] = [
        {"card": card, "actors": [_first_row(picture, f, picture.name(f.who)) for f in ask(picture, card).actors]}
        for card in picture.cards
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(row["card"])
        for r in row["actors"]:
            click.echo(f"    {r['when']:26} {r['who']}  [{r['certainty']}]  {r['lag']}")


@click.command("first-seen", **example("picket learn first-seen 'fibre-optic'"))
@click.argument("capability", required=False)
@claims_options
@JSON
def first_seen(capability: str | None, given: Given, as_json: bool) -> None:
    """When each actor and country was first reported with a capability, and how long after the first anywhere. Without one: all."""
    from picket.learn import first_seen as firsts
    from picket.learn.parties import country_name

    picture = given.picture()
    if capability is None:
        _matrix(picture, as_json)
        return
    card = card_named(picture, capability)
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
    for head, rows in (("by actor", actors), ("by country", countries)) if actors else ():
        click.echo(f"{head}:")
        for r in rows:
            soft = f"; {r['earlier_if_true']} if an unproven claim is true" if r["earlier_if_true"] else ""
            click.echo(f"    {r['when']:26} {r['who']}  [{r['certainty']}]  {r['lag']}{soft}")
    if not actors:
        click.echo("    no claim shows anybody with it")


@click.command(**example("picket learn reach"))
@claims_options
@JSON
def reach(given: Given, as_json: bool) -> None:
    """The greatest distance that anybody claims, by actor and capability."""
    from picket.learn import when
    from picket.learn.reach import reach as ledger

    picture = given.picture()
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
@claims_options
@JSON
def incidents(country: str | None, given: Given, as_json: bool) -> None:
    """Attacks and sightings as events: many reports of one are one."""
    from picket.learn import when
    from picket.learn.wording import incident_line

    picture = given.picture()
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
    click.echo(count(len(rows), "incident"))


@click.command(**example("picket learn contradictions"))
@claims_options
@JSON
def contradictions(given: Given, as_json: bool) -> None:
    """Where reports do not agree: denials, rival accounts of who did it, different numbers."""
    from picket.learn.contradictions import contradictions as find
    from picket.learn.wording import claim_line

    picture = given.picture()
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
    click.echo(count(len(rows), "contradiction"))


@click.command(**example("picket learn changes --since 2025-06-01"))
@click.option("--since", callback=day_of, required=True, metavar="DATE", help="A date, month or year, of publication.")
@claims_options
@JSON
def changes(since: int, given: Given, as_json: bool) -> None:
    """What was published since a date and changes the picture."""
    from picket.learn.changes import changes as find
    from picket.learn.wording import flow_line, incident_line

    picture = given.picture()
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


COMMANDS: tuple[click.Command, ...] = (flows, path, first_seen, reach, incidents, contradictions, changes)
