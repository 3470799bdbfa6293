"""`picket learn decide`: what an analyst decides about actors, sources and claims, as a line that is added to a file."""

from __future__ import annotations

import difflib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from picket.cli.common import JSON, UNREADABLE, WRONG_USE, example, fail
from picket.cli.given import FILE, GAZETTEER, Given, if_there, lay_over

if TYPE_CHECKING:
    from picket.learn.claim import Claim
    from picket.learn.decisions import Decided, Decision
    from picket.learn.parties import Actor


@click.command(**example("picket learn decide merge --actor name/the-front --into fla --why 'same group'"))
@click.argument("op", type=click.Choice(["merge", "separate", "rename", "grade", "accept", "reject", "undo"]))
@click.option("--actor", help="merge, rename: the actor's id.")
@click.option("--name", help="separate: the name that is from now on another actor.")
@click.option("--source", help="grade: the publisher's id.")
@click.option("--claim", help="accept, reject: the claim's key (report@start-end/kind/provider/recipient/actor/capability).")
@click.option("--into", help="merge, separate: the id of the actor that it is; rename: the new name; grade: A to F.")
@click.option("--decision", type=int, help="undo: the number of the decision that is taken back.")
@click.option("--why", help="The reason, kept with the decision.")
@click.option("--by", help="Who decided.")
@click.option("--decisions", type=FILE, default=Path("decisions.jsonl"), show_default=True, help="The file that it is added to.")
@click.option("--claims", "files", type=FILE, multiple=True,
              help="Claims that must hold the actor, claim or publisher; by default claims.jsonl beside the decisions.")  # fmt: skip
@GAZETTEER
@JSON
def decide(op: Any, actor: str | None, name: str | None, source: str | None, claim: str | None, into: str | None, decision: int | None,
           why: str | None, by: str | None, decisions: Path, files: tuple[Path, ...], own_names: Path | None,
           as_json: bool) -> None:  # fmt: skip
    """Record what an analyst decided; nothing is lost, and `undo` takes it back."""
    from picket.learn.decisions import Decision, DecisionError, append_decision

    made = Decision(op=op, actor=actor, name=name, source=source, claim=claim, into=into, decision=decision, why=why, by=by,
                    time=datetime.now(UTC).isoformat(timespec="seconds"))  # fmt: skip
    note = _check(made, decisions, files, own_names)
    try:
        number = append_decision(decisions, made)
    except DecisionError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{decisions}: cannot be written ({e.strerror})", WRONG_USE)
    if note:
        click.echo(f"picket: {note}", err=True)
    click.echo(json.dumps({"decision": number}) if as_json else f"decision {number} is in {decisions}")


def _check(d: Decision, decisions: Path, files: tuple[Path, ...], own_names: Path | None) -> str:
    """Ends the command for a decision about an actor, a claim or a publisher that is none: it would change nothing, and nobody would be
    told. Returns what is to be said of one that stands."""
    beside = decisions.parent
    files = files or tuple(f for f in (if_there(beside / "claims.jsonl"),) if f)
    about = {"merge": d.actor and d.into, "rename": d.actor and d.into, "accept": d.claim, "reject": d.claim, "grade": d.source}
    if not files or about.get(d.op) is None:
        return ""
    claims, decided = _read(files, decisions)
    if d.op == "grade":
        return _check_source(d, claims, Given(files, decisions=if_there(decisions), own_names=own_names), files)
    if d.op in ("accept", "reject"):
        _check_claim(str(d.claim), claims, decided, files)
        return ""
    lay_over(own_names or if_there(beside / "gazetteer.toml"))
    return _check_actors(d, claims, decided, files)


def _read(files: tuple[Path, ...], decisions: Path) -> tuple[list[Claim], Decided]:
    """The claims as they were read, and what holds of the decisions so far. Ends with a message for a file that is none."""
    from picket.learn.claim import ClaimError, read_claims
    from picket.learn.decisions import DecisionError, hold, read_decisions

    try:
        return [c for f in files for c in read_claims(f)], hold(read_decisions(decisions) if decisions.exists() else [])
    except (ClaimError, DecisionError) as e:
        fail(str(e), UNREADABLE)
    except OSError as e:
        fail(f"{e.filename}: {e.strerror}; expected a claims file (picket learn IN... -o claims.jsonl)", UNREADABLE)


def _check_claim(wanted: str, claims: list[Claim], decided: Decided, files: tuple[Path, ...]) -> None:
    from picket.learn.decisions import claim_key

    changed = [*decided.edited.values(), *(c for c, _ in decided.added.values())]
    keys = {claim_key(c) for c in (*claims, *changed)}
    if wanted not in keys:
        same = sorted(k for k in keys if k.partition("/")[0] == wanted.partition("/")[0])  # of the same sentence
        near = same or difflib.get_close_matches(wanted, keys, 1, 0.6)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        fail(f"no claim of {_told(files)} has the key {wanted!r}.{meant} If others do, give them with --claims", WRONG_USE)


def _check_actors(d: Decision, claims: list[Claim], decided: Decided, files: tuple[Path, ...]) -> str:
    """A merge into nobody makes a new actor, which is allowed, and said."""
    from picket.learn.resolve import actors_of

    known = actors_of(decided.claims(claims), [*decided.merged.values(), *decided.separated.values()])
    actor, into = str(d.actor), str(d.into)
    if actor not in known:
        fail(f"no claim of {_told(files)} names an actor with the id {actor!r}.{_meant(actor, known)} "
             "If others do, give them with --claims", WRONG_USE)  # fmt: skip
    if d.op == "merge" and into not in known:
        return f"no claim names {into!r}: it is a new actor from now on.{_meant(into, known)}"
    return ""


def _check_source(d: Decision, claims: list[Claim], given: Given, files: tuple[Path, ...]) -> str:
    """A publisher that Picket's table knows may be graded before its first report is read, which is said."""
    from picket.learn.publishers import known_publishers

    known, wanted = known_publishers(), str(d.source)
    found = given.picture().grades if claims else {}
    if wanted in found:
        return ""
    told = f"no claim of {_told(files)} is from a publisher with the id {wanted!r}"
    if known.get(wanted) is not None:
        return f"{told}: the grade holds from its first report on"
    own = known.find(wanted) or known.plain(wanted)
    ids = {known.name(i).lower(): i for i in found} | {i: i for i in found}
    nearest = (ids[n] for n in difflib.get_close_matches(wanted.lower(), ids, 1, 0.6))
    near = own if own in found or known.get(own) is not None else next(nearest, None)
    meant = f" Did you mean {near!r}?" if near else ""
    fail(f"{told}.{meant} If others are, give them with --claims (picket learn sources lists them)", WRONG_USE)


def _told(files: tuple[Path, ...]) -> str:
    return ", ".join(map(str, files))


def _meant(words: str, known: dict[str, Actor]) -> str:
    """The id that somebody may have meant, by an id or a name near to it; empty when nothing is near."""
    from picket.learn.names import key

    ids = {key(n): a.id for a in known.values() for n in (*a.aliases, a.name, a.id)}
    near = difflib.get_close_matches(key(words), ids, 1, 0.6)
    return f" Did you mean {ids[near[0]]!r}?" if near else ""


COMMANDS: tuple[click.Command, ...] = (decide,)
