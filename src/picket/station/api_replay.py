"""The API of a replay's controls (docs/record.md). A station that watches has none of it."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from picket.station.core import Core
from picket.station.player import Player, ReplayError
from picket.station.stream import Hub


class Control(BaseModel):
    """What is to be done: `to` for seek (UNIX seconds), `seconds` for step, `speed` for speed."""

    model_config = ConfigDict(extra="forbid")
    do: Literal["play", "pause", "step", "seek", "speed"]
    to: float | None = None
    seconds: float = Field(1.0, ge=-86_400, le=86_400)
    speed: float | None = None


def stand(player: Player) -> dict[str, Any]:
    """Where the replay stands."""
    return {
        "since": player.since, "until": player.until, "time": player.position, "speed": player.speed, "paused": player.paused,
        "seeking": player.seeking, "over": player.over, "moves": player.moves,
    }  # fmt: skip


def add(app: FastAPI, core: Core, hub: Hub) -> None:
    """The routes of this file, where the station is a replay."""
    player = getattr(core, "player", None)
    if not isinstance(player, Player):
        return
    player.on_move.append(hub.again)
    told: dict[str, Any] = {}

    @app.get("/api/replay", summary="Where the replay stands")
    async def get() -> dict[str, Any]:
        return stand(player)

    @app.get("/api/replay/events", summary="What happened to alerts in the period: the time line")
    async def events() -> dict[str, Any]:
        if "events" not in told:
            told["events"] = await asyncio.to_thread(player.events)
        return told

    @app.post("/api/replay", summary="Play, pause, step, seek, speed")
    async def control(given: Control) -> dict[str, Any]:
        try:
            if given.do == "play":
                player.play()
            elif given.do == "pause":
                player.pause()
            elif given.do == "step":
                player.step(given.seconds)
            elif given.do == "seek":
                if given.to is None:
                    raise ReplayError("seek needs `to`, UNIX seconds")
                player.seek(given.to)
            elif given.speed is None:
                raise ReplayError("speed needs `speed`, so many times as fast as it was")
            else:
                player.set_speed(given.speed)
        except ReplayError as e:
            raise HTTPException(422, str(e)) from None
        return stand(player)
