"""`picket train radio`: the warning time that radio gives in an exercise."""

from __future__ import annotations

import json

import click
import msgspec

from picket.cli.common import JSON, example, mistakes, progress


@click.command("radio", **example("picket train radio first-look"))
@click.argument("exercise")
@click.option("--actor", "name", help="The actor that flies; by default the first that comes and goes and is not harmless.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same flight.")
@JSON
def radio(exercise: str, name: str | None, seed: int, as_json: bool) -> None:
    """What radio gains: one flight of an exercise with its direction finders and without, and the warning time of both. SIMULATED.

    EXERCISE is one of `picket train list`, a file, or `demo`.
    """
    from picket.cli.train import find_exercise
    from picket.station import warm
    from picket.station.radio_gain import REACH_M, Told, compare
    from picket.train import demo_exercise
    from picket.train.sweep.variants import swept_actor

    with mistakes(exercise):
        found = demo_exercise() if exercise == "demo" else find_exercise(exercise)
        actor = swept_actor(found, name)
        warm.load_kernels()
        with progress("exercise") as on_progress:

            def tell(done: float, planned: float) -> None:
                if on_progress is not None:
                    on_progress(found.name, int(done), int(planned))

            heard, deaf, added = compare(found, actor, seed, tell)
    gained = None if heard.warning_s is None or deaf.warning_s is None else heard.warning_s - deaf.warning_s
    if as_json:
        click.echo(json.dumps({
            "exercise": found.name, "actor": actor.id, "seed": seed, "added": added, "gained_s": gained,
            "with": {**msgspec.to_builtins(heard), "warning_s": heard.warning_s},
            "without": {**msgspec.to_builtins(deaf), "warning_s": deaf.warning_s},
        }))  # fmt: skip
        return

    def line(what: str, t: Told) -> str:
        if t.first_s is None:
            return f"  {what:14} no alert"
        warned = "it enters nothing" if t.warning_s is None else f"{t.warning_s:.0f} s before it entered"
        return f"  {what:14} {warned}, {t.first_s:.0f} s after the begin ({t.rule}): {t.text}"

    click.echo(f"EXERCISE {found.name}, actor {actor.id}, seed {seed}, SIMULATED: the first alert of its flight")
    if added:
        click.echo(f"  (the site has no direction finder; one that hears {REACH_M:g} m far was put at its origin)")
    click.echo(line("with radio", heard))
    click.echo(line("without radio", deaf))
    if gained is not None:
        click.echo(f"  warning time gained: {gained:+.0f} s")
