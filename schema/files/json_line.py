"""Strict parsing of one line of JSON, before its content is validated as a record."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import msgspec

from ..errors import Problem


def parse_line(line: bytes) -> tuple[dict[str, Any], Problem | None]:
    """Parse a line into a JSON object; return a problem if its encoding, syntax, surrogates or numbers are invalid."""
    try:
        parsed = msgspec.json.decode(line)
        if isinstance(parsed, dict):
            return parsed, None
    except (ValueError, RecursionError):
        pass  # the standard library says what is wrong, and accepts some more
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        fix = "save the file as UTF-8; `goldspan corpus build --encoding` reads articles in other encodings"
        return {}, Problem(f"byte {error.start + 1} of the line is not UTF-8", fix)
    try:
        record = json.loads(text, parse_constant=_reject_constant, parse_float=_parse_finite)
    except RecursionError:
        return {}, Problem("the record is nested too deeply", "")
    except ValueError as error:
        return {}, _syntax_problem(text, error)
    if not isinstance(record, dict):
        return {}, Problem("the line is not a JSON object", "write one record `{…}` per line")
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return {}, Problem("a string contains an unpaired surrogate", "write the character, or both halves of the pair")
    except RecursionError:
        return {}, Problem("the record is nested too deeply", "")
    return record, None


def _syntax_problem(text: str, error: ValueError) -> Problem:
    position = getattr(error, "pos", None)
    if position is None:
        return Problem(f"the line is not JSON: {error}", "write null if a number is unknown")
    if position >= len(text.rstrip()) or "Unterminated" in str(error):
        fix = "write the whole record on one line; the program that wrote it may have been interrupted"
        return Problem("the line is truncated", fix)
    excerpt = text[position : position + 20]
    what = f"the line is not JSON (column {position + 1}: {excerpt!r})"
    return Problem(what, "write one record `{…}` per line")


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _parse_finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(f"the number {digits} is too large")
    return number
