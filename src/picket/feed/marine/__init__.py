"""Feeds of ships: NMEA 0183 radar targets and AIS."""
