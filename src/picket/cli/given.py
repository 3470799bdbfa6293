"""What the commands that ask the picture share: which claims it is made of, and what the words of a person mean in it.

All take claims files; without one they read `claims.jsonl` here, else the examples that come with Picket, and say which. A
ledger (`sources.jsonl`) and decisions (`decisions.jsonl`) beside the first claims file are read as well.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from picket.cli.common import NOTHING_USABLE, UNREADABLE, WRONG_USE, check_out, fail
from picket.places import in_words, write_over

if TYPE_CHECKING:
    from picket.learn.cards import Card
    from picket.learn.picture import Picture
    from picket.learn.trained.encoder import Encoder
    from picket.site import Site

FILE = click.Path(path_type=Path, dir_okay=False)
SITE = click.option(
    "--site", "site_path", type=FILE, help="A site file: answer for this site. Its gaps are its own; nothing is stored."
)
GAZETTEER = click.option(
    "--gazetteer", "own_names", type=FILE, help="Your own names of actors, places and drones (TOML), laid over Picket's."
)
ENCODER = click.option(
    "--encoder", type=click.Path(path_type=Path, file_okay=False),
    help="Folder with all-MiniLM-L6-v2 (model.safetensors, tokenizer.json): weighs each sentence as well; slower, more is right.",
)  # fmt: skip
OUT = click.option("-o", "--out", type=FILE, help="Write to this file instead of the screen.")


@dataclass(frozen=True)
class Given:
    """Which claims, ledger, decisions and cards a command was given."""

    claims: tuple[Path, ...] = ()
    sources: Path | None = None
    decisions: Path | None = None
    own_cards: Path | None = None
    own_names: Path | None = None

    def picture(self, more: tuple[Path, ...] = ()) -> Picture:
        """The picture of these files and `more` claims files. Ends with a message when one cannot be read or none holds a claim."""
        from picket.learn.cards import CardError
        from picket.learn.claim import ClaimError, read_claims
        from picket.learn.decisions import DecisionError, read_decisions
        from picket.learn.picture import build
        from picket.learn.sources import SourceError, read_ledger

        files = (*more, *self.claims) or _default_claims()
        sources = self.sources or if_there(files[0].parent / "sources.jsonl")
        decisions = self.decisions or if_there(files[0].parent / "decisions.jsonl")
        lay_over(self.own_names or if_there(files[0].parent / "gazetteer.toml"))
        try:
            found = [c for f in files for c in read_claims(f)]
            ledger = read_ledger(sources) if sources else []
            decided = read_decisions(decisions) if decisions else []
            cards = self.cards()
        except OSError as e:
            fail(f"{e.filename}: {e.strerror}; expected a claims file (picket learn IN... -o claims.jsonl)", UNREADABLE)
        except (CardError, ClaimError, DecisionError, SourceError) as e:
            fail(str(e), UNREADABLE)
        if not found:
            fail(f"{', '.join(map(str, files))}: no claim in it", NOTHING_USABLE)
        return build(found, ledger=ledger, decisions=decided, cards=cards)

    def check_out(self, out: Path | None, more: tuple[Path, ...] = ()) -> None:
        """Ends the command when `out` is one of the files that it reads, or cannot be written."""
        files = (*more, *self.claims) or (Path("claims.jsonl"),)
        check_out(out, *files, self.sources, self.decisions, self.own_names)

    def cards(self) -> dict[str, Card]:
        """The cards that come with Picket and the site's own, which win. Raises CardError."""
        from picket.learn.cards import read_cards, shipped_cards

        return shipped_cards() | (read_cards(self.own_cards) if self.own_cards else {})


