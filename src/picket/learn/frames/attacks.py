"""Attacks: a drone is the subject, the instrument or the thing launched."""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.actors import actors_of
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.common import CONTRABAND, HARMFUL, actors_in, doers_of, things_of
from picket.learn.frames.sightings import detect, smuggle
from picket.learn.lexicon import word_set
from picket.learn.naming import bare_text, classes_of, is_actor, kind_of, text_of
from picket.learn.sentence import Sentence, drone_head, drone_owner, instruments, is_drone, refers_to_drone
from picket.learn.spots import place_name

_SHOTS = frozenset(["missile", "missiles", "rocket", "rockets", "bomb", "bombs", "shots", "munitions", "round", "rounds"])
_CREWED = frozenset(["helicopter", "helicopters", "plane", "planes", "jet", "jets", "aircraft", "airliner", "fighter", "bomber"])
_ARMED = word_set("attacks.armed")
_LENGTHS = word_set("statistics.units_of_length")


def strike(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if verb.i in sentence.consumed:
        return
    doers, hurt = doers_of(verb), things_of(verb)
    if verb.link == "rel":  # "a part of the drone that killed": the drone did
        doers = [p.of if p.of is not None and drone_head(p.of) and not is_actor(p.of) else p for p in doers]
    if any(drone_head(p) for p in hurt) and not any(drone_head(p) for p in doers):
        yield from detect(sentence, verb)
        return
    up = verb.governor
    if (
        verb.classes & {"kill"}
        and up is not None
        and verb.link in {"ger", "conj", "ger-noun"}
        and not instruments(sentence, verb)
        and (up.classes & {"strike", "destroy", "crash", "launch", "drop", "steer", "kill", "fall"} or up.gerund)
    ):
        return  # its victims are the number of the attack above
    if not hurt and not verb.passive:
        hurt = [p for p in verb.prep("into", "against", "on", "at") if not p.time]
    if verb.passive and (arms := [p for p in verb.prep("by", "with") if {t.low for t in p.tokens} & HARMFUL]) and sentence.drone:
        yield from attack_drafts("strike", sentence, verb, [], hurt, arms[0], hurt)
        return
    tools = instruments(sentence, verb)
    if not tools and sentence.drone:
        tools = [p for p in verb.prep("with") if {t.low for t in p.tokens} & HARMFUL and _from_the_air(sentence, p)]
    by_drone = [p for p in doers if drone_head(p) or (is_drone(p) and not is_actor(p))] or [
        p
        for p in doers
        if (p.head.low in {"ones", "one", "rest", "others"} and sentence.near and not is_actor(p) and not verb.classes & {"kill"})
        or (p.head.low in {"aircraft", "craft", "machine", "device"} and not sentence.drone and refers_to_drone(p, sentence))
    ]
    attack_subject = [
        p
        for p in doers
        if "attacknoun" in classes_of(p.head)
        and (
            is_drone(p)
            or any(v.participle and v.subjects and v.subjects[0] is p and instruments(sentence, v) for v in sentence.verbs)
        )
    ]
    pronoun_tool = [
        p
        for p in doers
        if p.pronoun
        and p.head.low in {"they", "it"}
        and sentence.near
        and not sentence.drone
        and p.head.start not in sentence.context.inside
    ]
    if not (by_drone or tools or attack_subject or pronoun_tool):
        return
    if verb.lemma == "set_fire" and not hurt:
        hurt = list(verb.prep("to"))
    struck = [q for p in attack_subject for n, q in p.after if n in {"on", "against", "at"} and not q.time]
    hurt = struck or [p for p in hurt if not p.time]
    actors: list[str] = []
    if by_drone or attack_subject:
        for phrase in [*by_drone, *attack_subject]:
            owner = drone_owner(phrase, sentence)
            actors += [owner] if owner else []
    else:
        actors = actors_in(sentence, doers)
        if not actors and tools:
            whose_model = "attacknoun" not in classes_of(tools[0].head) and any(t.tag == "DEM" for t in tools[0].tokens)
            owner = None if whose_model else drone_owner(tools[0], sentence)  # "with Iranian drones"; "in a Russian drone strike"
            actors = [owner] if owner and owner not in [text_of(p) for p in hurt] else []
    places = [p for p in hurt if place_name(p)]
    yield from attack_drafts("strike", sentence, verb, actors, hurt, (by_drone or tools or attack_subject or [None])[0], places)  # type: ignore[list-item]


def down(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Shot down a helicopter with a drone": an attack; a drone that is shot down is a sighting."""
    hurt = [p for p in things_of(verb) if p.head.low in _CREWED]
    by_drone = instruments(sentence, verb) or [p for p in doers_of(verb) if drone_head(p)]
    if not hurt or not by_drone:
        yield from detect(sentence, verb)
        return
    owner = drone_owner(by_drone[0], sentence)
    actors = actors_in(sentence, [p for p in doers_of(verb) if not drone_head(p)]) or [*filter(None, [owner])]
    yield from attack_drafts("downed-by-drone", sentence, verb, actors, hurt, by_drone[0], hurt)


def _from_the_air(sentence: Sentence, load: Phrase) -> bool:
    """ "Explosives dropped from drones", "grenades from drones"."""
    return any(n in {"from", "by"} and is_drone(p) for n, p in load.after) or any(
        v.participle and v.subjects and v.subjects[0] is load and any(is_drone(p) for p in v.prep("from", "by", "with"))
        for v in sentence.verbs
    )


def attack_drafts(
    rule: str, sentence: Sentence, verb: Verb, actors: list[str], hurt: list[Phrase], tool: Phrase | None, where: list[Phrase]
) -> Iterator[Draft]:
    killed = [v for v in sentence.verbs if v.classes & {"kill"} and v is not verb]
    victims = [p for v in killed for p in _dead(v)] + [
        p
        for v in sentence.verbs
        if v.lemma in {"die", "perish", "strand"}
        for p in (v.subjects if v.lemma != "strand" else v.objects)
    ]
    counted = [p for p in things_of(verb) if verb.classes & {"kill"}]
    bystanders = [
        p
        for p in hurt
        if classes_of(p.head) & {"people_abstract"} or (verb.classes & {"kill"} and classes_of(p.head) & {"people"})
    ]
    sites = [p for p in [*where, *verb.prep("at", "on", "in")] if "building" in classes_of(p.head) and not is_drone(p)]
    if bystanders and sites and len(bystanders) == len(hurt):
        hurt = sites[:1]
    if verb.subjects and verb.classes & {"kill"} and verb.passive:
        struck = [
            q
            for p in [*verb.prep("in", "by"), *([tool] if tool else [])]
            for n, q in p.after
            if n in {"on", "against", "at"} and not q.time
        ]
        noun = next((p for p in [*verb.prep("in", "by"), *([tool] if tool else [])] if "attacknoun" in classes_of(p.head)), None)
        struck = struck or [
            q
            for v in sentence.verbs
            if noun is not None and noun in v.subjects and v.classes & {"strike"} and v is not verb
            for q in v.objects
        ]
        hurt = struck or hurt
    hurt = [p for p in hurt if p.head.low not in _LENGTHS and p.head.low not in {"effect", "missiles", "missile", "others"}]
    if hurt and all(p.pronoun and p.head.low in {"it", "them"} for p in hurt):
        earlier = [p for p in sentence.phrases() if p.i < hurt[0].i and "building" in classes_of(p.head) and not is_drone(p)]
        hurt = earlier[-1:] or hurt
    if not hurt and victims:
        hurt = [p for p in victims if not p.pronoun][:1]
    for a in actors or [None]:  # type: ignore[list-item]
        yield Draft(
            "use_attack",
            rule,
            verb,
            actor=a,
            target="; ".join(dict.fromkeys(bare_text(p) for p in hurt if not p.pronoun))[:160] or None,
            thing=text_of(tool) if tool is not None and not tool.pronoun else "drones",
            numbers=[
                *sorted([*bystanders, *(hurt if verb.classes & {"kill"} else []), *victims, *counted], key=lambda p: p.i),
                *hurt,
                *([tool] if tool is not None else []),
            ],
            where=[*where, *hurt],
            target_phrase=hurt[0] if hurt else None,
        )


def _dead(verb: Verb) -> list[Phrase]:
    """Whom the verb says killed or hurt; of "12 people killed when" the ones before it."""
    return things_of(verb) or [p for p in verb.subjects if classes_of(p.head) & {"people", "people_abstract"}]


def launch(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    drones = [p for p in things if refers_to_drone(p, sentence) and not is_actor(p)]
    if drones:
        if not _loads_follow(sentence, verb):
            yield from _launched(sentence, verb, things, drones)
    elif verb.lemma in {"fire", "shoot"} and (seen := [p for p in verb.prep("at", "on") if drone_head(p)]):
        yield from _fired_at(sentence, verb, seen)
    else:
        contraband = {t.low for p in things for t in p.tokens} & CONTRABAND
        if contraband and (sentence.drone or sentence.near) and verb.prep("into", "to", "over", "in"):
            yield from smuggle(sentence, verb)
        yield from _shots(sentence, verb, things)


def _fired_at(sentence: Sentence, verb: Verb, seen: list[Phrase]) -> Iterator[Draft]:
    """ "Guards fired at the drone": it was seen."""
    numbers = [*seen, *(p for v in sentence.verbs if v.i > verb.i for p in v.objects)]
    owner = drone_owner(seen[0], sentence)
    yield Draft("sighting", "fired-at", verb, actor=owner, thing=text_of(seen[0]), numbers=numbers, where=seen)


def _shots(sentence: Sentence, verb: Verb, things: list[Phrase]) -> Iterator[Draft]:
    """Missiles and bombs that a drone fires: "the drone fired two missiles at", "two bombs were dropped from a TB2"."""
    aimed = [p for p in verb.prep("at", "into", "on", "against") if not p.time]
    carriers = [p for p in verb.subjects if drone_head(p) and not verb.passive]
    if carriers and any(p.head.low in _SHOTS for p in things):
        struck = (v for v in sentence.verbs if v.governor is verb and v.gerund and v.classes & {"strike", "destroy"})
        hit = aimed or [p for v in struck for p in v.objects]
        owner = drone_owner(carriers[0], sentence)
        yield from attack_drafts("fired-missiles", sentence, verb, [owner] if owner else [], hit, carriers[0], hit)
        return
    shots = [p for p in things if p.head.low in _SHOTS and p.head.low not in {"rockets", "rocket"}]
    if not shots or not verb.passive:
        return
    tools = [p for p in verb.prep("from", "by") if drone_head(p)]
    told = sentence.context.told_of("use_attack") and not sentence.drone
    if tools or (told and aimed and not verb.prep("from", "by")):
        owner = drone_owner(tools[0], sentence) if tools else sentence.context.last_flier()
        yield from attack_drafts("fired-missiles", sentence, verb, [owner] if owner else [], aimed, (tools or shots)[0], aimed)


def _loads_follow(sentence: Sentence, verb: Verb) -> bool:
    """ "Flew drones and dropped grenades": the drop is the attack."""
    later = (v for v in sentence.verbs if v.i > verb.i)
    return any(v.classes & {"drop"} and {t.low for p in v.objects for t in p.tokens} & HARMFUL for v in later)


def _launched(sentence: Sentence, verb: Verb, things: list[Phrase], drones: list[Phrase]) -> Iterator[Draft]:
    """Drones: an attack, a new model, or a flight over something."""
    drone = drones[0]
    doers = actors_in(sentence, doers_of(verb))
    if not doers and (owner := drone_owner(drone, sentence)):
        doers = [owner]
    targets = _aimed_at(verb, things)
    armed = any(t.low in _ARMED for p in drones for t in p.tokens)
    aimed = verb.prep("against") or [p for p in verb.prep("at", "into", "onto") if armed and verb.lemma == "fly" and not p.time]
    taught = verb.infinitive and bool(verb.governor and verb.governor.classes & {"learn", "train"})
    if aimed and not verb.classes & {"give"}:
        yield from attack_drafts("flown-against", sentence, verb, doers, aimed, drone, aimed)
    elif verb.lemma in {"launch", "unveil"} and not targets and any(kind_of(p) == "company" for p in verb.subjects):
        for maker in doers:
            yield Draft("production", "launched-model", verb, actor=maker, thing=text_of(drone), numbers=drones)
    elif any("attacknoun" in classes_of(p.head) for p in things):
        yield from attack_drafts("launch-attack", sentence, verb, doers, targets, drone, targets)
    elif _hostile(sentence, verb) and not taught:
        yield from attack_drafts("launch", sentence, verb, doers, targets, drone, targets)
    elif "steer" in verb.classes and _struck_by(verb):
        return  # steer() reads it
    elif targets and not taught and not all(p.pronoun for p in targets):
        fliers: list[str | None] = [*doers] or [None]
        for flier in fliers:
            yield Draft(
                "sighting",
                "flown-over",
                verb,
                actor=flier,
                target="; ".join(text_of(p) for p in targets),
                thing=text_of(drone),
                numbers=drones,
                where=targets,
                target_phrase=targets[0],
            )


def _aimed_at(verb: Verb, things: list[Phrase]) -> list[Phrase]:
    of_verb = verb.prep("at", "against", "on", "toward", "towards", "into", "onto", "over", "across", "near", "above")
    ends = {"at", "against", "toward", "towards", "into", "on", "over"}
    of_thing = [p for t in things for n, p in t.after if n in ends and p not in of_verb]
    return [p for p in [*of_verb, *of_thing] if not p.time]


def _hostile(sentence: Sentence, verb: Verb) -> bool:
    """Launched, and neither to spy nor to smuggle, nor over a place only."""
    if verb.lemma not in {"launch", "fire", "unleash", "lob", "send", "direct", "loose"}:
        return False
    peaceful = any(v.governor is verb and (v.classes & {"spy", "smuggle"}) for v in sentence.verbs) or any(
        p.head.low in CONTRABAND for p in [*verb.objects, *verb.prep("with")]
    )
    return not peaceful and not ({n for n, _ in verb.preps} & {"over", "above", "near"})


def drop(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    things = things_of(verb)
    if not things or verb.i in sentence.consumed:
        return
    low = {t.low for p in things for t in p.tokens} | {t.low for p in things if p.of for t in p.of.tokens}
    tools = [*[p for p in verb.subjects if drone_head(p) and not verb.passive], *instruments(sentence, verb)]
    if not tools and not sentence.drone and not (sentence.near and low & HARMFUL):
        return
    doers = actors_in(sentence, doers_of(verb))
    owner = next((o for p in tools if (o := drone_owner(p, sentence))), None)
    doers = doers or ([owner] if owner else [])
    targets = [p for p in verb.prep("on", "onto", "over", "at", "upon", "against") if not p.time and not is_drone(p)]
    targets = targets or [p for p in verb.prep("into", "near", "in", "inside") if not p.time and not is_drone(p)]
    if not targets and verb.link == "conj" and verb.governor is not None:
        targets = list(verb.governor.prep("over", "at", "above", "into", "against"))
    if targets and targets[0].pronoun:
        before = [
            p
            for v in sentence.verbs
            if v.i < verb.i
            for p in v.subjects
            if is_actor(p) and p.tokens[0].start < targets[0].tokens[0].start and actors_of(p, sentence.context) != doers
        ]
        targets = before[:1]
    if not doers:
        doers = [
            n
            for v in sentence.verbs
            if v.participle and v.lemma in {"publish", "post", "release", "film", "share"}
            for n in actors_in(sentence, v.prep("by"))
        ]
    if low & HARMFUL:
        spots = [p for p in targets if not place_name(p)]
        targets = spots or targets
        yield from attack_drafts("drop", sentence, verb, doers, targets, tools[0] if tools else things[0], targets)
    elif low & CONTRABAND:
        for a in doers or [None]:  # type: ignore[list-item]
            yield Draft(
                "sighting",
                "drop-contraband",
                verb,
                actor=a,
                target="; ".join(text_of(p) for p in targets) or None,
                thing=text_of(things[0]),
                numbers=[*things, *tools],
                where=targets,
            )


def crash(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    drones = [p for p in verb.subjects if drone_head(p) or (p.pronoun and sentence.near and refers_to_drone(p, sentence))]
    if not drones:
        return
    places = [p for p in verb.prep("in", "on", "into", "at", "near", "onto", "over", "inside", "outside") if not p.time]
    owner = drone_owner(drones[0], sentence)
    harmed = any(v.classes & {"kill"} or v.lemma in {"die"} for v in sentence.verbs) or any(
        t.low in {"ablaze", "alight", "inferno"} for t in sentence.tokens
    )
    if harmed and places and verb.lemma not in {"come_down"}:
        yield from attack_drafts(
            "crash-harming",
            sentence,
            verb,
            [owner] if owner else [],
            [p for p in places if not place_name(p)] or places,
            drones[0],
            places,
        )
        return
    hit = [p for p in places if not place_name(p) or "building" in classes_of(p.head)]
    if (
        verb.lemma in {"explode", "detonate", "crash", "smash"}
        and hit
        and not (verb.lemma == "crash" and verb.prep("in", "on", "near", "at", "outside", "inside"))
    ):
        yield from attack_drafts("crash-into", sentence, verb, [owner] if owner else [], hit, drones[0], places)
    else:
        yield Draft("sighting", "crash", verb, actor=owner, target=None, thing=text_of(drones[0]), numbers=drones, where=places)


def suffer(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    attack = next((p for p in verb.objects if "attacknoun" in classes_of(p.head) and is_drone(p)), None)
    if attack is not None:
        by = [p for n, p in attack.after if n == "by"]
        yield from attack_drafts("suffer", sentence, verb, actors_in(sentence, by), verb.subjects, attack, verb.subjects)


def wage(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    if verb.lemma == "claim":
        yield from _claimed(sentence, verb)
        return
    things = things_of(verb)
    attack = next(
        (p for p in things if "attacknoun" in classes_of(p.head) and (is_drone(p) or instruments(sentence, verb))), None
    )
    if attack is None:
        attack = next((p for p in [*verb.prep("for")] if "attacknoun" in classes_of(p.head) and is_drone(p)), None)
    if attack is None:
        return
    hurt = [p for n, p in attack.after if n in {"on", "against", "at"}] or [
        p for p in verb.prep("on", "against", "at") if not p.time
    ]
    doers = actors_in(sentence, doers_of(verb)) or list(filter(None, [drone_owner(attack, sentence)]))
    sentence.consumed.add(-attack.i - 1)
    yield from attack_drafts("wage", sentence, verb, doers, [p for p in hurt if not p.time], attack, [attack, *hurt])


def _claimed(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Claimed responsibility for the strike", in a report where the strike before was a drone's; "claimed a drone attack"."""
    lives = next((p for p in verb.objects if p.head.low in {"life", "lives"}), None)
    tool = next((p for p in verb.subjects if drone_head(p) or (is_drone(p) and not is_actor(p))), None)
    if lives is not None and tool is not None:  # "a drone strike claimed the lives of 40"
        struck = [q for n, q in tool.after if n in {"on", "against", "at"} and not q.time]
        dead = [p for p in [lives.of] if p is not None]
        yield from attack_drafts(
            "claimed-lives",
            sentence,
            verb,
            [o for o in [drone_owner(tool, sentence)] if o],
            struck or dead,
            tool,
            [*dead, *struck],
        )
        return
    direct = next((p for p in verb.objects if "attacknoun" in classes_of(p.head) and is_drone(p)), None)
    for a in actors_in(sentence, verb.subjects) if direct is not None else []:
        hurt = [p for n, p in direct.after if n in {"on", "against", "at"} and not p.time] if direct is not None else []
        for draft in attack_drafts("claimed-attack", sentence, verb, [a], hurt, direct, hurt):
            draft.certainty = "alleged"
            yield draft
    if not verb.objects or verb.objects[0].head.low != "responsibility" or not (sentence.drone or sentence.near):
        return
    attacks = [
        p for p in [*verb.prep("for"), *(q for n, q in verb.objects[0].after if n == "for")] if "attacknoun" in classes_of(p.head)
    ]
    for a in actors_in(sentence, verb.subjects) if attacks else []:
        yield Draft(
            "use_attack",
            "claimed",
            verb,
            actor=a,
            target="; ".join(bare_text(p) for n, p in attacks[0].after if n in {"on", "against"}) or None,
            thing=text_of(attacks[0]),
            numbers=attacks,
            where=[p for _, p in attacks[0].after],
            certainty="alleged",
        )


def _struck_by(verb: Verb) -> list[Phrase]:
    """What a drone is flown into that suffers by it."""
    return [
        p
        for p in verb.prep("into", "onto")
        if not p.time
        and (classes_of(p.head) & {"building", "people", "force"})
        and p.head.low not in {"prison", "prisons", "jail", "airspace", "territory"}
    ]


def steer(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """Drones guided or flown into something that suffers by it."""
    drones = [p for p in things_of(verb) if drone_head(p)]
    hit = _struck_by(verb)
    if drones and hit:
        doers = actors_in(sentence, doers_of(verb)) or list(filter(None, [drone_owner(drones[0], sentence)]))
        yield from attack_drafts("steer", sentence, verb, doers, hit, drones[0], hit)


def under_attack(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Kyiv came under drone attack"."""
    attack = next((p for p in verb.prep("under") if "attacknoun" in classes_of(p.head) or p.head.low == "fire"), None)
    if attack is None or not (is_drone(attack) or sentence.drone):
        return
    by = [*verb.prep("by", "from"), *(p for n, p in attack.after if n in {"by", "from"})]
    doers = actors_in(sentence, by) or [o for p in [*by, attack] if (o := drone_owner(p, sentence))]
    yield from attack_drafts("under-attack", sentence, verb, doers[:1], verb.subjects, attack, verb.subjects)


def fired_on(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Opened fire on drones over a base": seen, and shot at."""
    if not any(p.head.low == "fire" for p in verb.objects):
        return
    drones = [
        p for p in [*verb.prep("on", "at"), *(q for p in verb.objects for n, q in p.after if n in {"on", "at"})] if is_drone(p)
    ]
    if not drones:
        return
    spots = [p for n, p in drones[0].after if n in {"over", "near", "above", "at"}] or verb.prep("over", "near", "above")
    yield Draft(
        "sighting",
        "fired-on",
        verb,
        actor=drone_owner(drones[0], sentence),
        target=text_of(spots[0]) if spots else None,
        thing=text_of(drones[0]),
        numbers=drones[:1],
        where=spots,
    )


def attributed(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    """ "Attributed the drone attack on the station to dissidents": alleged."""
    told = sentence.context.told_of("use_attack")
    raids = [p for p in verb.prep("for") if "attacknoun" in classes_of(p.head) and (is_drone(p) or told)]
    if verb.lemma == "blame" and not verb.passive and raids:  # "has blamed X for these attacks"
        hurt = [p for n, p in raids[0].after if n in {"on", "against", "at"} and not p.time]
        for draft in attack_drafts("blamed-for", sentence, verb, actors_in(sentence, verb.objects)[:1], hurt, raids[0], hurt):
            if draft.actor is not None:
                draft.certainty = "alleged"
                yield draft
        return
    attack = next((p for p in things_of(verb) if "attacknoun" in classes_of(p.head) and (is_drone(p) or sentence.near)), None)
    doers = actors_in(sentence, verb.prep("to", "on"))
    if attack is None or not doers or verb.participle or (verb.lemma == "blame" and not verb.passive):
        return
    hurt = [p for n, p in attack.after if n in {"on", "against", "at"} and not p.time]
    for draft in attack_drafts("attributed", sentence, verb, doers[:1], hurt, attack, [attack, *hurt]):
        draft.certainty = "alleged"
        yield draft
