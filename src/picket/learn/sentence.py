"""A sentence as the frames see it: phrases, verbs, times, and whether it is about drones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from picket.learn.actors import Context, actors_of, owner_of, resolve_inside
from picket.learn.chunks import Item, Phrase, Verb, chunks_of
from picket.learn.clauses import link_clauses
from picket.learn.isotimes import Published
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import classes_of, classes_of_word
from picket.learn.screening import Screened
from picket.learn.spots import place_state
from picket.learn.tagging import tokens_of
from picket.learn.times import Time, times_of
from picket.learn.tokens import Token, small_letters

DRONE_WORDS = Screened(
    r"\b(?:(?:micro|mini|multi|quad)?-?(?:drones?|copters?)|quadcopters?|uavs?|uas|ucavs?|usvs?|unmanned|"
    r"uncrewed|fpvs?|first-person[ -]view|loitering|kamikaze|remotely piloted|shaheds?|octocopters?|"
    r"hexacopters?|(?:quad|multi)-?rotors?|explosive boats?|sea baby|magura)\b"
    r"|-drone\b|\bdrone-",
    re.IGNORECASE,
)
_PARTS_OF = word_set("sentence.parts_of")  # "a swarm of drones", "the wreckage of a drone"
_CRAFT = word_set("sentence.craft")
_PERSONNEL = word_set("sentence.personnel")
_SOME_OF = frozenset(["thousands", "hundreds", "dozens", "scores", "number", "group", "some", "many", "most", "several"])
UNNAMED = word_set("frames.unnamed")
INSTRUCTORS = frozenset(["trainer", "trainers", "instructor", "instructors", "teacher", "teachers", "tutors"])
ADVISERS = word_set("sentence.advisers")


@dataclass(slots=True)
class Sentence:
    text: str
    begin: int
    end: int
    tokens: list[Token]
    items: list[Item]
    verbs: list[Verb]
    times: list[Time]
    context: Context
    drone: bool
    near: bool
    consumed: set[int] = field(default_factory=set)
    _phrases: list[Phrase] | None = None

    @property
    def words(self) -> str:
        return self.text[self.begin : self.end]

    def phrases(self) -> list[Phrase]:
        """All noun phrases, the ones inside "of" too; the same list each time, not to be changed."""
        if self._phrases is not None:
            return self._phrases
        found: list[Phrase] = []
        for item in self.items:
            phrase = item if isinstance(item, Phrase) else None
            while phrase is not None:
                found.append(phrase)
                found.extend(phrase.more)
                phrase = phrase.of
        self._phrases = found
        return found

    def actors(self, phrases: list[Phrase]) -> list[str]:
        names = [n for p in phrases for n in actors_of(p, self.context)]
        return list(dict.fromkeys(names))


_DATELINE = re.compile(
    r"(?:[A-Z][A-Z'’.-]{2,}(?: [A-Z'’.-]{2,})*(?:/[A-Z ]+)?(?:, [A-Z][\w.'’ ]{1,40}?)?|[A-Z][\w'’.]+(?:, [A-Z][\w.]+)?(?=,? (?:\(|\d)))"
    r"(?:,? (?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?(?: \d{1,2})?(?:, \d{4})?)?"
    r"(?: ?\([A-Z][\w /.-]{1,25}\))?(?: ?[-–—:] ?(?=\S)|\. (?=[A-Z]))"
)


def dateline(text: str) -> int:
    """Length of "GOMA, Congo (AP) — " at a sentence's head; 0 if there is none."""
    match = _DATELINE.match(text)
    return match.end() if match and len(match.group()) > 6 else 0


def read_sentence(text: str, begin: int, end: int, published: Published | None, context: Context, near: bool) -> Sentence:
    """Tags, chunks and links the sentence at begin:end."""
    opens = begin + dateline(text[begin : begin + 120])
    times = times_of(text, opens, end, published)
    tokens = tokens_of(text, opens, end, [(t.start, t.end) for t in times])
    for token in tokens if context.shortened else ():
        if token.text in context.shortened:
            token.text, token.name = context.shortened[token.text]
            token.low = small_letters(token.text)
    items = chunks_of(tokens)
    for item in items:
        phrase = item if isinstance(item, Phrase) else None
        while phrase is not None:
            phrase.time = phrase.time or _is_time(phrase, times)
            phrase = phrase.of
    verbs = link_clauses(items)
    resolve_inside(items, verbs, context)
    drone = bool(DRONE_WORDS.search(text, begin, end)) or any(t.name is not None and t.name.kind == "drone" for t in tokens)
    return Sentence(text, begin, end, tokens, items, verbs, times, context, drone, near)


