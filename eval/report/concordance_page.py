"""The page of a concordance: occurrences in their contexts, to filter and sort in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from ...corpus.queries.concordance import Occurrence
from ...schema import pluralize
from ...schema.extras import require_extras
from .page import render_page

MAX_OCCURRENCES = 5000
"""Largest number of occurrences on a page, with which a browser is still quick."""


@dataclass(frozen=True, slots=True)
class ConcordancePage:
    """A concordance as a page.

    Attributes:
        title: Title of the page.
        facts: Facts about the search, by name.
        notes: What readers should know.
        occurrences: The occurrences.
        labels: Labels of the occurrences, sorted.
    """

    title: str
    facts: Mapping[str, str]
    notes: Sequence[str]
    occurrences: Sequence[Occurrence]
    labels: Sequence[str]

    def html(self) -> Iterator[str]:
        """Yield the page in pieces; the same occurrences yield the same bytes."""
        from markupsafe import Markup

        own_style = resources.files("goldspan.eval.report").joinpath("concordance.css").read_text(encoding="utf-8")
        yield from render_page("concordance.html.j2", ("contexts",), page=self, own_style=Markup(own_style))


def concordance_page(
    occurrences: Sequence[Occurrence], *, query: str, total: int, title: str = "Concordance"
) -> ConcordancePage:
    """Create the page of a concordance.

    Args:
        occurrences: The occurrences, in their order; at most `MAX_OCCURRENCES` are shown.
        query: What was searched for, for the head of the page.
        total: Number of all occurrences.
        title: Title of the page.

    Raises:
        DependencyError: What makes pages is not installed.
    """
    require_extras("a report", "report")
    shown = occurrences[:MAX_OCCURRENCES]
    few = f"This page has the first {len(shown):,} of {pluralize(total, 'occurrence')}."
    facts = {"searched for": query, "occurrences": f"{total:,}", "shown": f"{len(shown):,}"}
    labels = sorted({label for item in shown for label in item.labels})
    return ConcordancePage(title, facts, [few] if len(shown) < total else [], shown, labels)
