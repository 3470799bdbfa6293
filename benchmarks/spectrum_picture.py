"""Detection against SNR as a picture: one small diagram a class, ours (with 95 % intervals) beside the ideal and the peer.

Drawn from benchmarks/results/spectrum.json by `python -m benchmarks.spectrum_picture`, and whenever the row is measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "docs" / "images" / "spectrum-detection.svg"
RESULTS = Path(__file__).parent / "results" / "spectrum.json"
_W, _H, _LEFT, _TOP, _GAP_X, _GAP_Y = 150, 90, 40, 58, 30, 52
_STYLE = {
    "detected": ("#0b5cad", "", 2.2),
    "boxed": ("#0b5cad", "2 3", 1.6),
    "ideal": ("#333", "6 3", 1.4),
    "peer": ("#c2410c", "", 1.6),
}
_WORDS = {
    "detected": "Picket, found",
    "boxed": "Picket, boxed (IoU 0.2)",
    "ideal": "ideal energy detector",
    "peer": "scipy spectrogram",
}


def svg(figures: dict[str, Any]) -> str:
    """The picture's text."""
    snr, classes = figures["snr_db"], figures["classes"]
    rows = -(-len(classes) // 5)
    width, height = _LEFT + 5 * (_W + _GAP_X), _TOP + rows * (_H + _GAP_Y) + 8
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="16" font-size="13" font-weight="bold">Share of bursts found against SNR in band (SIMULATED, '
        f"{figures['rate_hz'] / 1e6:g} MS/s, 0.1 false boxes a second allowed)</text>",
    ]
    at = _LEFT
    for who, (colour, dash, stroke) in _STYLE.items():
        out.append(
            f'<line x1="{at}" x2="{at + 22}" y1="32" y2="32" stroke="{colour}" stroke-width="{stroke}" stroke-dasharray="{dash}"/>'
        )
        out.append(f'<text x="{at + 27}" y="36">{_WORDS[who]}</text>')
        at += 60 + 6 * len(_WORDS[who])
    for i, (label, c) in enumerate(classes.items()):
        out.append(_panel(label, c, snr, _LEFT + (i % 5) * (_W + _GAP_X), _TOP + (i // 5) * (_H + _GAP_Y)))
    return "\n".join([*out, "</svg>", ""])


def _panel(label: str, c: dict[str, Any], snr: list[float], left: float, top: float) -> str:
    def x(s: float) -> float:
        return round(left + (s - snr[0]) / (snr[-1] - snr[0]) * _W, 1)

    def y(p: float) -> float:
        return round(top + (1 - p) * _H, 1)

    out = [f'<text x="{left}" y="{top - 5}" font-weight="bold">{label}</text>']
    out.append(f'<text x="{left + _W}" y="{top - 5}" text-anchor="end" fill="#555">{c["n_per_point"]} a point</text>')
    for p in (0.0, 0.5, 0.9, 1.0):
        out.append(f'<line x1="{left}" x2="{left + _W}" y1="{y(p)}" y2="{y(p)}" stroke="{"#bbb" if p == 0.9 else "#e5e5e5"}"/>')
        out.append(f'<text x="{left - 4}" y="{y(p) + 3.5}" text-anchor="end" fill="#555">{p if p != 1.0 else ""}</text>')
    for s in snr[::2]:
        out.append(f'<text x="{x(s)}" y="{top + _H + 13}" text-anchor="middle" fill="#555">{s:g}</text>')
    out.append(f'<text x="{left + _W / 2}" y="{top + _H + 26}" text-anchor="middle" fill="#555">dB</text>')
    for s, (low, high) in zip(snr, c["detected_interval"], strict=True):
        out.append(f'<line x1="{x(s)}" x2="{x(s)}" y1="{y(low)}" y2="{y(high)}" stroke="#0b5cad" stroke-opacity="0.45"/>')
    for who, (colour, dash, stroke) in _STYLE.items():
        points = " ".join(f"{x(s)},{y(p)}" for s, p in zip(snr, c[who], strict=True))
        out.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{stroke}" stroke-dasharray="{dash}"/>'
        )
    return "\n".join(out)


def save(figures: dict[str, Any]) -> None:
    """Writes the picture beside the documentation."""
    TARGET.write_text(svg(figures))


if __name__ == "__main__":
    save(json.loads(RESULTS.read_text())["rows"]["detection"]["figures"])
