"""Whom a phrase stands for in this report: actors, owners of drones, and what "the group", "it" or "Kyiv" means here.

The context remembers what the report has named so far. What a phrase names by its own words is in naming.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from picket.learn.chunks import Item, Phrase, Verb
from picket.learn.foes import FOES, foe_in
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import (
    ORGANISED,
    classes_of,
    coordinated,
    home_of,
    is_actor,
    is_person,
    is_plural,
    join,
    kind_of,
    name_text,
    named,
    names_of,
)
from picket.learn.shortened import Short
from picket.learn.tokens import Token

_BARE = word_set("actors.bare")
_OF_TRANSPARENT = word_set("actors.of_transparent")
_SHORTENED = frozenset(["company", "group", "force", "agency", "org", "think"])
_RELATED = word_set("actors.related")  # "its allies" are others, "its troops" are its own
_NO_ACTOR = word_set("actors.no_actor")
_OF_A_STATE = word_set("actors.of_a_state")
_OWNERS = word_set("actors.owners")
_COUNTED = word_set("actors.counted")
_STATE_HEADS = frozenset(["government", "state", "authorities", "regime", "country", "nation", "leadership", "side", "republic"])


@dataclass(slots=True)
class Mention:
    """An actor seen: its name, what it is, its home country, plural or not, and the sentence."""

    name: str
    kind: str
    country: str | None
    plural: bool
    sentence: int
    head: str


@dataclass(slots=True)
class Context:
    """What the report has named so far, for pronouns and bare nouns, and which country it is about."""

    mentions: list[Mention] = field(default_factory=list)
    subjects: list[Mention] = field(default_factory=list)
    sentence: int = 0
    inside: dict[int, str] = field(default_factory=dict)
    country: str | None = None
    state_name: str | None = None
    place_country: str | None = None
    event: tuple[int, str] | None = None  # sentence and country of the claim told last
    told_in: Counter[str] = field(default_factory=Counter)  # how many claims so far took place in each country
    named_in: Counter[str] = field(default_factory=Counter)  # how often the report's names point to each country
    when: tuple[int, str] | None = None  # sentence and time of the claim told last

    takers: list[tuple[int, str]] = field(default_factory=list)

    flier: tuple[int, str] | None = None

    events: dict[str, int] = field(default_factory=dict)  # the sentence that last told of an attack, of a sighting

    def told_of(self, *kinds: str) -> bool:
        """Do the three sentences before tell of an attack or a sighting?"""
        return any(0 < self.sentence - at <= 3 for kind, at in self.events.items() if kind in kinds)

    shortened: dict[str, Short] = field(default_factory=dict)  # letters that mean something else here than in the gazetteer

    persons: set[str] = field(default_factory=set)  # last words of persons' names: "Zouari" of "Mohamed Zouari"

    def short_for(self, word: str) -> str | None:
        """The organisation named before of which `word` is the first of several words: "Qods" of "Qods Aviation Industries"."""
        if word in self.persons:
            return None
        full = [m.name for m in self.mentions if m.kind in _SHORTENED and m.name.startswith(f"{word} ")]
        return full[-1] if full else None

    def flies(self, actor: str) -> None:
        """Remembers whose drones the report speaks of."""
        self.flier = (self.sentence, actor)

    def last_flier(self) -> str | None:
        """Whose "the drones", "one of them" and "the remaining ones" are; None after three sentences without them."""
        return self.flier[1] if self.flier is not None and self.sentence - self.flier[0] <= 3 else None

    def last_taker(self, givers: list[str], within: int = 3) -> list[str]:
        """Who got the things of the transfer told last, for "Norway pledged 50 more"; [] when that was more than `within` sentences ago."""
        near = [n for at, n in self.takers if self.sentence - at <= within and n not in givers and any(c.isupper() for c in n)]
        return near[-1:]

    def see(self, phrase: Phrase) -> None:
        """Remembers the actors of a phrase."""
        if phrase.time:
            return
        if is_person(phrase) and phrase.head.tag == "NP":
            self.persons.add(phrase.head.text)
        for name in actors_of(phrase, self, bare=False):
            self.mentions.append(
                Mention(name, kind_of(phrase), home_of(phrase), is_plural(phrase), self.sentence, phrase.head.low)
            )

    def see_subject(self, phrases: list[Phrase]) -> None:
        for phrase in phrases:
            names = actors_of(phrase, self)
            for name in names:
                if self.subjects and self.subjects[-1].name == name:
                    self.subjects[-1].sentence = self.sentence
                    continue
                self.subjects.append(
                    Mention(
                        name,
                        kind_of(phrase),
                        home_of(phrase),
                        is_plural(phrase) or len(phrases) > 1,
                        self.sentence,
                        phrase.head.low,
                    )
                )


def actors_of(phrase: Phrase, context: Context, *, bare: bool = True) -> list[str]:
    """Names of the actors of a phrase; `bare` resolves pronouns and "the group" from the context. [] if it names none."""
    if phrase.time:
        return []
    if phrase.alias is not None:
        return [join(phrase.alias.tokens)]
    if phrase.pronoun:
        found = resolve_pronoun(phrase, context) if bare else None
        return [found] if found else []
    if is_person(phrase) and not (
        phrase.of is not None and phrase.head.low in {"member", "members", "leaders", "commanders", "pilots"}
    ):
        return []
    if phrase.of is not None and phrase.head.tag in {"NUM", "DET"}:
        return actors_of(phrase.of, context, bare=bare)  # "3,000 of the soldiers"
    if (
        phrase.of is not None
        and (phrase.head.low in _OF_TRANSPARENT or classes_of(phrase.head) & {"people"})
        and phrase.head.low not in {"force", "army"}
    ):
        inner = actors_of(phrase.of, context, bare=bare)
        if inner and (phrase.head.low not in {"group", "groups", "number"} or phrase.of.head.tag != "NP" or named(phrase.of)):
            former = next((t.text for t in phrase.tokens if t.low in {"former", "ex"}), None)
            if former and classes_of(phrase.head) & {"people"} and not named(phrase.of):
                return [f"{former} {phrase.head.text} of {n}" for n in inner]
            return inner
    if phrase.head.tag == "NP" and phrase.head.name is None and len(phrase.tokens) == 1 and bare:
        full = context.short_for(phrase.head.text)
        if full is not None:
            return [full]
    if not is_actor(phrase) and not (
        phrase.head.low in {"men", "people", "youths"} and any(t.tag == "PRP$" for t in phrase.tokens)
    ):
        return []
    if phrase.head.low in FOES and not any(t.tag in {"DEM", "NP"} for t in phrase.tokens):
        foe = foe_in(context.named_in)
        return [foe] if foe else []
    token = named(phrase)
    if token is not None and token.name is not None:
        return names_of(token, token.name)
    if phrase.head.name is not None and phrase.head.name.kind == "demonym":
        return (
            [phrase.head.name.state or phrase.head.text]
            if phrase.head.low.endswith("s") and len(phrase.tokens) <= 2
            else [name_text(phrase)]
        )
    owner = next((t for t in phrase.tokens if t.tag == "PRP$" or t.low == "whose"), None)
    if (
        owner is not None
        and bare
        and not any(t.tag == "DEM" for t in phrase.tokens)
        and classes_of(phrase.head) & {"people", "force", "group", "people_abstract"}
        and phrase.head.low not in _RELATED
    ):
        found = resolve_owner(owner, context)
        if found:
            return [found]
    if owner is not None and bare and len(phrase.tokens) == 2 and "company" in classes_of(phrase.head):
        company = next((m.name for m in reversed(context.mentions) if m.kind == "company"), None)
        if company is not None:
            return [company]  # "his company"
    if (
        classes_of(phrase.head) & {"people"}
        and phrase.after
        and phrase.after[0][0] in {"from", "of"}
        and phrase.of is None
        and (org := named(phrase.after[0][1])) is not None
        and org.name is not None
        and org.name.kind in {"force", "group", "agency", "company"}
    ):
        return actors_of(phrase.after[0][1], context, bare=bare)
    if (
        bare
        and phrase.head.low in _BARE
        and not any(t.tag in {"DEM", "NP", "N", "ADJ", "POS"} and t.low != "same" for t in phrase.tokens if t is not phrase.head)
        and phrase.of is None
    ):
        return [_resolve_bare(phrase, context)]
    if phrase.head.low in _STATE_HEADS:
        state = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"demonym", "state"}), None)
        if (
            state is not None
            and state.name is not None
            and len([t for t in phrase.tokens if t.tag not in {"DET", "POS"}]) == 2
            and state.name.state
        ):
            return [state.name.state]
    return coordinated(phrase)


def resolve_inside(items: list[Item], verbs: list[Verb], context: Context) -> None:
    """Pronouns whose actor stands earlier in the same sentence as a subject: start offset of the word -> name, in `context.inside`."""
    context.inside = {}
    subjects: list[tuple[int, Phrase]] = [(p.i, p) for v in verbs for p in v.subjects if not p.pronoun and is_actor(p)]
    talker = next(
        (
            p
            for v in verbs
            if v.classes & {"say"}
            for p in v.subjects
            if not p.pronoun and "official" not in classes_of(p.head) and is_actor(p)
        ),
        None,
    )
    for item in items:
        if not isinstance(item, Phrase):
            continue
        if talker is not None and item.head.low in {"we", "us"}:
            context.inside[item.head.start] = name_text(talker)
        if item.tokens[0].low == "whose":
            before = [p for p in items[: items.index(item)] if isinstance(p, Phrase) and is_actor(p)]
            names = actors_of(before[-1], context) if before else []
            if names:
                context.inside[item.tokens[0].start] = names[0]  # "Hezbollah, whose engineers"
        parts = [item, *([item.of] if item.of else [])]
        for token in [
            t for p in parts for t in p.tokens if t.tag in {"PRON", "PRP$"} and t.low in {"it", "they", "them", "its", "their"}
        ]:
            plural = token.low in {"they", "them", "their"}
            earlier = [p for i, p in subjects if p.tokens[0].start < token.start and item is not p]
            if token.low == "them":
                own = next((v for v in verbs if item in v.objects or any(item in ps for _, ps in v.preps)), None)
                earlier = [p for p in earlier if own is None or p not in own.subjects]
            same = [
                p
                for p in earlier
                if (is_plural(p) or kind_of(p) in {"group", "force", "people"}) == plural or (not plural and not is_plural(p))
            ]
            if not same and plural:
                behind = [
                    p
                    for v in verbs
                    for p in [*v.objects, *v.indirect]
                    if p.tokens[0].start < token.start
                    and is_actor(p)
                    and p is not item
                    and (is_plural(p) or kind_of(p) in {"group", "people"})
                ]
                same = behind[-1:]
            if same:
                names = actors_of(same[-1], context)
                if names:
                    context.inside[token.start] = names[0]


def resolve_pronoun(phrase: Phrase, context: Context) -> str | None:
    low = phrase.head.low
    if phrase.head.start in context.inside:
        return context.inside[phrase.head.start]
    if low in _NO_ACTOR:
        return None
    plural = low in {"they", "them"}
    recent = [m for m in context.subjects if context.sentence - m.sentence <= 2]
    recent = recent or [m for m in context.mentions if context.sentence - m.sentence <= 2]
    same = [m for m in recent if (m.plural or m.kind in {"group", "force", "people"}) == plural or (not plural and not m.plural)]
    return same[-1].name if same else None


def resolve_owner(token: Token, context: Context) -> str | None:
    """Whose is "its", "their", "his" unit."""
    if token.start in context.inside:
        return context.inside[token.start]
    recent = [m for m in context.subjects if context.sentence - m.sentence <= 2] or [
        m for m in context.mentions if context.sentence - m.sentence <= 2
    ]
    strong = [m for m in recent if m.kind in ORGANISED | {"state"} and m.head not in {"unit", "soldiers", "troops"}]
    recent = strong or recent
    if token.low in {"his", "her"}:
        people = [m for m in recent if m.kind in {"group", "force", "people"}]
        return people[-1].name if people else None
    return recent[-1].name if recent else None


_BARE_KINDS = {
    "group": "group people",
    "movement": "group",
    "organisation": "group",
    "organization": "group",
    "gang": "group",
    "cartel": "group",
    "militia": "group force",
    "rebels": "group people",
    "militants": "group people",
    "insurgents": "group people",
    "guerrillas": "group people",
    "faction": "group",
    "company": "company",
    "firm": "company",
    "manufacturer": "company",
    "maker": "company",
    "paramilitaries": "group",
    "jihadists": "group",
    "terrorists": "group",
    "separatists": "group",
    "legion": "force",
    "force": "force group",
    "unit": "force",
    "brigade": "force",
    "bureau": "agency",
    "agency": "agency",
    "department": "agency",
    "coalition": "group bloc",
    "alliance": "group bloc",
    "fighters": "group people",
    "country": "state",
    "cartels": "group people",
    "side": "state",
}


def _adjectives() -> frozenset[str]:
    return frozenset(lexicon().demonyms.values())


def _resolve_bare(phrase: Phrase, context: Context) -> str:
    """ "The group" -> the last group; "the army" -> the last army named in full, or with the report's country before it."""
    low = phrase.head.low
    definite = any(t.tag == "DET" and t.low in {"the", "this", "that", "these", "those"} for t in phrase.tokens)
    full = [m for m in context.mentions if m.head == low and m.name.lower() != low and " " in m.name]
    if low in {"gang", "group", "cartel", "militia", "movement"} and any(
        m.kind == "group" and m.head != low for m in context.mentions
    ):
        full = [m for m in full if m.name.split()[0] not in _adjectives()]  # "a Brazilian gang" was a kind; the gang has a name
    if full and (definite or low in {"troops", "rebels"}):
        return full[-1].name
    part = [m for m in context.mentions if definite and low in m.name.lower().split() and m.name.lower() != low]
    if part and low in {"legion", "cartel", "brigade", "front", "bureau", "corps", "unit"}:
        return part[-1].name
    if low == "country" and definite and context.state_name:
        return context.state_name  # the one that the report is about, not the last one named
    kinds = _BARE_KINDS.get(low, "").split()
    found = []
    for kind in kinds if definite else []:
        found = [
            m
            for m in context.mentions
            if m.kind == kind and m.name.lower() != low and m.head not in {"soldiers", "troops", "officers", "civilians"}
        ]
        if found:
            break
    if found:
        return found[-1].name
    if definite and low in _OF_A_STATE and context.country:
        if low == "government" and context.state_name:
            return context.state_name
        adjective = lexicon().demonyms.get(context.country)
        if adjective:
            return f"{adjective} {low}"
    return name_text(phrase)


