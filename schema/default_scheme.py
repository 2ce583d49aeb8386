"""The scheme of documents that are used without naming one.

The data model cannot import scheme files, which are built on it, so `scheme_file` registers the scheme here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scheme import Scheme

_loaders: list[Callable[[], Scheme]] = []


def register_default_scheme(load: Callable[[], Scheme]) -> None:
    """Register the function that loads the scheme."""
    _loaders[:] = [load]


def default_scheme() -> Scheme:
    """Return the scheme for conflict news."""
    return _loaders[0]()
