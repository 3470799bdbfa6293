"""Training: who teaches whom, who learns from whom, and where."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import TEACHING, actors_in, doers_of, drone_topic, first_text, homes_of, pairs, things_of
from picket.learn.naming import classes_of, is_actor, text_of
from picket.learn.sentence import INSTRUCTORS, Sentence, drone_owner, is_drone, personnel, refers_to_drone
from picket.learn.spots import place_name, place_state

_TRAVEL = frozenset(["travel", "go", "come", "fly", "leave", "depart", "arrive", "head", "move"])


def train(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not drone_topic(sentence):
        return
    taught = _taught(sentence, verb)
    matter = [p for p in verb.objects if p not in taught] or verb.prep("in", "on", "to")
    receivers = actors_in(sentence, taught) or [text_of(p) for p in taught if not p.pronoun]
    givers = _sent_to_teach(sentence, verb) or actors_in(sentence, doers_of(verb))
    homes_at, homes = _instructors_home(sentence, verb)
    if homes:
        givers, receivers = homes, [n for n in receivers if n not in homes]
    givers = _lenders(sentence, verb, givers)
    if not verb.passive and not verb.objects and not verb.indirect:
        pupils = givers
        givers = _hosts(sentence, verb, pupils)
        if not givers:
            return
        receivers = pupils
    if verb.passive and not givers:
        givers = [
            s for p in verb.prep("in", "at", "near") if (s := place_state(p)) and s not in {*receivers, *homes_of(receivers)}
        ][:1]
    if not receivers and not verb.passive:
        receivers = actors_in(sentence, verb.prep("to")) or _opened_to(sentence)
    if not receivers and not (givers and matter):
        return
    origin = [f for p in taught for name, o in p.after if name == "from" for f in actors_in(sentence, [o])]
    origin += [f for p in verb.prep("from") if verb.passive and not homes_at for f in actors_in(sentence, [p])]
    receivers = (origin or receivers) if receivers else []
    if receivers and receivers == givers and verb.governor is not None:  # "supplies X with drones and trains its operators"
        receivers = actors_in(sentence, [*verb.governor.indirect, *verb.governor.objects]) or receivers
    thing = first_text([p for p in matter if not place_name(p) and not p.time]) or "drone operations"
    numbers = [*taught, *(p.of for p in taught if p.of), *doers_of(verb)]
    for a, b in pairs(givers, receivers):
        if a != b:
            yield Draft("training", "train", verb, provider=a, recipient=b, thing=thing, numbers=numbers, where=taught)


def _taught(sentence: Sentence, verb: Verb) -> list[Phrase]:
    return verb.indirect or [
        p
        for p in things_of(verb)
        if is_actor(p)
        or p.head.tag == "DEM"
        or "people_abstract" in classes_of(p.head)
        or p.pronoun
        or (p.of is not None and actors_of(p, sentence.context))
    ]


def _sent_to_teach(sentence: Sentence, verb: Verb) -> list[str]:
    """ "Iran sent officers to train the militia": who sent them."""
    up = verb.governor
    if verb.link != "inf" or up is None or verb.passive or not any(personnel(p) for p in verb.subjects):
        return []
    return actors_in(sentence, doers_of(up))


def _instructors_home(sentence: Sentence, verb: Verb) -> tuple[list[Phrase], list[str]]:
    """ "Drilled by instructors from Israel": the phrases that say where from, and whose they are."""
    lent = [p for p in doers_of(verb) if {t.low for t in p.tokens} & INSTRUCTORS]
    at = [q for p in lent for n, q in p.after if n == "from"] or (verb.prep("from") if lent and verb.passive else [])
    return at, actors_in(sentence, at) or [s for p in at if (s := place_state(p))]


def _lenders(sentence: Sentence, verb: Verb, givers: list[str]) -> list[str]:
    """Who gave or sent those who teach, by a verb before: "provided instructors, training the crews"."""
    up = verb.governor
    if not givers and not verb.passive:
        earlier = [v for v in sentence.verbs if v.i < verb.i and v.classes & {"give", "deploy"}]
        givers = actors_in(sentence, earlier[-1].subjects) if earlier and not earlier[-1].passive else []
    if (
        verb.link in {"ger-noun", "part"}
        and up is not None
        and any(personnel(p) for p in verb.subjects)
        and up.classes & {"give", "deploy"}
        and not verb.passive
    ):
        givers = actors_in(sentence, up.subjects) or givers
    return givers


def _hosts(sentence: Sentence, verb: Verb, pupils: list[str]) -> list[str]:
    """ "The crews trained in Iran", "trained with the Russians": where or with whom the subject learns; [] if it tells neither."""
    up = verb.governor
    where = [s for p in verb.prep("in", "at") if (s := place_state(p))]
    if up is not None and up.lemma in _TRAVEL:
        where += [s for p in up.prep("to", "in", "for") if (s := place_state(p)) and s not in homes_of(pupils)]
    return actors_in(sentence, verb.prep("with", "under", "alongside")) or where[:1]


def _opened_to(sentence: Sentence) -> list[str]:
    """ "... and the courses were opened to vetted foreigners"."""
    for verb in sentence.verbs:
        if verb.lemma == "open" and verb.prep("to"):
            return actors_in(sentence, verb.prep("to"))
    return []


def learn(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if not drone_topic(sentence):
        return
    learners = actors_in(sentence, verb.subjects) or [text_of(p) for p in verb.subjects if p.head.low in {"man", "men", "people"}]
    things = verb.objects or [p for v in sentence.verbs if v.governor is verb for p in v.objects]
    course = [p for p in things if p.head.low in TEACHING or "trainnoun" in classes_of(p.head)]
    if verb.lemma in {"complete", "attend", "undergo", "graduate", "learnt"} and not course and verb.lemma != "graduate":
        return
    inner = [v for v in sentence.verbs if v.governor is verb and v.link in {"chain", "inf"}]
    teachers = actors_in(sentence, [*verb.prep("from", "under", "with"), *(p for v in inner for p in v.prep("from"))])
    rule = "learn-from"
    up = verb.governor
    if not teachers and up is not None and up.classes & {"join"} and up.objects:
        teachers, rule = actors_in(sentence, up.objects), "join-to-learn"
        sentence.consumed.add(up.i)
    for course_verb in [
        v
        for v in sentence.verbs
        if v.participle
        and v.lemma in {"run", "teach", "give", "lead", "organise", "organize", "offer", "hold", "provide", "conduct"}
        and v.prep("by")
    ]:
        teachers = teachers or actors_in(sentence, course_verb.prep("by"))
    if not teachers and up is not None and up.lemma in _TRAVEL:
        teachers = [s for p in up.prep("to", "in", "for") if (s := place_state(p)) and s not in homes_of(learners)]
    if not teachers and up is not None and up.classes & {"deploy", "give"} and verb.infinitive:
        teachers = [s for p in up.prep("to") if (s := place_state(p))][:1]
        if teachers and all(n.islower() for n in learners):
            learners = [
                n for n in actors_in(sentence, up.subjects) if n not in teachers
            ] or learners  # "gangs send fighters to X to learn"
    if not teachers:
        teachers = [
            s
            for p in [*verb.prep("in", "at", "near", "on"), *(p for v in inner for p in v.prep("in", "at", "near", "on"))]
            for q in [p, *(o for n, o in p.after if n in {"in", "near"})]
            if (s := place_state(q)) and s not in learners and s not in homes_of(learners)
        ][:1]
    if teachers and learners:
        for a, b in pairs(teachers, learners):
            yield Draft(
                "training",
                rule,
                verb,
                provider=a,
                recipient=b,
                thing=first_text(things) or "drones",
                numbers=verb.subjects,
                where=things,
            )
    elif learners and course and verb.lemma != "study" and (sentence.drone or any(is_drone(p) for p in course)):
        for b in learners:
            yield Draft(
                "training", "took-a-course", verb, recipient=b, thing=text_of(course[0]), numbers=verb.subjects, where=things
            )
    elif (
        learners
        and things
        and (any(is_drone(p) for p in things) or sentence.drone)
        and verb.lemma in {"learn", "study", "master"}
    ):
        for b in learners:
            yield Draft("adoption", "learn", verb, actor=b, thing="; ".join(text_of(p) for p in things[:3]), numbers=[])


def returned(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Soldiers returned from a drone course in Turkey": taught there."""
    course = next((p for p in verb.prep("from") if p.head.low in TEACHING or "trainnoun" in classes_of(p.head)), None)
    learners = actors_in(sentence, verb.subjects) if course is not None and drone_topic(sentence) else []
    where = [s for n, p in course.after if n in {"in", "at"} and (s := place_state(p))] if course is not None else []
    where = where or [s for p in verb.prep("in", "at") if (s := place_state(p))]
    for a, b in pairs(where[:1], learners):
        if b and course is not None:
            yield Draft(
                "training",
                "returned",
                verb,
                provider=a,
                recipient=b,
                thing=text_of(course),
                numbers=verb.subjects,
                where=[course],
            )


