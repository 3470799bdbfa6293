"""Which of our sensors would see it: a card against a site file, worked out when somebody looks and stored nowhere.

A defender's gaps are the site's secret. So this is a pure function: nothing here writes, no card, claim or export holds its
result, and who may ask is the caller's to decide. It answers from what the site file says is there, not from a drill; only an
exercise shows what was truly seen.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from picket.learn.cards import SENSE_OF, Card
from picket.site import Site

Answer = Literal["covered", "partly covered", "not covered", "not known"]


class Sight(NamedTuple):
    """One sensor of the site against a card."""

    sensor_id: str
    kind: str
    sense: str | None
    seen: Literal["yes", "partly", "no"]
    why: str


class Coverage(NamedTuple):
    """The site's answer to a card, with every sensor's part and the senses that the site lacks."""

    answer: Answer
    sights: tuple[Sight, ...]
    missing: tuple[str, ...]

    def words(self) -> str:
        """The answer in one line: "covered by radar-north"; "not covered: ..."."""
        seeing = [s.sensor_id for s in self.sights if s.seen == "yes"]
        partly = [s.sensor_id for s in self.sights if s.seen == "partly"]
        if self.answer == "covered":
            return f"covered by {', '.join(seeing)}"
        if self.answer == "partly covered":
            return f"partly covered by {', '.join(partly)}"
        if self.answer == "not known":
            return "not known: the site file names no sensor"
        helps = f"; would help: {', '.join(m.replace('_', ' ') for m in self.missing)}" if self.missing else ""
        return f"not covered{helps}"


def coverage(card: Card, site: Site) -> Coverage:
    """What the sensors in `site` would see of `card`. Cost: one pass over the sensors."""
    sights = []
    for s in site.sensor:
        sense = SENSE_OF.get(s.kind)
        if sense is None:
            sights.append(Sight(s.id, s.kind, None, "no", f"{s.kind} hears only what a craft says of itself"))
            continue
        look = card.looks[sense]
        sights.append(Sight(s.id, s.kind, sense, look.seen, look.text))
    seen = {s.seen for s in sights}
    have = {s.sense for s in sights}
    missing = tuple(k for k, look in card.looks.items() if look.seen != "no" and k not in have)
    answer: Answer = (
        "not known" if not sights else "covered" if "yes" in seen else "partly covered" if "partly" in seen else "not covered"
    )
    return Coverage(answer, tuple(sights), missing)
