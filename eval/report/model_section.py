"""Whether a model may stand in for a reader, as a section of the report on agreement."""

from __future__ import annotations

from ..metric_types.replacement_tests import ModelReplacement, ReaderComparison, ReplacementTest
from .page import Cell, Section, Table
from .tables import interval_text, metric_cell


def model_section(model: ModelReplacement) -> Section:
    """Return the tests of a model against each reader, over all labels and by label."""
    asked = (
        f"{model.model}, which no other figure includes, and each reader are compared by how close to the others they"
    )
    read = (
        f"p-values are corrected (Benjamini and Yekutieli, {model.level:g}). A model may stand in for a reader if it "
        "is not worse than at least half of them. The advantage is the share of documents with it at least as close"
    )
    prose = (f"{asked} are. Null hypothesis: {model.null_hypothesis}.", f"{read} to the others as a reader is.")
    readers = [f"p, {comparison.reader}" for comparison in model.tests[0].readers]
    header = ("credit", "label", "may replace", "winning rate", "advantage", "95 %", *readers)
    table = Table(f"tests of {model.model}", header, [_row(test) for test in model.tests])
    return Section("A model as a reader", prose, (table,))


def _row(test: ReplacementTest) -> list[Cell | str]:
    return [
        test.credit,
        test.label or "all",
        test.answer,
        metric_cell(test.winning_rate),
        metric_cell(test.advantage),
        interval_text(test.interval),
        *(metric_cell(reader.p_adjusted, _shares(reader)) for reader in test.readers),
    ]


def _shares(reader: ReaderComparison) -> str:
    """Return what a p-value is of, for who points at it."""
    if reader.model_as_good is None or reader.reader_as_good is None:
        return f"{reader.documents} documents"
    return (
        f"{reader.documents} documents: the model at least as close in {reader.model_as_good:.0%}, "
        f"{reader.reader} in {reader.reader_as_good:.0%}"
    )
