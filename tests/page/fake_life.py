"""The fake station's later routes (docs/stream.md): shelf, alarms, rules, watch log, sightings, coverage, zones, hand edits.

`Life` keeps what they change; `routes` are mounted by FakeStation. `gone` takes routes away, as an older station would lack them.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from fake_station import FakeStation

# Path as the API names it, methods: what `/api/openapi.json` says.
PATHS: dict[str, tuple[str, ...]] = {
    "/api/alerts/{alert_id}/shelve": ("post",),
    "/api/alerts/{alert_id}/unshelve": ("post",),
    "/api/alarms": ("get",),
    "/api/rules": ("get",),
    "/api/rules/{rule_id}": ("put",),
    "/api/rules/{rule_id}/try": ("post",),
    "/api/tracks/{track_id}/explain": ("get",),
    "/api/log": ("get", "post"),
    "/api/sightings": ("post",),
    "/api/coverage": ("get",),
    "/api/zones": ("get", "post"),
    "/api/zones/{zone_id}": ("put", "delete"),
    "/api/zones/undo": ("post",),
    "/api/zones/try": ("post",),
    "/api/flights/planned": ("get", "post"),
    "/api/flights/planned/{flight_id}": ("delete",),
    "/api/site/change": ("get",),
    "/api/site/take": ("post",),
}
DIFF = '--- site.toml\n+++ site.toml\n@@ -12,3 +12,3 @@\n [[zone]]\n-ceiling_m = 400\n+ceiling_m = 300\n id = "pier"'


class Life:
    """What officers did, and what the station found out about it."""

    def __init__(self, station: FakeStation) -> None:
        self.station = station
        self.gone: set[str] = set()
        self.entries: list[dict[str, Any]] = []
        self.change: dict[str, Any] = {}
        self.log_error: str | None = None
        self.alarms: dict[str, Any] = {
            "last_hour": 4, "last_10_min": 1, "acceptable_per_hour": 6, "most_per_hour": 12, "flood": False,
            "by_severity": {"high": 0.1, "medium": 0.2, "low": 0.7},
            "worst": [{"what": "pier: birds at the outfall", "rule": "entry", "count": 5}], "shelved": 0,
        }  # fmt: skip
        self.planned: list[dict[str, Any]] = []
        self.flights_error: str | None = None
        self.undone: list[list[dict[str, Any]]] = []
        self.on = {"entry": True, "friend": False}

    def routes(self) -> list[Route]:
        """Every route that is not gone."""
        both = [
            ("/api/alarms", self._alarms, ["GET"]), ("/api/rules", self._rules, ["GET"]), ("/api/log", self._log, ["GET", "POST"]),
            ("/log", self._print, ["GET"]), ("/api/sightings", self._sighting, ["POST"]), ("/api/coverage", self._coverage, ["GET"]),
            ("/api/zones", self._new_zone, ["POST"]), ("/api/zones/undo", self._undo, ["POST"]), ("/api/zones/try", self._try, ["POST"]),
            ("/api/zones/{zone}", self._drop_zone, ["DELETE"]), ("/api/site/change", self._change, ["GET"]),
            ("/api/flights/planned", self._planned, ["GET", "POST"]), ("/api/flights/planned/{flight}", self._unplan, ["DELETE"]),
            ("/api/rules/{rule}", self._switch, ["PUT"]), ("/api/rules/{rule}/try", self._try_rule, ["POST"]),
            ("/api/tracks/{track_id:int}/explain", self._explain, ["GET"]),
            ("/api/site/take", self._take, ["POST"]), ("/api/openapi.json", self._openapi, ["GET"]),
        ]  # fmt: skip
        return [Route(path, self._unless_gone(path, call), methods=methods) for path, call, methods in both]

    def _unless_gone(self, path: str, call: Any) -> Any:
        async def answer(request: Request) -> Response:
            if path in self.gone:
                return JSONResponse({"error": f"nothing is served at {path}"}, 404)
            found: Response = await call(request)
            return found

        return answer

    def write(self, kind: str, text: str, by: str = "officer", **about: Any) -> dict[str, Any]:
        """A line of the watch log."""
        entry = {"n": len(self.entries) + 1, "time": time.time(), "by": by, "kind": kind, "text": text,
                 "lat_deg": None, "lon_deg": None, "alert_id": None, **about}  # fmt: skip
        self.entries.append(entry)
        return entry

    async def _openapi(self, request: Request) -> Response:
        kept = {path: {m: {} for m in methods} for path, methods in PATHS.items() if path not in self.gone}
        return JSONResponse({"openapi": "3.1.0", "paths": kept})

    async def _alarms(self, request: Request) -> Response:
        return JSONResponse(self.alarms)

    async def _rules(self, request: Request) -> Response:
        words = "a track inside a protected zone by more than its own uncertainty, at least 90 % sure"
        off = "a friendly drone outside its zones or hours"
        return JSONResponse(
            {"rules": [
                {"id": "entry", "rule": "entry", "words": words, "severity": "high", "on": self.on["entry"], "hours": "always",
                 "delay_s": 0},
                {"id": "friend", "rule": "friendly_out_of_place", "words": off, "severity": "medium", "on": self.on["friend"]},
            ]}
        )  # fmt: skip

    async def _switch(self, request: Request) -> Response:
        body, rule = await request.json(), request.path_params["rule"]
        self.station.requests.append(("PUT", request.url.path, body))
        self._keep()
        self.before = dict(self.on)
        self.on[rule] = body["on"]
        held: dict[str, Any] = json.loads(bytes((await self._rules(request)).body))
        return JSONResponse({**held, "words": f"Rule {rule} is {'ON' if body['on'] else 'OFF'}", "diff": "", "saved": True})

    async def _try_rule(self, request: Request) -> Response:
        body, rule = await request.json(), request.path_params["rule"]
        self.station.requests.append(("POST", request.url.path, body))
        words = f"Rule {rule} would have fired 1 time in {body['back_h']:.1f} h of the recorded past."
        fired = [{"time": time.time(), "severity": "low", "text": "Uncleared friendly drone OUT OF ITS ZONES."}]
        return JSONResponse({"times": 1, "words": words, "fired": fired})

    async def _explain(self, request: Request) -> Response:
        number, now = int(request.path_params["track_id"]), time.time()
        took = [
            {
                "time": now,
                "sensor_id": "radar-north",
                "kind": "radar",
                "identity": None,
                "said": "drone",
                "weight": 0.93,
                "what": {},
            }
        ]
        steps = [{"time": now - 1, "status": "confirmed", "existence": 0.98, "sigma_horizontal_m": 12.0, "took": took},
                 {"time": now, "status": "coasting", "existence": 0.9, "sigma_horizontal_m": 20.0, "took": []}]  # fmt: skip
        words = ["It began with a report of radar-north, which no track explained with 97 %."]
        return JSONResponse({"track_id": number, "began": took[0], "steps": steps, "ended": None, "words": words})

    async def _log(self, request: Request) -> Response:
        if request.method == "GET":
            words = request.query_params.get("q", "").casefold().split()
            kept = [e for e in reversed(self.entries) if all(w in f"{e['kind']} {e['by']} {e['text']}".casefold() for w in words)]
            return JSONResponse({"entries": kept[: int(request.query_params.get("limit", 500))], "complete": True})
        body = await request.json()
        self.station.requests.append(("POST", request.url.path, dict(body)))
        if self.log_error:
            return JSONResponse({"error": self.log_error}, 503)
        return JSONResponse(self.write(body.pop("kind"), body.pop("text"), self.station.user, **body))

    async def _print(self, request: Request) -> Response:
        return HTMLResponse("<h1>Watch log</h1>" + "".join(f"<p>{e['text']}</p>" for e in reversed(self.entries)))

    async def _sighting(self, request: Request) -> Response:
        body = await request.json()
        self.station.requests.append(("POST", request.url.path, dict(body)))
        self.write("sighting", f"seen by eye: {body['what']} at {body['bearing_deg']:.0f} deg", self.station.user)
        return JSONResponse({"kind": "visual", "azimuth_deg": body["bearing_deg"], "range_m": body.get("range_m")})

    async def _coverage(self, request: Request) -> Response:
        from fake_station import _area, _feature

        height = float(request.query_params["height_m"])
        edge = 2000 + 10 * height
        area = _area((-6000, -6000), (6000, -6000), (6000, -edge), (-6000, -edge))
        why = "beyond radar-south; below the horizon of radar-north"
        return JSONResponse({"type": "FeatureCollection", "features": [_feature(area, why=why, height_m=height)]})

    def _keep(self) -> None:
        self.undone.append([dict(f) for f in self.station.zone_list["features"]])

    async def _new_zone(self, request: Request) -> Response:
        body = await request.json()
        self.station.requests.append(("POST", request.url.path, dict(body)))
        if self.station.zone_error:
            return JSONResponse({"error": self.station.zone_error}, 422)
        self._keep()
        feature = {"type": "Feature", "geometry": body.pop("geometry"), "properties": {"name": body["id"], **body}}
        self.station.zone_list["features"].append(feature)
        return JSONResponse({"diff": f'+[[zone]]\n+id = "{body["id"]}"'})

    async def _drop_zone(self, request: Request) -> Response:
        self.station.requests.append(("DELETE", request.url.path, None))
        self._keep()
        zone = request.path_params["zone"]
        features = self.station.zone_list["features"]
        self.station.zone_list["features"] = [f for f in features if f["properties"]["id"] != zone]
        return JSONResponse({"diff": f'-[[zone]]\n-id = "{zone}"'})

    async def _undo(self, request: Request) -> Response:
        self.station.requests.append(("POST", request.url.path, None))
        if not self.undone:
            return JSONResponse({"error": "no change of a zone is left to undo"}, 409)
        self.station.zone_list["features"] = self.undone.pop()
        self.on = getattr(self, "before", self.on)
        return JSONResponse({"diff": "-ceiling_m = 300\n+ceiling_m = 400"})

    async def _try(self, request: Request) -> Response:
        self.station.requests.append(("POST", request.url.path, await request.json()))
        fired = [{"time": time.time() - 3600 * i, "until": None, "rule_id": "entry", "severity": "high", "why": "",
                  "text": f"Unknown drone INSIDE pier-9, number {i}."} for i in range(1, 5)]  # fmt: skip
        words = "It would have fired 4 times in the last 24 h."
        return JSONResponse({"times": 4, "per_hour": 0.17, "by_severity": {"high": 4}, "fired": fired, "words": words})

    async def _planned(self, request: Request) -> Response:
        if request.method == "POST":
            text = (await request.body()).decode()
            self.station.requests.append(("POST", request.url.path, text))
            if self.flights_error:
                return JSONResponse({"error": self.flights_error}, 422)
            for line in text.splitlines()[1:]:
                identity, since, until = line.split(",")[:3]
                self.planned.append({"id": f"f{len(self.planned) + 1}", "identity": identity, "owner": "survey",
                                     "since": float(since), "until": float(until), "ceiling_m": 120, "zones": []})  # fmt: skip
        return JSONResponse(self._flights())

    def _flights(self) -> dict[str, Any]:
        from fake_station import _area, _feature

        area = _area((-3000, -2500), (-2000, -2500), (-2000, -1500), (-3000, -1500))
        return {"type": "FeatureCollection", "features": [_feature(area, **p) for p in self.planned]}

    async def _unplan(self, request: Request) -> Response:
        self.station.requests.append(("DELETE", request.url.path, None))
        self.planned = [p for p in self.planned if p["id"] != request.path_params["flight"]]
        return JSONResponse(self._flights())

    async def _change(self, request: Request) -> Response:
        return JSONResponse(self.change)

    async def _take(self, request: Request) -> Response:
        self.station.requests.append(("POST", request.url.path, None))
        self.change = {}
        return JSONResponse({})
