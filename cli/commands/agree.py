"""`goldspan agree`: agreement of passes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import cell, note, one_line, result, result_json, table, write_page
from ..option_effects import effects
from ..options import OF_REPORT, Day, Html, Json, SchemeFile, Title, report_heading

if TYPE_CHECKING:
    from ...eval import SuggestionEffect


@effects(*OF_REPORT)
def agree(
    passes: Annotated[
        list[str], typer.Argument(metavar="PASS...", help="Records files, a layer each over one corpus.")
    ],
    html: Html = None,
    title: Title = None,
    day: Day = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Measure the agreement between two or more passes.

    Each pair is compared over the documents that both cover. Ends with status 1 if no two share any document.
    """
    from ...corpus.adjudication.passes import read_passes
    from ...eval.pass_agreement import agreement_of
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded)
    agreement = agreement_of(layers, loaded)
    if html is not None:
        from ...eval.report import agreement_page

        write_page(html, agreement_page(agreement, layers, loaded, **report_heading(title, day)))
    if json:
        result_json(agreement.to_dict())
        return
    alone = f" in two or more passes; {agreement.alone} in one pass only, not counted" if agreement.alone else ""
    result(f"{pluralize(agreement.documents, 'document')}{alone}, passes: {one_line(', '.join(agreement.passes))}\n")
    labels = list(loaded.labels)
    rows = [
        (
            f"{p.a} - {p.b}",
            p.documents,
            cell(p.strict_f1),
            cell(p.partial_f1),
            *(cell(p.labels[x]) for x in labels),
        )
        for p in agreement.pairwise
    ]
    table(rows, ("F1 of", "documents", "strict", "partial", *labels))
    result("")
    if len(agreement.pairwise) > 1:
        coefficients = ("alpha_u", "token_alpha", "token_kappa")
        pairs = [(f"{p.a} - {p.b}", *(cell(getattr(p, name)) for name in coefficients)) for p in agreement.pairwise]
        table(pairs, ("coefficients of", "alpha-u", "alpha over tokens", "kappa over tokens"))
        result("")
    tokens = f"alpha {cell(agreement.token_alpha)}, kappa {cell(agreement.token_kappa)}"
    result(f"alpha-u {cell(agreement.alpha_u)}; over tokens: {tokens}")
    values = ", ".join(f"{x} {cell(v.value_accuracy)} of {v.support}" for x, v in agreement.values.items())
    result(f"values agree: {values}")
    kinds = Counter(item.kind for item in agreement.disagreements)
    result(f"disagreements: {', '.join(f'{kind} {n}' for kind, n in sorted(kinds.items())) or 'none'}")
    if agreement.suggestions:
        _show_effect(agreement.suggestions, labels)
    for line in agreement.notes:
        note(f"note: {line}")
    hints.after_agree(passes, scheme=scheme)


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
