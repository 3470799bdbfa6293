"""Words that can be several things, decided by their neighbours: noun or verb, past or participle, "that", "back".

`tagging.py` gives each word its first tag; what it left open is decided here, from left to right, by closed rules.
"""

from __future__ import annotations

from picket.learn.lexicon import Lexicon, lexicon, word_set
from picket.learn.tokens import Token

NOUN_OR_VERB = word_set("tagging.noun_or_verb")
_IRREGULAR_PLURAL = word_set("tagging.irregular_plural")
NOUN_ING = word_set("tagging.noun_ing")
_NOMINAL_BEFORE = frozenset({"DET", "ADJ", "POS", "NUM", "DEM", "PRP$"})
_ARREST = frozenset(
    ["arrest", "charge", "indict", "accuse", "convict", "sentence", "jail", "detain", "suspect", "sanction", "try"]
)
_NAMED_OR_GIVEN = frozenset(
    ["call", "name", "dub", "consider", "give", "send", "offer", "teach", "hand", "grant", "award", "deny", "pay", "deem", "lend"]
)
_LOCATED = frozenset(
    [
        "based",
        "located",
        "headquartered",
        "situated",
        "dubbed",
        "known",
        "named",
        "led",
        "headed",
        "run",
        "owned",
        "aligned",
        "affiliated",
    ]
)
_SAYING = frozenset({"say", "warn"})
_CLOSERS = frozenset({",", ";", ":", "-", "SUB", "REL", ".", '"', "(", ")"})


def _finite(token: Token) -> bool:
    return (
        token.tag in {"MODAL", "DO"}
        or (token.tag == "BE" and token.low not in {"be", "been", "being"})
        or (token.tag == "HAVE" and token.low != "having")
        or (token.tag in {"V", "V?"} and token.form == "past")
    )


def _relative_subject(found: list[Token], i: int) -> bool:
    """Is the noun before i the whole subject of a clause that a relative word opens: "which Russia", "that the army"?"""
    k = i - 1
    while k >= 0 and found[k].tag in {"N", "NP", "DET", "ADJ", "PRP$"}:
        k -= 1
    return k >= 0 and found[k].tag == "REL" and found[k].low in {"which", "that"} and found[i - 1].low[-1:] != "s"


def _finite_later(found: list[Token], i: int) -> bool:
    """Is there a finite verb further on in this segment that has no subject of its own just before it?"""
    for k in range(i + 1, len(found)):
        token = found[k]
        if token.tag in _CLOSERS or (token.tag == "PREP" and token.low in {"after", "before", "until"}):
            return False
        if (
            token.tag == "V?"
            and token.form in {"ed", "past"}
            and k > i + 1
            and found[i].tag == "V?"
            and i + 1 < len(found)
            and found[i + 1].tag in {"PREP", "TO", "ADV"}
            and found[k - 1].tag in {"N", "NP"}
            and k + 1 < len(found)
            and found[k + 1].tag in {"DET", "DEM", "NP", "N", "PRP$", "NUM", "QUAL"}
            and not any(t.tag == "PREP" and t.low in {"after", "before", "since", "until", "as"} for t in found[i:k])
        ):
            return True
        if _finite(token) or (token.tag == "V?" and token.form == "same" and found[k - 1].tag in {"N", "NP", ")", "ADV"}):
            if found[k - 1].tag == "CC":
                return False
            return found[k - 1].tag not in {"PRON"} or found[k - 1].low in {"them", "him", "us"}
    return False


def _back(found: list[Token], i: int) -> int:
    """Index of the token before i that is no adverb; -1 at the start."""
    i -= 1
    while i >= 0 and found[i].tag in {"ADV", "NEG"}:
        i -= 1
    return i


