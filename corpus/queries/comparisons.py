"""How a test of a condition compares values: of which kind they are, what is missing, and what is the same."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from typing import Any

from ...schema import DataError, UsageError, canonical_language, did_you_mean, language_error, primary_language
from ...schema.files.scheme_patterns import SchemePattern
from ..spans.timed_patterns import TimedPattern
from .condition_syntax import Literal, ParsedTest
from .document_fields import Kind, parse_literal, parse_number

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_Check = Callable[[Any], bool]


def comparison(test: ParsedTest, kind: Kind, choices: tuple[str, ...], seconds: float) -> _Check:
    """Return a function that compares a value, None if it is missing, as a test says.

    Args:
        test: The test.
        kind: What the values are.
        choices: What they are chosen from; empty if they may be anything.
        seconds: Processor time that a regular expression may take for a value.

    Raises:
        UsageError: Values of this kind cannot be compared so.
    """
    sign = test.comparison
    if not sign:
        return lambda value: not _is_absent(value)
    if kind is Kind.FLAG:
        return _flag_comparison(test)
    if sign.endswith("~"):
        return _search(test, kind, seconds)
    if sign in _ORDERS:
        return _order_comparison(test, kind)
    for value in test.values:
        if choices and not value.is_missing and value.text not in choices:
            raise UsageError(f"{test.name} is never {value.text!r}. Fix: {did_you_mean(value.text, choices)}")
    wanted = {None if value.is_missing else _comparable(_literal(value, kind), kind) for value in test.values}
    if kind is Kind.LANGUAGE_RANGE:
        ranges = tuple(f"{tag}-" for tag in wanted if tag)
        return lambda value: _is_in_range(_comparable(value, kind), wanted, ranges) == (sign == "=")
    return lambda value: (_comparable(value, kind) in wanted) == (sign == "=")


def _is_absent(value: Any) -> bool:
    """Return whether a value is missing, empty or false. Zero is a value."""
    return value is None or value is False or (isinstance(value, str | list | dict) and not value)


def _is_in_range(tag: str | None, wanted: set[Any], ranges: tuple[str, ...]) -> bool:
    return tag in wanted or (tag is not None and tag.startswith(ranges))


def _comparable(value: Any, kind: Kind) -> Any:
    """Return what is the same for values that are the same.

    An empty text is missing. Under `extra`, text that is a number is that number, and what is neither is JSON.
    """
    if value == "":
        return None
    if kind in (Kind.LANGUAGE, Kind.LANGUAGE_RANGE) and isinstance(value, str):
        return canonical_language(value) or value
    if kind is not Kind.ANY:
        return value
    number = parse_number(value)
    return _plain(value) if number is None else number


def _plain(value: Any) -> Any:
    """Return a value of `extra` as text or a number, which it may be already; None if it is missing."""
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _flag_comparison(test: ParsedTest) -> _Check:
    words = {"true": True, "false": False}
    if test.comparison not in ("=", "!=") or any(value.text not in words for value in test.values):
        raise UsageError(f"{test.name} is yes or no. Fix: {test.name}, or not {test.name}")
    wanted = {words[value.text] for value in test.values}
    return lambda value: (bool(value) in wanted) == (test.comparison == "=")


def _search(test: ParsedTest, kind: Kind, seconds: float) -> _Check:
    if kind is Kind.NUMBER:
        raise UsageError(f"{test.name} is a number, which contains no words. Fix: = or one of < <= > >=")
    finders = [_finder(value, seconds) for value in test.values]

    def check(value: Any) -> bool:
        if value is None:
            return test.comparison == "!~"
        text = str(primary_language(value) if kind is Kind.LANGUAGE_RANGE else _plain(value))
        return any(find(text) for find in finders) == (test.comparison == "~")

    return check


def _finder(value: Literal, seconds: float) -> Callable[[str], bool]:
    """Return a function that looks for words, in any case, or for what a regular expression describes."""
    if not value.is_pattern:
        words = re.compile(re.escape(value.text), re.I)
        return lambda text: words.search(text) is not None
    try:
        pattern = TimedPattern(SchemePattern(regex=value.text), ignore_case=True)
    except DataError as error:
        [problem] = error.problems
        raise UsageError(f"/{value.text}/ is {problem.what}. Fix: {problem.fix}") from error
    return lambda text: pattern.occurs(text, seconds)


def _order_comparison(test: ParsedTest, kind: Kind) -> _Check:
    if not kind.ordered:
        raise UsageError(f"{test.name} has no order. Fix: = or ~")
    if len(test.values) > 1 or test.values[0].is_missing:
        raise UsageError(f"{test.name} {test.comparison} takes one value. Fix: = for several values, or a missing one")
    literal, compare = _literal(test.values[0], kind), _ORDERS[test.comparison]
    if isinstance(literal, str):
        return lambda value: isinstance(value, str) and value != "" and compare(value, literal)
    return lambda value: (number := parse_number(value)) is not None and compare(number, literal)


def _literal(value: Literal, kind: Kind) -> str | int | float:
    if kind in (Kind.LANGUAGE, Kind.LANGUAGE_RANGE) and (error := language_error(value.text)):
        raise UsageError(f"{error[0]}. Fix: {error[1]}")
    try:
        return parse_literal(kind, value.text)
    except UsageError as error:
        raise UsageError(f"{error}. Fix: {kind.value}, or - for a missing one") from error
