"""What reads a set: a format, or a reader of a form that only sets have."""

from __future__ import annotations

from pathlib import Path

from ...schema import UsageError
from ..formats.conversion import source_format
from ..formats.foreign.foreign_format import ForeignFormat
from ..formats.format_registry import DetectedFormat
from .gold_set import GoldSet
from .misplaced_spans import NearbySpans
from .readers import SET_READERS


def set_reader(gold_set: GoldSet, path: Path) -> DetectedFormat:
    """Return what reads a set.

    Args:
        gold_set: The set, which has a form.
        path: What is read.

    Raises:
        UsageError: There is no such form, or spans of it are never moved and the set says how far they may be.
    """
    known = SET_READERS.get(gold_set.form)
    detected = source_format(path, gold_set.form) if known is None else DetectedFormat(known)
    if not gold_set.nearby:
        return detected
    if not isinstance(detected.reader, ForeignFormat):
        what = f"{gold_set.name}: spans of the form {gold_set.form} are never moved, so `nearby` has no effect"
        raise UsageError(f"{what}. Fix: remove it from the description of the set")
    return DetectedFormat(NearbySpans(detected.reader, gold_set.nearby))