def decide(found: list[Token], words: Lexicon) -> None:
    for i, token in enumerate(found):
        if token.tag == "ADJ" and token.low in words.noun_classes and i + 1 < len(found):
            follows = found[i + 1]
            then = found[i + 2] if i + 2 < len(found) else None
            if follows.tag == "V?" and (
                follows.form in {"past"}
                or (
                    follows.form == "ed"
                    and i > 0
                    and found[i - 1].tag in {"POS", "DEM", "DET"}
                    and then is not None
                    and then.tag not in {"CC", "BE", "HAVE", "MODAL"}
                    and not _finite_later(found, i + 1)
                )
                or "say" in words.verb_classes.get(follows.lemma, ())
                or (follows.form in {"s", "base"} and then is not None and then.tag == "TO")
            ):
                token.tag = "N"  # "Ukraine's military said", "the military plans to"
    for i, token in enumerate(found):
        if token.tag == "REL" and token.low == "that":
            _that(found, i)
        if token.tag == "TO":
            token.tag = "TO" if _verb_follows(found, i) else "PREP"
        if token.tag == "V?":
            before = _back(found, i)
            prev = found[before] if before >= 0 else None
            after = found[i + 1] if i + 1 < len(found) else None
            token.tag = _verb_or_not(token, prev, after, found, i)
        if (
            token.tag == "ADJ"
            and token.low in words.noun_classes
            and (i + 1 >= len(found) or found[i + 1].tag not in {"N", "NP", "ADJ", "DEM", "V?", "CC", "NUM"})
        ):
            token.tag = "N"
        if token.tag == "NUM" and token.low == "one" and i + 1 < len(found) and found[i + 1].tag in {"BE", "HAVE", "MODAL", ","}:
            token.tag = "PRON"


def _said_where(found: list[Token], i: int) -> bool:
    """Does "that" open what a verb of saying before it says, with only where, when or to whom it was said between?"""
    after = found[i + 1] if i + 1 < len(found) else None
    if after is None or after.tag in {"V", "V?", "BE", "HAVE", "MODAL", "DO", "ADV"}:
        return False
    for token in reversed(found[max(0, i - 9) : i]):
        if token.tag in {"V", "V?"}:
            return bool(_SAYING & lexicon().verb_classes.get(token.lemma or "", frozenset()))
        if token.tag not in {"PREP", "DET", "ADJ", "N", "NP", "TIME", "PRP$", "PRON", "DEM", "POS", "NUM", "ADV"}:
            return False
    return False


def _that(found: list[Token], i: int) -> None:
    prev = found[i - 1] if i else None
    after = found[i + 1] if i + 1 < len(found) else None
    if prev is not None and _said_where(found, i):
        found[i].tag = "SUB"  # "said in a statement that", "told reporters in Kyiv on Friday that"
    elif prev is not None and (
        prev.tag in {"V", "V?"}
        or (prev.tag == "NP" and i >= 2 and found[i - 2].low in {"told", "tells", "telling"})
        or prev.low
        in {
            "evidence",
            "suggestion",
            "suggestions",
            "accusation",
            "accusations",
            "charge",
            "charges",
            "assertion",
            "possibility",
            "rumours",
            "rumors",
            "rumour",
            "speculation",
            "proof",
            "indications",
            "indication",
            "belief",
            "assessment",
            "conclusion",
            "notion",
            "idea",
            "hope",
            "hopes",
            "likelihood",
            "risk",
            "danger",
            "prospect",
            "worry",
            "worries",
            "suspicions",
            "confirmation",
            "announcement",
            "condition",
            "claim",
            "claims",
            "report",
            "reports",
            "fact",
            "fears",
            "fear",
            "warning",
            "warnings",
            "allegations",
            "allegation",
            "concern",
            "concerns",
            "suspicion",
            "sign",
            "signs",
            "so",
            "denial",
            "view",
            "month",
            "year",
            "week",
            "tuesday",
            "wednesday",
            "monday",
            "thursday",
            "friday",
            "day",
            "senators",
            "committee",
            "council",
            "parliament",
            "reporters",
            "journalists",
            "newspaper",
            "agency",
            "afp",
            "reuters",
            "lawmakers",
            "court",
        }
        or prev.tag == "PRON"
    ):
        found[i].tag = "SUB"
    elif after is not None and after.tag in {"N"} and (prev is None or prev.tag in {"PREP", "V"}):
        found[i].tag = "DET"
    elif prev is not None and prev.tag in {"CC", ","} and any(t.tag == "SUB" and t.low == "that" for t in found[:i]):
        found[i].tag = "SUB"


def _verb_follows(found: list[Token], i: int) -> bool:
    k = i + 1
    while k < len(found) and found[k].tag in {"ADV", "NEG"}:
        k += 1
    if k >= len(found):
        return False
    token = found[k]
    if token.low in {"be", "have", "do"}:
        return True
    if token.tag == "V?" and token.form in {"base", "same"}:
        return not (
            token.lemma in NOUN_OR_VERB and k + 1 < len(found) and found[k + 1].tag in {"PREP"} and found[k + 1].low in {"of"}
        )
    return False


