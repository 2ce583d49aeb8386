"""The check of the patterns that a scheme file holds, which reading the scheme leaves out."""

from __future__ import annotations

from ...corpus.ingest.pattern_zones import PatternZones
from ...schema import DataError, DependencyError, Problem, Scheme
from .pattern_extractor import Patterns


def check_patterns(scheme: Scheme) -> str:
    """Check the patterns of labels and zone kinds.

    Returns:
        Why they cannot be checked here, such as a package that is not installed; empty if they were, or there are none.

    Raises:
        DataError: Some are invalid; each problem has its file and line.
    """
    problems: list[Problem] = []
    try:
        if any(label.patterns for label in scheme.labels.values()):
            try:
                Patterns(scheme)
            except DataError as error:
                problems += error.problems
        PatternZones(scheme)
    except DataError as error:
        problems += error.problems
    except DependencyError as error:
        return f"patterns are not checked: {error}"
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.line))
    return ""
