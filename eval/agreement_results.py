"""Agreement between passes as an object, with plain data, tables and data frames."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

from ..schema import UsageError, did_you_mean, pluralize
from .agreement_frames import disagreement_frame, document_agreement_frame, pair_frame, pass_frame
from .disagreements import Disagreement
from .metric_types.agreement_metrics import (
    AgreementIntervals,
    DocumentSpread,
    GammaCoefficient,
    PairAgreement,
    PairIntervals,
    PassAgreement,
    ValueAgreement,
)
from .metric_types.metric_groups import Metric, MetricInterval, NamedMetrics, metrics_as_dict
from .metric_types.replacement_tests import ModelReplacement
from .result_display import Figure, format_metric, html_block, html_table, note_count, text_table
from .suggestion_bias import SuggestionEffect

if TYPE_CHECKING:
    import pandas as pd

AgreementRows = Literal["pairs", "disagreements", "documents", "passes"]


@dataclass(frozen=True, repr=False)
class Agreement:
    """Agreement between passes.

    Attributes:
        documents: Number of documents that two or more passes have read.
        alone: Number of documents that only one pass has read; no metric includes them.
        passes: Names of the passes.
        pairwise: Agreement of each pair of passes.
        alpha_u: Krippendorff's alpha for unitising over all passes, labels as categories.
        alpha_u_labels: The same for each label on its own.
        token_alpha: Krippendorff's alpha over tokens and their labels (nominal), over all passes.
        token_kappa: Cohen's kappa over tokens and their labels; for more than two passes the mean over pairs (Light's
            kappa).
        token_ac1: Gwet's AC1 over tokens and their labels, over all passes.
        values: By label, how often the values of strictly matched spans agree, over all pairs of passes that both fill
            in values of the label.
        intervals: 95 % bootstrap intervals over documents of these coefficients; those of pairs are with the pairs.
        gamma: Gamma of each pair of passes, then of all if there are more than two; empty unless it was requested.
        by_pass: For three or more passes, how each agrees with the others.
        by_document: Agreement on each document, the worst first, and its spread.
        disagreements: Each place that the passes annotate differently. Values are compared as in `values`: differences
            that leave a value correct are omitted and counted in the notes.
        suggestions: Time saved by suggestions and anchoring bias; None if no pass saw any suggestions.
        notes: What could not be computed, and why.
        model: Whether a model may stand in for a reader; None unless it was asked for.
    """

    documents: int
    alone: int
    passes: list[str]
    pairwise: list[PairAgreement]
    alpha_u: Metric
    alpha_u_labels: NamedMetrics[Metric]
    token_alpha: Metric
    token_kappa: Metric
    token_ac1: Metric
    values: NamedMetrics[ValueAgreement]
    intervals: AgreementIntervals
    gamma: list[GammaCoefficient]
    by_pass: list[PassAgreement]
    by_document: DocumentSpread
    disagreements: list[Disagreement]
    suggestions: SuggestionEffect | None
    notes: list[str]
    model: ModelReplacement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the agreement as plain data, as printed by `goldspan agree --json`."""
        data = {
            **{name: metrics_as_dict(part) for name, part in vars(self).items() if name != "intervals"},
            "interval": metrics_as_dict(self.intervals),
            "pairwise": [metrics_as_dict(pair) for pair in self.pairwise],
            "by_pass": [metrics_as_dict(item) for item in self.by_pass],
            "by_document": {
                **metrics_as_dict(self.by_document),
                "documents": [metrics_as_dict(item) for item in self.by_document.documents],
            },
            "gamma": [metrics_as_dict(item) for item in self.gamma],
            "model": None if self.model is None else self.model.to_dict(),
            "disagreements": [disagreement.to_dict() for disagreement in self.disagreements],
        }
        asked = {"gamma": bool(self.gamma), "model": self.model is not None}
        return {name: part for name, part in data.items() if asked.get(name, True)}

    def matrix(self) -> list[list[Metric]]:
        """Return strict F1 of each pass (row) and each other pass (column), in the order of `passes`.

        It is None on the diagonal and for passes that share no document.
        """
        f1 = {frozenset((pair.a, pair.b)): pair.strict_f1 for pair in self.pairwise}
        return [[f1.get(frozenset((a, b))) for b in self.passes] for a in self.passes]

    @property
    def outliers(self) -> list[PassAgreement]:
        """The passes that agree less with the others than the others do, beyond chance, on 10 documents or more."""
        return [item for item in self.by_pass if item.is_outlier]

    def to_pandas(self, rows: AgreementRows = "pairs") -> pd.DataFrame:
        """Return a data frame with Arrow-backed columns.

        Args:
            rows: `pairs` for one row per pair of passes, with the metrics of `PairAgreement`, where `f1_LABEL`,
                `alpha_u_LABEL`, `value_accuracy_LABEL` and `value_support_LABEL` are those of a label, and `…_low` and
                `…_high` the ends of intervals, with `gamma` too where it was requested; `passes` for one row per pass,
                as in `PassAgreement`; `documents` for one row per document, as in `DocumentAgreement`, the worst first;
                `disagreements` for one row per disagreement, with `document`, `start`, `end`, `kind`, and the spans of
                each pass as text in `spans_PASS`, which is empty if the pass has no spans there and missing if it has
                not read the document.

        Raises:
            UsageError: `rows` is not one of these, or two columns would have the same name, as `f1_A_low` of the label
                `A_low` and the low end of `f1_A`.
        """
        if rows == "pairs":
            return pair_frame(self.pairwise, list(self.values), self.gamma)
        if rows == "passes":
            return pass_frame(self.by_pass)
        if rows == "documents":
            return document_agreement_frame(self.by_document.documents)
        if rows == "disagreements":
            return disagreement_frame(self.disagreements, self.passes)
        raise UsageError(f"unknown `rows` {rows!r}: {did_you_mean(str(rows), list(get_args(AgreementRows)))}")

    def __repr__(self) -> str:
        passes = ", ".join(map(repr, self.passes))
        return f"<{type(self).__name__} of {passes} on {pluralize(self.documents, 'document')}>"

    def __str__(self) -> str:
        rows = [
            (f"{pair.a} - {pair.b}", str(pair.documents), *map(format_metric, _f1s(pair))) for pair in self.pairwise
        ]
        lines = [self._summary(), text_table(self._header(), rows)]
        lines.append(", ".join(f"{name} {format_metric(value)}" for name, (value, _) in self._coefficients().items()))
        values = [
            f"{name} {format_metric(item.value_accuracy)} of {item.support}" for name, item in self.values.items()
        ]
        lines.append(f"values agree: {', '.join(values)}")
        return "\n".join([*lines, self._kinds(), *note_count(self.notes)])

    def _repr_html_(self) -> str:
        rows: list[list[Figure]] = [
            [
                f"{pair.a} - {pair.b}",
                str(pair.documents),
                *zip(_f1s(pair), _f1s(pair.intervals), strict=True),
            ]
            for pair in self.pairwise
        ]
        coefficients: list[list[Figure]] = [[name, figure] for name, figure in self._coefficients().items()]
        coefficients += [
            [f"values of {label}", (values.value_accuracy, self.intervals.values[label].value_accuracy)]
            for label, values in self.values.items()
        ]
        tables = [
            html_table(self._summary(), self._header(), rows),
            html_table(self._kinds(), ("all passes", "value"), coefficients),
        ]
        return html_block(tables, self.notes)

    def _summary(self) -> str:
        alone = f"; {self.alone} read by one pass only" if self.alone else ""
        return f"{pluralize(self.documents, 'document')} read by two or more passes{alone}"

    def _header(self) -> list[str]:
        return ["F1 of", "documents", "strict", "partial", *(self.pairwise[0].labels if self.pairwise else ())]

    def _coefficients(self) -> dict[str, tuple[Metric, MetricInterval]]:
        intervals = self.intervals
        return {
            "alpha-u": (self.alpha_u, intervals.alpha_u),
            "alpha over tokens": (self.token_alpha, intervals.token_alpha),
            "kappa over tokens": (self.token_kappa, intervals.token_kappa),
            "AC1 over tokens": (self.token_ac1, intervals.token_ac1),
            **({"gamma": (self.gamma[-1].value, self.gamma[-1].interval)} if self.gamma else {}),
        }

    def _kinds(self) -> str:
        kinds = Counter(item.kind for item in self.disagreements)
        listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        return pluralize(len(self.disagreements), "disagreement") + (f": {listed}" if listed else "")


@overload
def _f1s(pair: PairAgreement) -> tuple[Metric, ...]: ...
@overload
def _f1s(pair: PairIntervals) -> tuple[MetricInterval, ...]: ...
def _f1s(pair: PairAgreement | PairIntervals) -> tuple[Any, ...]:
    return pair.strict_f1, pair.partial_f1, *pair.labels.values()
