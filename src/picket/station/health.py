"""The station's own state in words: what is wrong, what waits where, how each link is."""

from __future__ import annotations

from typing import Any

from picket import __version__
from picket.station.core import Core
from picket.station.feeds import Feed


def health(core: Core, feeds: list[Feed]) -> dict[str, Any]:
    """The answer of `GET /api/health`."""
    problems = core.problems()
    problems += [
        f"{f.shown}: {f.link.state}{': ' + f.link.detail if f.link.detail else ''}"
        for f in feeds
        if f.link.state in ("down", "waiting")
    ]
    now = core.sequencer.now()
    began = core.engine.sensors.began or now
    return {
        "state": "degraded" if problems else "ok",
        "problems": problems,
        "time": now,
        "uptime_s": max(now - began, 0.0),
        "queues": core.queues(),
        "log": {
            "records": core.sequencer.seq, "on_disk": core.writer.committed_seq, "bytes": core.writer.log.bytes_written,
            "commits": core.writer.commits,
        },
        "sealed": core.sealing.last if core.sealing else None,
        "feeds": [
            {
                "address": f.shown, "state": f.link.state, "detail": f.link.detail, "payloads": f.link.payloads, "bytes": f.link.bytes,
                "reconnects": f.link.reconnects, "left_out": dict(f.link.left_out),
            }
            for f in feeds
        ],
        "radios": core.radios.rows() if core.radios is not None else [],
        "notify": core.notifier.rows(),
        "version": __version__,
    }  # fmt: skip
