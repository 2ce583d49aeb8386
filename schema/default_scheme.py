"""The scheme of documents that are used without naming one.

The data model cannot import scheme files, which are built on it, so `scheme_file` registers the scheme here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scheme import Scheme

_loaders: list[Callable[[], Scheme]] = []


def register_default_scheme(load: Callable[[], Scheme]) -> None:
    """Register the function that loads the scheme."""
    _loaders[:] = [load]


_chosen: ContextVar[Scheme | None] = ContextVar("scheme", default=None)


def default_scheme() -> Scheme:
    """Return the scheme of the surrounding `using_scheme`, or else the one for conflict news."""
    return _chosen.get() or _loaders[0]()


@contextmanager
def using_scheme(scheme: Scheme) -> Iterator[None]:
    """Make a scheme the default within a block, such as that of a corpus while its documents are mapped."""
    token = _chosen.set(scheme)
    try:
        yield
    finally:
        _chosen.reset(token)
