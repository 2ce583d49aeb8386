"""Regular expressions of users, which are given up when they take too long.

A pattern such as `(a+)+b` takes longer than anybody waits on a text of forty letters. Python's `re` cannot be stopped;
the package `regex`, which reads the same syntax, counts the processor time of a search and ends it.
"""

from __future__ import annotations

from dataclasses import replace
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

    def of(self, document: str) -> PatternTimeoutError:
        """Return the error with the id of the document whose text it is."""
        return PatternTimeoutError([replace(problem, document=document) for problem in self.problems])


class TimedPattern:
    """A compiled regular expression, in which `^` and `$` stand for the edges of lines.

    Args:
        pattern: The pattern, which knows its file and line.
        expression: What to compile in place of its `regex`.
        more_time: How users allow it more time; empty if they cannot.
        ignore_case: Whether upper and lower case are the same.

    Attributes:
        groups: The names of its groups.

    Raises:
        DataError: It is no regular expression.
        DependencyError: The package `regex` is not installed.
    """

    def __init__(
        self, pattern: SchemePattern, expression: str = "", *, more_time: str = "", ignore_case: bool = False
    ) -> None:
        require_extras("a pattern", "patterns")
        import regex

        self._pattern = pattern
        self._more_time = more_time
        self._n_timeouts = 0
        try:
            flags = regex.MULTILINE | regex.VERSION0 | (regex.IGNORECASE if ignore_case else 0)
            self._compiled = regex.compile(expression or pattern.regex, flags)
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
            raise self._timeout(seconds) from error

    def occurs(self, text: str, seconds: float) -> bool:
        """Return whether there is a match, which may be empty.

        Args:
            text: The text.
            seconds: Processor time that the search may take.

        Raises:
            PatternTimeoutError: It takes longer.
            UsageError: It does so for the third text, so that a run would take too long.
        """
        try:
            return self._compiled.search(text, timeout=seconds) is not None
        except TimeoutError as error:
            raise self._timeout(seconds) from error

    def _timeout(self, seconds: float) -> DataError | UsageError:
        self._n_timeouts += 1
        pattern = self._pattern
        name = f"the pattern at {pattern.path}:{pattern.line}" if pattern.line else f"the pattern {pattern.regex}"
        what = f"{name} takes more than {seconds:g} s for this text"
        fix = "repeat nothing that repeats something itself, as (a+)+ does"
        if self._n_timeouts >= _MOST_TIMEOUTS:
            other = f"; or {self._more_time}" if self._more_time else ""
            return UsageError(f"{what}, as for {_MOST_TIMEOUTS - 1} others. Fix: {fix}{other}")
        return PatternTimeoutError(Problem(what, fix))
