"""Building of documents from what a file states: fragments, blanks at the ends, labels, values and the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ....schema import DataError, Document, Problem, RecordCodec, UsageError, did_you_mean, truncate_problems
from ....schema.value_types import authority_name
from ...spans.offsets import Fragments
from ...spans.span_keys import LabelledSpan
from ...storage.shards.seen_ids import SeenIds
from ..format_interface import ReadRequest
from ..sidecar import Projection, SidecarReader, all_spans
from ..transfer_reports import AuditRow
from .attribute_values import held_attributes
from .kept_records import recorded_spans
from .stated_documents import LabelledStatement, StatedDocument
from .surest_spans import surer_spans

FRAGMENT_RULES = {
    "hull": "one span from the first fragment to the last",
    "first": "the first fragment",
    "parts": "a span for each fragment",
    "skip": "nothing",
}
"""What may become of a span with words between its fragments."""

_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


class DocumentBuilder:
    """Builds the documents of a file, and reports whatever it changes or leaves out.

    Args:
        request: What the call asks of the reader.

    Raises:
        UsageError: There is no rule for fragments of that name.
    """

    def __init__(self, request: ReadRequest) -> None:
        rule = request.options.fragments
        if rule and rule not in FRAGMENT_RULES:
            raise UsageError(f"unknown rule for fragments {rule!r}: {did_you_mean(rule, list(FRAGMENT_RULES))}")
        self._scheme, self._labels, self._report = request.scheme, request.labels, request.report
        self._rule = rule
        self._language = request.language
        self._codec = RecordCodec(request.scheme)
        self._readers = defaultdict[str | None, SidecarReader](lambda: SidecarReader(request.scheme, request.labels))
        self._seen: dict[str | None, SeenIds] = defaultdict(SeenIds)
        self._identifiers: dict[str, dict[str, str]] = defaultdict(dict)
        for label, item, authority in request.scheme.identifiers():
            self._identifiers[label.name].setdefault(authority_name(authority), item.name)
            self._identifiers[label.name].setdefault("", item.name)  # the first identifies the span itself

    def build(self, stated: StatedDocument, fragments: Sequence[Fragments], unit: str = "") -> Document:
        """Return the document.

        Args:
            stated: What the file states.
            fragments: The fragments of its spans in code points.
            unit: The unit that they were converted from; empty if they are as stated.

        Raises:
            DataError: A span is discontinuous and there is no rule for it, or it has an unknown label; a value or the
                id is invalid. All faults of the document are raised together, with their lines.
        """
        if stated.record is not None:
            return self._restored(stated, stated.record, fragments, unit)
        spans: list[tuple[LabelledStatement, dict[str, Any]]] = []
        problems: list[Problem] = []
        surer = surer_spans(stated, fragments, self._labels) if stated.surest and not self._scheme.overlap else {}
        for number, (span, own) in enumerate(zip(stated.spans, fragments, strict=True)):
            if number in surer:
                kind = "spans that overlap a surer one"
                self._report.left_out.add(kind, stated.id)
                self.audit(span, stated, f"left out: overlaps {surer[number]!r}, which is surer")
                continue
            try:
                moved_from = unit if own != span.fragments else ""
                records = [self._span(span, bounds, stated, moved_from) for bounds in self.place(span, own, stated)]
                spans += [(span, record) for record in records if record is not None]
            except DataError as error:
                self.audit(span, stated, f"refused: {error.problems[0].what}")
                problems += (p.with_location(stated.path, span.line or stated.line) for p in error.problems)
        if problems:
            raise DataError(truncate_problems(problems, "invalid spans"))
        for kind, count in stated.left_out.items():
            self._report.left_out.add(kind, stated.id, count)
        for kind, count in stated.changed.items():
            self._report.changed.add(kind, stated.id, count)
        for span, kind in stated.unplaced:
            self._report.left_out.add(kind, stated.id)
            self.audit(span, stated, f"left out: {kind}")
        if stated.without_spans and not spans:
            self._report.without_spans.add(stated.without_spans, stated.id)
        spans.sort(key=_place)
        distinct = spans
        if len(set(map(_place, spans))) < len(spans):
            distinct = list({repr(record): (span, record) for span, record in spans}.values())
        self._report.left_out.add("spans that are stated twice", stated.id, len(spans) - len(distinct))
        try:
            document = self._codec.from_mapping(self._record(stated, [record for _, record in distinct]))
            self._seen[stated.annotator].require_new(document.id)
        except DataError as error:
            lines = {n: span.line for n, (span, _) in enumerate(distinct)} | {None: stated.line}
            located = [p.with_location(stated.path, lines[p.span] or stated.line) for p in error.problems]
            raise DataError(located) from error
        return document

    def _restored(
        self, stated: StatedDocument, record: Mapping[str, Any], fragments: Sequence[Fragments], unit: str
    ) -> Document:
        """Return the document of a record that goldspan wrote into the file, with the spans that the file has now."""
        for kind, count in stated.left_out.items():
            self._report.left_out.add(kind, stated.id, count)
        known = recorded_spans(record)
        shown = set()
        for span, own in zip(stated.spans, fragments, strict=True):
            bounds = own[0][0], own[-1][1]
            if (*bounds, span.label) not in known:  # drawn in the tool
                bounds = _trimmed(stated.text, bounds)
                self._report.note_cut(stated.id, stated.text, *bounds)
            if bounds[0] == bounds[1]:
                self._report.left_out.add("spans of nothing but blanks", stated.id)
                continue
            shown.add(LabelledSpan(*bounds, span.label))
            target = self._labels.labels.get(span.label, span.label) if self._labels else span.label
            self.audit(span, stated, f"converted from {unit}" if unit else "kept", bounds, target)
        stored = {**record, "id": stated.id, "text": stated.text}
        if stated.annotator is not None and stated.annotator != _annotator(record):
            stored["layer"] = self._record(stated, [])["layer"]
        try:
            document = self._readers[stated.annotator].restore(stored, [Projection(all_spans, shown)])
        except DataError as error:
            raise DataError([p.with_location(stated.path, stated.line) for p in error.problems]) from error
        self._seen[stated.annotator].require_new(document.id)
        return document

    def _record(self, stated: StatedDocument, spans: list[dict[str, Any]]) -> dict[str, Any]:
        record: dict[str, Any] = {"id": stated.id, "text": stated.text, "spans": spans}
        if stated.meta:
            record["meta"] = dict(stated.meta)
        if stated.extra:
            record["extra"] = dict(stated.extra)
        if stated.annotator is not None or stated.created is not None or stated.skipped or stated.note:
            work = {"annotator": stated.annotator, "created": stated.created, "note": stated.note}
            layer = {"scheme": self._scheme.ref, "scheme_sha256": self._scheme.fingerprint, "skipped": stated.skipped}
            record["layer"] = {key: item for key, item in (work | layer).items() if item}
        return record

    def place(self, span: LabelledStatement, fragments: Fragments, stated: StatedDocument) -> list[tuple[int, int]]:
        """Return the bounds of the spans that the fragments of a span become, usually one.

        Args:
            span: The span.
            fragments: Its fragments in code points.
            stated: Its document.

        Raises:
            DataError: There are words between the fragments, and no rule for such spans.
        """
        if len(fragments) == 1:
            return [fragments[0]]
        text = stated.text
        gaps = [text[end:start] for (_, end), (start, _) in pairwise(fragments)]
        words_between = [gap for gap in gaps if gap and not (gap.isspace() and any(c in _LINE_BREAKS for c in gap))]
        hull = [(fragments[0][0], fragments[-1][1])]
        if not words_between:
            return hull
        if not self._rule:
            what = f"{span.name} is discontinuous: {words_between[0][:30]!r} lies between its fragments"
            rules = "; ".join(f"{name}: {what}" for name, what in FRAGMENT_RULES.items())
            raise DataError(Problem(what, f"choose what becomes of such spans with `fragments` ({rules})"))
        kind = "discontinuous spans"
        if self._rule == "skip":
            self._report.left_out.add(kind, stated.id)
            self.audit(span, stated, "left out: discontinuous")
            return []
        self._report.changed.add(f"{kind} read as {FRAGMENT_RULES[self._rule]}", stated.id)
        return {"hull": hull, "first": [fragments[0]], "parts": list(fragments)}[self._rule]

    def _span(
        self, span: LabelledStatement, bounds: tuple[int, int], stated: StatedDocument, unit: str
    ) -> dict[str, Any] | None:
        """Return a span as a record has it; None if it is left out."""
        trimmed = start, end = _trimmed(stated.text, bounds)
        if start == end:
            self._report.left_out.add("spans of nothing but blanks", stated.id)
            self.audit(span, stated, "left out: nothing but blanks")
            return None
        target = self._target(span)
        if target is None:
            self.audit(span, stated, "left out: the label map drops its label")
            return None
        if trimmed != bounds:
            self._report.changed.add("spans trimmed of blanks at their ends", stated.id)
        if span.words is None:
            self._report.note_cut(stated.id, stated.text, start, end)
        if self._report.audit is not None:
            actions = [f"converted from {unit}"] * bool(unit) + ["trimmed"] * (trimmed != bounds)
            self.audit(span, stated, " and ".join(actions) or "kept", trimmed, target)
        record: dict[str, Any] = {"start": start, "end": end, "label": target}
        if (value := self._value(span, target, stated)) is not None:
            record["value"] = value
        if span.note is not None:
            record["note"] = span.note
        if span.score is not None:
            record["score"] = span.score
        record.update(span.fields)
        return record

    def _target(self, span: LabelledStatement) -> str | None:
        if self._labels is not None:
            return self._labels(span.label)
        label = span.label
        if label in self._scheme.labels:
            return label
        label = self._scheme.labels_by_key.get(label, label)
        if label not in self._scheme.labels:
            known = did_you_mean(span.label, list(self._scheme.labels))
            what = f"unknown label {span.label!r} in scheme {self._scheme.ref}"
            raise DataError(Problem(what, known, label=span.label))
        return label

    def _value(self, span: LabelledStatement, target: str, stated: StatedDocument) -> dict[str, Any] | None:
        """Return the value that attributes and links become, and count those that no field holds."""
        if not span.references and not span.attributes:
            return None
        label, document = self._scheme.label(target), stated.id
        value: dict[str, Any] = {}
        for authority, identifier in span.references:
            field = self._identifiers[target].get(authority)
            if field is None or field in value or label.value_problem({field: identifier}):
                self._report.left_out.add("links that no field holds", document)
            else:
                value[field] = identifier
        held = held_attributes(label, span.attributes, stated.language() or self._language)
        for name in span.attributes:
            if name not in held or name in value:
                self._report.left_out.add(f"attributes {name!r} that no field holds", document)
            else:
                value[name] = held[name]
        if value and label.value_problem(value):
            self._report.left_out.add("values whose parts do not fit together", document)
            return None
        return value or None

    def audit(
        self,
        span: LabelledStatement,
        stated: StatedDocument,
        action: str,
        bounds: tuple[int, int] | None = None,
        target: str | None = None,
    ) -> None:
        """Record what was done with a span, if an audit is wanted.

        Args:
            span: The span.
            stated: Its document.
            action: What was done: `kept`, or why it was left out.
            bounds: Its start and end in the document, in code points; None if it was left out.
            target: Its label in the document.
        """
        if self._report.audit is None:
            return
        shown = " ".join(f"{start}-{end}" for start, end in span.fragments)
        row = AuditRow(stated.id, span.name, span.line or stated.line, span.label, shown, span.words, action)
        row = row._replace(annotator=stated.annotator)
        if bounds is not None:
            start, end = bounds
            row = row._replace(start=start, end=end, words=stated.text[start:end], target=target)
        self._report.audit(row)


def _annotator(record: Mapping[str, Any]) -> Any:
    layer = record.get("layer")
    return layer.get("annotator") if isinstance(layer, dict) else None


def _place(item: tuple[LabelledStatement, Mapping[str, Any]]) -> tuple[int, int, str]:
    """Return the bounds and label of a span's record, by which spans are sorted."""
    record = item[1]
    return record["start"], record["end"], record["label"]


def _trimmed(text: str, bounds: tuple[int, int]) -> tuple[int, int]:
    """Return bounds without the blanks at either end."""
    start, end = bounds
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
