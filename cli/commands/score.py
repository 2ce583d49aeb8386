"""`goldspan score`: systems against gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import for_each, pluralize
from .. import completion, hints
from ..console import cell, error, note, one_line, result, result_json, table, write_page
from ..effects import effects, needs
from ..options import Html, Json, SchemeFile, comma_separated, resampled
from ..passes import read_passes

if TYPE_CHECKING:
    from ...corpus.storage.label_map import LabelMap
    from ...eval import Scores
    from ...eval.error_analysis import ErrorAnalysis
    from ...schema import Document, Scheme, Span


@effects(needs("training", "errors", "html"), resampled("seed"), resampled("intervals"))
def score(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="Records with gold spans.")],
    systems: Annotated[
        list[str], typer.Argument(metavar="SYSTEM...", help="Records with a system's spans each, or another format.")
    ],
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="TOML: the systems' labels to the scheme's.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Class the errors, count and show them.")] = False,
    training: Annotated[
        str | None,
        typer.Option("--training", metavar="FILE", help="Records whose surfaces count as seen, for --errors."),
    ] = None,
    ceiling: Annotated[
        list[str] | None, typer.Option("--ceiling", metavar="PASS", help="Passes (two or more) to show systems beside.")
    ] = None,
    labels: Annotated[
        str, typer.Option(help="Only these labels, joined by commas.", autocompletion=completion.complete_labels)
    ] = "",
    resamples: Annotated[int, typer.Option(min=0, help="Of the bootstrap and the tests; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the same.")] = 0,
    common: Annotated[
        bool, typer.Option("--common", help="Only the documents that the gold and all systems have.")
    ] = False,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Intervals of fewer than 10 documents too, with how far to trust them.")
    ] = False,
    fail_under: Annotated[
        list[str] | None, typer.Option("--fail-under", metavar="MEASURE=X", help="End with 1 where it is lower.")
    ] = None,
    html: Html = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Score one or many systems against gold: spans, tokens, values, with intervals and tests."""
    from ...corpus import read_records
    from ...corpus.adjudication.drafts import read_gold
    from ...corpus.storage.label_map import read_label_map
    from ...eval import agree
    from ...eval import score as run
    from ...eval.document_alignment import common_documents
    from ...eval.error_analysis import analyse_errors
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    chosen = comma_separated("--labels", labels)
    limits = _limits(fail_under or [])
    figures = run([], [], scheme=loaded, labels=chosen, resamples=0)  # of nothing: what can be asked for
    for path, _ in limits:
        figures.metric(path)
    mapped = read_label_map(label_map, loaded) if label_map else None
    answers = for_each(lambda path: _read(path, loaded, mapped), systems)
    if mapped and not mapped.used:
        note(f"note: {label_map}: no system has a label that it maps")
    if mapped and mapped.dropped:
        dropped = ", ".join(f"{label} {count}" for label, count in sorted(mapped.dropped.items()))
        note(f"note: dropped by the label map: {dropped}")
    if mapped and mapped.bared:
        bared = ", ".join(f"{label} {number}" for label, number in sorted(mapped.bared.items()))
        note(f"note: values left out that the mapped label cannot hold: {bared}")
    gold_documents = list(read_gold(gold, loaded))
    passes = agree(read_passes(ceiling, loaded), loaded) if ceiling else None
    known = list(read_records(training, loaded)) if training else []
    names = _names(systems, answers)
    scores = run(
        gold_documents,
        *answers,
        scheme=loaded,
        names=names,
        labels=chosen,
        resamples=resamples,
        seed=seed,
        warn=lambda message: note(f"warning: {message}"),
        path=gold,
        label_map=mapped.signature if mapped else "none",
        common=common,
        intervals=intervals,
    )
    if common:
        gold_documents, *answers = common_documents(gold_documents, *answers)
    reached = [(path, limit, [scores.metric(path, i) for i in range(len(names))]) for path, limit in limits]
    analyses = (
        [analyse_errors(gold_documents, a, loaded, labels=chosen, training=known) for a in answers] if errors else []
    )
    if html is not None:
        from ...eval.report import score_page

        page = score_page(scores, gold_documents, answers, loaded, labels=chosen, training=known)
        write_page(html, page)
    if json:
        data = scores.to_dict() | ({"ceiling": passes.to_dict()} if passes else {})
        for system, analysis in zip(data["systems"], analyses, strict=False):
            system["errors"] = _errors(analysis)
        result_json(data)
    else:
        _show(scores)
        for pair in passes.pairwise if passes else ():
            result(f"agreement of passes  {cell(pair['strict_f1'])} strict F1 of {pair['a']} and {pair['b']}")
        for system_score, analysis in zip(scores.systems, analyses, strict=False):
            _show_errors(system_score.name, analysis)
    failed = False
    for path, limit, values in reached:
        for system, value in zip(scores.systems, values, strict=True):
            if value is None or value < limit:
                failed = True
                error(f"{system.name}: {path} is {cell(value)}, under {limit}")
    if failed:
        raise typer.Exit(1)
    if not json:
        more = [
            *(("--map", str(label_map)) if label_map else ()),
            *(("--labels", labels) if labels else ()),
        ]
        more += ["--common"] if common else []
        hints.after_score([gold, *systems, *more], html=html is not None, errors=errors, scheme=scheme)


