"""Doubt that stands outside the verbs: "it is unclear whether", "claims that ... are baseless", "set to", "suspected militants".

`certainty.py` reads the verbs of a clause and those above it; this file reads the words around them. A claim that stands as stated or
reported is lowered by what is found here, never raised: a doubtful claim shown as a fact is the worst error of a reading.
"""

from __future__ import annotations

import re

from picket.learn.chunks import Verb
from picket.learn.screening import Screened, small

_HEDGE_BEFORE = Screened(
    r"(?<!as )(?<!even )\b(?:whether|if)\b[^,;:]*$"
    r"|\b(?:is|are|was|were|be|been|being|it|them|us)\b (?:\w+ly |also |now |not )?(?:due|set|scheduled|slated|poised|expected|likely|"
    r"unlikely|about|ready|going|keen|eager|willing|prepared|hoping|meant|supposed|on (?:course|track)|close|looking)"
    r"(?: (?:to|at|for)\b(?: \w+){0,4})? ?$"
    r"|\b(?:interest(?:ed)? in|in talks? (?:to|on|over|about|with)|talks (?:to|on|over|about)|plans? (?:to|for|by)|proposals? (?:to|for)|"
    r"hopes? (?:to|of)|ambitions? (?:to|of)|bids? to|intentions? (?:to|of)|willingness to|readiness to|requests? (?:to|for)|"
    r"possibility (?:of|that)|prospect (?:of|that)|risks? (?:of|that)|fears? (?:of|that)|concerns? that|threat(?:s|ened)? to|"
    r"speculation (?:of|that)|rumou?rs? (?:that|of)|wish(?:es)? (?:to|for)|desire (?:to|for)|attempts? (?:to|at)|efforts? (?:to|at)|"
    r"(?:inquir(?:y|ies)|investigations?|probes?|enquir(?:y|ies)) into|investigat(?:e|es|ed|ing)|looking into|examin(?:e|es|ed|ing)|"
    r"promises? (?:to|of)|offers? (?:to|of)|pledges? (?:to|of)|questions? (?:over|about|whether)|"
    r"suggestions? (?:that|of)|hints? (?:that|of)|"
    r"presumed|assumed|(?:believed|thought|supposed|feared)(?= to| by| ?$)|presumably|apparently|"
    r"doubts? (?:that|over|about)|wants? [^,;]{0,40} to|discuss(?:ed|ing|es)?|"
    r"negotiat(?:e|es|ed|ing)|mulling|weighing|exploring|urged [^,;]{0,60} to|called (?:on|for) [^,;]{0,60}|asked [^,;]{0,60} to)\b[^,;]*$",
    re.IGNORECASE,
)
_IF_TRUE = re.compile(r"^\W*if (?:confirmed|true|verified|proven|correct|it|the reports?)\b", re.IGNORECASE)
_UNVERIFIED = Screened(
    r"\b(?:could not be|cannot be|has not been|have not been|had not been|not been|unable to|could not) (?:independently )?"
    r"(?:verif\w+|confirm\w*|corroborat\w+|establish\w*|prove[nd]?)|\bunverified\b|\bunconfirmed\b|\bno (?:proof|evidence|indication)\b",
    re.IGNORECASE,
)
_CLAIM_BEFORE = Screened(
    r"\b(?:allegations?|accusations?|charges?|suspicions?|suspicion|claims?|insinuations?|assertions?) (?:that|of|by)\b[^;]*$"
    r"|\b(?:alleged|suspected|purported|supposed)(?: \w+){0,3} ?$"
    r"|\bthe (?:alleged|suspected|purported)\b[^,;]*$"
    r"|^\W*(?:alleged|suspected|purported)\b[^,;]*$",
    re.IGNORECASE,
)
_HELD_FOR = Screened(
    r"\b(?:arrest\w*|detain\w*|charged?|charges|indict\w*|accus\w*|investigat\w*|suspect\w*|on trial|wanted|extradit\w*|sanction\w*|"
    r"blacklist\w*|designated)\b[^,;]{0,120} (?:for|with|of|over|on)\b[^,;]*$",
    re.IGNORECASE,
)
_BLAMED = Screened(
    r"\b(?:attack|strike|raid|incident|flight|incursion)s? (?:that|which) [^,;.]{0,40}\b(?:blam|attribut|ascrib)", re.IGNORECASE
)
_CHARGED = Screened(
    r"\b(?:prosecutors?|indictment|charge sheet|affidavit|complaint|lawsuit|criminal complaint|accusers?)\b", re.IGNORECASE
)
_CONTESTED = Screened(
    r",? (?:a|an|the)? ?(?:charge|claim|accusation|allegation|suggestion|assertion|report|idea|something|which|but)\b[^.;]{0,60}"
    r"\b(?:denie[sd]|deny|reject(?:s|ed)|dismiss(?:es|ed)|disput(?:es|ed)|refut(?:es|ed)|call(?:s|ed) (?:it |them )?(?:a |an )?"
    r"(?:fabrication|invention|lie|lies|absurd|baseless|nonsense|false))\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = Screened(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing)|rebut(?:s|ted)?|disput(?:e|es|ed|ing)|"
    r"disavow(?:s|ed)?)\b(?: as \w+)?(?: the| any| all| such)? ?(?:\w+ )?(?:reports?|claims?|allegations?|accusations?|charges?|"
    r"suggestions?|assertions?|notion|idea|rumou?rs?|involvement|role|responsibility|links?)\b[^;]*$"
    r"|\b(?:denial|denials) (?:that|of)\b[^;]*$"
    r"|\b(?:no|not [^,;]{0,25}\bany|without|lack of) (?:\w+ )?(?:evidence|proof|indications?|signs?)\b[^;]*$"
    r"|\bnothing to do with\b[^;]*$|\bnot responsible for\b[^;]*$|\bno (?:involvement|part|role|hand) in\b[^;]*$",
    re.IGNORECASE,
)
_CALLED_FALSE = Screened(
    r"\bcall(?:s|ed|ing)\b[^;]*\b(?:nonsense|false|absurd|lies|a lie|baseless|fabrications?|propaganda|fake|untrue|unfounded)\b"
    r"|^\W*(?:the )?(?:claims?|reports?|allegations?|accusations?|suggestions?|rumou?rs?|charges)\b[^;]*\b(?:baseless|false|untrue|"
    r"unfounded|nonsense|fabricat\w+|fake|absurd|denied|dismissed|rejected|refuted|not true)\b",
    re.IGNORECASE,
)
_PRESUMED = Screened(
    r"\b(?:apparent|possible|presumed|probable|likely|potential|planned|proposed|prospective|pending|mooted|would-be)\b (?:\w+[- ]){0,3}?"
    r"(?:drones?|uavs?|attacks?|strikes?|flights?|sightings?|incursions?|sales?|deals?|deliver(?:y|ies)|purchases?|transfers?|exports?|"
    r"plant|factory|deployment|training)\b|\bwhat (?:appear\w*|seem\w*|(?:is|was|are|were) (?:believed|thought|likely|probably|"
    r"possibly|apparently|presumably|most likely))\b",
    re.IGNORECASE,
)
_UNSETTLED = Screened(
    r"\b(?:being|been|still|is|are|was|were) (?:still )?(?:negotiated|discussed|considered|mulled|weighed|debated)\b"
    r"|\b(?:letters? of intent|memorand\w+ of understanding|in principle|in line for|"
    r"waiting list|(?:its|their) eyes? on|keen on|hopes? for|memorand(?:um|a)|framework (?:agreement|contract)|provisional(?:ly)?|"
    r"preliminary (?:agreement|deal|accord)|shortlist\w*|front-?runner|preferred bidder|bidd(?:er|ing)|feasibility stud(?:y|ies)|"
    r"await(?:s|ed|ing)?|awaiting|on the drawing board|still to (?:come|be)|yet to (?:be|arrive|come)|one day|in future|"
    r"is to follow|are to follow|if all goes|subject to approval|options? (?:on|for)|draft (?:budget|law|plan|contract)|"
    r"a matter of time|as many as believed|by some accounts|if .{1,40} (?:is|are) to be believed)\b"
    r"|\b(?:selected|chosen|picked|tapped|earmarked|cleared|approved) (?:by [^,;]{0,60} )?(?:to|for)\b"
    r"|\b(?:is|are|was|were|been) (?:assessed|judged|reckoned|estimated|rumou?red|tipped|said|held|deemed|understood) "
    r"(?:to (?:have|be)|as)\b"
    r"|^\W*(?:suppose|imagine|what if)\b"
    r"|\bunclear (?:who|what|where|how|why|which|when)\b|\bunder (?:discussion|consideration|negotiation)\b"
    r"|\b(?:perhaps|maybe|possibly|presumably|apparently|seemingly|whoever)\b",
    re.IGNORECASE,
)
_SUSPECTED = Screened(
    r"\b(?:suspected|alleged|purported|supposed)\b (?:\w+[- ]){0,3}?(?:drones?|uavs?|attacks?|strikes?|flights?|sightings?|"
    r"incursions?|sales?|deliver(?:y|ies)|suppl(?:y|ies)|transfers?)\b|\bpleaded not guilty\b|\bcourt heard\b|"
    r"\b(?:maintain|insist|contend|assert|purport|profess)(?:s|ed|ing)? (?:to the (?:end|last) )?that\b|"
    r"\b(?:the|a|this|that|its|their) (?:claim|allegation|accusation|charge|assertion)s? (?:came|comes|was made|were made|is|that)\b|"
    r"\b(?:told|tell|tells) (?:investigators|interrogators|the court|a court|prosecutors)\b|"
    r"\bfac(?:es?|ed|ing) (?:charges|trial)\b|\bon trial\b|\bpoint\w* (?:the|a) finger\b|"
    r"\b(?:has|have|had|was|were) (?:been )?(?:charged|indicted|accused)\b",
    re.IGNORECASE,
)
_NO_PART = Screened(
    r"\b(?:nothing to do with|not (?:been )?(?:responsible for|behind)|no (?:involvement|part|role|hand) in|had not been behind)\b",
    re.IGNORECASE,
)
_SO_CALLED = re.compile(
    r"\bwhat (?:it|they|he|she|officials?|authorities|the \w+|[A-Z]\w+) (?:said|says|called|calls|"
    r"described as|claimed|claims|insisted|alleged)"
    r" (?:was|were|is|are)\b"
)
_TO_COME = re.compile(r"^(?:is|are|was|were) (?:\w+ )?to (?!date\b)[a-z]+\b", re.IGNORECASE)  # "deliveries are to start in March"
_NOT_SURE = Screened(
    r"\b(?:almost|nearly|all but|virtually|most) certainly\b"
    r"|\b(?:not|n[o']t|cannot|never) (?:be )?(?:rule[ds]?|ruling|exclude[ds]?|excluding)(?: out)?\b"
    r"|\b(?:nor|not|neither) (?:is it |been |yet |be |at all |fully |entirely )*"
    r"(?:certain|clear|known|established|proven|proved|confirmed)\b"
    r"|\b(?:remain(?:s|ed)?|is|was|are|were) (?:still )?"
    r"(?:unknown|unclear|uncertain|disputed|unproven|unresolved|in doubt|an open question|a mystery)\b"
    r"|\bnever been (?:confirmed|verified|proven|proved|established|acknowledged)\b"
    r"|\b(?:bore|bear|bears|bearing|has|have|had|with) (?:all )?the hallmarks of\b",
    re.IGNORECASE,
)
_IN_COURT = Screened(
    r"\b(?:set out|described|alleged|stated|laid out|detailed|outlined|contained) in (?:the|a|an|his|her|their)? ?(?:\w+ )?"
    r"(?:complaint|indictment|"
    r"affidavit|charge sheet|charges|court (?:documents|papers|filings?|records)|lawsuit)\b"
    r"|\baccording to (?:the |a |an )?(?:\w+ ){0,2}(?:complaint|indictment|affidavit|charge sheet|"
    r"charging (?:papers|documents)|court (?:documents|papers|"
    r"filings?|records)|prosecutors|prosecution|lawsuit)\b",
    re.IGNORECASE,
)
_ACCUSED = Screened(
    r"\b(?:alleg(?:es?|ed|edly|ing|ations?)|accus(?:es?|ed|ing|ations?)|claim(?:s|ed|ing)? (?:that|the|it|they|he|she|to)|"
    r"blam(?:es?|ed|ing)|"
    r"suspect(?:s|ed)?|indict(?:ed|ment)|charged (?:with|over))\b",
    re.IGNORECASE,
)
_ANONYMOUS = Screened(
    r"\bon (?:the )?condition of anonymity\b|\b(?:asked|declined|requested|wished|preferred) not to be (?:named|identified|quoted)\b|"
    r"\b(?:declined|refused) to be (?:named|identified)\b|\b(?:spoke|speaking|said) anonymously\b|"
    r"\bnot authori[sz]ed to (?:speak|discuss|brief)\b",
    re.IGNORECASE,
)
_ANYWHERE = Screened(
    r"\b(?:may|might|could|would|possibl[ey]|probabl[ey]|likely|plan(?:s|ned)? (?:to|for)|intends? to|wish(?:es)? (?:to|for)|"
    r"hopes? to|expects?|"
    r"expected to|set to|due to be|in talks|consider(?:s|ing|ed)|allegedly|reportedly|suspected|believed|thought to|feared|fears)\b",
    re.IGNORECASE,
)
_TO_BE = re.compile(r"to be\b", re.IGNORECASE)
_FOUND = re.compile(
    r"\b(?:found|known|shown|proved|proven|confirmed|continues?d?|needs?|allowed?|began|started|came) $", re.IGNORECASE
)
_RANK = {"stated": 0, "reported": 1, "possible": 2, "alleged": 3, "denied": 4}


