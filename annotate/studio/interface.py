"""The labelling interface of a scheme: what Label Studio shows an annotator, and the name of each of its controls.

Labels lie over the text; the fields of a label's value show for the selected span alone. Everything is made from the
scheme, so a scheme of one's own has its interface at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal
from xml.etree import ElementTree as ET

from ...schema import Field, Key, Label, Scheme
from ...schema.value_types import Choice

LABELS = "label"
"""Name of the control that marks spans."""

TEXT = "text"
"""Name of the text, and of the task's field that holds it."""

UNSURE = "unsure"
NOTE = "span_note"
"""Controls that every span has: the annotator's doubt, a remark."""

TASK_NOTE = "note"
"""Control of the whole task: a remark on the document."""

Kind = Literal["choices", "textarea", "number"]


@dataclass(frozen=True, slots=True)
class Control:
    """One control for a key of a label's value.

    Attributes:
        name: In the interface and in results: label, dot, key.
        kind: The type of its results.
        key: What it fills.
    """

    name: str
    kind: Kind
    key: Key


@cache
def controls(scheme: Scheme) -> dict[str, list[Control]]:
    """The controls for the value of each label, one for each key."""
    return {
        label.name: [
            Control(f"{label.name}.{key.name}", _kind(item, key), key)
            for item in label.fields.values()
            for key in item.keys
        ]
        for label in scheme.labels.values()
    }


def _kind(item: Field, key: Key) -> Kind:
    if key.base is bool or isinstance(item.type, Choice):
        return "choices"
    return "number" if key.base in (int, float) else "textarea"


def interface(scheme: Scheme, *, review: bool = False) -> str:
    """The labelling interface as XML: the same scheme gives the same text.

    Args:
        scheme: Its labels and fields.
        review: With what is to be decided beside the text.
    """
    root = ET.Element("View", style="display: flex; gap: 1.5em")
    main = _add(root, "View", style="flex: 3; min-width: 0")
    _add(main, "Header", value="$title", size="4")
    _add(main, "Header", value="$published", size="6")
    labels = _add(main, "Labels", name=LABELS, toName=TEXT, showInline="true")
    for label in scheme.labels.values():
        marks = {"hotkey": label.hotkey} if label.hotkey else {}
        _add(labels, "Label", value=label.name, background=label.colour, hint=label.definition, **marks)
    # by symbol: snapping to words would keep an annotator from marking what the scheme asks for
    _add(main, "Text", name=TEXT, value="$text", granularity="symbol")
    side = _add(root, "View", style="flex: 1; min-width: 16em; position: sticky; top: 0; align-self: flex-start")
    if review:
        _add(side, "Header", value="To decide", size="6")
        _add(side, "Text", name="conflicts", value="$conflicts")
    for label in scheme.labels.values():
        _fields(side, label, controls(scheme)[label.name])
    span = _add(side, "View", visibleWhen="region-selected")
    flag = _add(span, "Choices", name=UNSURE, toName=TEXT, perRegion="true", choice="multiple", showInline="true")
    _add(flag, "Choice", value=UNSURE, hotkey="u")
    _textarea(span, NOTE, "a remark on this span", per_region=True)
    _add(side, "Header", value="Note on the document", size="6")
    _textarea(side, TASK_NOTE, "for whoever reviews it", per_region=False)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _fields(side: ET.Element, label: Label, own: Sequence[Control]) -> None:
    if not label.fields:
        return
    shown = _add(side, "View", visibleWhen="region-selected", whenTagName=LABELS, whenLabelValue=label.name)
    for item in label.fields.values():
        _add(shown, "Header", value=f"{item.name}: {item.definition}" if item.definition else item.name, size="6")
        for control in (c for c in own if c.key in item.keys):
            _control(shown, control, item)


def _control(parent: ET.Element, control: Control, item: Field) -> None:
    about = {"name": control.name, "toName": TEXT, "perRegion": "true"}
    if isinstance(item.type, Choice):
        several = len(item.type.choices) > 8  # a long list takes less room in one line
        chooser = _add(parent, "Choices", choice="single", showInline="true" if several else "false", **about)
        for choice in item.type.choices:
            _add(chooser, "Choice", value=choice)
    elif control.key.base is bool:
        chooser = _add(parent, "Choices", choice="multiple", **about)
        _add(chooser, "Choice", value=control.key.name)
    elif control.kind == "number":
        _add(parent, "Header", value=control.key.name, size="6")
        _add(parent, "Number", **about, **_range(control.key))
    else:
        _textarea(parent, control.name, _hint(item), per_region=True)


def _range(key: Key) -> dict[str, str]:
    if key.base is int:
        return {"min": "0", "step": "1"}
    limit = {"lat": "90", "lon": "180"}.get(key.name)
    return {"step": "any"} | ({"min": f"-{limit}", "max": limit} if limit else {})


def _hint(item: Field) -> str:
    return {"edtf": "as in 2023-11-07, 2023-11, 2023-10/2023-11", "identifier": "an id, or a name to look up"}.get(
        item.type.name, item.name
    )


def _textarea(parent: ET.Element, name: str, hint: str, *, per_region: bool) -> None:
    region = {"perRegion": "true"} if per_region else {}
    _add(
        parent,
        "TextArea",
        name=name,
        toName=TEXT,
        maxSubmissions="1",
        editable="true",
        rows="1",
        placeholder=hint,
        showSubmitButton="false",
        **region,
    )


def instructions(guidelines: str | None = None) -> str:
    """The guidelines as HTML, for the project's instructions; HTML in them shows as it is written.

    Args:
        guidelines: Markdown; goldspan's own where none is given.
    """
    from markdown_it import MarkdownIt

    if guidelines is None:
        guidelines = resources.files("goldspan.docs").joinpath("guidelines.md").read_text(encoding="utf-8")
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(guidelines)
    return rendered


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def control_names(scheme: Scheme) -> Iterator[str]:
    """Every name that a result of the interface may have."""
    yield LABELS
    yield from (control.name for own in controls(scheme).values() for control in own)
    yield from (UNSURE, NOTE, TASK_NOTE)
