"""From the words in a claim's slot to an actor.

The order of the steps is the rule: a known name; a class of people whose words say where they come from or learned; a force, a
government or a group under a country's adjective; the same name without "members of" or its owner; a person, whose name is not
kept; else a name that is kept as it stands and marked unresolved. What people decide (decisions.py) comes after all that.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from importlib import resources

from picket.learn.claim import Claim
from picket.learn.names import key, slug
from picket.learn.parties import PERSON, Actor, Table, country_name, known_actors, named, unstated

_PEOPLE = (
    "volunteers?|fighters?|mercenar(?:y|ies)|recruits?|veterans?|engineers?|experts?|specialists?|technicians?|nationals?|workers?|"
    "citizens?|students?|contractors?|guerrillas?|militants|pilots|soldiers|ex-soldiers|officers|commandos|instructors|advisers|"
    "advisors|trainers|smugglers|traffickers|gunmen|inmates|people|men|women|youths|hackers"
)
_FORCES = (
    "forces?|troops|army|military|soldiers|navy|air force|armed forces|special forces|special operations forces|marines?|units?|"
    "instructors|trainers|advisers|advisors|operators?|pilots|officers|personnel|border guards?|national guard|police|commandos|"
    "intelligence|intelligence services?|security services?|security forces|special services|specialists|military advisers|"
    "military instructors|crews|drone crews|drone operators|drone pilots|drone units?|air defences?|air defenses?"
)
_RULERS = (
    "government|officials?|authorities|state|regime|ministry|"
    "defen[cs]e ministry|defen[cs]e officials|leadership|leaders|junta|president|presidency"
)
_COMPANIES = "compan(?:y|ies)|firms?|manufacturers?|makers?|suppliers?|start-?ups?|producers?|arms industry|industry"
_GROUPS = (
    "rebels?(?: groups?)?|rebel groups?|insurgents?|militants?|militias?|gangs?|cartels?(?: \\w+)?|armed groups?|opposition(?: \\w+)?|"
    "jihadists?|separatists?|guerrillas?|(?:organi[sz]ed )?(?:criminal|crime) (?:groups?|networks?|organi[sz]ations?|gangs?)|"
    "smugglers|smuggling (?:groups?|networks?|gangs?)|"
    "traffickers|drug traffickers|paramilitar(?:y|ies)|resistance"
)
_FORMER = r"(?:ex-|ex |former |retired )"
_MEMBERS = re.compile(
    r"^(?:some |several |many |\w+ )?(?:members?|fighters|forces|operatives|units|elements|"
    r"branch|supporters|affiliates|leaders) of (?:the )?",
    re.I,
)
_TAIL = re.compile(
    r"\s+(?:rebels?|militants?|fighters|members?|forces|group|movement|militia|coalition|operatives|insurgents|recruits)$", re.I
)
_LEARNED = re.compile(
    r"^(?P<who>.+?)\s+(?:who (?:were |had )?)?(?:trained|schooled|taught|who learned|learned|"
    r"instructed|with (?:combat )?experience)\s+(?:in|by|at)\s+(?P<where>.+)$",
    re.I,
)
_IN_PLACE = re.compile(rf"^(?P<who>(?:\w+[ -]){{0,2}}?(?:{_GROUPS}|{_PEOPLE}))\s+(?:in|from|of)\s+(?P<where>.+)$", re.I)
_BACKED = re.compile(r"\w[- ](?:backed|linked|aligned|supported|led|sponsored|funded|allied|affiliated)\b", re.I)
_COUNTED = re.compile(
    r"^(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|several|many|some|vetted|unnamed|unidentified)\b",
    re.I,
)
_TITLE = re.compile(
    r"^(?:Mr|Mrs|Ms|Dr|Sir|Gen|General|Col|Colonel|Lt|Capt|Captain|Major|Maj|Admiral|Adm|President|Minister|Senator|Sheikh|Sgt)\b\.?",
    re.I,
)
_ORGANISATION = re.compile(
    r"\b(?:front|army|force|forces|group|cartel|brigade|battalion|company|corp|inc|ltd|llc|gmbh|systems|global|aerospace|defen[cs]e|technolog\w+|"
    r"industr\w+|movement|party|union|council|ministry|agency|institute|university|command|corps|legion|guard|police|navy|clan|gang|committee|"
    r"administration|office|bureau|department|services?|security|state|league|alliance|organi[sz]ation|network|center|centre|robotics|dynamics|drones?|unmanned)\b",
    re.I,
)


def actors_of(claims: Iterable[Claim], more: Iterable[str] = ()) -> dict[str, Actor]:
    """Every known actor, whoever the claims name, and those of the ids in `more`, by id."""
    resolver = Resolver()
    for c in claims:
        for name in (c.provider, c.recipient, c.actor):
            resolver.resolve(name)
        if c.actor is None:
            resolver.unstated(c.country)
    made = {i: Actor(id=i, name=i.rpartition("/")[2].replace("-", " "), type="unresolved") for i in more}
    return made | resolver.actors


class Resolver:
    """Names -> actors, with every actor made on the way in `actors`. Deterministic; one name costs some 20 us, seen ones nothing."""

    def __init__(self, table: Table | None = None) -> None:
        table = table or known_actors()
        self._alias, self._adjective = table.alias, table.adjective
        self.actors: dict[str, Actor] = dict(table.actors)
        self._seen: dict[str, str] = {}
        longest = sorted(self._adjective, key=lambda a: (-len(a), a))
        adjective = "(?P<adj>" + "|".join(re.escape(a) for a in longest) + ")"
        self._patterns = [
            (re.compile(rf"^{_FORMER}{adjective}\s+(?:\w+\s+)?(?P<rest>{_PEOPLE}|{_FORCES})$"), self._people),
            (re.compile(rf"^{adjective}\s+(?:{_FORMER}(?:\w+\s+)?(?:{_PEOPLE}|{_FORCES})|ex)(?:\s\w+)?$"), self._people),
            (re.compile(rf"^{adjective}\s+(?:\w+\s+){{0,2}}?(?P<rest>{_RULERS})$"), self._state),
            (re.compile(rf"^{adjective}\s+(?:\w+\s+){{0,2}}?(?P<rest>{_COMPANIES})$"), self._people),
            (re.compile(rf"^{adjective}\s+(?:\w+\s+){{0,2}}?(?P<rest>{_FORCES})$"), self._force),
            (re.compile(rf"^{adjective}\s+(?:\w+\s+){{0,2}}?(?P<rest>{_GROUPS})$"), self._group),
            (re.compile(rf"^{adjective}\s+(?:\w+\s+){{0,2}}?(?P<rest>{_PEOPLE})$"), self._people),
        ]
        self._bare_people = re.compile(rf"^(?:\w+\s+){{0,3}}(?:{_PEOPLE}|{_GROUPS})$")

    def resolve(self, name: str | None) -> str | None:
        """The id of the actor that `name` stands for; None for no name."""
        if not name or not name.strip():
            return None
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = self._add(self._find(name.strip(), 0))
        return seen

    def unstated(self, country: str | None) -> str:
        """The id of the unnamed actor of that country."""
        return self._add(unstated(country))

    def state(self, country: str | None) -> str | None:
        """The id of the state of that ISO code, None when there is none."""
        return country.lower() if country and country.lower() in self.actors else None

    def _add(self, actor: Actor) -> str:
        self.actors.setdefault(actor.id, actor)
        return actor.id

    def _find(self, name: str, depth: int) -> Actor:
        k = key(name)
        if (known := self._alias.get(k)) is not None:
            return self.actors[known]
        if k in self._adjective and depth:
            return self.actors[self._adjective[k]]
        if depth > 4:
            return named(name, "unresolved")
        if _BACKED.search(name):  # "Russian-backed forces" are not Russia's
            return named(name, "group")
        return self._class(name, depth) or self._by_adjective(name, k) or self._shorter(name, depth) or self._last(name, k)

    def _class(self, name: str, depth: int) -> Actor | None:
        """Classes whose words say where they learned or live."""
        if m := _LEARNED.match(name):
            where = self._place(m["where"])
            if where is not None:
                who = self._find(m["who"], depth + 1)
                base = who if who.type == "class" else None
                return _people_class(name, origin=base.origin if base else None, learned_at=where.id)
        if m := _IN_PLACE.match(name):
            where = self._place(m["where"])
            if where is not None and where.country:
                known = self._alias.get(key(m["who"]))
                if known is not None and self.actors[known].country in (None, where.country):
                    return self.actors[known]
                group = re.search(rf"(?:{_GROUPS})$", m["who"], re.I) is not None
                return named(name, "group", country=where.country) if group else _people_class(name, origin=where.id)
        return None

    def _place(self, name: str) -> Actor | None:
        found = self._alias.get(key(name))
        if found is None and "," in name:
            found = self._alias.get(key(name.rsplit(",", 1)[1]))
        return self.actors[found] if found is not None else None

    def _by_adjective(self, name: str, k: str) -> Actor | None:
        for pattern, make in self._patterns:
            if m := pattern.match(k):
                return make(name, self.actors[self._adjective[m["adj"]]])
        return None

    def _people(self, name: str, state: Actor) -> Actor:
        return _people_class(name, origin=state.id)

    def _state(self, _: str, state: Actor) -> Actor:
        return state

    def _force(self, name: str, state: Actor) -> Actor:
        return named(name, "force", country=state.country, parent=state.id)

    def _group(self, name: str, state: Actor) -> Actor:
        return named(name, "group", country=state.country)

    def _shorter(self, name: str, depth: int) -> Actor | None:
        """The name without brackets, "members of", its owner or a general noun at the end, if that is known."""
        for shorter in (
            re.sub(r"\s*\([^)]*\)", "", name),
            _MEMBERS.sub("", name),
            re.sub(r"^.*?['’]s?\s+", "", name, count=1) if re.search(r"\w['’]s?\s", name) else name,
            _TAIL.sub("", name),
            re.sub(r"^(?:suspected|alleged|armed|local|unidentified|so-called|several|some|other|more)\s+", "", name, flags=re.I),
        ):
            if shorter and shorter != name:
                found = self._find(shorter, depth + 1)
                if found.type not in ("unresolved", "person"):
                    return found
        if m := re.match(r"^(?P<owner>[\w .-]+?)['’]s?\s+(?P<rest>.+)$", name):  # "Haiti's police": a body of that state
            owner = self._place(m["owner"])
            if owner is not None and owner.type == "state" and re.search(rf"\b(?:{_FORCES})$", m["rest"], re.I):
                return named(f"{country_name(owner.country)} {m['rest']}", "force", country=owner.country, parent=owner.id)
            if owner is not None and owner.type == "state" and re.search(rf"\b(?:{_RULERS})$", m["rest"], re.I):
                return owner
        return None

    def _last(self, name: str, k: str) -> Actor:
        if self._bare_people.match(k) or _COUNTED.match(name):
            return named(name, "class")
        if _is_person(name):
            return PERSON
        return named(name, "unresolved")


def _people_class(name: str, *, origin: str | None = None, learned_at: str | None = None) -> Actor:
    """A class of people. "ex-Colombian soldiers" and "former soldiers from Colombia" are one: the id is noun, former, origin, school."""
    k = key(name)
    nouns = re.findall(rf"\b(?:{_PEOPLE}|{_FORCES}|{_COMPANIES})\b", _LEARNED.sub(lambda m: m["who"], k))
    former = "ex-" if re.search(r"\bex\b|\bformer\b|\bretired\b|\bveterans?\b", k) else ""
    what = nouns[-1].removeprefix("ex ").removesuffix("s") if nouns else slug(name)
    return Actor(
        id=f"class/{former}{slug(what)}/{origin or '-'}/{learned_at or '-'}",
        name=name,
        type="class",
        origin=origin,
        learned_at=learned_at,
    )


def _is_person(name: str) -> bool:
    """Errs towards yes: a wrong yes loses a name, a wrong no keeps one that must not be kept."""
    if _TITLE.match(name) and not _ORGANISATION.search(name):
        return True
    parts = re.findall(r"[^\W\d_][\w'’-]*", name)
    if not 2 <= len(parts) <= 4 or _ORGANISATION.search(name) or not all(p[0].isupper() for p in (parts[0], parts[-1])):
        return False
    return key(parts[0]) in _given_names()


@functools.cache
def _given_names() -> frozenset[str]:
    lines = (resources.files("picket.learn") / "known" / "given-names.txt").read_text("utf-8").splitlines()
    return frozenset(n for n in lines if n and not n.startswith("#"))
