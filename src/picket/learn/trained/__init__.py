"""The trained reader: small models that read each sentence after the rules (docs/learn.md, decisions 47, 48).

What a rule has read firmly stays, unless the weights see next to no sign of it; what they find more is added, and stands in place of the
last resort's guesses. Everything that they touch carries a rule "trained-..." and so counts as guessed: never more than possible until
somebody has checked it.
"""

from __future__ import annotations

from picket.learn.claim import KINDS, guessed
from picket.learn.drafts import Draft
from picket.learn.report import Report
from picket.learn.sentence import Sentence
from picket.learn.trained.countries import Setting, settle
from picket.learn.trained.ends import LIMITS, Limits, mended, trained_drafts
from picket.learn.trained.kinds import anchors_of, kind_odds
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import mentions_of
from picket.learn.trained.numbers import count
from picket.learn.trained.weights import ROLES, Weights, shipped

__all__ = ["Limits", "Trained"]


class Trained:
    """Reads the sentences of one report in order; call it with a sentence and the rules' drafts."""

    def __init__(self, report: Report, weights: Weights | None = None, limits: Limits = LIMITS) -> None:
        self.memory = Memory(report)
        self.setting = Setting(report)
        self.weights = weights or shipped()
        self.limits = limits

    def __call__(self, sentence: Sentence, made: list[Draft]) -> list[Draft]:
        """The drafts that stand: the rules' firm ones, what the weights add, else the last resort's guesses."""
        look = Look.of(sentence, made, self.memory)
        odds = kind_odds(look, self.weights)
        held = [d for d in made if not guessed(d.rule)]
        firm = [d for d in held if odds[d.kind] >= self.limits.keep]
        read = {d.kind for d in firm}
        for draft in firm:
            draft.doubtful = odds["doubt"] >= self.limits.doubt
        least = self.limits.beside if firm else self.limits.kind
        wanted = [k for k in KINDS if odds[k] >= least and k not in read]
        kept = made if len(firm) == len(held) else firm
        if wanted or firm:
            mentions = mentions_of(look, self.memory, self.weights.end_groups)
            for draft in firm:
                mended(look, draft, mentions, self.weights, self.limits)
            anchors = anchors_of(look, self.weights) if wanted else {}
            added = [
                d for kind in wanted for d in trained_drafts(look, kind, anchors.get(kind), mentions, self.weights, self.limits)
            ]
            kept = [*firm, *added] if added else kept
        self.memory.keep(sentence)
        for draft in kept:
            ends = {role: str(value) for role in ROLES if (value := getattr(draft, role))}
            self.memory.tell(sentence.context.sentence, draft.kind, ends)
        self.placed(look, kept)
        self.counted(look, kept)
        return kept

    def placed(self, look: Look, kept: list[Draft]) -> None:
        """Gives the drafts their country."""
        if self.weights.countries is not None:
            settle(look, kept, self.setting, self.weights.countries, self.limits.country)

    def counted(self, look: Look, kept: list[Draft]) -> None:
        """Gives the drafts their number."""
        if self.weights.numbers is not None:
            count(look, kept, self.weights.numbers, self.limits.number)
