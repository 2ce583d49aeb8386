"""Documents as HTML for notebooks, with their spans in the colours of their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from .value_types import value_text
from .writing.line_layout import has_right_to_left

if TYPE_CHECKING:
    from .document import Document, Span

MAX_LENGTH = 20_000
"""Maximum number of code points that are shown of a text."""

_PALETTE = (
    "#d62728",
    "#1f77b4",
    "#2ca02c",
    "#9467bd",
    "#ff7f0e",
    "#17becf",
    "#8c564b",
    "#e377c2",
    "#bcbd22",
    "#7f7f7f",
)


def palette_colour(label: str) -> str:
    """Return a colour for a label without a scheme: always the same for the same name."""
    return _PALETTE[sha256(label.encode(errors="replace")).digest()[0] % len(_PALETTE)]


def document_html(document: Document, colour: Callable[[str], str]) -> str:
    """Return a document as HTML.

    Args:
        document: The document. Without a text, its spans are listed.
        colour: Function that returns the colour of a label, `#rrggbb`.
    """
    meta = document.meta
    title = " · ".join(part for part in (meta.title, meta.publisher, meta.published) if part)
    header = f"<b>{escape(document.id)}</b>{f' {escape(title)}' if title else ''}"
    body = _list(document, colour) if document.text is None else _marked_text(document, document.text, colour)
    return f'<div style="line-height:1.7"><div>{header}</div>{body}</div>'


def _marked_text(document: Document, text: str, colour: Callable[[str], str]) -> str:
    shown = text[:MAX_LENGTH]
    spans = [span for span in document.spans if 0 <= span.start < span.end <= len(shown)]
    cuts = sorted({0, len(shown), *(cut for span in spans for cut in (span.start, span.end))})
    starts = sorted(spans, key=lambda span: (span.start, -span.end))
    covering: list[Span] = []
    parts = []
    position = 0
    for start, end in pairwise(cuts):
        while position < len(starts) and starts[position].start == start:
            covering.append(starts[position])
            position += 1
        covering = [span for span in covering if span.end > start]
        parts.append(_mark(escape(shown[start:end]), covering, end, colour))
    more = f"<i> … {len(text) - len(shown):,} more code points</i>" if len(text) > len(shown) else ""
    direction = ";unicode-bidi:plaintext;text-align:start" if has_right_to_left(shown) else ""
    return f'<div style="white-space:pre-wrap{direction}">{"".join(parts)}{more}</div>'


def _mark(html: str, covering: Sequence[Span], end: int, colour: Callable[[str], str]) -> str:
    """Wrap a stretch of text in a mark for each span that covers it, the shortest inside."""
    for span in reversed(covering):
        shade, label = colour(span.label), escape(span.label)
        note = escape(f"{span.label} [{span.start}, {span.end}): {value_text(span.value)}")
        named = f"<bdi>{label}</bdi>" if has_right_to_left(html + label) else label
        tag = f'<sub style="color:{shade};font-weight:bold"> {named}</sub>' if span.end == end else ""
        style = f"color:inherit;background:{shade}2e;border-bottom:2px solid {shade}"
        html = f'<mark title="{note}" style="{style}">{html}{tag}</mark>'
    return html


def _list(document: Document, colour: Callable[[str], str]) -> str:
    rows = "".join(
        f'<tr><td>[{span.start}, {span.end})</td><td style="color:{colour(span.label)}">{escape(span.label)}</td>'
        f"<td>{escape(value_text(span.value))}</td></tr>"
        for span in document.spans
    )
    return f"<div><i>no text</i></div><table>{rows}</table>"


def documents_html(documents: Iterable[Document], colour: Callable[[str], str]) -> str:
    """Return documents as HTML, one below the other."""
    return '<hr style="opacity:.3">'.join(document_html(document, colour) for document in documents)
