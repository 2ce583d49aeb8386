"""The reader of score files, which also checks that the figures are those of the counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray

from ...corpus.storage.file_io import read_whole
from ...schema import DataError, Problem
from ..comparisons.system_comparison import SystemComparison
from ..comparisons.system_runs import SystemRuns
from ..metric_types.document_counts import DocumentCounts
from ..publishing.score_writer import MAX_RESAMPLES, MAX_SEED, SCORE_FORMAT, SCORE_VERSION
from ..publishing.stored_columns import decode_column, decode_table
from ..score_results import GoldSummary, Scores
from ..statistics.document_scores import DocumentScores
from ..system_score import SystemScore
from .derived_figures import require_derived_figures
from .resampled_figures import require_resampled_figures
from .stored_checks import WRITTEN, changed_error, require_consistency, require_figures
from .stored_metrics import (
    StoredCounts,
    StoredSystem,
    score_intervals,
    slice_metrics,
    span_metrics,
    token_metrics,
    value_metrics,
)


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
    sources: dict[str, str] = {}


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
        raise DataError(Problem("does not hold scores with their counts", WRITTEN))
    if header.version != SCORE_VERSION:
        what = f"has version {header.version} of the format, and this goldspan reads version {SCORE_VERSION}"
        raise DataError(Problem(what, "install the goldspan that wrote it, or a newer one"))
    try:
        return _checked(msgspec.json.decode(data, type=_StoredScores))
    except (msgspec.DecodeError, RecursionError) as error:
        raise changed_error(str(error)) from error


def _checked(stored: _StoredScores) -> Scores:
    for name, most in (("boot", MAX_RESAMPLES), ("seed", MAX_SEED)):
        text = stored.settings.get(name, "")
        if not re.fullmatch("[0-9]{1,20}", text) or int(text) > most:
            shown = text if len(text) <= 20 else f"{text[:20]}…"
            raise changed_error(f"settings.{name} is {shown!r}, not a number from 0 to {most}")
    ids = stored.documents
    if sorted(set(ids)) != ids or len(ids) != stored.gold.documents or not stored.systems:
        raise changed_error("the documents are not those of the gold")
    columns = [decode_column(text, len(ids)) for text in stored.columns]
    systems = [_system(system, ids, columns) for system in stored.systems]
    by_name = {system.name: system for system in systems}
    grouped = [name for group in stored.runs for name in group.systems]
    if len(by_name) < len(systems) or not by_name.keys() >= set(grouped) or len(set(grouped)) < len(grouped):
        raise changed_error("the names of the systems do not match")
    runs = [SystemRuns(group.name, tuple(by_name[name] for name in group.systems)) for group in stored.runs]
    if not stored.sources.keys() <= by_name.keys():
        raise changed_error("the sources are not those of the systems")
    scores = Scores(stored.gold, systems, stored.comparisons, stored.notes, runs, stored.settings, stored.sources)
    require_consistency(scores)
    require_derived_figures(scores)
    require_resampled_figures(scores)
    return scores


def _system(stored: StoredSystem, ids: Sequence[str], columns: Sequence[NDArray[Any]]) -> SystemScore:
    require_figures(stored)
    counts = _counts(stored.counts, list(stored.spans["strict"].labels), ids, columns)
    return SystemScore(
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
