"""What reading refuses of a document's metadata."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from .document import Metadata
from .language import language_fault


def meta_faults(meta: Metadata) -> list[tuple[str, str]]:
    """Each fault with its fix; none for metadata that is right."""
    faults = []
    if meta.published is not None and (fault := _published_fault(meta.published)):
        faults.append(fault)
    if meta.language is not None and (fault := language_fault(meta.language)):
        faults.append((f"meta.language {fault[0]}", fault[1]))
    return faults


@lru_cache(maxsize=4096)
def _published_fault(published: str) -> tuple[str, str] | None:
    fix = "write a calendar day as YYYY-MM-DD, or null"
    try:
        if date.fromisoformat(published).isoformat() == published:
            return None
    except ValueError:
        pass
    return f"meta.published {published!r} is no day", fix
