"""The country of a claim: the place beside the verb, what a where-clause points to, and what goes on from the sentence before."""

from __future__ import annotations

import pytest

from picket.learn import Report
from picket.learn.actors import Context
from picket.learn.drafts import Draft
from picket.learn.extract import claims_of
from picket.learn.isotimes import Published
from picket.learn.places import country_of
from picket.learn.sentence import read_sentence
from picket.learn.whereabouts import whereabouts


@pytest.mark.parametrize(
    ("text", "kind", "country"),
    [
        (
            "Twelve al-Shabaab fighters had travelled to Yemen, where Houthi instructors taught them to fly drones.",
            "training",
            "YE",
        ),
        ("The first 40 Danish soldiers left for western Ukraine this summer to study drone warfare.", "training", "UA"),
        ("JNIM has recorded more than 30 drone incidents in Mali and Burkina Faso since 2023.", "statistic", None),
        ("The Houthis launched 18 drones at ships in the Red Sea on 9 January.", "use_attack", None),
        ("Analysts in Seoul warn that North Korea could use drones to overwhelm air defences.", "warning", "KR"),
        ("Ukraine's air force said that it had intercepted 31 of 38 drones overnight.", "sighting", "UA"),
        ("US forces shot down a drone near their base in Tel Baider, Syria.", "sighting", "SY"),
        ("Romania reported a Russian drone entering its airspace.", "sighting", "RO"),
        ("Poland shot down three Russian drones in its airspace on Wednesday.", "sighting", "PL"),
        ("US forces shot down three Houthi drones on Saturday.", "sighting", None),
        ("Thirteen Russian drones were shot down, Ukraine's president said.", "sighting", "UA"),
        ("A Ukrainian drone was found near Constanta by the navy.", "sighting", "RO"),
    ],
)
def test_country(text: str, kind: str, country: str | None) -> None:
    found = [c for c in claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")) if c.kind == kind]
    assert {c.country for c in found} == {country}


def test_a_claim_without_a_place_keeps_the_country_told_last() -> None:
    text = (
        "Drones hit a fuel depot near El Obeid on Sunday. Drones from China and Turkey are cheap. A drone also damaged a hotel."
    )
    told = [c for c in claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")) if c.kind == "use_attack"]
    assert [c.country for c in told] == ["SD", "SD"]


@pytest.mark.parametrize(
    ("place", "country"), [("Constanta", "RO"), ("Gwinnett County", "US"), ("Al-Fashir", "SD"), ("el-Obeid", "SD")]
)
def test_a_place_as_news_spells_it(place: str, country: str) -> None:
    assert country_of(place) == country


def test_a_course_without_a_place_is_where_the_report_has_been_last() -> None:
    text = (
        "Drones hit a fuel depot near El Obeid on Sunday. Drones from China and Turkey are cheap. "
        "Foreign specialists taught fighters to fly drones."
    )
    (course,) = [c for c in claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")) if c.kind == "training"]
    assert course.country == "SD"


def test_a_delivery_to_somebody_without_a_home_is_where_most_was_told() -> None:
    text = (
        "Drones hit a fuel depot near El Obeid on Sunday. A drone hit a market in Nyala on Monday. Drones are everywhere. "
        "A drone was shot down over Romania. The smugglers supplied the fighters with drones."
    )
    (delivery,) = [c for c in claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones")) if c.kind == "supply"]
    assert delivery.country == "SD"


def _of_a_guess(draft: Draft, text: str, told: list[str], last: str | None = None, before: str | None = None) -> str | None:
    context = Context()
    context.told_in.update(told)
    context.place_country = before
    context.event = (context.sentence, last) if last else None
    sentence = read_sentence(text, 0, len(text), Published.parse("2025-06-10"), context, True)
    return whereabouts(sentence, draft)[1]


def test_a_guess_of_a_training_is_where_the_report_plays_else_with_one_of_its_ends() -> None:
    text = "Turkish instructors explained drones to pilots."
    draft = Draft("training", "trained-training", provider="Turkey", recipient="Iraq")
    assert _of_a_guess(draft, text, ["SO", "SO"], "SO") == "SO"
    assert _of_a_guess(draft, text, ["SO", "SO", "ML"], "ML") == "IQ"  # the claims do not agree
    draft.recipient = None
    assert _of_a_guess(draft, text, []) == "TR"
    draft = Draft("training", "train", provider="Turkey", recipient="Iraq")
    assert _of_a_guess(draft, text, ["SO", "SO"], "SO") == "IQ"  # a rule knows whom


def test_a_delivery_to_nobody_named_is_where_most_was_told_else_at_the_place_named_before() -> None:
    text = "The government bought drones."
    draft = Draft("supply", "get", recipient="government")
    assert _of_a_guess(draft, text, ["MV"], before="TR") == "MV"
    assert _of_a_guess(draft, text, [], before="MV") == "MV"


@pytest.mark.parametrize("where", ["Telegram", "Facebook"])
def test_where_somebody_said_it_is_no_place(where: str) -> None:
    text = f"The governor of Odesa said on {where} that the Russian drone attack left damage."
    assert [c.place for c in claims_of(Report(doc="x", text=text, published="2025-06-10", title="Drones"))] == [None]
