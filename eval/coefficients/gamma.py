"""Gamma (Mathet, Widlöcher and Métivier 2015): agreement of units that are aligned first, corrected for chance.

Gamma is 1 minus the disorder of the best alignment over that of random annotations. Units are aligned within their
document, and disorders are added up over documents before they are divided by the mean number of units of a pass; for
a single document this is the published coefficient.

Random annotations of a document are made of real ones (section 5.2): for each annotator, those of any annotator of the
document, moved by a random distance, with what passes the end of the text put at its start. The distances of two
annotators differ by at least half the mean length of units where the text has room for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...schema import DataError, pluralize
from ..columns.layer_columns import UNKNOWN_LENGTH
from ..metric_types.agreement_metrics import GammaCoefficient
from ..statistics.metrics import Floats, nan_to_none, ratio
from .pass_columns import SharedDocuments
from .resampling import DocumentResampling
from .unit_alignment import AnnotatorUnits, least_disorder

_SAMPLES = 30  # at least; more where their disorders vary (section 5.3)
_MOST_SAMPLES = 1000
_PRECISION = 0.02  # of the expected disorder, with a confidence of 95 %


def gamma_of(shared: SharedDocuments, resampling: DocumentResampling) -> tuple[GammaCoefficient, list[str]]:
    """Compute gamma over documents that two or more passes have read, for which scipy is needed.

    Returns:
        Gamma, and notes on why it is None.

    Raises:
        DataError: There are too many ways to align the spans of a document.
    """
    names = tuple(shared.names)
    if np.any(shared.lengths == UNKNOWN_LENGTH):
        return GammaCoefficient(names, None, None, 0), ["gamma is null: the lengths of the texts are unknown"]
    documents = [document for document in _documents(shared) if any(map(len, document.annotators))]
    if not documents:
        return GammaCoefficient(names, None, None, 0), ["gamma is null: there are no spans"] if len(shared) else []
    rng = np.random.default_rng(resampling.seed)
    observed = np.array([(item.disorder(item.annotators), item.mean_units) for item in documents])
    samples = _disorders(documents, _SAMPLES, rng)
    disorders = _per_unit(samples)
    if not disorders.any():  # a text that a single span fills, for example
        return GammaCoefficient(names, None, None, _SAMPLES), ["gamma is null: random annotations are all alike"]
    needed = int(np.ceil((1.96 * disorders.std() / disorders.mean() / _PRECISION) ** 2))
    if needed > _SAMPLES:
        further = _disorders(documents, min(needed, _MOST_SAMPLES) - _SAMPLES, rng)
        samples = np.concatenate([samples, further], axis=1)
    table = np.zeros((len(shared), 1 + samples.shape[1], 2))
    table[[item.place for item in documents]] = np.concatenate([observed[:, None], samples], axis=1)
    value = _coefficient(table.sum(axis=0)[None])[0]
    interval = resampling.interval(_coefficient(resampling.sums(table)), "gamma")
    return GammaCoefficient(names, nan_to_none(value), interval, samples.shape[1]), []


def _coefficient(sums: Floats) -> Floats:
    """Return gamma from disorders and units, the observed ones first. Shapes `(n, 1 + n_samples, 2)` and `(n,)`."""
    disorders = ratio(sums[..., 0], sums[..., 1])
    coefficient: Floats = 1 - ratio(disorders[:, 0], disorders[:, 1:].mean(axis=1))
    return coefficient


def _per_unit(samples: Floats) -> Floats:
    sums = samples.sum(axis=0)
    return ratio(sums[:, 0], sums[:, 1])


@dataclass(frozen=True, slots=True)
class _AnnotatedDocument:
    place: int
    name: str
    length: int
    annotators: list[AnnotatorUnits]

    @property
    def mean_units(self) -> float:
        return sum(map(len, self.annotators)) / len(self.annotators)

    def disorder(self, annotators: list[AnnotatorUnits]) -> float:
        """Return the least disorder of annotations of this document.

        Raises:
            DataError: There are too many ways to align them.
        """
        try:
            return least_disorder(annotators)
        except DataError as error:
            spans = pluralize(sum(map(len, annotators)), "span")
            what = f"{spans} of {pluralize(len(annotators), 'pass')}"
            raise DataError(
                [replace(each, what=f"{what}: {each.what}", document=self.name) for each in error.problems]
            ) from None

    def drawn(self, rng: np.random.Generator) -> list[AnnotatorUnits]:
        """Return random annotations by as many annotators, at least one of whom has a unit."""
        total = sum(int((units.end - units.start).sum()) for units in self.annotators)
        distance = total / sum(map(len, self.annotators)) / 2
        while True:
            chosen = rng.integers(0, len(self.annotators), len(self.annotators)).tolist()
            if any(len(self.annotators[index]) for index in chosen):
                break
        free = np.ones(self.length, dtype=bool)
        drawn = []
        for index in chosen:
            places = np.flatnonzero(free)
            pivot = int(places[rng.integers(len(places))]) if len(places) else int(rng.integers(self.length))
            free[max(0, int(np.ceil(pivot - distance))) : int(np.floor(pivot + distance)) + 1] = False
            units = self.annotators[index]
            start = (units.start + pivot) % self.length
            drawn.append(AnnotatorUnits(start, start + (units.end - units.start), units.category))
        return drawn


def _documents(shared: SharedDocuments) -> list[_AnnotatedDocument]:
    edges = [np.searchsorted(spans.document, np.arange(len(shared) + 1)).tolist() for spans in shared.spans]
    documents = []
    for place, length in enumerate(shared.lengths.tolist()):
        annotators = []
        for read, spans, edge in zip(shared.read[:, place].tolist(), shared.spans, edges, strict=True):
            if read:
                own = slice(edge[place], edge[place + 1])
                annotators.append(AnnotatorUnits(spans.start[own], spans.end[own], spans.label[own]))
        documents.append(_AnnotatedDocument(place, shared.ids[place], length, annotators))
    return documents


def _disorders(documents: list[_AnnotatedDocument], samples: int, rng: np.random.Generator) -> Floats:
    """Return disorder and mean number of units of random annotations. Shape `(n_documents, n_samples, 2)`."""
    table = np.empty((len(documents), samples, 2))
    for number, document in enumerate(documents):
        for sample in range(samples):
            drawn = document.drawn(rng)
            table[number, sample] = document.disorder(drawn), sum(map(len, drawn)) / len(drawn)
    return table
