"""What of a site file may change while a station runs, as plain data for a log record: zones, friendlies, rules, contacts, [alert].

Sensors, the origin, the archive and the address need a restart: tracks, the log and the page hang on them. Outputs (`[[notify]]`) are taken
over too, but are no part of a record: nothing of the picture depends on them, and an address may be a secret.
"""

from __future__ import annotations

from typing import Any

import msgspec
import shapely.geometry

from picket.site import Site, check_geometry

LIVE = ("zone", "friendly", "rule", "contact", "alert")  # sections of the site file that a record carries
_AT_START = ("silent_scans", "clock_limit_s")  # of [alert]: the sensors' judges are made with them


def live_part(site: Site) -> dict[str, Any]:
    """The sections that may change, and the outlines they need."""
    shapes = {name: shapely.geometry.mapping(shape) for name, shape in site.shapes.items()}
    return {**{name: msgspec.to_builtins(getattr(site, name)) for name in LIVE}, "shapes": shapes}


def with_live_part(site: Site, part: dict[str, Any]) -> Site:
    """The site with those sections in place of its own. ValueError for a part that is none (a damaged or foreign record)."""
    kinds = {f.name: f.type for f in msgspec.structs.fields(Site)}
    fields = {name: msgspec.convert(part[name], kinds[name]) for name in LIVE if name in part}
    shapes = {str(name): check_geometry(raw, str(name)) for name, raw in part["shapes"].items()}
    lacking = [z.id for z in fields.get("zone", site.zone) if z.id not in shapes]
    if lacking:
        raise ValueError(f"no outline for {', '.join(lacking)}")
    return msgspec.structs.replace(site, **fields, shapes=shapes)


def needs_restart(old: Site, new: Site) -> list[str]:
    """What of the difference only a restart takes over, in words; empty when all can be taken over now."""
    found = [f"[{name}]" for name in ("site", "archive", "station", "radio") if getattr(old, name) != getattr(new, name)]
    before, after = {s.id: s for s in old.sensor}, {s.id: s for s in new.sensor}
    found += [f"sensor {i}" for i in dict.fromkeys([*before, *after]) if before.get(i) != after.get(i)]
    found += [f"alert.{name}" for name in _AT_START if getattr(old.alert, name) != getattr(new.alert, name)]
    return found