def _read(path: str, scheme: Scheme, mapped: LabelMap | None) -> list[Document]:
    """A system's documents: records, or any format that `convert` knows by its look."""
    from ...corpus import read_records
    from ...corpus.formats import ReadReport, read_any
    from ...corpus.storage.file_io import file_suffix
    from ...corpus.storage.label_map import read_mapped
    from ...corpus.storage.records import JSON_LINES, PARQUET

    if path == "-" or file_suffix(path) in (*JSON_LINES, *PARQUET):
        return list(read_mapped(path, scheme, mapped) if mapped else read_records(path, scheme))
    account = ReadReport()
    documents = list(read_any(Path(path), scheme, account, labels=mapped))
    for line in account.told():
        note(f"note: {path}: {line}")
    return documents


def _errors(analysis: ErrorAnalysis) -> dict[str, Any]:
    slices = ("label", "document", "length", "seen")
    return {
        "counts": analysis.counts().get("all", {}),
        **{f"by_{name}": analysis.counts(name) for name in slices},
        "confusion": analysis.confusion,
        "examples": [
            {
                "document": e.document,
                "kind": e.kind,
                "surface": e.surface,
                "gold": _place(e.gold),
                "system": _place(e.system),
            }
            for kind in analysis.counts().get("all", {})
            for e in analysis.examples(kind)
        ],
    }


def _place(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"start": span.start, "end": span.end, "label": span.label}


def _show_errors(name: str, analysis: ErrorAnalysis) -> None:
    counts = analysis.counts().get("all", {})
    result(f"\nerrors of {one_line(name)}: {', '.join(f'{kind} {n}' for kind, n in counts.items()) or 'none'}")
    for kind in counts:
        for e in analysis.examples(kind):
            sides = " -> ".join(
                "nothing" if s is None else f"[{s.start}, {s.end}) {s.label}" for s in (e.gold, e.system)
            )
            result(f"  {kind}: {one_line(e.document)} {e.surface!r} {sides}")


def _limits(pairs: list[str]) -> list[tuple[str, float]]:
    from ...schema import UsageError

    limits = []
    for pair in pairs:
        path, _, limit = pair.partition("=")
        try:
            limits.append((path, _finite(limit)))
        except ValueError as fault:
            raise UsageError(
                f"--fail-under {pair}: no number. Fix: MEASURE=X, as in spans.strict.micro.f1=0.8"
            ) from fault
    return limits


def _finite(text: str) -> float:
    number = float(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _names(paths: list[str], answers: list[Any]) -> list[str]:
    """What layers state, where they all differ; else the names of the files."""
    stated = [{d.layer.annotator for d in documents if d.layer and d.layer.annotator} for documents in answers]
    names = [found.pop() if len(found) == 1 else "" for found in stated]
    return (
        names if all(names) and len(set(names)) == len(names) else [Path(path).name.partition(".")[0] for path in paths]
    )


def _show(scores: Scores) -> None:
    gold = scores.gold
    told = f"{pluralize(gold['documents'], 'document')}, {pluralize(gold['spans'], 'span')}, {gold['sha256'][:12]}"
    result(f"gold {one_line(gold['path'])}: {told}")
    for system in scores.systems:
        result(f"\n{one_line(system.name)}")
        rows = []
        for measure, tree in [*system.spans.items(), *([("tokens", system.tokens)] if system.tokens else [])]:
            interval = (system.interval.get("spans", {}).get(measure) or system.interval.get(measure) or {}).get(
                "micro", {}
            )
            rows.append(_row(measure, tree["micro"], interval.get("f1")))
        intervals = system.interval.get("spans", {}).get("strict", {}).get("labels", {})
        for name, micro in system.spans["strict"]["labels"].items():
            rows.append(_row(f"strict {name}", micro, intervals.get(name, {}).get("f1")))
        header = ("measure", "P", "R", "F1", "95 %", "matched", "partial", "missed", "spurious", "support")
        table(rows, header)
        result()
        values = [
            (label, cell(found["value_accuracy"]), cell(found["value_f1"]), found["support"], _parts(found))
            for label, found in system.values.items()
        ]
        table(values, ("values", "accuracy", "F1", "matched", "parts"))
        result(f"\nsignature  {system.signature}")
    if scores.comparisons:
        result()
        table(
            [
                (f"{c['a']} - {c['b']}", c["method"], cell(c["difference"]), cell(c["p_value"]), cell(c["p_holm"]))
                for c in scores.comparisons
            ],
            ("difference of strict F1", "method", "difference", "p", "p (Holm)"),
        )
    for line in scores.notes:
        note(f"note: {line}")


def _row(name: str, micro: dict[str, Any], interval: list[float] | None) -> tuple[object, ...]:
    bounds = "-" if interval is None else f"{interval[0]:.3f}-{interval[1]:.3f}"
    counts = (micro[key] for key in ("matched", "partial", "missed", "spurious", "support"))
    return name, *(cell(micro[key]) for key in ("precision", "recall", "f1")), bounds, *counts


def _parts(found: dict[str, Any]) -> str:
    shown = {k: v for k, v in found.items() if (k.endswith("accuracy") and k != "value_accuracy") or k == "acc_161km"}
    return " ".join(f"{name.removesuffix('_accuracy')} {cell(value)}" for name, value in shown.items()) or "-"
