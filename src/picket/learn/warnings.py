"""Warnings: someone warns of, or fears, a danger or a gap; and the article's own "poses a threat to"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.certainty import speaker
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.naming import classes_of, text_of
from picket.learn.screening import Screened
from picket.learn.sentence import Sentence, is_drone

_THREATS = frozenset(["threat", "threats", "danger", "dangers", "risk", "risks", "menace", "challenge", "hazard", "hazards"])
_CONCERNS = frozenset(["concern", "concerns", "fear", "fears", "alarm", "worry", "worries"])
_ISSUING = frozenset(["add", "issue", "sound", "send", "give", "raise", "deliver", "repeat", "voice", "renew", "make"])
_POSING = frozenset(["pose", "present", "represent", "be", "remain", "become"])
_HUBS = frozenset(["platform", "hub", "school", "laboratory", "academy", "ground", "training ground", "magnet"])
_GAPS = Screened(
    r"\b(?:lacks?|lacked|lacking|lack of|no (?:\w+ )?(?:defen[cs]e|means|way|counter|protection|equipment|"
    r"system)\w*|vulnerab\w+|unprepared|ill-prepared|ill-equipped|defenceless|defenseless|unable to (?:detect|"
    r"stop|counter|defend|shoot)"
    r"|cannot (?:detect|stop|counter|defend)|gaps? in|falls? behind|falling behind|not learning fast enough|"
    r"exposed to|no defen[cs]e|no answers? to|not (?:\w+ )?protected|unprotected|easy targets?|impossible to (?:stop|detect|see|intercept)|"
    r"(?:hard|difficult) to (?:stop|detect|see|intercept|spot)|(?:will|would|may) not (?:see|detect|stop)|helpless|powerless|"
    r"no (?:\w+ ){0,2}(?:detection|detectors?|jammers?|radars?|means))\b",
    re.IGNORECASE,
)
_ONLY_TIME = re.compile(r"\b(?:matter of time|not if,? but when|accident waiting to happen|sitting ducks?)\b", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:could|may|might|would|will|risks?|danger|only a matter of time|likely to|if)\b", re.IGNORECASE)


def warning_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """Drafts of the sentence's warnings; none where the content of "warned that" is a fact of another kind."""
    if not (sentence.drone or sentence.near):
        return
    draft = _conditional(sentence, made)
    told = (found for verb in sentence.verbs for read in _READERS if (found := read(sentence, verb, made)) is not None)
    threats = (found for verb in sentence.verbs if (found := _threat(sentence, verb)) is not None)
    draft = draft or next(told, None) or next(threats, None) or _only_time(sentence, made)
    if draft is not None:
        yield draft
    else:
        yield from _gap(sentence, made)


def _warns(sentence: Sentence, verb: Verb, made: list[Draft]) -> Draft | None:
    """ "Warned of", "fear that" """
    if not verb.classes & {"warn", "fear"} or verb.negated or verb.participle:
        return None
    return _warned(sentence, verb, made)


def _voices_concern(sentence: Sentence, verb: Verb, made: list[Draft]) -> Draft | None:
    """ "Voiced concern about drones over prisons" """
    if verb.lemma not in {"express", "voice", "raise"} or not verb.objects or verb.objects[0].head.low not in _CONCERNS:
        return None
    if any(d.kind in {"supply", "training", "advising"} for d in made):
        return None
    feared = [p for n, p in verb.objects[0].after if n in {"about", "over", "of"}]
    return _draft(sentence, verb, "concern", attributed=speaker(verb.subjects), feared=feared)


def _issues_warning(sentence: Sentence, verb: Verb, _made: list[Draft]) -> Draft | None:
    """ "Sounded the alarm over" """
    if not verb.objects or verb.objects[0].head.low not in {"warning", "warnings", "alarm"}:
        return None
    if verb.negated or verb.lemma not in _ISSUING:
        return None
    ends = [*verb.objects[0].after, *((n, q) for n, ps in verb.preps for q in ps)]
    about = [p for n, p in ends if n in {"about", "of", "over", "against"} and not p.time]
    return _draft(sentence, verb, "issued-warning", attributed=speaker(verb.subjects), feared=about)