def doubt_around(verb: Verb, text: str, begin: int, end: int, said_by: str | None) -> str | None:
    """possible, alleged or denied, when the words around the verb say so; None if they do not.

    `begin` and `end` are the sentence's; the words before a semicolon do not reach the verb.
    """
    start = verb.tokens[0].start
    before = text[begin:start].rsplit(";", 1)[-1]
    after = text[start:end].split(";", 1)[0]
    whole = before + after
    low = small(whole)

    def told(pattern: Screened, words: str) -> bool:
        """Does the pattern match in `words`, which are a part of the whole?"""
        return pattern.stands_in(low) and pattern.pattern.search(words) is not None

    if told(_DENIED_BEFORE, before) or told(_CALLED_FALSE, whole):
        return "denied"
    if (
        told(_HELD_FOR, before)
        or told(_BLAMED, after)
        or told(_CLAIM_BEFORE, before)
        or (said_by and _CHARGED.search(said_by))
        or told(_CONTESTED, after)
    ):
        return "alleged"
    if told(_NO_PART, whole):
        return "denied"
    if _SO_CALLED.search(before) or _SO_CALLED.search(whole):
        return "alleged"
    if told(_SUSPECTED, whole):
        return "alleged"
    if told(_IN_COURT, whole):
        return "alleged"
    if told(_NOT_SURE, whole) or told(_UNSETTLED, whole) or told(_PRESUMED, whole):
        return "possible"
    if verb.lemma == "be" and _TO_COME.match(after):
        return "possible"
    if verb.lemma in {"mean", "intend"} or (verb.passive and _TO_BE.match(text, start) and not _FOUND.search(before)):
        return "possible"  # "six of them to be assembled at Bandung", "was meant for the group"
    if told(_HEDGE_BEFORE, before) or _IF_TRUE.match(text[begin:start]) or told(_UNVERIFIED, whole):
        return "possible"
    return None


def hedged(words: str) -> str | None:
    """alleged or possible, when a word of accusation, doubt or plans stands anywhere: for a broad rule, whose clause is not sure."""
    return "alleged" if _ACCUSED.search(words) else "possible" if _ANYWHERE.search(words) else None


def nameless(words: str) -> bool:
    """Does the sentence's source keep its name to itself?"""
    return bool(_ANONYMOUS.search(words))


def to_come(time: str | None, published: str | None) -> bool:
    """Does the time begin after the report was published? What is still to come is no fact."""
    if not time or not published:
        return False
    begin = time.split("/")[0]
    known = min(len(begin), len(published), 10)
    return begin[:1].isdigit() and begin[:known] > published[:known]


def lowered(certainty: str, doubt: str | None) -> str:
    """The certainty after a doubt: stated and reported give way to any, the others stay unless it is a denial."""
    if doubt is None or (_RANK[certainty] >= 2 and doubt != "denied"):
        return certainty
    return doubt
