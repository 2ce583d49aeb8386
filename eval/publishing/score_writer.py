"""Scores as a file: what `--json` prints, with the counts of each document, so that nothing has to be scored again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...corpus.storage.file_io import file_suffix, open_reader, open_writer, require_writable
from ...schema import UsageError
from ..metric_types.document_counts import DocumentCounts
from .stored_columns import ColumnStore

if TYPE_CHECKING:
    from ..score_results import Scores

SCORE_FORMAT = "goldspan scores"
"""What the key `format` of a file of scores says."""

SCORE_VERSION = 1
"""Version of the format, raised when a reader of the one before would misread it."""

MAX_RESAMPLES = 100_000
"""Number of resamples up to which scores are stored and read: a file may not ask for the work of a day."""

MAX_SEED = 2**64 - 1
"""Seed up to which scores are stored and read."""


def write_scores(scores: Scores, path: str | Path) -> None:
    """Write scores to a file, all of it or nothing; the same scores give the same bytes.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: `check_score_path` refuses the name, or `check_stored_resampling` the settings.
    """
    check_score_path(path)
    check_stored_resampling(*(int(scores.settings[name]) for name in ("boot", "seed")))
    text = json.dumps(stored_scores(scores), ensure_ascii=False, indent=1, allow_nan=False)
    with open_writer(str(path)) as stream:
        stream.write(text.encode(errors="replace") + b"\n")  # a name may hold bytes that are no characters


def check_score_path(path: str | Path) -> None:
    """Check that a file of scores may be written to a path: it never replaces anything but scores.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: The name does not end with .json, also compressed, or the file exists and does not hold scores.
    """
    if not isinstance(path, str | Path):
        raise UsageError(f"`path` is of the type {type(path).__name__}. Fix: the name of a file, as in 'scores.json'")
    if file_suffix(path) != ".json":
        raise UsageError(
            f"`out`: {path} is not the name of a file of scores. Fix: a name that ends with .json or .json.gz"
        )
    if Path(path).is_file():
        with open_reader(str(path)) as stream:
            head = stream.read(200).decode(errors="replace")
        if head.strip() and f'"{SCORE_FORMAT}"' not in head:
            raise UsageError(f"`out`: {path} exists and does not hold scores. Fix: another name, or remove the file")
    require_writable(Path(path))


def check_stored_resampling(resamples: int, seed: int) -> None:
    """Check that scores with these settings can be stored, since whoever reads them computes the intervals again.

    Raises:
        UsageError: There are too many resamples, or the seed is too large.
    """
    for name, number, most in (("resamples", resamples, MAX_RESAMPLES), ("seed", seed, MAX_SEED)):
        if number > most:
            raise UsageError(f"`{name}`: {number} is more than stored scores may have. Fix: at most {most}")


def stored_scores(scores: Scores) -> dict[str, Any]:
    """Return the content of a file of scores: the keys of `Scores.to_dict`, and those of its format and counts."""
    columns = ColumnStore()
    data = scores.to_dict()
    for system, score in zip(data["systems"], scores.systems, strict=True):
        system["counts"] = _counts(score.counts, columns)
    return {
        "format": SCORE_FORMAT,
        "version": SCORE_VERSION,
        "settings": dict(scores.settings),
        **({"sources": dict(scores.sources)} if scores.sources else {}),
        **data,
        "documents": list(scores.systems[0].counts.documents),
        "columns": columns.encoded,
    }


def _counts(counts: DocumentCounts, columns: ColumnStore) -> dict[str, Any]:
    """Return the tables of a system, each as the numbers of its columns."""
    return {
        "spans": {measure: columns.add(table) for measure, table in counts.spans.items()},
        **({} if counts.tokens is None else {"tokens": columns.add(counts.tokens)}),
        "values": {path: columns.add(table) for path, table in counts.values.items()},
    }
