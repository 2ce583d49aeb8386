"""Alignment of the columns of systems with those of the gold, by the ids of documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ...schema import DataError, Problem, pluralize
from .layer_columns import UNKNOWN_LENGTH, LayerColumns
from .span_columns import Ints, SpanColumns, spans_of_documents


def are_aligned(gold: LayerColumns, system: LayerColumns, *, common: bool = False) -> bool:
    """Check whether all documents of a system are in the gold and have the same text there, as far as it is known.

    Args:
        gold: The gold.
        system: The system.
        common: Whether the system may have further documents. They could be the gold's under other ids, so it must have
            all of the gold's documents then.
    """
    known = not (gold.without_text or system.without_text)
    if known and gold.ids == system.ids and gold.hashes == system.hashes:
        return np.array_equal(gold.lengths, system.lengths)
    rows = {name: i for i, name in enumerate(gold.ids)}
    places = [rows.get(name) for name in system.ids]
    if None in places:
        shared = [number for number, place in enumerate(places) if place is not None]
        if not common or len(shared) < len(gold):
            return False
        return are_aligned(gold, system.take(np.array(shared, dtype=np.int64)))
    at = np.array(places, dtype=np.int64)
    if not known:
        return _fit(gold, system, at)
    same_lengths = np.array_equal(gold.lengths[at], system.lengths)
    return same_lengths and all(gold.hashes[row] == own for row, own in zip(at.tolist(), system.hashes, strict=True))


def _fit(gold: LayerColumns, system: LayerColumns, at: Ints) -> bool:
    """Check texts where they are known on both sides, and otherwise that spans end within the text of one side."""
    for row, ours, length in zip(at.tolist(), system.hashes, system.lengths.tolist(), strict=True):
        theirs = gold.hashes[row]
        if ours is not None and theirs is not None and (theirs, gold.lengths[row]) != (ours, length):
            return False
    lengths = np.full(len(gold), UNKNOWN_LENGTH, dtype=np.int64)
    lengths[at] = system.lengths
    of_gold, of_system = lengths[gold.spans.document], gold.lengths[at][system.spans.document]
    past = (of_gold != UNKNOWN_LENGTH) & (gold.spans.end > of_gold)
    return not (np.any(past) or np.any((of_system != UNKNOWN_LENGTH) & (system.spans.end > of_system)))


def spans_in_gold(gold: LayerColumns, system: LayerColumns) -> SpanColumns:
    """Return the spans of an aligned system, in which `document` is the index in the gold."""
    if gold.ids == system.ids:
        return system.spans
    rows = {name: i for i, name in enumerate(system.ids)}
    absent = len(rows)  # has no spans
    at = np.array([rows.get(name, absent) for name in gold.ids], dtype=np.int64)
    return spans_of_documents(system.spans, at)


def sorted_by_id(layer: LayerColumns) -> LayerColumns:
    """Return a layer with its documents sorted by id."""
    order = sorted(range(len(layer)), key=layer.ids.__getitem__)
    return layer if order == list(range(len(layer))) else layer.take(np.array(order, dtype=np.int64))


def common_layers(gold: LayerColumns, systems: Sequence[LayerColumns]) -> list[LayerColumns]:
    """Return the layers of gold and systems with only the documents that all of them have, each in its own order.

    Raises:
        DataError: Gold and systems have no document in common.
    """
    layers = [gold, *systems]
    ids = set.intersection(*(set(layer.ids) for layer in layers))
    if not ids:
        fix = "score predictions on the texts of the gold, under the same ids"
        raise DataError(Problem("the gold and all systems have no document in common", fix))
    return [
        layer.take(np.flatnonzero(np.fromiter((name in ids for name in layer.ids), dtype=bool, count=len(layer))))
        for layer in layers
    ]


def excluded_notes(sizes: Iterable[tuple[str, int]], common: int) -> list[str]:
    """Return a note on how many documents of each side were excluded.

    Args:
        sizes: Name of each side, and number of its documents.
        common: Number of common documents.
    """
    excluded = [f"{size - common} of {name}" for name, size in sizes if size > common]
    if not excluded:
        return []
    return [f"scored only the {pluralize(common, 'common document')}; excluded: {', '.join(excluded)}"]


def missing_documents(gold: LayerColumns, system: LayerColumns) -> list[str]:
    """Return the ids of the documents of the gold that a system lacks."""
    present = set(system.ids)
    return [document for document in gold.ids if document not in present]


def missing_warning(missing: Sequence[str], name: str) -> str:
    """Return a warning about documents that a system lacks; empty if it has all."""
    if not missing:
        return ""
    listed = ", ".join(missing[:20]) + (" …" if len(missing) > 20 else "")
    return f"{name} lacks {pluralize(len(missing), 'document')}, scored as empty: {listed}"
