"""Overlapping windows over a long text, and the merging of their tags as if the text had been read at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .bio import Tag, TaggedWord


@dataclass(frozen=True, slots=True)
class Window:
    """A model's tags for the tokens of one window.

    Attributes:
        start: The index in the text of the window's first token.
        tags: The tag of each token and the tag's probability.
    """

    start: int
    tags: Sequence[tuple[Tag, float]]

    @property
    def end(self) -> int:
        """The index of the token after the window's last."""
        return self.start + len(self.tags)

    def tag(self, word: TaggedWord) -> tuple[Tag, float]:
        """Return the tag, with its probability, of a word whose first token is in the window."""
        return self.tags[word.token - self.start]


def merge_windows(windows: Sequence[Window], words: Sequence[TaggedWord]) -> list[tuple[Tag, float]]:
    """Return the tag and probability of each word, from the window in which the word is farthest from an edge.

    The switch from one window to the next lies in the middle of their overlap, or at the nearest word in the overlap
    at which neither window continues a span, so that no span is cut in half.

    Args:
        windows: The windows in order. Together they contain every token; only neighbours overlap.
        words: The words in order.
    """
    word_tokens = [word.token for word in words]
    tags: list[tuple[Tag, float]] = []
    for number, window in enumerate(windows):
        is_last = number + 1 == len(windows)
        switch = len(words) if is_last else _switch_index(window, windows[number + 1], words, word_tokens)
        tags.extend(window.tag(word) for word in words[len(tags) : switch])
    return tags


def _switch_index(left: Window, right: Window, words: Sequence[TaggedWord], word_tokens: Sequence[int]) -> int:
    """Return the index of the first word whose tag comes from the right window."""
    middle = (right.start + left.end) / 2
    first, stop = bisect_left(word_tokens, right.start), bisect_left(word_tokens, left.end)
    between_spans = [
        index
        for index in range(first + 1, stop)
        if not any(
            window.tag(words[index - 1])[0].continues_into(window.tag(words[index])[0]) for window in (left, right)
        )
    ]
    if between_spans:
        return min(between_spans, key=lambda index: abs(word_tokens[index] - middle))
    return bisect_left(word_tokens, middle)
