"""Parts of a document, each a document of its own, and the document that they make together.

A part knows its place in the whole and what only the whole has, so that parts that come back in any order, from
anywhere, make exactly the document that was cut, or are told apart from those that do not belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.structs import replace

from ...schema import DataError, Document, Problem, Span, Zone
from ...schema.hashing import sha256_hex
from .text_cuts import may_cut, text_cuts

_CONTEXT = 600  # characters on each side of a part


class TextPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place of a part in its document.

    Attributes:
        document: Id of the document.
        number: Which part it is, counted from 1.
        of: Number of the document's parts.
        start: Where it starts in the text of the document, in code points.
        end: Where it ends.
        size: Largest length of a part that was wanted.
        text_sha256: Hash of the whole text.
        zones: Zones of the whole text.
    """

    document: str
    number: int
    of: int
    start: int
    end: int
    size: int
    text_sha256: str
    zones: tuple[Zone, ...] = ()

    @property
    def id(self) -> str:
        """Id of the part as a document of its own."""
        return part_id(self.document, self.number)


def part_id(document: str, number: int) -> str:
    """Return the id of a document's part, which no other part has, whatever the ids of documents are."""
    return f"{document} part {number}"


def cut_document(
    document: Document, size: int, layers: Iterable[Sequence[Span]] = (), *, known: Sequence[TextPart] = ()
) -> list[TextPart]:
    """Return the parts of a document; a short one has one part, which is all of it.

    Args:
        document: The document, with its text.
        size: As in `text_cuts`.
        layers: Spans that are not to be cut.
        known: How it was cut before. If its text and the size are the same and no span would be cut, it is cut so
            again.
    """
    text, text_sha256 = document.text or "", document.with_hash().text_sha256 or ""
    held = [(span.start, span.end) for layer in layers for span in layer]
    earlier = sorted(known, key=lambda part: part.number)
    cuts = tuple(part.start for part in earlier[1:])
    same = _is_whole(earlier) and (earlier[0].text_sha256, earlier[0].size) == (text_sha256, size)
    if not (same and may_cut(text, cuts, held)):
        cuts = text_cuts(text, size, held)
    bounds = (0, *cuts, len(text))
    return [
        TextPart(document.id, number, len(cuts) + 1, start, end, size, text_sha256, document.zones)
        for number, (start, end) in enumerate(pairwise(bounds), 1)
    ]


def part_of_document(document: Document, part: TextPart) -> Document:
    """Return a part as a document of its own; zones that cross its bounds are clipped, and spans that do left out."""
    clipped = (Zone(max(zone.start, part.start), min(zone.end, part.end), zone.kind) for zone in document.zones)
    zones = tuple(Zone(z.start - part.start, z.end - part.start, z.kind) for z in clipped if z.start < z.end)
    text = (document.text or "")[part.start : part.end]
    hashed = sha256_hex(text)
    return replace(
        document, id=part.id, text=text, text_sha256=hashed, zones=zones, spans=spans_of_part(document.spans, part)
    )


def spans_of_part(spans: Iterable[Span], part: TextPart) -> tuple[Span, ...]:
    """Return the spans that lie in a part, at their offsets there."""
    return tuple(
        replace(span, start=span.start - part.start, end=span.end - part.start)
        for span in spans
        if part.start <= span.start and span.end <= part.end
    )


def join_document(parts: Sequence[tuple[TextPart, Document]]) -> Document:
    """Return the document that parts were cut from, with their spans, part by part.

    Args:
        parts: Its parts as documents, in any order.

    Raises:
        DataError: A part is missing, or they are not of one text.
    """
    ordered = sorted(parts, key=lambda item: item[0].number)
    places = [place for place, _ in ordered]
    text = "".join(part.text or "" for _, part in ordered)
    if not _is_whole(places) or sha256_hex(text) != places[0].text_sha256:
        fix = "push the document again, with the cut that it had"
        name = places[0].document if places else ""
        raise DataError(Problem("its parts do not make up its text", fix, document=name))
    first, whole = places[0], ordered[0][1]
    spans = tuple(
        replace(span, start=span.start + place.start, end=span.end + place.start)
        for place, part in ordered
        for span in part.spans
    )
    return replace(
        whole, id=first.document, text=text, text_sha256=first.text_sha256, zones=first.zones, spans=spans, layer=None
    )


def context_of(text: str, part: TextPart) -> tuple[str, str]:
    """Return what stands before a part and after it, as far as it is shown: whole words, without white space around."""
    before, after = text[max(0, part.start - _CONTEXT) : part.start], text[part.end : part.end + _CONTEXT]
    if part.start > _CONTEXT:
        before = f"… {_after_first_space(before)}"
    if part.end + _CONTEXT < len(text):
        after = f"{_after_first_space(after[::-1])[::-1]} …"
    return before.strip(), after.strip()


def _after_first_space(text: str) -> str:
    cut = next((number for number, character in enumerate(text) if character.isspace()), -1)
    return text[cut + 1 :]


def _is_whole(places: Sequence[TextPart]) -> bool:
    """Check whether parts in their order are those of one document, without gaps."""
    if not places or [place.number for place in places] != list(range(1, places[0].of + 1)) or places[0].start:
        return False
    common: set[Any] = {(place.document, place.of, place.text_sha256, place.zones) for place in places}
    return len(common) == 1 and all(a.end == b.start for a, b in pairwise(places))
