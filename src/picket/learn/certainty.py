"""Who says it, and how sure: attribution, hedges, denial.

stated: the article's voice or an identified source without a hedge; reported: other media, unnamed sources, "reportedly"; alleged:
accusation, suspicion, indictment, a party's own claim; denied: there only to be denied; possible: may, could, plans, offers, talks.
The weakest sign in a clause and in the verbs above it wins, except that a denial beats all.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Phrase, Verb
from picket.learn.lexicon import word_set
from picket.learn.naming import classes_of, join
from picket.learn.screening import Screened

_CONTENT = re.compile(r"^\s+(?:that|it|the \w+ (?:had|has|was|is|were))\b")
_NOT_ONE = re.compile(r"^\W*(?:not (?:one|a single|even one)|hardly any)\b", re.IGNORECASE)
_HEARER = re.compile(  # to whom, or when, it was said
    r"^\s+(?:[A-Z]\w+|the|a|an|journalists|reporters|senators|on|in|late|last|[A-Z]\w+day)(?:\s+(?!that\b)[\w'’.-]+){0,6}"
)
_POSSIBLE_MODALS = frozenset(["may", "might", "could", "can", "would", "should", "will", "shall", "won't"])
_POSSIBLE_WORDS = frozenset(
    ["likely", "possibly", "probably", "perhaps", "maybe", "potentially", "presumably", "apparently", "purportedly"]
)
_ALLEGED = word_set("certainty.alleged")
_DENY = frozenset(["deny", "reject", "dismiss", "refute", "dispute"])
_POSSIBLE_VERBS = word_set("certainty.possible_verbs")
_NOT_DOING = frozenset(
    ["refuse", "decline", "fail", "abstain", "refrain", "prevent", "forbid", "ban", "bar", "prohibit", "stop", "cease", "quit"]
)
_REPORT_PASSIVE = frozenset(["report", "say", "understand", "rumour", "rumor"])
_UNNAMED = word_set("certainty.unnamed")
_CHARGE = Screened(r"\b(?:charges?|suspicion|accusations?|allegations?) (?:of|that)")


def is_saying(verb: Verb) -> bool:
    if not (verb.classes & {"say", "warn", "fear"} or verb.lemma in {"report", "confirm", "find", "note", "document"}):
        return False
    if verb.lemma == "claim" and any(
        p.head.low in {"life", "lives", "victims", "responsibility", "credit"} for p in verb.objects
    ):
        return False
    if verb.lemma in {"charge", "accuse", "suspect", "know", "read", "show", "call", "add", "indicate"} and not verb.subjects:
        return False
    if verb.lemma == "accuse" and not verb.objects:
        return False  # "the UAE - long accused of arming it - says"
    return not (verb.passive and verb.lemma not in {"tell", "inform"})


def attribution(verb: Verb, verbs: list[Verb], text: str, end: int, according: str | None) -> tuple[str | None, Verb | None]:
    """(who says so, the verb of saying) for the claim made by `verb` in a sentence of the text that ends at `end`."""
    before = [v for v in reversed(verbs) if v.i < verb.i]
    for say in [*before, *(v for v in verbs if v.i > verb.i)]:
        if say is verb or not is_saying(say) or not say.subjects or _tells_of_its_subject(verb, say):
            continue
        after = verb.i > say.i
        ends_left = say.link in {"after"} or _parenthetical(say, text, end)
        if (after and not ends_left) or (not after and ends_left):
            return speaker(say.prep("by") or ([] if say.passive else say.subjects)), say
    return according, None


def _tells_of_its_subject(verb: Verb, say: Verb) -> bool:
    """ "Iran, which has armed the group, denied the report": what stands beside the subject is not what it says."""
    return verb.link == "rel" and verb.i < say.i and any(p in say.subjects for p in verb.subjects)


def _parenthetical(say: Verb, text: str, end: int) -> bool:
    """Does the verb of saying end its sentence or stand between commas ("..., X said", "..., X told Reuters")?"""
    rest = text[say.tokens[-1].end : end]
    after_comma = "," in text[max(0, say.tokens[0].start - 160) : say.tokens[0].start]
    plain = say.lemma in {"tell", "say", "add", "announce", "report", "write"}
    if plain and after_comma and not _CONTENT.match(rest):
        rest = _HEARER.sub("", rest)
        first = min((p.start for p in say.subjects), default=say.tokens[0].start)
        if text[:first].rstrip().endswith((",", "”", '"')) and not re.search(r"\b(?:that|whether)\b|:", rest):
            return True  # "..., Defence Secretary John Healey announced on Wednesday at a meeting of ..."
    return bool(re.match(r"^\s*[.!?”\"’']*\s*$|^\s*,", rest))


def speaker(phrases: list[Phrase]) -> str | None:
    """The one who says it, as a short name."""
    if not phrases:
        return None
    phrase = phrases[0]
    if phrase.pronoun or (
        classes_of(phrase.head) & {"drone", "attacknoun", "sightnoun"} and "official" not in classes_of(phrase.head)
    ):
        return None
    tokens = [t for t in phrase.tokens if t.tag not in {"DET", "PRP$", "QUAL"} and t.tag != "NUM"]
    unknown = [t for t in tokens if t.tag == "NP" and t.name is None]
    if len(unknown) >= 2 and phrase.head in unknown and any("official" in classes_of(t) for t in tokens):
        title = max((k for k, t in enumerate(tokens) if "official" in classes_of(t) and t is not phrase.head), default=-1)
        name = [t for t in tokens[title + 1 :] if t in unknown]
        unknown = name if len(name) >= 2 else unknown
        tokens = unknown if not any(t.text.isupper() for t in unknown) else tokens
    elif phrase.head.tag == "NP" and len(tokens) > 1:  # "the broadcaster NHK", "its security chief Cathy Lanier"
        last = max((k for k, t in enumerate(tokens) if t.tag == "N" and t.text.islower()), default=-1)
        tokens = tokens[last + 1 :] or tokens
    words = join(tokens) or join(phrase.tokens)
    if phrase.of is not None and len(tokens) < 4:
        return words + " of " + join(phrase.of.tokens)
    home = phrase.after[0] if phrase.after and phrase.head.tag == "N" else None
    if home is not None and home[0] in {"at", "from", "with", "in"} and home[1].head.tag == "NP" and not home[1].time:
        words += f" {home[0]} {join([t for t in home[1].tokens if t.tag != 'DET'])}"  # "analysts at the Clingendael Institute"
    return words


def chain_of(verb: Verb) -> list[Verb]:
    """The verb and those that govern it without a subject of its own between ("plans to buy", "is accused of having joined")."""
    found = [verb]
    while True:
        last = found[-1]
        up = last.governor
        if up is None or up in found or last.link not in {"chain", "inf", "ger", "part"} or (last.link == "part"):
            return found
        found.append(up)


def certainty_of(verb: Verb, say: Verb | None, said_by: str | None, sentence: str, negated_ok: bool = False) -> str | None:
    """One of the five words; None if the clause is negated in the article's own voice, so that there is no claim."""
    chain = chain_of(verb)
    upper = [*chain, *([say] if say is not None else [])]
    for v in upper:
        if v.lemma in _DENY and v is not verb:
            return "denied"
    if any(v.lemma in _NOT_DOING for v in chain[1:]) or (verb.infinitive and any("yet" in v.adverbs for v in chain)):
        return "denied" if said_by is not None and say is not None and say.lemma in _DENY else None
    none = any(
        p.tokens[0].low in {"no", "neither", "none"}
        for p in [*verb.subjects, *verb.objects, *verb.indirect, *verb.prep("to", "for", "with", "against")]
    )
    none = none or bool(_NOT_ONE.match(sentence) and verb.finite and verb.link == "main")
    if (none or any(v.negated for v in chain)) and not negated_ok:
        return "denied" if said_by is not None else None
    if verb.link == "conj" and verb.governor is not None and verb.form == "base" and not verb.modal:
        chain = [*chain, *chain_of(verb.governor)]  # "will send X and train Y"
    if _CHARGE.search(sentence) and re.search(
        rf"\b(?:charges?|suspicion|accusations?|allegations?) (?:of|that)[^,.;]*\b{re.escape(verb.tokens[-1].text)}", sentence
    ):
        return "alleged"
    lemmas = {v.lemma for v in chain}
    adverbs = {a for v in chain for a in v.adverbs}
    if verb.link == "conj" and verb.governor is not None and not verb.modal:
        adverbs |= set(verb.governor.adverbs)
    if any(v.lemma == "claim" and any(p.head.low in {"life", "lives", "victims"} for p in v.objects) for v in chain):
        lemmas = lemmas - {"claim"}  # "attacks claimed 19 lives"
    if (
        lemmas & _ALLEGED
        or "allegedly" in adverbs
        or (
            say is not None
            and say.lemma in {"accuse", "allege", "claim", "suspect", "complain", "charge", "indict", "blame", "boast"}
        )
    ):
        return "alleged"
    if re.search(r"\b(?:alleged|suspected of|accused of|charges? of|charged with|indicted)\b", sentence) and (
        lemmas & _ALLEGED or re.search(r"\balleged\b", sentence)
    ):
        return "alleged"
    if any(v.lemma == "be" and v is not verb and not v.objects and v.finite for v in chain) and verb.link in {"chain", "inf"}:
        return "possible"  # "are to be sent"
    if any(v.modal in _POSSIBLE_MODALS for v in chain) or adverbs & _POSSIBLE_WORDS or (lemmas - {verb.lemma}) & _POSSIBLE_VERBS:
        return "possible"
    if lemmas & {"appear", "seem"}:
        return "possible"
    up = verb.governor
    if verb.link == "rel" and up is not None and not up.finite and up is not verb:
        inherited = certainty_of(up, say, said_by, sentence, negated_ok)  # "thought to be hosting a plant that makes"
        if inherited in {"possible", "alleged", "denied"}:
            return inherited
    if verb.classes & {"offer", "request"} or verb.lemma in {"seek"}:
        return "possible"
    if say is not None and say.lemma in {"hint", "imply", "speculate", "surmise", "assume", "presume", "suppose", "guess"}:
        return "possible"
    if say is not None and say.lemma in {"believe", "think", "suggest", "predict", "forecast", "expect", "suspect"}:
        return "possible" if say.lemma != "suggest" or not unnamed(said_by) else "reported"
    if say is not None and (say.modal in _POSSIBLE_MODALS):
        return "possible"
    if any(v.passive and v.lemma in _REPORT_PASSIVE and v is not verb for v in chain) or "reportedly" in adverbs:
        return "reported"
    if unnamed(said_by):
        return "reported"
    if (
        say is not None
        and say.lemma == "tell"
        and any(p.head.name is not None and p.head.name.kind == "media" for p in say.objects)
        and not any(t.tag == "NP" for p in say.subjects for t in p.tokens)
    ):
        return "reported"
    return "stated"


def unnamed(said_by: str | None) -> bool:
    """Is the source other media, or nobody by name?"""
    if not said_by:
        return False
    from picket.learn.lexicon import lexicon

    words = said_by.split()
    if (
        words[0].lower() in {"documents", "files", "leaked", "footage", "videos", "local", "confidential"}
        and len(words) > 1
        and words[0] != "local"
    ):
        return True
    if words[0].lower() in {"people", "anonymous", "unnamed", "insiders", "persons", "unidentified"}:
        return True
    core = re.split(r" (?:in|at|from|with) ", said_by)[0].split()  # "a report in the Wall Street Journal" is a report
    last = core[-1].lower().strip(".,'") if core else ""
    if last in _UNNAMED or "investigation" in said_by.lower() or words[0].lower() in {"sources", "reports", "media", "reporting"}:
        return True
    entries = lexicon().names.get(words[0].lower(), ())
    return any(name.kind == "media" and tuple(words[: len(parts)]) == parts for parts, name in entries)
