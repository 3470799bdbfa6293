"""Who a noun phrase names: actors, owners of drones, and what "the group", "it" or "Kyiv" stands for in this report.

Private persons are never actors: a phrase whose head is an official, a spokesperson or a person's name gives none, a class of people
("ex-Colombian soldiers") does. Names are as in the text, without articles and leading numbers; a capital that acts is its state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from picket.learn.chunks import Item, Phrase, Verb
from picket.learn.lexicon import lexicon, word_set
from picket.learn.tokens import Token

ORGANISED = frozenset({"state", "capital", "force", "group", "agency", "company", "bloc", "think"})
_ORG_HEADS = word_set("actors.org_heads")
_PLACE_HEADS = word_set("actors.place_heads")
_BARE = word_set("actors.bare")
_OF_TRANSPARENT = word_set("actors.of_transparent")
_DROPPED = frozenset(["DET", "PRP$", "QUAL"])
_SERVICES = frozenset(
    ["intelligence", "security", "special", "prison", "border", "police", "customs", "secret", "spy", "coastguard", "fire"]
)
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

    takers: list[tuple[int, str]] = field(default_factory=list)

    flier: tuple[int, str] | None = None

    def flies(self, actor: str) -> None:
        """Remembers whose drones the report speaks of."""
        self.flier = (self.sentence, actor)

    def last_flier(self) -> str | None:
        """Whose "the drones", "one of them" and "the remaining ones" are; None after three sentences without them."""
        return self.flier[1] if self.flier is not None and self.sentence - self.flier[0] <= 3 else None

    def last_taker(self, givers: list[str]) -> list[str]:
        """Who got the things of the transfer told last, for "Norway pledged 50 more"; [] when that was more than three sentences ago."""
        near = [n for at, n in self.takers if self.sentence - at <= 3 and n not in givers and any(c.isupper() for c in n)]
        return near[-1:]

    def see(self, phrase: Phrase) -> None:
        """Remembers the actors of a phrase."""
        if phrase.time:
            return
        for name in actors_of(phrase, self, bare=False):
            self.mentions.append(Mention(name, kind_of(phrase), home_of(phrase), _plural(phrase), self.sentence, phrase.head.low))

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
                        _plural(phrase) or len(phrases) > 1,
                        self.sentence,
                        phrase.head.low,
                    )
                )


def classes_of(token: Token) -> frozenset[str]:
    """Noun classes of a token's word; the last part of a hyphenated word counts too."""
    words = lexicon().noun_classes
    found = words.get(token.low)
    if found is None and "-" in token.low:
        found = words.get(token.low.rsplit("-", 1)[1])
    return found or frozenset()


def named(phrase: Phrase) -> Token | None:
    """The name in a phrase that stands for it: its head, or a name that the head introduces ("the company Baykar")."""
    head = phrase.head
    if head.name is not None and head.name.kind in ORGANISED:
        return head
    return None


def is_person(phrase: Phrase) -> bool:
    """Is the phrase an official or a person by name?"""
    head = phrase.head
    if head.tag == "NP" and head.name is None:
        if head.low in _ORG_HEADS or head.low in _PLACE_HEADS:
            return False
        before = [t for t in phrase.tokens if t is not head]
        if any("official" in classes_of(t) and t.tag in {"N", "NP"} and "drone" not in classes_of(t) for t in before):
            return True
        unknown = [t for t in phrase.tokens if t.tag == "NP" and t.name is None]
        return (
            len(unknown) >= 2
            and not any(t.tag == "DET" for t in phrase.tokens[:1])
            and not any(t.text.isupper() and len(t.text) > 2 for t in unknown)
        )
    return ("official" in classes_of(head) and not (classes_of(head) & {"people", "force", "group"})) or head.low in {
        "who",
        "he",
        "she",
        "man",
        "woman",
        "ambassador",
    }


def kind_of(phrase: Phrase) -> str:
    token = named(phrase)
    if token is not None and token.name is not None:
        return "state" if token.name.kind in {"state", "capital"} else token.name.kind
    kinds = classes_of(phrase.head)
    for kind in ("force", "group", "company", "people", "state"):
        if kind in kinds:
            return kind
    return "org" if phrase.head.low in _ORG_HEADS else "other"


def home_of(phrase: Phrase) -> str | None:
    """The country that a phrase's names point to."""
    for token in [phrase.head, *reversed(phrase.tokens)]:
        if token.name is not None and token.name.country and token.name.kind != "drone":
            return token.name.country
    if phrase.of is not None:
        return home_of(phrase.of)
    for name, other in phrase.after:
        if name in {"in", "from"}:
            found = home_of(other)
            if found:
                return found
    return None


