"""The spans of a spaCy doc, stated once each: its entities, its span groups, and what is known of them besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....schema import DataError, Problem
from ..foreign.json_values import list_of, object_of, offset_of, shown, string_of
from ..foreign.stated_documents import LabelledStatement, StatedDocument

GROUP = "sc"
"""The span group in which spaCy's span categorizer looks."""


@dataclass(frozen=True, slots=True)
class DocSpan:
    """An entity, or a span of a group.

    Attributes:
        start: First character.
        end: End, exclusive.
        label: Its label.
        kb_id: Its identifier in a knowledge base; empty if it has none.
        span_id: Its own id; empty if it has none.
    """

    start: int
    end: int
    label: str
    kb_id: str = field(default="", compare=False)
    span_id: str = field(default="", compare=False)


Extensions = Mapping[tuple[int, int], Mapping[str, Any]]
"""Custom attributes by the bounds of their spans."""


def add_spans(
    stated: StatedDocument,
    ents: Iterable[DocSpan],
    groups: Mapping[str, Sequence[DocSpan]],
    extensions: Extensions | None = None,
) -> None:
    """Add the spans of a doc to what its file states: each once, whether it is an entity, in a group or both.

    Args:
        stated: The document; spans of groups that are not read are counted in it.
        ents: The entities.
        groups: The span groups; only `sc` is read if there is one, otherwise all are.
        extensions: Custom attributes of spans.
    """
    spans: dict[DocSpan, DocSpan] = {}
    selected = [groups[GROUP]] if GROUP in groups else list(groups.values())
    for span in (*ents, *(span for group in selected for span in group)):
        known = spans.setdefault(span, span)
        if known is not span and (span.kb_id or span.span_id):
            ids = known.kb_id or span.kb_id, known.span_id or span.span_id
            spans[span] = DocSpan(span.start, span.end, span.label, *ids)
    for name, group in groups.items():
        if GROUP in groups and name != GROUP:
            stated.left_out[f"spans of the group {name!r}"] += len(set(group) - spans.keys())
    used: set[tuple[int, int]] = set()
    for number, span in enumerate(spans.values(), 1):
        bounds = span.start, span.end
        attributes = dict((extensions or {}).get(bounds, {}))
        used.add(bounds)
        if span.span_id:
            attributes.setdefault("span_id", span.span_id)
        references = [_reference(span.kb_id)] if span.kb_id else []
        stated.spans.append(
            LabelledStatement(
                span.label, (bounds,), name=f"span {number}", attributes=attributes, references=references
            )
        )
    for bounds, others in (extensions or {}).items():
        if bounds not in used:
            stated.left_out["extension attributes of spans without a label"] += len(others)


def _reference(identifier: str) -> tuple[str, str]:
    authority, colon, name = identifier.partition(":")
    return (authority, name) if colon and name else ("", identifier)


def span_of_list(item: Any, name: str) -> DocSpan:
    """Return a span that a file has as `[start, end, label]`, with an identifier or without.

    Raises:
        DataError: It is anything else.
    """
    if not isinstance(item, list) or len(item) < 3 or not isinstance(item[2], str):
        raise DataError(Problem(f"{name} is {shown(item)}", "give each span as [start, end, label]"))
    names = [part if isinstance(part, str) else "" for part in item[3:5]]
    return DocSpan(offset_of(item[0], name), offset_of(item[1], name), item[2], *names)


def span_of_object(item: Any, name: str) -> DocSpan:
    """Return a span that a file has as an object with `start`, `end` and `label`.

    Raises:
        DataError: It is anything else.
    """
    item = object_of(item, name)
    kb_id, span_id = (str(item.get(key) or "") for key in ("kb_id", "id"))
    start, end = offset_of(item.get("start"), name), offset_of(item.get("end"), name)
    return DocSpan(start, end, string_of(item, "label", name), kb_id, span_id)


def spans_of_groups(groups: Any, read: Any) -> dict[str, list[DocSpan]]:
    """Return the span groups of a JSON object, each span read by a function.

    Raises:
        DataError: A group is not a list, or a span is invalid.
    """
    return {
        name: [read(item, f"span {number} of {name!r}") for number, item in enumerate(list_of(group, repr(name)), 1)]
        for name, group in object_of(groups if groups is not None else {}, "`spans`").items()
    }
