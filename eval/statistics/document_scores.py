"""Figures of single documents, from the same counts as those of all documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, overload

import numpy as np

from ...schema import UsageError
from ..metric_types.document_counts import DocumentCounts
from ..metric_types.metric_groups import NamedMetrics, metrics_as_dict
from ..metric_types.span_metrics import CountedMetrics
from .metrics import counted_metrics, precision_recall_f1


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """Figures of a document over all labels.

    Attributes:
        document: Id of the document.
        spans: Figures by measure.
    """

    document: str
    spans: NamedMetrics[CountedMetrics]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data, as printed by `goldspan score --json --per-document`."""
        return {"document": self.document, "spans": metrics_as_dict(self.spans)}


class DocumentScores(Sequence[DocumentScore]):
    """The figures of all documents of a system, sorted by id; each is computed when it is asked for."""

    def __init__(self, counts: DocumentCounts) -> None:
        """Initialise the figures from counts."""
        self._ids, self._counts = counts.documents, counts.spans

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int | str) -> DocumentScore: ...
    @overload
    def __getitem__(self, index: slice) -> list[DocumentScore]: ...
    def __getitem__(self, index: int | str | slice) -> DocumentScore | list[DocumentScore]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if isinstance(index, str):
            if index not in self._ids:
                raise UsageError(f"unknown document {index!r}. Fix: the id of a document of the gold")
            index = self._ids.index(index)
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        metrics = {
            measure: counted_metrics(rates[index], counts[index]) for measure, (rates, counts) in self._rows.items()
        }
        return DocumentScore(self._ids[index], NamedMetrics(metrics, noun="measure"))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures that documents have figures of: those of clusters lie across documents."""
        return tuple(self._counts)

    def columns(self) -> dict[str, list[Any]]:
        """Return the figures as columns, with one row per document and measure, undefined ones as None."""
        columns: dict[str, list[Any]] = {name: [] for name in DOCUMENT_COLUMNS}
        for score in self:
            for measure, metrics in score.spans.items():
                columns["document"].append(score.document)
                columns["measure"].append(measure)
                for field in fields(metrics):
                    columns[field.name].append(getattr(metrics, field.name))
        return columns

    @cached_property
    def _rows(self) -> dict[str, tuple[Any, Any]]:
        """Rates and counts over all labels by measure. Shapes `(n_documents, 3)` and `(n_documents, 4)`."""
        totals = {measure: table[:, -1] for measure, table in self._counts.items()}
        return {measure: (precision_recall_f1(table.astype(np.float64)), table) for measure, table in totals.items()}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"


DOCUMENT_COLUMNS = ("document", "measure", *(field.name for field in fields(CountedMetrics)))
"""Columns of per-document figures, of each system."""
