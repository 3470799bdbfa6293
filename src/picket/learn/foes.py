"""Whom a report means by "the enemy" and "the occupiers".

Press and staff of a country at war seldom name the other side. Only where the report is about a country with one known foe is it
named here; elsewhere nobody is, as both sides of other wars call each other so.
"""

from __future__ import annotations

from collections import Counter

FOES = frozenset(["enemy", "enemies", "occupier", "occupiers", "invader", "invaders", "aggressor", "aggressors"])
_FOE = {"UA": "Russia"}


def foe_in(named: Counter[str]) -> str | None:
    """The foe of the country that a report names most often; None where that cannot be said."""
    if not named:
        return None
    most = max(named.values())
    return next((foe for country, foe in _FOE.items() if named[country] == most), None)
