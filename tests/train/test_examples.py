"""The example site files are sound, and so are their feeds' addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from picket import site as sites
from picket.feed.transport import parse_feed

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["long-beach.toml", "recordings.toml"])
def test_example_loads(name):
    site = sites.load(EXAMPLES / name)
    assert site.shapes
    assert site.station.origin == "live"
    for sensor in site.sensor:
        assert sensor.feed is not None
        parse_feed(sensor.feed)


def test_the_examples_show_every_transport_of_the_first_four_feeds():
    feeds = [parse_feed(s.feed) for n in ("long-beach", "recordings") for s in sites.load(EXAMPLES / f"{n}.toml").sensor]
    assert {(f, a.transport) for f, a in feeds} == {
        ("asterix", "udp"), ("dronescout", "mqtt"), ("sbs", "tcp"), ("asterix", "file"), ("remote-id", "file"),
    }  # fmt: skip
