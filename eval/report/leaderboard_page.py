"""The page of a leaderboard: systems by their figures, sortable, with intervals, tests and signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ...schema import pluralize
from ...schema.extras import require_extras
from ..comparisons.system_comparison import COMPARED
from ..publishing.published_tables import (
    PublishedCell,
    PublishedTable,
    ScoreEntry,
    difference_tables,
    published_tables,
    score_entries,
)
from ..score_results import Scores
from . import plots
from .page import Cell, Plot, Section, Table, render_page


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    """A leaderboard as a page.

    Attributes:
        title: Title of the page.
        description: Paragraphs below the title.
        facts: Facts about the gold, by name.
        notes: Caveats that readers should know.
        sections: Sections, in order.
        files: Names of files beside the page, which it links.
    """

    title: str
    description: Sequence[str]
    facts: Mapping[str, str]
    notes: Sequence[str]
    sections: Sequence[Section]
    files: Sequence[str]

    def html(self) -> Iterator[str]:
        """Yield the page in pieces; the same leaderboard yields the same bytes."""
        yield from render_page("leaderboard.html.j2", ("sorting",), page=self)


def leaderboard_page(
    scores: Scores,
    *,
    title: str = "Leaderboard",
    description: str = "",
    day: date | None = None,
    files: Sequence[str] = (),
) -> LeaderboardPage:
    """Create the page of a leaderboard.

    Args:
        scores: Scores of the systems, the best first, as `merge_scores` returns them.
        title: Title of the page.
        description: Text below the title; a blank line begins a paragraph.
        day: Date of the page; none by default, so that the same scores give the same page.
        files: Names of files beside the page, to be linked.

    Raises:
        DependencyError: matplotlib is not installed.
    """
    require_extras("a leaderboard", "report")
    entries = score_entries(scores)
    ranked_by = scores.comparisons[0].measure if scores.comparisons else COMPARED
    name = scores.comparisons[0].title if scores.comparisons else "strict F1"
    differences = list(difference_tables(scores))
    systems, *others = published_tables(scores)[: -len(differences) or None]
    figures = [(entry.name, entry.figure(ranked_by)) for entry in entries]
    plot = plots.forest_plot([(system, figure.value, figure.interval) for system, figure in figures], name)
    sections = [
        Section("Systems", (_PROSE,), (_ranked(systems, entries, ranked_by), Plot(name, plot))),
        Section("Details", (), [_table(table, entries) for table in others]),
        *([Section("Differences", (_TESTS,), [_table(table, ()) for table in differences])] if differences else []),
        Section("Signatures", (), (Table("signatures", ("system", "signature"), _signatures(entries)),)),
    ]
    facts = {
        **({"date": day.isoformat()} if day else {}),
        "systems": str(len(entries)),
        "gold": f"{pluralize(scores.gold.documents, 'document')}, {pluralize(scores.gold.spans, 'span')}",
        "scheme": scores.gold.scheme,
        "fingerprint": scores.gold.sha256[:12],
    }
    paragraphs = [text for part in description.split("\n\n") if (text := " ".join(part.split()))]
    return LeaderboardPage(title, paragraphs, facts, scores.notes, sections, files)


_PROSE = (
    "Strict: equal bounds and label. Partial: equal bounds, or overlap for half credit. Intervals are computed by "
    "resampling documents. Choose a heading to sort by it."
)

_TESTS = (
    "Systems are compared on the same documents. A difference that is not significant says little if it is "
    "smaller than what the gold can detect."
)


def _ranked(table: PublishedTable, entries: Sequence[ScoreEntry], measure: str) -> Table:
    """Return the table of systems with their ranks; equal figures share a rank, and an undefined one has none."""
    values = [entry.figure(measure).value for entry in entries]
    better = [sum(other is not None and value is not None and other > value for other in values) for value in values]
    ranks = ["-" if value is None else str(count + 1) for value, count in zip(values, better, strict=True)]
    shown = _table(table, entries)
    rows = [[name, rank, *cells] for (name, *cells), rank in zip(shown.rows, ranks, strict=True)]
    return Table(shown.caption, (shown.header[0], "rank", *shown.header[1:]), rows, is_sortable=True)


def _table(table: PublishedTable, entries: Sequence[ScoreEntry]) -> Table:
    """Return a table for the page, in which the names of systems have their signatures."""
    signatures = {entry.name: entry.first.signature for entry in entries}

    def cell(item: PublishedCell) -> Cell:
        return Cell(str(item), title=signatures.get(item, "") if isinstance(item, str) else "")

    return Table(table.caption, table.header, [[*map(cell, row)] for row in table.rows], is_sortable=True)


def _signatures(entries: Sequence[ScoreEntry]) -> list[list[str]]:
    return [[score.name, score.signature] for entry in entries for score in entry.scored]