def owner_of(phrase: Phrase, context: Context) -> str | None:
    """Whose drone: "the junta's drones", "Ukrainian drones", "drones of the RSF", "drones flown by X"; not "Chinese-made"."""
    tokens = phrase.tokens
    for k, token in enumerate(tokens):
        if token.tag == "POS" and k:
            inner = Phrase(phrase.i, phrase.i + k, tokens[k - 1], tokens[:k])
            names = actors_of(inner, context)
            return names[0] if names else None
        if token.tag == "PRP$":
            return resolve_owner(token, context)
    for token in tokens:
        if token is phrase.head:
            continue
        if token.name is not None and token.name.kind in ORGANISED | {"demonym"} and not _makers(token, tokens):
            return token.name.state if token.name.kind in {"demonym", "capital"} else token.text
        if token.low == "enemy":
            return foe_in(context.named_in)
        if token.tag == "N" and token.low in _OWNERS and token is not phrase.head:
            if token.low in {"army", "government", "military", "junta", "police", "navy"}:
                return _resolve_bare(Phrase(0, 0, token, [_definite(token), token]), context)
            return token.text + ("s" if not token.low.endswith("s") else "")
    if phrase.of is not None:
        names = actors_of(phrase.of, context)
        if names:
            return names[0]
        if phrase.head.tag == "NUM" or phrase.head.low in _COUNTED:
            return owner_of(phrase.of, context)
    for prep, other in phrase.after:
        if prep in {"by"}:
            names = actors_of(other, context)
            if names:
                return names[0]
    return None


_SOLD = frozenset({"IR", "TR", "CN"})  # whose drones are mostly others' by now


def _makers(token: Token, tokens: list[Token]) -> bool:
    """ "Iranian Shahed drones": the adjective says whose model it is, not whose drone."""
    return (
        token.name is not None
        and token.name.kind == "demonym"
        and token.name.country in _SOLD
        and any(
            (t.name is not None and t.name.kind == "drone" and t.name.country == token.name.country) or t.low.startswith("shahed")
            for t in tokens
        )
    )


def _definite(token: Token) -> Token:
    article = Token("the", token.start, token.start)
    article.tag = "DET"
    return article