def _plural(phrase: Phrase) -> bool:
    low = phrase.head.low
    return (
        (low.endswith("s") and not low.endswith("ss") and phrase.head.tag == "N")
        or low in {"police", "people", "troops", "personnel"}
        or (phrase.head.name is not None and phrase.head.name.shown in {"Houthis"})
    )


def is_actor(phrase: Phrase) -> bool:
    """Can the phrase act: a state, force, group, company or class of people (never a person)?"""
    if phrase.time or is_person(phrase):
        return False
    head = phrase.head
    if head.name is not None:
        return head.name.kind in ORGANISED or head.name.kind == "demonym"
    kinds = classes_of(head)
    if kinds & {"drone", "attacknoun"} and not kinds & {"people", "force", "group"}:
        return False
    if head.low in {"service", "services", "plant", "factory", "fire", "state", "party", "exercise", "producer"} and not (
        head.tag == "NP" or any(t.tag in {"DEM", "NP", "POS"} or t.low in _SERVICES for t in phrase.tokens)
    ):
        return False
    return (
        bool(kinds & {"people", "force", "group", "company", "state"})
        or (head.tag == "NP" and head.low in _ORG_HEADS)
        or (head.tag == "NP" and head.text.isupper() and 2 < len(head.text) < 7 and head.text.isalpha())
    )


def leader_of(phrase: Phrase) -> str | None:
    """The group of "gang leader X" or "JNIM's commander"; None for others."""
    for k, token in enumerate(phrase.tokens[1:], 1):
        if token.low in {"leader", "chief", "boss", "commander", "head"}:
            if phrase.of is not None and (org := named(phrase.of)) is not None:
                return org.text
            before = [t for t in phrase.tokens[:k] if t.tag not in {"DET", "POS", "PRP$", "ADJ"}]
            if before and (
                (before[-1].name is not None and before[-1].name.kind in {"group", "force"})
                or classes_of(before[-1]) & {"group", "people"}
            ):
                return before[-1].text.lower() if before[-1].name is None else before[-1].text
    return None


def organisation_in(phrase: Phrase) -> str | None:
    """The organisation that an official's title names ("a Revolutionary Guards general"); None if none."""
    token = next((t for t in phrase.tokens if t.name is not None and t.name.kind in ORGANISED), None)
    if token is None or token.name is None:
        return None
    return token.name.state if token.name.kind == "capital" else token.text


def actors_of(phrase: Phrase, context: Context, *, bare: bool = True) -> list[str]:
    """Names of the actors of a phrase; `bare` resolves pronouns and "the group" from the context. [] if it names none."""
    if phrase.time:
        return []
    if phrase.pronoun:
        found = resolve_pronoun(phrase, context) if bare else None
        return [found] if found else []
    if is_person(phrase) and not (
        phrase.of is not None and phrase.head.low in {"member", "members", "leaders", "commanders", "pilots"}
    ):
        return []
    if phrase.of is not None and phrase.head.tag == "NUM":
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
    owned = any(t.tag == "PRP$" for t in phrase.tokens) and phrase.head.low in {"men", "people", "youths"}
    if not is_actor(phrase) and not owned:
        return []
    token = named(phrase)
    if token is not None and token.name is not None:
        return _split_names(phrase, token)
    if phrase.head.name is not None and phrase.head.name.kind == "demonym":
        return (
            [phrase.head.name.state or phrase.head.text]
            if phrase.head.low.endswith("s") and len(phrase.tokens) <= 2
            else [_text(phrase)]
        )
    owner = next((t for t in phrase.tokens if t.tag == "PRP$"), None)
    if (
        owner is not None
        and bare
        and not any(t.tag == "DEM" for t in phrase.tokens)
        and classes_of(phrase.head) & {"people", "force", "group", "people_abstract"}
    ):
        found = resolve_owner(owner, context)
        if found:
            return [found]
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
    return _coordinated(phrase)


def _split_names(phrase: Phrase, token: Token) -> list[str]:
    name = token.name
    assert name is not None
    if name.kind == "capital" and name.state:
        return [name.state]
    return [token.text.removeprefix("the ").removeprefix("The ")]


def _coordinated(phrase: Phrase) -> list[str]:
    """ "Mexican and Colombian drug cartels" -> both."""
    joint = next((k for k, t in enumerate(phrase.tokens) if t.tag == "CC"), None)
    if joint is None:
        return [_text(phrase)]
    first = [t for t in phrase.tokens[:joint] if t.tag in {"DEM", "ADJ"}]
    second = phrase.tokens[joint + 1]
    rest = phrase.tokens[joint + 2 :]
    if not first or second.tag != first[-1].tag or second.tag != "DEM":
        return [_text(phrase)]
    return [" ".join(t.text for t in [adjective, *rest]) for adjective in [*first, second]]


