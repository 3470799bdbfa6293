"""ASTERIX (EUROCONTROL): radar plots, system tracks, ADS-B reports and what the stations say of themselves."""

from picket.feed.asterix.decoder import FORMAT, AsterixDecoder, sniff
from picket.feed.asterix.encoder import encode_cat034, encode_cat048

__all__ = ["FORMAT", "AsterixDecoder", "encode_cat034", "encode_cat048", "sniff"]
