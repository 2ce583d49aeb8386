"""Layers of records from before layers had fields for all of their provenance.

These records hold parts of it under keys of `extra`, and of the object `studio` there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..document import InvalidAnnotation, Layer


def _text(item: Any) -> str | None:
    return item if isinstance(item, str) else None


def _names(item: Any) -> tuple[str, ...] | None:
    return tuple(item) if isinstance(item, list) and all(isinstance(name, str) for name in item) else None


def _one_name(item: Any) -> tuple[str, ...] | None:
    return (item,) if isinstance(item, str) else None


def _true(item: Any) -> bool | None:
    return True if item is True else None


def _invalid_annotations(item: Any) -> tuple[InvalidAnnotation, ...] | None:
    if not isinstance(item, list) or not all(map(_is_invalid_annotation, item)):
        return None
    return tuple(InvalidAnnotation(tuple(fault["results"]), fault.get("what")) for fault in item)


def _is_invalid_annotation(item: Any) -> bool:
    # text-free records lack a reason that quotes the text
    return (
        isinstance(item, dict)
        and {"results"} <= item.keys() <= {"what", "results"}
        and isinstance(item["results"], list)
        and isinstance(item.get("what", ""), str)
    )


_Fields = dict[str, tuple[str, Callable[[Any], Any]]]

_FIELDS: _Fields = {
    "version": ("extractor_version", _text),
    "passes": ("passes", _names),
    "chosen_by": ("chosen_by", _names),
    "annotator_kind": ("annotator_kind", _text),
    "annotator_family": ("annotator_family", _text),
}
"""Keys of `extra`, with their field of `Layer` and its content, or None if the key has another meaning."""

_STUDIO = "studio"
_STUDIO_FIELDS: _Fields = {
    "suggestions": ("suggestions_shown", _names),
    "chosen_by": ("chosen_by", _one_name),
    "note": ("note", _text),
    "draft": ("draft", _true),
    "faults": ("invalid_annotations", _invalid_annotations),
}
"""Keys of `extra.studio`."""


def lift_earlier_fields(layer: Layer) -> Layer:
    """Return a layer with the fields that an earlier version stored under keys of `extra`, and without these keys.

    A key stays where it is if its content has another type than the earlier version wrote, or if the layer also states
    the field itself.
    """
    extra = layer.extra or {}
    lifted: dict[str, Any] = {}
    rest = _lift(extra, _FIELDS, layer, lifted)
    studio = rest.get(_STUDIO)
    if isinstance(studio, dict):
        remaining = _lift(studio, _STUDIO_FIELDS, layer, lifted)
        if len(remaining) < len(studio):
            rest = {key: item for key, item in rest.items() if key != _STUDIO or remaining}
            if remaining:
                rest[_STUDIO] = remaining
    return msgspec.structs.replace(layer, **lifted, extra=rest or None) if lifted else layer


def _lift(source: dict[str, Any], fields: _Fields, layer: Layer, lifted: dict[str, Any]) -> dict[str, Any]:
    """Add the fields found in an object to `lifted`, and return the object without their keys."""
    rest = dict(source)
    for key in fields.keys() & source.keys():
        name, convert = fields[key]
        if name in lifted or getattr(layer, name) not in (None, False):
            continue
        if (content := convert(source[key])) is not None:
            lifted[name] = content
            del rest[key]
    return rest
