"""The tables of docs/spectrum.md from the kept figures: `python -m benchmarks.spectrum_table` writes them between the page's two marks.

A row that was not measured says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "spectrum.md"
RESULTS = ROOT / "benchmarks" / "results"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
Rows = dict[str, dict[str, Any]]


def _rows(name: str) -> Rows:
    path = RESULTS / f"{name}.json"
    found: Rows = json.loads(path.read_text()).get("rows", {}) if path.exists() else {}
    return found


def _lines(rows: Rows, long: Rows) -> list[tuple[str, str, str]]:
    """What, measured, goal."""
    out: list[tuple[str, str, str]] = []

    def add(source: Rows, row: str, what: str, goal: str, text: str) -> None:
        figures = source.get(row, {}).get("figures")
        out.append((what, text.format(**figures) if figures else "not measured yet", goal))

    if d := rows.get("detection", {}).get("figures"):
        for snr, goal in (("+0", "0.90"), ("-3", "0.80")):
            m = d[f"macro_{snr}_db"]
            words = f"{m['detected']} found, {m['boxed']} boxed (peer {m['peer']}, ideal {m['ideal']})"
            out.append((f"share found, mean of ten classes, {snr} dB in band", words, goal))
    noise = "{false_boxes_per_s} a second in {seconds} s (95 % bound {upper_95_per_s})"
    add(rows, "noise_clean", "false boxes on noise, 40 MS/s", "0.1 a second", noise)
    add(rows, "noise_faults", "the same with ripple, slope, image, DC and a spur (its own boxes left out)", "0.1 a second", noise)
    confirmed = (
        "{confirmed_emitters} in {hours} h at 2.4 MS/s: at most {confirmed_per_h_upper_95} an hour (95 %); {boxes} single boxes"
    )
    add(long, "noise_hours", "confirmed emitters on streamed noise", "bound of 1 an hour over 3 h", confirmed)
    add(rows, "scenes", "median IoU, mixtures at 6 to 20 dB", "0.7", "{median_iou} ({scenes} scenes, {emitters} emitters)")
    errors = "{median_centre_khz} kHz, {median_start_us} us, {median_bandwidth_error} of the width"
    add(rows, "scenes", "median error of centre, start, bandwidth", "50 kHz, 50 us, 0.1", errors)
    add(rows, "scenes", "labels, macro F1", "0.90", "{macro_f1}")
    named = "{emitters_named} of {emitters} (95 % {emitters_named_interval})"
    add(rows, "scenes", "emitters found and rightly named", "0.95", named)
    add(rows, "scenes", "boxes that belong to nothing, in those mixtures", "", "{loose_boxes_per_s} a second")
    other = "{rightly_named} of {recordings} named (95 % {interval}), {share_boxed} of bursts boxed, {loose_boxes_per_s} loose a second"
    add(rows, "unseen", "recordings of a second generator, never used in making this", "", other)
    hops = "dwell {dwell_within_5_percent}, raster {raster_within_50_khz} of {modes} modes"
    add(rows, "hops", "dwell within 5 %, raster within 50 kHz, after 0.6 s", "all", hops)
    if r := rows.get("rates", {}).get("figures"):
        words = "; ".join(f"{k}: {len(v['right'])} of {len(v['right']) + len(v['wrong'])}" for k, v in r.items())
        out.append(("kinds rightly named at other rates (of those that fit)", words, "all"))
    else:
        out.append(("kinds rightly named at other rates", "not measured yet", "all"))
    steps = "{floor_steps_told} of {floor_steps}, {latest_ms} ms"
    add(rows, "jamming", "floor steps of 3.5 dB told, the latest after", "all, 100 ms", steps)
    add(
        rows,
        "jamming",
        "gain steps found, and called jamming",
        "never called so",
        "{gain_steps_found} of {gain_steps}, {called_jamming}",
    )
    chain = "{whole_chain_noise_msps}, {whole_chain_busy_msps} MS/s"
    add(rows, "speed", "whole chain on noise, on a busy band, one core", "100 MS/s", chain)
    add(rows, "speed", "against the peer on noise", "3 times", "{chain_to_peer} times (peer {peer_msps} MS/s)")
    add(
        rows,
        "speed",
        "transform and detection against scipy.fft alone",
        "0.6",
        "{detection_to_fft} (scipy.fft {fft_alone_msps} MS/s)",
    )
    paced = (
        "{dropped_segments} of {segments} segments dropped in {seconds} s; ms: {burst_end_to_result_ms}; {peak_memory_mib} MiB"
    )
    large = "{gb} GB in {cpu_s} s of CPU, {peak_memory_mib} MiB at most; emissions at its start, middle, end: {by_place}"
    add(long, "large", "`picket spectrum` on a recording of 100 GB (three busy seconds, zeros between)", "streams", large)
    add(long, "paced", "61.44 MS/s at the pace of the clock", "nothing dropped, 100 ms, flat", paced)
    return out


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(line) + " |" for line in lines), ""]


def _db(value: float | None) -> str:
    return "not up to 9" if value is None else f"{value:.1f}"


def text() -> str:
    """All tables."""
    rows, long = _rows("spectrum"), _rows("spectrum_long")
    out = _table(("what", "measured", "goal"), list(_lines(rows, long)))
    load = ", ".join(f"{name} {row['machine']['load_1min']}" for name, row in {**rows, **long}.items())
    out += [f"Load of the two-core machine when each row began: {load}.", ""]
    if d := rows.get("detection", {}).get("figures"):
        out += ["SNR in dB at which 0.9 of the bursts are found (some box lies on it) and boxed (IoU 0.2 or more):", ""]
        lines = []
        for label, c in d["classes"].items():
            at = c["snr_at_0.9"]
            off = "" if at["detected"] is None else f"{at['detected'] - at['ideal']:.1f}"
            values = (_db(at["detected"]), _db(at["boxed"]), _db(at["ideal"]), off, _db(at["peer"]), str(c["n_per_point"]))
            lines.append((f"`{label}`", *values))
        out += _table(("class", "found", "boxed", "ideal", "found less ideal", "peer", "truths per point"), lines)
    for name in ("steady", "steady_long"):
        if s := rows.get(name, {}).get("figures"):
            out += _steady(s)
    return "\n".join(out)


def _steady(s: dict[str, Any]) -> list[str]:
    """Signals that never pause, in recordings of 55 ms or of seconds."""
    length = f"{s['seconds']:g} s" if "seconds" in s else "55 ms"
    told = ("floor_error_95_db", "bound_db", "off_the_bound_db", "finite_bound_db", "off_the_finite_bound_db")
    each = []
    for k, c in s["classes"].items():
        found = c["snr_at_0.9"]
        each.append(
            (
                f"`{k}`",
                f"not up to {s.get('snr_db', c.get('snr_db'))[-1]:g}" if found is None else _db(found),
                *(str(c.get(t, "")) for t in told),
            )
        )
    head = ("class", "found, dB", "floor's error, dB", "r - 1/r, dB", "off it", f"the same in {length}, dB", "off that")
    what = (
        f"Signals that never pause, heard for {length}, against r - 1/r for the error (95 %) of the floor where they are found:"
    )
    return [what, "", *_table(head, each)]


def main() -> None:
    """Rewrites the page between its marks."""
    page = PAGE.read_text("utf-8")
    head, rest = page.split(BEGIN, 1)
    PAGE.write_text(f"{head}{BEGIN}\n\n{text()}\n{END}{rest.split(END, 1)[1]}", "utf-8")


if __name__ == "__main__":
    main()