def show(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Have shown the group's technicians how to arm drones": teaching."""
    how = [v for v in sentence.verbs if v.infinitive and v.i > verb.i and v.governor is verb]
    pupils = actors_in(sentence, verb.indirect or verb.objects)
    if not how or not pupils or not drone_topic(sentence) or verb.infinitive:
        return
    owned = [
        n
        for p in (verb.indirect or verb.objects)
        if any(t.tag in {"POS", "PRP$"} for t in p.tokens) and (n := drone_owner(p, sentence))
    ]
    for a, b in pairs(actors_in(sentence, verb.subjects), owned[:1] or pupils):
        if a:
            yield Draft(
                "training",
                "shown-how",
                verb,
                provider=a,
                recipient=b,
                thing=first_text([p for v in how for p in v.objects]),
                numbers=verb.objects,
            )


def practise(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Fighters practise with drones": training, by the instructors of the sentence if it names any."""
    tools = [p for p in [*verb.objects, *verb.prep("with", "in", "on")] if is_drone(p) or refers_to_drone(p, sentence)]
    learners = actors_in(sentence, verb.subjects)
    if not tools or not learners:
        return
    teachers = [
        t.name.state
        for p in sentence.phrases()
        if p.head.low in INSTRUCTORS
        for t in p.tokens
        if t.name is not None and t.name.state
    ]
    for a, b in pairs([t for t in teachers if t][:1], learners):
        yield Draft("training", "practise", verb, provider=a, recipient=b, thing=text_of(tools[0]), numbers=verb.subjects)
