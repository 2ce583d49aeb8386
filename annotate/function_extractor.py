"""A plain function of a document as an extractor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import CodeType
from typing import Any

from ..schema import DataError, Document, Problem, Scheme, Span

_FORMS = "return spans, or tuples (start, end, label) or (start, end, label, {key: part})"


class FunctionExtractor:
    """An extractor made of a function.

    Args:
        function: Takes a document and returns its spans, or tuples `(start, end, label)` or `(start, end, label,
            value)`, where the value is a mapping or None.
        scheme: The scheme of the spans.

    Attributes:
        name: The name of the function; `function` if it has none, such as a lambda.
        version: A digest of the function's compiled code, with its constants, defaults and functions within it. It does
            not cover what the function calls or reads from outside, and differs between versions of Python.
    """

    def __init__(self, function: Callable[[Document], Iterable[Span | tuple[Any, ...]]], scheme: Scheme) -> None:
        self._function = function
        self._scheme = scheme
        name = getattr(function, "__name__", "")
        self.name = name if name.isidentifier() else "function"
        self.version = hashlib.sha256(repr(_code_facts(function)).encode()).hexdigest()[:8]

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans that the function finds in each document.

        Raises:
            DataError: The function returns anything but spans or tuples that make spans.
        """
        return [self._spans(self._function(document)) for document in documents]

    def _spans(self, found: Any) -> list[Span]:
        if not isinstance(found, Iterable) or isinstance(found, str | Mapping):
            raise DataError(Problem(f"it returned {type(found).__name__}, not spans", _FORMS))
        return [item if isinstance(item, Span) else self._span(item) for item in found]

    def _span(self, item: Any) -> Span:
        if not isinstance(item, tuple | list) or len(item) not in (3, 4):
            raise DataError(Problem(f"it returned {item!r}, which is not a span", _FORMS))
        start, end, label, value = (*item, None)[:4]
        if not (value is None or isinstance(value, Mapping)):
            raise DataError(Problem(f"it returned {item!r}, whose value is not a mapping", _FORMS))
        # an unknown label is left to the run, which reports it like that of any extractor
        known = value is not None and label in self._scheme.labels
        return Span(start, end, label, self._scheme.value(label, **value) if known else None)  # type: ignore[arg-type]


def _code_facts(function: Any) -> object:
    """Return what identifies a function's code, without addresses and other things that differ between runs."""
    if isinstance(function, partial):
        return [_code_facts(function.func), repr(function.args), repr(sorted(function.keywords.items()))]
    function = getattr(function, "__func__", function)
    called = vars(type(function)).get("__call__", function)  # an object's class has the code
    code = getattr(function, "__code__", None) or getattr(called, "__code__", None)
    if code is None:  # written in C
        return [getattr(function, "__module__", ""), getattr(function, "__qualname__", type(function).__qualname__)]
    defaults = [getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None)]
    return [_constant(code), [_constant(part) for part in defaults]]


def _constant(item: Any) -> object:
    if isinstance(item, CodeType):
        return [item.co_code.hex(), item.co_names, item.co_varnames, [_constant(part) for part in item.co_consts]]
    if isinstance(item, tuple):
        return [_constant(part) for part in item]
    if isinstance(item, frozenset):  # its order differs between runs
        return sorted(repr(_constant(part)) for part in item)
    simple = item is None or isinstance(item, str | bytes | int | float | complex | type(...))
    return repr(item) if simple else type(item).__qualname__
