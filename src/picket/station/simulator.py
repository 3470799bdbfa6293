"""An exercise's sensors as a process of their own: started, told of pace and injects, asked how far behind it is, and ended."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from picket.train.pace import Pace


class Simulator:
    """The process. It ends with `close`, and with us should we be killed."""

    def __init__(
        self, exercise: Path, site: Path, channels: Mapping[str, tuple[str, int]], *, seed: int, start: float, pace: Pace,
        endless: bool,
    ) -> None:  # fmt: skip
        options = [f"--channel={name}={transport}:{port}" for name, (transport, port) in channels.items()]
        command = [sys.executable, "-m", "picket.train.send_exercise", str(exercise), f"--site={site}", f"--seed={seed}",
                   f"--start={start}", f"--pace={pace.line()}", *options, *(["--endless"] if endless else [])]  # fmt: skip
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.late_s, self.left_out = 0.0, dict[str, int]()
        self.ready = False  # its first frame waits for its time
        threading.Thread(target=self._listen, name="picket-simulator", daemon=True).start()

    def tell(self, line: str) -> None:
        """One line of what exercise control does; one that has ended hears nothing."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):  # a ValueError: closed
            return

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    @property
    def failed(self) -> bool:
        """Whether it went with an error."""
        return self._process.poll() not in (None, 0)

    def close(self) -> None:
        """Its sensors end."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                try:
                    said: dict[str, Any] = json.loads(line)
                    self.ready = True
                    self.late_s, self.left_out = float(said["late_s"]), {str(k): int(v) for k, v in said["left_out"].items()}
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue
