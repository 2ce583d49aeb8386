"""Prefixes of region ids, by which the page shows some suggestions differently.

The editor makes a CSS class of the id of each region (`htx-highlight-<id>-…`), and nothing else of a suggestion. Region
ids have no other meaning: pulled spans do not depend on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....schema import Span
from ....schema.overlap import TextRange, overlaps

RegionPrefix = Callable[[Span], str]
"""A function that returns the prefix of a span's region id, possibly empty."""

NUMBERED_CONFLICTS = 60
"""Conflicts of a document whose numbers stand in the text; the others are only outlined."""

_FAINT = "faint-"


def no_prefix(_span: Span) -> str:
    """Return the prefix of a span that is shown like any other."""
    return ""


def faint_below(threshold: float) -> RegionPrefix:
    """Return the prefixes that show spans with a score below a threshold as faint; a span without a score is not."""
    return lambda span: _FAINT if span.score is not None and span.score < threshold else ""


def count_faint(results: Sequence[Mapping[str, Any]]) -> int:
    """Return the number of regions of a suggestion's results that are shown as faint."""
    return sum(result["type"] == "labels" and result["id"].startswith(_FAINT) for result in results)


def conflict_prefixes(conflicts: Sequence[TextRange]) -> RegionPrefix:
    """Return the prefixes that show each span of a conflict with the conflict's number, which counts from 1."""

    def prefix(span: Span) -> str:
        number = next((number for number, conflict in enumerate(conflicts, 1) if overlaps(conflict, span)), None)
        return "" if number is None else f"conflict{number}-"

    return prefix


FAINT_STYLE = f"""
.goldspan-text [class*=htx-highlight-{_FAINT}] {{
  --goldspan-veil: color-mix(in srgb, var(--color-neutral-background) 60%, transparent);
  background-image: linear-gradient(var(--goldspan-veil), var(--goldspan-veil));
  outline: 1px dashed currentColor;
}}
"""
"""Style of faint suggestions."""

CONFLICT_STYLE = "\n".join(
    [
        "",
        ".goldspan-text [class*=htx-highlight-conflict] { outline: 2px solid currentColor; outline-offset: -1px; }",
        # the last label only stands for what the pass lacks; nobody marks with it
        ".goldspan-top .lsf-labels .lsf-label:last-child { display: none; }",
        ".goldspan-text [class*=htx-highlight-conflict]::before { font: 700 0.7em sans-serif; padding: 0 3px; }",
        *(
            f".goldspan-text [class*=htx-highlight-conflict{number}-] {{ counter-set: conflict {number}; }} "
            f".goldspan-text [class*=htx-highlight-conflict{number}-]::before {{ content: counter(conflict); }}"
            for number in range(1, NUMBERED_CONFLICTS + 1)
        ),
        "",
    ]
)
"""Style of the spans in conflicts: each is outlined and has the conflict's number before it."""