def _sees_risk(sentence: Sentence, verb: Verb, _made: list[Draft]) -> Draft | None:
    """ "Face a threat from drones", "braced for drone attacks" """
    sees = verb.lemma in {"see", "face", "fear", "identify", "note"}
    braces = verb.lemma in {"brace", "prepare", "ready"}
    risks = (p for p in verb.objects if sees and p.head.low in _THREATS)
    raids = (p for p in verb.prep("for") if braces and "attacknoun" in classes_of(p.head))
    if verb.negated or not any(is_drone(p) for p in [*risks, *raids]):
        return None
    feared = [p for p in [*verb.objects, *verb.prep("for")] if is_drone(p)]
    draft = _draft(sentence, verb, "sees-risk", attributed=speaker(verb.subjects), feared=feared)
    draft.certainty = "possible"
    return draft


def _expects_danger(sentence: Sentence, verb: Verb, _made: list[Draft]) -> Draft | None:
    if verb.lemma != "expect" or not any(p.head.low in _THREATS for p in verb.objects):
        return None
    draft = _draft(sentence, verb, "expected-danger", attributed=speaker(verb.subjects), feared=[])
    draft.certainty, draft.actor = "possible", None
    return draft


def _becomes_hub(sentence: Sentence, verb: Verb, _made: list[Draft]) -> Draft | None:
    """ "Has become a school for drone pilots" """
    if verb.lemma != "become" or not verb.objects or verb.objects[0].head.low not in _HUBS:
        return None
    spread = verb.prep("for") + [p for n, p in verb.objects[0].after if n == "for"]
    if not spread:
        return None
    actor = next(iter(sentence.actors(verb.subjects)), None)
    return Draft("warning", "became-hub", verb, actor=actor, thing=text_of(spread[0]), where=verb.subjects)


# In this order, verb by verb; the first that reads a warning ends the sentence.
_READERS = (_warns, _voices_concern, _issues_warning, _sees_risk, _expects_danger, _becomes_hub)


def _only_time(sentence: Sentence, made: list[Draft]) -> Draft | None:
    """ "It is only a matter of time" """
    if not _ONLY_TIME.search(sentence.words) or any(d.kind == "warning" for d in made) or not sentence.verbs:
        return None
    said = next((v for v in sentence.verbs if v.classes & {"say", "warn", "fear"} and v.subjects), None)
    attributed = speaker(said.subjects) if said else None
    draft = _draft(sentence, sentence.verbs[0], "matter-of-time", attributed=attributed, feared=[])
    draft.certainty = "possible"
    return draft


def _conditional(sentence: Sentence, made: list[Draft]) -> Draft | None:
    """ "If the group obtains drones, the jammers will be useless": what is only supposed is what is feared."""
    opening = re.match(r"\s*(?:If|Should|Unless|Once)\b[^,]*,", sentence.words)
    future = _FUTURE.search(sentence.words, opening.end()) if opening else None
    if opening is None or future is None:
        return None
    supposed = [
        d for d in made if d.verb is not None and d.kind in _SUPPOSED and d.verb.tokens[0].start < sentence.begin + opening.end()
    ]
    if not supposed:
        return None
    for draft in supposed:
        made.remove(draft)
    said = next((v for v in sentence.verbs if v.classes & {"say", "warn"} and v.subjects), None)
    first = supposed[0]
    return Draft(
        "warning",
        "if-then",
        first.verb,
        actor=first.actor or first.recipient,
        target=first.target,
        thing=first.thing,
        attributed_to=speaker(said.subjects) if said is not None else None,
        certainty="possible",
        numbers=[],
    )


_SUPPOSED = frozenset({"adoption", "supply", "use_attack", "sighting", "training", "production"})


