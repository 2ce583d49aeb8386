"""The values of regions: what the answers in the fields of a marked region say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....schema import DataError, Scheme, Value
from ....schema.edtf import edtf_error
from ....schema.value_types import EdtfDate
from .controls import controls, texts_in
from .pickers.picks import answers_of, settle_picks

_SHOWN = 60  # characters of a region's words in a message

ReadDate = Callable[[str], "str | None"]
"""A function that returns a date in words as EDTF; None if it does not understand them."""


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


@dataclass(slots=True)
class RegionValue:
    """The value of a region.

    Attributes:
        value: The value; None if nothing of it is known.
        problems: Answers that could not be read, without which the value is.
        overruled: Answers to a field with a picker that differ from the one that counts.
    """

    value: Value | None = None
    problems: list[ResultProblem] = field(default_factory=list)
    overruled: list[ResultProblem] = field(default_factory=list)


def region_value(
    label: str, details: Sequence[dict[str, Any]], offsets: tuple[int, int], scheme: Scheme, read_date: ReadDate
) -> RegionValue:
    """Return the value that the answers on a region give it.

    Args:
        label: Label of the region.
        details: Results of the region other than its mark, in their order.
        offsets: Start and end of the region, for problems.
        scheme: The scheme.
        read_date: Reads dates that are not written in EDTF.
    """
    found = RegionValue()
    by_control: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for item in details:
        by_control[item.get("from_name")].append(item)
    settled = {item.key: item for item in settle_picks(details, label, scheme)}
    parts: dict[str, Any] = {}
    for control in controls(scheme)[label]:
        key = control.key.name
        contents = (content for item in by_control.get(control.name, ()) for content in control.parts(item["value"]))
        answers: list[Any] = []
        for content in [settled[key].answer] if key in settled else contents:
            if content not in answers:
                answers.append(content)
        if len(answers) == 1:
            parts[key] = answers[0]
        elif answers:
            shown = ", ".join(short_words(str(answer)) for answer in answers)
            message = f"{control.name} has several answers but allows only one: {shown}"
            found.problems.append(ResultProblem(message, *offsets, by_control[control.name]))
        if key in settled and (overruled := settled[key].overruled):
            others = ", ".join(dict.fromkeys(short_words(answer) for item in overruled for answer in answers_of(item)))
            place = f"[{offsets[0]}, {offsets[1]})"
            message = f"{control.name} of {place} is {answers[0]!r}, which was given last, rather than {others}"
            found.overruled.append(ResultProblem(message, *offsets, overruled))
    _read_dates(parts, label, scheme, read_date)
    if not parts:
        return found
    implied = {key: part for item in settled.values() for key, part in item.implied.items() if key not in parts}
    for complete in (parts | implied, parts):  # a scheme of one's own may have other kinds
        try:
            found.value = scheme.value(label, **complete)
        except DataError:
            continue
        return found
    found.value = _valid_part(label, parts, by_control, offsets, scheme, found.problems)
    return found


def _read_dates(parts: dict[str, Any], label: str, scheme: Scheme, read_date: ReadDate) -> None:
    """Replace dates in words by EDTF, as far as they are understood."""
    for item in scheme.label(label).fields.values():
        written = parts.get(item.name)
        if isinstance(item.type, EdtfDate) and isinstance(written, str) and edtf_error(written) is not None:
            parts[item.name] = read_date(written) or written


def _valid_part(
    label: str,
    parts: dict[str, Any],
    by_control: Mapping[Any, list[dict[str, Any]]],
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
                for control in controls(scheme)[label]
                if control.key.name in field_parts
                for result in by_control.get(control.name, ())
            ]
            problems.append(ResultProblem(error.problems[0].what, *offsets, results))
    return scheme.value(label, **valid) if valid else None


def texts_of(item: Mapping[str, Any]) -> list[str]:
    """Return the non-blank texts of a result of a text area."""
    return texts_in(item["value"])


def short_words(words: str) -> str:
    """Return words as a message shows them."""
    return repr(words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…")