def claims_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which claims make the picture; the command gets them as one `given`."""

    @functools.wraps(command)
    def gathered(
        claims: tuple[Path, ...],
        sources: Path | None,
        decisions: Path | None,
        own_cards: Path | None,
        own_names: Path | None,
        **rest: Any,
    ) -> None:
        command(given=Given(claims, sources, decisions, own_cards, own_names), **rest)

    for option in (
        GAZETTEER,
        click.option(
            "--own-cards", type=click.Path(path_type=Path, file_okay=False), help="Folder of the site's own tactic cards (TOML)."
        ),
        click.option(
            "--decisions",
            type=FILE,
            help="What people decided (merges, grades, rejects); by default decisions.jsonl beside the claims.",
        ),
        click.option(
            "--sources",
            type=FILE,
            help="Ledger of the reports (picket learn sources); by default sources.jsonl beside the claims.",
        ),
        click.option("--claims", "claims", type=FILE, multiple=True, help="A claims file; may be given several times."),
    ):
        gathered = option(gathered)
    return gathered


def lay_over(path: Path | None) -> None:
    """Puts an analyst's names over Picket's for this command; says how many, and ends with a message when the file is wrong."""
    from picket.learn.gazetteer import GazetteerError, read_gazetteer, use

    if path is None:
        return
    try:
        own = read_gazetteer(path)
    except GazetteerError as wrong:
        fail(str(wrong), UNREADABLE)
    except OSError as wrong:
        fail(f"{path}: {wrong.strerror}", UNREADABLE)
    use(own)
    click.echo(f"names of {path}: {len(own)} entries, {len(own.drop)} left out", err=True)


def encoder_at(folder: Path | None) -> Encoder | None:
    """The encoder in a user's folder. Ends with a message where it is not there, is another one, or cannot be run."""
    if folder is None:
        return None
    from picket.learn.trained.encoder import encoder_in

    try:
        return encoder_in(folder)
    except ImportError as missing:
        fail(f"--encoder needs {missing.name or missing}: pip install 'picket[encoder]'", WRONG_USE)
    except ValueError as wrong:
        fail(str(wrong), UNREADABLE)
    except OSError as wrong:
        fail(f"{in_words(wrong.filename or folder)}: {wrong.strerror or wrong} (expected a copy of all-MiniLM-L6-v2)", UNREADABLE)


def encoder_files(folder: Path | None) -> list[Path]:
    """What is read in a user's folder with the encoder."""
    if folder is None:
        return []
    from picket.learn.trained.transformer import PUBLISHED

    return [folder / name for name in PUBLISHED]


def _default_claims() -> tuple[Path, ...]:
    here = Path("claims.jsonl")
    if here.exists():
        return (here,)
    import picket.learn

    click.echo("no claims.jsonl here: these are the examples that come with Picket", err=True)
    return (Path(picket.learn.__file__).parent / "examples" / "claims.jsonl",)


def if_there(path: Path) -> Path | None:
    return path if path.exists() else None


def day_of(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    from picket.learn import when

    if value is None:
        return None
    span = when.parse(value)
    if span is None or span.first is None:
        raise click.BadParameter(f"expected a date, month or year (2025-06-01), got {value!r}")
    return span.first


SINCE = click.option("--since", callback=day_of, metavar="DATE", help="A date, month or year, of publication.")


def actor_named(picture: Picture, words: str) -> str:
    """The one actor that the words mean; ends with the choices when there are none or several."""
    from picket.learn.paths import named

    ids = named(picture, words)
    if len(ids) == 1:
        return ids[0]
    if ids:
        names = "; ".join(picture.name(i) for i in ids[:8])
        fail(f"{words!r} can mean {len(ids)} actors: {names}; write one of them in full", WRONG_USE)
    near = difflib.get_close_matches(words.lower(), list(picture.names), 3, 0.5)
    fail(f"no actor is called {words!r}" + (f"; near to it: {', '.join(near)}" if near else ""), WRONG_USE)
    raise AssertionError  # fail has ended the program


def card_named(picture: Picture, words: str) -> str:
    """The card that the words mean: its id, or what its own words match."""
    from picket.learn.cards import Linker
    from picket.learn.claim import Claim

    if words in picture.cards:
        return words
    found = Linker(picture.cards.values()).link(
        Claim(doc="", kind="sighting", capability=f"{words} drone", evidence="", start=0, end=0)
    )
    if not found:
        no_card(words, picture.cards)
    return found[-1] if found[0] in {picture.cards[f].broader for f in found} else found[0]


def no_card(words: str, cards: Mapping[str, Card]) -> NoReturn:
    """Ends the command for words that name no card: the nearest one first, then all of them."""
    named: dict[str, str] = {}  # a card's id and each word of it, as `fibre`; of two cards with a word, the first
    for one in cards:
        for name in (one, *one.split("-")):
            named.setdefault(name, one)
    near = difflib.get_close_matches(words.lower(), named, 1, 0.6)
    meant = f"did you mean {named[near[0]]!r}? The" if near else "the"
    fail(f"no card is called {words!r}; {meant} cards are {', '.join(cards)}", WRONG_USE)


def site_at(path: Path | None) -> Site | None:
    from picket.site import SiteError, load

    if path is None:
        return None
    try:
        return load(path)
    except SiteError as e:
        fail(str(e), WRONG_USE)
        raise AssertionError from None  # fail has ended the program


def give(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        write_over(out, text.encode())
    except OSError as e:
        fail(f"{out}: cannot be written ({e.strerror})", WRONG_USE)
    click.echo(f"wrote {out}", err=True)
