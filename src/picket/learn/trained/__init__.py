"""The trained reader: small models that read each sentence after the rules (docs/learn.md, decisions 47, 48).

What a rule has read firmly stays, unless the weights see next to no sign of it; what they find more is added. The last resort's
guesses go. Everything that they touch carries a rule "trained-..." and so counts as guessed: never more than possible until
somebody has checked it.
"""

from __future__ import annotations

from functools import cached_property

from picket.learn.claim import KINDS, guessed
from picket.learn.drafts import Draft
from picket.learn.layout import sentences_read
from picket.learn.report import Report
from picket.learn.sentence import Sentence
from picket.learn.trained.countries import Setting, settle
from picket.learn.trained.encoder import Encoded, Encoder
from picket.learn.trained.ends import LIMITS, Candidates, Limits, Ranked, mended, ranked, trained_draft, without_copies
from picket.learn.trained.further import further
from picket.learn.trained.kinds import anchors_of, kind_odds
from picket.learn.trained.look import Look
from picket.learn.trained.memory import Memory
from picket.learn.trained.mentions import mentions_of
from picket.learn.trained.numbers import count
from picket.learn.trained.standing import Standing
from picket.learn.trained.weights import ROLES, Weights, shipped

__all__ = ["Limits", "Trained"]


class Trained:
    """Reads the sentences of one report in order; call it with a sentence and the rules' drafts."""

    def __init__(
        self, report: Report, weights: Weights | None = None, limits: Limits = LIMITS, encoder: Encoder | None = None
    ) -> None:
        self.memory = Memory(report)
        self.setting = Setting(report)
        self.weights = weights or shipped()
        self.limits = limits
        self.report = report
        self.encoder = encoder
        self.standing = Standing(report.text)

    @cached_property
    def encoded(self) -> Encoded | None:
        """The report as the encoder has it, once a sentence is asked about: of a report about something else none is."""
        return self.encoder.read(self.report.text, sentences_read(self.report)) if self.encoder is not None else None

    def __call__(self, sentence: Sentence, made: list[Draft]) -> list[Draft]:
        """The drafts that stand: the rules' firm ones, and what the weights add."""
        look = Look.of(sentence, made, self.memory)
        encoded = self.encoded if self.encoded is not None and self.encoded.knows(sentence.begin) else None
        odds = kind_odds(look, self.weights, encoded)
        firm = [d for d in made if odds[d.kind] >= self.limits.keep and not guessed(d.rule)]
        read = {d.kind for d in firm}
        for draft in firm:
            draft.doubtful = odds["doubt"] >= self.limits.doubt
        least = self.limits.beside if firm else self.limits.kind
        wanted = [k for k in KINDS if odds[k] >= least and k not in read]
        those = self.candidates(look, encoded) if wanted or firm or encoded is not None else None
        kept = self.completed(look, firm, wanted, odds, those) if those is not None else []
        self.memory.keep(sentence)
        if encoded is not None:
            self.standing.keep(sentence)
        for draft in kept:
            ends = {role: str(value) for role in ROLES if (value := getattr(draft, role))}
            self.memory.tell(sentence.context.sentence, draft.kind, ends)
        self.placed(look, kept)
        self.counted(look, kept)
        return kept

    def candidates(self, look: Look, encoded: Encoded | None) -> Candidates:
        """Who may stand at the ends of the sentence's claims; with the encoder also where, which is remembered."""
        mentions = mentions_of(look, self.memory, self.weights.end_groups)
        return Candidates(mentions, self.standing.of(look, mentions) if encoded is not None else [], encoded)

    def completed(
        self, look: Look, firm: list[Draft], wanted: list[str], odds: dict[str, float], those: Candidates
    ) -> list[Draft]:
        """The rules' drafts with their ends mended, those of the wanted kinds, and further ones of either."""
        weighed: dict[str, Ranked] = {}
        for kind, verb in dict.fromkeys((d.kind, id(d.verb)) for d in firm):
            mine = [d for d in firm if d.kind == kind and id(d.verb) == verb]
            found = ranked(look, kind, mine[0].verb, those, self.weights)
            mended(mine, found, self.limits)
            weighed.setdefault(kind, found)
        anchors = anchors_of(look, self.weights) if wanted else {}
        drafts = without_copies(firm)
        for kind in wanted:
            weighed[kind] = ranked(look, kind, anchors.get(kind), those, self.weights)
            drafts.append(trained_draft(look, kind, anchors.get(kind), weighed[kind], self.limits))
        return drafts + self.further(look, drafts, weighed, odds)

    def further(self, look: Look, drafts: list[Draft], weighed: dict[str, Ranked], odds: dict[str, float]) -> list[Draft]:
        """Further claims of the kinds of these drafts."""
        if self.weights.further is None:
            return []
        return further(look, drafts, weighed, odds, self.weights.further, self.limits.further)

    def placed(self, look: Look, kept: list[Draft]) -> None:
        """Gives the drafts their country."""
        if self.weights.countries is not None:
            settle(look, kept, self.setting, self.weights.countries, self.limits.country)

    def counted(self, look: Look, kept: list[Draft]) -> None:
        """Gives the drafts their number."""
        if self.weights.numbers is not None:
            count(look, kept, self.weights.numbers, self.limits)
