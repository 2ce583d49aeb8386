"""The language of conditions, as text: what they name, how they compare, and with what.

```
CONDITION = ["not "] TEST {"," TEST}          the further tests are of the same span
TEST      = NAME [COMPARISON VALUE {"|" VALUE}]
COMPARISON = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
```

A name or value that has one of these signs, or a comma or bar, is put in double quotes, in which a double quote is
doubled. A value `-` without quotes stands for a missing one. After `~`, `/…/` is a regular expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...schema import UsageError

COMPARISONS = ("!=", "<=", ">=", "!~", "=", "<", ">", "~")

_WORD = re.compile(r'"(?:[^"]|"")*"')
_NAME = re.compile(r'(?:"(?:[^"]|"")*"|[^"=<>~!,|])+')
_VALUE = re.compile(r'\s*(?:("(?:[^"]|"")*")|([^",|]*))\s*')
_PATTERN = re.compile(r"\s*/((?:[^/\\]|\\.)+)/\s*(?=[,|]|$)")
_NEGATION = re.compile(r"not\s+")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of a test, as it is written.

    Attributes:
        text: The text without quotes, or the regular expression.
        is_missing: Whether it stands for a missing value.
        is_pattern: Whether it is a regular expression.
    """

    text: str
    is_missing: bool = False
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class ParsedTest:
    """A test, as it is written.

    Attributes:
        name: What is tested; without quotes.
        comparison: One of `COMPARISONS`; empty if the name stands alone.
        values: The values of which one must fit.
    """

    name: str
    comparison: str = ""
    values: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedCondition:
    """A condition, as it is written.

    Attributes:
        tests: Its tests, one or more.
        is_negated: Whether it begins with `not`.
    """

    tests: tuple[ParsedTest, ...]
    is_negated: bool


def parse_condition(text: str) -> ParsedCondition:
    """Parse a condition.

    Raises:
        UsageError: It is not one.
    """
    rest = text.strip()
    negation = _NEGATION.match(rest)
    rest = rest[negation.end() :] if negation else rest
    tests: list[ParsedTest] = []
    while True:
        test, rest = _test(rest, text)
        tests.append(test)
        if not rest:
            return ParsedCondition(tuple(tests), negation is not None)
        rest = rest[1:]  # the comma


def _test(rest: str, text: str) -> tuple[ParsedTest, str]:
    """Return the first test of a text, and what follows it: nothing, or a comma and more."""
    found = _NAME.match(rest)
    name = _unquoted(found[0]) if found else ""
    if not found or not name:
        raise _error(text, f"a name is missing before {rest!r}" if rest else "a name is missing")
    rest = rest[found.end() :]
    comparison = next((sign for sign in COMPARISONS if rest.startswith(sign)), "")
    values: list[Literal] = []
    if comparison:
        rest = f"|{rest[len(comparison) :]}"
        while rest.startswith("|"):
            value, rest = _literal(rest[1:], text, may_be_pattern=comparison.endswith("~"))
            values.append(value)
    if rest and not rest.startswith(","):
        raise _error(text, f"cannot read {rest!r}")
    return ParsedTest(name, comparison, tuple(values)), rest


def _literal(rest: str, text: str, *, may_be_pattern: bool) -> tuple[Literal, str]:
    if may_be_pattern and (pattern := _PATTERN.match(rest)):
        return Literal(pattern[1], is_pattern=True), rest[pattern.end() :]
    found = _VALUE.match(rest)
    assert found is not None  # it may match nothing
    quoted, plain = found.groups()
    rest = rest[found.end() :]
    if quoted is not None:
        return Literal(_unquoted(quoted)), rest
    plain = plain.strip()
    if not plain:
        raise _error(text, "a value is missing")
    return Literal(plain, is_missing=plain == "-"), rest


def _unquoted(name: str) -> str:
    return _WORD.sub(lambda word: word[0][1:-1].replace('""', '"'), name.strip())


def _error(text: str, what: str) -> UsageError:
    fix = 'write it like meta.language=de, ACTOR.kind=state or text~"two words", with quotes around signs and commas'
    return UsageError(f"`where` {text}: {what}. Fix: {fix}")
