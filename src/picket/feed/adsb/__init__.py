"""ADS-B as receivers hand it on: one file for each of their formats."""
