"""`picket spectrum`: IQ recording -> emissions."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from picket.cli.common import JSON, NOTHING_USABLE, UNREADABLE, check_out, count, example, mistakes, moment, progress
from picket.cli.sweeps import is_table, show
from picket.places import write_over

_PAIR = (".sigmf-meta", ".sigmf-data")


@click.command(**example("picket spectrum roof.sigmf-meta -o emissions.sigmf-meta --waterfall roof.png"))
@click.argument("recording", metavar="IN")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Emissions as SigMF annotations (.sigmf-meta); `-` prints them."
)
@click.option(
    "--detections", type=click.Path(path_type=Path), help="Also as a detection table: .parquet, .csv, .jsonl or .arrow."
)
@click.option(
    "--waterfall", type=click.Path(path_type=Path), help="A picture of the recording with the emissions outlined (PNG)."
)
@click.option("--datatype", "type_name", help="Of raw samples: ci16_le, ci8, cu8, cf32_le and the like.")
@click.option("--rate", type=float, help="Of raw samples: samples per second.")
@click.option("--center", type=float, help="Centre frequency in Hz (0 when not given), where the recording does not say it.")
@click.option("--start", callback=moment, help="When the recording began (ISO 8601 or UNIX seconds), where it does not say.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="The floor of an earlier recording; rises of 3 dB over 5 MHz are reported.",
)
@click.option("--save-baseline", type=click.Path(path_type=Path), help="Writes this recording's floor for later comparison.")
@click.option("--sensor", default="spectrum", show_default=True, help="The sensor's id in the detection table.")
@click.option(
    "--serve", is_flag=True, help="Opens the recording on the spectrum page instead: waterfall, emitters, occupancy, clips."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8789, show_default=True, help="Port of the page; 0 takes any free one."
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("spectrum"), show_default=True,
    help="Folder for clips that are cut out on the page, and for who cut them.",
)  # fmt: skip
@JSON
def spectrum(
    recording: str,
    out: Path | None,
    detections: Path | None,
    waterfall: Path | None,
    type_name: str | None,
    rate: float | None,
    center: float | None,
    start: float | None,
    baseline: Path | None,
    save_baseline: Path | None,
    sensor: str,
    serve: bool,
    port: int,
    folder: Path,
    as_json: bool,
) -> None:
    """Find what transmits in an IQ recording: SigMF, raw samples, or `-` for standard input. Nothing is decoded.

    IN may also be a table of hackrf_sweep or rtl_power (CSV): then occupancy and floor are told, and nothing more.
    """
    from picket.spectrum.interference import Baseline
    from picket.spectrum.recording import open_recording
    from picket.spectrum.run import analyse
    from picket.spectrum.sigmf import SpectrumError

    for written in (detections, waterfall, save_baseline):
        check_out(written, recording, baseline)
    with mistakes(recording):
        if is_table(recording):
            asked = {"-o": out, "--detections": detections, "--waterfall": waterfall, "--baseline": baseline, "--serve": serve}
            return show(recording, as_json, {**asked, "--save-baseline": save_baseline})
        source = open_recording(recording, type_name=type_name, rate_hz=rate, center_hz=center, start=start)
        if serve:
            _serve(source, folder, port, as_json)
            return
        own = Path(recording)
        pair = [own.with_suffix(s) for s in _PAIR] if own.suffix in _PAIR else [own]
        if out is not None and out.resolve() in {p.resolve() for p in pair}:
            raise SpectrumError(f"{out}: that is the recording itself; choose another name", 2)
        check_out(out, baseline)
        reference = Baseline.load(baseline) if baseline else None
        begin = time.perf_counter()
        with progress("spectrum") as on_progress:
            report = analyse(source, baseline=reference, waterfall=waterfall is not None, on_progress=on_progress)
        seconds = time.perf_counter() - begin
        _write(report, source, out, detections, waterfall, save_baseline, sensor)
    summary = _summary(report, source, seconds)
    if as_json:
        click.echo(json.dumps(summary, allow_nan=False), err=str(out) == "-")
    else:
        _say(summary, to_stderr=str(out) == "-")
    sys.exit(UNREADABLE if report.cut else 0 if report.samples else NOTHING_USABLE)


def _serve(source: Any, folder: Path, port: int, as_json: bool) -> None:
    import asyncio

    from picket.spectrum.sigmf import SpectrumError
    from picket.station.spectrum_station import SpectrumStation

    if source.total_bytes is None:
        raise SpectrumError("--serve needs a recording in a file; a live radio is a [[radio]] of a station", 2)

    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url}))
        else:
            click.echo(f"{source.name}: open this address once, it signs you in:\n\n    {url}\n\nCtrl-C ends it.")

    async def run() -> None:
        station = SpectrumStation(source, folder, port)
        station.open()
        await station.run(ready)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def _write(
    report: Any,
    source: Any,
    out: Path | None,
    detections: Path | None,
    waterfall: Path | None,
    save_baseline: Path | None,
    sensor: str,
) -> None:
    from picket.feed.table import write_table
    from picket.spectrum.run import emitter_summary
    from picket.spectrum.sigmf import document
    from picket.spectrum.tables import detections as rows

    if out is not None:
        summary = emitter_summary(report, source.meta.rate_hz, source.meta.center_hz)
        text = document(source.meta, report.emissions, {"core:dataset": Path(source.name).name, "picket:emitters": summary})
        if str(out) == "-":
            click.echo(text, nl=False)
        else:
            write_over(out, text.encode())
    if detections is not None:
        write_table(rows(report.emissions, source.meta, source.name, sensor), detections)
    if waterfall is not None:
        report.waterfall.write(waterfall, report.emissions)
    if save_baseline is not None and report.floor is not None:
        report.floor.save(save_baseline)


def _summary(report: Any, source: Any, seconds: float) -> dict[str, Any]:
    from picket.spectrum.interference import merged
    from picket.spectrum.recording import describe
    from picket.spectrum.run import emitter_summary

    meta = source.meta
    return {
        **describe(meta),
        "samples": report.samples,
        "seconds": report.samples / meta.rate_hz,
        "emissions": len(report.emissions),
        "emitters": emitter_summary(report, meta.rate_hz, meta.center_hz),
        "rises": [
            {
                "kind": r.kind,
                "start_s": r.sample_start / meta.rate_hz,
                "low_hz": r.low_hz,
                "high_hz": r.high_hz,
                "rise_db": round(r.rise_db, 2),
            }
            for r in merged(report.rises)
        ],
        "gain_steps": [{"time_s": at / meta.rate_hz, "db": round(db, 2)} for at, db in report.gain_steps],
        "notes": dict(sorted(report.notes.items())),
        "cut": report.cut,
        "msps": round(report.samples / max(seconds, 1e-9) / 1e6, 2),
    }


def _say(s: dict[str, Any], *, to_stderr: bool) -> None:
    def say(text: str) -> None:
        click.echo(text, err=to_stderr)

    simulated = " SIMULATED" if s["simulated"] else ""
    say(
        f"{s['seconds']:.3f} s at {s['rate_hz'] / 1e6:g} MS/s round {s['center_hz'] / 1e6:g} MHz{simulated}: "
        f"{count(s['emissions'], 'emission')}, {count(len(s['emitters']), 'emitter')}"
    )
    for m in s["emitters"]:
        say(
            f"  {m['label']:10} {m['center_hz'] / 1e6:10.3f} MHz, {m['bandwidth_hz'] / 1e6:7.3f} MHz wide, {m['snr_db']:5.1f} dB, "
            f"{m['first_s']:.3f} to {m['last_s']:.3f} s, {m['bursts']} x, confidence {m['confidence']:.2f}: {'; '.join(m['evidence'])}"
        )
    for r in s["rises"]:
        what = "the floor rose" if r["kind"] == "floor" else "the whole band rose (gain, or a jammer wider than the band)"
        say(
            f"  {what} by {r['rise_db']:.1f} dB, {r['low_hz'] / 1e6:.2f} to {r['high_hz'] / 1e6:.2f} MHz, since {r['start_s']:.4f} s"
        )
    for g in s["gain_steps"]:
        say(f"  gain step of {g['db']:+.1f} dB at {g['time_s']:.4f} s (not jamming)")
    for reason, n in s["notes"].items():
        say(f"  {n} {reason}")
    if s["cut"]:
        say("  the recording is cut; what was there has been looked at")
