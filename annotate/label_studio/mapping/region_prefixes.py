"""Prefixes of region ids, by which the page shows some suggestions differently.

The editor makes a CSS class of the id of each region (`htx-highlight-<id>-…`), and nothing else of a suggestion. Region
ids have no other meaning: pulled spans do not depend on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....schema import Scheme, Span
from ....schema.overlap import TextRange, overlaps

RegionPrefix = Callable[[Span], str]
"""A function that returns the prefix of a span's region id, possibly empty."""

NUMBERED_CONFLICTS = 60
"""Conflicts of a document whose numbers stand in the text; the others are only outlined."""

UNDECIDED = "to decide"
"""Label that makes no span: of what a pass lacks in reviews, and of suggestions that are only framed."""

_FAINT = "faint-"
_FRAMED = "framed"
_FRAMED_REGION = re.compile(rf"{_FRAMED}-((?:[0-9a-f]{{2}})+)-s\d")


def no_prefix(_span: Span) -> str:
    """Return the prefix of a span that is shown like any other."""
    return ""


def low_score_prefixes(faint: float | None, framed: float | None) -> RegionPrefix:
    """Return the prefixes that show spans of low score differently; those of a span without a score are empty.

    Args:
        faint: Score below which a span is faint; None if none is.
        framed: Score below which it is only framed, and no span unless an annotator makes it one; None if none is.
    """

    def prefix(span: Span) -> str:
        if span.score is None:
            return ""
        if framed is not None and span.score < framed:
            return _framed_prefix(span.label)
        return _FAINT if faint is not None and span.score < faint else ""

    return prefix


def framed_label(region: str, scheme: Scheme) -> str | None:
    """Return the label that is suggested by a region that was only framed; None for any other region."""
    label = _named_label(region)
    return label if label in scheme.labels else None


def suggests(region: str, label: str) -> bool:
    """Check whether a region was only framed, and suggests a label."""
    return _named_label(region) == label


def _named_label(region: str) -> str | None:
    """Return the label in the id of a region that was only framed; None for any other region."""
    found = _FRAMED_REGION.match(region)
    # bytes that are not UTF-8 name no label
    return None if found is None else bytes.fromhex(found[1]).decode(errors="surrogateescape")


def _framed_prefix(label: str) -> str:
    """Return the prefix for a label, with its name, as their order may change; in hex, no name begins another."""
    return f"{_FRAMED}-{label.encode().hex()}-"


def count_low_scores(results: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return how many regions of a suggestion's results are shown as faint, and how many are only framed."""
    marks = [result["id"] for result in results if result["type"] == "labels"]
    return sum(name.startswith(_FAINT) for name in marks), sum(name.startswith(_FRAMED) for name in marks)


def shows_framed(config: str) -> bool:
    """Check whether a labeling config is for tasks with suggestions that are only framed."""
    return f"[class*=htx-highlight-{_FRAMED}]" in config


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

# nobody marks with the last label, `UNDECIDED`
_WITHOUT_LAST_LABEL = ".goldspan-top .lsf-labels .lsf-label:last-child { display: none; }"


def framed_style(scheme: Scheme) -> str:
    """Return the style of suggestions that are only framed, in the colours of their labels; they overlap with nothing.

    A suggestion that became a span looks like any other.
    """
    frame = "[data-label$=" + "".join(f"\\{part}" if not part.isalnum() else part for part in f":{UNDECIDED}") + "]"
    mark = f".htx-highlight:not({frame})"
    prefixes = {_framed_prefix(name): label.colour for name, label in scheme.labels.items()}
    colours = "\n".join(
        f".goldspan-text {_frames(prefix, frame)} {{ outline-color: {colour}; }}" for prefix, colour in prefixes.items()
    )
    framed = f".goldspan-text {_frames(_FRAMED, frame)}"
    return f"""
{_WITHOUT_LAST_LABEL}
{framed} {{ background: none !important; outline: 2px dotted; }}
{framed} {{ outline-offset: -1px; box-shadow: none !important; }}
.goldspan-text {frame} .htx-highlight {{ box-shadow: none; }}
.goldspan-main:not(:has({mark} {mark})) .goldspan-overlap {{ display: none; }}
{colours}
"""


def _frames(prefix: str, frame: str) -> str:
    """Return the selector of the parts of what is only framed, of which only the last, in its last line, has the label.

    A part without it stands at the end of a line, and the next line, possibly after an empty one, begins with the last.
    """
    part, line = f"[class*=htx-highlight-{prefix}]", ".lsf-richtext__line"
    last = f"{line} {part}{frame}:first-child:not(.htx-highlight *)"
    before = f"{line}:has(+ br + {last}, + br + {line}:empty + br + {last})"
    return f":is({part}{frame}, {before} {part}:not([data-label]):last-child)"


CONFLICT_STYLE = "\n".join(
    [
        "",
        ".goldspan-text [class*=htx-highlight-conflict] { outline: 2px solid currentColor; outline-offset: -1px; }",
        _WITHOUT_LAST_LABEL,
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
