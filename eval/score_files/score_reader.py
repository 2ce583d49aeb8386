"""The reader of score files, which also checks that the figures are those of the counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...corpus.storage.file_io import read_whole
from ...schema import DataError, Problem
from ..comparisons.system_comparison import SystemComparison
from ..comparisons.system_runs import SystemRuns
from ..metric_types.document_counts import DocumentCounts
from ..metric_types.metric_groups import Metric, leaves
from ..publishing.score_writer import SCORE_FORMAT, SCORE_VERSION
from ..publishing.stored_columns import decode_column, decode_table
from ..score_results import GoldSummary, Scores
from ..statistics.document_scores import DocumentScores
from ..statistics.metrics import measure_metrics, nan_to_none, ratio
from ..system_score import SystemScore
from .stored_metrics import (
    StoredCounts,
    StoredSystem,
    score_intervals,
    slice_metrics,
    span_metrics,
    token_metrics,
    value_metrics,
)

_FIX = "a file that `goldspan score … --out FILE` wrote"
_SEMEVAL = {"strict", "exact", "partial", "type"}


class _Header(msgspec.Struct):
    format: str = ""
    version: int = 0


class _StoredRuns(msgspec.Struct):
    name: str
    systems: list[str]


class _StoredScores(msgspec.Struct):
    settings: dict[str, str]
    gold: GoldSummary
    systems: list[StoredSystem]
    comparisons: list[SystemComparison]
    notes: list[str]
    documents: list[str]
    columns: list[str]
    runs: list[_StoredRuns] = []


def load_scores(path: str | Path) -> Scores:
    """Read scores that `Scores.save` or `goldspan score --out` wrote, with all figures, intervals and tests.

    Args:
        path: The file; compressed if its name ends with .gz or .zst.

    Raises:
        DataError: The file cannot be read, does not hold scores, was changed, or is of a newer version.

    Examples:
        >>> import goldspan
        >>> gold = {"a": [(0, 4, "ACTOR")]}
        >>> goldspan.score(gold, gold, names=["same"], resamples=0).save("scores.json")
        >>> goldspan.load_scores("scores.json")["same"].spans.strict.f1
        1.0
    """
    data = read_whole(str(path))
    try:
        return _scores(data)
    except DataError as error:
        raise error.with_location(str(path)) from error


def _scores(data: bytes) -> Scores:
    try:
        header = msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, RecursionError):
        header = _Header()
    if header.format != SCORE_FORMAT:
        raise DataError(Problem("does not hold scores with their counts", _FIX))
    if header.version != SCORE_VERSION:
        what = f"has version {header.version} of the format, and this goldspan reads version {SCORE_VERSION}"
        raise DataError(Problem(what, "install the goldspan that wrote it, or a newer one"))
    try:
        stored = msgspec.json.decode(data, type=_StoredScores)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError(Problem(f"was changed after it was written: {error}", _FIX)) from error
    if not all(stored.settings.get(name, "").isdecimal() for name in ("boot", "seed")):
        raise DataError(Problem("was changed after it was written: the settings lack the resampling", _FIX))
    ids = stored.documents
    if sorted(set(ids)) != ids or len(ids) != stored.gold.documents or not stored.systems:
        raise DataError(Problem("was changed after it was written: the documents are not those of the gold", _FIX))
    columns = [decode_column(text, len(ids)) for text in stored.columns]
    systems = [_system(system, ids, columns) for system in stored.systems]
    by_name = {system.name: system for system in systems}
    if len(by_name) < len(systems) or not all(name in by_name for runs in stored.runs for name in runs.systems):
        raise DataError(Problem("was changed after it was written: the names of the systems do not match", _FIX))
    runs = [SystemRuns(group.name, tuple(by_name[name] for name in group.systems)) for group in stored.runs]
    return Scores(stored.gold, systems, stored.comparisons, stored.notes, runs, stored.settings)


def _system(stored: StoredSystem, ids: Sequence[str], columns: Sequence[NDArray[Any]]) -> SystemScore:
    if not stored.spans.keys() >= _SEMEVAL or any(
        not {"value_accuracy", "value_f1"} <= of_label.keys() for of_label in stored.values.values()
    ):
        raise DataError(Problem(f"was changed after it was written: {stored.name!r} lacks figures", _FIX))
    counts = _counts(stored.counts, list(stored.spans["strict"].labels), ids, columns)
    system = SystemScore(
        name=stored.name,
        signature=stored.signature,
        spans=span_metrics(stored.spans),
        tokens=token_metrics(stored.tokens),
        values=value_metrics(stored.values),
        intervals=score_intervals(stored.interval),
        counts=counts,
        slices=slice_metrics(stored.slices),
        documents=DocumentScores(counts),
    )
    _require_figures_of_counts(system)
    return system


def _counts(
    stored: StoredCounts, labels: list[str], ids: Sequence[str], columns: Sequence[NDArray[Any]]
) -> DocumentCounts:
    shape = (len(labels) + 1, 4)
    return DocumentCounts(
        documents=ids,
        labels=labels,
        spans={measure: decode_table(numbers, columns, shape) for measure, numbers in stored.spans.items()},
        tokens=None if stored.tokens is None else decode_table(stored.tokens, columns, shape),
        values={path: decode_table(numbers, columns, (2,)) for path, numbers in stored.values.items()},
    )


def _require_figures_of_counts(system: SystemScore) -> None:
    """Check that figures follow from the counts, so that neither can be changed without the other.

    Raises:
        DataError: A figure differs.
    """
    counts = system.counts
    known = dict(leaves(system.metric_groups))
    expected: dict[tuple[str, ...], Metric] = {}
    for measure, table in counts.spans.items():
        metrics = measure_metrics(table.sum(axis=0), counts.labels)
        expected |= {("spans", measure, *path): value for path, value in leaves(metrics)}
    if counts.tokens is not None:
        metrics = measure_metrics(counts.tokens.sum(axis=0), counts.labels)
        parts = {"micro": metrics.micro, "labels": metrics.labels}
        expected |= {("tokens", *path): value for path, value in leaves(parts)}
    for path, value in expected.items():
        if path not in known or not _is_same(known[path], value):
            _refuse(system.name, ".".join(path))
    for name, table in counts.values.items():
        above, below = table.sum(axis=0).astype(np.float64)
        if not _is_same(system.metric(name), nan_to_none(float(ratio(above, below)))):
            _refuse(system.name, name)


def _is_same(a: Metric, b: Metric) -> bool:
    return a is b if a is None or b is None else isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _refuse(system: str, path: str) -> None:
    what = f"was changed after it was written: {path} of {system!r} does not follow from the counts"
    raise DataError(Problem(what, _FIX))
