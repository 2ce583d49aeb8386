"""The labeling config of a scheme: what Label Studio shows an annotator, and the names of its controls.

Labels are marked on the text; the fields of a label's value are shown for the selected span only. Everything is
generated from the scheme, so it works for custom schemes too. It is built as XML, because `LabelInterface.create` of
the SDK gives the outermost element no class and no element a text, both of which the style sheet needs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from ....schema import DataError, Field, Key, Label, Problem, Scheme
from ....schema.values.numbers import UCUM, Number
from ...guidelines import describe_scheme, label_rule, shipped_guidelines
from .controls import Control, controls
from .hotkeys import NO_KEY, hotkeys, unreachable_keys
from .pickers.picker_controls import Picker, pickers
from .region_prefixes import CONFLICT_STYLE, FAINT_STYLE, UNDECIDED, framed_style
from .styles import CONTEXT_STYLE, GUIDELINES_STYLE, STYLE
from .task_parts import AFTER, BEFORE, PART

LABELS = "label"
"""Name of the control that marks spans."""

TEXT = "text"
"""Name of the text, and of the field of the task's data that contains it."""

UNSURE = "unsure"
NOTE = "span_note"
"""Names of the controls that every span has: the flag for doubt, and a note."""

TASK_NOTE = "note"
"""Name of the control for a note on the whole document."""

_FLAG = (UNSURE,)  # unlike a label of that name


def result_label(label: str, scheme: Scheme) -> str:
    """Return what stands for a label of a scheme in results: the label itself, or its key if it contains a comma.

    The editor splits the labels for which fields are shown at commas.
    """
    return scheme.label_keys[label] if "," in label else label


def scheme_label(label: str, scheme: Scheme) -> str:
    """Return the label of a scheme that a label in results stands for; any other label as it is."""
    return label if label in scheme.labels else scheme.labels_by_key.get(label, label)


def check_labeling_config(text: str) -> None:
    """Check a labeling config with Label Studio's own parser, before it is sent to a server.

    Suggestions are not checked by it before they are sent: that takes 0.7 s for 250 tasks with 25 spans, of which an
    import takes 1.2 s, besides 0.6 s for loading the parser. They are made from the same scheme, and the tests check
    them.

    Raises:
        DataError: The parser rejects it.
    """
    from label_studio_sdk.label_interface.interface import LabelInterface

    try:
        interface: Any = LabelInterface(text)
        interface.validate()
    except Exception as error:  # its errors have no common class
        fix = "change the scheme's labels and fields, from which the labeling config is generated"
        raise DataError(Problem(f"Label Studio rejects the labeling config of the scheme: {error}", fix)) from error


def labeling_config(
    scheme: Scheme,
    *,
    review: bool = False,
    lists: Mapping[str, str] | None = None,
    parts: bool = False,
    framed: bool = False,
) -> str:
    """Return the labeling config as XML; the same scheme always gives the same text.

    Args:
        scheme: Scheme with the labels and fields.
        review: Whether to show what the reviewer is to decide beside the text.
        lists: Addresses of the lists that pickers choose from, by source; None for a config without pickers, for tasks
            that offer nothing.
        parts: Whether tasks hold parts of documents; then what stands before and after is shown, not to be marked.
        framed: Whether tasks have suggestions that are only framed.
    """
    keys = hotkeys(scheme, _FLAG) | unreachable_keys(scheme)
    root = ET.Element("View", className="goldspan")
    style = STYLE + (CONFLICT_STYLE if review else FAINT_STYLE) + (CONTEXT_STYLE if parts else "")
    _add(root, "Style").text = style + (framed_style(scheme) if framed else "")
    main = _view(root, "main")
    top = _view(main, "top")
    head = _view(top, "head")
    _add(head, "Header", value="$title", size="3")
    _add(head, "Header", value="$published", size="5")
    if parts:
        _add(head, "Header", value=f"${PART}", size="5")
    if not scheme.overlap:
        _header(_view(head, "overlap"), "Spans overlap where the text is outlined in red: shorten or remove one.")
    # smartOnly: each new span is told to the service that marks the same words, where there is one
    labels = _add(top, "Labels", name=LABELS, toName=TEXT, showInline="true", smartOnly="true")
    for label in scheme.labels.values():
        attributes = {"background": label.colour, "hint": label.definition}
        named = name_attributes(label.name, result_label(label.name, scheme))
        _add(labels, "Label", **named, **attributes, **_key(keys, label.name))
    if review or framed:
        _add(labels, "Label", value=UNDECIDED, background="#8c959f", hotkey=NO_KEY)
    # by symbol: snapping to words would prevent annotators from marking what the scheme requires
    shown = [(BEFORE, "context"), (TEXT, "text"), (AFTER, "context")] if parts else [(TEXT, "text")]
    for name, part in shown:
        granularity = {"granularity": "symbol"} if name == TEXT else {}
        _add(_view(main, part), "Text", name=name, value=f"${name}", **granularity)
    beside = _view(root, "side")
    side = _view(beside, "values") if review else beside
    for label in scheme.labels.values():
        _add_fields(side, label, scheme, keys, lists)
    span = _view(side, "span", visibleWhen="region-selected")
    flag = _add(span, "Choices", name=UNSURE, toName=TEXT, perRegion="true", choice="multiple", showInline="false")
    _add(flag, "Choice", value=UNSURE, **_key(keys, _FLAG))
    _textarea(span, NOTE, "a remark on this span", per_region=True)
    _header(side, "Note on the document")
    _textarea(side, TASK_NOTE, "why you decided so" if review else "for whoever reviews it", per_region=False)
    if review:
        conflicts = _view(beside, "conflicts")
        _header(conflicts, "To decide")
        _add(conflicts, "Text", name="conflicts", value="$conflicts")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _add_fields(
    side: ET.Element, label: Label, scheme: Scheme, keys: Mapping[Hashable, str], lists: Mapping[str, str] | None
) -> None:
    label_controls = controls(scheme)[label.name]
    when = result_label(label.name, scheme)
    shown = _view(side, "fields", visibleWhen="region-selected", whenTagName=LABELS, whenLabelValue=when)
    _add_guideline(shown, label)
    for item in label.fields.values():
        unit = item.type.unit if isinstance(item.type, Number) and item.type.unit != UCUM else ""
        _header(shown, f"{item.name} ({unit})" if unit else item.name)
        if item.definition:
            _header(_view(shown, "about"), item.definition)
        field_controls = [control for control in label_controls if control.key in item.keys]
        numbers = [control for control in field_controls if control.kind == "number"]
        row = _view(shown, "row") if numbers else shown
        for control in field_controls:
            if lists is not None and (picker := pickers(scheme)[label.name].get(control.name)):
                _add_picker(shown, picker, lists)
            _add_control(row if control in numbers else shown, control, item, label, keys)


