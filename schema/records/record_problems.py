"""Detailed validation of a record: every problem of one that the fast path of `RecordCodec` rejects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec

from ..document import Document, Span, Zone
from ..errors import Problem, did_you_mean
from ..hashing import sha256_hex
from ..scheme import Scheme
from ..value_problems import strip_path
from .metadata_checks import metadata_errors

EMPTY_ID = ("the document id is empty", "give each document a unique id")

_EXTRA = "put other data under `extra`, a free object that every command preserves"
_OFFSETS = "offsets count code points from 0, and end must be greater than start and at most the length of the text"


def record_problems(record: Any, scheme: Scheme) -> list[Problem]:
    """Return all problems of a record, in reading order; an empty list for a valid one.

    Args:
        record: A record as `parse_line` or `plain_data` returns it.
        scheme: The scheme of the record.
    """
    if not isinstance(record, dict):
        return [Problem("the record is not an object", "give a mapping with the keys of a record")]
    record_id = record.get("id")
    document = record_id if isinstance(record_id, str) else ""
    problems = [Problem(what, fix) for what, fix in _document_errors(record)]
    length = _text_length(record)
    for index, item in enumerate(_list_items(record, "zones")):
        errors = _zone_errors(item, length, scheme)
        problems += [Problem(f"zone {index + 1}: {what}", fix, zone=index) for what, fix in errors]
    for index, item in enumerate(_list_items(record, "spans")):
        span_problems = [_with_origin(problem, record, scheme) for problem in _span_problems(item, length, scheme)]
        problems += [replace(p, what=f"span {index + 1}{p.what}", span=index) for p in span_problems]
    return [replace(problem, document=document) for problem in problems]


def _with_origin(problem: Problem, record: dict[str, Any], scheme: Scheme) -> Problem:
    """Return a problem with a label, with what to do if the layer states that it was made with another scheme."""
    layer = record.get("layer")
    layer = layer if isinstance(layer, dict) else {}
    stated = layer.get("scheme")
    if problem.label is None or not isinstance(stated, str) or layer.get("scheme_sha256") in (None, scheme.fingerprint):
        return problem
    fix = f"{problem.fix}; `goldspan schema migrate` takes records of {stated} to {scheme.ref}"
    return replace(problem, fix=fix)


def remove_invalid(record: dict[str, Any], problems: list[Problem]) -> dict[str, Any] | None:
    """Return a record without its invalid spans and zones; None if it has other problems, too."""
    if any(problem.span is None and problem.zone is None for problem in problems):
        return None
    valid = dict(record)
    for key, invalid in (("spans", {p.span for p in problems}), ("zones", {p.zone for p in problems})):
        valid[key] = [item for index, item in enumerate(_list_items(record, key)) if index not in invalid]
    return valid


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
        hint = f"{did_you_mean(span.label, list(scheme.labels))}; or another `scheme`"
        what = f"{location} has an unknown label in scheme {scheme.ref}"
        problems.append(Problem(what, hint, label=span.label))
    elif problem := label.value_problem(value):
        problems.append(Problem(f"{location}: {problem[0]}", problem[1]))
    return problems


def _list_items(record: dict[str, Any], key: str) -> list[Any]:
    items = record.get(key)
    return items if isinstance(items, list) else []


def _text_length(record: dict[str, Any]) -> int | None:
    if isinstance(record.get("text"), str):
        return len(record["text"])
    length = record.get("text_length")
    return length if isinstance(length, int) else None


def _explain(error: msgspec.ValidationError, subject: str) -> tuple[str, str]:
    """Rephrase an error of msgspec in terms of the record format, with a fix.

    Args:
        error: The error.
        subject: What was validated, for errors that state no path.
    """
    message, path = strip_path(error)
    if "unknown field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else subject} has an unknown key `{key}`", _EXTRA
    if "missing required field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else subject} lacks `{key}`", f"add `{key}`"
    return (f"`{path}`: {message}" if path else f"{subject}: {message}"), ""
