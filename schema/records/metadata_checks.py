"""Validation of document metadata."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from ..document import Metadata
from ..language import language_error


def metadata_errors(meta: Metadata) -> list[tuple[str, str]]:
    """Return each error with its fix; an empty list for valid metadata."""
    errors = []
    if meta.published is not None and (error := _published_error(meta.published)):
        errors.append(error)
    if meta.language is not None and (error := language_error(meta.language)):
        errors.append((f"meta.language {error[0]}", error[1]))
    return errors


@lru_cache(maxsize=4096)
def _published_error(published: str) -> tuple[str, str] | None:
    fix = "write a calendar day as YYYY-MM-DD, or null"
    try:
        if date.fromisoformat(published).isoformat() == published:
            return None
    except ValueError:
        pass
    return f"cannot parse publication date {published!r} in meta.published", fix
