"""Comparison of the words that a file states for a span with the text at its offsets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_ESCAPED_WHITE_SPACE = re.compile(r"\\r\\n|\\[nrt]")
_WHITE_SPACE = re.compile(r"\s+")


def same_words(stated: str, actual: str) -> bool:
    """Check whether words are the same except for white space that servers are known to change.

    Servers collapse runs of spaces, tabs and line ends, strip them at the edges, write them as a backslash and a
    letter, or drop tabs.
    """
    return (
        stated == actual
        or _fold(stated).strip() == _fold(actual).strip()
        or _fold(stated.replace("\t", "")).strip() == _fold(actual.replace("\t", "")).strip()
    )


def _fold(words: str) -> str:
    return _WHITE_SPACE.sub(" ", _ESCAPED_WHITE_SPACE.sub(" ", words))


def same_joined_words(stated: str, parts: Sequence[str], same: Callable[[str, str], bool]) -> bool:
    """Check whether words are those of several parts, with any white space or none where the parts meet.

    Args:
        stated: The words.
        parts: The parts.
        same: Compares the words with the parts joined as the words have them, `same_words` or `same_words_and_edges`.
    """
    words, folded = _fold(stated), [_fold(part) for part in parts]
    pattern = r"\s*".join(re.escape(part.strip()) for part in folded)
    if not re.fullmatch(rf"\s*{pattern}\s*", words):
        return False
    first, last = folded[0], folded[-1]
    leading, trailing = first[: len(first) - len(first.lstrip())], last[len(last.rstrip()) :]
    return same(words, leading + words.strip() + trailing)


def same_words_and_edges(stated: str, actual: str) -> bool:
    """Check like `same_words`, but including white space at the edges.

    Otherwise an end that is off by one would be accepted wherever a space follows a word.
    """
    return stated == actual or _fold(stated) == _fold(actual)
