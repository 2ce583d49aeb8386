"""Regular expressions of users, which are given up when they take too long.

A pattern such as `(a+)+b` takes longer than anybody waits on a text of forty letters. Python's `re` cannot be stopped;
the package `regex`, which reads the same syntax, counts the processor time of a search and ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...schema import DataError, Problem, UsageError
from ...schema.extras import require_extras

if TYPE_CHECKING:
    from ...schema.files.scheme_patterns import SchemePattern

_MOST_TIMEOUTS = 3
SECONDS = 10.0
"""How long a pattern may take for a text by default: seconds of processor time."""


class PatternTimeoutError(DataError):
    """A pattern takes too long for a text."""


class TimedPattern:
    """A compiled regular expression, in which `^` and `$` stand for the edges of lines.

    Args:
        pattern: The pattern, which knows its file and line.
        expression: What to compile in place of its `regex`.
        more_time: How users allow it more time; empty if they cannot.

    Attributes:
        groups: The names of its groups.

    Raises:
        DataError: It is no regular expression.
        DependencyError: The package `regex` is not installed.
    """

    def __init__(self, pattern: SchemePattern, expression: str = "", *, more_time: str = "") -> None:
        require_extras("a pattern", "patterns")
        import regex

        self._pattern = pattern
        self._more_time = more_time
        self._n_timeouts = 0
        try:
            self._compiled = regex.compile(expression or pattern.regex, regex.MULTILINE | regex.VERSION0)
        except (regex.error, OverflowError, RecursionError, MemoryError, ValueError) as error:
            what = f"not a regular expression: {' '.join(str(error).split())[:200]}"
            raise DataError(pattern.problem(what, r"escape . ( [ and the like as \. to mean themselves")) from error
        self.groups = tuple(self._compiled.groupindex)

    def search(self, text: str, seconds: float) -> list[Any]:
        """Return the matches from left to right, without overlaps and without empty ones.

        Args:
            text: The text.
            seconds: Processor time that they may take.

        Raises:
            PatternTimeoutError: They take longer.
            UsageError: They do so for the third text, so that a run would take too long.
        """
        try:
            return [match for match in self._compiled.finditer(text, timeout=seconds) if match.end() > match.start()]
        except TimeoutError as error:
            self._n_timeouts += 1
            where = f"{self._pattern.path}:{self._pattern.line}" if self._pattern.line else self._pattern.regex
            what = f"the pattern at {where} takes more than {seconds:g} s for this text"
            fix = "repeat nothing that repeats something itself, as (a+)+ does"
            if self._n_timeouts >= _MOST_TIMEOUTS:
                other = f"; or {self._more_time}" if self._more_time else ""
                raise UsageError(f"{what}, as for {_MOST_TIMEOUTS - 1} others. Fix: {fix}{other}") from error
            raise PatternTimeoutError(Problem(what, fix)) from error
