"""Who does what in a sentence: each verb group gets its subjects, objects and prepositional phrases.

No tree is built. A subject is looked for to the left (`subjects.py`), objects and prepositional phrases to the right up to the next
clause. Phrases before the first verb ("In Libya the army ...") belong
to that verb. Cost: linear in the sentence's phrases, for practical lengths.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from picket.learn.chunks import Item, Mark, Phrase, Verb, low_of, tag_of
from picket.learn.lexicon import lexicon, word_set
from picket.learn.subjects import find_subject


def link_clauses(items: list[Item]) -> list[Verb]:
    """Fills subjects, objects, preps, governor and link of the verb groups in `items`; returns them in order."""
    gaps = _gapped(items)
    verbs = [item for item in items if isinstance(item, Verb)]
    for k, item in enumerate(items):
        if isinstance(item, Verb):
            item.at = k
    _main_verb(items, verbs)
    _own_names(items)
    for k, item in enumerate(items):
        if isinstance(item, Phrase):
            _mark_after(items, k, item)
    for verb in verbs:
        _right_side(items, verb)
    for verb, later in pairwise(verbs):
        if (
            later.at == verb.at + 2
            and tag_of(items[verb.at + 1]) in {"CC", ","}
            and verb.participle
            and later.participle
            and not verb.preps
        ):
            verb.preps = list(later.preps)  # "trained and equipped by X"
    for again, told in gaps:
        if not again.prep("from"):
            again.preps.extend((n, list(ps)) for n, ps in told.preps if n == "from")
        again.indirect = again.indirect or list(told.indirect)
    _shared_objects(items, verbs)
    for n, verb in enumerate(verbs):
        find_subject(items, verb, verbs[:n])
    for again, _ in gaps:
        again.subjects = [p for p in items[again.at - 1 : again.at] if isinstance(p, Phrase)]
    _fronted(items, verbs)
    return verbs


_TRADED = frozenset(["give", "sell", "offer", "equip", "get", "request", "train"])


def _gapped(items: list[Item]) -> list[tuple[Verb, Verb]]:
    """ "Kenya will receive 12 drones from Turkey, Ghana six from the US and Togo four": the later members get the verb again."""
    told: Verb | None = None
    made: list[tuple[Verb, Verb]] = []
    k = 0
    while k + 2 < len(items):
        mark, name, number = items[k : k + 3]
        if isinstance(mark, Verb):
            told = mark if not mark.passive and mark.classes & _TRADED else None
        elif tag_of(mark) in {"SUB", "REL", ";"}:
            told = None
        elif told is not None and tag_of(mark) in {",", "CC"} and isinstance(name, Phrase) and isinstance(number, Phrase):
            acts = name.head.name is not None and name.head.name.kind in _ACTING and name.of is None
            if acts and number.head.tag == "NUM" and not number.time and len(number.tokens) <= 2:
                again = replace(told, i=number.i, finite=True, infinitive=False, subjects=[], objects=[], indirect=[], preps=[])
                items.insert(k + 2, again)
                made.append((again, told))
                k += 2
        k += 1
    return made


_ACTING = frozenset({"state", "force", "group", "agency", "company", "capital"})
_PARTICLES = frozenset(["in", "out", "up", "down", "over", "off", "on", "away", "back", "across", "through"])
_TRANSITIVE = word_set("clauses.transitive")


def _shared_objects(items: list[Item], verbs: list[Verb]) -> None:
    """ "To build and fly drones", "were trained and equipped by X": the first of two verbs has what stands after the second."""
    for verb, later in pairwise(reversed(verbs)):
        verb, later = later, verb
        if later.at != verb.at + 2 or tag_of(items[verb.at + 1]) != "CC" or verb.objects or verb.preps:
            continue
        if verb.passive and later.participle:
            verb.preps = list(later.preps)
        elif not verb.passive and not later.passive and verb.classes & _TRANSITIVE and later.classes & _TRANSITIVE:
            verb.objects, verb.indirect, verb.preps = list(later.objects), list(later.indirect), list(later.preps)


_KINDS = frozenset({"company", "force", "group"})


def _own_names(items: list[Item]) -> None:
    """The proper name in commas behind a company, a force or a group: "the administration, FMV, ordered". Not in a list."""
    classes = lexicon().noun_classes
    for k in range(len(items) - 3):
        whole, comma, name, after = items[k : k + 4]
        if not (isinstance(whole, Phrase) and isinstance(name, Phrase) and tag_of(comma) == "," and tag_of(after) in {",", "."}):
            continue
        follows = items[k + 4] if k + 4 < len(items) else None
        if tag_of(follows) == "CC" and k + 5 < len(items) and isinstance(items[k + 5], Phrase):
            continue  # "the army, Wagner, and the police"
        single = all(t.tag == "NP" for t in name.tokens) and len(name.tokens) < 4 and name.of is None
        known = name.head.name is None or name.head.name.kind in {"company", "force", "group", "agency"}
        if single and known and whole.head.name is None and classes.get(whole.head.low, frozenset()) & _KINDS:
            whole.alias = name


def _main_verb(items: list[Item], verbs: list[Verb]) -> None:
    """A sentence without a main verb has one that looks like a participle: "marines from X attended a course run by Y"."""
    if any(v.finite and not _subordinate(items, v) for v in verbs):
        return
    for verb in verbs:
        before = items[verb.at - 1] if verb.at else None
        after = items[verb.at + 1] if verb.at + 1 < len(items) else None
        if (
            verb.participle
            and isinstance(before, Phrase)
            and not before.time
            and not _subordinate(items, verb)
            and low_of(after) != "by"
            and len(verb.tokens) == 1
            and verb.tokens[0].low.endswith("ed")
        ):
            verb.finite, verb.participle, verb.passive, verb.form = True, False, False, "past"
            return


def _subordinate(items: list[Item], verb: Verb) -> bool:
    """Does a relative word or a conjunction stand between the verb and the clause before it?"""
    for item in reversed(items[: verb.at]):
        if isinstance(item, Verb) and item.finite:
            return False
        if tag_of(item) in {"REL", "SUB"}:
            return True
    return False


def _mark_after(items: list[Item], k: int, phrase: Phrase) -> None:
    """Gives the phrase, which is item k, those that hang on it by a preposition right behind it."""
    k += 1
    while k + 1 < len(items):
        mark, following = items[k], items[k + 1]
        if not (tag_of(mark) == "P" and isinstance(following, Phrase)):
            return
        phrases, k = _list_from(items, k + 1)
        phrase.after.extend((low_of(mark), p) for p in phrases)


def _coordinates(items: list[Item], k: int) -> bool:
    """Is the comma or conjunction at k between members of a list (and not before a new clause)?"""
    mark = items[k]
    following = items[k + 1] if k + 1 < len(items) else None
    if not isinstance(mark, Mark) or not isinstance(following, Phrase) or following.time:
        return False
    after = items[k + 2] if k + 2 < len(items) else None
    if mark.tag == "CC":
        return mark.low in {"and", "or"} and not (isinstance(after, Verb) and after.finite)
    if mark.tag != ",":
        return False
    first = items[k - 1] if k else None
    if (
        isinstance(first, Phrase)
        and first.head.tag == "NP"
        and following.tokens[0].low in {"a", "an"}
        and following.head.tag == "N"
    ):
        return False  # "Odessa, a port and capital of its district": said of the name before
    # A comma joins a list only if "and X" or ", X and" comes further on before anything else.
    n = k
    while n + 1 < len(items) and isinstance(items[n + 1], Phrase):
        link = items[n]
        if tag_of(link) == "CC":
            later = items[n + 2] if n + 2 < len(items) else None
            return not (isinstance(later, Verb) and later.finite)
        if tag_of(link) != ",":
            return False
        n += 2
        if n < len(items) and tag_of(items[n]) == "," and n + 1 < len(items) and tag_of(items[n + 1]) == "CC":
            n += 1
    return False


def _list_from(items: list[Item], k: int) -> tuple[list[Phrase], int]:
    """The phrase at k and those coordinated with it; and the index after them."""
    phrases = [items[k]]
    n = k + 1
    while n + 1 < len(items):
        mark = items[n]
        if (
            tag_of(mark) == ","
            and tag_of(items[n + 1]) == "CC"
            and n + 2 < len(items)
            and isinstance(items[n + 2], Phrase)
            and len(phrases) > 1
        ):
            n += 1
            mark = items[n]
        if tag_of(mark) in {"CC", ","} and isinstance(items[n + 1], Phrase) and _coordinates(items, n):
            phrases.append(items[n + 1])
            n += 2
        else:
            break
    return [p for p in phrases if isinstance(p, Phrase)], n


def _right_side(items: list[Item], verb: Verb) -> None:
    k = verb.at + 1
    direct: list[list[Phrase]] = []
    closed = False
    while k < len(items):
        item = items[k]
        if isinstance(item, Phrase):
            if item.time:
                k += 1
                continue
            phrases, k = _list_from(items, k)
            if not closed and len(direct) < 2 and not verb.preps:
                direct.append(phrases)
            elif closed:
                nxt = items[k] if k < len(items) else None
                if isinstance(nxt, Verb) and nxt.finite:
                    break
            continue
        if isinstance(item, Verb):
            break
        if item.tag == "P" and k + 1 < len(items) and isinstance(items[k + 1], Phrase):
            phrases, after = _list_from(items, k + 1)
            if not all(p.time for p in phrases):
                verb.preps.append((item.low, phrases))
            k = after

            continue
        if item.tag in {"REL", "SUB", ";", ":", "?", "!"} or (item.tag == "." and k > verb.at):
            break
        if item.tag == "P" and item.low in _PARTICLES and tag_of(items[k + 1] if k + 1 < len(items) else None) == "P":
            k += 1  # "smuggled in by the rebels"
            continue
        if item.tag == "P":
            break
        if item.tag in {",", "-"}:
            closed = True
        if item.tag == "CC" and item.low == "but":
            break
        k += 1
    if len(direct) == 2 and _indirect_verb(verb):
        verb.indirect, verb.objects = direct
    elif direct:
        verb.objects = direct[0]


def _indirect_verb(verb: Verb) -> bool:
    return bool(verb.classes & {"give", "sell", "offer", "train", "share", "say"}) or verb.lemma in {
        "teach",
        "send",
        "tell",
        "cost",
        "show",
        "award",
        "grant",
    }


def _fronted(items: list[Item], verbs: list[Verb]) -> None:
    """Prepositional phrases before the first finite verb's subject belong to that verb."""
    main = next((v for v in verbs if v.finite), None)
    if main is None:
        return
    k = 0
    while k + 1 < main.at:
        mark, phrase = items[k], items[k + 1]
        if isinstance(mark, Phrase) and not mark.time:
            return
        if tag_of(mark) == "P" and isinstance(phrase, Phrase):
            if not phrase.time:
                phrases, after = _list_from(items, k + 1)
                main.preps.append((low_of(mark), phrases))
                k = after
                continue
            k += 2
        else:
            k += 1
