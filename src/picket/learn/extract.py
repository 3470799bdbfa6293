"""Report -> claims: runs the steps over each sentence in order. Deterministic; no clock, no randomness, nothing downloaded.

Steps: sentences, tags and names, phrases and clauses, frames (verbs), nominals (nouns), statistics, warnings; then who says it and how
sure, time, place with country, quantity. Only sentences about drones, or next to one in a report about drones, are read
in full. Everything learned about names on the way (the context) goes on to the next sentence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

from picket.learn.actors import Context
from picket.learn.amounts import time_of
from picket.learn.broad import broad_drafts
from picket.learn.certainty import attribution, certainty_of, chain_of, is_saying, unnamed
from picket.learn.chunks import Phrase, Verb
from picket.learn.claim import TRANSFERS, Claim, Quantity, guessed
from picket.learn.compared import compared_drafts
from picket.learn.continued import continued_drafts
from picket.learn.cues import cue_drafts
from picket.learn.denials import with_denials
from picket.learn.doubt import doubt_around, hedged, lowered, nameless, to_come
from picket.learn.drafts import Draft
from picket.learn.eachnumber import each_number
from picket.learn.eachplace import each_place
from picket.learn.fallback import loose_drafts
from picket.learn.frames import drafts_of
from picket.learn.funds import fund_drafts
from picket.learn.isotimes import Published
from picket.learn.layout import passed_over
from picket.learn.lexicon import lexicon
from picket.learn.naming import classes_of
from picket.learn.nominals import BLAMING, behind_drafts, nominal_drafts
from picket.learn.ordinals import ordinal_drafts
from picket.learn.report import Report
from picket.learn.screening import Screened
from picket.learn.sentence import DRONE_WORDS, Sentence, drone_head, read_sentence
from picket.learn.sentences import sentence_spans
from picket.learn.shortened import shortened
from picket.learn.statistics import statistic_drafts
from picket.learn.tallies import tally_drafts
from picket.learn.warnings import warning_drafts
from picket.learn.whereabouts import whereabouts
from picket.learn.whosenumber import numbers_of

_CARRIED = re.compile(
    r"^\W*(?:he|she|it|they|the (?:report|study|group|official|spokesman|spokeswoman|ministry|minister|paper|"
    r"statement|indictment)|in (?:his|her|its|their) view|another|in one of them)\b",
    re.IGNORECASE,
)
_ACCORDING = Screened(
    r"\b(?:[Aa]ccording to|[Aa]s (?:set out|described|laid out|alleged|stated) in) ((?:[A-Z]\.(?:[A-Z]\.)+|[^,.;])+?)"
    r"(?=[,.;]|$| (?:has|have|had|was|were|is|are|which|who|that|and \d+|"
    r"(?:obtained|seen|reviewed|published|released|cited|compiled) by)\b)"
)
_WEAK_WORDS = Screened(
    r"\b(?:jammers?|skill|skills|course|courses|experience|recruits?|volunteers?|fighters?|instructors?|"
    r"trained|training|know-how|expertise|bombs?|aircraft|technology|lessons?|advisers?|sightings?|incursions?|"
    r"weapons?|cartels?|airspace|prisons?|smugglers?|flights?|airport)\b",
    re.IGNORECASE,
)


# What reads a sentence after the rules: given their drafts, it returns those that stand.
Again = Callable[[Sentence, list[Draft]], list[Draft]]
_THROUGHOUT = 0.33  # share of sentences with a drone from which on a report is about nothing else
_EVENTS = frozenset({"use_attack", "sighting", "statistic"})
_REMEMBERED = 300  # names kept for "the group" and "it"; bounds the work for a report of any length
_TOLD_BEFORE = 8  # claims told before, of which one may be denied


def claims_of(report: Report, again: Again | None = None) -> list[Claim]:
    """The claims of a report, in the order of its text. Cost: about 10 ms for a page of news on one core.

    again: reads each sentence after the rules, those that they pass over too, as `picket.learn.trained.Trained` does; nearly as much again.
    """
    published = Published.parse(report.published)
    spans = list(sentence_spans(report.text))
    about = [bool(DRONE_WORDS.search(report.text, a, b)) or _names_drone(report.text[a:b]) for a, b in spans]
    titled = report.title is not None and bool(DRONE_WORDS.search(report.title))
    if not (titled or any(about)):
        return []
    topical = sum(about) >= max(2, len(about) // 5)
    throughout = sum(about) >= max(3, _THROUGHOUT * len(about)) or (topical and titled)
    context = Context(shortened=shortened(report.text))
    _overview(report, context)
    found: list[Claim] = []
    carried: str | None = None
    passed = passed_over(report.text, report.title, spans)
    for k, (begin, end) in enumerate(spans):
        context.sentence = k
        near = throughout or (any(about[max(0, k - 2) : k]) if topical else bool(k and about[k - 1]))
        wanted = about[k] or (near and topical) or (topical and bool(_WEAK_WORDS.search(report.text, begin, end)))
        if k in passed:
            continue
        if not wanted:
            context.place_country = context.place_country if near else None
            carried = None
            if again:
                aside = read_sentence(report.text, begin, end, published, context, False)
                added = again(aside, [])
                if added:
                    found.extend(_finish(report, aside, added, None)[0])
            continue
        sentence = read_sentence(
            report.text, begin, end, published, context, near or (topical and bool(_WEAK_WORDS.search(report.text, begin, end)))
        )
        drafts = _drafts(sentence)
        drafts = with_denials(sentence, again(sentence, drafts) if again else drafts, found[-_TOLD_BEFORE:])
        _whose_drones(sentence, drafts)
        _blamed(sentence, drafts)
        context.takers.extend((k, d.recipient) for d in drafts if d.kind == "supply" and d.provider and d.recipient)
        claims, carried = _finish(report, sentence, drafts, carried)
        found.extend(claims)
        context.events.update({c.kind: k for c in claims if c.kind in _EVENTS and not guessed(c.rule)})
        _remember(sentence)
    return found


def _names_drone(text: str) -> bool:
    names = lexicon().names
    return any(
        name.kind == "drone" and tuple(text[m.start() : m.start() + 40].split()[: len(parts)])[-1:] and parts[0] == m.group()
        for m in re.finditer(r"\b[A-Z][\w-]+", text)
        for parts, name in names.get(m.group().lower(), ())
        if len(parts) == 1
    )


def _overview(report: Report, context: Context) -> None:
    """The country the report is about: the one that its states, demonyms, places and groups point to most often."""
    counts: Counter[str] = Counter()
    table, behind = lexicon().names, lexicon().behind
    words = re.findall(r"[^\W_][\w.'’-]*", report.text[:20_000])
    for i, word in enumerate(words):
        low = word.lower()
        if not table.get(low) and not word.isalpha():
            low = _bare(word).lower()
        if low in behind and not any(w.lower() in behind[low] or _bare(w).lower() in behind[low] for w in words[i + 1 : i + 2]):
            continue
        for parts, name in table.get(low, ()) if word not in context.shortened else ():
            window = words[i : i + len(parts)]
            if name.country and name.kind != "drone" and len(window) == len(parts) and all(map(_is_word, window, parts)):
                counts[name.country] += 1
                break
    context.named_in = counts
    if counts:
        country, n = min(counts.items(), key=lambda e: (-e[1], e[0]))
        if n >= 2 and n >= 0.45 * sum(counts.values()):
            context.country = country
            context.state_name = lexicon().states.get(country)


def _bare(word: str) -> str:
    """Without the full stop of a sentence and without a possessive ending."""
    return word.rstrip(".").removesuffix("'s").removesuffix("’s")


def _is_word(word: str, part: str) -> bool:
    return word == part or _bare(word) == part


def _drafts(sentence: Sentence) -> list[Draft]:
    made = drafts_of(sentence)
    made.extend(behind_drafts(sentence))
    made.extend(nominal_drafts(sentence, made))
    made.extend(list(statistic_drafts(sentence, made)))
    made.extend(list(ordinal_drafts(sentence, made)))
    made.extend(list(tally_drafts(sentence, made)))
    made.extend(list(compared_drafts(sentence, made)))
    made.extend(list(warning_drafts(sentence, made)))
    made.extend(list(broad_drafts(sentence, made)))
    if not made:
        made.extend(continued_drafts(sentence))
    if not made:
        made.extend(fund_drafts(sentence))
    if not made:
        made.extend(loose_drafts(sentence))
    if not made:
        made.extend(cue_drafts(sentence))
    for draft in made:
        if draft.kind == "adoption" and draft.rule not in _USED and draft.actor is not None and _maker(draft.actor):
            draft.kind = "production"  # a maker that unveils, develops or tests a drone makes it
    return each_place(each_number(sentence, _distinct(made)))


_USED = frozenset(["use", "operator"])


def _maker(name: str) -> bool:
    """Is the name a company of the gazetteer?"""
    words = tuple(name.split())
    return any(parts == words and entry.kind == "company" for parts, entry in lexicon().names.get(words[0].lower(), ()))


def _whose_drones(sentence: Sentence, drafts: list[Draft]) -> None:
    """Fills the actor of "they hit", "one of them was shot down", "the drones flew" from the sentences before."""
    context = sentence.context
    for draft in drafts:
        if draft.kind not in {"use_attack", "sighting"}:
            continue
        if (
            draft.actor is None
            and draft.verb is not None
            and draft.rule not in {"disrupt", "landed", "seized-load", "drop-contraband"}
        ):
            around = [*draft.verb.subjects, *draft.verb.objects]
            actor = context.last_flier() if any(_said_before(p) for p in around) else None
            if (
                actor is not None
                and actor != draft.target
                and not any(actor in sentence.actors([p]) for p in draft.verb.subjects)
            ):
                draft.actor = actor
        if draft.actor is not None and draft.rule != "lost":
            context.flies(draft.actor)


def _blamed(sentence: Sentence, drafts: list[Draft]) -> None:
    """Fills the actor of "drones attributed to X hit" and of "an attack that officials blamed on X"; blamed is alleged."""
    told = [d for d in drafts if d.kind in {"use_attack", "sighting"}]
    for verb in sentence.verbs:
        names = sentence.actors(verb.prep("on", "to")) if verb.lemma in BLAMING and not verb.negated else []
        for draft in told if names else []:
            if draft.verb is verb or draft.target == names[0] or draft.actor not in {None, names[0]}:
                continue
            if draft.actor is None and len(told) > 1:
                continue
            draft.actor = names[0]
            draft.certainty = draft.certainty or "alleged"


def _said_before(phrase: Phrase) -> bool:
    """Does the phrase point back to drones: "them", "one of them", "the remaining ones", "the drones", "the aircraft"?"""
    inner = phrase.of if phrase.of is not None and (phrase.head.tag == "NUM" or phrase.head.low in _SOME) else phrase
    if inner.pronoun or inner.head.low in {"ones", "one", "them", "others"}:
        return inner.head.low in {"they", "them", "it", "ones", "one", "others"}
    if phrase.head.low in {"one", "two", "three", "another", "others"} and len(phrase.tokens) == 1:
        return True
    opens = inner.tokens[0].low
    bare = not any(t.tag in {"DEM", "NP", "POS"} for t in inner.tokens)
    return (
        opens in {"the", "these", "those", "both"}
        and bare
        and (drone_head(inner) or inner.head.low in {"aircraft", "craft", "boats"})
    )


_SOME = frozenset(["some", "most", "all", "several", "many", "half", "one", "none", "dozens", "hundreds"])


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Without repeats: same kind and ends, or an attack said twice in one clause (the fuller one stays)."""
    out: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: d.verb.i if d.verb else 0):
        twin = next((d for d in out if d.kind == draft.kind and _same(d, draft)), None)
        if twin is None:
            out.append(draft)
        else:
            kept = draft if _filled(draft) > _filled(twin) else twin
            out[out.index(twin)] = kept
            if draft.kind == "use_attack":
                _sharpen(kept, draft if kept is twin else twin)
    return out


