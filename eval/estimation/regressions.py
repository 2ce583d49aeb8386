"""Regressions of a quantity on fields of documents: by predictions, by gold, and corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...schema import DataError, Problem, UsageError, pluralize
from ..result_display import arrow_frame, html_block, html_table, note_count, text_table
from .corrected_mean import EstimatedMean, SampledValues, corrected_fit, gold_fit
from .estimates import INTERVALS, POWERED
from .observed_corpus import ObservedCorpus
from .quantities import Quantity
from .regressors import CONSTANT, RegressorColumns, check_independent, regressor_columns
from .three_estimates import THREE_COLUMNS, THREE_HEADERS, ThreeEstimates
from .weighted_fits import Floats, WeightedFit, fit_linear, fit_logistic

if TYPE_CHECKING:
    import pandas as pd

_Fit = Callable[[Floats, Floats, Floats], WeightedFit | None]
_FITS: Mapping[str, _Fit] = {"linear": fit_linear, "logit": fit_logistic}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient(ThreeEstimates):
    """Three estimates of a coefficient.

    Attributes:
        term: What it is of: `constant`, a field with numbers, or `FIELD=LEVEL`, compared with the reference level.
    """

    term: str


@dataclass(frozen=True, slots=True)
class Regression:
    """The regression of a quantity on fields of documents.

    Attributes:
        quantity: The quantity.
        model: `linear` (least squares) or `logit` (logistic, of a share of documents; log odds ratios).
        on: The fields.
        references: The level of each categorical field that the others are compared with, by field.
        documents: Number of documents of the corpus with a value of each field.
        gold_documents: Number of documents of the sample with a value of each field.
        design: How the sample was drawn.
        coefficients: The coefficients, the constant first.
        notes: What a reader must know.
    """

    quantity: Quantity
    model: str
    on: Sequence[str]
    references: Mapping[str, str]
    documents: int
    gold_documents: int
    design: str
    coefficients: Sequence[Coefficient]
    notes: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the regression as plain data, as printed by `goldspan estimate --on FIELD --json`."""
        return {
            "quantity": self.quantity.text,
            "meaning": self.quantity.meaning,
            "model": self.model,
            "on": list(self.on),
            "references": dict(self.references),
            "documents": self.documents,
            "gold": self.gold_documents,
            "design": self.design,
            "coefficients": [{"term": item.term, **item.figures()} for item in self.coefficients],
            "notes": list(self.notes),
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with a row for each coefficient.

        Raises:
            DependencyError: pandas is not installed.
        """
        header, rows = self.rows()
        columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
        return arrow_frame(columns, dict.fromkeys(THREE_COLUMNS, "float64"))

    def rows(self) -> tuple[Sequence[str], Sequence[Sequence[str | float | None]]]:
        """Return the columns and rows of a table for programs, a row for each coefficient."""
        columns = ["quantity", "model", "term", *THREE_COLUMNS]
        return columns, [[self.quantity.text, self.model, item.term, *item.cells] for item in self.coefficients]

    @property
    def headline(self) -> str:
        """What is estimated, from which sample."""
        what = f"{self.quantity.text}: {self.quantity.meaning}, {self.model} in {', '.join(self.on)}"
        references = "".join(f"; reference: {name}={level}" for name, level in self.references.items())
        counts = f"{self.documents:,} documents, {self.gold_documents:,} of gold"
        return f"{what}; {counts}; sample: {self.design}{references}"

    @property
    def tables(self) -> Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """The table for readers, with its header."""
        return [(("term", *THREE_HEADERS), [(item.term, *item.texts) for item in self.coefficients])]

    @property
    def points(self) -> Sequence[tuple[str, ThreeEstimates]]:
        """What a plot shows: the coefficients, the constant aside."""
        return [(item.term, item) for item in self.coefficients if item.term != CONSTANT]

    @property
    def is_over_time(self) -> bool:
        """Whether the points of a plot are periods: they are not."""
        return False

    @property
    def methods(self) -> str:
        """A paragraph for the methods section of a paper."""
        kind = "logistic" if self.model == "logit" else "linear"
        return (
            f"We fit a {kind} regression of the {self.quantity.meaning} ({self.quantity.text}) on {', '.join(self.on)} "
            f"over {self.documents:,} documents, from predictions for all of them and gold annotations of "
            f"{self.gold_documents:,}; sample: {self.design}. Each coefficient of the fit to the gold, weighted by the "
            "probabilities of sampling (design-based supervised learning; Egami et al. 2023), is corrected by the "
            "difference between the fits to the predictions of the corpus and of the sample (Chen and Chen 2000; "
            f"Kluger et al. 2025), with a weight tuned to the least variance ({POWERED}); variances are robust "
            f"(MacKinnon and White 1985). {INTERVALS}"
        )

    def __str__(self) -> str:
        return "\n".join([self.headline, *(text_table(*table) for table in self.tables), *note_count(self.notes)])

    def _repr_html_(self) -> str:
        return html_block([html_table(self.headline, *table) for table in self.tables], self.notes)


def check_model(quantity: Quantity, *, logit: bool) -> None:
    """Check that a quantity has such a regression.

    Raises:
        UsageError: It is not a share of documents, and the regression logistic.
    """
    if logit and not quantity.is_share:
        fix = "leave it out, or estimate a share with documents(…)"
        raise UsageError(f"`logit`: {quantity.text} is not 0 or 1 of each document. Fix: {fix}")


def regress_observed(observed: ObservedCorpus, references: Mapping[str, str], *, logit: bool) -> Regression:
    """Return the regression of the quantity on all fields of the metadata.

    Args:
        observed: What is known of the corpus, with the values of each field as `regressor_fields` reads them.
        references: Reference levels by field.
        logit: Whether it is logistic.

    Raises:
        DataError: There is too little gold for so many coefficients, some columns are made of others, or the logistic
            regression of the gold has no end.
        UsageError: No document is of a reference level.
    """
    regressors = regressor_columns(observed.metadata, references, len(observed.gold))
    check_independent(regressors.terms, regressors.columns, "the corpus", "leave one of them out")
    sample = observed.sample_of(regressors.known)
    count = 0 if sample is None else int(np.count_nonzero(sample.inside))
    if sample is None or count <= len(regressors.terms):
        what = (
            f"{pluralize(count, 'document')} of gold are too few for {pluralize(len(regressors.terms), 'coefficient')}"
        )
        raise DataError(Problem(what, "annotate more documents, or leave fields out"))
    model = "logit" if logit else "linear"
    coefficients, notes = _coefficients(observed, regressors, sample, model)
    if left_out := int(np.count_nonzero(~regressors.known)):
        of_gold = f"{len(observed.gold) - count:,} of them of gold"
        notes.insert(0, f"{pluralize(left_out, 'document')} without a value of each field left out, {of_gold}")
    notes = [*observed.notes, *notes, *observed.notes_on_gold(sample.inside, decided=False)]
    on, references = list(observed.metadata), regressors.references
    population = sample.population
    return Regression(
        observed.quantity, model, on, references, population, count, observed.drawn.design, coefficients, notes
    )


def _coefficients(
    observed: ObservedCorpus, regressors: RegressorColumns, sample: SampledValues, model: str
) -> tuple[list[Coefficient], list[str]]:
    terms, fit = regressors.terms, _FITS[model]
    rows = np.zeros((len(sample.gold), len(terms)))
    number = np.cumsum(regressors.known) - 1
    rows[sample.inside] = regressors.columns[number[observed.places[sample.inside]]]
    check_independent(terms, rows[sample.inside], "the gold", "annotate other documents too, or leave one of them out")
    if model == "logit" and observed.is_even(sample.inside):
        what = f"{'all documents' if sample.gold[sample.inside][0] else 'no document'} of gold"
        what = f"{what} {'have' if sample.gold[sample.inside][0] else 'has'} such a span"
        fix = "annotate more documents, or leave `logit` out"
        raise DataError(Problem(f"the logistic regression has no end: {what}", fix))
    by_gold = fit(rows, sample.gold, sample.relative)
    if by_gold is None:
        tell = "tells" if len(terms) == 2 else "tell"
        what = f"{', '.join(terms[1:])} {tell} documents of gold with such a span from those without"
        what = f"the logistic regression has no end: {what}"
        raise DataError(Problem(what, "annotate more documents, leave fields out, or leave `logit` out"))
    by_predictions = fit(rows, sample.predicted, sample.relative)
    predicted = observed.predicted[regressors.known]
    everywhere = fit(regressors.columns, predicted, np.full(len(predicted), 1 / len(predicted)))
    corrected: Sequence[EstimatedMean | None] = [None] * len(terms)
    notes = ["the logistic regression of the predictions has no end, so that nothing can be corrected by it"]
    if by_predictions is not None and everywhere is not None:
        corrected, notes = corrected_fit(sample, by_gold, by_predictions, everywhere.coefficients), []
    alone = [None] * len(terms) if everywhere is None else everywhere.coefficients.tolist()
    every = zip(terms, alone, gold_fit(sample, by_gold), corrected, strict=True)
    return [Coefficient(term=t, predictions=p, gold=g, corrected=c) for t, p, g, c in every], notes
