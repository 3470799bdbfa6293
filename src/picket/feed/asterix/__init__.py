"""ASTERIX (EUROCONTROL): radar plots, system tracks, ADS-B reports and what the stations say of themselves."""

from picket.feed.asterix.cat015_encoder import encode_cat015
from picket.feed.asterix.cat021_encoder import encode_cat021
from picket.feed.asterix.cat034_encoder import encode_cat034
from picket.feed.asterix.cat048_encoder import encode_cat048, encode_cat048_parts
from picket.feed.asterix.cat062_encoder import encode_cat062
from picket.feed.asterix.cat065_encoder import encode_cat065
from picket.feed.asterix.cat129_encoder import encode_cat129
from picket.feed.asterix.decoder import FORMAT, AsterixDecoder, sniff

__all__ = [
    "FORMAT", "AsterixDecoder", "encode_cat015", "encode_cat021", "encode_cat034", "encode_cat048", "encode_cat048_parts", "encode_cat062",
    "encode_cat065", "encode_cat129", "sniff",
]  # fmt: skip
