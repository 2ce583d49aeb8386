"""Estimates of a quantity over a corpus, whole or by groups: by predictions, by gold, and corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...schema import UsageError, did_you_mean, pluralize
from ..result_display import arrow_frame, html_block, html_table, note_count, text_table
from .corrected_mean import corrected_mean, gold_mean
from .observed_corpus import ObservedCorpus
from .quantities import Quantity
from .three_estimates import THREE_COLUMNS, THREE_HEADERS, ThreeEstimates

if TYPE_CHECKING:
    import pandas as pd

_NAMED = 5
"""Groups that a note names."""

_SKEWED = 0.75
"""Skewness of an estimate from which on a few documents decide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEstimate(ThreeEstimates):
    """Three estimates of the mean of a quantity over the documents of a group.

    Attributes:
        group: The group; None for the whole corpus.
        documents: Number of documents of the corpus in the group.
        gold_documents: Number of them with gold.
        difference: The differences from the group that all are compared with; None of this group and the whole corpus,
            and if none was named.
    """

    group: str | None
    documents: int
    gold_documents: int
    difference: ThreeEstimates | None = None


@dataclass(frozen=True, slots=True)
class Estimates:
    """A quantity over a corpus.

    Attributes:
        quantity: The quantity.
        by: The field of the groups; None for the whole corpus alone.
        against: The group that all are compared with; None for none.
        documents: Number of documents of the corpus.
        gold_documents: Number of documents of the sample.
        design: How the sample was drawn.
        groups: The estimates: of the whole corpus, then of each group.
        notes: What a reader must know.
    """

    quantity: Quantity
    by: str | None
    against: str | None
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
            **({} if self.against is None else {"against": self.against}),
            "documents": self.documents,
            "gold": self.gold_documents,
            "design": self.design,
            "estimates": [self._group_dict(group) for group in self.groups],
            "notes": list(self.notes),
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with a row for the whole corpus and one for each group.

        Raises:
            DependencyError: pandas is not installed.
        """
        header, rows = self.rows()
        text = ("quantity", "by", "group", "against")
        types = {name: "float64" for name in header if name not in text}
        types |= {"documents": "int64", "gold_documents": "int64"}
        return arrow_frame({name: [row[at] for row in rows] for at, name in enumerate(header)}, types)

    def rows(self) -> tuple[Sequence[str], Sequence[Sequence[str | float | None]]]:
        """Return the columns and rows of a table for programs: the whole corpus, then each group."""
        columns = ["quantity", "by", "group", "documents", "gold_documents", *THREE_COLUMNS]
        if self.against is not None:
            columns += ["against", *(f"difference_{name}" for name in THREE_COLUMNS)]
        rows = []
        for group in self.groups:
            by = self.by if group.group is not None else None
            row = [self.quantity.text, by, group.group, group.documents, group.gold_documents, *group.cells]
            if self.against is not None and group.difference is not None:
                row += [self.against, *group.difference.cells]
            rows.append(row + [None] * (len(columns) - len(row)))
        return columns, rows

    @property
    def headline(self) -> str:
        """What is estimated, from which sample."""
        return f"{self.quantity.text}: {self.quantity.meaning}; sample: {self.design}"

    @property
    def tables(self) -> Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """The tables for readers, each with its header: the groups, and their differences if asked for."""
        groups = [
            (
                "all" if item.group is None else item.group,
                f"{item.documents:,}",
                f"{item.gold_documents:,}",
                *item.texts,
            )
            for item in self.groups
        ]
        tables: list[tuple[Sequence[str], Sequence[Sequence[str]]]] = [
            (("group", "documents", "gold", *THREE_HEADERS), groups)
        ]
        if self.against is not None:
            differences = [(item.group or "", *item.difference.texts) for item in self.groups if item.difference]
            tables.append(((f"less {self.against}", *THREE_HEADERS), differences))
        return tables

    @property
    def points(self) -> Sequence[tuple[str, ThreeEstimates]]:
        """What a plot shows: the groups, or else the whole corpus."""
        groups = [(item.group, item) for item in self.groups if item.group is not None]
        return groups or [("all", item) for item in self.groups]

    @property
    def is_over_time(self) -> bool:
        """Whether the groups are periods, one after the other."""
        return self.by in ("month", "year")

    @property
    def methods(self) -> str:
        """A paragraph for the methods section of a paper."""
        return (
            f"We estimate the {self.quantity.meaning} ({self.quantity.text}) over {self.documents:,} documents from "
            f"predictions for all of them and gold annotations of {self.gold_documents:,}; sample: {self.design}. The "
            "mean of the predictions is corrected by their mean error in the sample, weighted by the probabilities of "
            "sampling (the difference estimator; Särndal, Swensson and Wretman 1992; Egami et al. 2023) and with the "
            f"weight of the predictions tuned to the least variance ({POWERED}). {INTERVALS}"
        )

    def __str__(self) -> str:
        return "\n".join([self.headline, *(text_table(*table) for table in self.tables), *note_count(self.notes)])

    def _repr_html_(self) -> str:
        return html_block([html_table(self.headline, *table) for table in self.tables], self.notes)

    def _group_dict(self, group: GroupEstimate) -> dict[str, Any]:
        counts = {"group": group.group, "documents": group.documents, "gold_documents": group.gold_documents}
        difference = {} if group.difference is None else {"difference": group.difference.figures()}
        return {**counts, **group.figures(), **difference}


POWERED = "prediction-powered inference; Angelopoulos, Duchi and Zrnic 2023"
INTERVALS = (
    "Intervals are 95 % t intervals, skewed as the estimate is (Johnson 1978; Hall 1992), whose degrees of freedom "
    "fall with the kurtosis of what documents add to its error (Satterthwaite 1946); half a document more counts as "
    "missed by the predictions and half as invented. The corpus counts as a draw from what its sources report."
)


def estimate_groups(observed: ObservedCorpus, by: str | None, against: str | None) -> Estimates:
    """Return the estimates for the whole corpus and for each group.

    Args:
        observed: What is known of the corpus, with the group of each document as the field `by`.
        by: Field of the groups; None for the whole corpus alone.
        against: Group that all are compared with; None for none.

    Raises:
        UsageError: There is no such group.
    """
    every = np.ones(len(observed.predicted), dtype=bool)
    groups = [_estimate(observed, None, every)]
    if by is not None:
        of_all = np.array(observed.metadata[by], dtype=object)
        groups += [_estimate(observed, group, of_all == group) for group in sorted(set(observed.metadata[by]))]
    if against is not None:
        groups = _compared(groups, against)
    notes = [*observed.notes, *_notes(observed, groups, by)]
    drawn = observed.drawn
    return Estimates(observed.quantity, by, against, len(every), len(drawn.documents), drawn.design, groups, notes)


def _estimate(observed: ObservedCorpus, group: str | None, part: NDArray[np.bool_]) -> GroupEstimate:
    sample = observed.sample_of(part)
    return GroupEstimate(
        group=group,
        documents=int(np.count_nonzero(part)),
        gold_documents=0 if sample is None else int(np.count_nonzero(sample.inside)),
        predictions=float(observed.predicted[part].mean()),
        gold=None if sample is None else gold_mean(sample),
        corrected=None if sample is None else corrected_mean(sample),
    )


def _compared(groups: Sequence[GroupEstimate], against: str) -> list[GroupEstimate]:
    names = [group.group for group in groups if group.group is not None]
    if against not in names:
        raise UsageError(f"`against` {against}: no document is of this group. Fix: {did_you_mean(against, names)}")
    reference = next(group for group in groups if group.group == against)
    return [
        group if group.group in (None, against) else replace(group, difference=group.minus(reference))
        for group in groups
    ]


def _notes(observed: ObservedCorpus, groups: Sequence[GroupEstimate], by: str | None) -> Iterator[str]:
    whole = groups[0].corrected
    decided = whole is not None and abs(whole.skewness) > _SKEWED
    yield from observed.notes_on_gold(decided=decided)
    if without := [group.group for group in groups if group.gold is None]:
        yield f"{pluralize(len(without), 'group')} without gold, so without an estimate, such as {without[0]}"
    alone, even, little = [], [], []
    of_all = np.array(() if by is None else observed.metadata[by], dtype=object)
    for group in groups[1:]:
        if group.gold is None:
            continue
        inside = (of_all == group.group)[observed.places]
        if observed.is_even(inside):
            even.append(str(group.group))
        elif group.gold.interval is None:
            alone.append(str(group.group))
        elif observed.is_little(inside):
            little.append(str(group.group))
    if little:
        names = ", ".join(little[:_NAMED]) + (" …" if len(little) > _NAMED else "")
        what = "intervals and differences" if any(group.difference for group in groups) else "intervals"
        yield f"{what} may be too narrow for {pluralize(len(little), 'group')} with little gold: {names}"
    if even:
        what = f"{pluralize(len(even), 'group')} whose gold has the same value in all documents, which shows no spread"
        yield f"{what}, so without an interval, such as {even[0]}"
    if alone:
        yield f"{pluralize(len(alone), 'group')} with too little gold for an interval, such as {alone[0]}"
