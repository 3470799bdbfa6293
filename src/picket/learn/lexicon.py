"""The words that reading knows: closed classes, verb and noun classes, and the names of states, actors, drones and places.

All of it lies in the package's `data` folder as tab-separated text, written for Picket from general knowledge, so that a
reader can add a name or a verb without touching code. Forms (plurals, tenses) are derived here. Loaded once, on first use.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from picket.learn import gazetteer

VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Name:
    """An entry of the gazetteer: `shown` is its first name, `kind` state, demonym, capital, force, group, agency, company,
    bloc, media, think, drone or place; `country` ISO 3166-1 alpha-2 or None; `state` the country's name for a demonym or capital."""

    kind: str
    shown: str
    country: str | None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class VerbForm:
    """What an inflected word can be: lemma, and form (base, s, past, part, ing; `ed` is past and part alike)."""

    lemma: str
    form: str


@dataclass(slots=True)
class Lexicon:
    """Everything that the tagger and the frames look up, by lower-case word."""

    verbs: dict[str, VerbForm] = field(default_factory=dict)
    verb_classes: dict[str, frozenset[str]] = field(default_factory=dict)
    particles: dict[tuple[str, str], str] = field(default_factory=dict)
    noun_classes: dict[str, frozenset[str]] = field(default_factory=dict)
    singular: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[tuple[tuple[str, ...], Name]]] = field(default_factory=dict)
    behind: dict[str, frozenset[str]] = field(default_factory=dict)  # in small letters, by a first word that is no name alone
    states: dict[str, str] = field(default_factory=dict)
    demonyms: dict[str, str] = field(default_factory=dict)
    makers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    made_in: Counter[str] = field(default_factory=Counter)  # how many names of drones each country's makers have
    identities: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of names that the trained reader has looked up


def _rows(name: str) -> list[list[str]]:
    text = files("picket.learn").joinpath("data", name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]


def plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh", "z")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in VOWELS:
        return noun[:-1] + "ies"
    if noun.endswith("man") and noun not in {"human", "roman"}:
        return noun[:-3] + "men"
    return noun + "s"


def _inflect(base: str) -> tuple[str, str, str]:
    """(third person, past, -ing) of a regular verb."""
    if base.endswith("c"):
        return base + "s", base + "ked", base + "king"
    if base.endswith("e"):
        return base + "s", base + "d", (base[:-1] if not base.endswith(("ee", "oe", "ye")) else base) + "ing"
    if base.endswith("y") and base[-2] not in VOWELS:
        return base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    doubled = (
        len(base) >= 3
        and base[-1] not in VOWELS + "wxy"
        and base[-2] in VOWELS
        and (base[-3] not in VOWELS or base[-4:-1] == "qui")
        and base not in {"open", "edit", "exit"}
        and (len(base) <= 4 or base in word_set("lexicon.doubled"))
    )
    stem = base + base[-1] if doubled else base
    third = base + "es" if base.endswith(("s", "x", "ch", "sh", "z", "o")) else base + "s"
    return third, stem + "ed", stem + "ing"


def _add_verb(lexicon: Lexicon, spec: str, kind: str, classes: dict[str, set[str]]) -> None:
    base, _, rest = spec.partition("/")
    past, _, part = rest.partition("/")
    lemma, _, particle = base.partition("_")
    third, regular, ing = _inflect(lemma)
    if not particle:
        classes.setdefault(lemma, set()).add(kind)
    else:
        lexicon.particles[(lemma, particle)] = kind
        classes.setdefault(lemma, set())
    if past and lemma in lexicon.verbs and lexicon.verbs[lemma].form in {"base", "same"}:
        lexicon.verbs.pop(regular, None)
    known = any(f.lemma == lemma for f in (lexicon.verbs.get(lemma),) if f)
    if known and not past:
        return
    if base.startswith("3D"):
        lemma = "3d-print"
        third, regular, ing = "3d-prints", "3d-printed", "3d-printing"
        classes.setdefault(lemma, set()).add(kind)
    american = [(lemma + "ed", "ed"), (lemma + "ing", "ing")] if regular.endswith("lled") and not past else []  # traveled
    for word, form in (
        *american,
        (third, "s"),
        (past or regular, "past" if past and past != part else "ed"),
        (part or regular, "part" if past and past != part else "ed"),
        (ing, "ing"),
        (lemma, "base"),
    ):
        if word not in lexicon.verbs or form in ("base",):
            lexicon.verbs[word] = VerbForm(lemma, "same" if form == "base" and lemma in (past, part) else form)