def _warned(sentence: Sentence, verb: Verb, made: list[Draft]) -> Draft | None:
    content = [v for v in sentence.verbs if v.i > verb.i]
    if (
        not content
        and not verb.objects
        and not verb.prep("of", "about", "against", "over")
        and verb is sentence.verbs[-1]
        and len(sentence.verbs) > 1
    ):
        return _warned_before(sentence, verb, made)
    if verb.lemma in {"alarm", "alert"} and not verb.passive and not sentence.actors(verb.subjects) and made:
        return None  # "the transfer has alarmed the coalition"
    clause = sentence.text[verb.tokens[-1].end : sentence.end]
    of = [p for p in verb.prep("of", "about", "against", "over") if not p.time]
    factual = [d for d in made if d.verb is not None and d.verb.i > verb.i and d.kind not in {"warning"}]
    future = bool(_FUTURE.search(clause))
    if factual and not of and not future and not verb.classes & {"fear"}:
        return None
    passed = next((d for d in factual if d.recipient), None)
    if future and verb.classes & {"fear"}:
        for draft in [d for d in factual if d.kind == "sighting"]:
            made.remove(draft)
            factual.remove(draft)
    if factual and all(
        d.kind in {"use_attack", "supply", "training", "recruitment", "production", "adoption", "advising", "deployment"}
        for d in factual
    ):
        for draft in factual:
            made.remove(draft)
    if not of and not content and not verb.objects:
        return None
    attributed = speaker(verb.subjects) if not verb.passive else None
    if (
        verb.classes & {"fear"}
        and verb.subjects
        and verb.subjects[0].head.low in {"use", "spread", "rise", "number", "threat", "prospect"}
    ):
        attributed = None  # "the use of drones is worrying the police": nobody said it
    feared = of or [p for v in content[:1] for p in v.subjects]
    draft = _draft(sentence, verb, "warn" if verb.classes & {"warn"} else "fear", attributed=attributed, feared=feared)
    if passed is not None and passed not in made:
        draft.actor = passed.recipient  # feared is the one who gets it
    if future or of or verb.classes & {"fear"}:
        draft.certainty = "possible"
    return draft


def _warned_before(sentence: Sentence, verb: Verb, made: list[Draft]) -> Draft | None:
    """ "Insurgents may soon acquire drones, the report warns": the content stands before."""
    first = next((v for v in sentence.verbs if v.finite and v is not verb), None)
    if first is None or not _FUTURE.search(sentence.text[sentence.begin : verb.tokens[0].start]):
        return None
    for draft in [d for d in made if d.kind in {"use_attack", "supply", "training", "adoption", "production"}]:
        made.remove(draft)
    draft = _draft(sentence, first, "warned-before", attributed=speaker(verb.subjects), feared=first.subjects)
    draft.certainty = "possible"
    return draft


def _draft(sentence: Sentence, verb: Verb, rule: str, *, attributed: str | None, feared: list[Phrase]) -> Draft:
    passive = next(
        (
            v
            for v in sentence.verbs
            if v.passive and v.i > verb.i and v.subjects and v.subjects[0] in feared and not is_drone(v.subjects[0])
        ),
        None,
    )
    actor = (
        None
        if passive is not None
        else next((a for p in feared if not is_drone(p) for a in actors_of(p, sentence.context)), None)
    )
    if actor is None and passive is None:
        later = [v for v in sentence.verbs if v.i > verb.i and v.classes - {"be", "say"}]
        actor = next(
            (a for v in later[:2] for p in v.subjects if p not in verb.subjects for a in actors_of(p, sentence.context)), None
        )
    target = _endangered(sentence, verb) or (text_of(passive.subjects[0]) if passive is not None else None)
    if target is not None and actor is not None and target == actor:
        actor = None
    return Draft(
        "warning",
        rule,
        verb,
        actor=actor,
        target=target,
        thing=text_of(feared[0]) if feared else None,
        attributed_to=attributed,
        where=feared,
        numbers=[],
    )


