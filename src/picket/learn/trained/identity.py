"""Who a name is, as the trained reader knows the world: the actor or state that it names, where that is at home, how many drones are
made there, and the words of the name.

What stands around a name does not always say which end it is: "Iran, Russia and drones" is read by who they are. The weights of an
actor say at which ends the reports that they were trained on put it, so they lean to what is known (decision 55).
"""

from __future__ import annotations

from picket.learn.lexicon import Name, lexicon
from picket.learn.trained.words import words_of

_MOST = 50_000  # names that are kept


def identity(name: str) -> tuple[str, ...]:
    """The features of a name, in the words of a claim; found out once for each name of a gazetteer."""
    known = lexicon().identities
    found = known.get(name)
    if found is None:
        if len(known) >= _MOST:
            known.clear()
        found = known[name] = tuple(_identity(name))
    return found


def _identity(name: str) -> list[str]:
    words = name.replace("'s", "").replace("’s", "").split()
    made = [f"nw:{word.stem}" for word in words_of([w.lower() for w in words])]
    entry = entry_of(words)
    if entry is not None:
        made += [f"who:{(entry.state or entry.shown).lower()}", f"mk:{entry.kind}:{_made_in(entry.country)}"]
        return [*made, f"home:{entry.country}", f"hk:{entry.kind}:{entry.country}"] if entry.country else made
    parts = [e for w in words if (e := entry_of([w])) is not None] if len(words) > 1 else []
    homes = dict.fromkeys(e.country for e in parts if e.country)
    return [*made, "mk:-", *(f for home in homes for f in (f"home:{home}", f"hin:{home}", f"mkin:{_made_in(home)}"))]


def entry_of(words: list[str]) -> Name | None:
    """The entry of the gazetteer that these words name; None if none does."""
    lows = tuple(_bare(w) for w in words)
    lows = lows[1:] if lows[:1] == ("the",) else lows
    entries = lexicon().names.get(lows[0], ()) if lows else ()
    return next((e for parts, e in entries if len(parts) == len(lows) and tuple(map(_bare, parts)) == lows), None)


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s")


def _made_in(country: str | None) -> int:
    """How many drones of the gazetteer are made in a country, in powers of two."""
    return min(lexicon().made_in[country].bit_length(), 5) if country else 0
