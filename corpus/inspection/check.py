"""Every rule of the records and of the scheme that a file breaks, found in one pass and constant memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Span, Zone, is_english
from ..spans.bounds import bound_faults
from ..spans.span_alignment import overlapping
from ..storage.records import SeenIds, duplicate_id, numbered_lines, refuse_tasks
from .check_warnings import CheckWarnings

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)


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
    remarks = CheckWarnings()
    count = 0
    for number, line in numbered_lines(str(path)):
        count += 1
        try:
            document = codec.decode(line)
        except DataError as error:
            refuse_tasks(str(path), line)
            for problem in error.with_location(str(path), number).problems:
                report(problem)
            continue
        if ids.again(document.id):
            report(duplicate_id(document.id).with_location(str(path), number))
        for problem in check_document(document, scheme):
            report(problem.with_location(str(path), number))
        if remark is not None:
            for found in remarks.of(document):
                remark(found.with_location(str(path), number))
        if seen is not None:
            seen(document)
    return count


def check_document(document: Document, scheme: Scheme) -> list[Problem]:
    """The rules of the scheme that a document breaks which can be read: boundaries, overlaps, zones."""
    return [*_layer_faults(document, scheme), *_zone_faults(document), *check_spans(document, scheme)]


def check_spans(document: Document, scheme: Scheme) -> list[Problem]:
    """The rules that a document's spans break, whoever made them: of scores, ids, zones, overlaps and bounds."""
    found = [*_span_faults(document), *_in_zones(document), *_overlaps(document, scheme)]
    if scheme.word_boundaries and document.text is not None:
        english = is_english(document.meta.language)
        for span in document.spans:
            not_first = scheme.labels[span.label].not_first
            faults = bound_faults(document.text, span.start, span.end, not_first, english=english)
            found += [_problem(document, span, fault.what, fault.fix) for fault in faults]
    return found


def _problem(document: Document, span: Span | Zone, what: str, fix: str) -> Problem:
    name = f"zone [{span.start}, {span.end}) {span.kind}" if isinstance(span, Zone) else _named(document, span)
    return Problem(f"{name} {what}", fix, document=document.id)


def _named(document: Document, span: Span) -> str:
    surface = document.surface(span)
    shown = f" {surface if len(surface) <= 40 else surface[:39] + '…'!r}" if surface else ""
    return f"span [{span.start}, {span.end}) {span.label}{shown}"


def _span_faults(document: Document) -> Iterator[Problem]:
    ids = [span.id for span in document.spans if span.id is not None]
    for span in document.spans:
        if span.score is not None and not 0 <= span.score <= 1:
            yield _problem(document, span, f"has a score of {span.score}", "scores go from 0 to 1")
    if doubled := sorted({name for name, count in Counter(ids).items() if count > 1}):
        what = f"two spans have the id {doubled[0]!r}"
        yield Problem(what, "give each an id of its own, or none", document=document.id)


def _layer_faults(document: Document, scheme: Scheme) -> Iterator[Problem]:
    layer = document.layer
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


def _in_zones(document: Document) -> Iterator[Problem]:
    zones = sorted(document.zones, key=lambda zone: (zone.start, zone.end))
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