def _text(phrase: Phrase) -> str:
    tokens = list(phrase.tokens)
    while len(tokens) > 1 and (
        tokens[0].tag in _DROPPED
        or tokens[0].tag == "NUM"
        or tokens[0].low
        in {"several", "some", "many", "own", "latest", "other", "first", "new", "same", "next", "more", "additional"}
    ):
        tokens.pop(0)
    text = join(tokens)
    if phrase.of is not None:
        text += " of " + _text(phrase.of)
    if phrase.after and phrase.after[0][0] in {"in", "from"} and phrase.of is None:
        where = phrase.after[0][1]
        if (
            where.head.name is not None
            and where.head.name.kind in {"state", "place", "capital"}
            and not any(t.tag in {"DEM", "NP"} for t in phrase.tokens)
        ):
            text += f" {phrase.after[0][0]} {_text(where)}"
    return text


def join(tokens: list[Token]) -> str:
    """The words with the spaces they have in the report."""
    out = ""
    for k, token in enumerate(tokens):
        out += token.text + (" " if k + 1 < len(tokens) and tokens[k + 1].start > token.end else "")
    return out


def text_of(phrase: Phrase) -> str:
    """The phrase as a target or capability: without article and pronouns, with its "of" part."""
    text = _text(phrase)
    return re.sub(r"^(?:the|a|an) ", "", text)


def bare_text(phrase: Phrase) -> str:
    """As text_of, without the "in PLACE" that the place slot holds."""
    text = text_of(phrase)
    if phrase.after and phrase.after[0][0] in {"in", "from"} and phrase.of is None:
        tail = f" {phrase.after[0][0]} {_text(phrase.after[0][1])}"
        return text.removesuffix(tail)
    return text


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
            context.inside[item.head.start] = _text(talker)
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
                if (_plural(p) or kind_of(p) in {"group", "force", "people"}) == plural or (not plural and not _plural(p))
            ]
            if not same and plural:
                behind = [
                    p
                    for v in verbs
                    for p in [*v.objects, *v.indirect]
                    if p.tokens[0].start < token.start
                    and is_actor(p)
                    and p is not item
                    and (_plural(p) or kind_of(p) in {"group", "people"})
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
    if low in {
        "i",
        "we",
        "you",
        "us",
        "himself",
        "itself",
        "themselves",
        "anyone",
        "someone",
        "everyone",
        "nobody",
        "none",
        "he",
        "she",
        "him",
    }:
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


def _resolve_bare(phrase: Phrase, context: Context) -> str:
    """ "The group" -> the last group; "the army" -> the last army named in full, or with the report's country before it."""
    low = phrase.head.low
    definite = any(t.tag == "DET" and t.low in {"the", "this", "that", "these", "those"} for t in phrase.tokens)
    full = [m for m in context.mentions if m.head == low and m.name.lower() != low and " " in m.name]
    if full and (definite or low in {"troops", "rebels"}):
        return full[-1].name
    part = [m for m in context.mentions if definite and low in m.name.lower().split() and m.name.lower() != low]
    if part and low in {"legion", "cartel", "brigade", "front", "bureau", "corps", "unit"}:
        return part[-1].name
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
    if (
        definite
        and low
        in {
            "army",
            "military",
            "government",
            "navy",
            "police",
            "junta",
            "regime",
            "forces",
            "generals",
            "authorities",
            "resistance",
        }
        and context.country
    ):
        if low == "government" and context.state_name:
            return context.state_name
        adjective = lexicon().demonyms.get(context.country)
        if adjective:
            return f"{adjective} {low}"
    return _text(phrase)


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
        if token.name is not None and token.name.kind in ORGANISED | {"demonym"}:
            return token.name.state if token.name.kind in {"demonym", "capital"} else token.text
        if (
            token.tag == "N"
            and token.low
            in {
                "cartel",
                "rebel",
                "militia",
                "gang",
                "insurgent",
                "smuggler",
                "guerrilla",
                "government",
                "army",
                "police",
                "military",
                "jihadist",
                "junta",
                "navy",
                "separatist",
            }
            and token is not phrase.head
        ):
            if token.low in {"army", "government", "military", "junta", "police", "navy"}:
                return _resolve_bare(Phrase(0, 0, token, [_definite(token), token]), context)
            return token.text + ("s" if not token.low.endswith("s") else "")
    if phrase.of is not None:
        names = actors_of(phrase.of, context)
        if names:
            return names[0]
        if phrase.head.tag == "NUM" or phrase.head.low in {
            "one",
            "some",
            "several",
            "many",
            "most",
            "all",
            "number",
            "swarm",
            "dozens",
            "fleet",
        }:
            return owner_of(phrase.of, context)
    for prep, other in phrase.after:
        if prep in {"by"}:
            names = actors_of(other, context)
            if names:
                return names[0]
    return None


def _definite(token: Token) -> Token:
    article = Token("the", token.start, token.start)
    article.tag = "DET"
    return article
