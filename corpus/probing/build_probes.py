"""Probes by name."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema import Document, Scheme
from .codebook_names import generic_names, same_codebook, shuffled_labels, swapped_names
from .codebook_rules import excluded_surfaces, frequent_surfaces, reversed_starts
from .expectations import Probe
from .name_changes import changed_names
from .number_changes import changed_numbers


def build_probe(name: str, scheme: Scheme, answers: Iterable[Document], seed: int) -> Probe:
    """Return a probe that a scheme allows, as `impossible` tells.

    Args:
        name: One of `PROBES`.
        scheme: The scheme.
        answers: The documents as the extractor answered to the unchanged scheme and texts.
        seed: Seed of what is drawn: the order of labels, which names are exchanged, other numbers and names.
    """
    match name:
        case "again":
            return same_codebook(scheme)
        case "rename":
            return generic_names(scheme)
        case "swap":
            return swapped_names(scheme, seed)
        case "shuffle":
            return shuffled_labels(scheme, seed)
        case "exclude":
            return excluded_surfaces(scheme, frequent_surfaces(answers))
        case "reverse":
            return reversed_starts(scheme)
        case "numbers":
            return changed_numbers(scheme, seed)
        case _:
            return changed_names(scheme, seed)