def _sharpen(kept: Draft, other: Draft) -> None:
    """An attack told twice ("killed in a strike that hit a hospital"): the place that was struck is the target, the dead its number."""
    kept.actor = kept.actor or other.actor
    struck = other.target_phrase is not None and "building" in classes_of(other.target_phrase.head)
    people = kept.target_phrase is None or bool(classes_of(kept.target_phrase.head) & {"people", "people_abstract"})
    if struck and people and other.target:
        kept.target, kept.target_phrase = other.target, other.target_phrase
        kept.where = [*other.where, *kept.where]


def _filled(draft: Draft) -> int:
    return sum(bool(x) for x in (draft.provider, draft.recipient, draft.actor, draft.target))


def _same(a: Draft, b: Draft) -> bool:
    if a.kind == "statistic" and (a.amount or b.amount):
        return a.amount == b.amount
    if a.kind == "statistic":
        return bool(a.numbers and b.numbers and a.numbers[0] is b.numbers[0])
    if a.kind in TRANSFERS:
        return (
            (a.provider == b.provider and a.recipient == b.recipient)
            or (a.recipient == b.recipient and not (a.provider and b.provider))
            or (a.provider == b.provider and not (a.recipient and b.recipient))
        )
    if (
        a.kind == "sighting"
        and a.rule in {"disrupt", "detect"}
        and b.rule in {"disrupt", "detect"}
        and {id(p) for p in a.numbers} & {id(p) for p in b.numbers}
    ):
        return True
    if a.kind in {"use_attack", "sighting"}:
        return (a.actor == b.actor or not (a.actor and b.actor)) and (
            a.target == b.target or not (a.target and b.target) or (a.verb is b.verb and a.rule != b.rule)
        )
    return a.actor == b.actor or not (a.actor and b.actor)


