"""The picture: flows, incidents, firsts, reach, paths, changes and what decisions do to it."""

from __future__ import annotations

import random
from datetime import date

import msgspec
import pytest

from picket.learn import when
from picket.learn.changes import changes
from picket.learn.claim import Claim, Quantity
from picket.learn.contradictions import contradictions
from picket.learn.decisions import Decision, claim_key
from picket.learn.first_seen import first_seen, lag_words
from picket.learn.flows import FlowKey
from picket.learn.paths import describe, find_paths, named
from picket.learn.picture import Picture, build
from picket.learn.reach import kilometres, reach
from picket.learn.sources import Source
from picket.learn.wording import flow_line, incident_line
from tests.learn.making import claim


def transfer(provider: str, recipient: str, doc: str = "r1", kind: str = "training", **slots: object) -> Claim:
    return claim(kind, doc, provider=provider, recipient=recipient, **slots)


def hops(picture: Picture, a: str, b: str, **rest: object) -> list[list[tuple[str, str, str]]]:
    paths = find_paths(picture, named(picture, a)[0], named(picture, b)[0], **rest)  # type: ignore[arg-type]
    return [[(picture.name(h.provider), picture.name(h.recipient), h.order) for h in p.hops] for p in paths]


# -- flows -----------------------------------------------------------------------------------------------------------------------
def test_one_edge_for_each_kind_and_pair_whatever_the_names() -> None:
    p = build(
        [
            transfer("Russia", "Venezuelan forces", "r1", source="Reuters"),
            transfer("Moscow", "Venezuela", "r2", source="BBC"),
            transfer("Russian instructors", "Caracas", "r3", source="BBC"),
            transfer("Russia", "Venezuela", "r1", kind="supply"),
        ]
    )
    assert set(p.flows) == {FlowKey("training", "ru", "ve"), FlowKey("supply", "ru", "ve")}
    flow = p.flows[FlowKey("training", "ru", "ve")]
    assert (flow.reports, flow.credibility.independent, flow.credibility.figure) == (3, 2, 1)


def test_a_storm_of_copies_is_one_source() -> None:
    sentence = "Russia has trained Venezuelan forces to fly drones, officials said on Monday."
    papers = [transfer("Russia", "Venezuela", f"r{i}", source=f"Paper {i}", evidence=sentence) for i in range(300)]
    flow = build(papers).flows[FlowKey("training", "ru", "ve")]
    assert (flow.reports, flow.credibility.independent) == (300, 1)


def test_the_ledger_makes_rewrites_of_one_origin_one_source() -> None:
    claims = [transfer("Russia", "Venezuela", f"r{i}", source=f"Paper {i}") for i in range(3)]
    alone = build(claims).flows[FlowKey("training", "ru", "ve")].credibility
    joined = (
        build(claims, ledger=[Source(doc=f"r{i}", origin="reuters") for i in range(3)])
        .flows[FlowKey("training", "ru", "ve")]
        .credibility
    )
    assert (alone.independent, joined.independent) == (3, 1)
    assert joined.figure == 2


def test_a_denial_is_kept_beside_the_claim_and_lowers_it() -> None:
    said = transfer("Ukraine", "Tuareg rebels", "r1", source="Le Monde")
    denial = transfer(
        "Ukraine", "Tuareg rebels", "r2", source="Reuters", certainty="denied", attributed_to="Ukraine's foreign ministry"
    )
    before, after = build([said]), build([said, denial])
    (key,) = after.flows
    flow = after.flows[key]
    assert (len(flow.support), len(flow.against)) == (1, 1)
    assert flow.credibility.figure == before.flows[key].credibility.figure + 1
    assert not flow.fact
    assert "denied by Ukraine's foreign ministry" in flow_line(after, flow).text


