"""Whom a trained claim may name: the actors and things of the sentence, and who was named before it; each with the features of its place.

A mention has a text as claims name it; what it stands for is resolved by the same code as for the rules ("the group", "Kyiv").
"""

from __future__ import annotations

from dataclasses import dataclass

from picket.learn.actors import Context, actors_of
from picket.learn.chunks import Mark, Phrase, Verb
from picket.learn.lexicon import given_names
from picket.learn.naming import ORGANISED, bare_text, is_person
from picket.learn.report import Report
from picket.learn.sentence import Sentence, is_drone, origin_of, place_name, read_sentence
from picket.learn.trained.features import phrase_type, stem
from picket.learn.tokens import Token


@dataclass(slots=True)
class Mention:
    """A candidate for an end of a claim: how it is named, whether it can act, its phrase, and its features without the anchor."""

    name: str
    acts: bool
    phrase: Phrase | None
    at: int
    features: list[str]
    inside: bool = False


@dataclass(slots=True)
class Named:
    """An actor that the report has named: its name, what it is, how often, in which sentence last, ever a subject, in the title."""

    name: str
    kind: str
    times: int = 0
    sentence: int = -9
    subject: bool = False
    titled: bool = False


class Memory:
    """Who was named in a report so far, its title first; one for each report."""

    def __init__(self, report: Report) -> None:
        self.named: dict[str, Named] = {}
        self.surnames: set[str] = set()
        if report.title:
            title = report.title
            self.keep(read_sentence(title, 0, len(title), None, Context(), near=True), titled=True)

    def keep(self, sentence: Sentence, *, titled: bool = False) -> None:
        """Remembers the sentence's actors."""
        subjects = {id(p) for v in sentence.verbs for p in v.subjects}
        for phrase in sentence.phrases():
            if phrase.time:
                continue
            if is_person(phrase):
                self.surnames.add(phrase.head.low)
            names = actors_of(phrase, sentence.context, bare=False) or self.unknown(phrase)
            for name in [*names, *(_name(t) for t, _ in _inner(phrase))]:
                if not any(c.isupper() for c in name):
                    continue
                entry = self.named.setdefault(name.lower(), Named(name, phrase_type(phrase)))
                entry.times += 1
                entry.titled |= titled
                entry.subject |= id(phrase) in subjects
                entry.sentence = -1 if titled else sentence.context.sentence

    def unknown(self, phrase: Phrase) -> list[str]:
        """The name of an organisation that no gazetteer knows, if its own words say that it is one; a person's name never is."""
        head = phrase.head
        if head.tag != "NP" or head.name is not None or is_person(phrase) or head.low in self.surnames:
            return []
        words = [t.text for t in phrase.tokens if t.tag == "NP"]
        if words[0].lower() in given_names():
            return []
        known = any(w.isupper() and len(w) > 1 for w in words) or words[-1].lower().rstrip(".") in _ORGANISATIONS
        return [" ".join(words)] if known else []


_ORGANISATIONS = frozenset(
    (
        "systems aerospace industries industrial machinery technologies technology group defence defense dynamics robotics electronics "
        "international airlines ltd inc corp corporation company aviation avionics drones marine shipping trading engineering labs works "
        "army navy police force forces service services ministry council front movement brigade battalion regiment corps guard guards command "
        "agency bureau institute university academy school center centre union party league federation coalition alliance cartel legion militia"
    ).split()
)


def _name(token: Token) -> str:
    state = token.name.state if token.name is not None and token.name.kind in {"demonym", "capital"} else None
    return (state or token.text).removeprefix("the ")


def mentions_of(sentence: Sentence, memory: Memory) -> list[Mention]:
    """The candidates of the sentence in order, then those of the sentences before."""
    found: list[Mention] = []
    seen: set[tuple[str, int]] = set()
    before = _before(sentence)
    tellers = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} and not v.passive for p in v.subjects}
    for phrase in sentence.phrases():
        if phrase.time:
            continue
        kind = phrase_type(phrase)
        prep = before.get(phrase.i, "-")
        head = f"head:{stem(phrase.head.low)}" if phrase.head.name is None else "head:-"
        base = [f"type:{kind}", f"prep:{prep}", f"prep:{prep}:{kind}", head]
        if id(phrase) in tellers:
            base.append("teller")
        if phrase.tokens[0].low in {"the", "a", "an", "its", "their"}:
            base.append(f"det:{phrase.tokens[0].low}")
        for name in actors_of(phrase, sentence.context):
            known = memory.named.get(name.lower())
            more = ["known", f"known:{'title' if known.titled else 'text'}"] if known is not None else []
            _add(found, seen, Mention(name, True, phrase, phrase.i, [*base, *more, "named"]))
        for token, how in _inner(phrase):
            features = [f"in:{how}", f"in:{how}:{kind}", f"prep:{prep}:in", f"inhead:{stem(phrase.head.low)}"]
            _add(found, seen, Mention(_name(token), True, phrase, phrase.i, [*features, f"in:{how}:{prep}"], inside=True))
        if is_drone(phrase) and (maker := origin_of(phrase, sentence)):
            _add(found, seen, Mention(maker, True, phrase, phrase.i, ["origin", f"origin:{prep}"], inside=True))
        if phrase.pronoun or is_drone(phrase):
            continue
        if place := place_name(phrase):
            base = [*base, f"place:{place[0]}"]
        for name in memory.unknown(phrase):
            _add(found, seen, Mention(name, True, phrase, phrase.i, [*base, "unknown"]))
        common = phrase.head.tag == "N" and not is_person(phrase)
        _add(found, seen, Mention(bare_text(phrase), common, phrase, phrase.i, [*base, "asthing"]))
    actors = [m for m in found if m.acts and "asthing" not in m.features]
    for k, mention in enumerate(actors):
        mention.features = [*mention.features, f"nth:{min(k, 3)}:{min(len(actors), 4)}"]
    _earlier(sentence, found, memory)
    return found


