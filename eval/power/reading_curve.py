"""How a layer gets better as people read its documents: contested ones first, or in a random order.

Of a gold, all is known: what the layer has in each document, and what people make of it. So any order of reading can
be tried: the documents that are read count as the gold has them, the others as the layer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from math import isfinite
from typing import Any

import numpy as np

from ...corpus.adjudication.drafts import require_submitted
from ...corpus.adjudication.vote_record import contested_places
from ...corpus.release.prioritise import CONTESTED, MIX, ORDERS, RANDOM, reading_order
from ...schema import DataError, Document, Problem, Scheme, UsageError, did_you_mean, pluralize
from ..scoring import score_documents
from ..statistics.compared_metrics import MetricOfSums, planned_metric
from ..statistics.metrics import Floats
from .reading_results import NeededReading, ReadingCurve, ReadingPoint

READING_ORDERS = tuple(name for name in ORDERS if name != "disagreement")
"""The orders that one layer gives; disagreement is of several."""

_BY_WORDS = ("novelty", MIX)

LEAST_DRAWS, MOST_DRAWS = 20, 10_000
"""Random orders below which their band cannot be told."""

_BAND = (5, 95)
_POINTS = 40


def check_reading(measure: str, order: str, wanted: float | None, draws: int, seed: int) -> None:
    """Check what is asked for, before anything is read.

    Raises:
        UsageError: The metric is not one of spans or values, there is no such order, what is wanted is not finite,
            there are too few or too many draws, or the seed is negative.
    """
    if not measure.startswith(("spans.", "values.")):
        raise UsageError(f"`measure` {measure} has no curve. Fix: a metric of spans or values, spans.strict.micro.f1")
    if order not in READING_ORDERS:
        raise UsageError(f"`order`: {order!r} is no order of one layer. Fix: {did_you_mean(order, READING_ORDERS)}")
    if wanted is not None and not isfinite(wanted):
        raise UsageError(f"`wanted` {wanted:g} is not a metric. Fix: a number, such as 0.9")
    if isinstance(draws, bool) or not isinstance(draws, int) or not LEAST_DRAWS <= draws <= MOST_DRAWS:
        raise UsageError(f"`draws` {draws} cannot be drawn. Fix: a whole number from {LEAST_DRAWS} to {MOST_DRAWS:,}")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise UsageError(f"`seed` {seed} is not a seed. Fix: a whole number, 0 or more")


def reading_curve(
    gold: Iterable[Document],
    predictions: Iterable[Document],
    scheme: Scheme,
    *,
    measure: str,
    order: str,
    random_share: float,
    wanted: float | None,
    draws: int,
    seed: int,
) -> ReadingCurve:
    """Return how a metric of a layer rises as people read its documents in an order, and in random ones.

    Args:
        gold: Gold, which is what people make of the documents.
        predictions: The layer, such as that of a vote. Documents that the gold lacks are left out with a note.
        scheme: Scheme of both.
        measure: Path of the metric in the JSON of `goldspan score`.
        order: The order, one of `READING_ORDERS`.
        random_share: Share of random documents within the order, as in `reading_order`.
        wanted: The metric that is wanted; None for the curve alone.
        draws: Number of random orders.
        seed: Their seed.

    Raises:
        DataError: The gold has a draft or nothing, texts differ, or the metric is undefined for the predictions.
        UsageError: As in `check_reading` and `reading_order`, or there is no such metric.
    """
    check_reading(measure, order, wanted, draws, seed)
    read, layer, notes = _compared(gold, predictions)
    scores = score_documents(read, [layer, read], scheme, names=["predictions", "gold"], resamples=0, warn=notes.append)
    if scores[0].metric(measure) is None:
        what = f"{measure} is undefined for the predictions"
        raise DataError(Problem(what, "give predictions that have what it measures, or take another metric"))
    before, after = (planned_metric(measure, scored.counts) for scored in scores)
    of_id = {document.id: document for document in read}
    names = scores[0].counts.documents
    places = {name: place for place, name in enumerate(names)}
    ranked, remarks = _ranked([of_id[name] for name in names], layer, order, random_share)
    rises = _Rises(before.counts, after.counts, before.of_sums)
    rng, size = np.random.default_rng(seed), len(names)
    points = np.unique(np.linspace(0, size, min(size, _POINTS) + 1).round().astype(int))
    first = rises.of(np.array([places[name] for name in ranked]))
    needed, at_random = [], []
    for _ in range(draws):
        drawn = rises.of(rng.permutation(size))
        at_random.append(drawn[points])
        needed.append(_needed(drawn, wanted))
    lengths = np.array([of_id[name].length for name in ranked], dtype=np.float64)
    text = np.concatenate([[0.0], np.cumsum(lengths)]) / max(1.0, lengths.sum())
    curve = [
        ReadingPoint(int(at), float(text[at]), _known(first[at]), *_band(random))
        for at, random in zip(points, np.array(at_random).T, strict=True)
    ]
    told = None if wanted is None else NeededReading(wanted, _needed(first, wanted), *_band_of_counts(needed))
    settings = {
        "target": measure,
        "kind": "reading",
        "order": order,
        "random_share": f"{random_share:g}",
        "wanted": "none" if wanted is None else f"{wanted:g}",
        "draws": str(draws),
        "seed": str(seed),
        "scores": scores[0].signature.replace("|", ","),
        "goldspan": version("goldspan"),
    }
    signature = "|".join(f"{name}:{value}" for name, value in settings.items())
    if told is not None and told.ordered is None:
        remarks.append(f"not even all {size:,} documents give {wanted:g}: this is what the gold has against itself")
    return ReadingCurve(measure, order, size, curve, told, signature, [*notes, *remarks])


def _compared(
    gold: Iterable[Document], predictions: Iterable[Document]
) -> tuple[list[Document], list[Document], list[str]]:
    """Return the documents of the gold that somebody read, those of the layer that it has, and what was left out."""
    read, skipped, chosen_by = [], 0, set[str]()
    for document in gold:
        require_submitted("the gold", document)
        if document.layer is not None and document.layer.skipped:
            skipped += 1
            continue
        chosen_by.update((document.layer.chosen_by if document.layer else None) or ())
        read.append(document)
    if not read:
        raise DataError(Problem("the gold has no documents that were read", "annotate some first"))
    ids = {document.id for document in read}
    every = list(predictions)
    layer = [document for document in every if document.id in ids]
    notes = []
    if skipped:
        notes.append(f"left out of the gold, as annotators skipped them: {pluralize(skipped, 'document')}")
    if left := len(every) - len(layer):
        notes.append(f"left out of the predictions, as they have no gold: {pluralize(left, 'document')}")
    if chosen := sorted(chosen_by - {RANDOM}):
        notes.append(
            f"the gold was chosen by {', '.join(chosen)}: the curve is that of its documents, and that of the whole "
            "corpus may be another"
        )
    return read, layer, notes


def _ranked(
    gold: Sequence[Document], layer: Sequence[Document], order: str, random_share: float
) -> tuple[list[str], list[str]]:
    """Return the ids of the gold in the order that the layer gives it, and what a reader must know of it."""
    if order in _BY_WORDS and any(document.text is None for document in gold):
        raise UsageError(f"`order` {order} looks at words, and the gold has no texts. Fix: contested or score")
    of_layer = {document.id: document for document in layer}
    pairs = [
        (document, {"predictions": of_layer[document.id].spans} if document.id in of_layer else {}) for document in gold
    ]
    counts = {name: count for name, found in of_layer.items() if (count := contested_places(found)) is not None}
    ranked = reading_order(pairs, order, random_share=random_share, contested=counts)
    notes = []
    if order == CONTESTED:
        some = sum(count > 0 for count in counts.values())
        notes.append(f"the readers of the vote differ in {some:,} of {pluralize(len(gold), 'document')}")
    return [chosen.document.id for chosen in ranked], notes


class _Rises:
    """The metric after each document that is read, for any order.

    Args:
        before: Counts of the layer in each document. Shape `(n, …)`.
        after: Counts of the gold against itself. Shape `(n, …)`.
        of_sums: The metric, as a function of sums.
    """

    def __init__(self, before: Floats, after: Floats, of_sums: MetricOfSums) -> None:
        self._of_sums = of_sums
        self._start = before.sum(axis=0, dtype=np.float64)[None]
        self._steps = after.astype(np.float64) - before

    def of(self, order: Sequence[int] | Any) -> Floats:
        """Return the metric after none, one, … and all documents in an order of their places. Shape `(n + 1,)`."""
        sums = np.concatenate([self._start, self._start + np.cumsum(self._steps[order], axis=0)])
        return self._of_sums(sums)


def _needed(metric: Floats, wanted: float | None) -> int | None:
    """Return after how many documents a metric is as high as wanted and stays so; None if never."""
    if wanted is None:
        return None
    # what rounding takes from a metric that is reached exactly
    short = np.flatnonzero(~(metric >= wanted - 1e-12))
    first = 0 if not len(short) else int(short[-1]) + 1
    return first if first < len(metric) else None


def _band(values: Floats) -> tuple[float | None, float | None, float | None]:
    if not np.isfinite(values).all():
        return None, None, None
    low, high = np.percentile(values, _BAND)
    mean = np.clip(values.mean(), values.min(), values.max())  # rounding moves that of equal values out of them
    return float(mean), float(low), float(high)


def _band_of_counts(counts: Sequence[int | None]) -> tuple[float | None, float | None, float | None]:
    """Return mean and band of numbers of documents; all have one, or none has, as all orders end alike."""
    return _band(np.array([np.nan if count is None else count for count in counts], dtype=np.float64))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