def _remember(sentence: Sentence) -> None:
    context = sentence.context
    for phrase in sentence.phrases():
        context.see(phrase)
    for verb in sentence.verbs:
        if verb.finite and verb.link in {"main", "comp", "rel", ""} and not (verb.classes & {"say"} and len(sentence.verbs) > 1):
            context.see_subject(verb.subjects)
    del context.mentions[:-_REMEMBERED], context.subjects[:-_REMEMBERED]
    for token in sentence.tokens:
        if token.name is not None and token.name.kind in {"place", "state"} and token.name.country:
            context.place_country = token.name.country


def _finish(report: Report, sentence: Sentence, drafts: list[Draft], carried: str | None) -> tuple[list[Claim], str | None]:
    words = sentence.words
    if words.rstrip().endswith("?"):
        return [], carried  # a question says nothing
    match = _ACCORDING.search(words)
    according = re.sub(r"^(?:the|a|an) ", "", match.group(1)).strip() if match else None
    if according is not None and according.lower() in {"him", "her", "them", "it"}:
        according = carried
    claims: list[Claim] = []
    said_last: str | None = None
    for verb in sentence.verbs:
        if is_saying(verb) and verb.subjects and not verb.passive:
            said_last = attribution_name(verb) or said_last
    for draft, number in zip(drafts, numbers_of(sentence, drafts), strict=True):
        by, say = (
            attribution(draft.verb, sentence.verbs, sentence.text, sentence.end, according)
            if draft.verb is not None
            else (according, None)
        )
        by = by if draft.rule == "count" and say is not None and by else draft.attributed_to or by
        if by is None and (say is not None or _CARRIED.match(words)):
            by = carried
        by = by or _accuser(draft)
        certainty = draft.certainty or (
            certainty_of(draft.verb, say, by, words, draft.kind == "warning") if draft.verb is not None else "stated"
        )
        if certainty is None:
            continue
        if draft.verb is not None and draft.kind != "warning":
            certainty = lowered(certainty, doubt_around(draft.verb, report.text, sentence.begin, sentence.end, by))
        if certainty == "stated" and match and according and unnamed(according):
            certainty = "reported"
        if certainty == "stated" and draft.rule.startswith("broad-"):
            certainty = hedged(words) or certainty
        if certainty == "stated" and (guessed(draft.rule) or draft.doubtful):
            certainty = "possible"  # the reader is not sure that the sentence says so: no fact until somebody has checked it
        if certainty == "stated" and nameless(words):
            certainty = "reported"
        if certainty == "stated" and to_come(time_of(sentence, draft, report.published), report.published):
            certainty = "possible"
        if certainty == "stated" and draft.kind == "use_attack" and by is not None and by == draft.actor and _armed_group(by):
            certainty = "alleged"  # a group's own word for its success
        if (
            draft.kind == "use_attack"
            and certainty == "possible"
            and _only_feared(draft.verb)
            and not draft.rule.startswith(("cue-", "trained-"))
        ):
            draft.kind, draft.rule = "warning", f"feared-{draft.rule}"
        claims.append(_claim(report, sentence, draft, by, certainty, number))
        if claims[-1].country and certainty != "denied":
            sentence.context.event = (sentence.context.sentence, claims[-1].country)
            sentence.context.told_in[claims[-1].country] += 1
    told = next((c.time for c in reversed(claims) if c.time), None)
    if told:
        sentence.context.when = (sentence.context.sentence, told)
    if said_last is None and according:
        said_last = according
    return [c for c in claims if _substantial(c)], said_last or (carried if _CARRIED.match(words) else None)


