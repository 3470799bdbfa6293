"""Paths: "how could this have reached that group?" - chains of flows whose times allow the order.

Know-how cannot be passed on before it was got. So a path is kept only when each hop can have happened at or after the one before it (a
time-respecting path; Holme and Saramaki, Physics Reports 519, 2012, section 3). Times are spans: a hop is possible when its last
possible day is not before the earliest day on which the previous one was possible. A hop whose order the dates do not settle is kept and
marked "order not established", an undated one as well. A path is no claim: nobody said that it happened, and it is as strong as
its weakest link, which is
named. The search prefers the strongest weakest link, then the fewest hops; alternatives avoid the weakest link of those before.

Being part of something is a hop without a claim ("part of"): from a group to whom it belongs to, and from a whole to its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from picket.learn import when

if TYPE_CHECKING:
    from picket.learn.flows import FlowKey
    from picket.learn.picture import Picture

MAX_HOPS = 6
_HOPS = ("training", "advising", "supply", "recruitment", "deployment", "comes from", "learned at")
_WEAK = {"stated": 0, "reported": 1, "alleged": 2, "possible": 3}
_FIGURE = {1: 1, 2: 2, 3: 3, 6: 4, 4: 5, 5: 6}  # "cannot be judged" stands between "possibly true" and "doubtful"
_LONG_AGO = 0


class Hop(NamedTuple):
    """One step. `flow` is None for "part of". `order` says whether the dates put it after the hop before."""

    provider: str
    recipient: str
    flow: FlowKey | None
    order: str


class Path(NamedTuple):
    """A chain of hops. `weakest` is the index of its weakest hop; `strength` orders paths (smaller is stronger)."""

    hops: tuple[Hop, ...]
    weakest: int
    strength: int


class _Edge(NamedTuple):
    to: str
    strength: int
    first: int | None
    last: int | None
    flow: FlowKey | None


def find_paths(picture: Picture, source: str, target: str, *, card: str | None = None, most: int = 5) -> list[Path]:
    """Paths from `source` to `target` (ids of actors, each with everybody under it), strongest first. Cost: hops times edges, per path.

    With `card`, only transfers of that capability or of none in particular are followed. Raises KeyError for an unknown actor.
    """
    for a in (source, target):
        if a not in picture.actors:
            raise KeyError(a)
    starts, ends = picture.under(source), picture.under(target)
    ends -= starts
    graph = _graph(picture)
    avoid: set[FlowKey] = set()
    found: list[Path] = []
    while len(found) < most:
        path = _strongest(picture, graph, starts, ends, card, avoid)
        if path is None:
            break
        found.append(path)
        flow = path.hops[path.weakest].flow
        if flow is None:
            break
        avoid.add(flow)
    return found


def _graph(picture: Picture) -> dict[str, list[_Edge]]:
    """Edges by provider, strongest first; kept on the picture."""
    kept: dict[str, list[_Edge]] | None = picture.__dict__.get("_graph")
    if kept is None:
        kept = {}
        for key, flow in picture.flows.items():
            if key.kind in _HOPS and key.provider and key.recipient and flow.support:
                strength = 10 * _WEAK[flow.certainty] + _FIGURE[flow.credibility.figure]
                last = flow.span.last if flow.span else None
                if flow.reported and (last is None or flow.reported[1] < last):
                    last = flow.reported[1]
                edge = _Edge(key.recipient, strength, flow.span.first if flow.span else None, last, key)
                kept.setdefault(key.provider, []).append(edge)
        used = {*kept, *(e.to for edges in kept.values() for e in edges)}
        for a in sorted(used):
            at = picture.actors[a].parent
            if at in picture.actors and at is not None:
                kept.setdefault(a, []).append(_Edge(at, 0, None, None, None))
                kept.setdefault(at, []).append(_Edge(a, 0, None, None, None))
        for edges in kept.values():
            edges.sort(key=lambda e: (e.strength, e.to, e.flow.kind if e.flow else ""))
        picture.__dict__["_graph"] = kept
    return kept


def _strongest(
    picture: Picture, graph: dict[str, list[_Edge]], starts: set[str], ends: set[str], card: str | None, avoid: set[FlowKey]
) -> Path | None:
    levels = sorted({e.strength for edges in graph.values() for e in edges if e.flow is not None})
    low, high, best = 0, len(levels) - 1, None
    while low <= high:  # reachability grows with the weakest link allowed, so the strongest one is found by halving
        middle = (low + high) // 2
        path = _fewest_hops(picture, graph, starts, ends, card, avoid, levels[middle])
        if path is None:
            low = middle + 1
        else:
            best, high = path, middle - 1
    return best


def _fewest_hops(
    picture: Picture,
    graph: dict[str, list[_Edge]],
    starts: set[str],
    ends: set[str],
    card: str | None,
    avoid: set[FlowKey],
    limit: int,
) -> Path | None:
    """Layer by layer, the earliest day on which each actor can have it; the first layer that holds an end wins."""
    earliest: dict[str, int] = dict.fromkeys(starts, _LONG_AGO)
    came: list[dict[str, tuple[str, _Edge]]] = []
    layer = dict.fromkeys(sorted(starts), _LONG_AGO)
    for _ in range(MAX_HOPS):
        following: dict[str, int] = {}
        steps: dict[str, tuple[str, _Edge]] = {}
        for at in sorted(layer):
            for e in graph.get(at, ()):
                if e.strength > limit or e.flow in avoid or e.to in starts or (card and not _carries(picture, e, card)):
                    continue
                if e.last is not None and e.last < layer[at]:
                    continue  # over before it could begin
                day = max(layer[at], e.first or _LONG_AGO)
                if day < earliest.get(e.to, 10_000_000) and day < following.get(e.to, 10_000_000):
                    following[e.to], steps[e.to] = day, (at, e)
        if not following:
            return None
        earliest.update(following)
        came.append(steps)
        arrived = sorted(ends & following.keys())
        if arrived:
            return _trace(arrived[0], came)
        layer = following
    return None


def _carries(picture: Picture, e: _Edge, card: str) -> bool:
    if e.flow is None:
        return True
    cards = picture.flows[e.flow].capabilities
    return not cards or any(c == card for c, _ in cards)


def _trace(end: str, came: list[dict[str, tuple[str, _Edge]]]) -> Path:
    steps: list[tuple[str, _Edge]] = []
    at = end
    for layer in reversed(came):
        at, edge = layer[at]
        steps.append((at, edge))
    steps.reverse()
    hops, before = [], None
    for provider, e in steps:
        hops.append(Hop(provider, e.to, e.flow, _order(before, e)))
        if e.flow is not None:
            before = e
    claims = [i for i, (_, e) in enumerate(steps) if e.flow is not None]
    weakest = max(claims, key=lambda i: (steps[i][1].strength, -i), default=0)
    return Path(tuple(hops), weakest, max((steps[i][1].strength for i in claims), default=0))


def _order(before: _Edge | None, e: _Edge) -> str:
    if e.flow is None:
        return "part of"
    if before is None:
        return "first"
    if before.last is not None and e.first is not None and before.first is not None and before.last <= e.first:
        return "order established"
    return "order not established"


def describe(picture: Picture, path: Path) -> list[str]:
    """A path as lines for people: each hop with its certainty, grade, time and order; the weakest link marked."""
    lines = []
    for i, h in enumerate(path.hops):
        pair = f"{picture.name(h.provider)} -> {picture.name(h.recipient)}"
        if h.flow is None:
            lines.append(f"{pair}: part of (structure, no claim)")
            continue
        flow = picture.flows[h.flow]
        weak = "  <- weakest link" if i == path.weakest else ""
        order = "" if h.order == "first" else f"; {h.order}"
        lines.append(
            f"{pair}: {h.flow.kind}, {flow.certainty}, information {flow.credibility.figure}, {when.words(flow.span)}{order}{weak}"
        )
    return lines


def named(picture: Picture, words: str) -> list[str]:
    """The ids of the actors that a typed name can mean: an exact name first, else those that begin with it, else those that contain it."""
    from picket.learn.names import key

    k = key(words)
    if k in picture.names:
        return [picture.names[k]]
    return _unique(i for n, i in picture.names.items() if n.startswith(k)) or _unique(
        i for n, i in picture.names.items() if k and k in n
    )


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
