"""Whom a trained claim may name: the actors and things of the sentence, and who was named before it; each with the features of its place.

A mention has a text as claims name it; what it stands for is resolved by the same code as for the rules ("the group", "Kyiv").
"""

from __future__ import annotations

from dataclasses import dataclass

from picket.learn.actors import actors_of
from picket.learn.chunks import Mark, Phrase, Verb
from picket.learn.lexicon import lexicon
from picket.learn.naming import bare_text, classes_of, is_person
from picket.learn.sentence import Sentence, is_drone, origin_of
from picket.learn.spots import place_name
from picket.learn.tokens import Token
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory, inner_names, name_of
from picket.learn.trained.sorts import phrase_type, stem, type_of


@dataclass(slots=True)
class Mention:
    """A candidate for an end of a claim: how it is named, whether it can act, its phrase, and its features without the anchor."""

    name: str
    acts: bool
    phrase: Phrase | None
    at: int
    features: list[str]
    inside: bool = False
    rows: list[int] | None = None  # of its own features, once they were looked up


def mentions_of(look: Look, memory: Memory) -> list[Mention]:
    """The candidates of the sentence in order, then those of the sentences before."""
    sentence = look.sentence
    found: list[Mention] = []
    seen: set[tuple[str, int]] = set()
    before = _before(sentence)
    governors = _governors(sentence)
    tellers = {id(p) for v in sentence.verbs if v.classes & {"say", "warn", "fear"} and not v.passive for p in v.subjects}
    for phrase in sentence.phrases():
        if phrase.time:
            continue
        kind = phrase_type(phrase)
        prep = before.get(phrase.i, "-")
        head = f"head:{stem(phrase.head.low)}" if phrase.head.name is None else "head:-"
        base = [f"type:{kind}", f"prep:{prep}", f"prep:{prep}:{kind}", head]
        beside = _beside(look, phrase, kind)
        base += [*beside, *_around(look, phrase, prep, kind, "h"), *_governed(look, governors, phrase, "h")]
        if id(phrase) in tellers:
            base.append("teller")
        if phrase.tokens[0].low in {"the", "a", "an", "its", "their"}:
            base.append(f"det:{phrase.tokens[0].low}")
        for name in actors_of(phrase, sentence.context):
            known = memory.named.get(name.lower())
            more = ["known", f"known:{'title' if known.titled else 'text'}"] if known is not None else []
            _add(found, seen, Mention(name, True, phrase, phrase.i, [*base, *more, "named"]))
        for token, how in inner_names(phrase):
            features = [f"in:{how}", f"in:{how}:{kind}", f"prep:{prep}:in", f"inhead:{stem(phrase.head.low)}"]
            features += [f"in{f}" for f in beside[:3]]
            features += [*_around(look, phrase, prep, kind, "i"), *_governed(look, governors, phrase, "i")]
            _add(found, seen, Mention(name_of(token), True, phrase, phrase.i, [*features, f"in:{how}:{prep}"], inside=True))
        if is_drone(phrase) and (maker := origin_of(phrase, sentence)):
            _add(found, seen, Mention(maker, True, phrase, phrase.i, ["origin", f"origin:{prep}"], inside=True))
        if phrase.pronoun or is_drone(phrase):
            continue
        place = place_name(phrase)
        if place:
            base = [*base, f"place:{place[0]}"]
        for name in memory.unknown(phrase):
            _add(found, seen, Mention(name, True, phrase, phrase.i, [*base, "unknown"]))
        common = not is_person(phrase) and (phrase.head.tag == "N" or bool(place))
        _add(found, seen, Mention(bare_text(phrase), common, phrase, phrase.i, [*base, "asthing"]))
    actors = [m for m in found if m.acts and "asthing" not in m.features]
    for k, mention in enumerate(actors):
        mention.features = [*mention.features, f"nth:{min(k, 3)}:{min(len(actors), 4)}"]
    _parts(actors)
    _earlier(sentence, found, memory)
    for mention in found:
        mention.features += [*memory.about(mention.name), *memory.ends_before(mention.name)]
    return found


def _parts(actors: list[Mention]) -> None:
    """Is a mention's name a part of another's, or the whole of it: "Air Force" beside "South African Air Force"?"""
    names = [f" {m.name.lower()} " for m in actors]
    for k, mention in enumerate(actors):
        others = [n for j, n in enumerate(names) if j != k]
        mention.features += ["part"] * any(names[k] in n for n in others) + ["whole"] * any(n in names[k] for n in others)


def _around(look: Look, phrase: Phrase, prep: str, kind: str, inner: str) -> list[str]:
    """What the words before, after and inside a phrase stand for, near ones apart from farther ones."""
    concepts, at = look.concepts, look.at
    first, last, head = at.get(phrase.tokens[0].start), at.get(phrase.tokens[-1].start), at.get(phrase.head.start)
    if first is None or last is None or head is None:
        return []
    made = dict.fromkeys(f"hc:{c}:{inner}" for c in concepts[head])
    nearest = None
    for side, way in (("L", range(first - 1, max(-1, first - 7), -1)), ("R", range(last + 1, min(len(concepts), last + 7)))):
        for n, k in enumerate(way):
            for concept in concepts[k]:
                made.setdefault(f"{side}:{concept}:{inner}")
                if n < 2:
                    made.setdefault(f"{side}{n}:{concept}:{inner}")
            if side == "L" and nearest is None and concepts[k]:
                nearest = concepts[k][0]
    for k in range(first, last + 1):
        if k != head:
            made.update(dict.fromkeys(f"I:{c}:{inner}" for c in concepts[k]))
    return [*made, f"np:{nearest}:{prep}", f"npt:{nearest}:{prep}:{kind}:{inner}"]


