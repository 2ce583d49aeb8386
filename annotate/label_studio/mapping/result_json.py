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

from ....corpus.spans.quoted_words import same_words
from ....schema import DataError, Document, Scheme, Span, Value
from .labeling_config import LABELS, NOTE, TASK_NOTE, TEXT, UNSURE, Control, controls, result_label, scheme_label
from .region_prefixes import RegionPrefix, no_prefix

_SHOWN = 60  # characters of a region's words in a message


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

    yield result(LABELS, "labels", "labels", [result_label(span.label, scheme)])
    if span.value is not None:
        for control in controls(scheme)[span.label]:
            content = getattr(span.value, control.key.name)
            if content is None or (control.key.base is bool and not content):
                continue
            if control.kind == "choices":
                yield result(
                    control.name, "choices", "choices", [control.key.name if control.key.base is bool else content]
                )
            elif control.kind == "number":
                yield result(control.name, "number", "number", content)
            else:  # a list, because a plain string makes the editor go blank
                yield result(control.name, "textarea", "text", [content])
    if span.unsure:
        yield result(UNSURE, "choices", "choices", [UNSURE])
    if span.note:
        yield result(NOTE, "textarea", "text", [span.note])


@dataclass(frozen=True, slots=True)
class ResultProblem:
    """Results that do not make a valid span, or a part of one.

    Attributes:
        message: What is wrong.
        start: Start of the region, if it has offsets.
        end: End of the region, if it has offsets.
        results: The results as the server returned them, so that nothing is lost.
    """

    message: str
    start: int | None
    end: int | None
    results: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class DecodedResults:
    """The contents of an annotation.

    Attributes:
        spans: Spans in the order of the text.
        note: Notes on the document, one per line.
        problems: What could not be read.
        unplaced: Valid results that spans have no place for: `relations`, what the editor calls a region's `meta`, and
            `fields` of another label than the region's.
    """

    spans: list[Span]
    note: str = ""
    problems: list[ResultProblem] = field(default_factory=list)
    unplaced: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def spans_of(results: Sequence[Any], text: str, scheme: Scheme) -> DecodedResults:
    """Return the spans that results express: cut by offsets, trimmed, with their fields.

    A region that does not make a span is a problem; so is a field that cannot be read, which leaves the span without
    that field.
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
    for parts in regions.values():
        marks = [part for part in parts if part.get("type") == "labels"]
        if len(marks) != 1:
            message = "region without a label" if not marks else "two regions with the same id"
            problems.append(ResultProblem(message, *_offsets(parts[0]), parts))
            continue
        span = _span(marks[0], parts, text, scheme, problems)
        if span is not None:
            spans.append(span)
            unplaced["meta"] += [part for part in parts if part.get("meta")]
            unplaced["fields"] += _fields_of_other_labels(parts, span.label, scheme)
    present = {kind: items for kind, items in unplaced.items() if items}
    return DecodedResults(sorted(spans, key=lambda s: (s.start, s.end, s.label)), "\n".join(notes), problems, present)


def _fields_of_other_labels(parts: Sequence[dict[str, Any]], label: str, scheme: Scheme) -> list[dict[str, Any]]:
    """Return a region's results from controls of other labels, which the editor keeps when the label is changed."""
    own = {LABELS, UNSURE, NOTE, *(control.name for control in controls(scheme)[label])}
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
            f"the region states the words {_short(stated)}, but its offsets are those of {_short(surface)}: "
            "it was made on another text"
        )
        problems.append(ResultProblem(message, start, end, parts))
        return None
    start, end = start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())
    by_control: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for part in parts:
        if part is not mark:
            by_control[part.get("from_name")].append(part)
    value = _value(labels[0], by_control, (start, end), scheme, problems)
    origin = mark.get("origin")
    return Span(
        start,
        end,
        labels[0],
        value,
        origin=origin if origin in ("prediction", "prediction-changed", "manual") else None,
        note="\n".join(line for part in by_control.get(NOTE, ()) for line in texts_of(part)) or None,
        unsure=any(part["value"].get("choices") for part in by_control.get(UNSURE, ())),
    )


def _value(
    label: str,
    by_control: Mapping[Any, list[dict[str, Any]]],
    offsets: tuple[int, int],
    scheme: Scheme,
    problems: list[ResultProblem],
) -> Value | None:
    parts: dict[str, Any] = {}
    label_controls = {control.name: control for control in controls(scheme)[label]}
    for name, control in label_controls.items():
        answers: list[Any] = []
        for content in (content for item in by_control.get(name, ()) for content in _contents(item, control)):
            if content not in answers:
                answers.append(content)
        if len(answers) == 1:
            parts[control.key.name] = answers[0]
        elif answers:
            shown = ", ".join(_short(str(answer)) for answer in answers)
            message = f"{name} has several answers but allows only one: {shown}"
            problems.append(ResultProblem(message, *offsets, by_control[name]))
    if not parts:
        return None
    try:
        return scheme.value(label, **parts)
    except DataError:
        return _valid_part(label, parts, by_control, label_controls, offsets, scheme, problems)


def _valid_part(
    label: str,
    parts: dict[str, Any],
    by_control: Mapping[Any, list[dict[str, Any]]],
    label_controls: Mapping[str, Control],
    offsets: tuple[int, int],
    scheme: Scheme,
    problems: list[ResultProblem],
) -> Value | None:
    """Return the value without its invalid fields, each of which is a problem."""
    valid: dict[str, Any] = {}
    for item in scheme.label(label).fields.values():
        field_parts = {key.name: parts[key.name] for key in item.keys if key.name in parts}
        try:
            if field_parts:
                scheme.value(label, **field_parts)
                valid |= field_parts
        except DataError as error:
            results = [
                result
                for name, control in label_controls.items()
                if control.key.name in field_parts
                for result in by_control.get(name, ())
            ]
            problems.append(ResultProblem(error.problems[0].what, *offsets, results))
    return scheme.value(label, **valid) if valid else None


def _contents(item: dict[str, Any], control: Control) -> list[Any]:
    """Return a result's contents as values of the control's key; several if the field was answered more than once."""
    value = item["value"]
    if control.kind == "number":
        number = value.get("number")
        whole = isinstance(number, float) and number.is_integer() and control.key.base is int
        return [] if number is None else [int(number) if whole else number]
    if control.kind == "choices":
        chosen = value.get("choices")
        if control.key.base is bool:
            return [True] if chosen else []
        return chosen if isinstance(chosen, list) else []
    return [line.strip() for text in texts_of(item) for line in text.splitlines() if line.strip()]


def texts_of(item: Mapping[str, Any]) -> list[str]:
    """Return the non-blank texts of a text area: a list, as the editor writes it, or a string, as imports may have."""
    content = item["value"].get("text")
    texts = content if isinstance(content, list) else [content]
    return [text.strip() for text in texts if isinstance(text, str) and text.strip()]


def _short(words: str) -> str:
    return repr(words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…")


def _offsets(item: dict[str, Any]) -> tuple[int | None, int | None]:
    start, end = (item["value"].get(key) for key in ("start", "end"))
    valid = all(isinstance(offset, int) and not isinstance(offset, bool) for offset in (start, end))
    return (start, end) if valid else (None, None)
