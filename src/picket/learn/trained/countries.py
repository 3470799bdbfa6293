"""In which country a claim took place: every country that its sentence, its ends and its report speak for is weighed.

What the rules chose (`whereabouts.py`) is one voice among others; the weights say how far it counts for which kind of claim. A place that
is known to lie in another country than the one chosen goes with the rules' choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from picket.learn.chunks import Phrase
from picket.learn.claim import guessed
from picket.learn.drafts import Draft
from picket.learn.lexicon import lexicon
from picket.learn.places import country_of, home_country
from picket.learn.report import Report
from picket.learn.sentence import dateline
from picket.learn.spots import place_name
from picket.learn.trained.choice import Choice, Trait
from picket.learn.trained.look import Look
from picket.learn.trained.weights import ROLES
from picket.learn.whereabouts import last_event, mostly, of_speakers, whereabouts

NONE = ""  # stands for no country, or several
_SENDERS = frozenset(["US", "GB", "FR"])  # whose forces and goods are told of far from home


@dataclass(slots=True)
class Spot:
    """A country that a phrase of the sentence names: what names it, and the word before."""

    country: str
    kind: str
    before: str
    phrase: Phrase
    inside: bool


class Setting:
    """Where a report plays, by its head: the dateline's country, and those that its title names."""

    def __init__(self, report: Report) -> None:
        opening = report.text[: dateline(report.text[:120])]
        town = re.split(r"[,(/–—-]", opening)[0].strip().title()
        self.dateline = country_of(town) if town else None
        self.titled = _named(report.title or "")


@dataclass(slots=True)
class Around:
    """What a sentence says of countries, once for all of its claims."""

    spots: list[Spot]
    said: list[str]  # countries in the order in which they are named
    spoken: set[int]  # phrases that say where a speaker is

    @classmethod
    def of(cls, look: Look) -> Around:
        """The countries of a sentence."""
        spots = _spots(look)
        return cls(spots, list(dict.fromkeys(s.country for s in spots)), of_speakers(look.sentence) if spots else set())


def settle(look: Look, drafts: list[Draft], setting: Setting, choice: Choice, least: float) -> None:
    """Gives each draft without a place the likeliest country, if it has the probability `least`, and the place that goes with it."""
    homeless = [d for d in drafts if d.place is None]
    if not homeless:
        return
    around = Around.of(look)
    for draft in homeless:
        place, by_rules = whereabouts(look.sentence, draft)
        odds = choice.odds(candidates(look, draft, around, by_rules, setting))
        country = max((c for c in odds if c), key=odds.__getitem__, default=NONE)
        draft.country = country if country and odds[country] >= least else None
        draft.place = _place(place, by_rules, draft.country) or ""


def _place(place: str | None, by_rules: str | None, country: str | None) -> str | None:
    """The rules' place, unless it is known to lie in another country than the one chosen."""
    return place if place is None or country in {None, by_rules} or country_of(place) in {None, country} else None


def candidates(look: Look, draft: Draft, around: Around, by_rules: str | None, setting: Setting) -> dict[str, dict[Trait, None]]:
    """What is known of each country in which the claim may have taken place, and of none."""
    kind, said, context = draft.kind, around.said, look.sentence.context
    few = min(len(said), 3)
    how = "g" if guessed(draft.rule) else "f"
    made: dict[str, dict[Trait, None]] = {NONE: {(kind, "none", few, how, by_rules is not None): None}}

    def add(country: str | None, *trait: object) -> None:
        if country is not None:
            made.setdefault(country, {})[(kind, *trait)] = None

    add(by_rules or NONE, "rule", how)
    _weigh_spots(look, draft, around, add)
    for k, country in enumerate(said):
        add(country, "nth", min(k, 3), min(len(said), 4))
    for role in ROLES:
        if (name := getattr(draft, role)) and (home := home_country(name)):
            add(home, "end", role, home in said)
    ago = min(context.sentence - context.event[0], 5) if context.event is not None else 5
    add(context.country, "about")
    add(last_event(context), "event", ago, few)
    add(context.place_country, "late", few)
    add(mostly(context), "mostly", few)
    add(setting.dateline, "dateline")
    for k, country in enumerate(setting.titled[:3]):
        add(country, "titled", k)
    named, told = context.named_in.total(), context.told_in.total()
    for k, (country, n) in enumerate(context.named_in.most_common(3)):
        add(country, "rank", k, 10 * n // named)
    for country in [c for c in made if c]:
        add(country, "told", min(told, 3), 4 * context.told_in[country] // told if told else 0, country in _SENDERS)
    return made


def _weigh_spots(look: Look, draft: Draft, around: Around, add: Callable[..., None]) -> None:
    """What names each country of the sentence, and where that stands by what is claimed."""
    verb = draft.verb
    places = look.places(verb) if verb is not None else {}
    for spot in around.spots:
        phrase = spot.phrase
        add(spot.country, "by", spot.kind, spot.inside)
        add(spot.country, "before", spot.before, spot.kind)
        add(spot.country, "at", places.get(id(phrase), "-"), spot.kind, spot.inside)
        if verb is not None:
            add(spot.country, "apart", phrase.i > verb.i, min(abs(phrase.i - verb.i) // 3, 4))
        if id(phrase) in around.spoken:
            add(spot.country, "spoken")
        if phrase is draft.target_phrase:
            add(spot.country, "target")
        if any(phrase is p for p in draft.where):
            add(spot.country, "where")


def _spots(look: Look) -> list[Spot]:
    """The countries that the phrases of the sentence name."""
    before = look.before()
    found: list[Spot] = []
    for phrase in look.phrases:
        if phrase.time:
            continue
        word = before.get(phrase.i, "-")
        names = [(t, t.name) for t in phrase.tokens if t.name is not None and t.name.kind != "drone"]
        named = [Spot(n.country, n.kind, word, phrase, t is not phrase.head) for t, n in names if n.country]
        found += named
        entry = None if named else place_name(phrase)
        if entry is not None and entry.country:
            found.append(Spot(entry.country, "town", word, phrase, False))
    return found


def _named(title: str) -> list[str]:
    """The countries that the names of a title point to, in order."""
    words = [w.removesuffix("'s").removesuffix("’s") for w in re.findall(r"[^\W_][\w.'’-]*", title)]
    found = []
    for k, word in enumerate(words):
        entries = (n for parts, n in lexicon().names.get(word.lower(), ()) if tuple(words[k : k + len(parts)]) == parts)
        found += [n.country for n in entries if n.country and n.kind != "drone"][:1]
    return list(dict.fromkeys(found))