def _add(found: list[Mention], seen: set[tuple[str, int]], mention: Mention) -> None:
    key = (mention.name.lower(), mention.acts)
    if key not in seen and mention.name:
        seen.add(key)
        found.append(mention)


def _inner(phrase: Phrase) -> list[tuple[Token, str]]:
    """Names inside a phrase that are not its head: "Iran's drones", "Russian instructors", "US-made jets"."""
    out = []
    for k, token in enumerate(phrase.tokens):
        if token is phrase.head or token.name is None or token.name.kind not in ORGANISED | {"demonym"}:
            continue
        owned = k + 1 < len(phrase.tokens) and phrase.tokens[k + 1].tag == "POS"
        out.append((token, "pos" if owned else token.name.kind))
    return out


def _before(sentence: Sentence) -> dict[int, str]:
    """The preposition or mark before each phrase, by the phrase's first token."""
    out: dict[int, str] = {}
    last = "^"
    for item in sentence.items:
        if isinstance(item, Phrase):
            part: Phrase | None = item
            word = last
            while part is not None:
                out[part.i] = word
                word, part = "of", part.of
            last = "np"
        elif isinstance(item, Verb):
            last = "verb"
        elif isinstance(item, Mark):
            last = item.low
    return out


def _earlier(sentence: Sentence, found: list[Mention], memory: Memory) -> None:
    """Whom the report named before: the last subject, whose drones they were, who got the last delivery, the names said last and most."""
    context = sentence.context
    inside = {m.name.lower() for m in found if m.acts}
    last = [m for m in context.subjects if m.sentence < context.sentence][-1:]
    labels: dict[str, list[str]] = {}
    for label, name in (
        ("subject", last[0].name if last and context.sentence - last[0].sentence <= 2 else None),
        ("flier", context.last_flier()),
        ("taker", next(iter(context.last_taker([])), None)),
        ("state", context.state_name),
    ):
        if name and name.lower() not in inside:
            labels.setdefault(name, []).append(label)
    named = [n for n in memory.named.values() if n.name.lower() not in inside]
    often = sorted(named, key=lambda n: (-n.times, n.name))[:2]
    late = sorted(named, key=lambda n: (-n.sentence, n.name))[:3]
    for label, entries in (("often", often), ("late", late), ("titled", [n for n in named if n.titled][:3])):
        for entry in entries:
            labels.setdefault(entry.name, []).append(label)
    for name, why in labels.items():
        features = ["earlier", *(f"earlier:{label}" for label in why)]
        known = memory.named.get(name.lower())
        if known is not None:
            features += [f"etype:{known.kind}", f"ago:{min(context.sentence - known.sentence, 4)}", f"etimes:{min(known.times, 4)}"]
            features += ["esubject"] * known.subject + ["etitled"] * known.titled
        features += [f"eothers:{min(sum(m.acts and 'named' in m.features for m in found), 3)}"]
        found.append(Mention(name, True, None, -1, features))


def end_features(sentence: Sentence, mention: Mention, kind: str, anchor: Verb | None, role: str) -> list[str]:
    """The features of a mention as an end of a claim of `kind` told by `anchor`."""
    made = ["bias", *mention.features]
    phrase = mention.phrase
    if phrase is None:
        pass
    elif anchor is None:
        made.append("noanchor")
    else:
        place = _relation(anchor, phrase)
        voice = "p" if anchor.passive else "a"
        inner = "i" if mention.inside else "h"
        made += [f"rel:{place}:{voice}:{inner}", f"vrel:{anchor.lemma}:{place}:{inner}"]
        made += [f"crel:{c}:{place}:{voice}:{inner}" for c in sorted(anchor.classes)]
        if place == "-":
            other = next((v for v in sentence.verbs if v is not anchor and _relation(v, phrase) != "-"), None)
            if other is not None:
                link = other.link if other.governor is anchor else ("up" if anchor.governor is other else "far")
                made += [f"orel:{link}:{_relation(other, phrase)}:{inner}"]
                made += [f"oc:{c}:{_relation(other, phrase)}" for c in sorted(other.classes)[:3]]
        side = "after" if mention.at > anchor.i else "before"
        made.append(f"side:{side}:{min(abs(mention.at - anchor.i) // 4, 4)}")
    return [*(f"{role}|{f}" for f in made), *(f"{kind}.{role}|{f}" for f in made)]


def _relation(verb: Verb, phrase: Phrase) -> str:
    for place, phrases in (("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps):
        for candidate in phrases:
            part: Phrase | None = candidate
            depth = 0
            while part is not None:
                if part is phrase:
                    return place if not depth else f"{place}.of"
                if any(phrase is p for _, p in part.after):
                    return f"{place}.after"
                part, depth = part.of, depth + 1
    return "-"
