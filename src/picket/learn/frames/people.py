"""People who pass into an organisation or are sent somewhere: recruitment and deployment, and the teaching that goes with a mission."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of, resolve_owner
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import TEACHING, actors_in, doers_of, drone_topic, pairs, things_of
from picket.learn.frames.using import use
from picket.learn.lexicon import lexicon
from picket.learn.naming import classes_of, is_actor, text_of
from picket.learn.sentence import ADVISERS, INSTRUCTORS, Sentence, drone_head, is_drone, origin_of, personnel, refers_to_drone
from picket.learn.spots import place_name, place_state


def recruit(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not drone_topic(sentence):
        return
    things = things_of(verb)
    people = [
        p
        for p in things
        if is_actor(p)
        or classes_of(p.head) & {"people_abstract", "official"}
        or (p.of is not None and actors_of(p, sentence.context))
    ]
    if not people:
        return
    if (
        any(is_drone(p) for p in people)
        and not any(t.tag in {"DEM", "NP"} for p in people for t in p.tokens)
        and not verb.passive
    ):
        for taker in actors_in(sentence, verb.subjects):
            yield Draft("adoption", "recruits-operators", verb, actor=taker, thing=text_of(people[0]), numbers=people)
        return
    if any("company" in classes_of(p.head) or (p.head.name is not None and p.head.name.kind == "company") for p in people):
        for a, b in pairs(actors_in(sentence, people), actors_in(sentence, doers_of(verb))):
            if a and b:
                yield Draft("supply", "hire-company", verb, provider=a, recipient=b, thing="drone operations", numbers=[])
        return
    if verb.passive:
        lured = verb.prep("to") if verb.lemma in {"lure", "draw", "attract", "entice", "coax"} else []
        receivers = (
            actors_in(sentence, [*verb.prep("by", "into", "for"), *lured])
            or [text_of(p) for p in lured]
            or actors_in(
                sentence,
                [
                    p
                    for v in sentence.verbs
                    if v.governor is verb
                    for p in [*(v.objects if v.classes & {"join"} else []), *v.prep("for")]
                ],
            )
        )
    else:
        receivers = actors_in(sentence, verb.subjects)
    homes = [p for p in verb.prep("from", "such_as", "like", "including") if place_state(p)]
    sources = verb.prep("from", "among")
    sources += [p for t in people for name, p in t.after if name == "from" and p not in sources]
    if len(homes) > 1 and verb.lemma != "draw" and not any(t.tag in {"DEM", "NP"} for t in people[0].tokens):
        who = people[0].head.text  # "women from Uganda, Kenya and Nigeria" come from three countries
        providers = [f"{who} from {text_of(home)}" for home in homes]
    elif sources and verb.lemma == "draw":
        first = sources[0]
        providers = [", ".join(text_of(p) for p in sources)] if len(sources) > 1 else [text_of(first)]
    elif (
        sources
        and people[0].head.low
        in {"people", "men", "fighters", "recruits", "personnel", "mercenaries", "soldiers", "youths", "students", "workers"}
        and not any(t.tag in {"DEM", "NP"} for t in people[0].tokens)
    ):
        providers = actors_in(sentence, sources) or [text_of(people[0])]
    else:
        providers = actors_in(sentence, people) or [text_of(p) for p in people]
    if not receivers:
        return
    if any({t.low for t in p.tokens} & INSTRUCTORS for p in verb.prep("as")):
        for a, b in pairs(providers, receivers):
            yield Draft("training", "hired-instructors", verb, provider=a, recipient=b, thing="drone operations", numbers=people)
    for a, b in pairs(providers, receivers):
        yield Draft("recruitment", "recruit", verb, provider=a, recipient=b, thing=text_of(people[0]), numbers=people)


def join(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not drone_topic(sentence) or verb.i in sentence.consumed:
        return
    if verb.lemma == "fight" or verb.lemma == "serve":
        sides = [p.of for p in verb.prep("on") if p.head.low in {"side", "behalf"} and p.of is not None]
        ends = (
            [*verb.prep("for", "alongside", "with", "in"), *sides]
            if verb.lemma == "fight"
            else [*verb.prep("with", "in", "under")]
        )
    else:
        ends = [*verb.objects, *verb.prep("for", "in", "with", "to")]
        if verb.lemma in {"enter", "pass"}:
            ends = [p for p in [*verb.objects, *verb.prep("through", "into")] if "force" in classes_of(p.head)]
    receivers: list[str] = []
    for phrase in ends:
        if (personnel(phrase) and phrase.head.low not in {"units", "unit", "forces", "brigade", "battalion"}) or is_actor(phrase):
            receivers += actors_in(sentence, [phrase])
        elif (entry := place_name(phrase)) and verb.lemma in {"serve", "volunteer", "fight"} and (state := place_state(phrase)):
            receivers.append(state) if entry else None
    joiners = list(verb.subjects)
    providers: list[str] = []
    for phrase in joiners:
        providers += _origins(sentence, phrase)
    if not receivers or not providers or (verb.link == "rel" and verb.lemma in {"fight", "serve"}):
        return
    if not any(
        classes_of(p.head) & {"people", "official", "people_abstract"}
        or p.head.tag == "DEM"
        or p.pronoun
        or p.head.low in {"one", "people"}
        for p in joiners
    ):
        return
    for a, b in pairs(providers, list(dict.fromkeys(receivers))[:2]):
        if a != b:
            yield Draft(
                "recruitment",
                "join",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(joiners[0]) if not joiners[0].pronoun else None,
                numbers=joiners,
            )


def _origins(sentence: Sentence, phrase: Phrase) -> list[str]:
    """Where joining people come from: their group ("people tied to the cartels", "a Comando Vermelho member"), else their class."""
    for verb in sentence.verbs:
        if (
            verb.participle
            and verb.subjects
            and verb.subjects[0] is phrase
            and verb.lemma in {"tie", "link", "connect", "affiliate"}
        ):
            found = actors_in(sentence, verb.prep("to", "with"))
            if found:
                return found
        if verb.participle and verb.subjects and verb.subjects[0] is phrase and verb.lemma == "identify" and verb.prep("as"):
            member = verb.prep("as")[0]
            group = next((t for t in member.tokens if t.name is not None and t.name.kind in {"group", "force"}), None)
            if group is not None:
                return [group.text]
    group = next((t for t in phrase.tokens if t.name is not None and t.name.kind in {"group"}), None)
    if group is not None:
        return [group.text]
    return actors_of(phrase, sentence.context)


def people(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Both have relied on foreign fighters": recruitment."""
    recruits = [
        p
        for p in verb.prep("on", "to")
        if p.head.low in {"fighters", "mercenaries", "volunteers", "recruits", "contractors"} and not is_drone(p)
    ]
    if recruits and drone_topic(sentence):
        for b in actors_in(sentence, verb.subjects):
            yield Draft(
                "recruitment",
                "rely-on-people",
                verb,
                provider=text_of(recruits[0]),
                recipient=b,
                thing=text_of(recruits[0]),
                numbers=recruits,
            )


