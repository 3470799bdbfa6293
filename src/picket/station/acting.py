"""An officer's action from the API: its refusals become answers."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException

from picket.station.core import ActionError, Core, NotOnDiskError
from picket.station.sequence import ClosedError
from picket.watch import Alert


async def act(core: Core, payload: dict[str, Any]) -> Alert | None:
    """Returns when the engine has taken the action in and it is on disk. HTTPException: 409 refused, 503 not on disk."""
    try:
        return await core.act(payload)
    except ActionError as e:
        raise HTTPException(409, str(e)) from None
    except (NotOnDiskError, ClosedError) as e:
        raise HTTPException(503, str(e)) from None
