"""Regular expressions of maps: what they find, and that they are given up when they take too long.

A pattern such as `(a|aa)+$` takes longer than anybody waits on forty letters. Python's `re` cannot be stopped; the
package `regex`, which reads the same syntax and that of patterns in schemes, ends a search after some processor time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..errors import DataError, Problem
from ..extras import require_extras

SECONDS = 10.0
"""How long a pattern may take for the words of a span: seconds of processor time."""


def pattern_problem(pattern: Any) -> str | None:
    """Return what is wrong with a regular expression; None if it is one.

    Raises:
        DependencyError: The package `regex` is not installed.
    """
    require_extras("a pattern in a map", "patterns")
    import regex

    try:
        _compiled(pattern)
    except (regex.error, TypeError, OverflowError, RecursionError, MemoryError, ValueError) as error:
        return " ".join(str(error).split())[:200]
    return None


def occurs(pattern: str, words: str) -> bool:
    """Check whether a pattern matches somewhere in words.

    Raises:
        DataError: It takes too long.
    """
    try:
        return _compiled(pattern).search(words, timeout=SECONDS) is not None
    except TimeoutError as error:
        what = f"the pattern {pattern} takes more than {SECONDS:g} s for the words {words[:80]!r}"
        raise DataError(Problem(what, "repeat nothing that repeats something itself, as (a+)+ does")) from error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern, regex.VERSION0)
