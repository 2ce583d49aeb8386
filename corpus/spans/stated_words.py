"""Words that a file states for a span, compared with what the span cuts from its text."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\r\\n|\\[nrt]")
_BLANKS = re.compile(r"\s+")


def same_words(stated: str, there: str) -> bool:
    """Whether words are the same but for what servers are known to change.

    That is runs of blanks, tabs and line ends: they are joined, dropped at the edges, or written as a backslash and a
    letter; a tab may be gone.
    """
    return (
        stated == there
        or _folded(stated).strip() == _folded(there).strip()
        or _folded(stated.replace("\t", "")).strip() == _folded(there.replace("\t", "")).strip()
    )


def _folded(words: str) -> str:
    return _BLANKS.sub(" ", _ESCAPED.sub(" ", words))


def same_but_for_blanks(stated: str, there: str) -> bool:
    """As `same_words`, with the same edges: else an end that is one off would do wherever a blank follows a word."""
    return _folded(stated) == _folded(there)
