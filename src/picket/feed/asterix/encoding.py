"""What the encoders of all categories share: FSPEC, data blocks, rounding to a least significant bit, call signs.

Only items that the decoder reads are written, each rounded to its least significant bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

DAY_128 = 86400 * 128
_ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")
_CALL_SIGN = re.compile(r"[A-Z0-9 ]{1,8}")


def order(*names: str) -> dict[str, int]:
    """FRN of each item; "" is a spare one."""
    return {name: frn for frn, name in enumerate(names, 1) if name}


def datagrams(category: int, records: Iterable[bytes], max_bytes: int) -> list[bytes]:
    """Records as datagrams of one data block each, in order. Raises ValueError for a max_bytes that does not fit."""
    if not 64 <= max_bytes <= 65507:
        raise ValueError(f"max_bytes: expected 64 to 65507 (one record to one UDP datagram), got {max_bytes}")
    sent: list[bytes] = []
    held: list[bytes] = []
    size = 3
    for one in records:
        if held and size + len(one) > max_bytes:
            sent.append(block(category, held))
            held, size = [], 3
        held.append(one)
        size += len(one)
    if held:
        sent.append(block(category, held))
    return sent


def record(items: Mapping[str, bytes], order: Mapping[str, int]) -> bytes:
    """FSPEC and items in the order of the UAP."""
    present = sorted((order[name], value) for name, value in items.items())
    fspec = bytearray((present[-1][0] + 6) // 7)
    for frn, _ in present:
        fspec[(frn - 1) // 7] |= 0x80 >> (frn - 1) % 7
    for k in range(len(fspec) - 1):
        fspec[k] |= 1
    return bytes(fspec) + b"".join(value for _, value in present)


def block(category: int, records: Sequence[bytes]) -> bytes:
    """CAT, LEN, records."""
    body = b"".join(records)
    return bytes((category,)) + u16(len(body) + 3) + body


def steps(values: npt.NDArray[np.float64], lsb: float, low: int, high: int) -> list[int | None]:
    """Values as multiples of `lsb`, None where unknown or outside low..high."""
    steps = np.rint(values / lsb)
    fits = (steps >= low) & (steps <= high)  # False for NaN
    return [int(s) if ok else None for s, ok in zip(steps.tolist(), fits.tolist(), strict=True)]


def address(identity: str | None, kind: str | None) -> bytes | None:
    """Three octets of an ICAO address, or None."""
    return bytes.fromhex(identity) if identity and kind == "icao_address" and _ADDRESS.fullmatch(identity) else None


def call_sign(identity: str | None, kind: str | None) -> bytes | None:
    """Six octets: eight characters of six bits, or None when the identity is no call sign that fits."""
    if identity is None or kind != "call_sign" or not _CALL_SIGN.fullmatch(identity):
        return None
    bits = 0
    for letter in identity.ljust(8):
        bits = bits << 6 | ord(letter) & 63  # A-Z, 0-9 and blank: the low six bits of ASCII
    return bits.to_bytes(6, "big")


def track_number(text: str | None, most: int) -> int | None:
    """A decimal track number of at most `most`, or None."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= most else None


def time_of_day(time: float) -> bytes:
    """UTC time of day in 1/128 s."""
    return (round(time * 128) % DAY_128).to_bytes(3, "big")


def u16(value: int) -> bytes:
    """Two octets; an angle of 65536 steps is north again."""
    return (value & 0xFFFF).to_bytes(2, "big")


def signed(value: int, octets: int) -> bytes:
    """Two's complement."""
    return value.to_bytes(octets, "big", signed=True)


def source(sac: int, sic: int) -> bytes:
    """I.../010. Raises ValueError for what does not fit."""
    if not (0 <= sac <= 255 and 0 <= sic <= 255):
        raise ValueError(f"sac and sic: expected 0 to 255 each, got {sac} and {sic}")
    return bytes((sac, sic))
