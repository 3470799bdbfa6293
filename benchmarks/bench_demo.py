"""`picket demo` on a machine that is set up: seconds from the command to the page's address, the first track and the first alert."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from typing import Any

import httpx

RUNS = 3


def _once() -> dict[str, float]:
    began = time.monotonic()
    demo = subprocess.Popen(
        [sys.executable, "-m", "picket.cli", "demo", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = {}
    try:
        assert demo.stdout is not None
        url = json.loads(demo.stdout.readline())["url"]
        found["address_s"] = time.monotonic() - began
        host, token = re.fullmatch(r"http://([^/]+)/\?token=(.+)", url).groups()  # type: ignore[union-attr]
        with httpx.Client(base_url=f"http://{host}", timeout=20) as http:
            http.headers["authorization"] = f"Bearer {http.post('/api/session', json={'token': token}).json()['session']}"
            for name, path in (("first_track_s", "tracks"), ("first_alert_s", "alerts")):
                while not http.get(f"/api/{path}").json()[path] and time.monotonic() - began < 120:
                    time.sleep(0.1)
                found[name] = time.monotonic() - began
        ending = time.monotonic()
        demo.terminate()
        demo.wait(20)
        found["end_s"] = time.monotonic() - ending
        return found
    finally:
        demo.kill()


def run() -> dict[str, Any]:
    """Medians of three runs, in seconds."""
    runs = [_once() for _ in range(RUNS)]
    return {name: round(statistics.median(r[name] for r in runs), 2) for name in runs[0]}


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
