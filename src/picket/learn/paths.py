"""Paths: "how could this have reached that group?" - chains of flows whose times allow the order.

Know-how cannot be passed on before it was got. So a path is kept only when each hop can have happened at or after the one
before it (a time-respecting path; Holme and Saramaki, Physics Reports 519, 2012, section 3). Times are spans: a hop is possible
when its last possible day is not before the earliest day on which the previous one was possible. A hop whose order the dates do
not settle is kept and marked "order not established", an undated one as well. A path is no claim: nobody said that it happened,
and it is as strong as its weakest link, which is named. The search prefers the strongest weakest link, then the fewest hops;
alternatives avoid the weakest link of those before.

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
_LONG_AGO, _NEVER = 0, 10_000_000


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
    """A flow as an edge: where it leads, how weak it is, and the first and last day on which it can have happened."""

    to: str
    strength: int
    first: int | None
    last: int | None
    flow: FlowKey | None


def find_paths(picture: Picture, source: str, target: str, *, card: str | None = None, most: int = 5) -> list[Path]:
    """Paths from `source` to `target` (ids of actors, each with everybody under it), strongest first. Cost: hops times edges,
    per path.

    With `card`, only transfers of that capability or of none in particular are followed. Raises KeyError for an unknown actor.
    """
    for a in (source, target):
        if a not in picture.actors:
            raise KeyError(a)
    graph, levels = prepare(picture)
    starts = picture.under(source)
    asked = _Asked(picture, graph, starts, picture.under(target) - starts, card, set())
    found: list[Path] = []
    while len(found) < most:
        path, levels = _strongest(asked, levels)
        if path is None:
            break
        found.append(path)
        flow = path.hops[path.weakest].flow
        if flow is None:
            break
        asked.avoid.add(flow)
    return found


class _Asked(NamedTuple):
    """One question: where to look, from whom to whom, for which capability, and which flows not to use again."""

    picture: Picture
    graph: dict[str, list[_Edge]]
    starts: set[str]
    ends: set[str]
    card: str | None
    avoid: set[FlowKey]


def prepare(picture: Picture) -> tuple[dict[str, list[_Edge]], list[int]]:
    """Edges by provider, strongest first, and the strengths that occur; worked out once and kept on the picture."""
    kept: tuple[dict[str, list[_Edge]], list[int]] | None = picture.__dict__.get("_graph")
    if kept is None:
        kept = picture.__dict__["_graph"] = _graph(picture)
    return kept


def _graph(picture: Picture) -> tuple[dict[str, list[_Edge]], list[int]]:
    graph: dict[str, list[_Edge]] = {}
    for key, flow in picture.flows.items():
        if key.kind in _HOPS and key.provider and key.recipient and flow.support:
            strength = 10 * _WEAK[flow.certainty] + _FIGURE[flow.credibility.figure]
            last = flow.span.last if flow.span else None
            if flow.reported and (last is None or flow.reported[1] < last):
                last = flow.reported[1]
            graph.setdefault(key.provider, []).append(
                _Edge(key.recipient, strength, flow.span.first if flow.span else None, last, key)
            )
    levels = sorted({e.strength for edges in graph.values() for e in edges})
    for a in sorted({*graph, *(e.to for edges in graph.values() for e in edges)}):
        at = picture.actors[a].parent
        if at in picture.actors and at is not None:
            graph.setdefault(a, []).append(_Edge(at, 0, None, None, None))
            graph.setdefault(at, []).append(_Edge(a, 0, None, None, None))
    for edges in graph.values():
        edges.sort(key=lambda e: (e.strength, e.to, e.flow.kind if e.flow else ""))
    return graph, levels


def _strongest(asked: _Asked, levels: list[int]) -> tuple[Path | None, list[int]]:
    """The path whose weakest link is strongest, and the levels that are left for the next, which can only be weaker.

    Reachability grows with the weakest link allowed, so the level is found by halving; the next path mostly lies at the level
    of the last.
    """
    if levels and (path := _fewest_hops(asked, levels[0])) is not None:
        return path, levels
    low, high, best = 1, len(levels) - 1, None
    while low <= high:
        middle = (low + high) // 2
        path = _fewest_hops(asked, levels[middle])
        if path is None:
            low = middle + 1
        else:
            best, high = path, middle - 1
    return best, levels[low:]


def _fewest_hops(asked: _Asked, limit: int) -> Path | None:
    """Layer by layer, the earliest day on which each actor can have it; the first layer that holds an end wins."""
    earliest: dict[str, int] = dict.fromkeys(asked.starts, _LONG_AGO)
    came: list[dict[str, tuple[str, _Edge]]] = []
    layer = dict.fromkeys(sorted(asked.starts), _LONG_AGO)
    for _ in range(MAX_HOPS):
        following: dict[str, int] = {}
        steps: dict[str, tuple[str, _Edge]] = {}
        for at in sorted(layer):
            begin = layer[at]
            for e in asked.graph.get(at, ()):
                if e.strength > limit:
                    break  # edges are sorted
                day = begin if e.first is None or e.first < begin else e.first
                if day >= earliest.get(e.to, _NEVER) or day >= following.get(e.to, _NEVER):
                    continue
                if (e.last is not None and e.last < begin) or e.flow in asked.avoid or not _carries(asked, e):
                    continue  # over before it could begin, or not asked for
                following[e.to], steps[e.to] = day, (at, e)
        if not following:
            return None
        earliest.update(following)
        came.append(steps)
        arrived = sorted(asked.ends & following.keys())
        if arrived:
            return _trace(arrived[0], came)
        layer = following
    return None


def _carries(asked: _Asked, e: _Edge) -> bool:
    if asked.card is None or e.flow is None:
        return True
    cards = asked.picture.flows[e.flow].capabilities
    return not cards or any(c == asked.card for c, _ in cards)


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
