"""A rule's delay: what has not been true for `delay_s` without a break is not told yet.

Before it is due, a break of more than BREAK_S begins it anew (a look or two may be missed); after, it stays due while it was true
within the rule's hysteresis, so that an alert that is open does not go quiet for the length of its delay. Bounded: what was not found
for that long is forgotten.
"""

from __future__ import annotations

from typing import Any

from picket.watch.finding import Finding
from picket.watch.ruleset import Now
from picket.watch.scene import Scene

BREAK_S = 2.5

_Key = tuple[str, str, str, str, int]  # rule's id, family, place, "g" or "t", group or root


class Delays:
    """What was found, since when, and when last; of rules with a delay only."""

    def __init__(self) -> None:
        self._held: dict[_Key, tuple[float, float]] = {}

    def due(self, scene: Scene, findings: list[Finding]) -> list[Finding]:
        """The findings that have been true for long enough."""
        now, time, held = scene.rules, scene.time, self._held
        out = []
        for f in findings:
            delay_s = now.delay_s(f)
            if delay_s <= 0.0:
                out.append(f)
                continue
            key = _key(scene, f)
            since, last = held.get(key, (time, time))
            lasting = since if 0.0 <= time - last <= _break_s(now, f.rule_id, since, last, delay_s) else time
            held[key] = (lasting, time)
            if time - lasting >= delay_s:
                out.append(f)
        keep_s = {rule_id: max(now.hysteresis_s(rule_id), BREAK_S) for rule_id in {key[0] for key in held}}
        self._held = {k: v for k, v in held.items() if abs(time - v[1]) <= keep_s[k[0]]}
        return out

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> list[Any]:
        """Plain lists, for msgpack."""
        return [[list(key), since, last] for key, (since, last) in self._held.items()]

    def take_state(self, state: list[Any]) -> None:
        """The inverse of `state`."""
        for (rule_id, family, place, kind, number), since, last in state:
            self._held[rule_id, family, place, kind, number] = (since, last)


def _break_s(now: Now, rule_id: str, since: float, last: float, delay_s: float) -> float:
    return max(now.hysteresis_s(rule_id), BREAK_S) if last - since >= delay_s else BREAK_S


def _key(scene: Scene, f: Finding) -> _Key:
    if f.row < 0:
        return f.rule_id, f.family, f.place or "", "s", 0
    group = int(scene.groups[f.row])
    kind, number = ("g", group) if group >= 0 else ("t", int(scene.roots[f.row]))
    return f.rule_id, f.family, f.place or "", kind, number
