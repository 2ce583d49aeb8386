"""Values as people read them."""

from __future__ import annotations

from msgspec import to_builtins

from .document import Value


def value_text(value: Value | None) -> str:
    """A value in a line for people: its fields that are known, the end of an open interval as `…`."""
    if value is None:
        return "unknown"
    fields = to_builtins(value)
    if {"min", "max"} <= fields.keys():
        low, high = (("…" if fields[key] is None else str(fields[key])) for key in ("min", "max"))
        about = "about " if fields.get("approx") else ""
        return f"{about}{low if low == high else f'{low} to {high}'} {fields.get('unit') or ''}".strip()
    return ", ".join(f"{key} {item}" for key, item in fields.items() if item is not None) or "unknown"