_TIME_HEADS = word_set("sentence.time_heads")
_STAND_INS = word_set("sentence.stand_ins")
_COME_FROM = word_set("sentence.come_from")


def _is_time(phrase: Phrase, times: list[Time]) -> bool:
    if phrase.head.low == "times" and any(t.tag == "NUM" for t in phrase.tokens):
        return False
    if phrase.head.low in _TIME_HEADS or (
        phrase.head.low == "half" and any(t.start < phrase.end and phrase.tokens[0].start < t.end for t in times)
    ):
        return True
    return any(
        t.start <= phrase.tokens[-1].start and phrase.tokens[-1].end <= t.end + 1 and phrase.tokens[0].start >= t.start - 12
        for t in times
    )


_MULTITUDES = frozenset(["tens", "dozens", "scores", "hundreds", "thousands", "millions"])


class _Spelt(dict[str, bool]):
    """Is a word a noun for a drone, or one of DRONE_WORDS, or does it hold one? Looked up once for each."""

    def __missing__(self, text: str) -> bool:
        if len(self) >= 50_000:
            self.clear()
        found = self[text] = "drone" in classes_of_word(small_letters(text)) or DRONE_WORDS.search(text) is not None
        return found


_SPELT_AS_DRONE = _Spelt()


def is_drone(phrase: Phrase) -> bool:
    """Is the phrase a drone, or a thing that says it is for drones ("drone parts", "unmanned aircraft", "Shahed-136")?"""
    while phrase.of is not None and phrase.of.of is not None and phrase.head.low in _MULTITUDES:
        phrase = phrase.of  # "tens of thousands of drones"
    parts = [phrase] if phrase.of is None else [phrase, phrase.of]
    for part in [*parts, *phrase.more] if phrase.more else parts:
        for token in part.tokens:
            if _SPELT_AS_DRONE[token.text] or (token.name is not None and token.name.kind == "drone"):
                return True
    return bool(phrase.after) and any(
        name == "for" and any("drone" in classes_of(t) or (t.name is not None and t.name.kind == "drone") for t in other.tokens)
        for name, other in phrase.after[:1]
    )


def drone_head(phrase: Phrase) -> bool:
    """Is the head itself a drone (and not "drone unit", "drone operators")?"""
    inner = phrase
    while inner.of is not None and inner.head.low in _PARTS_OF:
        inner = inner.of
    head = inner.head
    if "drone" in classes_of(head) or (head.name is not None and head.name.kind == "drone"):
        return True
    return head.low in _CRAFT and is_drone(inner)


def refers_to_drone(phrase: Phrase, sentence: Sentence) -> bool:
    """ "Them", "the aircraft", "such weapons" in a sentence after one about drones."""
    if is_drone(phrase):
        return True
    if not (sentence.near or sentence.drone):
        return False
    low = phrase.head.low
    if phrase.pronoun:
        return low in {"they", "them", "it", "one", "ones", "both"}
    if (low in {"one", "two", "three"} or phrase.head.tag == "NUM") and phrase.of is not None:
        return refers_to_drone(phrase.of, sentence)
    if phrase.head.tag == "NUM" and phrase.of is None and len(phrase.tokens) <= 2 and not set(phrase.head.text) & set("$€£₹%"):
        return True  # "Latvia will buy six"
    if (
        low in {"aircraft", "craft", "machine", "device"}
        and sentence.context.told_of("use_attack", "sighting")
        and _counted_off(phrase)
    ):
        return True  # "one aircraft hit the airport"
    return low in _STAND_INS and any(
        low in {"jammer", "jammers"}
        or (low in {"zone", "zones"} and phrase.has("no-fly"))
        or (
            (low not in {"zone", "zones", "nets"})
            and t.low in {"the", "these", "those", "such", "its", "their", "this", "armed", "unmanned", "of", "an", "unknown"}
        )
        or t.tag == "DEM"
        or (low in {"aircraft", "craft", "vehicles", "boats"} and t.low.endswith(("-laden", "-packed", "-filled", "-carrying")))
        for t in phrase.tokens
    )


def _counted_off(phrase: Phrase) -> bool:
    return any(t.tag == "NUM" or t.low in {"another", "second", "third", "last"} for t in phrase.tokens)


