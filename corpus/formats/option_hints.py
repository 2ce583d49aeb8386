"""Hints for errors that name an option which the caller does not have: where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ...schema import DataError, GoldspanError, Problem, UsageError

OPTIONS = {name: f"`{name}`" for name in ("form", "labels", "columns", "fragments", "id_field", "encoding", "repair")}
"""How messages name the parameters of functions that read files, by parameter."""


@contextmanager
def point_to_options(what: str, fix: str, names: Mapping[str, str] = OPTIONS) -> Iterator[None]:
    """Add to errors that name an option where that is an option.

    Args:
        what: Where the options are; `{}` stands for those that the error names.
        fix: What to do, likewise.
        names: How messages name the options, by parameter; others are left alone.

    Raises:
        GoldspanError: The error, with the hint.
    """
    try:
        yield
    except GoldspanError as error:
        found = [shown for name, shown in names.items() if f"`{name}`" in str(error)]
        if not found:
            raise
        named = ", ".join(found)
        hint = Problem(what.format(named), fix.format(named))
        if isinstance(error, DataError):
            raise DataError([*error.problems, hint]) from error
        raise UsageError(*error.lines, str(hint), example=error.example) from error
