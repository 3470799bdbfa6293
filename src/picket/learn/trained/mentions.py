"""Whom a trained claim may name: the actors and things of the sentence, and who was named before it; each with the features of its place.

A mention has a text as claims name it; what it stands for is resolved by the same code as for the rules ("the group", "Kyiv").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.lexicon import lexicon
from picket.learn.naming import bare_text, classes_of, is_person
from picket.learn.sentence import Sentence, drone_head, is_drone, origin_of
from picket.learn.spots import place_name
from picket.learn.tokens import Token
from picket.learn.trained.groups import Groups, T, as_they_are
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory, inner_names, name_of
from picket.learn.trained.sorts import phrase_type, stem
from picket.learn.trained.strangers import stranger


@dataclass(slots=True)
class Mention(Generic[T]):
    """A candidate for an end of a claim: how it is named, whether it can act, its phrase, and its features without the anchor.

    `kind` is its phrase's if the mention is the phrase, "" of a name inside it; `how` is "named", "thing", or "" for others."""

    name: str
    acts: bool
    phrase: Phrase | None
    at: int
    features: list[T]
    inside: bool = False
    kind: str = ""
    how: str = ""


def mentions_of(look: Look, memory: Memory, groups: Groups[T]) -> list[Mention[T]]:
    """The candidates of the sentence in order, then those of the sentences before."""
    sentence = look.sentence
    found: list[Mention[T]] = []
    seen: set[tuple[str, bool]] = set()
    before, governors = look.before(), look.governors()
    tellers = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} and not v.passive for p in v.subjects}
    for phrase in look.phrases:
        if phrase.time:
            continue
        kind = phrase_type(phrase)
        prep = before.get(phrase.i, "-")
        head = phrase.head.low
        first = phrase.tokens[0].low
        base = [
            *groups[_base_names, kind, prep, head if phrase.head.name is None else None],
            *_beside(look, phrase, kind, groups),
            *_around(look, phrase, prep, kind, "h", groups),
            *_governed(look, governors, phrase, "h", groups),
            *groups[_opening_names, id(phrase) in tellers, first if first in _OPENINGS else None],
        ]
        for name in actors_of(phrase, sentence.context):
            known = memory.named.get(name.lower())
            more = groups[_named_names, None if known is None else known.titled]
            _add(found, seen, Mention(name, True, phrase, phrase.i, [*base, *more], kind=kind, how="named"))
        inner = inner_names(phrase)
        if inner:
            inside = [*_around(look, phrase, prep, kind, "i", groups), *_governed(look, governors, phrase, "i", groups)]
            words = groups.items_of(_inner_words(look, phrase))
        for token, how in inner:
            features = [
                *groups[_inner_names, how, kind, prep, head],
                *words,
                *inside,
                *groups[as_they_are, (f"in:{how}:{prep}",)],
            ]
            _add(found, seen, Mention(name_of(token), True, phrase, phrase.i, features, inside=True))
        flown = is_drone(phrase)
        if flown and (maker := origin_of(phrase, sentence)):
            features = [*groups[as_they_are, ("origin", f"origin:{prep}")]]
            _add(found, seen, Mention(maker, True, phrase, phrase.i, features, inside=True))
        if (flown and drone_head(phrase)) or phrase.pronoun:
            for token in _owners(phrase):
                features = [*groups[_inner_names, "common", kind, prep, token.low], *groups[as_they_are, (f"in:common:{prep}",)]]
                _add(found, seen, Mention(token.text, True, phrase, phrase.i, features, inside=True))
            continue
        place = place_name(phrase)
        if place:
            base += groups[as_they_are, (f"place:{place.rank}",)]
        sure = memory.unknown(phrase)
        for name in sure:
            features = [*base, *groups[as_they_are, ("unknown",)]]
            _add(found, seen, Mention(name, True, phrase, phrase.i, features, kind=kind))
        maybe = None if sure or (place and phrase.of is None) else memory.possible(phrase)
        if maybe is not None:
            features = [*base, *groups.items_of(_possible_names(look, phrase, kind))]
            _add(found, seen, Mention(maybe, True, phrase, phrase.i, features, kind=kind))
        elif phrase.head.tag == "NP" and phrase.head.name is None and is_person(phrase):
            continue  # nobody is a target by name
        common = (phrase.head.tag == "N" or bool(place) or _a_people(phrase)) and not is_person(phrase)
        base += groups[as_they_are, ("asthing",)]
        _add(found, seen, Mention(bare_text(phrase), common, phrase, phrase.i, base, kind=kind, how="thing"))
    actors = [m for m in found if m.acts and m.how != "thing"]
    for k, mention in enumerate(actors):
        mention.features += groups[as_they_are, (f"nth:{min(k, 3)}:{min(len(actors), 4)}",)]
    _parts(actors, groups)
    _earlier(sentence, found, memory, groups)
    for mention in found:
        mention.features += groups[as_they_are, memory.about(mention.name)]
        mention.features += groups.items_of(memory.ends_before(mention.name))
    return found


