"""Spans from surfaces: `Document.add` finds a surface in the text and labels it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .errors import DataError, Problem, UsageError
from .overlap import overlaps
from .writing.word_scripts import same_word, within_word

if TYPE_CHECKING:
    from .document import Document, Value
    from .scheme import Scheme

_MAX_LISTED = 5


def add_span(
    document: Document,
    surface: str,
    label: str,
    value: Value | Mapping[str, Any] | None,
    occurrence: int | None,
    scheme: Scheme,
) -> Document:
    """Return the document with one more span. Arguments and errors are those of `Document.add`."""
    if not hasattr(scheme, "label"):
        raise UsageError(f"`scheme` is {type(scheme).__name__}. Fix: a scheme, as `load_scheme` returns it")
    if document.text is None:
        raise DataError(Problem("the document has no text", "restore its text first", document=document.id))
    value_type = scheme.label(label).value_type
    parts = value if isinstance(value, Mapping) else {}
    start = _choose(document, surface, occurrence, scheme)
    span = scheme.span(start, start + len(surface), label, **parts)
    if value is not None and not isinstance(value, Mapping):
        if not isinstance(value, value_type):
            raise UsageError(f"the value is not one of {label}. Fix: give its parts by name")
        span = replace(span, value=value)
    if not scheme.overlap:
        for other in document.spans:
            if overlaps(other, span):
                what = f"{surface!r} at {start} overlaps [{other.start}, {other.end}) {other.label}"
                raise DataError(Problem(what, "choose another `occurrence`", document=document.id))
    elif span in document.spans:
        raise DataError(Problem(f"{surface!r} at {start} is already {label}", "", document=document.id))
    spans = sorted([*document.spans, span], key=lambda item: (item.start, item.end))
    return replace(document, spans=tuple(spans))


def _choose(document: Document, surface: str, occurrence: int | None, scheme: Scheme) -> int:
    """Return where the chosen occurrence of a surface starts, in code points."""
    text = document.text or ""
    if not surface:
        raise UsageError("`surface` is empty. Fix: name the words to label")
    everywhere = list(_occurrences(text, surface))
    outside = [s for s in everywhere if not any(z.start < s + len(surface) and s < z.end for z in document.zones)]
    starts = outside
    if scheme.word_boundaries:  # where words are written together, such as "and" and a name, a part may be meant
        uncut = [s for s in outside if not _cuts(text, s, s + len(surface))]
        starts = [s for s in uncut if not (within_word(text, s) or within_word(text, s + len(surface)))] or uncut
    if not starts:
        what, fix = f"{surface!r} does not occur in the text", "copy it from the text: case and spaces matter"
        if outside:
            what, fix = f"{surface!r} occurs only within words", "name whole words"
        elif everywhere:
            what, fix = f"{surface!r} occurs only in zones, which are not annotated", "choose other words"
        raise DataError(Problem(what, fix, document=document.id))
    if occurrence is None and len(starts) > 1:
        listed = ", ".join(map(str, starts[:_MAX_LISTED])) + (", …" if len(starts) > _MAX_LISTED else "")
        what = f"{surface!r} occurs {len(starts)} times, at {listed}"
        raise DataError(Problem(what, f"choose an `occurrence` from 1 to {len(starts)}", document=document.id))
    if occurrence is not None and not 1 <= occurrence <= len(starts):
        what = f"{surface!r} has no occurrence {occurrence}"
        raise DataError(Problem(what, f"choose one from 1 to {len(starts)}", document=document.id))
    return starts[(occurrence or 1) - 1]


def _occurrences(text: str, surface: str) -> Iterator[int]:
    start = text.find(surface)
    while start >= 0:
        yield start
        start = text.find(surface, start + 1)


def _cuts(text: str, start: int, end: int) -> bool:
    """Check whether a stretch certainly starts or ends within a word."""
    return any(0 < edge < len(text) and same_word(text[edge - 1], text[edge]) for edge in (start, end))
