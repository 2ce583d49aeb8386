"""Benchmarks of extractors on all sets of a suite that are at hand, each under the protocol of its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...corpus.gold_sets.gold_set import STATED, GoldSet, ProtocolFigure
from ...corpus.gold_sets.readers.stated_quantities import STATED_VALUES
from ...corpus.storage.label_map import read_label_map
from ...eval.matching.stated_values import Amount, predicted_amounts, score_stated_values
from ...schema import Document, GoldspanError, Scheme, conflict_scheme
from ...schema.progress import Progress, ignore_progress
from ..benchmarking.benchmark import check_extractors, run_benchmark
from ..benchmarking.benchmark_results import BenchmarkResult
from .held_sets import LABELS, HeldSet, differing_facts, list_sets, list_suite, verify
from .suite_results import FigureRow, SuiteResult, SuiteSet


def run_suite(
    suite: str,
    specs: Sequence[str],
    *,
    root: Path | None = None,
    cache: Path | None = None,
    sets: Sequence[GoldSet] | None = None,
    progress: Progress = ignore_progress,
) -> SuiteResult:
    """Run extractors over the sets of a suite, one set after the other. A set or an extractor that fails is reported.

    Args:
        suite: One of `SUITES`.
        specs: Extractors, as in `load_extractor`.
        root: The folder where sets are kept; `default_folder` by default.
        cache: As in `run_benchmark`.
        sets: The sets of the suite, instead of those of the catalogue and the user's own.
        progress: Called after each extractor.

    Raises:
        UsageError: There is no such suite, or names or arguments of extractors are wrong; none was run.
    """
    listed = list_suite(suite, root) if sets is None else list_sets(root, sets)
    check_extractors(specs)
    found = [
        _measured(each.gold_set, each.held, specs, cache, progress)
        for each in listed
        if each.held is not None and each.state != "undescribed"
    ]
    return SuiteResult(
        suite, specs, found, [each for each in listed if each.held is None or each.state == "undescribed"]
    )


def _measured(
    gold_set: GoldSet, held: HeldSet, specs: Sequence[str], cache: Path | None, progress: Progress
) -> SuiteSet:
    scheme = conflict_scheme()
    try:
        verify(held)
        differs = differing_facts(gold_set, held)
        labels = _labels(held, scheme)
        result = run_benchmark(
            str(held.records), specs, scheme, resamples=0, labels=labels, cache=cache, progress=progress
        )
        rows = figure_rows(gold_set, result, specs)
    except GoldspanError as error:
        return SuiteSet(gold_set, None, None, (), failure=" ".join(error.lines), exit_code=error.exit_code)
    spans = sum(span.label in labels for document in result.gold for span in document.spans)
    misplaced = held.manifest.misplaced
    return SuiteSet(gold_set, len(result.gold), spans or None, rows, result, differs=differs, misplaced=misplaced)


def _labels(held: HeldSet, scheme: Scheme) -> list[str]:
    """Return the labels that the gold of a set has, in the order of the scheme; others are not scored."""
    targets = set(read_label_map(held.folder / LABELS, scheme).labels.values())
    return [label for label in scheme.labels if label in targets]


def figure_rows(gold_set: GoldSet, result: BenchmarkResult, specs: Sequence[str]) -> list[FigureRow]:
    """Return the figures of a set's protocol, and those that were published of others.

    Args:
        gold_set: The set.
        result: The benchmark on it.
        specs: The extractors, in the order of the benchmark.

    Raises:
        UsageError: The protocol names a figure that there is not.
    """
    published = gold_set.published
    rows = [
        FigureRow(
            figure.name,
            figure.path,
            _values(figure, result, specs),
            [each for each in published if each.figure == figure.name],
        )
        for figure in gold_set.protocol.figures
    ]
    own = {row.name for row in rows}
    others = list(dict.fromkeys(each.figure for each in published if each.figure not in own))
    nothing = dict.fromkeys(specs)
    return rows + [FigureRow(name, "", nothing, [e for e in published if e.figure == name]) for name in others]


def _values(figure: ProtocolFigure, result: BenchmarkResult, specs: Sequence[str]) -> Mapping[str, float | None]:
    """Return a figure of each extractor."""
    failed = {failure.name for failure in result.failures}
    scored = iter(range(len(result.costs)))
    numbers = {spec: None if spec in failed else next(scored) for spec in specs}
    return {spec: None if number is None else _value(figure, result, number) for spec, number in numbers.items()}


def _value(figure: ProtocolFigure, result: BenchmarkResult, number: int) -> float | None:
    path = figure.path
    if not path.startswith(STATED):
        if result.scores is None or _lacks_label(path, result, number):
            return None
        return result.scores.metric(path, number)
    predicted = {document.id: document for document in result.predictions[number]}
    stated = [_stated(document) for document in result.gold]
    found = [
        predicted_amounts(predicted[document.id], "COUNT", figure.unit) if document.id in predicted else []
        for document in result.gold
    ]
    value: float | None = getattr(score_stated_values(stated, found), path.removeprefix(STATED))
    return value


def _lacks_label(path: str, result: BenchmarkResult, number: int) -> bool:
    """Return whether a figure is of a label that is not scored, because the label map has none that becomes it."""
    scored = [] if result.scores is None else result.scores[number].spans.strict.labels
    return any(part in result.scheme.labels and part not in scored for part in path.split("."))


def _stated(document: Document) -> list[Amount]:
    """Return the values that the gold states of a document; those of the reader `StatedQuantities`."""
    return [(float(low), float(high)) for low, high in (document.extra or {}).get(STATED_VALUES, ())]