_DRONISH = frozenset(["drone", "fpv", "uav", "quadcopter"])
_CRAFTS = frozenset(["fly", "pilot", "build", "make", "operate", "hunt", "jam", "repair", "race", "handle"])


def _verb_or_not(token: Token, prev: Token | None, after: Token | None, found: list[Token], i: int) -> str:
    tag = prev.tag if prev else ""
    next_tag = after.tag if after else ""
    if token.form == "same":
        return _same_form(token, prev, after, found, i)
    if token.form in {"ed", "past", "part"}:
        return _past(token, prev, after, found, i)
    if token.form == "ing":
        if token.low == "loitering" and next_tag == "N":
            return "ADJ"
        if tag == "BE":
            return "V"
        if tag in {"DET", "POS", "PRP$", "ADJ", "NUM"}:
            return "N"
        if token.low in NOUN_ING:
            if token.low in {
                "teaching",
                "training",
                "learning",
                "building",
                "bombing",
                "fighting",
                "piloting",
                "smuggling",
                "planning",
                "targeting",
                "jamming",
                "killing",
                "shelling",
                "recording",
                "finding",
                "shipping",
                "trafficking",
                "funding",
                "manufacturing",
                "engineering",
                "posting",
            }:
                if tag in {"N", "NP", "SUB"} and next_tag in {"DET", "DEM", "PRP$", "NP"}:
                    return "V"
                if tag == "NP" and next_tag in {"NUM", "QUAL"} and any(t.tag == "BE" for t in found[:i]):
                    return "V"  # "trainers are at Fort Bragg training 30 soldiers"
                if (
                    tag == "PREP"
                    and next_tag == "N"
                    and after is not None
                    and after.low.endswith("s")
                    and any(t.lemma in _ARREST for t in found[:i])
                ):
                    return "V"  # "indicted for shipping gyroscopes"
                if (
                    tag == "PREP"
                    and any(
                        "people" in lexicon().noun_classes.get(t.low, ())
                        for t in found[i + 1 : i + 4]
                        if t.tag in {"N", "ADJ", "NP"}
                    )
                    and next_tag in {"N", "ADJ", "NP", "NUM"}
                    and (after is None or after.low not in {"camp", "camps", "centre", "center", "purposes"})
                ):
                    return "V"
                if tag in {",", "CC"} and next_tag in {"ADJ", "N", "NUM", "QUAL"} and i > 2:
                    return "V"
            if (
                tag in {"PREP", "CC", ",", "V"}
                and next_tag in {"DET", "DEM", "PRP$", "PRON", "NP"}
                and token.low not in {"following", "including"}
            ):
                return "V"
            return "PREP" if token.low in {"including", "following"} else "N"
        if (
            tag in {"N", "NP"}
            and prev is not None
            and prev.low in _DRONISH
            and (next_tag in {"BE", "HAVE", "MODAL", ".", ",", "PREP"} or after is None)
            and token.lemma in _CRAFTS
        ):
            return "N"  # "instruction in FPV flying is given"
        if tag in {"N", "NP", "DEM"} and next_tag in {"N", "CC"} and found[i - 1].tag != ",":
            return "V" if found[i - 1].low.endswith("s") else "N"
        return "V"
    if tag in {"TO", "MODAL", "DO"} or (
        token.form == "base" and tag == "V" and prev is not None and prev.lemma in {"help", "let"}
    ):
        return "V"
    if tag == "PRON" and prev is not None and prev.low not in {"them", "him", "us", "one"}:
        return "V"
    if tag == "REL":
        return "V"
    ambiguous = token.lemma in NOUN_OR_VERB
    if (
        token.form in {"base", "s"}
        and "people" in lexicon().noun_classes.get(token.low, ())
        and (
            tag == "DEM"
            or (token.form == "s" and tag in {"", ",", "PREP", '"'})
            or (tag in {"N", "NP", "ADJ"} and token.form == "s" and _finite_later(found, i))
        )
    ):
        return "N"  # "North Korean engineers have been seen", "Latvian conscripts at"
    if (
        token.form == "base"
        and after is not None
        and (token.lemma, after.low) in lexicon().particles
        and tag in {"N", "NP", ")", ",", "CC"}
        and i + 2 < len(found)
        and found[i + 2].tag in {"DET", "NUM", "QUAL", "N", "NP", "DEM", "ADJ", "PRP$"}
    ):
        return "V"  # "workshops in Idlib turn out dozens of drones"
    if after is not None and after.low in {"them", "it", "him", "us"} and tag in {"N", "NP", ",", "CC", "PRON", "REL", ")"}:
        return "V"
    if (
        after is not None
        and after.low in {"drone", "drones", "uav", "uavs", "quadcopter", "quadcopters", "aircraft", "munitions"}
        and token.low in {"strike", "attack", "target", "scout", "patrol", "combat", "decoy", "bomb"}
        and tag in {"NP", "ADJ", "NUM", "DEM", "N"}
    ):
        return "N"
    if token.low == "headquarters":
        return "N"
    if (
        token.form == "s"
        and tag in {"N", "NP"}
        and after is not None
        and after.low in {"how", "that", "why", "whether"}
        and not (i >= 2 and found[i - 2].tag in {"V", "V?"})
    ):
        return "V"
    if token.low == "sources" and tag in {"N", "ADJ", "DEM", "NP"}:
        return "N"
    if token.low in {"lies", "rests", "flies"} and tag in {"N", "NP"} and next_tag == "PREP":
        return "V"
    if token.form == "s" and tag in {"NP", "N"} and i >= 2 and _relative_subject(found, i) and next_tag != "V?":
        return "V"  # "a decoy which Russia launches along with"
    if token.form == "base":
        if not ambiguous:
            if tag in {"DET", "PRP$", "POS", "NUM", "ADJ", "QUAL"} and next_tag in {"N", "ADJ", "NP"}:
                return "ADJ"
            return "V" if tag not in {"DET", "PRP$", "POS"} else "N"
        if tag == "," and next_tag in {"DET", "NP", "PRP$", "PRON", "NUM"} and _main_verb_missing(found, i):
            return "V"  # "engineers, two of whom died last year, help the Houthis"
        if tag in _NOMINAL_BEFORE or tag == "PREP" or tag == "":
            return "N"
        if token.low in {"worry", "fear"} and tag == "N" and after is not None and after.low in {"about", "that", "over"}:
            return "V"
        if (
            after is not None
            and after.tag == "V?"
            and tag in {"NP", "N", "ADJ"}
            and _SAYING & lexicon().verb_classes.get(after.lemma, frozenset())
        ):
            return "N"  # "a UN report cautioned"
        plural = prev is not None and (prev.low.endswith("s") or prev.low in _IRREGULAR_PLURAL or tag in {"NP", ")"})
        opens = (
            next_tag in {"DET", "NUM", "NP", "DEM", "ADJ", "PRON", "PRP$", "QUAL", "TO"}
            or (after is not None and after.low == "that")
            or (after is not None and after.tag == "N" and after.low.endswith("s"))
            or (after is not None and after.tag == "V?" and after.form == "ed")
        )
        if tag == "CC":
            earlier = next((t for t in reversed(found[:i]) if t.tag == "V"), None)
            return "V" if earlier is not None and earlier.form == "base" and opens else "N"
        opens = opens or (next_tag in {"N", "ADJ"} and _only_verb(found, i))
        if (
            token.low in {"fear", "worry", "hope", "claim"}
            and tag == "N"
            and plural
            and next_tag in {"DET", "NP", "PRON", "DEM", "PRP$"}
        ):
            return "V"  # "officials fear the group will"
        return "V" if plural and opens and not _finite_later(found, i) else "N"
    # third person -s
    if not ambiguous and token.low not in {"attacks", "means", "needs"}:
        return "V" if tag not in {"DET", "PRP$", "POS", "ADJ", "NUM"} else "N"
    if (
        tag in _NOMINAL_BEFORE
        or tag in {"PREP", "", '"'}
        or (
            tag == ","
            and not (i > 2 and next_tag in {"DET", "DEM", "NP", "PRP$", "NUM"} and _only_verb(found, i))
            and not _main_verb_missing(found, i)
        )
    ):
        return "N"
    opens = (
        next_tag in {"DET", "NUM", "NP", "DEM", "PRON", "PRP$", "TO", "QUAL", "ADV"}
        or next_tag == "ADJ"
        or (after is not None and after.low in {"that", "as"})
        or (next_tag == "N" and after is not None and after.low.endswith("s"))
    )
    if tag == "CC":
        earlier = next((t for t in reversed(found[:i]) if t.tag in {"V", "HAVE", "BE"}), None)
        return (
            "V"
            if earlier is not None
            and (
                opens
                or ((earlier.form == "s" or any(t.low == "has" for t in found[:i])) and next_tag in {"N", "ADJ", "V?", "NP"})
            )
            else "N"
        )
    opens = (
        opens
        or (next_tag == "V?" and after is not None and after.form == "ing")
        or (
            next_tag == "V?"
            and after is not None
            and after.form == "ed"
            and i + 2 < len(found)
            and found[i + 2].tag in {"N", "ADJ"}
        )
        or (next_tag in {"N", "ADJ"} and _only_verb(found, i))
    )
    if tag == "," and _main_verb_missing(found, i):
        return "V"
    if tag == "NP" and opens and "say" in lexicon().verb_classes.get(token.lemma, frozenset()):
        return "V"  # "Kyiv claims its drones have"
    singular = prev is not None and (tag in {"NP", ")", ","} or not prev.low.endswith("s"))
    if prev is not None and prev.low in {
        "drone",
        "air",
        "missile",
        "terror",
        "uav",
        "rocket",
        "fpv",
        "arms",
        "bomb",
        "cartel-drone",
    }:
        return "N"
    return "V" if singular and opens and not _finite_later(found, i) else "N"


