"""Recordings of the ten kinds of signal that the spectrum room labels, SIMULATED, with their truth. Nothing here can be decoded or sent."""
