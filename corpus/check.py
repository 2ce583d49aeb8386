"""Every rule of the records and of the scheme that a file breaks, found in one pass and constant memory."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from ..schema import DataError, Document, Problem, RecordCodec, Scheme, Span, Zone, is_english
from .align import overlapping
from .records import SeenIds, doubled_id, numbered_lines, refuse_tasks
from .remarks import Remarks

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)
_POSSESSIVE = ("'s", "’s", "'S", "’S")


def check_records(
    path: str | Path,
    scheme: Scheme,
    report: Callable[[Problem], None],
    *,
    seen: Callable[[Document], None] | None = None,
    remark: Callable[[Problem], None] | None = None,
) -> int:
    """Checks a records file line by line and answers how many documents it holds.

    Args:
        path: As in `read_records`.
        scheme: Its labels, fields, zone kinds and rules for spans.
        report: Called with each problem, in the order of the lines.
        seen: Called with each document that can be read, for checks that need them all.
        remark: Called with what breaks no rule and is seldom meant: doubled texts, leftovers of other formats.

    Raises:
        DataError: The file cannot be read at all.
        UsageError: Its suffix names no format.
    """
    codec = RecordCodec(scheme)
    ids = SeenIds()
    remarks = Remarks()
    count = 0
    for number, line in numbered_lines(str(path)):
        count += 1
        try:
            document = codec.decode(line)
        except DataError as error:
            refuse_tasks(str(path), line)
            for problem in error.at(str(path), number).problems:
                report(problem)
            continue
        if ids.again(document.id):
            report(doubled_id(document.id).at(str(path), number))
        for problem in check_document(document, scheme):
            report(problem.at(str(path), number))
        if remark is not None:
            for found in remarks.of(document):
                remark(found.at(str(path), number))
        if seen is not None:
            seen(document)
    return count


def check_document(document: Document, scheme: Scheme) -> list[Problem]:
    """The rules of the scheme that a document breaks which can be read: boundaries, overlaps, zones."""
    found = [*_layer_faults(document, scheme), *_zone_faults(document), *_overlaps(document, scheme)]
    if scheme.word_boundaries and document.text is not None:
        found += [fault for span in document.spans for fault in _boundary_faults(document, span, scheme)]
    return found


def _problem(document: Document, span: Span | Zone, what: str, fix: str) -> Problem:
    name = f"zone [{span.start}, {span.end}) {span.kind}" if isinstance(span, Zone) else _named(document, span)
    return Problem(f"{name} {what}", fix, document=document.id)


def _named(document: Document, span: Span) -> str:
    surface = document.surface(span)
    shown = f" {surface if len(surface) <= 40 else surface[:39] + '…'!r}" if surface else ""
    return f"span [{span.start}, {span.end}) {span.label}{shown}"


def _layer_faults(document: Document, scheme: Scheme) -> Iterator[Problem]:
    layer = document.layer
    ids = [span.id for span in document.spans if span.id is not None]
    for span in document.spans:
        if span.score is not None and not 0 <= span.score <= 1:
            yield _problem(document, span, f"has a score of {span.score}", "scores go from 0 to 1")
    if doubled := sorted({name for name, count in Counter(ids).items() if count > 1}):
        what = f"two spans have the id {doubled[0]!r}"
        yield Problem(what, "give each an id of its own, or none", document=document.id)
    if layer and layer.created is not None and not _TIME.fullmatch(layer.created):
        yield Problem(f"layer.created {layer.created!r} is no time", "YYYY-MM-DDTHH:MM:SSZ", document=document.id)
    if layer and layer.lead_time is not None and layer.lead_time < 0:
        yield Problem(f"layer.lead_time {layer.lead_time} is negative", "give seconds", document=document.id)
    if layer and layer.scheme_sha256 and layer.scheme_sha256 != scheme.fingerprint:
        what = f"the layer was made under {layer.scheme or 'another scheme'} of another fingerprint than {scheme.ref}"
        yield Problem(
            what, "name its scheme with --scheme; `goldspan schema diff` says what changed", document=document.id
        )


def _zone_faults(document: Document) -> Iterator[Problem]:
    zones = sorted(document.zones, key=lambda zone: (zone.start, zone.end))
    for before, after in pairwise(zones):
        if after.start < before.end:
            yield _problem(document, after, f"overlaps zone [{before.start}, {before.end})", "join or cut them")
    for zone in zones:
        surface = document.surface(zone)
        # the blanks before a stamp at the start of a text are part of it
        if surface != (surface.rstrip() if zone.start == 0 else surface.strip()):
            yield _problem(document, zone, "has outer white space", "leave it out of the zone")
    for i, j in sorted(overlapping(document.spans, zones)):
        what = f"lies in a zone ({zones[j].kind}), which is not annotated"
        yield _problem(document, document.spans[i], what, "remove the span or correct the zone")


def _overlaps(document: Document, scheme: Scheme) -> Iterator[Problem]:
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    reach: Span | None = None
    for before, after in pairwise(spans):
        reach = before if reach is None or before.end > reach.end else reach
        if (before.start, before.end, before.label) == (after.start, after.end, after.label):
            yield _problem(document, after, "stands twice", "remove one")
        elif after.start < reach.end and not scheme.overlap:
            what = f"overlaps [{reach.start}, {reach.end}) {reach.label}"
            yield _problem(document, after, what, f"{scheme.ref} knows no overlapping spans: keep one")


def _boundary_faults(document: Document, span: Span, scheme: Scheme) -> Iterator[Problem]:
    text = document.text or ""
    surface = document.surface(span)
    if surface != surface.strip():
        yield _problem(document, span, "has outer white space", "trim it")
        return
    if _is_punctuation(surface[0]):
        yield _problem(document, span, f"starts with {surface[0]!r}", "start with a letter or digit")
    if _is_punctuation(surface[-1]) and not _ends_abbreviation(surface):
        yield _problem(document, span, f"ends with {surface[-1]!r}", "end with a letter or digit")
    if surface.endswith(_POSSESSIVE) and is_english(document.meta.language):  # Dutch foto's is a plural
        yield _problem(document, span, "ends with a possessive 's", "leave it out")
    first, _, rest = surface.partition(" ")
    if rest and first.lower() in scheme.labels[span.label].not_first:
        yield _problem(document, span, f"starts with {first!r}", "leave it out")
    if span.start and _joined(text[span.start - 1], surface[0]):
        yield _problem(document, span, "starts within a word", "take the whole word")
    if span.end < len(text) and _joined(surface[-1], text[span.end]):
        yield _problem(document, span, "ends within a word", "take the whole word")


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PZC"


def _ends_abbreviation(surface: str) -> bool:
    word = surface.rsplit(maxsplit=1)[-1].removesuffix(".")
    return surface.endswith(".") and word != "" and ("." in word or len(word) <= 5)


def _joined(a: str, b: str) -> bool:
    """Whether two neighbours belong to one word; scripts that do not part words are left to the annotator."""
    return all(unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lm", "Mn", "Mc", "Nd", "Nl", "No") for c in (a, b))
