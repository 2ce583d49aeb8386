"""The response format for a chat model: a JSON Schema generated from the scheme, and the parsing of responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...schema import DataError, Field, Label, Problem, Scheme, Value
from ...schema.names.iso_codes import country_codes
from ...schema.value_types import Choice, Identifier
from ..guidelines import field_rule, label_rule

_FENCE = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_JSON_TYPES: Mapping[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A span as marked by a model: the quoted text, one of the labels that it was offered, and the value it gives."""

    text: str
    label: str
    value: Any = None


class AnswerFormat:
    """The format of a model's answers in one run.

    Args:
        scheme: The scheme of the layers.
        names: The labels offered to the model, each with that of the scheme, which is empty for a dropped label.
        values: Whether the model also gives values.

    Attributes:
        schema: The JSON Schema of an answer. Every key is required and no other is allowed, as strict endpoints expect.
        prompt: The description for the model of the labels and, with `values`, of their fields.
    """

    def __init__(self, scheme: Scheme, names: Mapping[str, str], *, values: bool) -> None:
        self._scheme = scheme
        self._labels = {name: scheme.label(label) if label else None for name, label in names.items()}
        self._values = values
        if values:
            span: dict[str, Any] = {"anyOf": [_span_schema([name], label) for name, label in self._labels.items()]}
        else:
            span = _object_schema({"quote": {"type": "string"}, "label": {"type": "string", "enum": list(names)}})
        self.schema = _object_schema({"spans": {"type": "array", "items": span}})
        self.prompt = "\n".join(["Labels:", *self._prompt_lines()])

    def value(self, quote: Quote) -> Value | None:
        """Return the value of a quote; None if the model gives none, is not asked for one, or the label has no values.

        Raises:
            DataError: The scheme rejects the value.
        """
        label = self._labels.get(quote.label)
        if not self._values or label is None or quote.value is None:
            return None
        if not isinstance(quote.value, dict):
            raise DataError(Problem(f"{quote.label} value {quote.value!r} is not an object"))
        parts = {key: _to_integer(part) for key, part in quote.value.items() if part is not None}
        return self._scheme.value(label.name, **parts)

    def _prompt_lines(self) -> list[str]:
        lines = []
        for name, label in self._labels.items():
            if label is None:
                lines.append(f"- {name}")
                continue
            lines.append(f"- {name}{f' ({label.name})' if name != label.name else ''}: {label.definition}")
            if rule := label_rule(label):
                lines.append(f"  {rule}")
            lines += [f"  Example, marked with brackets: {example}" for example in label.examples]
            for field in label.fields.values() if self._values else ():
                keys = ", ".join(key.name for key in field.keys)
                lines.append(f"  In its value, {keys}: {field_rule(field)}".rstrip(": "))
        return lines


def read_answer(response: bytes) -> list[Quote]:
    """Parse the response of an endpoint and return the quotes that the model marked.

    Raises:
        DataError: It is not a chat completion, is a refusal, is cut off, or is not the JSON that was asked for.
    """
    try:
        choice = msgspec.json.decode(response)["choices"][0]
        message = choice["message"]
        refusal, content = message.get("refusal"), message.get("content")
    except (msgspec.DecodeError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise DataError(Problem("the endpoint's response is not a chat completion")) from error
    if refusal or not isinstance(content, str):
        raise DataError(Problem(f"the model refused: {' '.join(str(refusal or 'no content').split())[:200]}"))
    if choice.get("finish_reason") == "length":
        raise DataError(Problem("the model's answer was cut off", "use a smaller piece=N"))
    try:
        spans = msgspec.json.decode(_without_fence(content))["spans"]
        return [
            Quote(_require_string(span["quote"]), _require_string(span["label"]), span.get("value")) for span in spans
        ]
    except (msgspec.DecodeError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise DataError(Problem(f"the model's answer is not the JSON asked for: {content[:100]!r}")) from error


def _without_fence(content: str) -> str:
    """Return the JSON without the code fence, and text around it, that some models add."""
    stripped = content.strip()
    fenced = None if stripped.startswith("{") else _FENCE.search(stripped)
    return fenced[1] if fenced else stripped


def _require_string(part: object) -> str:
    if not isinstance(part, str):
        raise TypeError(f"{part!r} is not a string")
    return part


def _to_integer(part: object) -> object:
    """Convert a number such as 3.0, which is an integer in JSON Schema, to an integer."""
    return int(part) if isinstance(part, float) and part.is_integer() else part


def _object_schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _span_schema(names: list[str], label: Label | None) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "null"}
    if label is not None and label.fields:
        keys = {key: schema for field in label.fields.values() for key, schema in _key_schemas(field).items()}
        value = {"anyOf": [{"type": "null"}, _object_schema(keys)]}
    return _object_schema({"quote": {"type": "string"}, "label": {"type": "string", "enum": names}, "value": value})


def _key_schemas(field: Field) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each key of a field; the scheme checks limits beyond types and choices."""
    choices: tuple[str, ...] = ()
    if isinstance(field.type, Choice):
        choices = field.type.choices
    elif isinstance(field.type, Identifier) and field.type.authority == "iso-3166-1":
        choices = country_codes()
    schemas: dict[str, dict[str, Any]] = {}
    for key in field.keys:
        schemas[key.name] = {"type": [_JSON_TYPES[key.base], "null"]}
        if choices:
            schemas[key.name]["enum"] = [*choices, None]
    return schemas
