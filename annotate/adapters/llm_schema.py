"""The response format for a chat model: a JSON Schema generated from the scheme, and the parsing of responses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec

from ...corpus.spans.span_keys import span_order
from ...schema import DataError, Document, Field, Key, Label, Problem, Scheme, Span, UsageError, Value
from ...schema.value_types import Choice
from ...schema.values.choices import Choices
from ..guidelines import field_rule, label_rule

_FENCE = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)


class Quote(msgspec.Struct, frozen=True):
    """A span as marked by a model: the quoted text, one of the labels that it was offered, and the value it gives.

    The label and the value are checked later, each on its own: not every endpoint enforces the schema.
    """

    text: str = msgspec.field(name="quote")
    label: str
    value: Any = None


class _Answer(msgspec.Struct):
    spans: list[Quote]


class _Message(msgspec.Struct):
    content: Any = None
    refusal: Any = None


class _CompletionChoice(msgspec.Struct):
    message: _Message
    finish_reason: Any = None


class _Completion(msgspec.Struct):
    choices: Annotated[list[_CompletionChoice], msgspec.Meta(min_length=1)]


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
            types = [_quote_type([name], ("value", _value_type(label))) for name, label in self._labels.items()]
            span: dict[str, Any] = {"anyOf": [_strict_schema(quote) for quote in types]}
        else:
            span = _strict_schema(_quote_type(names))
        spans = Annotated[list[Any], msgspec.Meta(extra_json_schema={"items": span})]
        self.schema = _strict_schema(_required("Answer", ("spans", spans)))
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

    def answer(self, document: Document, spans: Iterable[Span]) -> str:
        """Return spans of a document as a model should answer with them; those with labels not offered are left out.

        Raises:
            UsageError: Several of the offered labels stand for one of the scheme.
        """
        quotes = []
        for span in sorted(spans, key=span_order):
            offered = [name for name, label in self._labels.items() if label and label.name == span.label]
            if len(offered) > 1:
                what = f"the label map has several labels for {span.label} ({', '.join(offered)})"
                raise UsageError(f"{what}, so examples from gold cannot be shown in it. Fix: leave out map, or shots")
            for name in offered:
                quote: dict[str, Any] = {"quote": document.surface(span), "label": name}
                quotes.append(quote | ({"value": self._answered_value(span)} if self._values else {}))
        return msgspec.json.encode({"spans": quotes}).decode()

    def _answered_value(self, span: Span) -> dict[str, Any] | None:
        if span.value is None:
            return None
        parts = msgspec.to_builtins(span.value)
        return {
            key.name: parts.get(key.name)
            for field in self._scheme.label(span.label).fields.values()
            for key in field.keys
        }

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
                # guidelines name the field, of which an answer only has the keys
                whole = "" if keys == field.name else f"together they are {field.name}"
                rule = "; ".join(filter(None, (field_rule(field), whole)))
                lines.append(f"  In its value, {keys}: {rule}".rstrip(": "))
                flags = [key.name for key in field.keys if key.base is bool]
                lines += [
                    f"  In its value, {flag}: true or false; what a table leaves blank is false" for flag in flags
                ]
        return lines


def read_answer(response: bytes) -> list[Quote]:
    """Parse the response of an endpoint and return the quotes that the model marked.

    Raises:
        DataError: It is not a chat completion, is a refusal, is cut off, or is not the JSON that was asked for.
    """
    try:
        choice = msgspec.json.decode(response, type=_Completion).choices[0]
    except (ValueError, RecursionError) as error:  # bytes may also not be UTF-8
        raise DataError(Problem("the endpoint's response is not a chat completion")) from error
    refusal, content = choice.message.refusal, choice.message.content
    if refusal or not isinstance(content, str):
        raise DataError(Problem(f"the model refused: {' '.join(str(refusal or 'no content').split())[:200]}"))
    if choice.finish_reason == "length":
        raise DataError(Problem("the model's answer was cut off", "use a smaller piece=N"))
    try:
        return msgspec.json.decode(_without_fence(content), type=_Answer).spans
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError(Problem(f"the model's answer is not the JSON asked for: {content[:100]!r}")) from error


def stated_tokens(response: bytes) -> tuple[int | None, int | None]:
    """Return the tokens sent and the tokens answered that a response states; None for each that it does not."""
    try:
        usage = msgspec.json.decode(response).get("usage") or {}
        counts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")]
    except (ValueError, RecursionError, AttributeError):
        return None, None
    sent, answered = (count if isinstance(count, int) and count >= 0 else None for count in counts)
    return sent, answered


def _without_fence(content: str) -> str:
    """Return the JSON without the code fence, and text around it, that some models add."""
    stripped = content.strip()
    fenced = None if stripped.startswith("{") else _FENCE.search(stripped)
    return fenced[1] if fenced else stripped


def _to_integer(part: object) -> object:
    """Convert a number such as 3.0, which is an integer in JSON Schema, to an integer."""
    return int(part) if isinstance(part, float) and part.is_integer() else part


def _quote_type(names: Iterable[str], *value: tuple[str, Any]) -> type[msgspec.Struct]:
    return _required("Quote", ("quote", str), ("label", _one_of(str, names)), *value)


def _value_type(label: Label | None) -> Any:
    """Return the type of a label's values, in which the scheme checks limits beyond types and choices."""
    if label is None or not label.fields:
        return None
    keys = [(key.name, _key_type(key, field)) for field in label.fields.values() for key in field.keys]
    return _required("Value", *keys) | None


def _key_type(key: Key, field: Field) -> Any:
    choices = field.type.choices if isinstance(field.type, Choice | Choices) else key.choices
    if key.base is tuple:
        return list[_one_of(str, choices) if choices else str] | None  # type: ignore[misc]
    return _one_of(key.base | None, [*choices, None]) if choices else key.base | None


def _required(name: str, *fields: tuple[str, Any]) -> type[msgspec.Struct]:
    """Return a struct that requires all fields and allows no others, as strict endpoints expect."""
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True)


def _one_of(kind: Any, choices: Iterable[str | None]) -> Any:
    """Return a type whose schema lists choices in their order, which the schema of a Literal does not keep."""
    return Annotated[kind, msgspec.Meta(extra_json_schema={"enum": list(choices)})]


def _strict_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a struct in the form for strict endpoints: without references, titles or defaults."""
    (schema,), components = msgspec.json.schema_components([struct], ref_template="{name}")
    return _inline(schema, components)


def _inline(schema: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: part for key, part in components.get(schema.get("$ref", ""), schema).items() if key != "title"}
    if "properties" in found:
        found["properties"] = {key: _inline(part, components) for key, part in found["properties"].items()}
    if "anyOf" in found:
        options = [_inline(option, components) for option in found.pop("anyOf")]
        if all(option.keys() == {"type"} for option in options):
            found["type"] = [option["type"] for option in options]
        else:  # null first: another order would be another request, whose answer is not in anybody's cache
            found["anyOf"] = sorted(options, key=lambda option: option["type"] != "null")
    return found