def test_what_is_only_denied_is_never_a_fact() -> None:
    p = build([transfer("Iran", "Russia", certainty="denied", attributed_to="Iran")])
    (flow,) = p.flows.values()
    assert (flow.certainty, flow.fact) == ("denied", False)
    assert flow_line(p, flow).text.startswith("Denied by Iran")
    assert not find_paths(p, "ir", "ru")


@pytest.mark.parametrize("certainty", ["reported", "alleged", "possible", "denied"])
def test_hedged_claims_never_make_a_fact(certainty: str) -> None:
    p = build([transfer("Iran", "Russia", f"r{i}", certainty=certainty, source=f"Paper {i}") for i in range(5)])
    assert not any(f.fact for f in p.flows.values())


def test_a_class_of_people_links_its_school_and_its_home() -> None:
    p = build(
        [
            claim("recruitment", provider="foreign fighters trained in Ukraine", recipient="Sinaloa Cartel"),
            claim("recruitment", "r2", provider="ex-Colombian soldiers", recipient="Mexican cartels"),
        ]
    )
    kinds = {(k.kind, k.provider, p.name(k.recipient)) for k in p.flows}
    assert ("learned at", "ua", "foreign fighters trained in Ukraine") in kinds
    assert ("comes from", "co", "ex-Colombian soldiers") in kinds
    (path,) = hops(p, "Ukraine", "Mexican cartels")[:1]
    assert [h[0] for h in path] == ["Ukraine", "foreign fighters trained in Ukraine"]


def test_what_somebody_took_up_is_not_confirmed_by_another_capability() -> None:
    p = build(
        [
            claim("adoption", "r1", actor="North Korea", capability="fibre-optic drones", source="Reuters"),
            claim("adoption", "r2", actor="North Korea", capability="underwater drones", source="BBC"),
        ]
    )
    uptakes = [f for f in p.flows.values() if f.key.kind == "uptake"]
    assert {f.key.card for f in uptakes} >= {"fibre-optic-fpv", "underwater-approach"}
    assert all(f.credibility.independent == 1 for f in uptakes)


def test_an_unnamed_user_is_not_put_under_the_target() -> None:
    p = build([claim("use_attack", actor=None, target="Ukrainian troops", country="HT")])
    assert p.entries[0].actor == "unstated/ht"


def test_the_order_of_claims_does_not_matter() -> None:
    claims = [
        transfer(a, b, f"r{i}", published=f"2024-0{1 + i}-01")
        for i, (a, b) in enumerate([("Iran", "Russia"), ("Russia", "Iran"), ("Iran", "Houthis")])
    ]
    shuffled = claims.copy()
    random.Random(3).shuffle(shuffled)
    a, b = build(claims), build([*shuffled, claims[0]])  # read twice as well
    assert a.flows == b.flows
    assert [e.claim for e in a.entries] == [e.claim for e in b.entries]


def test_two_claims_of_one_sentence_are_two() -> None:
    p = build(
        [
            claim("statistic", actor="cartels", capability=c, number=(n, "drones"), evidence="Same words.")
            for c, n in (("a", 1), ("b", 2))
        ]
    )
    assert len(p.entries) == 2
    assert len({claim_key(e.claim) for e in p.entries}) == 2


# -- incidents -------------------------------------------------------------------------------------------------------------------
def test_three_hundred_reports_of_one_attack_are_one_incident() -> None:
    rng = random.Random(1)
    claims = [
        claim(
            "use_attack",
            f"r{i}",
            actor=rng.choice(["Rapid Support Forces", "RSF", None]),
            target=rng.choice(["Port Sudan", "air base at Port Sudan", None]),
            place=rng.choice(["Port Sudan", None]),
            country="SD",
            time="2025-05-04",
            published=f"2025-05-{4 + i % 3:02d}",
            source=f"Paper {i}",
        )
        for i in range(300)
    ]
    (incident,) = build(claims).incidents
    assert (incident.reports, incident.actor, incident.place) == (300, "rsf", "Port Sudan")


