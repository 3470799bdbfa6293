"""`picket train`: exercises through the station, their scores, and what follows from them."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import click

from picket import _jit
from picket.cli.common import (
    JSON,
    NOTHING_USABLE,
    UNREADABLE,
    WRONG_USE,
    Group,
    check_out,
    count,
    example,
    fail,
    mistakes,
    moment,
    progress,
)
from picket.cli.drafts import OWN_CARDS, card_called
from picket.cli.given import Given, claims_options


@click.group(cls=Group, **example("picket train run first-look --out runs/monday"))
def train() -> None:
    """Rehearse the watch: exercises through the very same station, scored. Everything in them is SIMULATED."""


def find_exercise(name: str) -> Any:
    """An exercise of the library by name, or of a file, or of a folder that holds exercise.toml. Ends with a message if there is none."""
    from picket.train import Exercise

    path = Path(name)
    if path.is_dir() and (path / "exercise.toml").is_file():
        path = path / "exercise.toml"
    if path.suffix == ".toml" or path.is_file():
        return Exercise.load(path)
    from picket.train import library

    return library.load(name)


@train.command("list", **example("picket train list"))
@JSON
def list_exercises(as_json: bool) -> None:
    """Say which exercises come with Picket."""
    from picket.train import library

    rows = []
    for name in library.names():
        x = library.load(name)
        rows.append({"name": name, "title": x.name, "card": x.card, "level": x.level,
                     "seconds": x.repeat_s, "about": x.about})  # fmt: skip
    if as_json:
        click.echo(json.dumps({"exercises": rows}))
        return
    for r in rows:
        click.echo(f"{r['name']:28} {r['seconds']:5.0f} s  {r['card'] or '-':22} {r['title']}: {r['about']}")


@train.command(**example("picket train run first-look --seed 3 --acknowledge-after 8 --out runs/monday"))
@click.argument("exercise")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same bytes, tracks and score.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the run; by default runs/NAME-seedN."
)
@click.option("--seconds", type=float, help="So long instead of one repetition of the exercise.")
@click.option("--start", callback=moment, help="When it begins (ISO 8601 or UNIX seconds); by default 2026-01-01T00:00:00Z.")
@click.option(
    "--acknowledge-after",
    type=click.FloatRange(0.0, 86_400.0),
    help="A scripted officer acknowledges each alert after so many seconds.",
)
@click.option(
    "--officer",
    "officer_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A scripted officer's file (docs/train.md).",
)
@JSON
def run(
    exercise: str, seed: int, out: Path | None, seconds: float | None, start: float | None, acknowledge_after: float | None,
    officer_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Run an exercise through the station, faster than real time, and score it.

    Without an officer the score says what the station itself would have shown. Ctrl-C stops a run: it is kept and scored as far as it went.
    """
    from picket.station import practice, warm
    from picket.train.officer import NOBODY, load_officer, prompt

    with mistakes(exercise):
        found = find_exercise(exercise)
        if officer_file is not None and acknowledge_after is not None:
            fail("give --officer or --acknowledge-after, not both", WRONG_USE)
        officer = (
            load_officer(officer_file) if officer_file else NOBODY if acknowledge_after is None else prompt(acknowledge_after)
        )
        folder = out or Path("runs") / f"{Path(exercise).stem}-seed{seed}"
        if _jit.is_cold():
            click.echo("Compiling for this machine: a minute or two, once ...", err=True)
        warm.load_kernels()
        began = time.monotonic()
        with progress("exercise") as on_progress:

            def tell(done: float, planned: float) -> None:
                if on_progress is not None:
                    on_progress(found.name, int(done), int(planned))

            with suppress(KeyboardInterrupt):  # kept as far as it went
                practice.run(found, folder, seed=seed, start=practice.START if start is None else start, seconds=seconds,
                             officer=officer, on_second=tell)  # fmt: skip
        done = _tell_score(folder, as_json, time.monotonic() - began)
    sys.exit(0 if done.complete else UNREADABLE)


