"""Validation of a records file against the format and the scheme, in one pass and constant memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Span, Zone, is_english
from ..spans.bounds import bounds_problems
from ..spans.span_alignment import overlapping_pairs
from ..storage.records import located_records, reject_studio_tasks
from ..storage.shards.seen_ids import SeenIds, duplicate_id_problem
from .check_warnings import CheckWarnings

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)


def check_records(
    path: str | Path,
    scheme: Scheme,
    report: Callable[[Problem], None],
    *,
    on_document: Callable[[Document], None] | None = None,
    warn: Callable[[Problem], None] | None = None,
) -> int:
    """Check a records file line by line.

    Args:
        path: As in `read_records`.
        scheme: The scheme that defines labels, fields, zone kinds and rules for spans.
        report: Called with each problem, in the order of the lines.
        on_document: Called with each readable document, for checks that need all documents.
        warn: Called with each warning, about what is valid but rarely intended: duplicate texts and leftovers of other
            formats.

    Returns:
        The number of records in the file.

    Raises:
        DataError: The file cannot be read.
        UsageError: The suffix is not one of a records file.
    """
    codec = RecordCodec(scheme)
    ids = SeenIds()
    warnings = CheckWarnings()
    count = 0
    for file, number, record in located_records(str(path)):
        count += 1
        try:
            document = codec.read(record)
        except DataError as error:
            reject_studio_tasks(file, record)
            for problem in error.with_location(file, number).problems:
                report(problem)
            continue
        if ids.is_duplicate(document.id):
            report(duplicate_id_problem(document.id).with_location(file, number))
        for problem in check_document(document, scheme):
            report(problem.with_location(file, number))
        if warn is not None:
            for warning in warnings.check(document):
                warn(warning.with_location(file, number))
        if on_document is not None:
            on_document(document)
    return count


def check_document(document: Document, scheme: Scheme) -> list[Problem]:
    """Return the rules that a readable document breaks: those for its layer, zones and spans."""
    return [*_layer_problems(document, scheme), *_zone_problems(document), *check_spans(document, scheme)]


def check_spans(document: Document, scheme: Scheme) -> list[Problem]:
    """Return the rules that the spans of a document break: those for scores, ids, zones, overlaps and bounds."""
    problems = [*_score_and_id_problems(document), *_spans_in_zones(document), *_overlaps(document, scheme)]
    if scheme.word_boundaries and document.text is not None:
        english = is_english(document.meta.language)
        for span in document.spans:
            not_first = scheme.labels[span.label].not_first
            broken = bounds_problems(document.text, span.start, span.end, not_first, english=english)
            problems += [_problem(document, span, rule.what, rule.fix) for rule in broken]
    return problems


def _problem(document: Document, span: Span | Zone, what: str, fix: str) -> Problem:
    name = f"zone [{span.start}, {span.end}) {span.kind}" if isinstance(span, Zone) else _describe(document, span)
    return Problem(f"{name} {what}", fix, document=document.id)


def _describe(document: Document, span: Span) -> str:
    surface = document.surface(span)
    shown = f" {surface if len(surface) <= 40 else surface[:39] + '…'!r}" if surface else ""
    return f"span [{span.start}, {span.end}) {span.label}{shown}"


def _score_and_id_problems(document: Document) -> Iterator[Problem]:
    ids = [span.id for span in document.spans if span.id is not None]
    for span in document.spans:
        if span.score is not None and not 0 <= span.score <= 1:
            yield _problem(document, span, f"has a score of {span.score}", "scores are between 0 and 1")
    if duplicates := sorted({name for name, count in Counter(ids).items() if count > 1}):
        what = f"duplicate span id {duplicates[0]!r}"
        yield Problem(what, "give each span a unique id, or none", document=document.id)


def _layer_problems(document: Document, scheme: Scheme) -> Iterator[Problem]:
    layer = document.layer
    if layer and layer.created is not None and not _TIME.fullmatch(layer.created):
        what = f"layer.created {layer.created!r} is not a valid time"
        yield Problem(what, "use the form YYYY-MM-DDTHH:MM:SSZ", document=document.id)
    if layer and layer.lead_time is not None and layer.lead_time < 0:
        yield Problem(
            f"layer.lead_time {layer.lead_time} is negative", "give the time in seconds", document=document.id
        )
    if layer and layer.scheme_sha256 and layer.scheme_sha256 != scheme.fingerprint:
        what = f"the layer was made with {layer.scheme or 'a scheme'}, whose fingerprint differs from {scheme.ref}"
        fix = "name its scheme with --scheme, or take it to this one with `goldspan schema migrate`"
        fix += "; `goldspan schema diff` says what changed"
        yield Problem(what, fix, document=document.id)


def _zone_problems(document: Document) -> Iterator[Problem]:
    zones = sorted(document.zones, key=lambda zone: (zone.start, zone.end))
    for before, after in pairwise(zones):
        if after.start < before.end:
            yield _problem(
                document, after, f"overlaps zone [{before.start}, {before.end})", "merge or shorten the zones"
            )
    for zone in zones:
        surface = document.surface(zone)
        # white space before a stamp at the start of a text is part of the stamp
        if surface != (surface.rstrip() if zone.start == 0 else surface.strip()):
            yield _problem(document, zone, "has leading or trailing white space", "trim it")


def _spans_in_zones(document: Document) -> Iterator[Problem]:
    zones = sorted(document.zones, key=lambda zone: (zone.start, zone.end))
    for i, j in sorted(overlapping_pairs(document.spans, zones)):
        what = f"overlaps a zone ({zones[j].kind}), which is not annotated"
        yield _problem(document, document.spans[i], what, "remove the span or correct the zone")


def _overlaps(document: Document, scheme: Scheme) -> Iterator[Problem]:
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    reach: Span | None = None
    for before, after in pairwise(spans):
        reach = before if reach is None or before.end > reach.end else reach
        if (before.start, before.end, before.label) == (after.start, after.end, after.label):
            yield _problem(document, after, "is a duplicate", "remove one of the two")
        elif after.start < reach.end and not scheme.overlap:
            what = f"overlaps [{reach.start}, {reach.end}) {reach.label}"
            yield _problem(document, after, what, f"keep one of them; {scheme.ref} does not allow overlapping spans")
