"""Conversion of spans to Label Studio's results and back.

A span is one result that marks it and one more for each of its properties, all with the same region id and offsets.
Offsets are code points on both sides, and spans are always cut by them. The words that a mark states are only evidence:
where they differ from the words at its offsets, the region was made on another text and does not become a span.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from ....corpus.spans.quoted_words import same_words
from ....schema import Document, Scheme, Span
from .controls import controls
from .labeling_config import LABELS, NOTE, TASK_NOTE, TEXT, UNSURE, result_label, scheme_label
from .migration_notes import migration_note, without_note
from .pickers.picker_controls import pickers
from .region_prefixes import UNDECIDED, RegionPrefix, framed_label, no_prefix
from .region_values import ReadDate, ResultProblem, region_value, short_words, texts_of


def results_of(
    document: Document, spans: Iterable[Span], scheme: Scheme, *, prefix: RegionPrefix = no_prefix
) -> list[dict[str, Any]]:
    """Return the results of spans, in the order of the spans.

    Args:
        document: Document with text.
        spans: Spans of the document.
        scheme: Scheme of the spans.
        prefix: Prefix of each span's region id.
    """
    results: list[dict[str, Any]] = []
    for number, span in enumerate(spans):
        results += _span_results(f"{prefix(span)}s{number}", span, document.surface(span), scheme)
    return results


def _span_results(region: str, span: Span, surface: str, scheme: Scheme) -> Iterator[dict[str, Any]]:
    mark = {"start": span.start, "end": span.end, "text": surface}

    def result(name: str, kind: str, key: str, content: Any) -> dict[str, Any]:
        data = {"id": region, "from_name": name, "to_name": TEXT, "type": kind, "value": {**mark, key: content}}
        return data | ({"score": span.score} if span.score is not None else {})

    shown = UNDECIDED if framed_label(region, scheme) else result_label(span.label, scheme)
    yield result(LABELS, "labels", "labels", [shown])
    if span.value is not None:
        for control in controls(scheme)[span.label]:
            answer = control.answer(getattr(span.value, control.key.name))
            if answer is not None:
                [(key, content)] = answer.items()
                yield result(control.name, control.kind, key, content)
    if span.unsure:
        yield result(UNSURE, "choices", "choices", [UNSURE])
    if span.note:
        yield result(NOTE, "textarea", "text", [span.note])


def with_framed(results: Iterable[Any], scheme: Scheme) -> list[Any]:
    """Return the results of a prediction with the suggested label on each suggestion that is only framed."""
    framed = {
        id(item): label
        for item in results
        if isinstance(item, dict) and item.get("type") == "labels"
        if (label := framed_label(str(item.get("id")), scheme))
    }
    return [
        item | {"value": item["value"] | {"labels": [result_label(framed[id(item)], scheme)]}}
        if id(item) in framed
        else item
        for item in results
    ]


def mean_score(results: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return the mean score of the spans of results under `score`; empty if none has a score."""
    scores = [result["score"] for result in results if result["type"] == "labels" and "score" in result]
    return {"score": sum(scores) / len(scores)} if scores else {}


@dataclass(frozen=True, slots=True)
class DecodedResults:
    """The contents of an annotation.

    Attributes:
        spans: Spans in the order of the text.
        note: Notes on the document, one per line.
        problems: What could not be read.
        unplaced: Valid results that spans have no place for: `relations`, what the editor calls a region's `meta`,
            `fields` of another label than the region's, and `overruled` answers.
        overruled: Answers to a field with a picker that differ from the one that counts.
    """

    spans: list[Span]
    note: str = ""
    problems: list[ResultProblem] = field(default_factory=list)
    unplaced: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    overruled: list[ResultProblem] = field(default_factory=list)


