"""The report of agreement between passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ...schema import Document, Scheme
from ..agreement import Agreement
from ..shared_documents import group_by_document
from . import plots
from .page import Cell, Plot, ReportPage, Section, Table
from .side_by_side import KINDS, compare_layers
from .tables import confusion_table, metric_cell

_AGREED = {**dict(zip(KINDS, KINDS, strict=True)), "missed": "only left", "spurious": "only right"}

_COEFFICIENTS = {
    "alpha_u": "alpha-u, labels as categories",
    "token_alpha": "Krippendorff's alpha over tokens",
    "token_kappa": "Cohen's kappa over tokens",
}


def agreement_page(agreement: Agreement, passes: Mapping[str, Sequence[Document]], scheme: Scheme) -> ReportPage:
    """The report of agreement.

    Args:
        agreement: Of the passes.
        passes: Documents by pass.
        scheme: Theirs.
    """
    readings = [reading for reading in group_by_document(passes) if len(reading) > 1]
    layers = {name: [reading[name] for reading in readings if name in reading] for name in agreement.passes}
    pairs = [(pair["a"], pair["b"]) for pair in agreement.pairwise]
    comparison = compare_layers(layers, pairs, scheme, partial=True)
    labels = comparison.labels
    rows: list[list[Cell | str]] = [
        [
            f"{p['a']} | {p['b']}",
            str(p["documents"]),
            metric_cell(p["strict_f1"]),
            metric_cell(p["partial_f1"]),
            *(metric_cell(p["labels"][name]) for name in labels),
        ]
        for p in agreement.pairwise
    ]
    series = {f"{p['a']} | {p['b']}": [(p["labels"][name], None) for name in labels] for p in agreement.pairwise}
    coefficients: list[list[Cell | str]] = [
        [f"{p['a']} | {p['b']}", *(metric_cell(p[name]) for name in _COEFFICIENTS)] for p in agreement.pairwise
    ]
    figures: list[list[Cell | str]] = [[_COEFFICIENTS[n], metric_cell(getattr(agreement, n))] for n in _COEFFICIENTS]
    figures += [
        [f"values of {name}, {found['support']} strictly matched", metric_cell(found["value_accuracy"])]
        for name, found in agreement.values.items()
    ]
    more = len(agreement.pairwise) > 1
    kinds = Counter(item["kind"] for item in agreement.disagreements)
    sections = [
        Section(
            "Agreement",
            (),
            (
                Table(
                    "F1 of each two passes; which is taken for the gold does not matter",
                    ("passes", "documents that both have read", "strict", "partial", *labels),
                    rows,
                ),
                Plot("strict F1 by label", plots.label_plot(labels, series, "strict F1")),
                *(
                    [Table("coefficients of each two", ("passes", *_COEFFICIENTS.values()), coefficients)]
                    if more
                    else []
                ),
                Table("all passes together", ("figure", "value"), figures),
            ),
        ),
        Section(
            "Disagreements",
            (),
            (
                Table(
                    "stretches that passes read differently",
                    ("kind", "stretches"),
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
        sections.append(_effect(agreement.suggestions, labels))
    facts = {
        "passes": ", ".join(agreement.passes),
        "documents": str(agreement.documents)
        + (f", and {agreement.alone} read by one alone" if agreement.alone else ""),
        "scheme": scheme.ref,
    }
    return ReportPage("goldspan agreement", facts, agreement.notes, sections, comparison, _AGREED)


def _effect(effect: Mapping[str, Any], labels: Sequence[str]) -> Section:
    work: list[list[Cell | str]] = []
    for kind, told in effect["readings"].items():
        figures = [told["seconds_per_1000_words"], *(told["labels"][label] for label in labels)]
        work.append([kind, str(told["documents"]), *("-" if x is None else f"{x:.1f}" for x in figures)])
    pairs: list[list[Cell | str]] = [
        [
            kind,
            str(found["pairs"]),
            metric_cell(found["strict_f1"]),
            *(metric_cell(found["labels"][label]) for label in labels),
        ]
        for kind, found in effect["agreement"].items()
        if found
    ]
    saved = effect["time_saved"]
    prose = (
        "Blind work began without suggestions, suggested work with some; a pair is mixed where one annotator saw them. "
        "Labels of which suggested work has more or fewer spans, or agrees more than blind work, were bent by them."
    )
    time = "" if saved is None else f"Time by word that suggestions saved: {saved:.0%}."
    tables = (
        Table("by 1,000 words", ("work", "documents", "seconds", *labels), work),
        Table("strict F1 between two annotators", ("pair", "pairs", "all", *labels), pairs),
    )
    return Section("Suggestions", [prose, *([time] if time else [])], tables)
