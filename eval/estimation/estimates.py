"""Estimates of a quantity over a corpus, whole or by groups: by predictions, by gold, and corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...corpus.queries.document_groups import grouping
from ...schema import DataError, Document, Problem, pluralize
from .corrected_mean import EstimatedMean, Floats, SampledValues, corrected_mean, gold_mean
from .quantities import Quantity
from .sample_design import DesignReader, DrawnGold

_FEW = 50
"""Documents of gold below which intervals are known to be somewhat too narrow."""

_FEW_RARE = 10
"""Documents with more than 0, or without where the quantity is a share, below which they are."""

_SKEWED = 0.25
"""Skewness of a mean from which on they are."""


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """Three estimates of the mean of a quantity over the documents of a group.

    Attributes:
        group: The group; None for the whole corpus.
        documents: Number of documents of the corpus in the group.
        gold_documents: Number of them with gold.
        predictions: By the predictions alone, which has no interval that could be trusted.
        gold: By the gold alone; None without gold.
        corrected: By the predictions corrected by the gold; None without gold.
    """

    group: str | None
    documents: int
    gold_documents: int
    predictions: float
    gold: EstimatedMean | None
    corrected: EstimatedMean | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """A quantity over a corpus.

    Attributes:
        quantity: The quantity.
        by: The field of the groups; None for the whole corpus alone.
        documents: Number of documents of the corpus.
        gold_documents: Number of documents of the sample.
        design: How the sample was drawn.
        groups: The estimates: of the whole corpus, then of each group.
        notes: What a reader must know.
    """

    quantity: Quantity
    by: str | None
    documents: int
    gold_documents: int
    design: str
    groups: Sequence[GroupEstimate]
    notes: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data, as printed by `goldspan estimate --json`."""
        return {
            "quantity": self.quantity.text,
            "meaning": self.quantity.meaning,
            "by": self.by,
            "documents": self.documents,
            "gold": self.gold_documents,
            "design": self.design,
            "estimates": [_group_dict(group) for group in self.groups],
            "notes": list(self.notes),
        }

    @property
    def methods(self) -> str:
        """A paragraph for the methods section of a paper."""
        return (
            f"We estimate the {self.quantity.meaning} ({self.quantity.text}) over {self.documents:,} documents from "
            f"predictions for all of them and gold annotations of {self.gold_documents:,}; sample: {self.design}. The "
            "mean of the predictions is corrected by their mean error in the sample, weighted by the probabilities of "
            "sampling (the difference estimator; Särndal, Swensson and Wretman 1992; Egami et al. 2023) and with the "
            "weight of the predictions tuned to the least variance (prediction-powered inference; Angelopoulos, Duchi "
            "and Zrnic 2023). Intervals are 95 % t intervals, transformed for skewness (Hall 1992); the corpus counts "
            "as a draw from what its sources report."
        )


def _group_dict(group: GroupEstimate) -> dict[str, Any]:
    method = {} if group.corrected is None else {"method": f"prediction-powered, weight {group.corrected.weight:.3f}"}
    return {
        "group": group.group,
        "documents": group.documents,
        "gold_documents": group.gold_documents,
        "predictions": {"value": group.predictions},
        "gold": _mean_dict(group.gold),
        "corrected": {**_mean_dict(group.corrected), **method},
    }


def _mean_dict(mean: EstimatedMean | None) -> dict[str, Any]:
    if mean is None:
        return {"value": None, "interval": None}
    return {"value": mean.value, "interval": None if mean.interval is None else list(mean.interval)}


