"""A made-up harbour and sky for the tests of the watch room: places in metres east and north of the site."""

from __future__ import annotations

from typing import Any

import msgspec
import shapely
import shapely.affinity

from picket.geo import LocalFrame
from picket.site import Alerting, Friendly, Place, Sensor, Site, Zone
from picket.watch import Alert, AlertBook, SensorLook
from picket.words import TRACK, Batch

LAT, LON, ALT, GEOID = 33.75, -118.20, -25.0, -35.0
FRAME = LocalFrame(LAT, LON, ALT)
T0 = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC


def to_lonlat(shape: Any) -> Any:
    """A shape drawn in metres around the site, as GeoJSON would give it."""

    def turn(xy: Any) -> Any:
        lat, lon, _ = FRAME.to_geodetic([[x, y, 0.0] for x, y in xy])
        return list(zip(lon, lat, strict=True))

    return shapely.transform(shape, turn)


def zone(id_: str, kind: str, shape: Any, **more: Any) -> tuple[Zone, Any]:
    """A zone and its shape in degrees."""
    return Zone(id=id_, kind=kind, geometry=f"{id_}.geojson", **more), to_lonlat(shape)  # type: ignore[arg-type]


PIER = zone("pier", "protected", shapely.box(-200, -200, 200, 200), floor_m=0, ceiling_m=400)
RING = zone("ring", "warning", shapely.box(-1000, -1000, 1000, 1000))
BORDER = zone("border", "border_line", shapely.LineString([(-5000, 3000), (5000, 3000)]))  # drawn to the east: left is north


def site(
    *zones: tuple[Zone, Any],
    friendly: tuple[Friendly, ...] = (),
    sensors: tuple[Sensor, ...] = (),
    place: dict[str, Any] | None = None,
    **alert: Any,
) -> Site:
    """A checked site with these zones."""
    return Site(
        version=1,
        site=Place(name="test", lat_deg=LAT, lon_deg=LON, alt_wgs84_m=ALT, geoid_separation_m=GEOID, **(place or {})),
        zone=tuple(z for z, _ in zones),
        shapes={z.id: s for z, s in zones},
        friendly=friendly,
        sensor=sensors,
        alert=Alerting(
            **{"doubt_s": 0.0, **alert}
        ),  # unknown things alarm at once; test_doubt.py has the time that they are given
    )


def track(id_: int, east: float, north: float, vel: tuple[float, float, float] = (0.0, 0.0, 0.0), **more: Any) -> dict[str, Any]:
    """A confirmed drone track at 100 m above mean sea level, 5 m sigma."""
    lat, lon, _ = FRAME.to_geodetic([[east, north, 0.0]])
    row = {
        "track_id": id_, "lat_deg": float(lat[0]), "lon_deg": float(lon[0]), "alt_wgs84_m": GEOID + 100.0,
        "vel_east_mps": vel[0], "vel_north_mps": vel[1], "vel_up_mps": vel[2],
        "sigma_horizontal_m": 5.0, "sigma_vertical_m": 5.0, "existence": 0.99, "status": "confirmed",
        "classification": "drone", "p_drone": 0.95, "sensors": ("radar-north",),
    }  # fmt: skip
    return {**row, **more}


def sky(time: float, *rows: dict[str, Any]) -> Batch:
    """A picture at `time`; rows without a time of their own were measured then."""
    return Batch.from_rows(TRACK, [{"time": time, "updated_at": time, **r} for r in rows])


class Watch:
    """A book with a clock that the test turns: `see` is one step of one second."""

    def __init__(self, site: Site, time: float = T0) -> None:
        self.book, self.time = AlertBook(site), time

    def see(self, *rows: dict[str, Any], sensors: tuple[SensorLook, ...] = (), dt: float = 1.0) -> list[Alert]:
        """The next step's changes."""
        self.time += dt
        return self.book.step(self.time, sky(self.time, *rows), sensors)

    def wait(self, seconds: float, *rows: dict[str, Any]) -> list[Alert]:
        """Steps of one second with the same picture; every change on the way."""
        return [a for _ in range(int(seconds)) for a in self.see(*rows)]

    def only(self) -> Alert:
        """The one open alert."""
        (alert,) = self.book.open
        return alert


def plain(alert: Alert) -> dict[str, Any]:
    """An alert as JSON has it."""
    out: dict[str, Any] = msgspec.to_builtins(alert)
    return out
