"""What no frame has read: a table of verbs and nouns, each with the places where its ends stand.

The frames (frames/, nominals.py) read a clause closely; this reads what they left, from data/broad.tsv: a kind, its words and the
places of its ends and of the thing. An end that its place does not give stays empty, so that a reader of the inbox fills it: to guess the
other party of a delivery makes a false flow. Claims carry the rule "broad-...". What it adds and what it costs: docs/learn.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from picket.learn.broad.common import rows_for, singular
from picket.learn.broad.counts import counts
from picket.learn.broad.nouns import of_noun
from picket.learn.broad.verbs import of_verb
from picket.learn.chunks import Phrase, Verb
from picket.learn.drafts import Draft
from picket.learn.frames.table import only_meant
from picket.learn.sentence import Sentence


def broad_drafts(sentence: Sentence, made: list[Draft]) -> Iterator[Draft]:
    """Drafts for the verbs and nouns that no draft of `made` rests on, at most one of a kind."""
    if not (sentence.drone or sentence.near):
        return
    taken = {id(d.verb) for d in made if d.verb is not None}
    kinds = {d.kind for d in made}
    alone, here = not made, list(made)
    by_verb, by_noun = rows_for("v"), rows_for("n")
    for verb in sentence.verbs:
        if verb.lemma not in by_verb or id(verb) in taken or only_meant(verb) or not (alone or _own_clause(verb, made)):
            continue
        for row in by_verb.get(verb.lemma, ()):
            if row.kind not in kinds:
                found = list(of_verb(sentence, verb, row))
                if found:
                    kinds.add(row.kind)
                    here.extend(found)
                    yield from found
                    break
    yield from counts(sentence, here)
    for outer in sentence.items if not made else []:
        phrase = outer if isinstance(outer, Phrase) else None
        while phrase is not None:
            for row in by_noun.get(singular(phrase.head.low), ()):
                if row.kind not in kinds:
                    found = list(of_noun(sentence, phrase, row))
                    if found:
                        kinds.add(row.kind)
                        yield from found
                        break
            phrase = phrase.of


def _own_clause(verb: Verb, made: list[Draft]) -> bool:
    """In a sentence that gave a claim already: is the verb the head of another clause, not a part of one that was read?"""
    if not verb.finite or verb.participle or verb.infinitive or verb.gerund or verb.link not in {"main", "conj", ""}:
        return False
    read = [d.verb for d in made if d.verb is not None]
    return all(v.governor is not verb and v.subjects != verb.subjects for v in read)
