"""`picket learn decide`: what an analyst decides about actors, sources and claims, as a line that is added to a file."""

from __future__ import annotations

import difflib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from picket.cli.common import JSON, UNREADABLE, WRONG_USE, example, fail
from picket.cli.given import FILE, GAZETTEER, if_there, lay_over

if TYPE_CHECKING:
    from picket.learn.decisions import Decision
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
              help="Claims that must name the actor; by default claims.jsonl beside the decisions.")  # fmt: skip
@GAZETTEER
@JSON
def decide(op: Any, actor: str | None, name: str | None, source: str | None, claim: str | None, into: str | None, decision: int | None,
           why: str | None, by: str | None, decisions: Path, files: tuple[Path, ...], own_names: Path | None,
           as_json: bool) -> None:  # fmt: skip
    """Record what an analyst decided; nothing is lost, and `undo` takes it back."""
    from picket.learn.decisions import Decision, DecisionError, append_decision

    made = Decision(op=op, actor=actor, name=name, source=source, claim=claim, into=into, decision=decision, why=why, by=by,
                    time=datetime.now(UTC).isoformat(timespec="seconds"))  # fmt: skip
    _check_actors(made, decisions, files, own_names)
    try:
        number = append_decision(decisions, made)
    except DecisionError as e:
        fail(str(e), WRONG_USE)
    except OSError as e:
        fail(f"{decisions}: cannot be written ({e.strerror})", WRONG_USE)
    click.echo(json.dumps({"decision": number}) if as_json else f"decision {number} is in {decisions}")


def _check_actors(d: Decision, decisions: Path, files: tuple[Path, ...], own_names: Path | None) -> None:
    """Ends the command for a merge or a new name of nobody: it would change nothing. One into nobody is a new actor; that is said."""
    beside = decisions.parent
    files = files or tuple(f for f in (if_there(beside / "claims.jsonl"),) if f)
    if not files or d.op not in ("merge", "rename") or d.actor is None or d.into is None:
        return
    lay_over(own_names or if_there(beside / "gazetteer.toml"))
    known = _actors(files, decisions)
    if d.actor not in known:
        fail(f"no claim of {', '.join(map(str, files))} names an actor with the id {d.actor!r}.{_meant(d.actor, known)} "
             "If other claims do, give them with --claims", WRONG_USE)  # fmt: skip
    if d.op == "merge" and d.into not in known:
        click.echo(f"picket: no claim names {d.into!r}: it is a new actor from now on.{_meant(d.into, known)}", err=True)


def _actors(files: tuple[Path, ...], decisions: Path) -> dict[str, Actor]:
    """Whoever is known, or named by the claims, or made by an earlier decision, by id. Ends with a message for a file that is none."""
    from picket.learn.claim import ClaimError, read_claims
    from picket.learn.decisions import DecisionError, hold, read_decisions
    from picket.learn.resolve import actors_of

    try:
        decided = hold(read_decisions(decisions) if decisions.exists() else [])
        made = [*decided.merged.values(), *decided.separated.values()]
        return actors_of(decided.claims(c for f in files for c in read_claims(f)), made)
    except (ClaimError, DecisionError) as e:
        fail(str(e), UNREADABLE)
    except OSError as e:
        fail(f"{e.filename}: {e.strerror}; expected a claims file (picket learn IN... -o claims.jsonl)", UNREADABLE)


def _meant(words: str, known: dict[str, Actor]) -> str:
    """The id that somebody may have meant, by an id or a name near to it; empty when nothing is near."""
    from picket.learn.names import key

    ids = {key(n): a.id for a in known.values() for n in (*a.aliases, a.name, a.id)}
    near = difflib.get_close_matches(key(words), ids, 1, 0.6)
    return f" Did you mean {ids[near[0]]!r}?" if near else ""


COMMANDS: tuple[click.Command, ...] = (decide,)
