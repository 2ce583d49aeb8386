"""`goldspan agree`: how far passes agree."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import cell, note, one_line, result, result_json, table, write_page
from ..options import Html, Json, SchemeFile
from ..passes import read_passes


def agree(
    passes: Annotated[list[str], typer.Argument(metavar="PASS...", help="Records, a layer each over one corpus.")],
    html: Html = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Measure the agreement between two or more passes.

    Each two are compared over the documents that both have read. Ends with status 1 where no two share any.
    """
    from ...eval import agree as run
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded)
    found = run(layers, loaded)
    if html is not None:
        from ...eval.report import agreement_page

        write_page(html, agreement_page(found, layers, loaded))
    if json:
        result_json(found.to_dict())
        return
    alone = f" read by two passes or more, {found.alone} by one alone and in no figure" if found.alone else ""
    result(f"{pluralize(found.documents, 'document')}{alone}, passes: {one_line(', '.join(found.passes))}\n")
    labels = list(loaded.labels)
    rows = [
        (
            f"{p['a']} - {p['b']}",
            p["documents"],
            cell(p["strict_f1"]),
            cell(p["partial_f1"]),
            *(cell(p["labels"][x]) for x in labels),
        )
        for p in found.pairwise
    ]
    table(rows, ("F1 of", "documents", "strict", "partial", *labels))
    result("")
    if len(found.pairwise) > 1:
        coefficients = ("alpha_u", "token_alpha", "token_kappa")
        pairs = [(f"{p['a']} - {p['b']}", *(cell(p[name]) for name in coefficients)) for p in found.pairwise]
        table(pairs, ("coefficients of", "alpha-u", "alpha over tokens", "kappa over tokens"))
        result("")
    tokens = f"alpha {cell(found.token_alpha)}, kappa {cell(found.token_kappa)}"
    result(f"alpha-u {cell(found.alpha_u)}; over tokens: {tokens}")
    values = ", ".join(f"{x} {cell(v['value_accuracy'])} of {v['support']}" for x, v in found.values.items())
    result(f"values agree: {values}")
    kinds = Counter(item["kind"] for item in found.disagreements)
    result(f"disagreements: {', '.join(f'{kind} {n}' for kind, n in sorted(kinds.items())) or 'none'}")
    if found.suggestions:
        _show_effect(found.suggestions, labels)
    for line in found.notes:
        note(f"note: {line}")
    hints.after_agree(passes, scheme=scheme)


def _show_effect(effect: dict[str, Any], labels: list[str]) -> None:
    """What suggestions saved and what they bent."""
    rows = []
    for kind, told in effect["readings"].items():
        time = told["seconds_per_1000_words"]
        per_label = (told["labels"][label] for label in labels)
        rows.append((kind, told["documents"], "-" if time is None else f"{time:.0f}", *(_rate(x) for x in per_label)))
    result("\nper 1,000 words, by whether the annotator saw suggestions")
    table(rows, ("work", "documents", "seconds", *labels))
    pairs = [
        (kind, found["pairs"], cell(found["strict_f1"]), *(cell(found["labels"][label]) for label in labels))
        for kind, found in effect["agreement"].items()
        if found
    ]
    table(pairs, ("strict F1 between", "pairs", "all", *labels))
    saved = effect["time_saved"]
    if saved is not None:
        result(
            f"suggestions saved {saved:.0%} of the time by word"
            if saved > 0
            else f"suggestions cost {-saved:.0%} more time"
        )
    origins = effect["readings"]["suggested"]["origins"]
    if origins:
        result("spans of suggested work: " + ", ".join(f"{name} {count}" for name, count in origins.items()))


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
