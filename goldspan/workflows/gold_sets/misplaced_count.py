"""How many spans of a set are not at their offsets, as its manifest and the table of a suite state it."""

from __future__ import annotations

import msgspec

from ...corpus.formats.transfer_reports import ReadReport
from ...corpus.gold_sets.misplaced_spans import LOST, MOVED, REQUOTED


class MisplacedCount(msgspec.Struct, frozen=True):
    """What became of spans of the gold whose words are not at their offsets.

    Attributes:
        moved: Number of those that were moved to their words.
        requoted: Number of those whose words have other quotation marks in the text.
        left_out: Number of those that were left out.
    """

    moved: int = 0
    requoted: int = 0
    left_out: int = 0

    @classmethod
    def of(cls, report: ReadReport) -> MisplacedCount:
        """Return the counts of a report."""
        changed = report.changed.counts
        return cls(changed[MOVED], changed[REQUOTED], report.left_out.counts[LOST])

    def summary(self) -> str:
        """Return what became of them, in words; empty if there are none."""
        kinds = {MOVED: self.moved, REQUOTED: self.requoted, f"left out: {LOST}": self.left_out}
        return "; ".join(f"{kind}: {count:,}" for kind, count in kinds.items() if count)
