"""Answers of other projects on a region that a field of its label holds: controls named like the field's keys."""

from __future__ import annotations

from math import isfinite
from typing import Any

from .....schema import Scheme
from .....schema.data.text_lines import text_lines
from ..controls import NO, YES, Control, controls
from ..labeling_config import LABELS
from ..region_values import texts_of
from .regions import Region

_VALUES = {"choices": "choices", "taxonomy": "taxonomy", "number": "number", "rating": "rating", "datetime": "datetime"}
"""The key of a result's value that holds the answer, by the type of the result."""


def answers_as_fields(
    region: Region, label: str, scheme: Scheme
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Return answers on a region as results of goldspan's own controls, the original results, and names without a fit.

    Args:
        region: A region of another project.
        label: The scheme's label for the region's.
        scheme: The scheme.
    """
    by_key = {control.key.name: control for control in controls(scheme)[label]}
    answers: dict[str, list[Any]] = {}
    for item in region.details:
        name = item.get("from_name")
        if isinstance(name, str) and name in by_key:
            known = answers.setdefault(name, [])
            known += [content for content in _contents(item) if content not in known]
    value = {
        name: contents if by_key[name].key.base is tuple else _typed(contents[0], by_key[name])
        for name, contents in answers.items()
        if len(contents) == 1 or (contents and by_key[name].key.base is tuple)
    }
    definition = scheme.label(label)
    value = {name: content for name, content in value.items() if not definition.value_problem({name: content})}
    if value and definition.value_problem(value):
        value = {}
    results = [{"id": region.mark.get("id"), **_result(by_key[name], content)} for name, content in value.items()]
    originals = [item for item in region.details if item.get("from_name") in value]
    return results, originals, [name for name, contents in answers.items() if contents and name not in value]


def _contents(item: dict[str, Any]) -> list[Any]:
    """Return the answers of a result; of a taxonomy the last level of each."""
    kind = str(item.get("type"))
    if kind == "textarea":
        return [line.strip() for text in texts_of(item) for line in text_lines(text) if line.strip()]
    content = item["value"].get(_VALUES.get(kind, kind))
    contents = content if isinstance(content, list) else [content]
    if kind == "taxonomy":
        contents = [path[-1] if isinstance(path, list) and path else path for path in contents]
    return [content for content in contents if content is not None]


def _typed(content: Any, control: Control) -> Any:
    """Return an answer as the type of a key: a whole number for an integer, a number or truth value that is written."""
    if control.choices == (YES, NO) and isinstance(content, str):
        return {YES: True, "true": True, NO: False, "false": False}.get(content.lower(), content)
    if control.key.base not in (int, float) or isinstance(content, bool):
        return content
    try:
        number = float(content)
        return int(number) if number.is_integer() else number if isfinite(number) else content
    except (TypeError, ValueError, OverflowError):
        return content


def _result(control: Control, content: Any) -> dict[str, Any]:
    value = control.answer(content) or {"choices": []}  # a flag that is not set
    return {"from_name": control.name, "to_name": LABELS, "type": control.kind, "value": value}
