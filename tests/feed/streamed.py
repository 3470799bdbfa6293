"""Bytes that arrive one after the other, through one decoder to its end."""

from __future__ import annotations

from typing import Any

from conformance import fits

from picket.feed.format import Chunk, Decoded, Format, Options


def streamed(
    form: Format, *data: bytes, received: float, link: str = "stream", time_source: str = "receiver", **options: Any
) -> Decoded:
    """All of it, looked at after every part (`fits`)."""
    decoder, offset, parts = form.make(Options(**options)), 0, []
    for one in data:
        parts.append(
            decoder.decode(Chunk.one(one, received=received, offset=offset, source="s", link=link, time_source=time_source))
        )
        offset += len(one)
    parts.append(decoder.finish())
    for part in parts:
        fits(part)
    return Decoded.join(parts)