def _possible_names(look: Look, phrase: Phrase, kind: str) -> list[str]:
    """What speaks for or against an organisation, of a name that no gazetteer knows: its form, and what stands beside it."""
    words, tokens = stranger(phrase), phrase.tokens
    made = ["maybe", f"maybe:{min(len(words), 4)}", f"maybe:is:{kind}"]
    if own := tokens.index(words[0]):
        made += [f"maybe:after:{tokens[own - 1].tag}", f"maybe:after:{tokens[0].tag}:{tokens[own - 1].tag}"]
    first, last = look.at.get(tokens[0].start), look.at.get(tokens[-1].start)
    if first is not None and last is not None:
        made += [f"maybe:p1:{word_at(look.shown, first - 1)}", f"maybe:n1:{word_at(look.shown, last + 1)}"]
        made += [f"maybe:c:{c}" for c in look.concepts[last]]
    made += ["maybe:caps"] * any(c.isupper() for w in words for c in w.text[1:])
    made += ["maybe:digit"] * any(c.isdigit() for w in words for c in w.text)
    return [*made, *([f"maybe:of:{phrase_type(phrase.of)}"] if phrase.of is not None else [])]


def _a_people(phrase: Phrase) -> bool:
    """Does an article or a number stand before a name that nobody knows: "the Kachin", "two Indonesians", "a Dane"? A person's has none."""
    first = phrase.tokens[0]
    return phrase.head.tag == "NP" and first is not phrase.head and (first.tag == "NUM" or first.low in {"the", "a", "an"})


def _owners(phrase: Phrase) -> list[Token]:
    """Whose drones they are by a common noun before theirs: "army drones"."""
    return [t for t in phrase.tokens[:-1] if t.tag == "N" and t.name is None and classes_of(t) & _OWNING]


_OWNING = frozenset(["force", "group", "company", "state", "people"])
_OPENINGS = frozenset(["the", "a", "an", "its", "their"])


def _base_names(kind: str, prep: str, head: str | None) -> list[str]:
    return [f"type:{kind}", f"prep:{prep}", f"prep:{prep}:{kind}", f"head:{stem(head)}" if head is not None else "head:-"]


def _opening_names(teller: bool, first: str | None) -> list[str]:
    return [*["teller"] * teller, *([f"det:{first}"] if first is not None else [])]


def _named_names(titled: bool | None) -> list[str]:
    return ["named"] if titled is None else ["known", f"known:{'title' if titled else 'text'}", "named"]


def _inner_names(how: str, kind: str, prep: str, head: str) -> list[str]:
    return [f"in:{how}", f"in:{how}:{kind}", f"prep:{prep}:in", f"inhead:{stem(head)}"]


