"""Notes on the agreement of many passes: one for all pairs, or all passes, of which the same is to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .pair_agreement import ComparedPair

_MAX_LISTED = 20


def listed(names: Sequence[str]) -> str:
    """Return names separated by commas, of many the first."""
    return ", ".join(names[:_MAX_LISTED]) + (f" … ({len(names):,} in all)" if len(names) > _MAX_LISTED else "")


def pair_notes(pairs: Sequence[ComparedPair], *, tokenized: bool) -> list[str]:
    """Return why figures of pairs are null, with the pairs that each note is about if there are several.

    Args:
        pairs: All pairs.
        tokenized: Whether there are tokens; if not, the caller says so.
    """
    about: dict[str, list[str]] = {}
    for pair in pairs:
        for note in pair.notes(tokenized=tokenized):
            about.setdefault(note, []).append(f"{pair.a} - {pair.b}")
    if len(pairs) == 1:
        return list(about)
    return [
        f"{'each pair of passes' if len(names) == len(pairs) else listed(names)}: {note}"
        for note, names in about.items()
    ]


def value_notes(pairs: Sequence[ComparedPair]) -> list[str]:
    """Return notes on values and fields that passes do not fill in, of all pairs."""
    without: dict[tuple[str, ...], dict[str, None]] = {}
    for pair in pairs:
        for name, labels in pair.without_values.items():
            without.setdefault(labels, {})[name] = None
    notes = [
        f"{listed(list(names))} {'has' if len(names) == 1 else 'have'} no values for {', '.join(labels)}: not compared"
        for labels, names in without.items()
    ]
    return list(dict.fromkeys([*notes, *(note for pair in pairs for note in pair.field_notes)]))


def undefined_note(counts: Iterable[tuple[str, Mapping[str, int]]], resamples: int) -> list[str]:
    """Return a note on resamples in which figures are undefined; none if there are none.

    Args:
        counts: Number of such resamples by path, with what the figures are about, or nothing for all passes.
        resamples: Number of resamples.
    """
    found = [(count, about, path) for about, paths in counts for path, count in paths.items()]
    if not found:
        return []
    count, about, path = max(found, key=lambda item: item[0])
    where = f"{about}: {path}" if about else path
    return [
        f"intervals exclude resamples in which the metric is undefined: at most {count} of {resamples}, for {where}"
    ]