@train.command(**example("picket train score runs/monday -o review.pdf"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-o",
    "--out",
    "--review",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the after-action review, one page to print: .pdf or .html.",
)
@click.option("--compare", "others", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True,
              help="Another run's folder to compare with; may be given again. Default: runs of this exercise beside it.")  # fmt: skip
@JSON
def score(folder: Path, page: Path | None, others: tuple[Path, ...], as_json: bool) -> None:
    """Score a run: what was seen, tracked, alerted, acknowledged, judged and reported, and how long before the protected zone."""
    if page is not None:
        _check_review(page)
    with mistakes(folder):
        found = _tell_score(folder, as_json)
        if page is not None:
            _write_review(page, folder, found, _earlier(folder, found, others))
            if not as_json:
                click.echo(f"\nAfter-action review: {page}")
    sys.exit(0 if found.events else NOTHING_USABLE)


def _check_review(page: Path) -> None:
    """Ends the command for a name that no review is written to."""
    from picket import paper

    if page.suffix.lower() not in (".pdf", ".html"):
        fail(f"{page}: expected a name that ends in .pdf or .html, got {page.suffix or 'none'}", WRONG_USE)
    check_out(page)
    with mistakes(page):
        paper.check(page)


def _write_review(page: Path, folder: Path, found: Any, earlier: list[tuple[str, Any]]) -> None:
    if page.suffix.lower() == ".pdf":
        from picket import paper
        from picket.train.score.review_paper import document

        paper.write(document(folder, found, earlier), page)
    else:
        from picket.train.score.review import review

        page.write_text(review(folder, found, earlier), "utf-8")


def _earlier(folder: Path, found: Any, others: tuple[Path, ...]) -> list[tuple[str, Any]]:
    """Scores to compare with: the named folders, or runs of the same exercise in the folders beside; by time of their folder."""
    from picket.train.score import read_score

    beside = others or sorted(p.parent for p in folder.resolve().parent.glob("*/score.json") if p.parent != folder.resolve())
    scores = [(p, read_score(p)) for p in beside]
    same = [(p, s) for p, s in scores if s is not None and (others or s.exercise == found.exercise)]
    return [(p.name, s) for p, s in sorted(same, key=lambda x: ((x[0] / "score.json").stat().st_mtime, x[0].name))]


def _tell_score(folder: Path, as_json: bool, took_s: float | None = None) -> Any:
    from picket.station.practice import complete_tables
    from picket.train.score import score as score_of
    from picket.train.score.words import lines

    complete_tables(folder)
    found = score_of(folder)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
        return found
    for line in lines(found):
        click.echo(line)
    if took_s is not None:
        click.echo(f"\nKept in {folder} ({found.until_s:.0f} s of exercise in {took_s:.1f} s)")
    return found


@train.command(**example("picket train sweep first-look --trials 20 --site with-second-finder.toml"))
@click.argument("exercise")
@click.option("--actor", "name", help="The actor that is varied; by default the first that comes and goes and is not harmless.")
@click.option("--trials", default=10, show_default=True, type=click.IntRange(1, 1000), help="Flights for each sector and height.")
@click.option(
    "--height",
    "heights",
    type=click.FloatRange(2, 5000),
    multiple=True,
    help="Height, m; may be given again. Default 30, 120, 300.",
)
@click.option("--speed", "speeds", type=click.FloatRange(0.1, 300), multiple=True, help="Another speed, m/s; may be given again.")
@click.option("--rain", type=click.FloatRange(0, 150), multiple=True, help="Rain, mm/h; may be given again. Default 10.")
@click.option("--sea", type=click.IntRange(0, 9), multiple=True, help="Sea state; may be given again. Default 5.")
@click.option(
    "--without", multiple=True, help="Sensors that are away together: ID,ID. May be given again; each one alone is tried anyway."
)
@click.option(
    "--size",
    "sizes",
    type=click.IntRange(1, 200),
    multiple=True,
    help="Size of a formation; may be given again. Default 1 to 32.",
)
@click.option(
    "--in-time", "need_s", default=30.0, show_default=True, help="An alert is in time so many seconds before the entry."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same flights.")
@click.option(
    "--site",
    "other",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A second site file: the warning time gained with it.",
)
@click.option("--grid", "as_grid", is_flag=True,
              help="Every combination of the values given instead of one thing at a time; how many flights is told first.")  # fmt: skip
@click.option("--light", "lights", type=click.Choice(["day", "dusk", "night"]), multiple=True, help="Light to combine (--grid).")
@click.option(
    "--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Write the grid as CSV, a row for each sector."
)
@click.option("--most", default=5_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Flights that a grid may have.")
@JSON
def sweep(
    exercise: str, name: str | None, trials: int, heights: tuple[float, ...], speeds: tuple[float, ...], rain: tuple[float, ...],
    sea: tuple[int, ...], without: tuple[str, ...], sizes: tuple[int, ...],
    need_s: float, seed: int, other: Path | None, as_grid: bool, lights: tuple[str, ...], table: Path | None, most: int, as_json: bool,
) -> None:  # fmt: skip
    """Would we have seen it? The exercise over sectors, heights, speeds, numbers, weather and sensors.

    One thing at a time besides sector and height; with --grid every combination of what is given, each over all sectors.

    Sectors are printed in compass order: the answer is for whoever places sensors, and stays with the site.
    """
    import msgspec

    from picket import site as sites
    from picket.cli.sweep_grid import run_grid
    from picket.train import sweep as sweeps
    from picket.train.sweep.grid import Axes
    from picket.train.sweep.survey import HEIGHTS_M, SIZES, compare, survey
    from picket.train.sweep.words import gain_lines, lines

    if as_grid:
        if other is not None:
            fail("--site compares two site files one thing at a time; give it without --grid", WRONG_USE)
        axes = Axes(heights_m=heights, speeds_mps=speeds, sizes=sizes, rain_mm_h=rain, sea_state=sea, light=lights,  # type: ignore[arg-type]
                    out=tuple(tuple(x.split(",")) for x in without))  # fmt: skip
        run_grid(find_exercise, exercise, name, axes, seed, trials, need_s, most, table, as_json)
        return
    if table is not None or lights:
        fail("--csv and --light are of a grid: give --grid too", WRONG_USE)
    with mistakes(exercise):
        found = find_exercise(exercise)
        here, actor = sweeps.only_sensing(found), sweeps.swept_actor(found, name)
        there = None if other is None else sweeps.at_other_site(found, sites.load(other))
        levels = heights or HEIGHTS_M
        with progress("sweep") as on_progress:
            tell = None if on_progress is None else lambda n: on_progress("flight", n, None)
            done = survey(here, actor, seed=seed, trials=trials, need_s=need_s, heights_m=levels, speeds_mps=speeds, sizes=sizes or SIZES,
                          rain_mm_h=rain or (10.0,), sea_state=sea or (5,), out=[tuple(x.split(",")) for x in without],
                          tell=tell)  # fmt: skip
            gains = () if there is None else compare(here, there, actor, seed=seed, trials=trials, need_s=need_s,
                                                     height_m=sorted(levels)[len(levels) // 2], tell=tell)  # fmt: skip
    if as_json:
        click.echo(json.dumps({"survey": msgspec.to_builtins(done), "gained": msgspec.to_builtins(gains)}))
    else:
        for line in lines(done):
            click.echo(line)
        for line in gain_lines(gains, found.site, str(other)) if other is not None else ():
            click.echo(line)
    sys.exit(0 if done.runs else NOTHING_USABLE)


_BOARD = Path("runs/board.jsonl")
BOARD = click.option("--board", "path", type=click.Path(path_type=Path, dir_okay=False), default=_BOARD,
                     show_default=True,
                     help="The file that keeps the board.")  # fmt: skip


@train.group(cls=Group, invoke_without_command=True, **example("picket train board add runs/monday"))
@BOARD
@JSON
@click.pass_context
def board(context: click.Context, path: Path, as_json: bool) -> None:
    """What was run, what was missed, what is to be changed, and whether it was tried again. Without a subcommand: show it."""
    from picket.train.board import read_board, to_json

    context.obj = path
    if context.invoked_subcommand is not None:
        return
    with mistakes(path):
        found = read_board(path)
    if as_json:
        click.echo(json.dumps(to_json(found)))
        return
    click.echo(f"{count(len(found.runs), 'run')}, {sum(e.passed for e in found.runs)} passed")
    if found.proposals():
        click.echo("  entry state     change  exercise: what")
    for p in found.proposals():
        click.echo(
            f"  {p.entry.n:5} {p.state:9} {p.entry.change:7} {p.entry.exercise}: {p.entry.words}{f' [{p.note}]' if p.note else ''}"
        )
    if not found.entries:
        click.echo(f"Nothing yet: `picket train board --board {path} add RUN` puts a run on it.")


@board.command("add", **example("picket train board add runs/monday"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def board_add(path: Path, folder: Path) -> None:
    """Score a run and put it on the board; what it missed becomes proposed changes, by whose numbers done and drop know them."""
    import hashlib

    from picket.station.practice import complete_tables
    from picket.train.board import add_run
    from picket.train.score import score as score_of

    with mistakes(folder):
        complete_tables(folder)
        found = score_of(folder)
        digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(folder.glob("*.plog")))).hexdigest()[:16]
        made = add_run(path, found, time.time(), digest)
        if not made:
            click.echo("this run is on the board already")
        for e in made:
            what = "passed" if e.passed else "not passed"
            click.echo(
                f"entry {e.n}: run of {e.exercise}, {what}" if e.what == "run" else f"entry {e.n}: proposed {e.change}: {e.words}"
            )
        if proposed := [e for e in made if e.what == "propose"]:
            command = "picket train board" if path == _BOARD else f"picket train board --board {path}"
            click.echo(f'When it is made: {command} done {proposed[0].n} --note "what was changed"')


@board.command("done", **example('picket train board done 3 --note "second radar moved to the roof"'))
@click.argument("number", type=int)
@click.option("--note", default="", help="What was changed.")
@click.pass_obj
def board_done(path: Path, number: int, note: str) -> None:
    """Say that a proposed change was made; a later run in which it is met verifies it."""
    _decide(path, "done", number, note)
    click.echo(f"{number}: done; run the exercise again to verify it")


@board.command("drop", **example('picket train board drop 3 --note "no money this year"'))
@click.argument("number", type=int)
@click.option("--note", required=True, help="Why not.")
@click.pass_obj
def board_drop(path: Path, number: int, note: str) -> None:
    """Say that a proposed change will not be made, and why."""
    _decide(path, "drop", number, note)
    click.echo(f"{number}: dropped")


def _decide(path: Path, what: Literal["done", "drop"], number: int, note: str) -> None:
    from picket.train.board import decide

    with mistakes(path):
        decide(path, what, number, note, time.time())


@board.command("card", **example("picket train board card no-emission --on 2026-11-01"))
@click.argument("card")
@click.option("--on", "day", callback=moment, required=True, help="The day from which the watch had the card.")
@OWN_CARDS
@click.pass_obj
def board_card(path: Path, card: str, day: float, own_cards: Path | None) -> None:
    """Say from which day a tactic card was in use here: the second step of its learning lag."""
    from picket.train.board import Entry, append, next_number, read_board

    with mistakes(path):
        card_called(card, own_cards)
        append(path, [Entry(n=next_number(read_board(path)), time=day, what="card", card=card)])
    click.echo(f"{card}: in use since {time.strftime('%Y-%m-%d', time.gmtime(day))}")


@train.command(**example("picket train lag --claims claims.jsonl"))
@BOARD
@claims_options
@JSON
def lag(path: Path, given: Given, as_json: bool) -> None:
    """Learning lag by card: days from its first published use to card, exercise, pass and verified change, beside the adversary's."""
    from picket.learn.first_seen import prepare
    from picket.train.board import read_board
    from picket.train.lag import STEPS, days_words, lags

    with mistakes(path):
        picture = given.picture()
        found = lags(given.cards(), read_board(path), prepare(picture))
    if as_json:
        rows = [{"card": x.card, "days": x.days, "adversary_days": x.adversary_days,
                 "at": {s: None if x.at[s] is None else list(x.at[s] or ()) for s in STEPS}} for x in found]  # fmt: skip
        click.echo(json.dumps({"cards": rows}))
        return
    click.echo("Days after the first published use (fewest to most where only a month or year is known)")
    click.echo(
        f"{'card':24} {'published':24} {'card':>14} {'first exercise':>16} {'first pass':>14} {'verified':>14} {'adversary':>16}"
    )
    for x in found:
        steps = [days_words(x.days[s]) for s in STEPS[1:]]
        click.echo(f"{x.card:24} {when_words(x.at['published']):24} {steps[0]:>14} {steps[1]:>16} {steps[2]:>14} {steps[3]:>14} "
                   f"{days_words(x.adversary_days):>16}")  # fmt: skip
    click.echo(
        "adversary: from the first actor reported with it to the next. Reports say when something was published, not when it began."
    )


def when_words(span: Any) -> str:
    """A published date in words."""
    from picket.learn.when import words

    return words(span)


@train.command(**example("picket train play swarm-at-night --out runs/tuesday"))
@click.argument("exercise")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same exercise.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8787, show_default=True, help="Port of the page; 0 takes any free one."
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder that keeps the run; default runs/NAME-played-TIME."
)
@click.option("--end", is_flag=True, help="End with the exercise; without it the page stays, for the review, until Ctrl-C.")
@JSON
def play(exercise: str, seed: int, port: int, out: Path | None, end: bool, as_json: bool) -> None:
    """Play an exercise on the page, once; then score what its officers did, and review it.

    Exercise control on the page pauses it, makes it 2, 5 or 10 times as fast, gives injects, invites officers and ends it.
    """
    import msgspec

    from picket.cli.station import ready_message, run_station
    from picket.station.demo import play_with_doors
    from picket.station.play import keep_score
    from picket.train.score import read_score
    from picket.train.score.words import lines

    with mistakes(exercise):
        found = find_exercise(exercise)
        folder = out or Path("runs") / f"{Path(exercise).stem}-played-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
        if not as_json:
            click.echo(f"EXERCISE {found.name}: {found.repeat_s:.0f} s, all sensors SIMULATED, nothing leaves this machine.")

        def ended() -> None:
            score = read_score(folder)
            if score is not None and not as_json:
                for line in lines(score):
                    click.echo(line)
                if not end:
                    click.echo("\nThe exercise is over; its review is under Train on the page. Ctrl-C ends the station.")

        run_station(
            play_with_doors(
                folder, found, seed=seed, port=port, ready=ready_message(as_json), endless=False, stay=not end, ended=ended
            )
        )
        done = read_score(folder)
        if done is None:  # it was stopped before its end
            keep_score(folder)
            done = _tell_score(folder, as_json)
        elif as_json:
            click.echo(msgspec.json.encode(done).decode())
    sys.exit(0 if done.complete else UNREADABLE)


@train.command(**example("picket train serve runs"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"))
@click.option("--board", "path", type=click.Path(path_type=Path, dir_okay=False),
              help="The file that keeps the readiness board; by default board.jsonl in the folder.")  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8789, show_default=True, help="Port of the page; 0 takes any free one."
)
@click.option("--exercises", "folders", type=click.Path(path_type=Path, file_okay=False, exists=True), multiple=True,
              help="Folder of your own exercise files; may be given again. Default: exercises and drafts, where they are.")  # fmt: skip
@claims_options
@JSON
def serve(folder: Path, path: Path | None, port: int, folders: tuple[Path, ...], given: Given, as_json: bool) -> None:
    """Start exercises, and open the reviews of the kept runs in a folder and the readiness board, on a page of this machine.

    An exercise that is started there is played by a station of its own, beside a live one and never mixed with it.
    """
    from picket.cli.station import run_station
    from picket.station.doors import lag_rows
    from picket.station.exercises import OWN
    from picket.station.train_station import TrainStation

    folder.mkdir(parents=True, exist_ok=True)
    picture = given.picture()
    own = given.claims or Path("claims.jsonl").is_file()
    whose = "the claims given" if own else "the example reports that come with Picket"

    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url}))
        else:
            click.echo(f"Open this address once, it signs you in as the training officer:\n\n    {url}\n\nCtrl-C ends it.")

    async def run() -> None:
        station = TrainStation(
            folder, port, path or folder / "board.jsonl", lambda board: lag_rows(board, picture, whose), folders or OWN
        )
        station.open()
        await station.run(ready)

    run_station(run())