def test_other_places_actors_and_days_are_other_incidents() -> None:
    base = {"actor": "RSF", "place": "Port Sudan", "country": "SD", "time": "2025-05-04"}
    claims = [
        claim("use_attack", "a", **base),
        claim("use_attack", "b", **base | {"place": "Kassala"}),
        claim("use_attack", "c", **base | {"actor": "SAF"}),
        claim("use_attack", "d", **base | {"time": "2025-05-20"}),
        claim("sighting", "e", **base),
    ]
    assert len(build(claims).incidents) == 5


def test_an_undated_attack_says_that_publication_dates_it() -> None:
    (n,) = build([claim("use_attack", actor="RSF", country="SD", published="2025-05-06")]).incidents
    assert n.dated_by_publication
    assert not n.vague


def test_a_year_is_too_vague_to_count_events() -> None:
    (n,) = build([claim("use_attack", actor="RSF", country="SD", time="2025")]).incidents
    assert n.vague


# -- first seen and reach ---------------------------------------------------------------------------------------------------------
def test_lags_are_ranges_that_the_dates_allow() -> None:
    p = build(
        [
            claim("use_attack", "a", actor="Russia", capability="fibre-optic drones", time="2024-08", country="RU"),
            claim("use_attack", "b", actor="Ukraine", capability="fiber-optic FPV", time="2025-01-10", country="UA"),
            claim("adoption", "c", actor="Hezbollah", capability="fibre optic drones", country="LB"),
        ]
    )
    found = first_seen(p, "fibre-optic-fpv")
    assert found.first is not None
    assert found.first.who == "ru"
    assert [(f.who, f.lag_days) for f in found.actors] == [("ru", (0, 0)), ("ua", (132, 162)), ("hezbollah", None)]
    assert (date(2025, 1, 10) - date(2024, 8, 31)).days == 132
    assert [lag_words(f.lag_days) for f in found.actors] == ["the first", "132 to 162 days", "lag not known"]


def test_an_unproven_earlier_use_stands_beside_and_does_not_replace() -> None:
    p = build(
        [
            claim("use_attack", "a", actor="Houthis", capability="kamikaze drones", time="2019-09-14", certainty="alleged"),
            claim("use_attack", "b", actor="Houthis", capability="kamikaze drones", time="2024-07-19"),
            claim("use_attack", "c", actor="Iran", capability="kamikaze drones", time="2018-01-01", certainty="possible"),
            claim("use_attack", "d", actor="Iran", capability="kamikaze drones", time="2017-01-01", certainty="denied"),
        ]
    )
    found = first_seen(p, "one-way-attack")
    assert found.first is not None
    assert (found.first.who, when.words(found.first.span)) == ("houthis", "2024-07-19")
    by = {f.who: f for f in found.actors}
    assert p.entries[by["houthis"].earlier or 0].claim.time == "2019-09-14"
    assert by["ir"].certainty == "possible"
    assert "if it is true" in lag_words(by["ir"].lag_days)


def test_reach_takes_the_greatest_distance_in_any_unit() -> None:
    p = build(
        [
            claim("use_attack", "a", actor="Ukraine", capability="long-range drones", number=(1200, "miles from Ukraine")),
            claim("use_attack", "b", actor="Kyiv", capability="long-range drones", number=(1800, "kilometres")),
            claim(
                "use_attack",
                "c",
                actor="Ukraine",
                capability="long-range drones",
                number=(4000, "kilometres"),
                certainty="denied",
            ),
            claim("use_attack", "d", actor="Ukraine", capability="long-range drones", number=(117, "drones")),
            claim("sighting", "e", actor="Ukraine", capability="long-range drones", number=(500, "metres")),
        ]
    )
    (best,) = reach(p)
    assert (best.actor, best.card, best.distance_km) == ("ua", "one-way-attack", 1931.2)


