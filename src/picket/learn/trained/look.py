"""A sentence as the trained reader looks at it: what the rules made of it, what its words stand for, what its report is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from picket.learn.claim import guessed
from picket.learn.drafts import Draft
from picket.learn.sentence import Sentence
from picket.learn.tokens import Token
from picket.learn.trained.concepts import concepts_of
from picket.learn.trained.memory import Memory
from picket.learn.trained.weights import ROLES

Told = dict[str, str | None]


@dataclass(slots=True)
class Look:
    """`concepts` of each token; `at` is a token's number by its first character; `told` what the rules said: (kind, rule, ends)."""

    sentence: Sentence
    told: list[tuple[str, str, Told]]
    memory: Memory
    concepts: list[tuple[str, ...]] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, sentence: Sentence, made: list[Draft], memory: Memory) -> Look:
        """The look at a sentence with the rules' drafts."""
        told = [(d.kind, d.rule, {role: getattr(d, role) for role in ROLES}) for d in made]
        at = {t.start: k for k, t in enumerate(sentence.tokens)}
        return cls(sentence, told, memory, concepts_of(sentence.tokens), at)

    def rule_features(self) -> list[str]:
        """What the rules made of the sentence, and of which kinds the claims before it were."""
        made: dict[str, None] = {}
        for kind, rule, _ in self.told:
            made[f"R:{'g' if guessed(rule) else 'f'}:{kind}"] = None
            made[f"RR:{rule}:{kind}"] = None
        if not self.told:
            made["R:none"] = None
        return [*made, *self.memory.kinds_before(self.sentence.context.sentence)]

    def concepts_at(self, token: Token) -> tuple[str, ...]:
        """What a token of the sentence stands for."""
        k = self.at.get(token.start)
        return self.concepts[k] if k is not None else ()