def _past(token: Token, prev: Token | None, after: Token | None, found: list[Token], i: int) -> str:
    tag = prev.tag if prev else ""
    next_tag = after.tag if after else ""
    bound = token.low in {"bound", "destined", "intended", "meant", "designed"}
    if bound and after is not None and after.low in {"for", "to"} and tag != "HAVE":
        token.form = "part"
        return "V"
    if token.low in _LOCATED and tag in {"N", "NP", ","} and next_tag == "PREP":
        token.form = "part"
        return "V"
    opener = i - 2 if i >= 2 and found[i - 1].tag in {"N", "NP", "PRON"} else -1
    while opener > 0 and found[opener].tag in {"DET", "ADJ", "DEM", "PRP$", "NP", "N", "NUM"}:
        opener -= 1
    if opener >= 0 and found[opener].tag == "REL" and (after is None or after.low != "by"):
        token.form = "past" if token.form == "ed" else token.form
        return "V"  # "three of the drones that Kinshasa acquired from China are"
    if tag in {"BE", "HAVE"} or (
        prev is not None and prev.low in {"all", "both", "each"} and i > 1 and found[i - 2].tag in {"BE", "HAVE"}
    ):
        token.form = "part"
        return "V"
    if prev is not None and prev.low in {"being", "been", "having", "got"}:
        token.form = "part"
        return "V"
    if token.low in {"said", "told"} and after is not None and after.low not in {"by", "to", "in"}:
        token.form = "past"
        return "V"
    nominal_next = (
        next_tag in {"N", "NP", "ADJ", "DEM"}
        or (after is not None and after.tag == "V?" and after.lemma in NOUN_OR_VERB and after.form in {"base", "s"})
        or (after is not None and after.tag == "V?" and after.form == "ing")
    )
    if tag == "V" and nominal_next and (token.lemma not in lexicon().verb_classes or (prev is not None and prev is found[i - 1])):
        return "ADJ"  # "have launched repeated strikes"
    if tag == "SUB" and nominal_next and _finite_later(found, i):
        return "ADJ"
    if (
        tag in {"DET", "PRP$", "POS", "NUM", "ADJ", "PREP", "DEM"}
        or (tag == "" and nominal_next)
        or (tag == "V" and prev is not None and prev.form in {"base", "s", "ing"} and nominal_next)
    ):
        if nominal_next or tag in {"DET", "PRP$", "POS"}:
            return "ADJ"
        if tag in {"ADJ", "NUM", "DEM"}:
            token.form = "part" if (after is not None and after.low == "by") or _finite_later(found, i) else "past"
            return "V"
    if token.form in {"part", "past"}:
        return "V"
    if after is not None and after.low == "by" and not _finite(found[i]):
        token.form = "part"
        return "V"
    if (
        tag == ","
        and after is not None
        and i + 1 < len(found)
        and i + 2 < len(found)
        and (token.lemma, after.low) in lexicon().particles
        and found[i + 2].low == "by"
    ):
        token.form = "part"  # "the strike, carried out by X, left"
        return "V"
    if tag == "CC":
        earlier = next((t for t in reversed(found[:i]) if t.tag == "V"), None)
        if earlier is not None and earlier.form == "part" and not _finite_before(found, i):
            token.form = "part"
        else:
            token.form = "part" if earlier is not None and earlier.form == "part" else "past"
        return "V"
    if (
        tag == ","
        and next_tag == "CC"
        and i + 3 < len(found)
        and found[i + 2].form in {"ed", "part"}
        and found[i + 3].low == "by"
    ):
        token.form = "part"  # ", trained and equipped by X,"
        return "V"
    if tag in {",", '"', "(", ""} and next_tag == "PREP":
        token.form = "part"
        return "V"
    if tag in {"N", "NP"} and next_tag in {"PREP", "TO", "ADV"} and _governed(found, i):
        token.form = "part"
        return "V"
    if (
        tag in {"N", "NP", "DEM"}
        and next_tag in {"DET", "PRP$", "QUAL", "DEM"}
        and token.lemma not in _NAMED_OR_GIVEN
        and any(t.tag == "CC" for t in found[i:])
    ):
        token.form = "past"  # what follows is its object
        return "V"
    token.form = "part" if _finite_later(found, i) and tag not in {"PRON", "REL"} else "past"
    return "V"


