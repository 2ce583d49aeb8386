"""Errors about labels that an extractor uses and the scheme or a label map lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Self

from ..corpus.storage.unknown_labels import label_map_lines, quoted_labels
from ..schema import DataError, GoldspanError, Problem, Scheme, UsageError, did_you_mean


class UnknownLabelsError(GoldspanError):
    """A system uses labels that are not known, so that reading on would lose spans of every document.

    Attributes:
        labels: The unknown labels found so far.
        scheme: The scheme of the layers.
    """

    labels: frozenset[str]
    scheme: Scheme

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        raise NotImplementedError


class UnmappedLabelsError(UnknownLabelsError, UsageError):
    """A system uses labels that the scheme lacks, and there is no label map.

    Args:
        labels: The unknown labels found so far.
        scheme: The scheme of the layers.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme) -> None:
        self.labels, self.scheme = frozenset(labels), scheme
        if len(self.labels) == 1:
            subject, hint = "label {} is", did_you_mean(next(iter(self.labels)), list(scheme.labels))
        else:
            subject, hint = "labels {} are", ""
        message = f"the system's {subject.format(quoted_labels(self.labels))} not in the scheme"
        if hint:
            message += f" ({hint})"
        super().__init__(f"{message}. Fix: map=FILE with these lines", example=label_map_lines(self.labels, scheme))

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        return type(self)(self.labels.union(labels), self.scheme)

    def __reduce__(self) -> tuple[type[UnmappedLabelsError], tuple[frozenset[str], Scheme]]:
        return type(self), (self.labels, self.scheme)  # pickled when sent between processes


class LabelNotInMapError(UnknownLabelsError, DataError):
    """A system uses labels for which its label map has no line.

    Args:
        labels: The unknown labels found so far.
        scheme: The scheme of the map.
        path: The path of the map.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme, path: str) -> None:
        self.labels, self.scheme, self.path = frozenset(labels), scheme, path
        message = f"the label map has no line for {quoted_labels(self.labels)}"
        super().__init__(Problem(message, "add these lines to it", path, example=label_map_lines(self.labels, scheme)))

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        return type(self)(self.labels.union(labels), self.scheme, self.path)

    def __reduce__(self) -> tuple[type[LabelNotInMapError], tuple[frozenset[str], Scheme, str]]:  # type: ignore[override]
        return type(self), (self.labels, self.scheme, self.path)
