"""Learn: published reports -> claims. Each claim keeps its sentence, its source and how certain it is."""

from picket.learn.claim import Claim, Quantity, read_claims, write_claims
from picket.learn.report import Report

__all__ = ["Claim", "Quantity", "Report", "read_claims", "write_claims"]
