"""A plain function of a document as an extractor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import CodeType
from typing import Any

from ..corpus.span_like import SpanLike, span_from
from ..schema import DataError, Document, Problem, Scheme, Span, sha256_hex
from ..schema.default_scheme import using_scheme


class FunctionExtractor:
    """An extractor made of a function.

    Args:
        function: Takes a document and returns its spans, as `span_from` takes them: tuples `(start, end, label)` or
            `(start, end, label, value)`, for example.
        scheme: The scheme of the spans.

    Attributes:
        name: The name of the function; `function` if it has none, such as a lambda.
        version: A digest of the function's compiled code, with its constants, defaults and functions within it. It does
            not cover what the function calls or reads from outside, and differs between versions of Python.
    """

    def __init__(self, function: Callable[[Document], Iterable[SpanLike]], scheme: Scheme) -> None:
        self._function = function
        self._scheme = scheme
        name = getattr(function, "__name__", "")
        self.name = name if name.isidentifier() else "function"
        self.version = sha256_hex(repr(_code_facts(function)))[:8]

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans that the function finds in each document.

        Raises:
            DataError: The function returns anything but spans or tuples that make spans.
        """
        with using_scheme(self._scheme):
            return [self._spans(self._function(document)) for document in documents]

    def _spans(self, result: Any) -> list[Span]:
        if not isinstance(result, Iterable) or isinstance(result, str | Mapping):
            raise DataError(Problem(f"it returned {type(result).__name__}, not spans", "return a list, or yield them"))
        spans = []
        for number, item in enumerate(result, 1):
            try:
                spans.append(span_from(item, self._scheme))
            except DataError as error:
                problem = error.problems[0]
                raise DataError(Problem(f"span {number}: {problem.what}", problem.fix)) from error
        return spans


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