def _parts(actors: list[Mention[T]], groups: Groups[T]) -> None:
    """Is a mention's name a part of another's, or the whole of it: "Air Force" beside "South African Air Force"?"""
    names = [f" {m.name.lower()} " for m in actors]
    for k, mention in enumerate(actors):
        name = names[k]
        for way, found in (
            ("part", any(j != k and name in n for j, n in enumerate(names))),
            ("whole", any(j != k and n in name for j, n in enumerate(names))),
        ):
            if found:
                mention.features += groups[as_they_are, (way,)]


def _around(look: Look, phrase: Phrase, prep: str, kind: str, inner: str, groups: Groups[T]) -> list[T]:
    """What the words before, after and inside a phrase stand for, near ones apart from farther ones."""
    concepts, at = look.concepts, look.at
    first, last, head = at.get(phrase.tokens[0].start), at.get(phrase.tokens[-1].start), at.get(phrase.head.start)
    if first is None or last is None or head is None:
        return []
    made: list[T] = []
    if concepts[head]:
        made += groups[_concept_names, "hc", concepts[head], inner]
    nearest = None
    for n, k in enumerate(range(first - 1, max(-1, first - 7), -1)):
        if there := concepts[k]:
            made += groups[_side_names, "L", min(n, 2), there, inner]
            nearest = nearest or there[0]
    for n, there in enumerate(concepts[last + 1 : last + 7]):
        if there:
            made += groups[_side_names, "R", min(n, 2), there, inner]
    for k in range(first, last + 1):
        if k != head and concepts[k]:
            made += groups[_concept_names, "I", concepts[k], inner]
    return [*dict.fromkeys(made), *groups[_nearest_names, nearest, prep, kind, inner]]


def _concept_names(label: str, concepts: tuple[str, ...], inner: str) -> list[str]:
    return [f"{label}:{c}:{inner}" for c in concepts]


def _side_names(side: str, n: int, concepts: tuple[str, ...], inner: str) -> list[str]:
    if n >= 2:
        return [f"{side}:{c}:{inner}" for c in concepts]
    return [f for c in concepts for f in (f"{side}:{c}:{inner}", f"{side}{n}:{c}:{inner}")]


def _nearest_names(nearest: str | None, prep: str, kind: str, inner: str) -> list[str]:
    return [f"np:{nearest}:{prep}", f"npt:{nearest}:{prep}:{kind}:{inner}"]


def _governed(look: Look, governors: dict[int, tuple[Verb, str]], phrase: Phrase, inner: str, groups: Groups[T]) -> list[T]:
    """The verb that a phrase hangs on, what it stands for, and where the phrase stands by it."""
    verb, place = governors.get(id(phrase), (None, ""))
    if verb is None:
        return [*groups[as_they_are, ("g:-",)]]
    voice = "p" if verb.passive else "a"
    made = [*groups[_governed_names, place, voice, inner, verb.lemma, verb.link]]
    for concepts in look.concepts_in(verb):
        made += groups[placed_names, "gc", concepts, place, voice, inner]
    return [*made, *groups[class_names, "gk", verb.classes, place, voice, inner]]


def _governed_names(place: str, voice: str, inner: str, lemma: str, link: str) -> list[str]:
    return [f"g:{place}:{voice}:{inner}", f"gl:{lemma}:{place}:{voice}", f"glink:{link}:{place}:{inner}"]


def placed_names(label: str, values: tuple[str, ...], place: str, voice: str, inner: str) -> list[str]:
    return [f"{label}:{v}:{place}:{voice}:{inner}" for v in values]


def class_names(label: str, classes: frozenset[str], place: str, voice: str, inner: str) -> list[str]:
    return placed_names(label, tuple(sorted(classes)), place, voice, inner)


def _add(found: list[Mention[T]], seen: set[tuple[str, bool]], mention: Mention[T]) -> None:
    key = (mention.name.lower(), mention.acts)
    if key not in seen and mention.name:
        seen.add(key)
        found.append(mention)