def test_units_of_length() -> None:
    assert kilometres(1, "nautical mile") == 1.852
    assert kilometres(5, "km") == 5
    assert kilometres(5000, "feet") == pytest.approx(1.524)
    assert all(kilometres(1, u) is None for u in ("square miles", "drones", "mines", "kilograms", None, "", "miles per hour"))


# -- paths -----------------------------------------------------------------------------------------------------------------------
def test_know_how_cannot_be_passed_on_before_it_was_got() -> None:
    early, late = "2020-01", "2024-01"
    possible = build([transfer("Iran", "Houthis", "a", time=early), transfer("Houthis", "Al-Shabaab", "b", time=late)])
    impossible = build([transfer("Iran", "Houthis", "a", time=late), transfer("Houthis", "Al-Shabaab", "b", time=early)])
    assert hops(possible, "Iran", "al-shabaab") == [
        [("Iran", "Houthis", "first"), ("Houthis", "Al-Shabaab", "order established")]
    ]
    assert hops(impossible, "Iran", "al-shabaab") == []


def test_a_hop_without_a_date_is_kept_and_marked() -> None:
    p = build([transfer("Iran", "Houthis", "a", time="2020"), transfer("Houthis", "Al-Shabaab", "b")])
    assert hops(p, "Iran", "al-shabaab")[0][1][2] == "order not established"


def test_a_report_published_before_bounds_an_undated_hop() -> None:
    p = build([transfer("Iran", "Houthis", "a", time="2024"), transfer("Houthis", "Al-Shabaab", "b", published="2021-05-01")])
    assert hops(p, "Iran", "al-shabaab") == []


def test_the_strongest_weakest_link_wins_over_the_shorter_path() -> None:
    p = build(
        [
            transfer("Iran", "Hezbollah", "a", source="Reuters"),
            transfer("Hezbollah", "Houthis", "b", source="Reuters"),
            transfer("Iran", "Houthis", "c", certainty="possible", source="Reuters"),
        ]
    )
    first, second = find_paths(p, "ir", "houthis")
    assert [p.name(h.recipient) for h in first.hops] == ["Hezbollah", "Houthis"]
    assert len(second.hops) == 1
    assert "weakest link" in describe(p, second)[0]


def test_the_weakest_link_is_named() -> None:
    p = build(
        [
            transfer("Iran", "Hezbollah", "a", source="Reuters"),
            transfer("Hezbollah", "Houthis", "b", certainty="alleged", source="Reuters"),
        ]
    )
    (path,) = find_paths(p, "ir", "houthis")
    assert path.weakest == 1


def test_a_path_to_a_group_reaches_its_members() -> None:
    p = build([transfer("Ukraine", "Jalisco New Generation Cartel", "a")])
    assert hops(p, "Ukraine", "Mexican cartels") == [[("Ukraine", "Jalisco New Generation Cartel", "first")]]


def test_a_capability_narrows_the_path() -> None:
    p = build(
        [
            transfer("Iran", "Houthis", "a", capability="underwater drones"),
            transfer("Houthis", "Al-Shabaab", "b", capability="grenade-dropping drones"),
        ]
    )
    assert hops(p, "Iran", "al-shabaab", card="underwater-approach") == []
    assert len(hops(p, "Iran", "al-shabaab")) == 1


# -- changes and decisions ---------------------------------------------------------------------------------------------------------
def test_changes_are_by_publication() -> None:
    old = transfer("Iran", "Russia", "a", published="2023-01-01", source="Reuters")
    again = transfer("Iran", "Russia", "b", published="2025-01-01", source="BBC")
    denied = transfer("Iran", "Russia", "c", published="2025-02-01", certainty="denied", attributed_to="Iran", source="AP")
    new = transfer("Russia", "North Korea", "d", published="2025-03-01", source="AP")
    undated = transfer("China", "Russia", "e", source="AP")
    c = changes(build([old, again, denied, new, undated]), date(2024, 6, 1).toordinal())
    assert [f.key for f in c.flows] == [FlowKey("training", "ru", "kp")]
    (grown,) = c.grown
    assert (grown.flow.key.recipient, grown.before, grown.denials) == ("ru", 2, 1)


