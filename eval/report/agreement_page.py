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
from .agreement_parts import agreement_parts, lowest_table, spread_table
from .model_section import model_section
from .page import Cell, DocumentTable, ReportPage, Section, Table
from .side_by_side import KINDS, compare_layers
from .tables import confusion_table, metric_cell

_TITLES = {**dict(zip(KINDS, KINDS, strict=True)), "missed": "only left", "spurious": "only right"}

_WORST = 50


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
    kinds = Counter(item.kind for item in agreement.disagreements)
    sections = [
        Section("Agreement", (), agreement_parts(agreement, labels)),
        Section(
            "By document",
            (),
            (
                spread_table(agreement.by_document),
                lowest_table(agreement.by_document.documents[:_WORST]),
                DocumentTable("figures of each document for all pairs of passes"),
            ),
        ),
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
    if agreement.model is not None:
        sections.append(model_section(agreement.model))
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