_HIRING = frozenset(["recruitment", "hiring", "enlistment", "recruiting"])
_LEARNING = frozenset(["gain", "learn", "acquire", "train", "pick_up", "obtain", "fight", "serve", "earn"])


def link(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Accounts have linked ex-soldiers to cartels": people pass into a group, somebody says."""
    if verb.participle or not drone_topic(sentence):
        return
    hiring = next((p.of for p in verb.prep("to", "with") if p.head.low in _HIRING and p.of is not None), None)
    if hiring is not None and not verb.negated:  # "have connected the cartel with recruitment of fighters who learned in Ukraine"
        takers = [
            n for p in things_of(verb) for q in [p, *p.more, *(p.of.more if p.of else [])] for n in actors_in(sentence, [q])
        ]
        schooled = next((v for v in sentence.verbs if v.subjects and v.subjects[0] is hiring and v.lemma in _LEARNING), None)
        where = [place_name(p) for p in schooled.prep("in", "at")] if schooled is not None else []
        given = text_of(hiring) + (f" trained in {where[0].name}" if where and where[0] else "")
        for taker in dict.fromkeys(takers):
            yield Draft(
                "recruitment", "linked-to-hiring", verb, provider=given, recipient=taker, thing=given, certainty="reported"
            )
        return
    joined = [p for p in things_of(verb) if classes_of(p.head) & {"people"} and is_actor(p)]
    groups = [p for p in verb.prep("to", "with") if is_actor(p)]
    if joined and groups and not verb.negated:
        for a, b in pairs(actors_in(sentence, joined), actors_in(sentence, groups)):
            yield Draft(
                "recruitment",
                "linked-to",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(joined[0]),
                numbers=joined,
                certainty="reported",
            )


def deploy(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    thing = things[0] if things else None
    if thing is not None and thing.head.tag == "NUM" and thing.of is not None and personnel(thing):
        thing = thing.of
    if thing is None:
        return
    if drone_head(thing) or (
        refers_to_drone(thing, sentence)
        and not personnel(thing)
        and not thing.pronoun
        and thing.head.low not in {"mission", "missions", "team", "teams", "unit", "units"}
    ):
        yield from use(sentence, verb)
        return
    course = [p for p in verb.prep("for") if p.head.low in TEACHING]
    abroad = [s for p in verb.prep("to", "in") if (s := place_state(p))]
    if course and abroad and personnel(thing):
        for b in actors_in(sentence, [thing]) or [text_of(thing)]:
            yield Draft(
                "training",
                "sent-to-learn",
                verb,
                provider=abroad[0],
                recipient=b,
                thing=text_of(course[0]),
                numbers=things,
                where=verb.prep("to", "in"),
            )
        return
    if not (
        personnel(thing)
        or thing.head.low in {"mission", "advisers", "consultants"}
        or (thing.head.name is not None and thing.head.name.kind in {"force"})
    ) or not drone_topic(sentence):
        return
    senders = actors_in(sentence, doers_of(verb))
    if verb.passive and not senders:
        senders = (
            ((_nation_of(thing.of) or actors_of(thing, sentence.context)) if thing.of is not None else [])
            or _nation_of(thing)
            or actors_of(thing, sentence.context)
        )
        if senders and senders[0].lower() in {"troops", "soldiers", "workers", "forces", "men"}:
            state = next((m for m in reversed(sentence.context.mentions) if m.kind in {"people", "force"} and m.country), None)
            senders = [lexicon().states[state.country]] if state is not None and state.country else senders
    if not senders:
        return
    destinations = [p for p in verb.prep("to", "in", "into", "near", "at", "on", "for") if place_name(p) or is_actor(p)]
    destinations = destinations or [p for n, p in thing.after if n in {"to", "in", "into"}] or list(verb.indirect)
    if not destinations and {t.low for p in things for t in p.tokens} & (INSTRUCTORS | ADVISERS):
        before = [v for v in sentence.verbs if v.i < verb.i and v.classes & {"give", "sell"} and v.subjects == verb.subjects]
        destinations = [
            p for v in before[-1:] for p in [*v.indirect, *v.prep("to")]
        ]  # "delivered drones to X and has since sent instructors"
    aims = [v for v in sentence.verbs if v.i > verb.i and v.link == "inf" and v.classes & {"train", "advise"}]
    if not destinations and not aims and verb.lemma not in {"deploy", "dispatch", "station"}:
        return
    numbers = [*things, *(p for p in sentence.phrases() if personnel(p) and p is not thing)]
    for a in senders:
        yield Draft("deployment", "deploy", verb, actor=a, thing=text_of(thing), numbers=numbers, where=destinations)
    yield from _mission(sentence, verb, thing, senders, destinations, numbers)


def _nation_of(phrase: Phrase) -> list[str]:
    for token in phrase.tokens:
        if token.name is not None and token.name.kind in {"demonym", "state"} and token.name.state:
            return [token.name.state]
    return []


def _mission(
    sentence: Sentence, verb: Verb, thing: Phrase, senders: list[str], destinations: list[Phrase], numbers: list[Phrase]
) -> Iterator[Draft]:
    """Instructors and advisers who are sent teach and advise those they are sent to."""
    words = {t.low for p in [thing, *([thing.of] if thing.of else [])] for t in p.tokens}
    taught = [v for v in sentence.verbs if v.classes & {"train"} and v.governor is not None and v.i > verb.i and not v.passive]
    receivers = [n for v in taught for n in actors_in(sentence, [p for p in [*v.indirect, *v.objects] if is_actor(p)])]
    if not receivers:
        receivers = actors_in(sentence, destinations) or [s for p in destinations if (s := place_state(p))][:1]
    taught = taught or [v for v in sentence.verbs if v.lemma == "show" and v.link == "inf" and v.objects and v.i > verb.i]
    shown = [n for v in taught if v.lemma == "show" for n in actors_in(sentence, [*v.indirect, *v.objects])]
    if shown:
        receivers, taught = shown, []
    receivers = [r for r in receivers if r not in senders]
    teaching = bool(words & INSTRUCTORS) or any("train" in w for w in words)
    helping = any(v.i > verb.i and v.classes & {"advise"} for v in sentence.verbs)
    lent = helping or verb.lemma in {"lend", "loan", "second"}
    advising = any(w.startswith(("advis", "consult")) for w in words) or (lent and bool(words & ADVISERS))
    due = [("training", "sent-instructors")] if teaching and not taught else []
    due += [("advising", "sent-advisers")] if advising else []
    for kind, rule in due:
        for a, b in pairs(senders, receivers):
            if b:
                yield Draft(
                    kind, rule, verb, provider=a, recipient=b, thing=text_of(thing), numbers=numbers, where=destinations
                )  # fmt: skip


def arrive(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    drones = [p for p in verb.subjects if drone_head(p)]
    if drones and (takers := [s for p in verb.prep("in", "at") if (s := place_state(p))]) and not verb.negated:
        origin = origin_of(drones[0], sentence) or next(iter(actors_in(sentence, verb.prep("from"))), None)
        if origin != takers[0]:
            yield Draft("supply", "arrived", verb, provider=origin, recipient=takers[0], thing=text_of(drones[0]), numbers=drones)
        return
    people = [p for p in verb.subjects if personnel(p)]
    if not people or not drone_topic(sentence):
        return
    if any({t.low for t in p.tokens} & INSTRUCTORS for p in people) and (homes := verb.prep("from")):
        givers = actors_in(sentence, homes) or [s for p in homes if (s := place_state(p))]
        taught = [o for p in people for t in p.tokens if t.tag == "PRP$" and (o := resolve_owner(t, sentence.context))]
        for a, b in pairs(givers, taught[:1]):
            yield Draft("training", "instructors-from", verb, provider=a, recipient=b, thing="drone operations", numbers=people)
        return
    abroad = [s for p in verb.prep("to", "for") if (s := place_state(p))]
    courses = [p for p in verb.prep("for") if p.head.low in TEACHING or "trainnoun" in classes_of(p.head)]
    if courses and abroad and not verb.negated:
        for b in actors_in(sentence, people):
            yield Draft(
                "training", "went-to-learn", verb, provider=abroad[0], recipient=b, thing=text_of(courses[0]), numbers=people
            )
        return
    if any(v.governor is verb and v.classes & {"learn", "train"} for v in sentence.verbs):
        return  # "left for Ukraine to study": the lesson is the claim
    places = [p for p in verb.prep(*(("for",) if verb.lemma in {"leave", "depart"} else ("in", "at", "to"))) if place_name(p)]
    if not places or verb.negated:
        return
    senders = (
        [n for name, p in people[0].after if name == "from" for n in actors_in(sentence, [p])]
        or _nation_of(people[0])
        or actors_in(sentence, people)
    )
    numbers = list(people)
    for a in senders:
        yield Draft("deployment", "arrive", verb, actor=a, thing=text_of(people[0]), numbers=numbers, where=places)
    yield from _mission(sentence, verb, people[0], senders, places, numbers)


def enlisted(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Thousands of Cubans have signed contracts with the Russian army"."""
    if not any(p.head.low in {"contract", "contracts"} for p in verb.objects) or not drone_topic(sentence):
        return
    who = [p for p in verb.subjects if p.head.tag == "DEM" or personnel(p) or (p.of is not None and p.of.head.tag == "DEM")]
    ends = [*verb.prep("with"), *(q for p in verb.objects for n, q in p.after if n == "with")]
    for a, b in pairs(actors_in(sentence, who), actors_in(sentence, ends)) if who else []:
        if a and b and a != b:
            yield Draft("recruitment", "signed-on", verb, provider=a, recipient=b, thing=text_of(who[0]), numbers=who)
