"""`python -m picket.train.radio OUT.sigmf-meta`: a random mixture, SIMULATED, with its truth as annotations."""

from __future__ import annotations

from pathlib import Path

import click

from picket.train.radio.scene import TRANSMITTERS, Part, Scene, random_scene, save


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--rate", default=40e6, show_default=True, help="Samples per second.")
@click.option("--seconds", default=0.3, show_default=True, help="Length; needs about 40 bytes of memory a sample.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same samples.")
@click.option("--only", type=click.Choice(list(TRANSMITTERS)), help="One transmitter of this kind instead of a mixture.")
@click.option("--snr", default=12.0, show_default=True, help="Its SNR in dB.")
def main(out: Path, rate: float, seconds: float, seed: int, only: str | None, snr: float) -> None:
    """Write a simulated IQ recording and its truth."""
    scene = Scene(rate, seconds, [Part(only, snr)]) if only else random_scene(seed, rate, seconds)
    truth = save(out, scene, seed)
    click.echo(f"SIMULATED: {', '.join(f'{p.label} {p.snr_db:.1f} dB' for p in scene.parts)}; {len(truth)} emissions -> {out}")


if __name__ == "__main__":
    main()
