"""Where claims are lost, by kind of error: what the reader should learn next, without a look at any one sentence."""

from __future__ import annotations

from typing import Any

from benchmarks.claim_scores import ROLES, pairs, same_name, same_quantity
from picket.learn.extract import claims_of
from picket.learn.lexicon import lexicon
from picket.learn.report import Report

Row = dict[str, Any]
# The classes of words that speak of a kind; a gold claim in whose sentence none stands was lost for want of a word.
WORDS = {
    "training": {"train", "learn", "trainnoun"},
    "advising": {"advise", "share", "advnoun"},
    "supply": {"give", "sell", "offer", "equip", "get", "request", "fund", "supplynoun"},
    "recruitment": {"recruit", "join", "link"},
    "deployment": {"deploy", "arrive"},
    "use_attack": {"strike", "kill", "destroy", "launch", "drop", "steer", "crash", "suffer", "wage", "attacknoun"},
    "sighting": {"detect", "down", "seize", "overfly", "intrude", "smuggle", "spy", "disrupt", "crash", "sightnoun"},
    "adoption": {"adopt", "use", "rely", "get", "adapt"},
    "production": {"make"},
    "warning": {"warn", "fear", "threaten", "lack"},
    "statistic": set(),
}


def losses(reports: list[tuple[Report, list[Row]]]) -> dict[str, int]:
    """Counts over gold claims and over claims that nobody annotated. A paired claim may be wrong in several ways."""
    import msgspec

    out = dict.fromkeys(
        [
            "gold",
            "no_word",
            "not_read",
            "second_in_sentence",
            "other_kind",
            "wrong_end",
            "end_missing",
            "country",
            "quantity",
            "spurious",
        ],
        0,
    )
    for report, golds in reports:
        mine = [msgspec.to_builtins(c) for c in claims_of(report)]
        found = pairs(mine, golds)
        used = {id(row) for pair in found for row in pair}
        read = {c["evidence"] for c in mine}
        out["gold"] += len(golds)
        out["spurious"] += sum(id(c) not in used for c in mine)
        for gold in golds:
            if id(gold) in used:
                continue
            if gold["evidence"] in read:
                out["second_in_sentence"] += 1
            else:
                out["not_read" if _spoken(gold) else "no_word"] += 1
        for p, g in found:
            if p["kind"] != g["kind"]:
                out["other_kind"] += 1
                continue
            ends = [(p[r], g[r]) for r in ROLES if g[r]]
            out["wrong_end"] += any(a and not same_name(a, b) for a, b in ends)
            out["end_missing"] += any(not a for a, _ in ends)
            out["country"] += bool(g["country"] and p["country"] != g["country"])
            out["quantity"] += bool(g["quantity"] and not same_quantity(p, g))
    return out


def _spoken(gold: Row) -> bool:
    table = lexicon()
    wanted = WORDS[gold["kind"]]
    for word in gold["evidence"].lower().replace("-", " ").split():
        word = word.strip('.,;:"()“”')
        form = table.verbs.get(word)
        classes = set(table.noun_classes.get(word, ())) | set(table.verb_classes.get(form.lemma, ()) if form else ())
        if not wanted or classes & wanted:
            return True
    return False
