"""A walk of a system's texts along those of the gold, by their words alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ...corpus.spans.text_mapping import NormalForm, parting
from ...schema import Document

_PREFIX = 32  # characters by which gold texts are found
_LIKE = 8  # characters that are the same in texts that resemble each other

Piece = tuple[Document, NormalForm, int, int, int]
"""A document of the system, its normal form, the place in the gold's normal form at which its part begins, and the
start and end of the part."""


class WordWalk:
    """A walk of the system's texts, one after another, along those of the gold.

    Attributes:
        found: Gold documents, their normal forms, and where they begin in the system's texts.
        failed: Documents of the system that have words of no gold document, and where they part from the gold.
    """

    def __init__(
        self, system: Sequence[tuple[Document, NormalForm]], gold: Sequence[tuple[Document, NormalForm]]
    ) -> None:
        self._system = system
        self._stream = "".join(form.characters for _, form in system)
        self._starts = [0, *accumulate(len(form.characters) for _, form in system)]
        self._gold: dict[str, list[tuple[Document, NormalForm]]] = defaultdict(list)
        for document, form in gold:
            if form.characters:
                self._gold[form.characters[:_PREFIX]].append((document, form))
        for candidates in self._gold.values():
            candidates.sort(key=lambda item: -len(item[1].characters))  # stable: of equal texts the first
        self._lengths = sorted({len(prefix) for prefix in self._gold}, reverse=True)
        self.found: list[tuple[Document, NormalForm, int]] = []
        self.failed: list[tuple[Document, str]] = []

    def run(self) -> None:
        """Find the gold documents."""
        position = 0
        while position < len(self._stream):
            number = bisect_right(self._starts, position) - 1
            item = self._take(position, number)
            if item is not None:
                self.found.append((*item, position))
                position += len(item[1].characters)
            else:
                document, form = self._system[number]
                self.failed.append((document, self._parting(form, position - self._starts[number], position)))
                position = self._starts[number + 1]

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the parts of the system's documents in a stretch of the walk."""
        number = bisect_right(self._starts, start) - 1
        while number < len(self._system) and self._starts[number] < end:
            document, form = self._system[number]
            begin = max(start, self._starts[number])
            stop = min(end, self._starts[number + 1])
            yield document, form, begin - start, begin - self._starts[number], stop - self._starts[number]
            number += 1

    def _take(self, position: int, number: int) -> tuple[Document, NormalForm] | None:
        """Return the gold document whose words come next, and take it from the others.

        One that is all of a document of the system's is preferred, then the longest.
        """
        rest = self._starts[number + 1] - position
        fitting = []
        for length in self._lengths:
            candidates = self._gold.get(self._stream[position : position + length], [])
            fitting += [item for item in candidates if self._stream.startswith(item[1].characters, position)]
        if not fitting:
            return None
        item = next((item for item in fitting if len(item[1].characters) == rest), fitting[0])
        self._gold[item[1].characters[:_PREFIX]].remove(item)
        return item

    def _parting(self, form: NormalForm, index: int, position: int) -> str:
        """Return where the words of a document part from those of the gold document that they resemble most."""
        best, common = None, 0
        for candidates in self._gold.values():
            for document, other in candidates:
                window = self._stream[position : position + len(other.characters)]
                if (length := _common_length(window, other.characters)) > common:
                    best, common = (document, other), length
        if best is None or common < _LIKE:
            place, words = parting(form, index)
            return f"no gold document has its words at {place}: {words}" if index else ""
        ours, theirs = parting(form, min(index + common, len(form.characters))), parting(best[1], common)
        return f"it parts from the gold's {best[0].id!r} at {ours[0]} and {theirs[0]}: {ours[1]} and {theirs[1]}"


def _common_length(a: str, b: str) -> int:
    """Return the number of characters that are the same at the beginning of two strings."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low
