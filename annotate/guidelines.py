"""What people and models are told to mark: the guidelines that a scheme has, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from ..schema import Field, Label, Scheme, conflict_scheme
from ..schema.value_types import Choice


def shipped_guidelines(scheme: Scheme) -> str | None:
    """The guidelines that goldspan ships (Markdown), where the scheme names them: by its name and their version.

    None for every other scheme: guidelines of one's own are a file that a command is given.
    """
    shipped = conflict_scheme()
    if (scheme.name, scheme.guidelines) != (shipped.name, shipped.guidelines):
        return None
    return resources.files("goldspan.docs").joinpath("guidelines.md").read_text(encoding="utf-8")


def describe_scheme(scheme: Scheme) -> str:
    """What a scheme says of itself (Markdown): description, labels with examples and fields, rules for spans."""
    return "\n".join(_description(scheme)).strip() + "\n"


def span_rules(scheme: Scheme) -> str:
    """The rules for spans, in a sentence or two."""
    overlap = "Spans may overlap." if scheme.overlap else "Spans do not overlap."
    words = " A span starts and ends with a whole word, without outer punctuation." if scheme.word_boundaries else ""
    return overlap + words


def label_rule(label: Label) -> str:
    """What no span of a label starts with; empty where it may start with anything."""
    return f"Does not start with: {', '.join(sorted(label.not_first))}." if label.not_first else ""


def field_rule(item: Field) -> str:
    """A field's definition and its choices."""
    listed = f"one of {', '.join(item.type.choices)}" if isinstance(item.type, Choice) else ""
    return "; ".join(filter(None, (item.definition.strip().rstrip("."), listed)))


def _description(scheme: Scheme) -> Iterator[str]:
    yield from (f"# {scheme.title}", "", scheme.description, "", span_rules(scheme), "")
    for label in scheme.labels.values():
        yield from (f"## {label.name}", "", f"{label.definition} {label_rule(label)}".strip(), "")
        yield from (f"- {item.name}: {field_rule(item) or item.type.name}" for item in label.fields.values())
        yield from ("", *(f"> {example}\n" for example in label.examples))
    if scheme.zones:
        yield from ("## Not annotated", "", *(f"- {kind}: {about}" for kind, about in scheme.zones.items()))