def _main_verb_missing(found: list[Token], i: int) -> bool:
    """ "The ELN, which controls most of Catatumbo, drops ...": no verb before the first comma, none after this word."""
    comma = next((k for k, t in enumerate(found[:i]) if t.tag == ","), None)
    if comma is None or comma == i - 1 or any(t.tag in {"V", "BE", "HAVE", "MODAL", "DO", "V?"} for t in found[:comma]):
        return False
    return not any(_finite(t) for t in found[i + 1 :]) and not (found[comma + 1].tag == "CC" if comma + 1 < len(found) else False)


def _only_verb(found: list[Token], i: int) -> bool:
    """Would the clause around i be without a verb if i were a noun?"""
    a = i
    while a > 0 and found[a - 1].tag not in {"SUB", "REL", ";", ":", "-", '"', "."}:
        a -= 1
    b = i
    while b + 1 < len(found) and found[b + 1].tag not in {"SUB", "REL", ";", ":", "-", '"', "."}:
        b += 1
    for k in range(a, b + 1):
        token = found[k]
        if k != i and (
            token.tag in {"MODAL", "BE", "HAVE", "DO", "V"}
            or (token.tag == "V?" and token.form in {"ed", "past", "part", "same"})
        ):
            return False
    return True


def _same_form(token: Token, prev: Token | None, after: Token | None, found: list[Token], i: int) -> str:
    """Verbs whose past is their base ("hit", "cut", "shut")."""
    tag = prev.tag if prev else ""
    if tag in {"TO", "MODAL", "DO"}:
        token.form = "base"
        return "V"
    if tag in {"BE", "HAVE"}:
        token.form = "part"
        return "V"
    if tag in {"DET", "PRP$", "POS", "ADJ", "NUM", "PREP"}:
        return "N"
    if tag in {"N", "NP", "NUM", "DEM"} and after is not None and after.tag in {"DET", "PRP$", "QUAL", "NUM", "DEM"}:
        token.form = "past"  # "one drone hit a depot and another was shot down"
        return "V"
    token.form = (
        "part"
        if (after is not None and after.low == "by") or (_finite_later(found, i) and tag not in {"PRON", "REL"})
        else "past"
    )
    return "V"


def _governed(found: list[Token], i: int) -> bool:
    """Is the noun phrase that ends before i the object of a preposition or a verb, after a finite verb of the same clause?"""
    k = i - 1
    while k >= 0 and found[k].tag in {"N", "NP", "DEM", "ADJ", "NUM", "QUAL", "DET", "PRP$", "POS", "ADV"}:
        k -= 1
    if k < 0 or k == i - 1:
        return False
    opener = found[k]
    if opener.tag == "PREP" and opener.low not in {"after", "before", "since", "until", "as", "than"}:
        j = k
        while j >= 0 and found[j].tag not in {"SUB", "REL", ";", ":", "-", '"'}:
            if _finite(found[j]) or (found[j].tag == "V" and found[j].form in {"past", "s"}):
                return True
            j -= 1
        return False
    return (
        opener.tag == "V"
        and opener.form in {"past", "s", "ing", "base", "part"}
        and "say" not in lexicon().verb_classes.get(opener.lemma, frozenset())
        and opener.lemma not in {"fear", "warn"}
    )


def _finite_before(found: list[Token], i: int) -> bool:
    return any(_finite(t) for t in found[:i])