def _add_guideline(shown: ET.Element, label: Label) -> None:
    """Add what the scheme says of a label, folded until the annotator opens it."""
    lines = [label.definition, label_rule(label), *label.examples]
    panel = _add(_add(_view(shown, "guideline"), "Collapse"), "Panel", value=_shown(f"What is {label.name}?"))
    for line in filter(None, lines):
        _header(panel, line)


def _add_picker(parent: ET.Element, picker: Picker, lists: Mapping[str, str]) -> None:
    region = {"toName": TEXT, "perRegion": "true"}
    here = _view(parent, "here")
    _add(here, "Choices", name=picker.here, choice="single", showInline="false", value=f"${picker.source}", **region)
    if picker.source in lists:
        # names may contain a slash, the usual separator, at which an answer would be split into a path
        options = {"leafsOnly": "true", "pathSeparator": "\u241f", "placeholder": "search all names"}
        _add(parent, "Taxonomy", name=picker.listed, apiUrl=lists[picker.source], **options, **region)


def _add_control(parent: ET.Element, control: Control, item: Field, label: Label, keys: Mapping[Hashable, str]) -> None:
    attributes = {"name": control.name, "toName": TEXT, "perRegion": "true"}
    if control.kind == "choices":
        how = "multiple" if control.allows_several else "single"
        chooser = _add(parent, "Choices", choice=how, showInline="false", **attributes)
        for choice in control.choices:
            named = name_attributes(choice, choice)
            _add(chooser, "Choice", **named, **_key(keys, (label.name, control.key.name, choice)))
    elif control.kind == "number":
        cell = _view(parent, "cell")
        if sum(key.base in (int, float) for key in item.keys) > 1:
            _header(cell, control.key.name)
        _add(cell, "Number", **attributes, **_range(control.key), **_key(keys, (label.name, control.key.name)))
    else:
        _textarea(parent, control.name, item.type.hint(control.key) or item.name, per_region=True)


def _range(key: Key) -> dict[str, str]:
    if key.base is int:
        return {"min": "0", "step": "1"}
    limits = zip(("min", "max"), key.limits, strict=True)
    return {"step": "any"} | {name: f"{limit:.15g}" for name, limit in limits if limit is not None}


def _textarea(parent: ET.Element, name: str, hint: str, *, per_region: bool) -> None:
    region = {"perRegion": "true"} if per_region else {}
    # with one row it would be an input, which Enter leaves. `transcription` would keep it open, but every click on a
    # span would move the focus into its first field, where Backspace no longer rejects the span
    _add(
        parent,
        "TextArea",
        name=name,
        toName=TEXT,
        maxSubmissions="1",
        editable="true",
        rows="2",
        placeholder=hint,
        showSubmitButton="false",
        **region,
    )


def instructions(scheme: Scheme, guidelines: str | None = None) -> str:
    """Return the guidelines as HTML for the project's instructions; HTML in them is escaped.

    Args:
        scheme: Scheme of the project.
        guidelines: Guidelines in Markdown; by default those of the scheme, or a description of it if it has none.
    """
    from markdown_it import MarkdownIt

    text = guidelines if guidelines is not None else shipped_guidelines(scheme) or describe_scheme(scheme)
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return f'<style>{GUIDELINES_STYLE}</style><div class="goldspan-guidelines">{rendered}</div>'


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _view(parent: ET.Element, part: str, **attributes: str) -> ET.Element:
    """Add a part of the layout, with the class name that the style sheet uses."""
    return _add(parent, "View", className=f"goldspan-{part}", **attributes)


def _header(parent: ET.Element, text: str) -> None:
    _add(parent, "Header", value=_shown(text), size="5")


def name_attributes(text: str, result: str) -> dict[str, str]:
    """Return the attributes of a label or choice: what the editor shows, and what stands for it in results."""
    shown = _shown(text)
    return {"value": shown} if shown == result else {"value": shown, "alias": result}


def _shown(text: str) -> str:
    # a dollar sign followed by a name refers to a field of the task; an invisible joiner separates them
    return text.replace("$", "$\u2060")


def _key(keys: Mapping[Hashable, str], name: Hashable) -> dict[str, str]:
    return {"hotkey": keys[name]} if name in keys else {}


def control_names(scheme: Scheme) -> Iterator[str]:
    """Yield every control name that results of the labeling config can have."""
    yield LABELS
    yield from (control.name for label_controls in controls(scheme).values() for control in label_controls)
    yield from (UNSURE, NOTE, TASK_NOTE)
