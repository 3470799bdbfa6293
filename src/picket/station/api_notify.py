"""The outputs of alerts in the API: how they do, and a test at the start of a watch."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request

from picket.station.core import Core


def add(app: FastAPI, core: Core) -> None:
    """The routes of this file."""

    @app.get("/api/notify", summary="The outputs that alerts go to: what was sent, what failed and why")
    async def outputs() -> dict[str, Any]:
        return {"outputs": core.notifier.rows()}

    @app.post("/api/notify/{output_id}/test", summary="Sends a message that says it is a test")
    async def test(request: Request, output_id: str) -> dict[str, Any]:
        core.audit(request.state.user, "asked for a test of an output", output=output_id[:200])
        try:
            problem = await core.notifier.test(output_id)
        except KeyError:
            known = ", ".join(o.notify.id for o in core.notifier.outputs) or "none"
            raise HTTPException(404, f"no output is called {output_id!r}; the site file has: {known}") from None
        return {"sent": problem is None, "problem": problem}
