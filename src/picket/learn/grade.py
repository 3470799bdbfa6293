"""How good a source is, and how well a piece of information stands: the Admiralty system.

Reliability A to F is of a source, over all that it says; credibility 1 to 6 is of one piece of information (NATO AJP-2.1; UK
JDP 2-00). The two are given apart and with their reasons, because a good source can be wrong and a bad one right. Reliability
starts from what kind of publisher it is (known/publishers.toml) and moves by one step with its record: how often independent
sources bore it out or contradicted it. Credibility comes from counting *independent* sources (copies.independent), never
reports. A denial lowers a grade by one step and stays attached; it never deletes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from picket.learn.claim import Claim
from picket.learn.copies import independent
from picket.learn.publishers import Publishers

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}
STIX_CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}  # STIX 2.1, appendix A, scale "Admiralty Credibility"; 6 has no number

_KINDS = {
    "agency": ("B", "a news agency: many customers check it, and it corrects in public"),
    "broadcaster": ("B", "a broadcaster with published standards and corrections"),
    "newspaper": ("B", "a newspaper with named editors and corrections"),
    "research": ("B", "a research body that shows its sources"),
    "official": ("B", "an authority on its own counts and cases; a party where its own acts are in question"),
    "trade": ("C", "a trade paper: knows the field, often one source a story"),
    "state_media": ("D", "an organ of a state: its word on that state's own matters is a party's word"),
    "party_media": ("D", "an organ of an armed group: its word on its own acts is a party's word"),
    "social": ("E", "anyone can write there; nobody answers for it"),
}
_RECORD_CLAIMS = 10  # fewer judged claims say nothing about a source
_BORNE_OUT, _CONTRADICTED = 0.8, 0.3


class Reliability(NamedTuple):
    """A source's letter and why."""

    letter: str
    reasons: tuple[str, ...]


def reliability(
    source: str | None,
    publishers: Publishers,
    *,
    borne_out: int = 0,
    contradicted: int = 0,
    decided: tuple[str, str] | None = None,
) -> Reliability:
    """The grade of a publisher (id or name). `decided` is an analyst's letter with its reason and wins.

    `borne_out` and `contradicted` count its claims on which independent sources have spoken.
    """
    if decided is not None:
        return Reliability(decided[0], (f"set by an analyst: {decided[1]}",))
    known = publishers.get(source) if source else None
    if known is None:
        return Reliability(
            "F", ("the report names no publisher" if not source else "a publisher that Picket's table does not know",)
        )
    letter, reason = _KINDS[known.kind]
    reasons = [reason]
    judged = borne_out + contradicted
    if judged >= _RECORD_CLAIMS:
        record = f"of {judged} claims that independent sources spoke on, {borne_out} were borne out"
        if borne_out / judged >= _BORNE_OUT and letter > "A":
            letter = chr(ord(letter) - 1)
            reasons.append(f"{record}: one step up")
        elif contradicted / judged >= _CONTRADICTED and letter < "E":
            letter = chr(ord(letter) + 1)
            reasons.append(f"{record}: one step down")
    return Reliability(letter, tuple(reasons))


class Voice(NamedTuple):
    """One claim as evidence: its certainty, its source's letter, the keys that make it dependent on others, whether a party
    speaks of itself."""

    claim: Claim
    letter: str
    keys: tuple[str, ...]
    partial: bool


class Credibility(NamedTuple):
    """A piece of information's figure, why, and how many independent sources say it."""

    figure: int
    reasons: tuple[str, ...]
    independent: int


def credibility(support: Sequence[Voice], against: Sequence[Voice]) -> Credibility:
    """The grade of one piece of information from all claims for it and against it.

    1: two or more independent sources state it, of which one is A to C. 2: one usually reliable source states it, or two pass
    it on. 3: one source passes it on, or states it about itself, or several allege it. 4: only alleged or only possible. 5:
    only denials, or more independent denials than support. 6: nothing to judge by: one unknown source. Each independent
    contradiction costs a step.
    """
    firm = [v for v in support if v.claim.certainty in ("stated", "reported")]
    stated = [v for v in support if v.claim.certainty == "stated" and not v.partial]
    n_firm, n_stated = independent(v.keys for v in firm), independent(v.keys for v in stated)
    n_all, n_against = independent(v.keys for v in support), independent(v.keys for v in against)
    best = min((v.letter for v in firm), default="F")
    figure, reason = _from_support(n_firm, n_stated, n_all, best, firm)
    reasons = [reason]
    if not support:
        return Credibility(5 if against else 6, ("only denied" if against else "nothing said",), 0)
    if n_against:
        denied = any(v.claim.certainty == "denied" for v in against)
        verb = "denied" if denied else "contradicted"
        if n_against > n_all:
            figure = 5
        elif figure < 5:
            figure += 1
        reasons.append(
            f"{verb} by {n_against} independent {'source' if n_against == 1 else 'sources'}: one step down"
            if figure < 5
            else f"{verb} by {n_against} independent sources against {n_all}"
        )
    return Credibility(figure, tuple(reasons), n_all)


def _from_support(n_firm: int, n_stated: int, n_all: int, best: str, firm: Sequence[Voice]) -> tuple[int, str]:
    if n_stated >= 2 and best <= "C":
        return 1, f"{n_stated} independent sources state it"
    if n_firm >= 2 and best <= "C":
        return 2, f"{n_firm} independent sources, not all in their own voice"
    if n_stated == 1 and best <= "B":
        return 2, "one usually reliable source states it; not confirmed"
    if firm:
        if best == "F" and n_all == 1:
            return 6, "one source that cannot be judged"
        return 3, "one source, passed on, of its own acts, or of lesser reliability; not confirmed"
    if n_all >= 2:
        return 3, f"{n_all} independent sources allege it or hold it possible; none states it"
    return 4, "only alleged or only possible, by one source"