def test_a_merge_is_laid_over_and_undone_without_loss() -> None:
    claims = [transfer("Iran", "the Northern Front", "a"), transfer("Iran", "Azawad Liberation Front", "b")]
    merge = Decision(op="merge", actor="name/northern-front", into="fla")
    plain, merged = build(claims), build(claims, decisions=[merge])
    undone = build(claims, decisions=[merge, Decision(op="undo", decision=1)])
    redone = build(claims, decisions=[merge, Decision(op="undo", decision=1), Decision(op="undo", decision=2)])
    assert len(plain.flows) == 2
    assert list(merged.flows) == [FlowKey("training", "ir", "fla")]
    assert undone.flows == plain.flows
    assert redone.flows == merged.flows


def test_a_name_can_be_set_apart() -> None:
    claims = [transfer("China", "junta", "a"), transfer("China", "Myanmar army", "b")]
    assert len(build(claims).flows) == 1
    apart = build(claims, decisions=[Decision(op="separate", name="junta", into="name/junta-of-another-country")])
    assert {k.recipient for k in apart.flows} == {"myanmar-junta", "name/junta-of-another-country"}


def test_a_rejected_claim_is_left_out_and_counted() -> None:
    claims = [transfer("Iran", "Russia", "a"), transfer("Iran", "Hamas", "b")]
    p = build(claims, decisions=[Decision(op="reject", claim=claim_key(claims[0]))])
    assert list(p.flows) == [FlowKey("training", "ir", "hamas")]
    assert p.rejected == 1


def test_an_analysts_grade_wins() -> None:
    c = transfer("Iran", "Russia", source="Obscure Gazette")
    assert build([c]).entries[0].voice.letter == "F"
    assert build([c], decisions=[Decision(op="grade", source="obscure gazette", into="B")]).entries[0].voice.letter == "B"


# -- what does not agree -----------------------------------------------------------------------------------------------------------
ABQAIQ = {
    "target": "Saudi oil plants",
    "place": "Abqaiq",
    "country": "SA",
    "time": "2019-09-14",
    "capability": "long-range drones",
}


def test_rival_accounts_of_one_attack_are_one_incident_with_a_disputed_actor() -> None:
    p = build(
        [
            claim("use_attack", "a", actor="Houthis", certainty="alleged", **ABQAIQ),
            claim("use_attack", "b", actor="Iran", certainty="alleged", **ABQAIQ),
            claim("use_attack", "c", actor="Iran", certainty="denied", attributed_to="Tehran", **ABQAIQ),
            claim("use_attack", "d", **ABQAIQ),
        ]
    )
    (n,) = p.incidents
    assert (set(n.actors), len(n.entries), len(n.against)) == ({"houthis", "ir"}, 3, 1)
    text = incident_line(p, n).text
    assert "Who did it is disputed" in text
    assert "Tehran denies that it was Iran." in text
    assert {c.kind for c in contradictions(p)} == {"denied", "actor"}


def test_two_stated_attacks_by_two_actors_are_two() -> None:
    p = build([claim("use_attack", d, actor=a, **ABQAIQ) for d, a in (("a", "Houthis"), ("b", "Iran"))])
    assert len(p.incidents) == 2


def test_what_is_only_denied_is_no_incident() -> None:
    assert build([claim("use_attack", actor="Iran", certainty="denied", **ABQAIQ)]).incidents == []


