"""Instructions for annotators and models: the guidelines of a scheme, and descriptions generated from the scheme."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from ..corpus.formats.huggingface.markdown import escape_markdown
from ..schema import Field, Label, Scheme, conflict_scheme
from ..schema.label_keys import is_key


def shipped_guidelines(scheme: Scheme) -> str | None:
    """Return the guidelines shipped with goldspan (Markdown) if the scheme is the one that they are written for.

    The scheme must match by name and version of the guidelines. For any other scheme the result is None: its
    guidelines are a file that the user passes.
    """
    shipped = conflict_scheme()
    if (scheme.name, scheme.guidelines) != (shipped.name, shipped.guidelines):
        return None
    return resources.files("goldspan.docs").joinpath("guidelines.md").read_text(encoding="utf-8")


def describe_scheme(scheme: Scheme) -> str:
    """Return a description of a scheme (Markdown): its labels with examples and fields, and its rules for spans."""
    return "\n".join(_description_lines(scheme)).strip() + "\n"


def span_rules(scheme: Scheme) -> str:
    """Return the rules for spans in one or two sentences."""
    overlap = "Spans may overlap." if scheme.overlap else "Spans do not overlap."
    words = " A span starts and ends with a whole word, without outer punctuation." if scheme.word_boundaries else ""
    return overlap + words


def label_heading(name: str) -> str:
    """Return the name of a label as Markdown; one that is a key, such as `MIL_UNIT`, is left as it is."""
    return name if is_key(name) else escape_markdown(name)


def label_rule(label: Label) -> str:
    """Return a sentence on what spans of a label must not start with; empty if there is no such rule."""
    return f"Does not start with: {', '.join(sorted(label.not_first))}." if label.not_first else ""


def field_rule(field: Field) -> str:
    """Return the definition of a field, and how its values are written where that needs to be said."""
    return "; ".join(filter(None, (field.definition.strip().rstrip("."), field.type.instruction)))


def _description_lines(scheme: Scheme) -> Iterator[str]:
    yield from (f"# {scheme.title}", "", scheme.description, "", span_rules(scheme), "")
    for label in scheme.labels.values():
        yield from (
            f"## {label_heading(label.name)}",
            "",
            f"{label.definition} {label_rule(label)}".strip(),
            "",
        )
        yield from (f"- {field.name}: {field_rule(field) or field.type.name}" for field in label.fields.values())
        yield from ("", *(f"> {example}\n" for example in label.examples))
    if scheme.zones:
        yield from ("## Not annotated", "", *(f"- {kind}: {about}" for kind, about in scheme.zones.items()))
