"""The layers of a pretrained encoder (Vaswani et al. 2017; BERT, Devlin et al. 2019), with what was learned here added, in numpy.

Its makers' weights are read from the user's copy and are not part of Picket. What Picket brings is a change of low rank for each matrix
(Hu et al. 2021, "LoRA": W + up down) and a change of each constant; it fits the weights it was learned on and no others, hence the sum
that is checked.

    letter  meaning                                          shape
    h       vectors of the pieces of all windows             pieces by 384
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from picket.places import in_words

Floats = NDArray[np.float32]
NAME = "all-MiniLM-L6-v2"
PUBLISHED = {  # its files: bytes and SHA-256
    "model.safetensors": (90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    "tokenizer.json": (466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
}
WIDTH, ATTENDING, LAYERS = 384, 12, 6
MATRICES = ("asked", "told", "wide", "back")  # of a layer, in the order in which they are gone through
CONSTANTS = (*(f"{m}_bias" for m in MATRICES), *(f"{n}_{part}" for n in ("first", "last") for part in ("weight", "bias")))
_TOGETHER = 16  # windows that are read at once; bounds the memory
_LEAST_SPREAD = np.float32(1e-12)
_IN_FILE = {  # parts of a layer by their names in the file
    "asked": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "told": ("attention.output.dense",),
    "first": ("attention.output.LayerNorm",),
    "wide": ("intermediate.dense",),
    "back": ("output.dense",),
    "last": ("output.LayerNorm",),
}


def published(folder: Path, name: str) -> bytes:
    """A file of the user's copy, as its makers published it.

    Raises ValueError where it is another one, OSError where it cannot be read."""
    size, digest = PUBLISHED[name]
    path = folder / name
    if (found := path.stat().st_size) != size:
        raise ValueError(f"{in_words(path)}: expected the {name} of {NAME} ({size} bytes), got {found} bytes")
    content = path.read_bytes()
    if (got := hashlib.sha256(content).hexdigest()) != digest:
        raise ValueError(f"{in_words(path)}: expected the {name} of {NAME} (SHA-256 {digest}), got {got}")
    return content


def pretrained(folder: Path) -> dict[str, Floats]:
    """The makers' weights by the names used here, from a folder that holds them. Cost: .3 s and 180 MB for a moment, then 90.

    Raises as `published` does, ImportError without safetensors."""
    from safetensors.numpy import load

    return renamed(load(published(folder, "model.safetensors")))


def renamed(file: Mapping[str, Floats], layers: int = LAYERS) -> dict[str, Floats]:
    """Weights by the names used here from those by their makers' names; query, key and value are one matrix."""
    kept = {
        "words": file["embeddings.word_embeddings.weight"],
        # all pieces are of the first of two sorts
        "places": file["embeddings.position_embeddings.weight"] + file["embeddings.token_type_embeddings.weight"][0],
        "norm_weight": file["embeddings.LayerNorm.weight"],
        "norm_bias": file["embeddings.LayerNorm.bias"],
    }
    for k in range(layers):
        for short, names in _IN_FILE.items():
            for part in ("weight", "bias"):
                kept[f"{k}.{short}_{part}"] = np.concatenate([file[f"encoder.layer.{k}.{name}.{part}"] for name in names])
    return kept


def learned(kept: Mapping[str, Floats], changes: Mapping[str, Floats], layers: int = LAYERS) -> dict[str, Floats]:
    """The makers' weights with what was learned added."""
    found = dict(kept)
    for k in range(layers):
        for m in MATRICES:
            found[f"{k}.{m}_weight"] = kept[f"{k}.{m}_weight"] + changes[f"{k}.{m}_up"] @ changes[f"{k}.{m}_down"]
        for name in CONSTANTS:
            found[f"{k}.{name}"] = kept[f"{k}.{name}"] + changes[f"{k}.{name}_change"]
    return found


class Transformer:
    """Layers as arrays; `attending` is the number of heads of attention."""

    def __init__(self, weights: Mapping[str, Floats], layers: int = LAYERS, attending: int = ATTENDING) -> None:
        self.weights, self.layers, self.attending = weights, layers, attending

    def read(self, windows: Sequence[Sequence[int]]) -> list[Floats]:
        """The vectors of the pieces of each window (pieces by width), one array a window. Cost: some 10 million products a piece."""
        parts = range(0, len(windows), _TOGETHER)
        return [vectors for k in parts for vectors in self._read(windows[k : k + _TOGETHER])]

    def _read(self, windows: Sequence[Sequence[int]]) -> list[Floats]:
        w = self.weights
        numbers = np.concatenate([np.asarray(window, np.intp) for window in windows])
        places = np.concatenate([np.arange(len(window)) for window in windows])
        bounds = np.cumsum([0, *map(len, windows)]).tolist()
        rooms = [slice(a, b) for a, b in pairwise(bounds)]
        h = _normal(w["words"][numbers] + w["places"][places], w["norm_weight"], w["norm_bias"])
        for k in range(self.layers):
            seen = self._attended(self._linear(k, "asked", h), rooms)
            h = self._normal(k, "first", h + self._linear(k, "told", seen))
            h = self._normal(k, "last", h + self._linear(k, "back", gelu(self._linear(k, "wide", h))))
        return [h[room] for room in rooms]

    def _attended(self, asked: Floats, rooms: Sequence[slice]) -> Floats:
        """What each piece takes from those of its window: softmax(q k' / sqrt(width)) v, by head (Vaswani et al. 2017, equation 1)."""
        width = asked.shape[1] // 3
        out = np.empty((len(asked), width), np.float32)
        for room in rooms:
            q, key, v = asked[room].reshape(-1, 3, self.attending, width // self.attending).transpose(1, 2, 0, 3)
            z = q @ key.transpose(0, 2, 1) / np.float32(np.sqrt(width // self.attending))
            share = np.exp(z - z.max(axis=-1, keepdims=True))
            share /= share.sum(axis=-1, keepdims=True)
            out[room] = (share @ v).transpose(1, 0, 2).reshape(-1, width)
        return out

    def _linear(self, k: int, part: str, x: Floats) -> Floats:
        found: Floats = x @ self.weights[f"{k}.{part}_weight"].T + self.weights[f"{k}.{part}_bias"]
        return found

    def _normal(self, k: int, part: str, x: Floats) -> Floats:
        return _normal(x, self.weights[f"{k}.{part}_weight"], self.weights[f"{k}.{part}_bias"])


def _normal(x: Floats, scale: Floats, shift: Floats) -> Floats:
    """Each row with mean 0 and spread 1, then scaled and shifted (Ba et al. 2016, equation 4)."""
    x = x - x.mean(axis=-1, keepdims=True)
    found: Floats = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + _LEAST_SPREAD) * scale + shift
    return found


def gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit by its tanh (Hendrycks and Gimpel 2016, section 2)."""
    found: Floats = np.float32(0.5) * x * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)))
    return found
