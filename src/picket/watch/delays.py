"""What must have been true for a while before it is told: a rule's delay, and the time that a doubtful object has to prove itself.

Before it is due, a break of more than BREAK_S begins it anew (a look or two may be missed); after, it stays due while it was true within
the rule's hysteresis, so that an alert that is open does not go quiet for the length of its delay. Bounded: what was not found for that
long is forgotten.

**Doubt.** A track that no sensor calls a drone, that says nothing of itself and flies with no drone may be a bird or a chain of false
plots as well. Such a one must hold what it does for [alert] doubt_s without a break; twice that when it is so low that it may be the
sea; half as long where it is found inside a protected zone and is not more likely a bird. False plots make tracks that are sure to
exist for half a minute, yet they keep no course (docs/watch.md has the figures).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from picket.watch.case import OF_ZONES
from picket.watch.finding import Finding
from picket.watch.scene import Scene

BREAK_S = 2.5
LOW, INSIDE = 2.0, 0.5  # times doubt_s: where it may be the sea; inside a protected zone, unless it is more likely a bird
_DOUBT = "?"  # in place of a rule's id: doubt goes on when an approach becomes an entry

_Key = tuple[str, str, str, str, int]  # rule's id, family, place, "g" or "t", group or root


class _Held(NamedTuple):
    """since: when it began to be true; last: when it last was; due: it has been told."""

    since: float
    last: float
    due: bool


class Delays:
    """What was found, since when, and when last; of rules with a delay, and of doubtful objects."""

    def __init__(self) -> None:
        self._held: dict[_Key, _Held] = {}

    def due(self, scene: Scene, findings: list[Finding]) -> list[Finding]:
        """The findings that have been true for long enough."""
        held: dict[_Key, _Held] = {}
        out = []
        for f in findings:
            waits = {f.rule_id: scene.rules.delay_s(f), _DOUBT: doubt_s(scene, f)}
            keys = {_key(scene, f, name): wait_s for name, wait_s in waits.items() if wait_s > 0.0}
            told = all(key in self._held and self._held[key].due for key in keys)
            if waits[_DOUBT] and scene.coasting[f.row] and not told:
                continue  # where it is said to be nobody sees it: that proves nothing
            ready = [self._ready(scene, key, wait_s, held) for key, wait_s in keys.items()]  # each is noted
            if all(ready):
                out.append(f)
        keep_s = {name: self._keep_s(scene, name) for name in {key[0] for key in self._held}}
        self._held = {k: v for k, v in self._held.items() if abs(scene.time - v.last) <= keep_s[k[0]]} | held
        return out

    def _ready(self, scene: Scene, key: _Key, wait_s: float, held: dict[_Key, _Held]) -> bool:
        """True when it has been true for that long; notes that it is now."""
        time = scene.time
        was = held.get(key) or self._held.get(key) or _Held(time, time, False)  # several rules may find the same at one step
        may_break_s = self._keep_s(scene, key[0]) if was.due else BREAK_S
        if not 0.0 <= time - was.last <= may_break_s:
            was = _Held(time, time, False)
        held[key] = _Held(was.since, time, was.due or time - was.since >= wait_s)
        return held[key].due

    @staticmethod
    def _keep_s(scene: Scene, rule_id: str) -> float:
        return max(scene.rules.hysteresis_s(rule_id), BREAK_S)

    # -- saved and restored ----------------------------------------------------------------------------------
    def state(self) -> list[Any]:
        """Plain lists, for msgpack."""
        return [[list(key), *held] for key, held in self._held.items()]

    def take_state(self, state: list[Any]) -> None:
        """The inverse of `state`."""
        for (rule_id, family, place, kind, number), since, last, due in state:
            self._held[rule_id, family, place, kind, number] = _Held(since, last, due)


def doubt_s(scene: Scene, f: Finding) -> float:
    """How long an object has to prove that it is one; 0 for what is no doubt, and for what is no track near a zone."""
    if f.row < 0 or f.family not in OF_ZONES or not scene.doubtful[f.row] or scene.amid_drones(f.row):
        return 0.0
    inside = f.rule == "entry" and f.severity == "high" and not scene.tracks["p_bird"][f.row] >= 0.5
    return scene.site.alert.doubt_s * (LOW if scene.low[f.row] else 1.0) * (INSIDE if inside else 1.0)


def _key(scene: Scene, f: Finding, name: str) -> _Key:
    if f.row < 0:
        return name, f.family, f.place or "", "s", 0
    group = int(scene.groups[f.row])
    kind, number = ("g", group) if group >= 0 else ("t", int(scene.roots[f.row]))
    return name, f.family, f.place or "", kind, number
