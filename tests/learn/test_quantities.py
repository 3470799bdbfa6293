"""What number a phrase tells and what it counts: money in any currency, multiples, shares, and what looks like a count and is none."""

from __future__ import annotations

import pytest

from picket.learn.actors import Context
from picket.learn.isotimes import Published
from picket.learn.quantities import length_of_time, quantity_in, singular
from picket.learn.sentence import Sentence, read_sentence


def read(text: str) -> Sentence:
    return read_sentence(text, 0, len(text), Published.parse("2025-06-10"), Context(), True)


def numbers(text: str) -> list[tuple[float, str | None]]:
    sentence = read(text)
    found = [quantity_in(p, sentence.text, sentence.end) for p in sentence.phrases()]
    return [(q.value, q.unit) for q in found if q]


@pytest.mark.parametrize(
    ("sum_", "value", "unit"),
    [
        ("Rs 5 crore", 5e7, "rupees"),
        ("Rs. 20 crore", 2e8, "rupees"),
        ("Rs1.4 billion", 1.4e9, "rupees"),
        ("Rs 2.19 lakh crore", 2.19e12, "rupees"),
        ("₹12 lakh", 1.2e6, "rupees"),
        ("12 crores", 1.2e8, None),
        ("Tk 3 lakh", 3e5, "taka"),
        ("AED 88 million", 8.8e7, "dirhams"),
        ("NIS 37 million", 3.7e7, "shekels"),
        ("NOK 214m", 2.14e8, "kroner"),
        ("KSh 3 million", 3e6, "shillings"),
        ("R1,500", 1500, "rand"),
        ("R5 million", 5e6, "rand"),
        ("P900 million", 9e8, "pesos"),
        ("R$9 million", 9e6, "reais"),
        ("15m zloty", 1.5e7, "zloty"),
        ("4 bn tenge", 4e9, "tenge"),
        ("US$80 million", 8e7, "dollars"),
        ("€1.2bn", 1.2e9, "euros"),
        ("two and a half million rubles", 2.5e6, "rubles"),
        ("half a million dollars", 5e5, "dollars"),
        ("a 310-billion-peso shield", 3.1e11, "pesos"),
        ("a two-million-yen prize", 2e6, "yen"),
    ],
)
def test_money_in_any_currency(sum_: str, value: float, unit: str | None) -> None:
    found = numbers(f"The army paid {sum_} for them.")
    assert [v for v, _ in found] == [pytest.approx(value)]
    assert [u for _, u in found] == [unit]


def test_a_multiple_behind_a_hyphen_counts() -> None:
    assert numbers("A $6-million pilot has been late.") == [(6e6, "dollars")]


@pytest.mark.parametrize("name", ["R77", "P8", "COP27", "RM12", "S300"])
def test_a_name_with_letters_like_a_currency_is_no_money(name: str) -> None:
    assert numbers(f"The {name} flew over Odesa.") == []


@pytest.mark.parametrize("share", ["15%", "15 %", "15 per cent", "15 percent", "15 pct"])
def test_a_share_is_counted_in_percent(share: str) -> None:
    assert numbers(f"It bought {share} of the company.") == [(15, "percent")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her agents seized 14 aircraft last fiscal year.", (14, "aircraft")),
        ("A video shared 800 times shows a drone.", (800, "times")),
        ("Brazil received three Nauru 1000C aircraft.", (3, "Nauru 1000C aircraft")),
        ("It recruited half a million men.", (500_000, "men")),
        ("They moved one and a half tonnes.", (1.5, "tonnes")),
        ("Mali signed a 280 million baht contract.", (2.8e8, "baht")),
        ("They bought 12 m craft.", (12, "m")),
        ("They dropped 500 kg bombs.", (500, "kg")),
        ("They saw 12 real drones.", (12, "real drones")),
        ("It dropped gas on farmers, two of whom were hurt.", (2, "farmers")),
        ("They spoke of a shortage of instructors, 60 of whom have left.", (60, "instructors")),
        ("They met one of the drones.", (1, "drone")),
        ("They met two of the drones.", (2, "drones")),
    ],
)
def test_what_is_counted(text: str, expected: tuple[float, str]) -> None:
    assert numbers(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "A ploughman of 60 was killed by it.",
        "An electrician of 34 died.",
        "Mnangagwa, 33, was the first to pass.",
        "The man, aged about 40, was traced to a cave.",
        "At 0410 it hit the store.",
        "It came at 2.40 and left.",
        "11.17 A tugboat was set alight.",
        "35. Singapore sent parts.",
        "Youths from camp 15 were trained.",
    ],
)
def test_ages_hours_and_labels_count_nothing(text: str) -> None:
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A fleet of 34 left.", (34, None)),
        ("A team of 12 came.", (12, None)),
        ("Drones hit Odesa, 33 people died.", (33, "people")),
        ("It weighs 2.40 tonnes.", (2.4, "tonnes")),
    ],
)
def test_a_number_that_is_like_an_age_or_an_hour_still_counts(text: str, expected: tuple[float, str | None]) -> None:
    assert numbers(text) == [expected]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("a 20-day course", (20, "days")),
        ("a three-week class", (3, "weeks")),
        ("a one-year visit", (1, "year")),
        ("a mid-day course", None),
    ],
)
def test_a_length_of_time_before_what_takes_it(words: str, told: tuple[float, str] | None) -> None:
    found = [q for p in read(f"They held {words}.").phrases() if (q := length_of_time(p))]
    assert [(q.value, q.unit) for q in found] == ([told] if told else [])


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("small drones", "small drone"),
        ("policemen", "policeman"),
        ("women", "woman"),
        ("children", "child"),
        ("batteries", "battery"),
        ("crashes", "crash"),
        ("aircraft", "aircraft"),
        ("virus", "virus"),
        ("bus", "bus"),
        ("Mavic 3s", "Mavic 3"),
    ],
)
def test_one_is_counted_in_the_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
