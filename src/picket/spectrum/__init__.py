"""IQ samples -> Emission -> Detection. It listens only: no path transmits, and no content is decoded (docs/spectrum.md)."""
