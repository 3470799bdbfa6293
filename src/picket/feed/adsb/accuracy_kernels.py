"""What the accuracy codes of ADS-B mean, as 1 sigma: the same tables for 1090 MHz, UAT, receivers' JSON and ASTERIX CAT021.

Sources: RTCA DO-260B tables 2-71 (NACp: 95 % horizontal radius EPU), 2-22 (NACv, and NUCr before it: 95 % speed), 2.2.3.2.7.2.8 (GVA:
95 % height), and DO-260 table 2-11 (NUCp of version 0: 95 % horizontal radius); DO-282B and ICAO Doc 9871 give the same values. Code 0
and reserved codes are unknown: NaN. The tables are compiled into kernels, so they lie in a file whose change makes these anew.
"""

from __future__ import annotations

import numpy as np

RADIUS_95, BOUND_95 = 2.448, 1.96  # standard deviations in a 95 % radius (per axis) and in a 95 % bound of one variable

NUCP_SIGMA_M = np.array([np.nan, 18520, 9260, 1852, 926, 463, 185.2, 92.6, 10, 3] + [np.nan] * 6) / RADIUS_95
NACP_SIGMA_M = np.array([np.nan, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3] + [np.nan] * 4) / RADIUS_95
NACV_SIGMA_MPS = np.array([np.nan, 10, 3, 1, 0.3] + [np.nan] * 3) / BOUND_95
GVA_SIGMA_M = np.array([np.nan, 150, 45, np.nan]) / BOUND_95
