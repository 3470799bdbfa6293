"""One decoder under atheris (libFuzzer): `python -m benchmarks.fuzz_one FORMAT CASES RESULT.json [SEED]`.

libFuzzer hands over one input after the other and keeps those that reach new code of the decoder. Each becomes VARIANTS payloads
(bits flipped, bytes replaced, tails cut, spliced with another input), decoded as one chunk on each of the format's links in turn: a
case is one payload. Looked at after every chunk: nothing was raised, every row fits its table, something was said of the payloads.
A chunk slower than 10 ms is decoded again payload by payload, twice each; the slowest payload's CPU time stands in the result.

Numba kernels are compiled, so libFuzzer sees the code around them and not their branches; the variants are for those.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import atheris
import numpy as np

ROOT = Path(__file__).parents[1]
CORPUS = Path(__file__).parent / "corpus"
VARIANTS = 256
LONGEST = 1500  # bytes of an input: a datagram
FRESH = 200  # chunks after which a decoder is measured and replaced
HANG_S = 0.010

sys.path.insert(0, str(ROOT / "tests" / "feed"))
_KERNELS = [".".join(p.relative_to(ROOT / "src").with_suffix("").parts) for p in (ROOT / "src").rglob("*_kernels.py")]
with atheris.instrument_imports(include=["picket.feed"], exclude=_KERNELS):  # Numba cannot compile instrumented functions
    from picket.feed import FORMATS

from conformance import MOST_REMEMBERED, accounted, chunk, fits, new, size_of  # noqa: E402
from samples import SAMPLES  # noqa: E402


def stored(name: str) -> list[bytes]:
    """The inputs that earlier runs found worth keeping: one line of hexadecimal digits each."""
    path = CORPUS / f"{name}.txt"
    return [bytes.fromhex(line) for line in path.read_text().split()] if path.exists() else []


def variants(data: bytes, other: bytes, chance: np.random.Generator) -> list[bytes]:
    """VARIANTS payloads made of one input; the first is the input itself."""
    if len(data) < 2:
        return [data] * VARIANTS
    rows = np.tile(np.frombuffer(data, np.uint8), (VARIANTS, 1))
    row = np.repeat(np.arange(1, VARIANTS), 3)
    at = chance.integers(0, len(data), row.size)
    one_bit = np.left_shift(1, chance.integers(0, 8, row.size)).astype(np.uint8)
    rows[row, at] ^= np.where(chance.random(row.size) < 0.7, one_bit, chance.integers(0, 256, row.size).astype(np.uint8))
    found = [r.tobytes() for r in rows]
    for i in range(VARIANTS // 8):
        found[-1 - i] = found[-1 - i][: int(chance.integers(1, len(data)))]
        if i % 2 and other:
            found[-1 - i] += other[int(chance.integers(0, len(other))) :]
    return found


class Run:
    """What one run of the fuzzer keeps between inputs."""

    def __init__(self, name: str, cases: int, result: Path, seed: int) -> None:
        self.format = next(f for f in FORMATS if f.name == name)
        self.calls_left = max(cases // VARIANTS, 1)
        self.result, self.chance = result, np.random.default_rng(seed)
        self.cases, self.calls, self.slowest_s, self.most_kept = 0, 0, 0.0, 0
        self.last = b""
        self.decoders: dict[str, Any] = {link: new(self.format) for link in self.format.links}
        for link, decoder in self.decoders.items():  # kernels are loaded before the clock runs
            decoder.decode(chunk([p for s in SAMPLES if (s.format, s.link) == (name, link) for p in s.payloads], link))
        self.began = time.perf_counter()

    def __call__(self, data: bytes) -> None:
        link = self.format.links[self.calls % len(self.format.links)]
        payloads = variants(data, self.last, self.chance)
        self.last = data
        one = chunk(payloads, link)
        began = time.perf_counter()
        decoded = self.decoders[link].decode(one)
        took = time.perf_counter() - began
        fits(decoded)
        assert accounted(decoded) or link == "stream" or not any(p.strip() for p in payloads), "payloads left no trace"
        if took > HANG_S:
            self._look_closer(payloads, link)
        self.calls += 1
        self.cases += len(payloads)
        if self.calls % FRESH == 0:
            self._replace(link)
        if self.calls == self.calls_left:
            self._tell()

    def _look_closer(self, payloads: list[bytes], link: str) -> None:
        for payload in payloads:
            times = []
            for _ in range(2):
                decoder, one = new(self.format), chunk([payload], link)
                began = time.process_time()
                decoder.decode(one)
                times.append(time.process_time() - began)
            self.slowest_s = max(self.slowest_s, min(times))

    def _replace(self, link: str) -> None:
        kept = size_of(self.decoders[link])
        self.most_kept = max(self.most_kept, kept)
        assert kept < MOST_REMEMBERED, f"{kept} bytes kept"
        fits(self.decoders[link].finish())
        self.decoders[link] = new(self.format)

    def _tell(self) -> None:
        took = time.perf_counter() - self.began
        found = {
            "cases": self.cases, "cases_per_s": round(self.cases / took), "slowest_payload_cpu_ms": round(1000 * self.slowest_s, 2),
            "most_kept_bytes": self.most_kept,
        }  # fmt: skip
        self.result.write_text(json.dumps(found))


def main() -> None:
    """Runs libFuzzer, which ends the process."""
    name, cases, result = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    folder = result.with_suffix(".corpus")
    folder.mkdir(parents=True, exist_ok=True)
    seeds = [p for s in SAMPLES if s.format == name for p in s.payloads] + stored(name)
    for i, data in enumerate(dict.fromkeys(seeds)):
        (folder / f"seed-{i:03}").write_bytes(data)
    run = Run(name, cases, result, seed)
    arguments = [
        sys.argv[0], str(folder), f"-runs={run.calls_left}", f"-max_len={LONGEST}", f"-seed={seed}", "-timeout=60",
        "-rss_limit_mb=4096", "-verbosity=0", "-len_control=20", f"-artifact_prefix={result.with_suffix('')}-",
    ]  # fmt: skip
    atheris.Setup(arguments, run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
