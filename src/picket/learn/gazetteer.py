"""An analyst's own names, laid over Picket's: a TOML file of actors, places and drones, and of names to leave out.

    drop = ["Orion"]                  # names of Picket's tables that mean something else in these reports

    [[actor]]
    name = "Harbour Wolves"
    type = "group"                    # force, service, agency, group, criminal, company, international, political
    country = "HT"                    # ISO 3166-1 alpha-2, or none
    aliases = ["Lobos del Puerto"]
    parent = "Viv Ansanm"             # a name or id that is known, or one of this file
    valid = ["2021", "2024-06"]       # since when and until when, "" for open

    [[place]]
    name = "Camp Echo"
    country = "KE"

    [[drone]]
    name = "Kestrel-3"
    country = "ZA"
    maker = "Highveld"

A name of the file wins over the same name of the package, whole and by itself: nothing else of the package changes. What is in use is
the process's (`use`): reading and the picture ask for it where they ask for their tables.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from picket.handwritten import NotTextError, parse_toml, read_text

TYPES = ("force", "service", "agency", "group", "criminal", "company", "international", "political")
KIND_OF = {
    "service": "agency",
    "criminal": "group",
    "international": "bloc",
    "political": "group",
}  # the reader's words for a type
_LONGEST_FILE = 4_000_000  # bytes


class GazetteerError(ValueError):
    """The file cannot be used: where, what was expected, what came."""


class OwnActor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    type: str
    country: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    valid: tuple[str, ...] = ()


class OwnPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    country: str
    aliases: tuple[str, ...] = ()


class OwnDrone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    country: str | None = None
    maker: str | None = None
    aliases: tuple[str, ...] = ()


class Gazetteer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entries of one file, checked."""

    actor: tuple[OwnActor, ...] = ()
    place: tuple[OwnPlace, ...] = ()
    drone: tuple[OwnDrone, ...] = ()
    drop: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.actor) + len(self.place) + len(self.drone)


_active = Gazetteer()


def active() -> Gazetteer:
    """The names in use beside the package's; empty unless somebody gave a file."""
    return _active


def use(own: Gazetteer) -> None:
    """Lays `own` over the package's tables for this process; `use(Gazetteer())` takes it off again."""
    from picket.learn import lexicon, parties, places

    global _active
    _active = own
    lexicon.lexicon.cache_clear()
    places.country_of.cache_clear()
    parties.known_actors.cache_clear()


def read_gazetteer(path: Path) -> Gazetteer:
    """The file's entries; raises GazetteerError with the entry that is wrong, OSError when it cannot be read."""
    if path.stat().st_size > _LONGEST_FILE:
        raise GazetteerError(f"{path}: larger than {_LONGEST_FILE // 1_000_000} MB; expected a list of names")
    try:
        raw = parse_toml(read_text(path))
    except (tomllib.TOMLDecodeError, NotTextError) as wrong:
        raise GazetteerError(f"{path}: expected a TOML file of [[actor]], [[place]] and [[drone]]: {wrong}") from None
    try:
        own = msgspec.convert(raw, Gazetteer)
    except msgspec.ValidationError as wrong:
        raise GazetteerError(f"{path}: {wrong}") from None
    _check(path, own)
    return own


def _check(path: Path, own: Gazetteer) -> None:
    from picket.learn import when
    from picket.learn.parties import country_codes

    taken: dict[str, str] = {}
    groups: tuple[tuple[str, tuple[Any, ...]], ...] = (("actor", own.actor), ("place", own.place), ("drone", own.drone))
    for table, entries in groups:
        for n, entry in enumerate(entries, 1):
            where = f"{path}: [[{table}]] {n} ({entry.name!r})"
            for name in (entry.name, *entry.aliases):
                if not name.strip() or len(name) > 120 or not any(c.isalnum() for c in name):
                    raise GazetteerError(f"{where}: expected a name of 1 to 120 characters, got {name!r}")
                if name in taken and taken[name] != where:
                    raise GazetteerError(
                        f"{where}: {name!r} is also in {taken[name].removeprefix(f'{path}: ')}; a name means one thing"
                    )
                taken[name] = where
            if entry.country is not None and entry.country not in country_codes():
                raise GazetteerError(f"{where}: expected a country as ISO 3166-1 alpha-2 (HT, KE), got {entry.country!r}")
    for n, actor in enumerate(own.actor, 1):
        where = f"{path}: [[actor]] {n} ({actor.name!r})"
        if actor.type not in TYPES:
            hint = "; private persons are no actors" if actor.type in {"person", "man", "woman"} else ""
            raise GazetteerError(f"{where}: expected type to be one of {', '.join(TYPES)}, got {actor.type!r}{hint}")
        if len(actor.valid) not in {0, 2} or any(v and when.parse(v) is None for v in actor.valid):
            raise GazetteerError(f'{where}: expected valid = ["2021", "2024-06"] with dates or "", got {list(actor.valid)!r}')