def _beside(look: Look, phrase: Phrase, kind: str, groups: Groups[T]) -> list[T]:
    """The words before and after a phrase: "deliveries to X", "X handed", "between X and"."""
    tokens, shown = look.sentence.tokens, look.shown
    at = look.at.get(phrase.tokens[0].start)
    last = look.at.get(phrase.tokens[-1].start)
    if at is None or last is None:
        return []
    first, after = word_at(shown, at - 1), word_at(shown, last + 1)
    made = groups.items_of(
        (
            f"p1:{first}",
            f"p2:{word_at(shown, at - 2)}_{first}",
            f"n1:{after}",
            f"p1:{first}:{kind}",
            f"n2:{after}_{word_at(shown, last + 2)}",
        )
    )
    if at >= 2 and (classes := classes_of(tokens[at - 2])):
        made += groups.items_of(f"pc:{c}_{first}" for c in sorted(classes))
    if last + 1 < len(tokens) and (lemma := tokens[last + 1].lemma):
        made += groups[_next_verb_names, lemma]
    return made


def _next_verb_names(lemma: str) -> list[str]:
    return [f"nc:{c}" for c in sorted(lexicon().verb_classes.get(lemma, ()))]


def _inner_words(look: Look, phrase: Phrase) -> list[str]:
    """The words before and after the phrase, for a name inside it."""
    at = look.at.get(phrase.tokens[0].start)
    last = look.at.get(phrase.tokens[-1].start)
    if at is None or last is None:
        return []
    first = word_at(look.shown, at - 1)
    return [f"inp1:{first}", f"inp2:{word_at(look.shown, at - 2)}_{first}", f"inn1:{word_at(look.shown, last + 1)}"]


def word_at(shown: list[str], k: int) -> str:
    """The k-th word of a sentence as it is shown; "^" beyond its ends."""
    return shown[k] if 0 <= k < len(shown) else "^"


def _earlier(sentence: Sentence, found: list[Mention[T]], memory: Memory, groups: Groups[T]) -> None:
    """Whom the report named before: the last subject, whose drones they were, who got the last delivery, the names said last and most,
    and who stood at the ends of the claims told last."""
    context = sentence.context
    inside = {m.name.lower() for m in found if m.acts}
    others = min(sum(m.acts and m.how == "named" for m in found), 3)
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
    named = [n for key, n in memory.named.items() if key not in inside]
    often = sorted(named, key=lambda n: (-n.times, n.name))[:2]
    late = sorted(named, key=lambda n: (-n.sentence, n.name))[:3]
    for label, entries in (("often", often), ("late", late), ("titled", [n for n in named if n.titled][:3])):
        for entry in entries:
            labels.setdefault(entry.name, []).append(label)
    spelt = {name.lower(): name for name in labels}
    things = set()
    for told in memory.told_last():
        key = told.name.lower()
        if key not in inside:
            labels.setdefault(spelt.get(key, told.name), []).append(f"told{min(context.sentence - told.sentence, 4)}")
            if key not in spelt and not told.acts:
                things.add(told.name)
    for name, why in labels.items():
        known = memory.named.get(name.lower())
        features = [*groups[_earlier_names, tuple(why)]]
        if known is not None:
            ago = min(context.sentence - known.sentence, 4)
            features += groups[_known_names, known.kind, ago, min(known.times, 4), known.subject, known.titled]
        features += groups[as_they_are, (f"eothers:{others}",)]
        found.append(Mention(name, name not in things, None, -1, features, kind=known.kind if known is not None else ""))


def _earlier_names(why: tuple[str, ...]) -> list[str]:
    return ["earlier", *(f"earlier:{label}" for label in why)]


def _known_names(kind: str, ago: int, times: int, subject: bool, titled: bool) -> list[str]:
    return [f"etype:{kind}", f"ago:{ago}", f"etimes:{times}", *["esubject"] * subject, *["etitled"] * titled]
