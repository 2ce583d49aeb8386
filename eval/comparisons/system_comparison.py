"""Comparisons of two systems, and the table of who beats whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...schema import UsageError
from ...schema.writing.line_layout import align_left, display_width
from ..metric_types.metric_groups import Metric, MetricInterval
from ..result_display import format_difference, html_block, html_table

COMPARED = "spans.strict.micro.f1"
"""Path of the metric by which systems are compared unless others are named."""

_MARKS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))

LEGEND = "row minus column, best first; * p < 0.05, ** p < 0.01, *** p < 0.001 after Holm's correction"


@dataclass(frozen=True, slots=True)
class SystemComparison:
    """A paired significance test between two systems.

    Attributes:
        a: Name of the first system.
        b: Name of the second system.
        measure: Path of the metric by which they are compared.
        difference: Metric of `a` minus that of `b`, of systems with several runs the mean; None if either is
            undefined.
        p_value: Two-sided p-value; None if it was not computed.
        p_holm: The p-value after Holm's correction over all pairs of systems and all measures.
        method: Name of the test.
        resamples: Number of resamples; 0 for a test that needs none.
        interval: 95 % interval of the difference; None if it was not computed, or would reach beyond -1 or 1.
        detectable: Smallest true difference that a test at the 5 % level would find on such documents with 80 % power;
            None if it was not computed, would exceed 1, or the systems do not differ in any document.
    """

    a: str
    b: str
    measure: str
    difference: float | None
    p_value: float | None
    p_holm: float | None
    method: str
    resamples: int
    interval: MetricInterval = None
    detectable: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return asdict(self) | {"interval": self.interval and list(self.interval)}

    @property
    def title(self) -> str:
        """The measure as tables name it: `strict F1`, or else its path."""
        return "strict F1" if self.measure == COMPARED else self.measure

    @property
    def mark(self) -> str:
        """Stars for the p-value after Holm's correction: * below 0.05, ** below 0.01, *** below 0.001."""
        return "" if self.p_holm is None else next((stars for limit, stars in _MARKS if self.p_holm < limit), "")


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonTable:
    """Who beats whom by one metric: the difference of each two systems, with stars where it is significant.

    `table["rules", "spacy"]` is the metric of `rules` minus that of `spacy`.

    Attributes:
        measure: Path of the metric.
        names: Names of the systems, the best first; those whose metric is undefined last.
        metrics: The metric of each system, of systems with several runs the mean.
        comparisons: The tests of all pairs.
    """

    measure: str
    names: tuple[str, ...]
    metrics: tuple[Metric, ...]
    comparisons: tuple[SystemComparison, ...]

    def __getitem__(self, pair: tuple[str, str]) -> float | None:
        signed = self.signed()
        if pair not in signed:
            raise UsageError(f"no comparison of {pair!r}. Fix: two different systems of {', '.join(self.names)}")
        found, sign = signed[pair]
        return None if found.difference is None else sign * found.difference

    def cells(self) -> list[list[str]]:
        """Return the table as text, one row and one column per system in the order of `names`.

        A cell is the metric of the row's system minus that of the column's, with its sign, three decimals and stars;
        `-` if it is undefined, and empty on the diagonal.
        """
        signed = self.signed()

        def cell(row: str, column: str) -> str:
            if row == column:
                return ""
            found, sign = signed[row, column]
            if found.difference is None:
                return "-"
            return format_difference(sign * found.difference) + found.mark

        return [[cell(row, column) for column in self.names] for row in self.names]

    def lines(self) -> list[str]:
        """Return the table as aligned text with its systems numbered, so that long names fit, and a legend."""
        cells = [[cell.rstrip("*") for cell in row] for row in self.cells()]
        stars = [[cell[len(cell.rstrip("*")) :] for cell in row] for row in self.cells()]
        width = max((len(mark) for row in stars for mark in row), default=0)
        size = max(len(cell) for row in [*cells, [str(len(self.names))]] for cell in row)
        heads = [" ".join(f"{number} {name}".split()) for number, name in enumerate(self.names, start=1)]
        first = max(map(display_width, (self.measure, *heads)))

        def line(head: str, row: Sequence[str], marks: Sequence[str]) -> str:
            columns = (cell.rjust(size) + mark.ljust(width) for cell, mark in zip(row, marks, strict=True))
            return "  ".join((align_left(head, first), *columns)).rstrip()

        numbers = [str(number) for number in range(1, len(self.names) + 1)]
        table = [line(self.measure, numbers, [""] * len(numbers)), *map(line, heads, cells, stars)]
        return [*table, LEGEND]

    def signed(self) -> dict[tuple[str, str], tuple[SystemComparison, int]]:
        """Return the test of each ordered pair of systems, with 1 if its difference is that of the pair, else -1."""
        pairs = {(c.a, c.b): (c, 1) for c in self.comparisons}
        return pairs | {(c.b, c.a): (c, -1) for c in self.comparisons}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.names)} systems by {self.measure}>"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        rows = [[name, *cells] for name, cells in zip(self.names, self.cells(), strict=True)]
        return html_block([html_table(LEGEND, (self.measure, *self.names), rows)])


def comparison_table(
    comparisons: Iterable[SystemComparison], metrics: Sequence[tuple[str, Metric]], measure: str
) -> ComparisonTable:
    """Return the table of who beats whom by a measure.

    Args:
        comparisons: Comparisons by this measure and others.
        metrics: Name and metric of each system.
        measure: The measure.
    """
    ranked = sorted(metrics, key=lambda item: (item[1] is None, -(item[1] or 0.0)))
    names, values = tuple(name for name, _ in ranked), tuple(value for _, value in ranked)
    return ComparisonTable(measure, names, values, tuple(c for c in comparisons if c.measure == measure))
