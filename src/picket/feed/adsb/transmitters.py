"""What the transmitters of ADS-B and UAT are called: their 24-bit addresses, and what they say that they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from picket.feed.adsb.address_kernels import NOT_ICAO
from picket.feed.format import Ints

# Emitter categories A0 .. A7, B0 .. B7, C0 .. C7 (DO-260B 2.2.3.2.5.2; the same numbers in UAT, DO-282B table 2-34), in the words of
# ASTERIX CAT021 where it has the class. None: nothing is said, or reserved; set D is reserved as a whole, to UAT's 39.
CATEGORIES: tuple[str | None, ...] = (
    None, "light_aircraft", "small_aircraft", "large_aircraft", "high_vortex_aircraft", "heavy_aircraft", "high_performance_aircraft",
    "helicopter", None, "glider", "lighter_than_air", "parachutist", "ultralight", None, "uav", "spacecraft", None,
    "emergency_vehicle", "ground_vehicle", "fixed_obstacle", "cluster_obstacle", "line_obstacle", *[None] * 18,
)  # fmt: skip
CATEGORY_WORDS = tuple(word for word in CATEGORIES if word is not None)
CATEGORY_CODES: Ints = np.array([-1 if word is None else CATEGORY_WORDS.index(word) for word in CATEGORIES], np.int64)


def address_words(addresses: Sequence[int]) -> list[str]:
    """Addresses as text: six hex digits, with "~" before those that are not ICAO's."""
    return [f"~{a - NOT_ICAO:06X}" if a >= NOT_ICAO else f"{a:06X}" for a in addresses]
