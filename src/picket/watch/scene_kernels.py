"""What the tracks of a step are taken for, and in which zones they are: one pass, a mask in each row of `out`."""

from __future__ import annotations

import math

from picket._jit import kernel

SPOOF, UNCONFIRMED, CONTRADICTED, DRONE, AIRCRAFT, BIRD, VESSEL, NEUTRAL, SHOWN_NEUTRAL, LISTED, SURE, LIVE = range(12)
N_SORTS = 12
PROTECTED, MUTED, AT_SURFACE, STRANGER = range(4)
N_STANDS = 4


@kernel
def sort_out(  # type: ignore[no-untyped-def]
    p_drone, p_bird, p_aircraft, p_vessel, shown, identity, kind, flags, status, lat, lon, existence, codes, spoof_words, unconfirmed_words,
    listed_words, sure_class, least, out,
):  # fmt: skip
    """Fills out (N_SORTS, N); returns which of its rows hold any, as bits.

    shown, kind, status: codes of the class that is shown, of the identity's kind, of the status; codes: those of drone, bird, vessel, an
    aircraft's address, confirmed, coasting and tentative, -2 for what does not occur. spoof_words, unconfirmed_words (by code of
    flags) and listed_words (by code of identity): what each word says; the last entry is that of no word. least: existence from
    which a track may alarm.
    """
    drone, bird, vessel, icao, confirmed, coasting, tentative = codes
    for i in range(p_drone.shape[0]):
        spoof, unconfirmed = spoof_words[flags[i]], unconfirmed_words[flags[i]]
        honest = not (spoof or unconfirmed)
        aircraft = p_aircraft[i] >= sure_class and kind[i] == icao and identity[i] >= 0 and honest
        is_bird, is_vessel = p_bird[i] >= sure_class and honest, p_vessel[i] >= sure_class and honest
        out[SPOOF, i], out[UNCONFIRMED, i], out[CONTRADICTED, i] = spoof, unconfirmed, not honest
        out[DRONE, i] = p_drone[i] >= sure_class or shown[i] == drone
        out[AIRCRAFT, i], out[BIRD, i], out[VESSEL, i] = aircraft, is_bird, is_vessel
        out[NEUTRAL, i] = aircraft or is_bird or is_vessel
        out[SHOWN_NEUTRAL, i] = honest and (shown[i] == bird or shown[i] == vessel)
        out[LISTED, i] = listed_words[identity[i]]
        held = status[i] == confirmed or status[i] == coasting
        out[SURE, i] = held and math.isfinite(lat[i]) and math.isfinite(lon[i]) and existence[i] >= least
        out[LIVE, i] = status[i] == confirmed or status[i] == tentative
    return _which(out)


@kernel
def _which(out):  # type: ignore[no-untyped-def]
    """Bit r is set where row r holds any."""
    bits = 0
    for r in range(out.shape[0]):
        for i in range(out.shape[1]):
            if out[r, i]:
                bits |= 1 << r
                break
    return bits


@kernel
def stand(alt, vessels, sure, neutral, sea_m, surface_m, over, in_force, floor, ceiling, protects, ignores, within, out):  # type: ignore[no-untyped-def]
    """Fills out (N_STANDS, N) and within (N, Z); over (N, Z) loses the zones that are not in force. Returns whether any is within one.

    alt, floor, ceiling: WGS84 heights, m; an unknown height lies in every zone. sea_m: height of the sea; a vessel at most surface_m
    above it is at the surface. protects, ignores: (Z,) bool, the zone's kind.
    """
    any_within = False
    for i in range(alt.shape[0]):
        protected = ignored = False
        unknown = math.isnan(alt[i])
        for z in range(in_force.shape[0]):
            over[i, z] &= in_force[z]
            inside = over[i, z] and (unknown or floor[z] <= alt[i] <= ceiling[z])
            within[i, z] = inside
            any_within |= inside
            protected |= inside and protects[z]
            ignored |= inside and ignores[z]
        out[PROTECTED, i], out[MUTED, i] = protected, ignored and not protected
        out[AT_SURFACE, i] = vessels[i] and not alt[i] - sea_m > surface_m
        out[STRANGER, i] = sure[i] and not neutral[i] and not out[MUTED, i]
    return any_within
