"""A Chromium driven over its own protocol, and nothing of it watched that is not asked for.

Playwright has the browser watch the network of every page, and Chromium then keeps the bodies of all answers (up to 200 MB a page) in
case somebody asks for them: a page that polls looks as if it grew. A soak that reads the renderer's memory needs a browser without that.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

START_S = 20.0
KEYS = {"Enter": (13, "\r"), " ": (32, " ")}


class Page:
    """One page of a headless browser of its own; use as a context manager."""

    def __init__(self, chromium: str, flags: list[str], window: dict[str, int]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="picket-soak-", ignore_cleanup_errors=True)
        size = f"--window-size={window['width']},{window['height']}"
        words = [
            chromium,
            *flags,
            "--headless=new",
            "--mute-audio",
            "--remote-debugging-port=0",
            size,
            f"--user-data-dir={self._folder.name}",
        ]
        self._process = subprocess.Popen([*words, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._link = connect(self._address(), max_size=None, compression=None)
        self._last, self._session = 0, None
        self.version = str(self.send("Browser.getVersion")["product"]).partition("/")[2]
        targets = self.send("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Emulation.setDeviceMetricsOverride", **window, deviceScaleFactor=1, mobile=False)
        self.send("Performance.enable")

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    def _address(self) -> str:
        """Where the browser listens: it writes the port it took, and the path, into a file. TimeoutError when it does not."""
        told = Path(self._folder.name) / "DevToolsActivePort"
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            lines = told.read_text().splitlines() if told.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise TimeoutError(f"the browser said no port within {START_S:g} s")

    def send(self, method: str, *, to_browser: bool = False, **params: Any) -> dict[str, Any]:
        """One command, to the page once there is one. RuntimeError with the browser's words where it refuses."""
        self._last += 1
        words: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session and not to_browser:
            words["sessionId"] = self._session
        self._link.send(json.dumps(words))
        while True:
            answer = json.loads(self._link.recv(60))
            if answer.get("id") == self._last:
                break
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def goto(self, url: str) -> None:
        self.send("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; RuntimeError where it throws."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(f"{expression}: {found['exceptionDetails']['text']}")
        return found["result"].get("value")

    def press(self, key: str) -> None:
        code, text = KEYS[key] if key in KEYS else (ord(key.upper()), key)
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, text=text if kind == "keyDown" else "", windowsVirtualKeyCode=code
            )

    def memory(self) -> dict[str, float]:
        """After a forced collection: JavaScript's heap and the renderer's resident memory, MB; DOM nodes; listeners."""
        self.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in self.send("Performance.getMetrics")["metrics"]}
        return {"heap_mb": metrics["JSHeapUsedSize"] / 1e6, "nodes": metrics["Nodes"], "listeners": metrics["JSEventListeners"],
                "renderer_mb": self._resident_mb()}  # fmt: skip

    def _resident_mb(self) -> float:
        """Of the largest renderer: the page's; a headless browser keeps an empty spare one."""
        found = self.send("SystemInfo.getProcessInfo", to_browser=True)["processInfo"]
        status = [Path(f"/proc/{p['id']}/status").read_text() for p in found if p["type"] == "renderer"]
        return max(int(s.split("VmRSS:")[1].split()[0]) / 1024 for s in status)
