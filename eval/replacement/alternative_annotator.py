"""The alternative annotator test, of whether a model may stand in for a reader (Calderon, Reichart and Dror 2025, ACL).

Each reader is left out in turn. On each document, the model and this reader are compared by their mean credit with the
other readers. Let d be 1 where the reader is closer to the others, -1 where the model is, and 0 where both are as
close. The null hypothesis is that the mean of d is at least epsilon: that the reader represents the others better than
the model does by epsilon or more. It is tested for each reader with a one-sided t test, and the tests are corrected
with the procedure of Benjamini and Yekutieli (2001), which holds under any dependence. The model may stand in for a
reader if it is not worse than at least half of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ..coefficients.resampling import DocumentResampling
from ..metric_types.replacement_tests import ReaderComparison, ReplacementTest
from ..statistics.false_discoveries import benjamini_yekutieli
from ..statistics.metrics import Floats, nan_to_none, ratio
from ..statistics.student_t import t_tails
from .span_credit import PassCredits

LEVEL = 0.05
"""Expected share of false ones among the readers that the model is said not to be worse than."""

EPSILON = 0.2
"""By how much the model may be worse, by default: what the authors advise for experts, whose time is dear."""

MIN_READ = 30
"""Number of documents of a reader below which they are not tested, as in the authors' code."""

MIN_READERS = 3
"""Number of readers from which on there is a group to represent."""

_AS_GOOD = 1e-12  # means of the same credits in another order


def replacement_tests(shared: PassCredits, epsilon: float, resampling: DocumentResampling) -> list[ReplacementTest]:
    """Test whether a model may stand in for a reader: over all labels, then by label, for each kind of credit.

    The correction is over the readers, and for the tests by label over readers and labels together.

    Args:
        shared: Credits of passes, the model's last.
        epsilon: By how much the model may be worse than a reader.
        resampling: Resampling of the documents, for intervals.
    """
    found = []
    for kind in shared.credit:
        for family in ([None], list(shared.labels)):
            cases = [_Case(shared, kind, label) for label in family]
            p_values = [p for case in cases for p in case.p_values(epsilon)]
            adjusted = iter(benjamini_yekutieli(p_values))
            of_case = [[next(adjusted) for _ in case.readers] for case in cases]
            found += [case.result(p, epsilon, resampling) for case, p in zip(cases, of_case, strict=True)]
    return found


class _Case:
    """The comparisons of the model with each reader by one kind of credit, for one label or all."""

    def __init__(self, shared: PassCredits, kind: str, label: str | None) -> None:
        self.kind, self.label = kind, label
        *self.readers, _ = shared.names
        number = -1 if label is None else list(shared.labels).index(label)
        credit = shared.credit[kind][..., number]
        # where nobody marked anything, all agree, and a model that marks nothing at all would seem as good as anyone
        worth = shared.marked[..., number].any(axis=0) & shared.read[-1]
        compared = [self._closeness(credit, reader) for reader in range(len(self.readers))]
        self.tested: NDArray[np.bool_] = np.stack([worth & ~np.isnan(both).any(axis=0) for both in compared])
        self.model_closer = np.stack([model >= reader - _AS_GOOD for reader, model in compared]) & self.tested
        self.reader_closer = np.stack([reader >= model - _AS_GOOD for reader, model in compared]) & self.tested

    def _closeness(self, credit: Floats, reader: int) -> Floats:
        """Return the mean credit of a reader and of the model with the other readers. Shape `(2, n_documents)`."""
        others = [other for other in range(len(self.readers)) if other != reader]
        # a reader who has not read a document has a credit with nobody there
        known = ~np.isnan(credit[reader][others])
        sums = [np.where(known, credit[side][others], 0.0).sum(axis=0) for side in (reader, -1)]
        both: Floats = ratio(np.stack(sums), known.sum(axis=0).astype(np.float64)[None])
        return both

    def p_values(self, epsilon: float) -> list[float | None]:
        """Return the p-value of each reader; None for too few documents."""
        pairs = zip(self.reader_closer, self.model_closer, self.tested, strict=True)
        return [
            _p_value((reader.astype(np.float64) - model)[tested], epsilon) if tested.sum() >= MIN_READ else None
            for reader, model, tested in pairs
        ]

    def result(
        self, adjusted: Sequence[float | None], epsilon: float, resampling: DocumentResampling
    ) -> ReplacementTest:
        """Return the result, given the corrected p-values."""
        compared = [
            ReaderComparison(
                reader=name,
                documents=int(self.tested[at].sum()),
                model_as_good=nan_to_none(_share(self.model_closer[at], self.tested[at])),
                reader_as_good=nan_to_none(_share(self.reader_closer[at], self.tested[at])),
                p_value=raw,
                p_adjusted=p,
                not_worse=None if p is None else p <= LEVEL,
            )
            for at, (name, raw, p) in enumerate(zip(self.readers, self.p_values(epsilon), adjusted, strict=True))
        ]
        tested = [at for at, p in enumerate(adjusted) if p is not None]
        if len(tested) < MIN_READERS:
            return ReplacementTest(self.kind, self.label, compared, None, None, None, None)
        counts = np.stack([self.model_closer[tested], self.tested[tested]], axis=-1).swapaxes(0, 1)
        own = resampling.of(len(counts))
        sums = np.concatenate([counts.sum(axis=0, dtype=np.float64)[None], own.sums(counts)])
        advantage = ratio(sums[..., 0], sums[..., 1]).mean(axis=1)
        interval = own.interval(advantage[1:], "advantage")
        winning = sum(bool(compared[at].not_worse) for at in tested) / len(tested)
        return ReplacementTest(self.kind, self.label, compared, winning, float(advantage[0]), interval, winning >= 0.5)


def _share(closer: NDArray[np.bool_], tested: NDArray[np.bool_]) -> float:
    return float(ratio(np.array(float(closer.sum())), np.array(float(tested.sum()))))


def _p_value(differences: Floats, epsilon: float) -> float:
    """Return the p-value of a one-sided t test that the mean is below epsilon."""
    mean, count = float(differences.mean()), len(differences)
    deviation = float(differences.std(ddof=1))
    if deviation == 0:
        return 0.0 if mean < epsilon else 1.0
    t = (mean - epsilon) / (deviation / sqrt(count))
    half = t_tails(t, count - 1) / 2
    return half if t < 0 else 1 - half
