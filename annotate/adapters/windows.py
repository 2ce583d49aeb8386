"""A long text read by a model in windows that overlap, and put together again as if it had been read in one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .bio import Tag, TaggedWord


@dataclass(frozen=True, slots=True)
class Window:
    """What a model says of the tokens from `start` on, in one window.

    Attributes:
        start: The window's first token, counted in the text.
        tags: Of each token its tag and the tag's probability.
    """

    start: int
    tags: Sequence[tuple[Tag, float]]

    @property
    def end(self) -> int:
        """The token after the window's last."""
        return self.start + len(self.tags)

    def tag(self, word: TaggedWord) -> tuple[Tag, float]:
        """What the window says of a word that begins in it."""
        return self.tags[word.token - self.start]


def merge_windows(windows: Sequence[Window], words: Sequence[TaggedWord]) -> list[tuple[Tag, float]]:
    """Of each word the tag and its probability, from the window in which the word is furthest from an edge.

    Two windows hand over in the middle of what they share, or at the nearest word there at which neither of them sees a
    span go on: so no span is halved.

    Args:
        windows: In order; together they hold every token, and none overlaps the one after its next.
        words: In order.
    """
    places = [word.token for word in words]
    tags: list[tuple[Tag, float]] = []
    for number, window in enumerate(windows):
        last = number + 1 == len(windows)
        seam = len(words) if last else _seam(window, windows[number + 1], words, places)
        tags.extend(window.tag(word) for word in words[len(tags) : seam])
    return tags


def _seam(left: Window, right: Window, words: Sequence[TaggedWord], places: Sequence[int]) -> int:
    """The first word that is read from the right one of two windows."""
    middle = (right.start + left.end) / 2
    first, stop = bisect_left(places, right.start), bisect_left(places, left.end)
    free = [
        here
        for here in range(first + 1, stop)
        if not any(w.tag(words[here - 1])[0].goes_on(w.tag(words[here])[0]) for w in (left, right))
    ]
    if free:
        return min(free, key=lambda here: abs(places[here] - middle))
    return bisect_left(places, middle)