def personnel(phrase: Phrase) -> bool:
    """People who can be sent or taught: soldiers, a team, 3,000 of the recruits."""
    if phrase.of is not None and (phrase.head.tag == "NUM" or phrase.head.low in _SOME_OF | _MULTITUDES):
        return personnel(phrase.of)
    nationals = phrase.head.tag == "DEM" and phrase.head.low.endswith("ns")
    return phrase.head.low in _PERSONNEL or nationals


def instruments(sentence: Sentence, verb: Verb) -> list[Phrase]:
    """Drones that a clause is done with: "with drones", "using a quadcopter", "by drone", "in a drone attack"."""
    found = [
        p
        for name, phrases in verb.preps
        if name in {"with", "by", "from", "in", "using", "via", "through", "during", "near"}
        for p in phrases
        if is_drone(p)
    ]
    for other in sentence.verbs:
        if other.participle and other.lemma in {"arm", "equip"} and other.subjects and other.subjects[0] in verb.subjects:
            found.extend(p for p in other.prep("with") if is_drone(p))
        if (
            other.lemma in {"use", "employ", "fly", "deploy", "involve", "launch"}
            and (other.gerund or other.participle or other.governor is verb)
            and other.objects
            and is_drone(other.objects[0])
            and other is not verb
        ):
            found.append(other.objects[0])
    return found


_MADE_IN = re.compile(r"^([A-Z]\w+)[-‑](?:made|built|supplied|produced|manufactured|designed|donated|provided)$")


def origin_of(phrase: Phrase, sentence: Sentence) -> str | None:
    """Where a thing comes from: "Chinese drones", "Turkish-made", "drones made in China", "its TB2"; a state or a maker."""
    for token in phrase.tokens:
        if token.name is not None and token.name.kind in {"demonym", "state"} and token is not phrase.head:
            return token.name.state
        match = _MADE_IN.match(token.text) if "-" in token.low else None
        if match:
            return state_of_word(match.group(1))
        if token.name is not None and token.name.kind == "company" and token is not phrase.head:
            return token.text
    for verb in sentence.verbs:
        if verb.participle and verb.subjects and verb.subjects[0] is phrase and verb.lemma in _COME_FROM:
            names = [
                n
                for p in verb.prep("by", "in", "from")
                for n in (actors_of(p, sentence.context) or [place_state(p) or _maker(p, verb, sentence.context)])
                if n
            ]
            if names:
                return names[0]
    if phrase.of is not None:
        return origin_of(phrase.of, sentence)
    for name, other in phrase.after:
        if name == "from":
            found = actors_of(other, sentence.context)
            if found:
                return found[0]
    return None


def _maker(phrase: Phrase, verb: Verb, context: Context) -> str:
    """An unknown single name that made a thing is a company's, unless it was part of a person's name before; "" for others."""
    single = len(phrase.tokens) == 1 and phrase.head.tag == "NP" and phrase.head.name is None and phrase in verb.prep("by")
    return phrase.head.text if single and phrase.head.text not in context.persons else ""


def state_of_word(word: str) -> str | None:
    for parts, name in lexicon().names.get(word.lower(), ()):
        if len(parts) == 1 and name.kind in {"demonym", "state"}:
            return name.state
    return None


def model_origin(phrase: Phrase) -> str | None:
    """The maker or maker's state of a named model ("TB2" -> Turkey)."""
    for part in [phrase, *([phrase.of] if phrase.of else [])]:
        for token in part.tokens:
            if token.name is not None and token.name.kind == "drone" and token.name.country:
                return lexicon().states.get(token.name.country)
    return None


def drone_owner(phrase: Phrase, sentence: Sentence) -> str | None:
    """Whose drone it is: by its own words ("the RSF's drones"), or by who flies it ("a drone operated by the RSF")."""
    return owner_of(phrase, sentence.context) or flown_by(phrase, sentence)


_FLOWN = frozenset(["launch", "operate", "fly", "use", "deploy", "fire", "send", "control", "pilot"])
_BLAMED = frozenset(["attribute", "link", "blame", "belong"])


def flown_by(phrase: Phrase, sentence: Sentence) -> str | None:
    """ "Drones launched by X", "a drone flown from Y by X", "a drone belonging to X"."""
    for verb in sentence.verbs:
        if (
            not verb.subjects
            or verb.subjects[0] is not phrase
            or not (verb.participle or (verb.gerund and verb.lemma == "belong"))
        ):
            continue
        ends = verb.prep("by") if verb.lemma in _FLOWN else verb.prep("to", "on") if verb.lemma in _BLAMED else []
        found = [n for n in sentence.actors([p for p in ends if not p.time]) if n.lower() not in UNNAMED]
        if found:
            return found[0]
    return None