class Estimator:
    """Reads the gold and then the predictions, a document at a time, and estimates a quantity.

    Args:
        quantity: The quantity.
        by: Field of the groups; None for none.
        weights: Field with the weights of the gold's documents; None to read its design from the records.
    """

    def __init__(self, quantity: Quantity, by: str | None = None, weights: str | None = None) -> None:
        self._quantity, self._by = quantity, by
        self._group = grouping(by) if by is not None else None
        self._design = DesignReader(weights)
        self._gold: dict[str, float] = {}
        self._texts: dict[str, str | None] = {}
        self._predicted: dict[str, float] = {}
        self._groups: dict[str, str] = {}
        self._unknown = {"the gold": 0, "the predictions": 0}

    def add_gold(self, document: Document) -> None:
        """Read a document of the gold.

        Raises:
            DataError: It is a draft, occurs twice, or is not of a probability sample.
        """
        if document.draft:
            problem = Problem("a draft, which nobody submitted", "leave drafts out", document=document.id)
            raise DataError(problem)
        self._once(document, self._gold)
        self._design.add(document)
        self._gold[document.id] = self._value(document, "the gold")
        self._texts[document.id] = document.with_hash().text_sha256

    def add_prediction(self, document: Document) -> None:
        """Read a document of the predictions.

        Raises:
            DataError: It occurs twice, or has another text than in the gold.
        """
        self._once(document, self._predicted)
        known = self._texts.get(document.id)
        if known is not None and known != document.with_hash().text_sha256:
            what = "the predictions have another text than the gold"
            raise DataError(Problem(what, "predict the texts of the gold", document=document.id))
        self._predicted[document.id] = self._value(document, "the predictions")
        if self._group is not None:
            self._groups[document.id] = self._group(document)

    def estimates(self) -> Estimates:
        """Return the estimates.

        Raises:
            DataError: There is no gold, it has documents that the predictions lack, or is not a probability sample.
        """
        if not self._gold:
            raise DataError(Problem("the gold has no documents", "give the sample that people annotated"))
        missing = [name for name in self._gold if name not in self._predicted]
        if missing:
            what = f"{pluralize(len(missing), 'document')} of the gold have no predictions, such as {missing[0]!r}"
            raise DataError(Problem(what, "predict the whole corpus, the gold's documents included"))
        drawn = self._design.drawn_from(self._predicted.keys())
        names = list(self._predicted)
        predicted = np.array(list(self._predicted.values()))
        groups = [self._estimate(None, predicted, drawn, np.ones(len(drawn.documents), dtype=bool))]
        if self._group is not None:
            of_all = np.array([self._groups[name] for name in names], dtype=object)
            of_gold = np.array([self._groups[name] for name in drawn.documents], dtype=object)
            groups += [
                self._estimate(group, predicted[of_all == group], drawn, of_gold == group)
                for group in sorted(set(self._groups.values()))
            ]
        notes = [*drawn.notes, *self._notes(drawn, groups)]
        return Estimates(self._quantity, self._by, len(names), len(drawn.documents), drawn.design, groups, notes)

    def _estimate(self, group: str | None, predicted: Floats, drawn: DrawnGold, inside: Any) -> GroupEstimate:
        mean = float(predicted.mean())
        count = int(np.count_nonzero(inside))
        if not count:
            return GroupEstimate(group, len(predicted), 0, mean, None, None)
        sample = SampledValues(
            np.array([self._gold[name] for name in drawn.documents]),
            np.array([self._predicted[name] for name in drawn.documents]),
            drawn.weight,
            drawn.probability,
            drawn.stratum,
            inside,
            len(predicted),
            mean,
        )
        return GroupEstimate(group, len(predicted), count, mean, gold_mean(sample), corrected_mean(sample))

    def _notes(self, drawn: DrawnGold, groups: Sequence[GroupEstimate]) -> Iterable[str]:
        for where, count in self._unknown.items():
            if count:
                yield f"{pluralize(count, 'span')} of {where} have no value to sum and count as 0"
        values = [self._gold[name] for name in drawn.documents]
        positive = sum(value != 0 for value in values)
        rare = min(positive, len(values) - positive) if self._quantity.is_share else positive
        whole = groups[0].corrected
        if whole is not None and whole.interval is None and len(values) > 1:
            yield "all documents of gold have the same value, which shows no spread: there are no intervals"
        elif len(values) < _FEW or rare < _FEW_RARE or (whole is not None and abs(whole.skewness) > _SKEWED):
            yield (
                f"intervals may be too narrow: {pluralize(len(values), 'document')} of gold, {positive} of them with "
                "more than 0, or a few of them decide the estimate"
            )
        if without := [group.group for group in groups if group.gold is None]:
            yield f"{pluralize(len(without), 'group')} without gold, so without an estimate, such as {without[0]}"
        alone = [g.group for g in groups if g.group is not None and g.gold is not None and g.gold.interval is None]
        if alone:
            yield f"{pluralize(len(alone), 'group')} with too little gold for an interval, such as {alone[0]}"

    def _value(self, document: Document, where: str) -> float:
        value, unknown = self._quantity.value(document)
        self._unknown[where] += unknown
        return value

    def _once(self, document: Document, seen: Mapping[str, float]) -> None:
        if document.id in seen:
            raise DataError(Problem("duplicate document id", "keep one of them", document=document.id))
