"""A sentence as the frames see it: phrases, verbs, times, and whether it is about drones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from picket.learn.actors import Context, actors_of, owner_of, resolve_inside
from picket.learn.chunks import Item, Phrase, Verb, chunks_of
from picket.learn.clauses import link_clauses
from picket.learn.lexicon import lexicon, word_set
from picket.learn.naming import classes_of, join, text_of
from picket.learn.tagging import tokens_of
from picket.learn.times import Published, Time, times_of
from picket.learn.tokens import Token

DRONE_WORDS = re.compile(
    r"\b(?:(?:micro|mini|multi|quad)?-?(?:drones?|copters?)|quadcopters?|uavs?|uas|ucavs?|usvs?|unmanned|"
    r"uncrewed|fpvs?|first-person[ -]view|loitering|kamikaze|remotely piloted|shaheds?|octocopters?|"
    r"hexacopters?|sea baby|magura)\b"
    r"|-drone\b|\bdrone-",
    re.IGNORECASE,
)
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

    @property
    def words(self) -> str:
        return self.text[self.begin : self.end]

    def phrases(self) -> list[Phrase]:
        """All noun phrases, the ones inside "of" too."""
        found: list[Phrase] = []
        for item in self.items:
            phrase = item if isinstance(item, Phrase) else None
            while phrase is not None:
                found.append(phrase)
                found.extend(phrase.more)
                phrase = phrase.of
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


def is_drone(phrase: Phrase) -> bool:
    """Is the phrase a drone, or a thing that says it is for drones ("drone parts", "unmanned aircraft", "Shahed-136")?"""
    while phrase.of is not None and phrase.of.of is not None and phrase.head.low in _MULTITUDES:
        phrase = phrase.of  # "tens of thousands of drones"
    for part in [phrase, *([phrase.of] if phrase.of else []), *phrase.more]:
        for token in part.tokens:
            if (
                "drone" in classes_of(token)
                or (token.name is not None and token.name.kind == "drone")
                or DRONE_WORDS.search(token.text)
            ):
                return True
    return any(
        name == "for" and any("drone" in classes_of(t) or (t.name is not None and t.name.kind == "drone") for t in other.tokens)
        for name, other in phrase.after[:1]
    )


def drone_head(phrase: Phrase) -> bool:
    """Is the head itself a drone (and not "drone unit", "drone operators")?"""
    inner = phrase
    while inner.of is not None and inner.head.low in {
        "fleet",
        "swarm",
        "swarms",
        "wave",
        "waves",
        "number",
        "battery",
        "batteries",
        "squadron",
        "load",
        "consignment",
        "container",
        "containers",
        "shipment",
        "cargo",
        "first",
        "second",
        "third",
        "last",
        "latest",
        "rest",
        "tens",
        "millions",
        "dozens",
        "hundreds",
        "thousands",
        "pair",
        "batch",
        "barrage",
        "type",
        "types",
        "variety",
        "model",
        "version",
        "one",
        "some",
        "many",
        "most",
        "all",
        "each",
        "several",
        "salvo",
        "scores",
        "wreckage",
        "fragments",
        "debris",
        "remains",
        "remnants",
        "pieces",
        "wreck",
        "part",
        "parts",
    }:
        inner = inner.of
    head = inner.head
    if "drone" in classes_of(head) or (head.name is not None and head.name.kind == "drone"):
        return True
    if head.low in {
        "aircraft",
        "vehicle",
        "vehicles",
        "boat",
        "boats",
        "swarm",
        "swarms",
        "munition",
        "munitions",
        "system",
        "systems",
        "model",
        "models",
        "vessel",
        "vessels",
        "plane",
        "planes",
        "submarine",
        "submarines",
        "copter",
        "craft",
        "missiles",
        "helicopter",
        "fleet",
    }:
        return is_drone(inner)
    return False


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
    return low in {
        "aircraft",
        "jammer",
        "jammers",
        "zone",
        "zones",
        "nets",
        "radars",
        "interceptors",
        "machine",
        "machines",
        "device",
        "devices",
        "weapon",
        "weapons",
        "system",
        "systems",
        "model",
        "models",
        "munition",
        "munitions",
        "technology",
        "equipment",
        "craft",
        "number",
        "object",
        "objects",
        "version",
        "versions",
        "variant",
        "variants",
        "prototype",
        "prototypes",
        "tools",
        "copters",
    } and any(
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


def place_of(sentence: Sentence, verb: Verb | None, extra: list[Phrase] = []) -> tuple[str | None, str | None]:  # noqa: B006
    """(place, country) of the event: the most specific place beside the verb, else anywhere in the sentence after in/at/near."""
    from picket.learn.places import country_of

    candidates: list[Phrase] = []
    if verb is not None:
        names = [verb]
        up = verb.governor
        if up is not None and (verb.link in {"chain", "inf", "ger", "part", "conj"} or _where_clause(sentence, verb)):
            names.append(up)
        for v in names:
            if v.lemma in {"leave", "depart", "head", "set_off", "fly"}:
                candidates.extend(v.prep("for"))
            for name, phrases in v.preps:
                if name in {
                    "in",
                    "at",
                    "near",
                    "over",
                    "into",
                    "across",
                    "inside",
                    "outside",
                    "to",
                    "on",
                    "around",
                    "along",
                    "above",
                    "off",
                    "close_to",
                    "toward",
                    "towards",
                    "within",
                    "through",
                    "throughout",
                }:
                    candidates.extend(phrases)
    for phrase in extra:
        candidates.extend(p for name, p in phrase.after if name in {"in", "at", "near", "over", "on", "along", "outside"})
        candidates.append(phrase)
    spoken = _of_speakers(sentence)
    candidates = [p for p in candidates if id(p) not in spoken]
    found: list[tuple[int, str, str | None]] = []
    for phrase in candidates:
        entry = _with_state(sentence, phrase) or place_name(phrase)
        if entry:
            found.append(entry)
    if not found:
        for k, item in enumerate(sentence.items):
            if (
                isinstance(item, Phrase)
                and k
                and id(item) not in spoken
                and getattr(sentence.items[k - 1], "tag", "") == "P"
                and getattr(sentence.items[k - 1], "low", "") in {"in", "at", "near", "over", "across", "on", "outside", "inside"}
                and not (k > 1 and isinstance(before := sentence.items[k - 2], Phrase) and before.head.low in _WARS)
            ):
                entry = _with_state(sentence, item) or place_name(item)
                if entry and entry[0] == 1 and _and_another(sentence, k, entry[2]):
                    return None, ""
                if entry:
                    found.append(entry)
    if not found:
        return None, None
    found.sort(key=lambda e: -e[0])
    if _several_states(candidates, found):
        return None, ""
    if any(n == "Georgia" for _, n, _ in found) and sentence.context.country == "US":
        found = [(s, n, "US" if n == "Georgia" else c) for s, n, c in found]  # the American state
    name, country = found[0][1], found[0][2]
    if country is None and not AT_SEA.search(name):
        country = next((c for _, _, c in found if c), None)
    if country is None:
        country = country_of(name)
    return name, country


_WARS = frozenset(["war", "wars", "invasion", "conflict", "use", "fighting", "experience", "front", "veterans"])
AT_SEA = re.compile(r"\b(?:Sea|Gulf|Ocean|Straits?|Channel|Bab al-Mandab|Lake \w+(?: basin)?)$")


def _with_state(sentence: Sentence, phrase: Phrase) -> tuple[int, str, str | None] | None:
    """ "Tel Baider, Syria": a name that no table has, with its state behind a comma."""
    if phrase.head.tag != "NP" or phrase.head.name is not None or phrase.time or any(t.tag == "POS" for t in phrase.tokens):
        return None
    k = next((n for n, item in enumerate(sentence.items) if item is phrase), -1)
    if k < 0 or k + 2 >= len(sentence.items) or getattr(sentence.items[k + 1], "tag", "") != ",":
        return None
    state = sentence.items[k + 2]
    if not isinstance(state, Phrase) or state.head.name is None or state.head.name.kind not in {"state", "place"}:
        return None
    return (3, join([t for t in phrase.tokens if t.tag == "NP"]), state.head.name.country) if len(state.tokens) == 1 else None


def _where_clause(sentence: Sentence, verb: Verb) -> bool:
    """ "Travelled to Yemen, where instructors taught them": what happens in a where-clause happens at the place before it."""
    if verb.governor is None or verb.link not in {"rel", "sub", "adv", "comp"}:
        return False
    return any(getattr(item, "low", "") == "where" for item in sentence.items[verb.governor.at : verb.at])


def _and_another(sentence: Sentence, k: int, country: str | None) -> bool:
    """ "In Mali and Burkina Faso", "in Mali, Niger and Chad": is another state listed behind the one at k?"""
    n = k + 1
    while n + 1 < len(sentence.items) and getattr(sentence.items[n], "tag", "") in {"CC", ","}:
        other = sentence.items[n + 1]
        entry = place_name(other) if isinstance(other, Phrase) else None
        if entry is None or entry[0] != 1:
            return False
        if entry[2] != country:
            return True
        n += 2
    return False


def _of_speakers(sentence: Sentence) -> set[int]:
    """Phrases that say where a speaker is ("an official in Peshawar", "the Institute in Pretoria"), and not where it happened."""
    out: set[int] = set()
    tellers = [p for v in sentence.verbs if v.classes & {"say", "warn"} for p in (v.prep("by") if v.passive else v.subjects)]
    for verb in sentence.verbs:
        tellers += [p for name, phrases in verb.preps if name == "according_to" for p in phrases]
    for phrase in tellers:
        out.update(id(p) for _, p in phrase.after)
        for verb in sentence.verbs:
            if (
                verb.participle
                and verb.lemma in {"base", "locate", "station", "interview", "quote"}
                and verb.subjects
                and verb.subjects[0] is phrase
            ):
                out.update(id(p) for _, phrases in verb.preps for p in phrases)
    return out


def _several_states(candidates: list[Phrase], found: list[tuple[int, str, str | None]]) -> bool:
    """ "In Mali and Burkina Faso": the event has no one country."""
    return found[0][0] == 1 and len({c for s, _, c in found if s == 1}) > 1 and len(candidates) > 1 and _listed(candidates)


def _listed(candidates: list[Phrase]) -> bool:
    states = [p for p in candidates if p.head.name is not None and p.head.name.kind == "state"]
    return len(states) > 1 and any(0 < b.i - a.j <= 2 for a, b in pairwise(sorted(states, key=lambda p: p.i)))


def place_name(phrase: Phrase) -> tuple[int, str, str | None] | None:
    """(how specific, name, country) if the phrase is a place: 3 town or base, 2 region, 1 state."""
    from picket.learn.places import country_of

    if phrase.time:
        return None
    head = phrase.head
    if head.name is not None:
        kind = head.name.kind
        if kind == "place":
            return (3, head.text.removeprefix("the "), head.name.country)
        if kind == "capital":
            return (
                (3, head.text.removeprefix("the "), head.name.country)
                if head.text.lower() not in {"kremlin", "the kremlin"}
                else None
            )
        if kind == "state":
            return (1, head.name.shown, head.name.country)
        return None
    inner = next(
        (t for t in reversed(phrase.tokens) if t.name is not None and t.name.kind in {"place", "state", "capital", "demonym"}),
        None,
    )
    low = head.low
    geographic = low in _GEO_HEADS
    if geographic and (inner is not None or any(t.tag == "NP" for t in phrase.tokens)):
        text = join([t for t in phrase.tokens if t.tag not in {"DET", "PRP$"}])
        if phrase.of is not None and low in {
            "border",
            "coast",
            "city",
            "town",
            "province",
            "state",
            "region",
            "village",
            "port",
            "outskirts",
        }:
            text += " of " + join(phrase.of.tokens)
        country = inner.name.country if inner is not None and inner.name is not None else country_of(text)
        return (2, text, country)
    if phrase.of is not None and (
        geographic
        or low in {"part", "parts", "area", "outskirts", "north", "south", "east", "west", "city", "capital", "waters", "skies"}
    ):
        sub = place_name(phrase.of)
        if sub:
            return (
                2,
                (
                    text_of(phrase)
                    if geographic
                    and low
                    not in {
                        "part",
                        "parts",
                        "outskirts",
                        "city",
                        "town",
                        "village",
                        "state",
                        "province",
                        "region",
                        "port",
                        "capital",
                    }
                    else sub[1]
                ),
                sub[2],
            )
    if head.tag == "NP" and not any(t.tag == "POS" for t in phrase.tokens):
        text = join([t for t in phrase.tokens if t.tag == "NP"])
        country = country_of(text)
        if country or (len(phrase.tokens) == 1 and text[0].isupper() and not text.isupper()):
            return (3, text, country)
    return None


_GEO_HEADS = word_set("sentence.geo_heads")


def origin_of(phrase: Phrase, sentence: Sentence) -> str | None:
    """Where a thing comes from: "Chinese drones", "Turkish-made", "drones made in China", "its TB2"; a state or a maker."""
    for token in phrase.tokens:
        if token.name is not None and token.name.kind in {"demonym", "state"} and token is not phrase.head:
            return token.name.state
        match = re.match(r"^([A-Z]\w+)[-‑](?:made|built|supplied|produced|manufactured|designed|donated|provided)$", token.text)
        if match:
            return state_of_word(match.group(1))
        if token.name is not None and token.name.kind == "company" and token is not phrase.head:
            return token.text
    for verb in sentence.verbs:
        if (
            verb.participle
            and verb.subjects
            and verb.subjects[0] is phrase
            and verb.lemma
            in {
                "make",
                "build",
                "produce",
                "manufacture",
                "design",
                "supply",
                "import",
                "buy",
                "purchase",
                "provide",
                "donate",
                "obtain",
                "acquire",
                "source",
                "deliver",
                "send",
                "ship",
                "gift",
                "export",
                "sell",
                "hand_over",
            }
        ):
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


def place_state(phrase: Phrase) -> str | None:
    """The state in which a place lies."""
    entry = place_name(phrase)
    return lexicon().states.get(entry[2]) if entry and entry[2] else None


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
