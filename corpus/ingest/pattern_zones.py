"""Zones by the patterns of a scheme, beside those by rules that are built in."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema import DataError, Problem, Scheme, Zone
from ..spans.layer_correction import DisjointIntervals
from ..spans.timed_patterns import SECONDS, TimedPattern

_GROUP = "zone"


class PatternZones:
    """A finder of zones by the patterns of a scheme.

    Where a pattern has a group `zone`, that is the zone, and what is around it only its context.

    Args:
        scheme: The scheme; it may have no patterns.

    Raises:
        DataError: A pattern is invalid; each problem has its file and line.
        DependencyError: There are patterns, and the package `regex` is not installed.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._patterns: list[tuple[str, TimedPattern]] = []
        problems: list[Problem] = []
        for kind, patterns in scheme.zone_patterns.items():
            for origin in patterns:
                try:
                    pattern = TimedPattern(origin)
                except DataError as error:
                    problems += error.problems
                    continue
                self._patterns.append((kind, pattern))
                if unknown := [name for name in pattern.groups if name != _GROUP]:
                    problems.append(origin.problem(f"the group {unknown[0]!r} has no use", f"call it {_GROUP!r}"))
        if problems:
            raise DataError(problems)

    def add_to(self, zones: Iterable[Zone], text: str) -> list[Zone]:
        """Return zones together with those that the patterns find, in the order of the text and without overlaps.

        Those of patterns are kept before those by rules, and of patterns the longest, then the one first in the file.

        Raises:
            PatternTimeoutError: A pattern takes too long for the text.
            UsageError: It does so for the third text.
        """
        if not self._patterns:
            return list(zones)
        occupied = DisjointIntervals()
        kept = [zone for zone in (*self._found(text), *zones) if occupied.add(zone.start, zone.end)]
        return sorted(kept, key=lambda zone: zone.start)

    def _found(self, text: str) -> list[Zone]:
        found: list[tuple[int, int, int, str]] = []
        for rank, (kind, pattern) in enumerate(self._patterns):
            for match in pattern.search(text, SECONDS):
                start, end = match.span(_GROUP) if _GROUP in pattern.groups else match.span()
                if start < end:
                    found.append((start - end, rank, start, kind))
        return [Zone(start, start - length, kind) for length, _, start, kind in sorted(found)]
