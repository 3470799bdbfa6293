"""The radio horizon: how far two heights see each other over an earth of 4/3 radius, which stands for usual refraction.

Two places at heights h1, h2 above the sea are in line of sight within sqrt(2 k R h1) + sqrt(2 k R h2), k = 4/3 (Skolnik, Introduction to
Radar Systems, 3rd ed., section 8.3; ITU-R P.834 for k). Over smooth sea: hills and buildings are not considered.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RADIO_EARTH_M = 4.0 / 3.0 * 6_371_000.0


def horizon_m(height_m: Floats | float) -> Floats:
    """m along the ground from a height above the sea to its radio horizon; 0 at and under the sea.

    >>> round(float(horizon_m(30.0)))
    22576
    """
    result: Floats = np.sqrt(2.0 * RADIO_EARTH_M * np.maximum(np.asarray(height_m, np.float64), 0.0))
    return result


def in_line_of_sight(ground_m: Floats, height_a_m: Floats | float, height_b_m: Floats | float) -> npt.NDArray[np.bool_]:
    """(N,) bool: places `ground_m` apart at these heights above the sea (m) see each other."""
    return np.asarray(ground_m <= horizon_m(height_a_m) + horizon_m(height_b_m))
