"""kill -9 on the log writer, small; `python -m benchmarks kill` does 2,000."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from picket.record import log

WRITER = """
import sys
from pathlib import Path
from picket.record.log import LogFile, Record
out, seq = LogFile(Path(sys.argv[1]), segment_bytes=20_000), 0
while True:
    for _ in range(3):
        seq += 1
        out.append(Record(seq, float(seq), "batch", {"raw": bytes(seq % 3000)}))
    out.commit()
    print(seq, flush=True)
"""


def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    for i, wait_s in enumerate((0.0, 0.004, 0.011, 0.023, 0.05)):
        folder = tmp_path / str(i)
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        last = int((first + process.stdout.read()).splitlines()[-1])
        kept = list(log.read(folder))
        assert [r.seq for r in kept] == list(range(1, len(kept) + 1))
        assert len(kept) >= last
        assert all(r.payload["raw"] == bytes(r.seq % 3000) for r in kept)
        assert log.verify(folder).damage is None
