"""Human-readable text of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import to_builtins

if TYPE_CHECKING:
    from .document import Value


def value_text(value: Value | None) -> str:
    """Return a value as one line of text: its known fields, with `…` for the open end of an interval."""
    if value is None:
        return "unknown"
    fields = to_builtins(value)
    if {"min", "max"} <= fields.keys():
        low, high = (("…" if fields[key] is None else str(fields[key])) for key in ("min", "max"))
        about = "about " if fields.get("approx") else ""
        return f"{about}{low if low == high else f'{low} to {high}'} {fields.get('unit') or ''}".strip()
    return ", ".join(f"{key} {item}" for key, item in fields.items() if item is not None) or "unknown"
