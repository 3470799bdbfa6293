"""What a reader of one category fills: the columns of a detection or status row, and the reasons why there is none.

A reader gets two small vectors, floats `f` and integers `g`, with every entry unknown (NaN, -1), and writes what its record
says. `blocks_kernels` moves them to the tables, where a column that no row has filled takes no memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int = Any  # int64 in compiled code, which is neither Python's int nor, to the type checker, np.int64

# -- detections: floats, named as in the detection table -----------------------------------------------------------------
FLOATS = (
    "time", "received", "range_m", "azimuth_deg", "elevation_deg", "range_rate_mps", "lat_deg", "lon_deg", "alt_wgs84_m",
    "alt_msl_m", "alt_pressure_m", "height_agl_m", "speed_mps", "course_deg", "climb_mps", "sigma_range_m", "sigma_azimuth_deg",
    "sigma_elevation_deg", "sigma_range_rate_mps", "sigma_position_m", "sigma_altitude_m", "sigma_speed_mps", "snr_db",
    "power_dbm",
)  # fmt: skip
TIME, RECEIVED, RANGE, AZIMUTH, ELEVATION, RATE, LAT, LON, ALT_WGS84 = range(9)  # TIME: a reader writes the time of day, seconds
ALT_MSL, ALT_PRESSURE, HEIGHT_AGL, SPEED, COURSE, CLIMB, SIGMA_RANGE, SIGMA_AZIMUTH = range(9, 17)
SIGMA_ELEVATION, SIGMA_RATE, SIGMA_POSITION, SIGMA_ALTITUDE, SIGMA_SPEED, SNR, POWER = range(17, 24)

# -- detections: integers --------------------------------------------------------------------------------------------------
# OFFSET        source_offset; not the reader's
# SENSOR        SAC << 8 | SIC
# KIND, REPORT, IDENTITY_KIND, TRANSPORT    index into the words below
# IDENTITY      an ICAO address as it is (below 2^24), or text: octets 1-8, ASCII, the first one in the highest octet
# IDENTITY_2, IDENTITY_3    octets 9-16 and 17-24 of a longer text; trailing blanks and zeros are cut
# TRACK_NUMBER  written in decimal
# CLASS         category << 16 | the category's code, looked up in its `Category.classes`
OFFSET, SENSOR, KIND, REPORT, IDENTITY_KIND, IDENTITY, IDENTITY_2, IDENTITY_3, TRACK_NUMBER, CLASS, TRANSPORT = range(11)
INTS = 11

KINDS = ("radar", "system", "adsb", "remote_id")
RADAR, SYSTEM, ADSB, REMOTE_ID = range(4)
REPORTS = ("plot", "track", "status")
PLOT, TRACK, STATUS_REPORT = range(3)
IDENTITY_KINDS = ("icao_address", "call_sign", "serial", "registration")
ICAO_ADDRESS, CALL_SIGN, SERIAL, REGISTRATION = range(4)
TRANSPORTS = ("1090es", "uat", "vdl4")
ES_1090, UAT, VDL4 = range(3)

# -- status ------------------------------------------------------------------------------------------------------------------
STATUS_FLOATS = ("time", "received", "azimuth_deg", "rotation_period_s")
S_TIME, S_RECEIVED, S_AZIMUTH, S_PERIOD = range(4)
# S_MESSAGE    category << 16 | a code that the category's `Category.messages` puts into words for `detail`
# S_DETAIL     category << 32 | bits, put into words by the category's `Category.details` (lowest bit first); not without a bit
S_OFFSET, S_SENSOR, S_EVENT, S_STATE, S_MESSAGE, S_DETAIL = range(6)
STATUS_INTS = 6
EVENTS = ("north_mark", "sector", "scan", "status", "heartbeat")
NORTH_MARK, SECTOR, SCAN, STATUS_EVENT, HEARTBEAT = range(5)
STATES = ("unknown", "ok", "degraded", "failed")
UNKNOWN, OK, DEGRADED, FAILED = range(4)

# -- what may keep a record from becoming a row, in the order of `counts` ----------------------------------------------------
REASONS = (
    "truncated", "bad_length", "bad_fspec", "bad_item", "no_data_source", "simulated", "test_target", "field_monitor",
    "extended_range", "not_operational", "bad_position", "cartesian_only",
)  # fmt: skip
TRUNCATED, BAD_LENGTH, BAD_FSPEC, BAD_ITEM, NO_SOURCE, SIMULATED, TEST, MONITOR, EXTENDED = range(9)
NOT_OPERATIONAL, BAD_POSITION, CARTESIAN_ONLY = range(9, 12)
ROW = -1  # no reason: the record becomes a row

# -- units -------------------------------------------------------------------------------------------------------------------
NM = 1852.0  # m, by definition
FOOT = 0.3048  # m, by definition
FLIGHT_LEVEL_QUARTER = 25 * FOOT  # m: the LSB of most ASTERIX heights