def _accuser(draft: Draft) -> str | None:
    """Who blames, charges, holds or counts: "Ambrey attributed the raid to X", "police detained men suspected of"."""
    for verb in chain_of(draft.verb) if draft.verb is not None else []:
        if verb.lemma in _ACCUSING and verb.subjects and not verb.passive and not any(p.pronoun for p in verb.subjects):
            return attribution_name(verb)
    return None


_ACCUSING = frozenset(["blame", "attribute", "ascribe", "charge", "accuse", "indict", "suspect", "detain", "trace"])


def _armed_group(name: str) -> bool:
    words = tuple(name.split())
    return any(parts == words and entry.kind == "group" for parts, entry in lexicon().names.get(words[0].lower(), ()))


def _only_feared(verb: Verb | None) -> bool:
    """ "An attacker with a drone could kill dozens": nobody has done it."""
    return verb is not None and any(v.modal in {"could", "might", "would"} and v.finite for v in chain_of(verb))


def attribution_name(verb: Verb) -> str | None:
    from picket.learn.certainty import speaker

    return speaker(verb.subjects)


def _substantial(claim: Claim) -> bool:
    """Rule 4: a named actor or class, or a number or a place, must be there."""
    if claim.kind == "statistic" and claim.quantity is None:
        return False
    return (
        any((claim.provider, claim.recipient, claim.actor, claim.target, claim.quantity, claim.place))
        or claim.kind == "warning"
        or (claim.kind == "sighting" and claim.country is not None)
    )


def _claim(report: Report, sentence: Sentence, draft: Draft, by: str | None, certainty: str, number: Quantity | None) -> Claim:
    place, country = whereabouts(sentence, draft)
    if number is not None and not math.isfinite(number.value):
        number = None  # hundreds of digits count nothing, and no JSON holds them: the file of claims could not be read again
    return Claim(
        doc=report.doc,
        kind=draft.kind,
        provider=draft.provider,
        recipient=draft.recipient,
        actor=draft.actor,
        target=draft.target,
        capability=_short(draft.thing),
        place=place,
        country=country,
        time=time_of(sentence, draft, report.published),
        quantity=number,
        attributed_to=by,
        certainty=certainty,
        evidence=sentence.words,
        start=sentence.begin,
        end=sentence.end,
        source=report.source,
        published=report.published,
        rule=draft.rule,
    )


def _short(thing: str | None) -> str | None:
    if not thing:
        return None
    return " ".join(thing.split())[:120]
