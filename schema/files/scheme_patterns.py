r"""Patterns of labels and zone kinds, as a scheme file or a file beside it lists them.

```toml
[[labels.HAZARD.patterns]]
regex = '(?i)\b(?:hochwasser|flut)\b'
value = { type = "flood" }

[[labels.HAZARD.patterns]]
tokens = [{ LOWER = "sturm" }, { IS_TITLE = true, OP = "?" }]
```

What they find is settled by whoever matches them; here they are only read, so that a scheme needs no other package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import Problem, did_you_mean
from .toml_document import TomlDocument, TomlPath, toml_key

_PATTERN_KEYS = ("regex", "tokens", "value")
_ZONE_KEYS = ("definition", "patterns")
_FIX = "write { regex = '…' } or { tokens = [{ LOWER = \"…\" }] }"


@dataclass(frozen=True, slots=True)
class SchemePattern:
    """A pattern that finds spans of a label, or zones of a kind.

    Attributes:
        regex: A regular expression; empty if there are `tokens`.
        tokens: A description of each token, as spaCy's `Matcher` takes them; empty if there is a `regex`.
        value: Keys and parts of the value of all that it finds, such as `{"type": "flood"}`.
        path: The file that it is from; empty if there is none.
        line: Its line there; 0 if unknown.
    """

    regex: str = ""
    tokens: tuple[Mapping[str, Any], ...] = ()
    value: Mapping[str, Any] = field(default_factory=dict)
    path: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def as_toml(self) -> str | dict[str, Any]:
        """Return what stands for the pattern in a list `patterns` of a scheme file."""
        if self.regex and not self.value:
            return self.regex
        parts = {"regex": self.regex, "tokens": list(self.tokens), "value": dict(self.value)}
        return {key: part for key, part in parts.items() if part}

    def problem(self, what: str, fix: str = "") -> Problem:
        """Return a problem with the pattern, with its file and line."""
        return Problem(what, fix, self.path, self.line)


def label_patterns(
    data: Any, at: TomlPath, document: TomlDocument, problems: list[Problem]
) -> tuple[SchemePattern, ...]:
    """Return the patterns in a list `patterns` of a label or a zone kind.

    Args:
        data: The list; each item is a regular expression, or a table.
        at: Where the list is in the document.
        document: The document, which knows the lines.
        problems: Where to add what is wrong.
    """
    if not isinstance(data, list):
        problems.append(document.problem(at, f"{_name(at)}: expected a list of patterns", _FIX))
        return ()
    patterns = []
    for number, item in enumerate(data):
        place = (*at, number)
        try:
            patterns.append(_pattern({"regex": item} if isinstance(item, str) else item, place, document))
        except _NoPatternError as error:
            what, fix = error.args
            problems.append(document.problem(place, f"{_name(at)}: pattern {number + 1}: {what}", fix))
    return tuple(patterns)


def zone_kinds(
    data: Mapping[str, Any], document: TomlDocument, problems: list[Problem]
) -> tuple[dict[str, str], dict[str, tuple[SchemePattern, ...]]]:
    """Return the definition of each zone kind, and the patterns of those that have any.

    Args:
        data: The table `zones`: by kind a definition, or a table with a definition and regular expressions.
        document: The document, which knows the lines.
        problems: Where to add what is wrong.
    """
    definitions: dict[str, str] = {}
    patterns: dict[str, tuple[SchemePattern, ...]] = {}
    for kind, item in data.items():
        at = ("zones", kind)
        table = {"definition": item} if isinstance(item, str) else item
        if not isinstance(table, dict) or not isinstance(table.get("definition"), str):
            fix = f"or [zones.{toml_key(kind)}] with a definition, and patterns"
            problems.append(document.problem(at, f"{_name(at)}: expected a definition in quotes", fix))
            continue
        definitions[kind] = table["definition"]
        for key in table:
            if key not in _ZONE_KEYS:
                hint = did_you_mean(key, _ZONE_KEYS)
                problems.append(document.problem((*at, key), f"{_name((*at, key))}: unknown key", hint))
        own = label_patterns(table.get("patterns", []), (*at, "patterns"), document, problems)
        problems += [
            pattern.problem(f"{_name(at)}: a zone is found by regular expressions only", "write the expression alone")
            for pattern in own
            if pattern.tokens or pattern.value
        ]
        if own:
            patterns[kind] = own
    return definitions, patterns


class _NoPatternError(Exception):
    """An item that is no pattern: what is wrong, and how to fix it."""


def _pattern(item: Any, at: TomlPath, document: TomlDocument) -> SchemePattern:
    if not isinstance(item, dict):
        raise _NoPatternError("expected a regular expression or a table", _FIX)
    for key in item:
        if key not in _PATTERN_KEYS:
            raise _NoPatternError(f"unknown key {key!r}", did_you_mean(key, _PATTERN_KEYS))
    regex, tokens, value = item.get("regex", ""), item.get("tokens", []), item.get("value", {})
    if not isinstance(regex, str) or not isinstance(tokens, list) or not all(isinstance(t, dict) for t in tokens):
        raise _NoPatternError("`regex` is a string, `tokens` a list of tables", _FIX)
    if bool(regex) == bool(tokens):
        raise _NoPatternError("it needs either `regex` or `tokens`", _FIX)
    if not isinstance(value, dict):
        raise _NoPatternError("`value` is not a table", 'such as value = { type = "flood" }')
    return SchemePattern(regex, tuple(tokens), value, document.path, document.line(at))


def _name(at: Sequence[str | int]) -> str:
    return ".".join(map(str, at))
