"""Agreement of passes as tables for the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..schema.errors import pluralize
from .console import cell, one_line, result, table

if TYPE_CHECKING:
    from ..eval import Agreement, MetricSpread, SuggestionEffect
    from ..eval.metric_types.replacement_tests import ModelReplacement

_COEFFICIENTS = {
    "alpha_u": "alpha-u",
    "token_alpha": "alpha over tokens",
    "token_kappa": "kappa over tokens",
    "token_ac1": "AC1 over tokens",
}
_WORST = 3


def show_agreement(agreement: Agreement) -> None:
    """Print the agreement of passes."""
    alone = f" in two or more passes; {agreement.alone} in one pass only, not counted" if agreement.alone else ""
    result(f"{pluralize(agreement.documents, 'document')}{alone}, passes: {one_line(', '.join(agreement.passes))}\n")
    labels = list(agreement.values)
    _show_pairs(agreement, labels)
    rows = [(name, getattr(agreement, key), getattr(agreement.intervals, key)) for key, name in _COEFFICIENTS.items()]
    by_label = agreement.intervals.alpha_u_labels
    rows[1:1] = [(f"alpha-u of {label}", agreement.alpha_u_labels[label], by_label[label]) for label in labels]
    if agreement.gamma:
        rows.append(("gamma", agreement.gamma[-1].value, agreement.gamma[-1].interval))
    table([(name, cell(value), interval or "-") for name, value, interval in rows], ("all passes", "value", "95 %"))
    result("")
    if agreement.documents > 1:
        _show_documents(agreement)
    values = ", ".join(f"{x} {cell(v.value_accuracy)} of {v.support}" for x, v in agreement.values.items())
    result(f"values agree: {values}")
    kinds = Counter(item.kind for item in agreement.disagreements)
    result(f"disagreements: {', '.join(f'{kind} {n}' for kind, n in sorted(kinds.items())) or 'none'}")
    for item in agreement.outliers:
        if item.interval is not None:
            result(
                f"outlier: {one_line(item.name)} agrees less with the others (strict F1 {cell(item.with_others)}) than "
                f"they do among themselves ({cell(item.among_others)}): difference {cell(item.difference)}, "
                f"95 % from {cell(item.interval.low)} to {cell(item.interval.high)}"
            )
    if agreement.model is not None:
        _show_model(agreement.model)
    if agreement.suggestions:
        _show_effect(agreement.suggestions, labels)


def _show_model(model: ModelReplacement) -> None:
    """Show whether a model may stand in for a reader, and how it compares with each."""
    result(f"\nmay {one_line(model.model)} stand in for a reader? null hypothesis: {one_line(model.null_hypothesis)}")
    rows = [
        (
            *(test.credit, test.label or "all", test.answer),
            *(cell(test.winning_rate), cell(test.advantage), test.interval or "-"),
            *(cell(reader.p_adjusted) for reader in test.readers),
        )
        for test in model.tests
    ]
    readers = [f"p, {reader.reader}" for reader in model.tests[0].readers]
    table(rows, ("credit", "label", "may replace", "winning rate", "advantage", "95 %", *readers))


def _show_pairs(agreement: Agreement, labels: list[str]) -> None:
    pairs = agreement.pairwise
    rows = [
        (f"{p.a} - {p.b}", p.documents, cell(p.strict_f1), cell(p.partial_f1), *(cell(p.labels[x]) for x in labels))
        for p in pairs
    ]
    table(rows, ("F1 of", "documents", "strict", "partial", *labels))
    result("")
    if len(pairs) > 1:
        matrix = zip(agreement.passes, agreement.matrix(), strict=True)
        table([(name, *map(cell, row)) for name, row in matrix], ("strict F1", *agreement.passes))
        result("")
        coefficients = [[f"{p.a} - {p.b}", *(cell(getattr(p, name)) for name in _COEFFICIENTS)] for p in pairs]
        for row, item in zip(coefficients, agreement.gamma, strict=False):  # the last is that of all passes
            row.append(cell(item.value))
        table(coefficients, ("coefficients of", *_COEFFICIENTS.values(), *(["gamma"] if agreement.gamma else [])))
        result("")


def _show_documents(agreement: Agreement) -> None:
    """Print how figures vary over documents, and those with the lowest F1."""
    spread = agreement.by_document
    rows = [
        _spread_row("strict F1", spread.strict_f1),
        _spread_row("alpha-u", spread.alpha_u),
        _spread_row("alpha over tokens", spread.token_alpha),
    ]
    header = ("by document", "documents", "mean", "deviation", "lowest", "25 %", "median", "75 %", "highest")
    table(rows, header)
    lowest = [item for item in spread.documents if item.strict_f1 is not None and item.strict_f1 < 1][:_WORST]
    if lowest:
        result(f"lowest strict F1: {', '.join(f'{one_line(x.document)} {cell(x.strict_f1)}' for x in lowest)}")
    result("")


def _spread_row(name: str, spread: MetricSpread) -> tuple[object, ...]:
    documents, *figures = spread.parts().values()
    return name, documents, *map(cell, figures)


def _show_effect(effect: SuggestionEffect, labels: list[str]) -> None:
    """Show the time saved by suggestions, and their anchoring bias."""
    rows = []
    for kind, figures in effect.readings.items():
        time = figures.seconds_per_1000_words
        per_label = (figures.labels[label] for label in labels)
        rows.append((kind, figures.documents, "-" if time is None else f"{time:.0f}", *(_rate(x) for x in per_label)))
    result("\nper 1,000 words, by whether the annotator saw suggestions")
    table(rows, ("work", "documents", "seconds", *labels))
    pairs = [
        (kind, figures.pairs, cell(figures.strict_f1), *(cell(figures.labels[label]) for label in labels))
        for kind, figures in effect.agreement.items()
        if figures
    ]
    table(pairs, ("strict F1 between", "pairs", "all", *labels))
    saved = effect.time_saved
    if saved is not None:
        result(
            f"suggestions saved {saved:.0%} of the time per word"
            if saved > 0
            else f"suggestions took {-saved:.0%} more time per word"
        )
    origins = effect.readings["suggested"].origins
    if origins:
        result(
            "spans in documents with suggestions: " + ", ".join(f"{name} {count}" for name, count in origins.items())
        )


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
