"""How often the alternative annotator test lets a model stand in for a reader though its null hypothesis holds.

`python -m benchmarks.simulations.readers 2000` simulates so many corpora a cell. The model finds just so few of the
spans that each reader is closer to the others by epsilon: the hardest case of the null hypothesis.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from goldspan.eval.coefficients.resampling import DocumentResampling
from goldspan.eval.replacement.alternative_annotator import replacement_tests
from goldspan.eval.replacement.span_credit import SPANS, PassCredits
from goldspan.eval.statistics.metrics import Floats

_CORPORA = 300
_READERS = (3, 5)
_SIZES = (30, 50, 100)
_EPSILONS = (0.1, 0.2)
_MOST_SPANS = 12
_SKILL = 0.85


def main(corpora: int = _CORPORA) -> None:
    """Print the share of corpora in which the model may stand in, by readers, documents and epsilon."""
    print(f"readers  {corpora} corpora a cell; false 'may replace', and true ones of a model as good as a reader")
    print(f"         {'readers':<9}{'epsilon':>8}{'documents':>11}{'false':>8}{'true':>8}")
    for readers in _READERS:
        for epsilon in _EPSILONS:
            skill = boundary(readers, epsilon)
            for size in _SIZES:
                false = replaced(readers, size, epsilon, skill, corpora)
                true = replaced(readers, size, epsilon, _SKILL, corpora)
                print(f"         {readers:<9}{epsilon:>8}{size:>11}{false:>8.3f}{true:>8.3f}", flush=True)


def replaced(readers: int, size: int, epsilon: float, skill: float, corpora: int) -> float:
    """Return the share of corpora in which a model of some skill may stand in for a reader."""
    rng = np.random.default_rng(size)
    none = DocumentResampling(0, 0, False)
    found = (replacement_tests(simulate_credits(rng, readers, size, skill), epsilon, none)[0] for _ in range(corpora))
    return sum(test.may_replace is True for test in found) / corpora


def boundary(readers: int, epsilon: float) -> float:
    """Return the skill with which a model is worse than the readers by just epsilon."""
    low, high = 0.2, _SKILL
    for _ in range(12):
        middle = (low + high) / 2
        shared = simulate_credits(np.random.default_rng(1), readers, 20_000, middle)
        test = replacement_tests(shared, epsilon, DocumentResampling(0, 0, False))[0]
        lead = np.mean([(item.reader_as_good or 0.0) - (item.model_as_good or 0.0) for item in test.readers])
        low, high = (middle, high) if lead > epsilon else (low, middle)
    return low


def simulate_credits(rng: np.random.Generator, readers: int, size: int, skill: float) -> PassCredits:
    """Simulate documents of 1 to 12 spans, some of them hard, that readers and then a model find, and invent a few.

    Args:
        rng: Random numbers.
        readers: Number of readers.
        size: Number of documents.
        skill: Share of spans that the model finds; readers find 85 %.
    """
    spans = np.arange(_MOST_SPANS) < rng.integers(1, _MOST_SPANS + 1, (size, 1))
    ease = rng.beta(4, 1, (size, _MOST_SPANS)) / 0.8
    shares = np.array([*[_SKILL] * readers, skill])[:, None, None]
    found = (rng.random((readers + 1, size, _MOST_SPANS)) < np.minimum(1, shares * ease)) & spans
    sizes = found.sum(axis=-1) + rng.poisson(0.3, (readers + 1, size))
    both = (found[:, None] & found[None]).sum(axis=-1)
    total = sizes[:, None] + sizes[None]
    credit: Floats = np.where(total == 0, 1.0, 2 * both / np.maximum(total, 1))
    marked: NDArray[np.bool_] = (sizes > 0)[..., None]
    names = [*(f"reader {number}" for number in range(readers)), "model"]
    return PassCredits(names, [], {SPANS: credit[..., None]}, marked, np.ones(sizes.shape, bool), [], frozenset())


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