@cache
def _word_sets() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in _rows("words.tsv")}


def word_set(name: str) -> frozenset[str]:
    """A set of words of data/words.tsv by its name."""
    return _word_sets()[name]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once from the package's data files (about 30 ms)."""
    found = Lexicon()
    classes: dict[str, set[str]] = {}
    for kind, words in _rows("verbs.tsv"):
        for spec in words.split():
            _add_verb(found, spec, kind, classes)
    found.verb_classes = {k: frozenset(v - {"-"}) for k, v in classes.items()}
    nouns: dict[str, set[str]] = {}
    for kind, words in _rows("nouns.tsv"):
        for word in words.split():
            for form in (word, plural(word)):
                nouns.setdefault(form, set()).add(kind)
                found.singular.setdefault(form, word)
    found.noun_classes = {k: frozenset(v) for k, v in nouns.items()}
    _load_names(found)
    return found


@cache
def given_names() -> frozenset[str]:
    """Given names of persons, as they are written."""
    text = files("picket.learn").joinpath("known", "given-names.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _add_name(found: Lexicon, text: str, name: Name) -> None:
    parts = tuple(text.replace("’", "'").split())
    if parts:
        first = parts[0].lower().removesuffix("'s")  # as words are split: "People's Defence Force" is found at "people"
        found.names.setdefault(first, []).append((parts, name))


def _lay_over(found: Lexicon, own: gazetteer.Gazetteer) -> None:
    """An analyst's names win over the same names of the package."""
    rows: list[tuple[str, Name]] = []
    for actor in own.actor:
        kind = gazetteer.KIND_OF.get(actor.type, actor.type)
        rows += [(text, Name(kind, actor.name, actor.country)) for text in (actor.name, *actor.aliases)]
    for place in own.place:
        rows += [(text, Name("place", text, place.country)) for text in (place.name, *place.aliases)]
    for drone in own.drone:
        for text in (drone.name, *drone.aliases):
            found.makers[text] = (drone.country, drone.maker)
            rows.append((text, Name("drone", text, drone.country)))
    gone = {tuple(text.replace("’", "'").split()) for text in [*own.drop, *(text for text, _ in rows)]}
    for first in {parts[0].lower() for parts in gone if parts}:
        found.names[first] = [e for e in found.names.get(first, []) if e[0] not in gone]
    for text, name in rows:
        _add_name(found, text, name)


def _load_names(found: Lexicon) -> None:
    for row in _rows("states.tsv"):
        iso, names, demonyms, capitals = [*row, "", ""][:4]
        shown = names.split(";")[0]
        found.states[iso] = shown
        for text in filter(None, names.split(";")):
            _add_name(found, text, Name("state", shown, iso, shown))
        if iso == "MM":
            found.demonyms[iso] = shown  # "the Myanmar army": news seldom writes Burmese
        for text in filter(None, demonyms.split(";")):
            found.demonyms.setdefault(iso, text)
            _add_name(found, text, Name("demonym", text, iso, shown))
        for text in filter(None, capitals.split(";")):
            _add_name(found, text, Name("capital", text, iso, shown))
    for kind, iso, names in _rows("actors.tsv"):
        shown = names.split(";")[0]
        for text in names.split(";"):
            _add_name(found, text, Name(kind, shown, None if iso == "-" else iso))
    for iso, maker, names in _rows("drones.tsv"):
        written = names.split(";")
        for text in [*written, *(t + "s" for t in written if t[-1:] not in "s" and t + "s" not in written)]:
            found.makers[text] = (None if iso == "-" else iso, None if maker == "-" else maker)
            _add_name(found, text, Name("drone", text, None if iso == "-" else iso))
    for iso, names in _rows("places.tsv"):
        for text in names.split(";"):
            for spelt in {text, text[0].swapcase() + text[1:]} if text.lower().startswith(("al-", "el-")) else {text}:
                _add_name(found, spelt, Name("place", text, None if iso == "-" else iso))
    _lay_over(found, gazetteer.active())
    found.made_in.update(country for country, _ in found.makers.values() if country)
    for first, entries in found.names.items():
        entries.sort(key=lambda e: -len(e[0]))
        if all(len(parts) > 1 and "'" not in parts[0] for parts, _ in entries):
            seconds = [s.lower().replace("‑", "-") for parts, _ in entries for s in (parts[1], parts[1].upper())]
            found.behind[first] = frozenset(s.removesuffix(end) for s in seconds for end in ("", "'", "'s"))