def spans_of(
    results: Sequence[Any], text: str, scheme: Scheme, *, read_date: ReadDate = lambda _: None
) -> DecodedResults:
    """Return the spans that results express: cut by offsets, trimmed, with their fields.

    A region that does not make a span is a problem; so is a field that cannot be read, which leaves the span without
    that field.

    Args:
        results: Results of an annotation or a prediction.
        text: Text of the document, in which offsets count code points.
        scheme: Scheme of the spans.
        read_date: Returns a date in words as EDTF; None if it is not understood. By default none is.
    """
    regions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    unplaced: dict[str, list[dict[str, Any]]] = defaultdict(list)
    problems: list[ResultProblem] = []
    notes: list[str] = []
    for item in results:
        if isinstance(item, dict) and item.get("type") == "relation":
            unplaced["relations"].append(item)
        elif not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            problems.append(ResultProblem("unrecognised result", None, None, [item]))
        elif item.get("from_name") == TASK_NOTE:
            notes += texts_of(item)
        else:
            regions[str(item.get("id"))].append(item)
    spans: list[Span] = []
    overruled: list[ResultProblem] = []
    for name, parts in regions.items():
        marks = [part for part in parts if part.get("type") == "labels"]
        if len(marks) != 1:
            message = "region without a label" if not marks else "two regions with the same id"
            problems.append(ResultProblem(message, *_offsets(parts[0]), parts))
            continue
        if marks[0]["value"].get("labels") == [UNDECIDED] and UNDECIDED not in scheme.labels:
            if marks[0].get("origin") == "manual":  # drawn while such a place was selected, whose label it took
                message = f"region with the label {UNDECIDED!r}, which makes no span"
                problems.append(ResultProblem(message, *_offsets(parts[0]), parts))
            elif not framed_label(name, scheme) or marks[0].get("origin") not in (None, "prediction"):
                unplaced["fields"] += [part for part in parts if part is not marks[0]]
            continue
        span = _span(marks[0], parts, text, scheme, problems)
        if span is not None:
            details = [part for part in parts if part is not marks[0]]
            found = region_value(span.label, details, (span.start, span.end), scheme, read_date)
            # the editor does not note it as a change if a picker is used first, but a suggestion has one answer
            changed = bool(found.overruled) and span.origin == "prediction"
            spans.append(replace(span, value=found.value, origin="prediction-changed" if changed else span.origin))
            problems += found.problems
            overruled += found.overruled
            unplaced["overruled"] += [item for problem in found.overruled for item in problem.results]
            note = migration_note(marks[0])
            problems += note.unread
            overruled += note.overruled
            unplaced["overruled"] += [item for problem in note.overruled for item in problem.results]
            unplaced["meta"] += [part for part in map(without_note, parts) if part.get("meta")]
            unplaced["fields"] += [*_fields_of_other_labels(parts, span.label, scheme), *note.fields]
    present = {kind: items for kind, items in unplaced.items() if items}
    spans.sort(key=lambda span: (span.start, span.end, span.label))
    return DecodedResults(spans, "\n".join(notes), problems, present, overruled)


def _fields_of_other_labels(parts: Sequence[dict[str, Any]], label: str, scheme: Scheme) -> list[dict[str, Any]]:
    """Return a region's results from controls of other labels, which the editor keeps when the label is changed."""
    own = {LABELS, UNSURE, NOTE, *(control.name for control in controls(scheme)[label])}
    own |= {name for picker in pickers(scheme)[label].values() for name in picker.names}
    return [part for part in parts if part.get("type") != "labels" and part.get("from_name") not in own]


def _span(
    mark: dict[str, Any], parts: list[dict[str, Any]], text: str, scheme: Scheme, problems: list[ResultProblem]
) -> Span | None:
    start, end = _offsets(mark)
    stated_labels = mark["value"].get("labels")
    labels = [scheme_label(str(label), scheme) for label in stated_labels] if isinstance(stated_labels, list) else []
    if start is None or end is None or not 0 <= start < end <= len(text):
        message = f"span [{start}, {end}) is outside the text of {len(text)} characters"
        problems.append(ResultProblem(message, start, end, parts))
        return None
    if len(labels) != 1 or labels[0] not in scheme.labels:
        shown = ", ".join(labels) or "none"
        problems.append(ResultProblem(f"not exactly one label of the scheme: {shown}", start, end, parts))
        return None
    surface = text[start:end]
    if not surface.strip():
        problems.append(ResultProblem("span contains only white space", start, end, parts))
        return None
    stated = mark["value"].get("text")
    if isinstance(stated, str) and stated.strip() and not same_words(stated, surface):
        message = (
            f"the region states the words {short_words(stated)}, but its offsets are those of {short_words(surface)}: "
            "it was made on another text"
        )
        problems.append(ResultProblem(message, start, end, parts))
        return None
    start, end = start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())
    by_control: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for part in parts:
        if part is not mark:
            by_control[part.get("from_name")].append(part)
    origin = mark.get("origin")
    return Span(
        start,
        end,
        labels[0],
        origin=origin if origin in ("prediction", "prediction-changed", "manual") else None,
        extra=migration_note(mark).extra,
        note="\n".join(line for part in by_control.get(NOTE, ()) for line in texts_of(part)) or None,
        unsure=any(part["value"].get("choices") for part in by_control.get(UNSURE, ())),
    )


def _offsets(item: dict[str, Any]) -> tuple[int | None, int | None]:
    start, end = (item["value"].get(key) for key in ("start", "end"))
    valid = all(isinstance(offset, int) and not isinstance(offset, bool) for offset in (start, end))
    return (start, end) if valid else (None, None)
