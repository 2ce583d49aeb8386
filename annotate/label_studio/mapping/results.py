"""Spans as Label Studio's results, and results as spans.

A span is one result that marks it and one more for each thing said of it, all with the same region id and bounds.
Offsets are code points on both sides, and spans are always cut by them. The words that a mark states are only evidence:
where they differ from the words at its offsets, the region was made on another text and does not become a span.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....corpus.spans.stated_words import same_words
from ....schema import DataError, Document, Scheme, Span, Value
from .labeling_config import LABELS, NOTE, TASK_NOTE, TEXT, UNSURE, Control, controls

_SHOWN = 60  # characters of a region's words in a message


def results_of(document: Document, spans: Iterable[Span], scheme: Scheme) -> list[dict[str, Any]]:
    """The results of spans, in their order.

    Args:
        document: With its text.
        spans: Of the document.
        scheme: Theirs.
    """
    told: list[dict[str, Any]] = []
    for number, span in enumerate(spans):
        told += _span_results(f"s{number}", span, document.surface(span), scheme)
    return told


def _span_results(region: str, span: Span, surface: str, scheme: Scheme) -> Iterator[dict[str, Any]]:
    place = {"start": span.start, "end": span.end, "text": surface}

    def result(name: str, kind: str, key: str, content: Any) -> dict[str, Any]:
        made = {"id": region, "from_name": name, "to_name": TEXT, "type": kind, "value": {**place, key: content}}
        return made | ({"score": span.score} if span.score is not None else {})

    yield result(LABELS, "labels", "labels", [span.label])
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
            else:  # a list: a plain string blanks the editor
                yield result(control.name, "textarea", "text", [content])
    if span.unsure:
        yield result(UNSURE, "choices", "choices", [UNSURE])
    if span.note:
        yield result(NOTE, "textarea", "text", [span.note])


@dataclass(frozen=True, slots=True)
class ResultFault:
    """Something in an annotation that makes no valid span, or part of one.

    Attributes:
        what: The fault.
        start: Of the region, where it has bounds.
        end: Of the same.
        results: The server's own words, kept so that nothing is lost.
    """

    what: str
    start: int | None
    end: int | None
    results: list[dict[str, Any]]

    def kept(self) -> dict[str, Any]:
        """The fault as it is kept with the document."""
        return {"what": self.what, "results": self.results}


@dataclass(frozen=True, slots=True)
class DecodedResults:
    """What an annotation says.

    Attributes:
        spans: In the order of the text.
        note: The remarks on the document, a line each.
        faults: What could not be read.
        rest: Results that are right, and that no span has a place for: `relations`, what the editor calls a region's
            `meta`, and `fields` of another label than the region's.
    """

    spans: list[Span]
    note: str = ""
    faults: list[ResultFault] = field(default_factory=list)
    rest: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def spans_of(results: Sequence[Any], text: str, scheme: Scheme) -> DecodedResults:
    """The spans that results mean: sliced by offsets, trimmed, with their fields joined to them.

    A region without a span to show for it is a fault; a field that cannot be read is one too, and leaves the span
    without that field.
    """
    regions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rest: dict[str, list[dict[str, Any]]] = defaultdict(list)
    faults: list[ResultFault] = []
    notes: list[str] = []
    for item in results:
        if isinstance(item, dict) and item.get("type") == "relation":
            rest["relations"].append(item)
        elif not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            faults.append(ResultFault("a result that cannot be read", None, None, [item]))
        elif item.get("from_name") == TASK_NOTE:
            notes += texts_of(item)
        else:
            regions[str(item.get("id"))].append(item)
    spans: list[Span] = []
    for parts in regions.values():
        marks = [part for part in parts if part.get("type") == "labels"]
        if len(marks) != 1:
            what = "a region without a label" if not marks else "two regions of one id"
            faults.append(ResultFault(what, *_bounds(parts[0]), parts))
            continue
        span = _span(marks[0], parts, text, scheme, faults)
        if span is not None:
            spans.append(span)
            rest["meta"] += [part for part in parts if part.get("meta")]
            rest["fields"] += _strange(parts, span.label, scheme)
    held = {kind: found for kind, found in rest.items() if found}
    return DecodedResults(sorted(spans, key=lambda s: (s.start, s.end, s.label)), "\n".join(notes), faults, held)


def _strange(parts: Sequence[dict[str, Any]], label: str, scheme: Scheme) -> list[dict[str, Any]]:
    """What is said of a region by no control of its label; the editor keeps it where the label was changed."""
    own = {LABELS, UNSURE, NOTE, *(control.name for control in controls(scheme)[label])}
    return [part for part in parts if part.get("type") != "labels" and part.get("from_name") not in own]


def _span(
    mark: dict[str, Any], parts: list[dict[str, Any]], text: str, scheme: Scheme, faults: list[ResultFault]
) -> Span | None:
    start, end = _bounds(mark)
    labels = mark["value"].get("labels")
    if start is None or end is None or not 0 <= start < end <= len(text):
        faults.append(ResultFault(f"a span outside the text: [{start}, {end}) of {len(text)}", start, end, parts))
        return None
    if not isinstance(labels, list) or len(labels) != 1 or labels[0] not in scheme.labels:
        shown = ", ".join(map(str, labels)) if isinstance(labels, list) and labels else "none"
        faults.append(ResultFault(f"no one label of the scheme: {shown}", start, end, parts))
        return None
    surface = text[start:end]
    if not surface.strip():
        faults.append(ResultFault("a span of white space", start, end, parts))
        return None
    stated = mark["value"].get("text")
    if isinstance(stated, str) and stated.strip() and not same_words(stated, surface):
        what = f"it was marked as {_short(stated)}, and its offsets cut {_short(surface)}: it was made on another text"
        faults.append(ResultFault(what, start, end, parts))
        return None
    start, end = start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())
    said: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for part in parts:
        if part is not mark:
            said[part.get("from_name")].append(part)
    value = _value(labels[0], said, (start, end), scheme, faults)
    origin = mark.get("origin")
    return Span(
        start,
        end,
        labels[0],
        value,
        origin=origin if origin in ("prediction", "prediction-changed", "manual") else None,
        note="\n".join(line for part in said.get(NOTE, ()) for line in texts_of(part)) or None,
        unsure=any(part["value"].get("choices") for part in said.get(UNSURE, ())),
    )


def _value(
    label: str,
    said: Mapping[Any, list[dict[str, Any]]],
    place: tuple[int, int],
    scheme: Scheme,
    faults: list[ResultFault],
) -> Value | None:
    parts: dict[str, Any] = {}
    own = {control.name: control for control in controls(scheme)[label]}
    for name, control in own.items():
        found: list[Any] = []
        for content in (content for item in said.get(name, ()) for content in _contents(item, control)):
            if content not in found:
                found.append(content)
        if len(found) == 1:
            parts[control.key.name] = found[0]
        elif found:
            shown = ", ".join(_short(str(content)) for content in found)
            faults.append(ResultFault(f"{name} has several answers, and takes one: {shown}", *place, said[name]))
    if not parts:
        return None
    try:
        return scheme.value(label, **parts)
    except DataError:
        return _best(label, parts, said, own, place, scheme, faults)


def _best(
    label: str,
    parts: dict[str, Any],
    said: Mapping[Any, list[dict[str, Any]]],
    own: Mapping[str, Control],
    place: tuple[int, int],
    scheme: Scheme,
    faults: list[ResultFault],
) -> Value | None:
    """The value without the fields that cannot be right, each of which is a fault."""
    good: dict[str, Any] = {}
    for item in scheme.label(label).fields.values():
        share = {key.name: parts[key.name] for key in item.keys if key.name in parts}
        try:
            if share:
                scheme.value(label, **share)
                good |= share
        except DataError as error:
            told = [one for name, control in own.items() if control.key.name in share for one in said.get(name, ())]
            faults.append(ResultFault(error.problems[0].what, *place, told))
    return scheme.value(label, **good) if good else None


def _contents(item: dict[str, Any], control: Control) -> list[Any]:
    """What a result says, as values of the control's key; several where the field was answered more than once."""
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
    return [line.strip() for words in texts_of(item) for line in words.splitlines() if line.strip()]


def texts_of(item: Mapping[str, Any]) -> list[str]:
    """The texts of a text area, none of them blank: a list as the editor writes it, or one as an import may have it."""
    content = item["value"].get("text")
    words = content if isinstance(content, list) else [content]
    return [word.strip() for word in words if isinstance(word, str) and word.strip()]


def _short(words: str) -> str:
    return repr(words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…")


def _bounds(item: dict[str, Any]) -> tuple[int | None, int | None]:
    start, end = (item["value"].get(key) for key in ("start", "end"))
    whole = all(isinstance(bound, int) and not isinstance(bound, bool) for bound in (start, end))
    return (start, end) if whole else (None, None)
