"""One line of JSON, strictly: what any reader of records refuses before it looks at the record."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from ..errors import Problem


def parse_line(line: bytes) -> tuple[dict[str, Any], Problem | None]:
    """The JSON object of a line, or what keeps it from being one: bytes, syntax, surrogates, NaN."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        fix = "save the file as UTF-8; `goldspan corpus build --encoding` reads articles in others"
        return {}, Problem(f"byte {error.start + 1} of the line is not UTF-8", fix)
    try:
        record = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        return {}, Problem("the record nests too deeply", "")
    except ValueError as error:
        return {}, _syntax_problem(text, error)
    if not isinstance(record, dict):
        return {}, Problem("the line is no JSON object", "write one record `{…}` a line")
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return {}, Problem("a string holds an unpaired surrogate", "write characters, or both halves of the pair")
    except RecursionError:
        return {}, Problem("the record nests too deeply", "")
    return record, None


def _syntax_problem(text: str, error: ValueError) -> Problem:
    at = getattr(error, "pos", None)
    if at is None:
        return Problem(f"the line is not JSON: {error}", "write null where a number is unknown")
    if at >= len(text.rstrip()) or "Unterminated" in str(error):
        return Problem(
            "the line is truncated", "write the whole record on one line; perhaps the writer was interrupted"
        )
    column = at + 1
    return Problem(f"the line is not JSON (column {column}: {text[at : at + 20]!r})", "write one record `{…}` a line")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(f"{digits} is too large a number")
    return number
