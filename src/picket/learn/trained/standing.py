"""Where the mentions of a sentence stand in the report's text, those named in earlier sentences too."""

from __future__ import annotations

from typing import Any

from picket.learn.chunks import Phrase
from picket.learn.sentence import Sentence
from picket.learn.trained.look import Look
from picket.learn.trained.memory import name_of
from picket.learn.trained.mentions import Mention

Span = tuple[int, int]  # start, end in the report's text
NOWHERE = (0, 0)  # no mention is empty


class Standing:
    """Remembers where each name stood last; one for each report, asked sentence by sentence in the report's order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._last: dict[str, Span] = {}

    def of(self, look: Look, mentions: list[Mention[Any]]) -> list[Span]:
        """start:end of each mention; `NOWHERE` for a name that stands nowhere before."""
        places = [
            self._before(m.name, look.sentence.begin) if m.phrase is None else self._inside(m.phrase, m.name) for m in mentions
        ]
        self._last.update((m.name.lower(), place) for m, place in zip(mentions, places, strict=True) if m.phrase is not None)
        return places

    def keep(self, sentence: Sentence) -> None:
        """Remembers the names of the gazetteer in a sentence that has been read."""
        self._last.update((name_of(t).lower(), (t.start, t.end)) for t in sentence.tokens if t.name is not None)

    def _inside(self, phrase: Phrase, name: str) -> Span:
        for token in phrase.tokens:
            if token.text == name or (token.name is not None and name_of(token) == name):
                return token.start, token.end
        at = self.text.find(name, phrase.tokens[0].start, phrase.tokens[-1].end)
        return (at, at + len(name)) if at >= 0 else (phrase.head.start, phrase.head.end)

    def _before(self, name: str, begin: int) -> Span:
        place = self._last.get(name.lower())
        if place is not None:
            return place
        at = self.text.rfind(name, 0, begin)
        return (at, at + len(name)) if at >= 0 else NOWHERE