def _governors(sentence: Sentence) -> dict[int, tuple[Verb, str]]:
    """The verb that each phrase hangs on first, and where, by the phrase's id."""
    out: dict[int, tuple[Verb, str]] = {}
    for verb in sentence.verbs:
        for place, phrases in (("subj", verb.subjects), ("obj", verb.objects), ("ind", verb.indirect), *verb.preps):
            for candidate in phrases:
                part: Phrase | None = candidate
                depth = 0
                while part is not None:
                    out.setdefault(id(part), (verb, place if not depth else f"{place}.of"))
                    for _, after in part.after:
                        out.setdefault(id(after), (verb, f"{place}.after"))
                    part, depth = part.of, depth + 1
    return out


def _governed(look: Look, governors: dict[int, tuple[Verb, str]], phrase: Phrase, inner: str) -> list[str]:
    """The verb that a phrase hangs on, what it stands for, and where the phrase stands by it."""
    verb, place = governors.get(id(phrase), (None, ""))
    if verb is None:
        return ["g:-"]
    voice = "p" if verb.passive else "a"
    made = [f"g:{place}:{voice}:{inner}", f"gl:{verb.lemma}:{place}:{voice}", f"glink:{verb.link}:{place}:{inner}"]
    made += [f"gc:{c}:{place}:{voice}:{inner}" for t in verb.tokens for c in look.concepts_at(t)]
    return made + [f"gk:{c}:{place}:{voice}:{inner}" for c in sorted(verb.classes)]


def _add(found: list[Mention], seen: set[tuple[str, int]], mention: Mention) -> None:
    key = (mention.name.lower(), mention.acts)
    if key not in seen and mention.name:
        seen.add(key)
        found.append(mention)


def _beside(look: Look, phrase: Phrase, kind: str) -> list[str]:
    """The words before and after a phrase: "deliveries to X", "X handed", "between X and"."""
    tokens = look.sentence.tokens
    at = look.at.get(phrase.tokens[0].start)
    last = look.at.get(phrase.tokens[-1].start)
    if at is None or last is None:
        return []
    first, second = _word(tokens, at - 1), _word(tokens, at - 2)
    after = _word(tokens, last + 1)
    made = [f"p1:{first}", f"p2:{second}_{first}", f"n1:{after}", f"p1:{first}:{kind}", f"n2:{after}_{_word(tokens, last + 2)}"]
    if at >= 2:
        made += [f"pc:{c}_{first}" for c in sorted(classes_of(tokens[at - 2]))]
    made += [f"nc:{c}" for c in sorted(lexicon().verb_classes.get(tokens[last + 1].lemma, ()))] if last + 1 < len(tokens) else []
    return made


def _word(tokens: list[Token], k: int) -> str:
    if not 0 <= k < len(tokens):
        return "^"
    return type_of(tokens[k]) or stem(tokens[k].low)


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
            features += [
                f"etype:{known.kind}",
                f"ago:{min(context.sentence - known.sentence, 4)}",
                f"etimes:{min(known.times, 4)}",
            ]
            features += ["esubject"] * known.subject + ["etitled"] * known.titled
        features += [f"eothers:{min(sum(m.acts and 'named' in m.features for m in found), 3)}"]
        found.append(Mention(name, True, None, -1, features))


def end_features(look: Look, kind: str, mention: Mention, anchor: Verb | None) -> list[str]:
    """The features of a mention as an end of a claim of a kind that `anchor` tells, beside its own; the same for each role, which has
    weights of its own."""
    made = ["bias", *_said_by_rules(look, kind, mention)]
    phrase = mention.phrase
    if phrase is None:
        return made
    if anchor is None:
        return [*made, "noanchor"]
    place = _relation(anchor, phrase)
    voice = "p" if anchor.passive else "a"
    inner = "i" if mention.inside else "h"
    made += [f"rel:{place}:{voice}:{inner}", f"vrel:{anchor.lemma}:{place}:{inner}"]
    kinds = [f for f in mention.features if f.startswith("type:")][:1]
    made += [f"rt:{place}:{voice}:{f}" for f in kinds] + [f"lrt:{anchor.link}:{place}:{inner}"]
    made += [f"crel:{c}:{place}:{voice}:{inner}" for c in sorted(anchor.classes)]
    made += [f"vcr:{c}:{place}:{voice}:{inner}" for t in anchor.tokens for c in look.concepts_at(t)]
    if place == "-":
        other = next((v for v in look.sentence.verbs if v is not anchor and _relation(v, phrase) != "-"), None)
        if other is not None:
            link = other.link if other.governor is anchor else ("up" if anchor.governor is other else "far")
            made += [f"orel:{link}:{_relation(other, phrase)}:{inner}"]
            made += [f"oc:{c}:{_relation(other, phrase)}" for c in sorted(other.classes)[:3]]
    side = "after" if mention.at > anchor.i else "before"
    made.append(f"side:{side}:{min(abs(mention.at - anchor.i) // 4, 4)}")
    return made


def _said_by_rules(look: Look, kind: str, mention: Mention) -> list[str]:
    """Which ends the rules gave this mention, and what they gave the ends of the kind."""
    made: dict[str, None] = {}
    name = mention.name.lower()
    for told, rule, ends in look.told:
        for role, value in ends.items():
            if value and value.lower() == name:
                made[f"r:{'same' if told == kind else told}:{role}"] = None
                if told == kind:
                    made[f"rr:{rule}:{role}"] = None
    first = next((ends for told, _, ends in look.told if told == kind), None)
    if first is not None:
        made["rkind"] = None
        for role, value in first.items():
            made[f"{'rnone' if value is None else 'rhas' if value.lower() == name else 'rother'}:{role}"] = None
    return list(made)


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
