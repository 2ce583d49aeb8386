"""The report on agreement between passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from ...schema import Document, Scheme
from ...schema.extras import require_extras
from ..agreement_results import Agreement
from ..shared_documents import group_by_document
from ..suggestion_bias import SuggestionEffect
from . import plots
from .page import Cell, DocumentTable, Plot, ReportPage, Section, Table
from .side_by_side import KINDS, compare_layers
from .tables import confusion_table, metric_cell

_TITLES = {**dict(zip(KINDS, KINDS, strict=True)), "missed": "only left", "spurious": "only right"}

_COEFFICIENTS = {
    "alpha_u": "alpha-u, labels as categories",
    "token_alpha": "Krippendorff's alpha over tokens",
    "token_kappa": "Cohen's kappa over tokens",
}


def agreement_page(
    agreement: Agreement,
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    title: str = "goldspan agreement",
    day: date | None = None,
) -> ReportPage:
    """Create the report on agreement.

    Args:
        agreement: Agreement between the passes.
        passes: Documents by pass.
        scheme: Scheme of the documents.
        title: Title of the page.
        day: Date of the report; none by default, so that the same passes give the same page.

    Raises:
        DependencyError: matplotlib is not installed.
    """
    require_extras("a report", "report")
    shared_versions = [versions for versions in group_by_document(passes) if len(versions) > 1]
    layers = {name: [versions[name] for versions in shared_versions if name in versions] for name in agreement.passes}
    pairs = [(pair.a, pair.b) for pair in agreement.pairwise]
    comparison = compare_layers(layers, pairs, scheme, partial=True)
    labels = comparison.labels
    rows: list[list[Cell | str]] = [
        [
            f"{p.a} | {p.b}",
            str(p.documents),
            metric_cell(p.strict_f1),
            metric_cell(p.partial_f1),
            *(metric_cell(p.labels[name]) for name in labels),
        ]
        for p in agreement.pairwise
    ]
    series = {f"{p.a} | {p.b}": [(p.labels[name], None) for name in labels] for p in agreement.pairwise}
    coefficients: list[list[Cell | str]] = [
        [f"{p.a} | {p.b}", *(metric_cell(getattr(p, name)) for name in _COEFFICIENTS)] for p in agreement.pairwise
    ]
    metrics: list[list[Cell | str]] = [[_COEFFICIENTS[n], metric_cell(getattr(agreement, n))] for n in _COEFFICIENTS]
    metrics += [
        [f"value accuracy of {name} ({values.support} strict matches)", metric_cell(values.value_accuracy)]
        for name, values in agreement.values.items()
    ]
    has_several_pairs = len(agreement.pairwise) > 1
    kinds = Counter(item.kind for item in agreement.disagreements)
    sections = [
        Section(
            "Agreement",
            (),
            (
                Table(
                    "F1 of each pair of passes (symmetric: either may be the gold)",
                    ("passes", "documents read by both", "strict", "partial", *labels),
                    rows,
                ),
                Plot("strict F1 by label", plots.label_plot(labels, series, "strict F1")),
                *(
                    [Table("coefficients of each pair of passes", ("passes", *_COEFFICIENTS.values()), coefficients)]
                    if has_several_pairs
                    else []
                ),
                Table("all passes", ("metric", "value"), metrics),
            ),
        ),
        Section("By document", (), (DocumentTable("figures of each document for all pairs of passes"),)),
        Section(
            "Disagreements",
            (),
            (
                Table(
                    "disagreements by kind",
                    ("kind", "disagreements"),
                    [[k, str(n)] for k, n in sorted(kinds.items())],
                ),
                *(
                    confusion_table(f"labels of {a} (rows) and {b} (columns)", analysis, labels)
                    for (a, b), analysis in zip(pairs, comparison.analyses, strict=True)
                ),
            ),
        ),
    ]
    if agreement.suggestions:
        sections.append(_suggestions(agreement.suggestions, labels))
    facts = {
        **({"date": day.isoformat()} if day else {}),
        "passes": ", ".join(agreement.passes),
        "documents": str(agreement.documents)
        + (f" (and {agreement.alone} read by only one pass)" if agreement.alone else ""),
        "scheme": scheme.ref,
    }
    return ReportPage(title, facts, agreement.notes, sections, comparison, _TITLES)


def _suggestions(effect: SuggestionEffect, labels: Sequence[str]) -> Section:
    rates: list[list[Cell | str]] = []
    for kind, statistics in effect.readings.items():
        numbers = [statistics.seconds_per_1000_words, *(statistics.labels[label] for label in labels)]
        rates.append([kind, str(statistics.documents), *("-" if x is None else f"{x:.1f}" for x in numbers)])
    pairs: list[list[Cell | str]] = [
        [
            kind,
            str(scores.pairs),
            metric_cell(scores.strict_f1),
            *(metric_cell(scores.labels[label]) for label in labels),
        ]
        for kind, scores in effect.agreement.items()
        if scores
    ]
    saved = effect.time_saved
    prose = (
        "Blind documents were annotated without suggestions, suggested ones with suggestions; a pair is mixed if only "
        "one of the annotators saw suggestions. Suggestions may have biased the annotation of a label if suggested "
        "documents have more or fewer spans of it than blind ones, or a higher agreement."
    )
    time = "" if saved is None else f"Time saved per word by suggestions: {saved:.0%}."
    tables = (
        Table("spans and time per 1,000 words", ("annotation", "documents", "seconds", *labels), rates),
        Table("strict F1 between pairs of annotators", ("annotation", "pairs", "all", *labels), pairs),
    )
    return Section("Suggestions", [prose, *([time] if time else [])], tables)