def _endangered(sentence: Sentence, verb: Verb) -> str | None:
    """What is in danger: "over prisons", "a threat to X", "strikes on X", "X is vulnerable"."""
    for phrase in sentence.phrases():
        if phrase.i >= verb.i and (is_drone(phrase) or phrase.head.low in _THREATS or "attacknoun" in classes_of(phrase.head)):
            found = [p for n, p in phrase.after if n in {"over", "to", "on", "against", "for", "near"} and not p.time]
            if found:
                return "; ".join(text_of(p) for p in found[:4])
    for other in sentence.verbs:
        if other.lemma == "be" and other.i > verb.i and other.subjects and other.modal:
            after = sentence.text[other.tokens[-1].end : sentence.end].strip(" .")
            if other.subjects[0].head.low == "target" and other.objects:
                return " or ".join(text_of(p) for p in other.objects)  # "the next target might be a court"
            if after in {"next", "targeted next", "the next target"}:
                return text_of(other.subjects[0])
    for other in sentence.verbs:
        if other.lemma == "pose" and (put := [p for p in other.prep("to") if not p.time]):
            return "; ".join(text_of(p) for p in put)
    for other in sentence.verbs:
        if other.i > verb.i and (aimed := [p for p in other.prep("against", "at") if not p.time]) and not other.classes & {"say"}:
            return "; ".join(text_of(p) for p in aimed)
        if other.i > verb.i and other.classes & {"strike", "threaten", "destroy", "kill"}:
            things = other.subjects if other.passive else other.objects
            if things:
                return "; ".join(text_of(p) for p in things)
        if (
            other.i > verb.i
            and _GAPS.search(sentence.text[other.tokens[0].start : sentence.end])
            and other.subjects
            and other.lemma in {"be", "lack", "remain", "have", "risk", "fall", "learn"}
        ):
            return text_of(other.subjects[0])
    return None


def _threat(sentence: Sentence, verb: Verb) -> Draft | None:
    """ "Drones pose a threat to", "are threatening" """
    subject = verb.subjects[0] if verb.subjects else None
    threatens = "threaten" in verb.classes and not verb.passive
    poses = verb.lemma in _POSING and bool(verb.objects) and verb.objects[0].head.low in _THREATS
    if subject is None or verb.negated or not (threatens or poses):
        return None
    if "threaten" in verb.classes:
        harmed = [p for p in verb.objects if not p.time]
    else:
        harmed = [p for n, p in verb.objects[0].after if n in {"to", "for"} and not p.time] or [
            p for p in verb.prep("to", "for") if not p.time
        ]
    if not harmed:
        return None
    actor = next(iter(actors_of(subject, sentence.context)), None) or (
        text_of(subject) if classes_of(subject.head) & {"group"} else None
    )
    possible = bool(re.search(r"\b(?:could|may|might)\b", sentence.words))
    return Draft(
        "warning",
        "threat",
        verb,
        actor=actor if not is_drone(subject) else None,
        target="; ".join(text_of(p) for p in harmed),
        thing=text_of(subject),
        where=harmed,
        certainty="possible" if possible else None,
    )


def _gap(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    if made:
        return
    match = _GAPS.search(sentence.words)
    if not match:
        return
    at = sentence.begin + match.start()
    verb = max((v for v in sentence.verbs if v.tokens[0].start <= at + 2), key=lambda v: v.i, default=None)
    if verb is not None and not verb.subjects and verb.lemma == "be" and verb.objects:
        said = next((v for v in sentence.verbs if v.classes & {"say", "warn"} and v.subjects), None)
        yield Draft("warning", "gap-there", verb, thing=match.group(), attributed_to=speaker(said.subjects) if said else None)
        return
    if verb is None or not verb.subjects:
        return
    subject = verb.subjects[0]
    if is_drone(subject) and re.match(r"impossible|hard|difficult", match.group(), re.IGNORECASE):
        said = next((v for v in sentence.verbs if v.classes & {"say", "warn"} and v.subjects), None)
        yield Draft(
            "warning", "hard-to-stop", verb, thing=text_of(subject), attributed_to=speaker(said.subjects) if said else None
        )
        return
    if is_drone(subject) or (subject.pronoun and not actors_of(subject, sentence.context)):
        return
    target = next(iter(actors_of(subject, sentence.context)), None) or text_of(subject)
    yield Draft("warning", "gap", verb, target=target, thing=match.group(), where=[subject])
