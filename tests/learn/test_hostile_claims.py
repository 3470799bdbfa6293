"""A claims file comes from anywhere: whatever its words are, the picture stands and what it writes is well formed."""

from __future__ import annotations

import csv
import io
import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from picket.learn.brief import brief
from picket.learn.changes import changes
from picket.learn.claim import CERTAINTIES, KINDS, QUALIFIERS, Claim, Quantity
from picket.learn.contradictions import contradictions
from picket.learn.estimative import shown_as_fact
from picket.learn.exports import flows_csv, geojson
from picket.learn.first_seen import first_seen
from picket.learn.paths import find_paths
from picket.learn.picture import build
from picket.learn.reach import reach
from picket.learn.stix import stix_json

NAMES = [
    "Russia",
    "Ukraine",
    "Kyiv",
    "ex-Colombian soldiers",
    "fighters trained in Syria",
    "John Smith",
    "the group",
    "",
    "  ",
    "Houthis",
    "\u202e",
    "=1+1",
]
words = st.none() | st.sampled_from(NAMES) | st.text(max_size=12)
times = (
    st.none()
    | st.sampled_from(["2024", "2024-02-30", "2024-05", "2024-05-06", "2023/..", "../2024", "2025/2024", "0000", "99999", "soon"])
    | st.text(max_size=8)
)
claims = st.builds(
    Claim,
    doc=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(KINDS),
    provider=words,
    recipient=words,
    actor=words,
    target=words,
    capability=st.none() | st.sampled_from(["fibre-optic drones", "naval drones", "drones"]) | st.text(max_size=12),
    place=words,
    country=st.none() | st.sampled_from(["UA", "ua", "XX", "SD", ""]),
    time=times,
    quantity=st.none()
    | st.builds(
        Quantity,
        value=st.floats(allow_nan=False, allow_infinity=False),
        unit=st.none() | st.sampled_from(["km", "miles", "drones", ""]),
        qualifier=st.sampled_from(QUALIFIERS),
    ),
    attributed_to=words,
    certainty=st.sampled_from(CERTAINTIES),
    evidence=st.text(max_size=40),
    start=st.integers(0, 300),
    end=st.integers(0, 400),
    source=words,
    published=times,
)


@settings(max_examples=60)
@given(st.lists(claims, max_size=12), st.integers(0, 100))
def test_any_claims_make_a_picture_that_can_be_asked_and_written(made: list[Claim], seed: int) -> None:
    p = build(made)
    for card in p.cards:
        first_seen(p, card)
    reach(p)
    contradictions(p)
    changes(p, 738_000)
    ids = sorted(p.actors)
    find_paths(p, random.Random(seed).choice(ids), random.Random(seed + 1).choice(ids))
    assert all(shown_as_fact(f.certainty) for f in p.flows.values() if f.fact)
    assert sum(len(n.entries) for n in p.incidents) <= len(p.entries)
    json.loads(stix_json(p))
    json.loads(geojson(p))
    assert len(list(csv.reader(io.StringIO(flows_csv(p), newline="")))) == len(p.flows) + 1
    page = brief(p, since=738_000)
    shuffled = made.copy()
    random.Random(seed).shuffle(shuffled)
    assert brief(build(shuffled), since=738_000) == page
