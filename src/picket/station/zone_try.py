"""A zone or a rule tried on the recorded past: what it would have raised, worked out by a child process of low priority.

    API --JSON on standard input--> python -m picket.station.zone_try --JSON on standard output--> API

The child replays the log (trial.py) with the site as it is and that zone in it, or with that rule alone; the station goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from picket import site as sites
from picket.site import Site, SiteError

MOST_SHOWN = 200
LIMIT_S = 120.0
LOW_PRIORITY = 10
TRIED = "(tried)"  # the id of a zone that has none yet


class TryError(ValueError):
    """A trial that cannot be; the message says why and what to do."""


def question(
    site: Site, raw: dict[str, Any], outlines: dict[str, Any], zone: dict[str, Any], geometry: Any, period: tuple[float, float],
    archive: Path,
) -> bytes:  # fmt: skip
    """What the child is asked. raw, outlines: the site as plain data; zone: the fields of the tried one. TryError when it cannot be one."""
    zone = {**zone, "id": zone.get("id") or TRIED, "geometry": "(tried)"}
    raw = {**raw, "zone": [*(z for z in raw.get("zone", []) if z["id"] != zone["id"]), zone]}
    outlines = {**outlines, "(tried)": geometry}
    try:
        sites.parse(raw, folder=site.folder, outlines=outlines)
    except SiteError as e:
        raise TryError("; ".join(e.problems)) from None
    asked = {
        "raw": raw, "outlines": outlines, "folder": site.folder, "archive": str(archive), "since": period[0], "until": period[1],
        "zone": zone["id"],
    }  # fmt: skip
    return json.dumps(asked).encode()


def rule_question(
    site: Site, raw: dict[str, Any], outlines: dict[str, Any], rule: str, period: tuple[float, float], archive: Path
) -> bytes:
    """What the child is asked about a rule, on or off; raw, outlines: the site as plain data."""
    asked = {
        "raw": raw, "outlines": outlines, "folder": site.folder, "archive": str(archive), "since": period[0], "until": period[1],
        "rule": rule,
    }  # fmt: skip
    return json.dumps(asked).encode()


async def ask(asked: bytes) -> dict[str, Any]:
    """The child's answer. Raises TryError when it has none within LIMIT_S, or what it says is wrong."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "picket.station.zone_try", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(child.communicate(asked), LIMIT_S)
    except TimeoutError:
        raise TryError(f"longer than {LIMIT_S:g} s: try a shorter period, or `picket rules try` on the archive") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
    try:
        found: dict[str, Any] = json.loads(out)
    except ValueError:
        raise TryError(f"the trial ended without an answer (code {child.returncode})") from None
    if "error" in found:
        raise TryError(found["error"])
    return found


def work(asked: dict[str, Any]) -> dict[str, Any]:
    """The trial: what the zone, or the rule, would have raised."""
    from picket.station.trial import run

    site, rule = sites.parse(asked["raw"], folder=asked["folder"], outlines=asked["outlines"]), asked.get("rule")
    trial = run(Path(asked["archive"]), site, asked["since"], asked["until"], rule=rule)
    fired = trial.fired if rule is not None else [f for f in trial.fired if f.zone == asked["zone"]]
    hours = (asked["until"] - asked["since"]) / 3600.0
    severities = {s: sum(f.severity == s for f in fired) for s in ("high", "medium", "low")}
    n = len(fired)
    return {
        "since": asked["since"], "until": asked["until"], "times": n, "per_hour": n / max(hours, 1e-9), "by_severity": severities,
        "fired": [msgspec.to_builtins(f) for f in fired[:MOST_SHOWN]], "damage": trial.damage,
        "words": _words(rule, n, hours),
    }  # fmt: skip


def _words(rule: str | None, n: int, hours: float) -> str:
    if rule is None:
        return f"This zone would have raised {n} alert{'' if n == 1 else 's'} in {hours:.1f} h of the recorded past."
    return f"Rule {rule} would have fired {n} time{'' if n == 1 else 's'} in {hours:.1f} h of the recorded past."


def main() -> None:
    """Reads the question, writes the answer."""
    with contextlib.suppress(OSError):
        os.nice(LOW_PRIORITY)
    try:
        answer = work(json.load(sys.stdin))
    except ValueError as e:
        answer = {"error": str(e)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
