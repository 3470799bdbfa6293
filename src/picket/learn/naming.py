"""What a noun phrase names by its own words: a state, force, group, company or class of people; where it is at home; how it is written.

Private persons are never actors: a phrase whose head is an official, a spokesperson or a person's name gives none, a class of people
("ex-Colombian soldiers") does. Names are as in the text, without articles and leading numbers; a capital that acts is its state.
What needs the report around the phrase ("the group", "it", "its drones") is in actors.py.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase
from picket.learn.lexicon import Name, lexicon, word_set
from picket.learn.tokens import Token

ORGANISED = frozenset({"state", "capital", "force", "group", "agency", "company", "bloc", "think"})
_ORG_HEADS = word_set("actors.org_heads")
_PLACE_HEADS = word_set("actors.place_heads")
_DROPPED = frozenset(["DET", "PRP$", "QUAL"])
_SERVICES = frozenset(
    ["intelligence", "security", "special", "prison", "border", "police", "customs", "secret", "spy", "coastguard", "fire"]
)


def classes_of(token: Token) -> frozenset[str]:
    """Noun classes of a token's word; the last part of a hyphenated word counts too."""
    return _CLASSES[token.low]


def classes_of_word(low: str) -> frozenset[str]:
    """Noun classes of a word in small letters."""
    return _CLASSES[low]


_NONE: frozenset[str] = frozenset()


class _Classes(dict[str, frozenset[str]]):
    """Looked up once for each word; an analyst's own names change no noun."""

    def __missing__(self, low: str) -> frozenset[str]:
        if len(self) >= 50_000:
            self.clear()
        words = lexicon().noun_classes
        found = words.get(low)
        if found is None and "-" in low:
            found = words.get(low.rsplit("-", 1)[1])
        classes = self[low] = found or _NONE
        return classes


_CLASSES = _Classes()


def named(phrase: Phrase) -> Token | None:
    """The name in a phrase that stands for it: its head, or a name that the head introduces ("the company Baykar")."""
    head = phrase.head
    if head.name is not None and head.name.kind in ORGANISED:
        return head
    return None


def is_person(phrase: Phrase) -> bool:
    """Is the phrase an official or a person by name? Its own words say so, and are asked once."""
    if phrase.person is None:
        phrase.person = _is_person(phrase)
    return phrase.person


def _is_person(phrase: Phrase) -> bool:
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


def is_plural(phrase: Phrase) -> bool:
    low = phrase.head.low
    return (
        (low.endswith("s") and not low.endswith("ss") and phrase.head.tag == "N")
        or low in {"police", "people", "troops", "personnel"}
        or (phrase.head.name is not None and phrase.head.name.shown in {"Houthis"})
    )


def is_actor(phrase: Phrase) -> bool:
    """Can the phrase act: a state, force, group, company or class of people (never a person)? Asked once, when its time is known."""
    if phrase.actor is None:
        phrase.actor = _is_actor(phrase)
    return phrase.actor


def _is_actor(phrase: Phrase) -> bool:
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


def state_of_official(phrase: Phrase) -> str | None:
    """The state for which an official acts by title ("Serbia's president", "the Serbian defence minister"); None for others."""
    if not is_person(phrase):
        return None
    token = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"state", "demonym"} and t.name.state), None)
    titled = any(t.low in _RULING for t in phrase.tokens)
    return token.name.state if token is not None and token.name is not None and titled else None


_RULING = frozenset(["president", "minister", "premier", "leader", "king", "chancellor", "government", "junta"])


def names_of(token: Token, name: Name) -> list[str]:
    if name.kind == "capital" and name.state:
        return [name.state]
    return [token.text.removeprefix("the ").removeprefix("The ")]


def coordinated(phrase: Phrase) -> list[str]:
    """ "Mexican and Colombian drug cartels" -> both."""
    joint = next((k for k, t in enumerate(phrase.tokens) if t.tag == "CC"), None)
    if joint is None:
        return [name_text(phrase)]
    nations = [t for t in phrase.tokens[: joint + 2] if t.tag == "DEM"]
    if len(nations) > 2:
        return [" ".join(t.text for t in [nation, *phrase.tokens[joint + 2 :]]) for nation in nations]
    first = [t for t in phrase.tokens[:joint] if t.tag in {"DEM", "ADJ"}]
    second = phrase.tokens[joint + 1]
    rest = phrase.tokens[joint + 2 :]
    if not first or second.tag != first[-1].tag or second.tag != "DEM":
        return [name_text(phrase)]
    return [" ".join(t.text for t in [adjective, *rest]) for adjective in [*first, second]]


def name_text(phrase: Phrase) -> str:
    tokens = list(phrase.tokens)
    while len(tokens) > 1 and (
        tokens[0].tag in _DROPPED
        or tokens[0].tag == "NUM"
        or tokens[0].low
        in {"several", "some", "many", "own", "latest", "other", "first", "new", "same", "next", "more", "additional"}
    ):
        tokens.pop(0)
    text = join(tokens)
    seat = tokens[0].name if len(tokens) > 2 and tokens[1].tag == "POS" else None
    if seat is not None and seat.kind == "capital" and seat.state:
        text = seat.state + text[len(tokens[0].text) :]  # "Kyiv's troops" are Ukraine's
    if phrase.of is not None:
        text += " of " + name_text(phrase.of)
    if phrase.after and phrase.after[0][0] in {"in", "from"} and phrase.of is None:
        where = phrase.after[0][1]
        if (
            where.head.name is not None
            and where.head.name.kind in {"state", "place", "capital"}
            and not any(t.tag in {"DEM", "NP"} for t in phrase.tokens)
        ):
            text += f" {phrase.after[0][0]} {name_text(where)}"
    return text


def join(tokens: list[Token]) -> str:
    """The words with the spaces they have in the report."""
    out = ""
    for k, token in enumerate(tokens):
        out += token.text + (" " if k + 1 < len(tokens) and tokens[k + 1].start > token.end else "")
    return out


def text_of(phrase: Phrase) -> str:
    """The phrase as a target or capability: without article and pronouns, with its "of" part."""
    text = name_text(phrase)
    return re.sub(r"^(?:the|a|an) ", "", text)


def bare_text(phrase: Phrase) -> str:
    """As text_of, without the "in PLACE" that the place slot holds."""
    text = text_of(phrase)
    if phrase.after and phrase.after[0][0] in {"in", "from"} and phrase.of is None:
        tail = f" {phrase.after[0][0]} {name_text(phrase.after[0][1])}"
        return text.removesuffix(tail)
    return text
