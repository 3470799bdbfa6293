"""Who does what a verb says: its subject, looked for to the left; relative words, conjunctions, infinitives and participles borrow one."""

from __future__ import annotations

from itertools import pairwise

from picket.learn.chunks import Item, Mark, Phrase, Verb, low_of, tag_of
from picket.learn.lexicon import lexicon, word_set

_PURPOSEFUL = frozenset(["use", "employ", "fly", "deploy", "launch", "send", "dispatch", "operate", "buy", "build", "have"])
_OBJECT_CONTROL = word_set("clauses.object_control")
_MEANS = frozenset(["services", "service", "help", "aid", "assistance"])  # "hired the services of X to train"
_CAUGHT = frozenset(
    [
        "accuse",
        "suspect",
        "blame",
        "charge",
        "indict",
        "arrest",
        "detain",
        "jail",
        "sentence",
        "convict",
        "catch",
        "fine",
        "prosecute",
        "sanction",
        "blacklist",
        "designate",
        "punish",
        "penalise",
        "penalize",
    ]
)
_NOT_AFTER_WORDS = frozenset(
    ["deny", "reject", "dismiss", "accuse", "refute", "dispute", "blame"]
)  # never ", denied X" for ", said X"
_ACTING = frozenset({"state", "force", "group", "agency", "company", "bloc"})  # names of these act
_NAMING = frozenset(["know", "call", "name", "dub", "nickname", "describe", "identify", "style"])


def find_subject(items: list[Item], verb: Verb, earlier: list[Verb]) -> None:
    """Fills the subjects, the governor and the link of `verb` from what stands before it; `earlier`: the verbs before it, with theirs."""
    k = verb.at
    before = items[k - 1] if k else None
    if isinstance(before, Verb) and not (verb.finite and before.finite):
        verb.governor, verb.link = before, "chain"
        verb.subjects = list(before.subjects)
        return
    if tag_of(before) == "REL":
        verb.link = "rel"
        verb.governor = _previous(earlier)
        verb.subjects = _antecedent(items, k - 1)
        up = verb.governor
        if (
            up is not None
            and up.lemma in {"be", "become", "join", "remain", "enter"}
            and verb.subjects
            and any(_within(p, verb.subjects[0]) for p in [*up.objects, *up.prep("among")])
            and verb.subjects[0].head.low
            in {"countries", "states", "nations", "armies", "country", "state", "nation", "users", "those", "groups"}
        ):
            verb.subjects = list(up.subjects)  # "X and Y are among the states that have bought"
        return
    if verb.infinitive or (tag_of(before) == "SUB" and verb.infinitive):
        governor = _purpose_of(earlier)
        verb.governor, verb.link = governor, "inf"
        if verb.passive and isinstance(before, Phrase) and not before.time and k >= 2 and tag_of(items[k - 2]) in {",", "-"}:
            verb.subjects = [before]  # "bought 12 Anka, six of them to be assembled at home"
            return
        if governor is not None:
            control = (
                governor.lemma.split("_")[0] in _OBJECT_CONTROL
                and governor.objects
                and not governor.passive
                and governor.lemma not in {"use"}
            )
            verb.subjects = list(governor.indirect or governor.objects) if control else list(governor.subjects)
            verb.subjects = [p.of if control and p.of is not None and p.head.low in _MEANS else p for p in verb.subjects]
        else:
            verb.subjects = _next_subject(items, k)
        return
    if verb.gerund:
        _gerund(items, verb, earlier, before)
        return
    if verb.participle:
        verb.link = "part"
        verb.governor = _previous(earlier)
        if isinstance(before, Phrase):
            verb.subjects = [before]
            return
        if tag_of(before) == "CC":
            verb.link = "conj"
            main = _previous(earlier, finite=True)
            verb.subjects = list((main or verb.governor).subjects) if verb.governor else []
            if main is not None and any(t.tag == "HAVE" for t in main.tokens) and not verb.prep("by"):
                verb.governor, verb.participle, verb.finite, verb.passive = (
                    main,
                    False,
                    True,
                    main.passive,
                )  # "has bought X and hired Y"
            return
        aside = items[k - 2] if k >= 2 and tag_of(before) in {",", "-"} else None
        if isinstance(aside, Phrase) and not aside.time and tag_of(items[k - 3] if k >= 3 else None) != "P":
            verb.subjects = [aside]  # "Pakistan, aided by X,"
            return
        if verb.governor is None:
            verb.subjects = _next_subject(items, k)
            return
        near = next((x for x in reversed(items[:k]) if isinstance(x, Phrase)), None)
        verb.subjects = [near] if near else list(verb.governor.subjects)
        return
    _finite_subject(items, verb, earlier, before)


