"""What happens in an exercise besides traffic, and what the watch is to do: weather, faults, injects, expectations.

Checked by `exercise.check` together with the rest of the file; documented in docs/exercises.md. Times are seconds since the
exercise began.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from picket import site as sites

FaultKind = Literal["outage", "jam", "clock", "bias", "clutter"]
What = Literal["track", "alert", "acknowledge", "classify", "report", "checklist"]
CAUSES = ("drone", "friendly", "bird", "clutter", "spoof", "exercise", "other")


class Weather(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[weather]`: light (a camera sees nothing at night), rain (attenuates radars) and the sea (returns near a radar)."""

    light: Literal["day", "dusk", "night"] = "day"
    rain_mm_h: float = 0.0
    sea_state: int = 0


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[fault]]`: what is wrong with a sensor, from `from_s` to `until_s`, or for `for_s` after an inject.

    outage   it sends nothing
    jam      its sector sees nothing but `times` as many false plots (a radar)
    clock    its times are off by `offset_s`, growing by `drift_s_per_h`
    bias     its plots are off by `range_m` and `azimuth_deg`
    clutter  `times` as many false plots in its sector (a radar: rain cells, waves)
    """

    sensor: str
    kind: FaultKind
    from_s: float = 0.0
    until_s: float = float("inf")
    inject: str | None = None
    for_s: float = float("inf")
    sector_deg: tuple[float, float] = (0.0, 360.0)
    times: float = 1.0
    offset_s: float = 0.0
    drift_s_per_h: float = 0.0
    range_m: float = 0.0
    azimuth_deg: float = 0.0


class Inject(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[inject]]`: something that comes to the watch from outside: at a time, or so long after something happened.

    says: what somebody tells the officers. Faults that name the inject begin with it.
    """

    id: str
    says: str = ""
    at_s: float | None = None
    when: Literal["first_alert", "first_acknowledged", "by_hand"] | None = None
    after_s: float = 0.0


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[expect]]`: what is to have been noticed or done `by_s`.

    track: the actor has a track; alert: an alert about it (in that zone, by that rule); acknowledge: that alert is; classify: closed
    with that cause; report, checklist: a note in the watch log that holds the words. Without an actor: about anything.
    """

    id: str
    what: What
    by_s: float
    actor: str | None = None
    zone: str | None = None
    rule: str | None = None
    cause: str | None = None
    words: tuple[str, ...] = ()
    teaches: str = ""


def check_weather(weather: Weather) -> list[str]:
    """Every problem, in words."""
    found = [] if 0 <= weather.rain_mm_h <= 150 else [f"weather.rain_mm_h: expected 0 to 150, got {weather.rain_mm_h!r}"]
    return found + ([] if 0 <= weather.sea_state <= 9 else [f"weather.sea_state: expected 0 to 9, got {weather.sea_state!r}"])


def check_faults(faults: tuple[Fault, ...], injects: tuple[Inject, ...], sensors: dict[str, str]) -> list[str]:
    """sensors: id -> kind of those that the exercise simulates."""
    found = []
    known = {i.id for i in injects}
    for i, f in enumerate(faults):
        where = f"fault[{i}] ({f.kind} of {f.sensor})"
        kind = sensors.get(f.sensor)
        if kind is None:
            found.append(f"{where}: the exercise simulates no sensor of this id; it has: {', '.join(sorted(sensors)) or 'none'}")
        elif f.kind in ("jam", "clutter") and kind != "radar":
            found.append(f'{where}: a {kind} has no false plots; give a radar, or kind = "outage"')
        elif f.kind in ("clock", "bias") and kind in ("remote_id", "adsb", "ais"):
            found.append(
                f"{where}: what a {kind} receiver passes on has the sender's own time and place; give a radar or a listener"
            )
        if f.inject is not None and f.inject not in known:
            found.append(f"{where}.inject: no inject is called {f.inject!r}; there are: {', '.join(sorted(known)) or 'none'}")
        if not 0 <= f.from_s < f.until_s:
            found.append(f"{where}: expected 0 <= from_s < until_s, got {f.from_s:g} and {f.until_s:g}")
        if not f.for_s > 0:
            found.append(f"{where}.for_s: expected more than 0, got {f.for_s!r}")
        for name, most in (
            ("times", 1000.0),
            ("offset_s", 1e7),
            ("drift_s_per_h", 3600.0),
            ("range_m", 1e4),
            ("azimuth_deg", 180.0),
        ):
            if not abs(getattr(f, name)) <= most:
                found.append(f"{where}.{name}: expected at most {most:g}, got {getattr(f, name)!r}")
        if f.times < 0:
            found.append(f"{where}.times: expected 0 or more, got {f.times!r}")
    return found


def check_injects(injects: tuple[Inject, ...], repeat_s: float) -> list[str]:
    """An inject comes at a time within the exercise, or on something that happens."""
    found, seen = [], set()
    for i, inject in enumerate(injects):
        where = f"inject[{i}] ({inject.id})"
        if inject.id in seen:
            found.append(f"{where}: two injects have this id; give each its own")
        seen.add(inject.id)
        if (inject.at_s is None) == (inject.when is None):
            found.append(f"{where}: give at_s or when, and not both")
        if inject.at_s is not None and not 0 <= inject.at_s <= repeat_s:
            found.append(f"{where}.at_s: expected 0 to {repeat_s:g}, within the exercise, got {inject.at_s!r}")
        if not 0 <= inject.after_s <= repeat_s:
            found.append(f"{where}.after_s: expected 0 to {repeat_s:g}, got {inject.after_s!r}")
    return found


def check_expectations(expected: tuple[Expect, ...], actors: set[str], site: sites.Site, repeat_s: float) -> list[str]:
    """Expectations name actors and zones that there are, and are due within the exercise."""
    found, seen, zones = [], set(), {z.id for z in site.zone}
    for i, e in enumerate(expected):
        where = f"expect[{i}] ({e.id})"
        if e.id in seen:
            found.append(f"{where}: two expectations have this id; give each its own")
        seen.add(e.id)
        if e.actor is not None and e.actor not in actors:
            found.append(f"{where}.actor: no actor is called {e.actor!r}; there are: {', '.join(sorted(actors))}")
        if e.zone is not None and e.zone not in zones:
            found.append(f"{where}.zone: the site has no zone {e.zone!r}; it has: {', '.join(sorted(zones)) or 'none'}")
        if e.cause is not None and (e.what != "classify" or e.cause not in CAUSES):
            found.append(f'{where}.cause: goes with what = "classify" and is one of {", ".join(CAUSES)}; got {e.cause!r}')
        if e.words and e.what not in ("report", "checklist"):
            found.append(f'{where}.words: go with what = "report" or "checklist"')
        if e.what == "track" and e.actor is None:
            found.append(f"{where}.actor: a track of which actor?")
        if not 0 < e.by_s <= repeat_s:
            found.append(f"{where}.by_s: expected up to {repeat_s:g}, within the exercise, got {e.by_s!r}")
    return found