def test_different_numbers_of_one_thing_are_a_contradiction_unless_the_words_allow_both() -> None:
    def kinds(*numbers: tuple[float, str]) -> list[str]:
        made = [
            msgspec.structs.replace(
                claim("use_attack", f"r{i}", actor="Houthis", **ABQAIQ), quantity=Quantity(value=v, unit="drones", qualifier=q)
            )
            for i, (v, q) in enumerate(numbers)
        ]
        return [c.kind for c in contradictions(build(made))]

    assert kinds((10, "exact"), (18, "exact")) == ["number"]
    assert kinds((10, "exact"), (10, "exact")) == []
    assert kinds((10, "at_least"), (18, "exact")) == []
    assert kinds((100, "about"), (105, "exact")) == []
    assert kinds((20, "over"), (18, "exact")) == ["number"]


def test_a_sources_record_moves_its_grade_and_what_it_says() -> None:
    pairs = [(a, b) for a in ("Iran", "Russia", "China", "Turkey") for b in ("Houthis", "Hamas", "Hezbollah")]
    bbc = [transfer(a, b, f"b{i}", source="BBC") for i, (a, b) in enumerate(pairs)]
    bears_out = [transfer(a, b, f"r{i}", source="Le Monde") for i, (a, b) in enumerate(pairs)]
    p = build([*bbc, *bears_out])
    assert p.grades["bbc"].letter == "A"
    assert "of 12 claims" in p.grades["bbc"].reasons[1]
    assert build(bbc).grades["bbc"].letter == "B"
    opposed = [transfer(a, b, f"r{i}", source="Le Monde", certainty="denied") for i, (a, b) in enumerate(pairs)]
    p = build([*bbc, *opposed])
    assert p.grades["bbc"].letter == "C"
    assert all(e.voice.letter == "C" for e in p.entries if e.claim.source == "BBC")


def test_a_partys_denial_is_no_judgement_of_a_source() -> None:
    pairs = [(a, b) for a in ("Iran", "Russia", "China", "Turkey") for b in ("Houthis", "Hamas", "Hezbollah")]
    said = [transfer(a, b, f"b{i}", source="BBC") for i, (a, b) in enumerate(pairs)]
    denied = [transfer(a, b, f"d{i}", source="Le Monde", certainty="denied", attributed_to=a) for i, (a, b) in enumerate(pairs)]
    assert build([*said, *denied]).grades["bbc"].letter == "B"


def test_an_actor_out_of_its_time_is_shown() -> None:
    p = build([claim("use_attack", "a", actor="CSP", time="2025-06"), claim("use_attack", "b", actor="CSP", time="2024-06")])
    assert [(c.kind, c.about) for c in contradictions(p)] == [("time", "CSP (2021 to 2024-11) at 2025-06")]


def test_police_of_two_countries_are_two_voices_and_of_one_country_one() -> None:
    def voices(*countries: str) -> int:
        made = [
            transfer("Iran", "Houthis", f"r{i}", source=f"Paper {i}", attributed_to="police", country=c)
            for i, c in enumerate(countries)
        ]
        return build(made).flows[FlowKey("training", "ir", "houthis")].credibility.independent

    assert voices("IN", "MX") == 2
    assert voices("IN", "IN") == 1


def test_a_busy_year_of_one_country_is_joined_in_good_time_and_a_storm_in_it_stays_one() -> None:
    rng = random.Random(2)
    busy = [claim("use_attack", f"b{i}", target=f"target{rng.randrange(3000)}", country="UA", time="2024") for i in range(3000)]
    storm = [claim("use_attack", f"s{i}", actor="Russia", place="Odesa", country="UA", time="2024-05-01") for i in range(300)]
    p = build([*busy, *storm])
    (one,) = [n for n in p.incidents if n.place == "Odesa"]
    assert one.reports == 300


def test_daily_attacks_do_not_run_together_into_one() -> None:
    days = [claim("use_attack", f"r{d}", actor="Russia", country="UA", time=f"2024-05-{d:02d}") for d in range(1, 31, 2)]
    assert len(build(days).incidents) == 15
    undated = [claim("use_attack", f"u{d}", actor="Russia", country="UA", published=f"2024-05-{d:02d}") for d in range(1, 29)]
    assert len(build(undated).incidents) == 7