def _purpose_of(earlier: list[Verb]) -> Verb | None:
    """The verb that an infinitive serves: "used four drones armed with grenades to attack" is use's, not arming's."""
    last = _previous(earlier)
    if last is None or not last.participle:
        return last
    before = next((v for v in reversed(earlier) if not v.participle), None)
    if before is not None and before.lemma in _PURPOSEFUL and last.subjects and last.subjects[0] in before.objects:
        return before
    return last


def _within(phrase: Phrase | None, wanted: Phrase) -> bool:
    while phrase is not None:
        if phrase is wanted:
            return True
        phrase = phrase.of
    return False


def _previous(verbs: list[Verb], *, finite: bool = False) -> Verb | None:
    return next((v for v in reversed(verbs) if v.finite or not finite), None)


def _gerund(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> None:
    governor = _previous(earlier)
    verb.governor, verb.link = governor, "ger"
    if governor is None:
        if isinstance(before, Phrase) and not before.time and tag_of(items[verb.at - 2] if verb.at >= 2 else None) != "P":
            verb.link, verb.subjects = "ger-noun", [before]  # "49 drones carrying drugs have been caught"
        else:
            verb.subjects = _next_subject(items, verb.at)
        return
    if (
        isinstance(before, Phrase)
        and not before.time
        and not (verb.lemma in {"use", "employ"} and not governor.classes & {"detect", "say"})
    ):
        verb.link = "ger-noun"
        verb.subjects = [before]
        place = before.head.name is not None and before.head.name.kind in {"place", "state", "capital"}
        if place and governor.lemma == "be" and verb.at >= 2 and tag_of(items[verb.at - 2]) == "P":
            verb.link, verb.subjects = "ger", list(governor.subjects)  # "are at Fort Bragg training recruits"
            return
        if verb.at >= 2 and low_of(items[verb.at - 2]) == "with":
            for other in earlier:  # "..., with X moving to": X belongs to the participle alone
                other.preps = [(n, ps) for n, ps in other.preps if before not in ps]
        return
    if tag_of(before) == "P" and governor.lemma in _CAUGHT and not governor.passive and governor.objects:
        verb.subjects = list(governor.objects)
        return
    verb.subjects = list(governor.subjects)


def _next_subject(items: list[Item], k: int) -> list[Phrase]:
    """The subject of the first finite verb to the right: for phrases that open a sentence."""
    for item in items[k + 1 :]:
        if isinstance(item, Verb) and item.finite:
            place = items.index(item)
            found: list[Phrase] = []
            for n in range(place - 1, k, -1):
                prev = items[n]
                if isinstance(prev, Phrase) and not prev.time:
                    mark = items[n - 1]
                    if tag_of(mark) == "P":
                        continue
                    return [prev]
                if isinstance(prev, Verb):
                    break
            return found
    return []


def _antecedent(items: list[Item], rel: int) -> list[Phrase]:
    n = rel - 1
    if n >= 3 and tag_of(items[n]) == "P" and low_of(items[n]) == "of" and isinstance(part := items[n - 1], Phrase):
        at = n - 2 if tag_of(items[n - 2]) == "," else n - 1
        whole = _people_before(items, at) if low_of(items[rel]) == "whom" else _whole_before(items, at)
        if whole is not None and part.of is None:
            part.of = whole  # "TB2s, eight of which were delivered"
        return [part]
    if n >= 0 and tag_of(items[n]) == ",":
        n -= 1
    if n < 0 or not isinstance(items[n], Phrase):
        return []
    nearest = _named_before(items, n) or items[n]
    assert isinstance(nearest, Phrase)
    who = low_of(items[rel]) in {"who", "whom"}
    if who:
        words = lexicon()
        for m in range(n, -1, -1):
            item = items[m]
            if isinstance(item, Phrase) and (
                words.noun_classes.get(item.head.low, frozenset()) & {"people", "official", "people_abstract"}
                or item.head.tag == "DEM"
            ):
                return [item]
            inside = item.of if isinstance(item, Phrase) and m == n else None
            if inside is not None and words.noun_classes.get(inside.head.low, frozenset()) & {"people", "people_abstract"}:
                return [inside]  # "recruitment of fighters who gained experience"
            if isinstance(item, Verb):
                break
    if not who and (group := _plural_before(items, n, rel)) is not None:
        return [group]
    inner = nearest
    while (
        inner.of is not None
        and inner.of.head.low not in {"life"}
        and not who
        and inner.head.low in {"group", "number", "fleet", "range", "series", "type", "kind", "one", "some", "list", "handful"}
    ):
        inner = inner.of
    return [inner]


def _named_before(items: list[Item], n: int) -> Phrase | None:
    """ "The Azawad Liberation Front, a coalition that": what is said of the coalition is said of the name that it explains."""
    aside, comma, named = items[n], items[n - 1] if n else None, items[n - 2] if n >= 2 else None
    if not isinstance(aside, Phrase) or not isinstance(named, Phrase) or tag_of(comma) != "," or named.head.name is None:
        return None
    explains = aside.tokens[0].low in {"a", "an", "one"} and aside.head.name is None
    words = lexicon().noun_classes.get(aside.head.low, frozenset())
    return named if explains and words & {"group", "force", "company", "state"} and named.head.name.kind in _ACTING else None


def _plural_before(items: list[Item], n: int, rel: int) -> Phrase | None:
    """ "The groups in Myanmar that fly them": a plural verb cannot have the place for its subject, so the phrase before it is meant."""
    verb, place = (items[rel + 1] if rel + 1 < len(items) else None), items[n]
    if not isinstance(verb, Verb) or not isinstance(place, Phrase) or n < 2 or tag_of(items[n - 1]) != "P":
        return None
    plural = verb.tokens[0].low in {"are", "were", "have"} or (verb.form == "base" and len(verb.tokens) == 1)
    named = place.head.name is not None and place.head.name.kind in {"state", "place", "capital"}
    before = items[n - 2]
    if not (plural and named and isinstance(before, Phrase)) or before.time:
        return None
    words = lexicon().noun_classes.get(before.head.low, frozenset())
    return before if before.head.low.endswith("s") and words & {"people", "group", "force", "company", "drone"} else None


def _whole_before(items: list[Item], at: int) -> Phrase | None:
    """The phrase that the one before `at` hangs on: "militants" of "militants from the group"."""
    k = at - 1
    while k >= 2 and isinstance(items[k], Phrase) and tag_of(items[k - 1]) == "P" and isinstance(items[k - 2], Phrase):
        k -= 2
    found = items[k] if k >= 0 else None
    return found if isinstance(found, Phrase) and not found.time else None


_PEOPLE = frozenset({"people", "official", "people_abstract"})


def _people_before(items: list[Item], at: int) -> Phrase | None:
    """ "Gave lessons to boys, two of whom": the nearest that are people by their noun, else the nearest."""
    near = [item for item in reversed(items[:at]) if isinstance(item, Phrase) and not item.time]
    classes = lexicon().noun_classes
    parts = (part for p in near for part in (p.of, p) if part is not None)
    people = (p for p in parts if p.head.tag == "DEM" or classes.get(p.head.low, frozenset()) & _PEOPLE)
    return next(people, near[0] if near else None)


def _finite_subject(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> None:
    """The subject of a finite verb: each way that the words before it can say it, the plainest first."""
    governor = _previous(earlier)
    for way in (
        _joined_infinitive,
        _after_conjunction,
        _after_naming,
        _after_participle,
        _after_gerund,
        _object_relative,
        _passive_goes_on,
        _aside_before,
        _after_comma,
    ):
        if way(items, verb, earlier, before):
            return
    gathered, stopped, relative = _gathered(items, verb, before)
    if stopped is not None and gathered is None:
        return
    if gathered:
        _of_gathered(items, verb, gathered, stopped, before)
        verb.link = verb.link or ("comp" if governor else "main")
        verb.governor = governor
        if relative is not None and not verb.objects:
            verb.objects = _antecedent(items, relative)
            verb.link = "rel"
        return
    verb.governor, verb.link = governor, "conj"
    if governor is not None:
        verb.subjects = list((_previous(earlier, finite=True) or governor).subjects)


def _joined_infinitive(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "Taught them to build and fly drones"."""
    governor = _previous(earlier)
    if not (
        tag_of(before) == "CC"
        and governor is not None
        and governor.infinitive
        and verb.form == "base"
        and not verb.modal
        and len(verb.tokens) == 1
    ):
        return False
    verb.finite, verb.infinitive = False, True
    verb.governor, verb.link, verb.subjects = governor.governor, governor.link, list(governor.subjects)
    return True


def _after_conjunction(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "X bought drones and trained crews"."""
    governor = _previous(earlier)
    if tag_of(before) != "CC" or governor is None:
        return False
    finite = _previous(earlier, finite=True) or governor
    verb.governor, verb.link = finite, "conj"
    verb.subjects = list(finite.subjects)
    return True


def _after_naming(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "Militants from a group known as X attacked", "after X attacked"."""
    governor = _previous(earlier)
    if not isinstance(before, Phrase) or verb.at < 2:
        return False
    mark = items[verb.at - 2]
    named = governor if governor is not None and governor.participle and governor.lemma in _NAMING else None
    if named is not None and low_of(mark) in {"as", ""} and (whole := _whole_before(items, named.at)) is not None:
        verb.subjects, verb.link, verb.governor = [whole], "main", None
        return True
    if tag_of(mark) == "P" and low_of(mark) in {"after", "before", "since", "until", "as", "than"} and not before.time:
        verb.subjects, verb.governor, verb.link = [before], governor, "comp"
        for other in earlier:
            other.preps = [(n, ps) for n, ps in other.preps if before not in ps]
        return True
    return False


def _after_participle(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "After a drone operated by X hit Y": the drone, which "after" holds only together with its clause."""
    near = earlier[-1] if earlier else None
    if near is None or not near.participle or not near.subjects or verb.participle or not isinstance(before, Phrase):
        return False
    subject = near.subjects[0]
    at = next((k for k, item in enumerate(items) if item is subject), 0)
    between = items[near.at + 1 : verb.at]
    if not at or tag_of(items[at - 1]) != "P" or low_of(items[at - 1]) not in {"after", "before", "since", "until", "as"}:
        return False
    if any(tag_of(x) in {",", ";", ":", "-", "SUB", "REL"} for x in between):
        return False
    verb.subjects, verb.governor, verb.link = [subject], _previous(earlier), "comp"
    for other in earlier:
        other.preps = [(n, ps) for n, ps in other.preps if subject not in ps]
    return True


def _after_gerund(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "A drone carrying phones, drugs and tobacco crashed": the drone, and not the last of its load."""
    near = earlier[-1] if earlier else None
    if near is None or not near.gerund or near.link != "ger-noun" or not near.subjects or verb.participle:
        return False
    between = [x for x in items[near.at + 1 : verb.at] if isinstance(x, Phrase)]
    load = [*near.objects, *(p for _, ps in near.preps for p in ps)]
    marks = {tag_of(x) for x in items[near.at + 1 : verb.at] if not isinstance(x, Phrase)}
    listed = bool(between) and any(between[0] is q for q in load) and marks <= {",", "CC"} and "CC" in marks
    if len(between) < 2 or not (listed or all(any(p is q for q in load) for p in between)) or marks & {"SUB", "REL", ";", ":"}:
        return False
    verb.subjects, verb.governor, verb.link = list(near.subjects), _previous(earlier), "main"
    return True


def _object_relative(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "Drones Washington supplies": the phrase before the subject is what the verb acts on."""
    aside = items[verb.at - 2] if verb.at >= 2 else None
    if not (isinstance(before, Phrase) and isinstance(aside, Phrase)) or aside.time or verb.objects or verb.passive:
        return False
    given = not before.time and before.head.name is not None and verb.classes & {"give", "sell", "use", "get", "make", "launch"}
    accused = (before.pronoun or before.head.name is not None) and verb.lemma in {"accuse", "suspect", "blame", "charge"}
    if not (given or accused):
        return False
    verb.subjects, verb.objects, verb.governor, verb.link = [before], [aside], _previous(earlier), "rel"
    for other in earlier:
        other.objects = [p for p in other.objects if p is not before]
    return True


def _passive_goes_on(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "Six were killed and two wounded by"."""
    governor = _previous(earlier)
    if not (
        "kill" in verb.classes
        and not verb.objects
        and governor is not None
        and governor.passive
        and "kill" in governor.classes
        and isinstance(before, Phrase)
        and not verb.passive
    ):
        return False
    verb.passive, verb.link, verb.governor = True, "conj", governor
    verb.subjects = [*governor.subjects, before]
    return True


def _aside_before(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "X, one of the states that fly drones, has received"; and "..., said X"."""
    opening = _before_apposition(items, verb) if tag_of(before) == "," else None
    said = "say" in verb.classes and verb.lemma not in _NOT_AFTER_WORDS
    following = items[verb.at + 2] if verb.at + 2 < len(items) else None
    goes_on = said and isinstance(following, Verb) and following.finite
    if opening is not None and (not said or goes_on):
        verb.subjects, verb.governor, verb.link = [opening], _previous(earlier), "main"
        return True
    if said and verb.objects and tag_of(before) in {",", '"', "-"} and not verb.passive and len(verb.tokens) == 1:
        verb.subjects, verb.objects, verb.governor, verb.link = verb.objects, [], None, "after"
        return True
    return False


def _after_comma(items: list[Item], verb: Verb, earlier: list[Verb], before: Item | None) -> bool:
    """ "X bought drones, trained its crews and fired 600": the second of several verbs of one subject."""
    first = earlier[-1] if earlier else None
    if tag_of(before) != "," or first is None or not first.finite or first.link == "rel" or not first.subjects:
        return False
    between = items[first.at + 1 : verb.at - 1]
    if "say" in verb.classes or any(tag_of(x) in {"SUB", "REL", ";", ":", ",", "-", '"'} for x in between):
        return False
    later = next((x for x in items[verb.at + 1 :] if isinstance(x, Verb) or tag_of(x) in {"SUB", "REL", ";", ":"}), None)
    if not isinstance(later, Verb) or tag_of(items[later.at - 1]) != "CC":
        return False  # only in a list that a conjunction closes
    verb.governor, verb.link, verb.subjects = first, "conj", list(first.subjects)
    return True


def _gathered(items: list[Item], verb: Verb, before: Item | None) -> tuple[list[Phrase] | None, Verb | None, int | None]:
    """The phrases before the verb that no preposition holds, nearest first; the finite verb that ended the search; the relative word.

    None for the phrases when the verb has got its subject here: the one before a relative clause that ends at the verb.
    """
    gathered: list[Phrase] = []
    k = verb.at - 1
    while k >= 0:
        item = items[k]
        if isinstance(item, Phrase):
            ahead = items[k - 1] if k else None
            if item.time:
                pass
            elif tag_of(ahead) == "P":
                k -= 1
            elif tag_of(ahead) in {"CC", ","} and (_member_of_prep_list(items, k) or _rest_of_place(items, k)):
                pass
            else:
                gathered.append(item)
        elif isinstance(item, Verb):
            if item.finite:
                return (None if _before_relative(items, verb, gathered, before, k) else gathered), item, None
            if gathered and isinstance(items[k + 1], Phrase) and items[k + 1] is gathered[-1]:
                tail = items[k + 2 : verb.at]
                if not any(tag_of(t) == "," for t in tail) or item.participle:
                    gathered.pop()
        elif item.tag in {"SUB", "REL", ";", ":"}:
            return gathered, None, k if item.tag == "REL" else None
        elif item.tag == "," and gathered and k >= 1 and isinstance(items[k - 1], Verb):
            break
        k -= 1
    return gathered, None, None


def _rest_of_place(items: list[Item], k: int) -> bool:
    """ "In Aguililla, Michoacán": the second name goes on with the first, which a preposition holds."""
    town, item = (items[k - 2] if k >= 2 else None), items[k]
    if tag_of(items[k - 1]) != "," or not isinstance(town, Phrase) or not isinstance(item, Phrase):
        return False
    follows = items[k + 1] if k + 1 < len(items) else None
    if isinstance(follows, Verb) and "say" in follows.classes and item.head.name is None:
        return False  # "in Sumy, Ivan Petrov said"
    placed = all(p.head.tag == "NP" and p.of is None for p in (town, item))
    placed = (
        placed
        and all(t.tag == "NP" for t in item.tokens)
        and (item.head.name is None or item.head.name.kind in {"place", "state"})
    )
    known = any(p.head.name is not None and p.head.name.kind in {"place", "state"} for p in (town, item))
    larger = town.head.name is None or town.head.name.kind not in {
        "state",
        "capital",
    }  # "In Germany, Munich airport": the smaller acts
    return placed and known and larger and k >= 3 and tag_of(items[k - 3]) == "P"


def _before_relative(items: list[Item], verb: Verb, gathered: list[Phrase], before: Item | None, k: int) -> bool:
    """Inside a relative clause that ends here, the subject stands before the relative word; True when it was found."""
    rel = _relative_before(items, k)
    parenthetical = bool(gathered) and gathered[0] is before and tag_of(items[verb.at - 2]) == ","
    if rel is None or parenthetical or (gathered and not isinstance(items[k + 1], Phrase)):
        return False
    found = _antecedent(items, rel)
    if not found or (gathered and items[k + 1] is not gathered[-1]):
        return False
    verb.subjects, verb.link = found, "main"
    return True


def _of_gathered(items: list[Item], verb: Verb, gathered: list[Phrase], stopped: Verb | None, before: Item | None) -> None:
    """Fills the subjects from the phrases gathered to the left, nearest first."""
    nearest = gathered[0]
    gathered.reverse()
    at = items.index(nearest)
    left = items[at - 1] if at else None
    alone = (
        nearest is before
        and tag_of(left) in {",", '"'}
        and (stopped is not None or len(gathered) > 1)
        and ("say" in verb.classes or stopped is not None)
    )
    taken = stopped is not None and len(gathered) > 1 and "say" not in stopped.classes and gathered[0] in stopped.objects
    verb.subjects = _subject_list(items, [nearest] if alone or taken else gathered, verb)


def _before_apposition(items: list[Item], verb: Verb) -> Phrase | None:
    """ "Mali, one of the countries that use X, has received": the phrase before the first comma, if nothing but an aside is between."""
    begin = max((n + 1 for n, item in enumerate(items[: verb.at]) if tag_of(item) in {"SUB", ";", ":"}), default=0)
    k = begin
    while k < verb.at and (tag_of(items[k]) == "P" or (isinstance(items[k], Phrase) and getattr(items[k], "time", False))):
        k += 2 if tag_of(items[k]) == "P" else 1  # phrases that open the sentence
        while k < verb.at and tag_of(items[k]) == ",":
            k += 1
    first = items[k] if k < verb.at else None
    if not isinstance(first, Phrase) or first.time or first.pronoun:
        return None
    n = k + 1
    while n + 1 < verb.at and tag_of(items[n]) == "P" and isinstance(items[n + 1], Phrase):
        n += 2
    if n >= verb.at - 1 or tag_of(items[n]) != ",":
        return None
    aside = items[n + 1 : verb.at - 1]
    starts = aside[0] if aside else None
    if isinstance(starts, Verb) and starts.finite:
        return None
    names = sum(isinstance(x, Phrase) for x in aside)
    finite = [x for x in aside if isinstance(x, Verb) and x.finite]
    related = any(tag_of(x) == "REL" or (isinstance(x, Phrase) and x.tokens[0].low == "whose") for x in aside)
    if names == 0 or (finite and not related) or any(tag_of(x) in {"SUB", ";"} for x in aside):
        return None
    if (
        isinstance(starts, Phrase)
        and not related
        and not (starts.tokens[0].low in {"a", "an"} and first.head.tag == "NP" and not any(tag_of(x) == "," for x in aside))
        and any(tag_of(x) in {",", "CC"} for x in aside)
        and tag_of(items[n + 2]) in {",", "CC"}
    ):
        return None  # "A, B and C, all of them"
    if (
        isinstance(starts, Phrase)
        and len(aside) == 1
        and first.head.name is None
        and starts.head.name is not None
        and starts.head.name.kind in _ACTING
    ):
        return starts  # "a rival group, Cárteles Unidos, buys"
    return first


def _member_of_prep_list(items: list[Item], k: int) -> bool:
    """Is the phrase at k a later member of a list that follows a preposition ("from A, B and C")?"""
    n = k
    seen_and = crossed = False
    while n >= 2:
        mark, prev = items[n - 1], items[n - 2]
        if tag_of(mark) == "P":
            return not (crossed and not any(isinstance(x, Verb) for x in items[: n - 1]))
        crossed = crossed or (tag_of(mark) == ",")
        if not (tag_of(mark) in {"CC", ","} and isinstance(prev, Phrase)):
            return False
        if tag_of(mark) == "CC":
            seen_and = True
        elif not seen_and:
            return False
        n -= 2
    return not crossed and n >= 1 and tag_of(items[n - 1]) == "P"


def _relative_before(items: list[Item], k: int) -> int | None:
    for n in range(k, -1, -1):
        item = items[n]
        if tag_of(item) == "REL":
            return n
        if tag_of(item) in {"SUB", ";"}:
            return None
    return None


def _subject_list(items: list[Item], gathered: list[Phrase], verb: Verb) -> list[Phrase]:
    """Keeps a coordinated list; of "NP, NP," (an apposition) only the first; else the nearest."""
    if len(gathered) == 1:
        return gathered
    marks = []
    for a, b in pairwise(gathered):
        ia, ib = items.index(a), items.index(b)
        between = [m for m in items[ia + 1 : ib] if isinstance(m, Mark)]
        marks.append(
            "and" if any(m.tag == "CC" for m in between) else "," if any(m.tag in {",", "(", ")", "-"} for m in between) else ""
        )
    if "and" in marks:
        last = len(marks) - 1 - marks[::-1].index("and")
        if last == len(marks) - 1:
            first = last
            while first > 0 and marks[first - 1] == ",":
                first -= 1
            return gathered[first:]
    before = items[verb.at - 1]
    if tag_of(before) in {",", ")", "-"}:
        known = [p for p in gathered[:2] if p.head.name is not None and p.head.name.kind in _ACTING]
        return known[:1] or [gathered[0]]
    return [gathered[-1]]
