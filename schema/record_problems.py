"""Detailed validation of a record: every problem of a line that the fast path of `RecordCodec` rejects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec

from .document import Document, Span, Zone, sha256_hex
from .errors import Problem, did_you_mean
from .files.json_line import parse_line
from .metadata_checks import metadata_errors
from .scheme import Label, Scheme

EMPTY_ID = ("the document id is empty", "give each document a unique id")

_EXTRA = "put other data under `extra`, a free object that every command preserves"
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")
_OFFSETS = "offsets count code points from 0, and end must be greater than start and at most the length of the text"


def record_problems(line: bytes, scheme: Scheme) -> list[Problem]:
    """Return all problems of a line, in reading order; an empty list for a valid line."""
    record, problem = parse_line(line)
    if problem is not None:
        return [problem]
    record_id = record.get("id")
    document = record_id if isinstance(record_id, str) else ""
    problems = [Problem(what, fix) for what, fix in _document_errors(record)]
    length = _text_length(record)
    for index, item in enumerate(_list_items(record, "zones")):
        errors = _zone_errors(item, length, scheme)
        problems += [Problem(f"zone {index + 1}: {what}", fix, zone=index) for what, fix in errors]
    for index, item in enumerate(_list_items(record, "spans")):
        span_problems = _span_problems(item, length, scheme)
        problems += [replace(p, what=f"span {index + 1}{p.what}", span=index) for p in span_problems]
    return [replace(problem, document=document) for problem in problems]


def remove_invalid(line: bytes, problems: list[Problem]) -> bytes | None:
    """Return a line without its invalid spans and zones; None if it has other problems, too."""
    if any(problem.span is None and problem.zone is None for problem in problems):
        return None
    record, _ = parse_line(line)
    for key, invalid in (("spans", {p.span for p in problems}), ("zones", {p.zone for p in problems})):
        record[key] = [item for index, item in enumerate(_list_items(record, key)) if index not in invalid]
    return msgspec.json.encode(record)


def bounds_error(item: Span | Zone, length: int | None) -> str | None:
    """Return what is wrong with the offsets of a span or zone; None if they are valid."""
    if item.start < 0:
        return "starts before the text"
    if item.end == item.start:
        return "is empty"
    if item.end < item.start:
        return "ends before it starts"
    if length is not None and item.end > length:
        return f"ends past the text, which has {length} code points"
    return None


def text_free_error(document: Document) -> tuple[str, str] | None:
    """Return what is wrong with the hash and length of a document without text, and how to fix it."""
    fix = "give `text`, or both `text_sha256` and `text_length` for a text-free record"
    if document.text_sha256 is None or document.text_length is None:
        return "the record has no text", fix
    if not 0 <= document.text_length < 1 << 63 or not re.fullmatch("[0-9a-f]{64}", document.text_sha256):
        return "text_sha256 is not 64 lower-case hex digits, or text_length is out of range", fix
    return None


def _document_errors(record: dict[str, Any]) -> list[tuple[str, str]]:
    without_items = {**record, **{key: [] for key in ("spans", "zones") if isinstance(record.get(key), list)}}
    try:
        document = msgspec.convert(without_items, Document)
    except msgspec.ValidationError as error:
        return [_explain(error, "the record")]
    if not document.id:
        return [EMPTY_ID]
    errors = metadata_errors(document.meta)
    if document.text is None:
        return [*errors, *(error for error in [text_free_error(document)] if error)]
    digest = sha256_hex(document.text)
    if document.text_sha256 not in (None, digest):
        what = f"text_sha256 is {document.text_sha256!r} but the hash of the text is {digest[:12]}…"
        fix = "restore the text that was annotated; remove text_sha256 only if the offsets fit this text"
        errors.append((what, fix))
    if document.text_length not in (None, len(document.text)):
        what = f"text_length is {document.text_length} but the text has {len(document.text)} code points"
        errors.append((what, ""))
    return errors


def _zone_errors(item: object, length: int | None, scheme: Scheme) -> list[tuple[str, str]]:
    try:
        zone = msgspec.convert(item, Zone)
    except msgspec.ValidationError as error:
        return [_explain(error, "the zone")]
    errors = []
    if zone.kind not in scheme.zones:
        hint = did_you_mean(zone.kind, list(scheme.zones))
        errors.append((f"unknown kind {zone.kind!r} in scheme {scheme.ref}", hint))
    if message := bounds_error(zone, length):
        errors.append((f"[{zone.start}, {zone.end}) {message}", _OFFSETS))
    return errors


def _span_problems(item: object, length: int | None, scheme: Scheme) -> list[Problem]:
    value = item.get("value") if isinstance(item, dict) else None
    try:
        without_value = {k: v for k, v in item.items() if k != "value"} if isinstance(item, dict) else item
        span = msgspec.convert(without_value, Span)
    except msgspec.ValidationError as error:
        what, fix = _explain(error, "the span")
        return [Problem(f": {what}", fix)]
    location = f" [{span.start}, {span.end}) {span.label}"
    problems = []
    if message := bounds_error(span, length):
        problems.append(Problem(f"{location} {message}", _OFFSETS))
    label = scheme.labels.get(span.label)
    if label is None:
        hint = did_you_mean(span.label, list(scheme.labels))
        what = f"{location} has an unknown label in scheme {scheme.ref}"
        problems.append(Problem(what, hint, label=span.label))
    elif message := _value_error(label, value):
        problems.append(Problem(f"{location}: {message}", "correct the value, or write null if it is unknown"))
    return problems


def _list_items(record: dict[str, Any], key: str) -> list[Any]:
    items = record.get(key)
    return items if isinstance(items, list) else []


def _text_length(record: dict[str, Any]) -> int | None:
    if isinstance(record.get("text"), str):
        return len(record["text"])
    length = record.get("text_length")
    return length if isinstance(length, int) else None


def _value_error(label: Label, value: object) -> str | None:
    if value is None:
        return None
    try:
        decoded = msgspec.convert(value, label.value_type)
    except msgspec.ValidationError as error:
        what, _ = _explain(error, "the value")
        keys = [key for field in label.fields.values() for key in field.keys if f"`{key.name}`" in what]
        choices = [str(choice) for key in keys for choice in _choices(key.type)]
        return f"{what} ({', '.join(choices)})" if choices and len(choices) <= 30 else what
    return label.value_error(decoded) if label.value_error else None


def _choices(annotation: Any) -> tuple[Any, ...]:
    """Return the members of `Literal[…] | None`; an empty tuple for any other type."""
    first = getattr(annotation, "__args__", (None,))[0]
    return getattr(first, "__args__", ()) if "Literal" in repr(first) else ()


def _explain(error: msgspec.ValidationError, subject: str) -> tuple[str, str]:
    """Rephrase an error of msgspec in terms of the record format, with a fix.

    Args:
        error: The error.
        subject: What was validated, for errors that state no path.
    """
    message = str(error)
    match = _PATH.search(message)
    path = match.group(1) if match else ""
    message = _PATH.sub("", message)
    if "unknown field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else subject} has an unknown key `{key}`", _EXTRA
    if "missing required field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else subject} lacks `{key}`", f"add `{key}`"
    message = message.replace("Expected ", "expected ").replace("Invalid enum value", "unknown value")
    return (f"`{path}`: {message}" if path else f"{subject}: {message}"), ""
