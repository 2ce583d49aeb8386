"""The formats `gate` and `bdocjs`: documents of GATE as XML, and as JSON by its Python interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...spans.offset_units import CODE_POINTS, OffsetUnit
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .column_choices import ColumnChoices
from .safe_xml import XmlElement, first_elements, read_xml

COLUMNS = ("set", "layer", "label")
_DEFAULT = "default"
_MARKUP = "Original markups"
_WORDS = {"Token", "SpaceToken", "Sentence", "Split", "Lookup", "DEFAULT_TOKEN", "paragraph"}
_LINKS = ("inst", "URI", "uri", "identifier")
_AGAIN = "export the document again"
_NUMBERS: Mapping[str, Any] = {"Integer": int, "Long": int, "Short": int, "Double": float, "Float": float}


@dataclass(slots=True)
class _GateAnnotation:
    type: str
    start: int
    end: int
    name: str
    features: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


class GateBase(ForeignFormat):
    """What both share: which annotation sets and types are spans."""

    read_options = ("columns",)
    holds = ("text", "overlaps", "cuts")

    def add_spans(
        self, stated: StatedDocument, sets: Mapping[str, list[_GateAnnotation]], choices: ColumnChoices
    ) -> None:
        """Add the annotations of the sets that are read to a document, and count the others.

        Raises:
            UsageError: A chosen set or type is not in the file.
        """
        choices.require_known("set", sorted(sets), "annotation set")
        names = choices.all("set") or [name for name in sets if name != _MARKUP]
        types = {item.type for name in names for item in sets[name]}
        if types:
            choices.require_known("layer", sorted(types), "annotation type")
        layers, label = choices.all("layer"), choices.one("label")
        for name, items in sets.items():
            if name not in names and items:
                stated.left_out[f"annotations of the set {name}"] += len(items)
                continue
            for item in items:
                if item.type not in layers if layers else item.type in _WORDS:
                    kind = f"annotations of the type {item.type}" if layers else "tokens, sentences and the like"
                    stated.left_out[kind] += 1
                elif item.start == item.end:
                    stated.left_out["spans without words"] += 1
                else:
                    stated.spans.append(_statement(item, label, stated))
        used = [name for name in names if sets[name]]
        if len(used) > 1 and not choices.all("set"):
            stated.changed[f"spans of the annotation sets {', '.join(used)}, read together"] += len(stated.spans)


class GateFormat(GateBase):
    """XML of GATE: a text with nodes, and sets of annotations between them."""

    name = "gate"
    summary = "XML of GATE: annotations between the nodes of a text"

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the root is that of a document of GATE."""
        return [element.name for element in first_elements(sample.head)[:1]] == ["GateDocument"]

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the document states."""
        choices, path = ColumnChoices(options.columns, COLUMNS), str(source)
        root = read_xml(path)
        content = root.find("TextWithNodes")
        if root.name != "GateDocument" or content is None:
            what = f"the root <{root.name}> is not a GateDocument with TextWithNodes"
            raise DataError(Problem(what, "save the document as GATE XML", path, root.line))
        text = ""
        places: dict[str, int] = {}
        for item in content.content:
            if isinstance(item, str):
                text += item
            else:
                places.setdefault(item.attributes.get("id", ""), len(text))
        sets: dict[str, list[_GateAnnotation]] = {}
        problems = []
        for element in root.children:
            if element.name == "AnnotationSet":
                found = sets.setdefault(element.attributes.get("Name", _DEFAULT), [])
                for annotation in element.children:
                    try:
                        found.append(_of_xml(annotation, places))
                    except DataError as error:
                        problems += error.with_location(path, annotation.line).problems
        if problems:
            raise DataError(truncate_problems(problems, "annotations"))
        stated = StatedDocument(text, path=path, unit=CODE_POINTS)
        self.add_spans(stated, sets, choices)
        yield stated


class BdocFormat(GateBase):
    """JSON of GATE's Python interface, whose offsets are those of Python or of Java."""

    name = "bdocjs"
    summary = "JSON of GATE's Python interface (bdocjs)"
    suffixes = (".bdocjs",)

    def recognises(self, sample: FileSample) -> bool:
        """Return whether every object has a text, annotation sets and the unit of its offsets."""
        keys = {"text", "annotation_sets", "offset_type"}
        return bool(sample.objects) and all(item.keys() >= keys for item in sample.objects)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document states."""
        choices, path = ColumnChoices(options.columns, COLUMNS), str(source)
        problems: list[Problem] = []
        for line, item in numbered_objects(path, noun="document", fix="save the document as bdocjs"):
            try:
                stated, sets = _of_json(item)
                self.add_spans(stated, sets, choices)
            except DataError as error:
                problems += error.with_location(path, line).problems
                continue
            stated.line = line
            yield stated
        if problems:
            raise DataError(truncate_problems(problems, "documents"))


def _of_xml(element: XmlElement, places: Mapping[str, int]) -> _GateAnnotation:
    bounds = []
    for name in ("StartNode", "EndNode"):
        node = element.attributes.get(name)
        if node is None or node not in places:
            raise DataError(Problem(f"the text has no node {node!r}, which is the {name} of an annotation", _AGAIN))
        bounds.append(places[node])
    features = {}
    for feature in element.children:
        key, value = feature.text_of("Name"), feature.find("Value")
        if feature.name == "Feature" and key and value is not None:
            features[key] = _typed(value.text, value.attributes.get("className", ""))
    name = f"annotation {element.attributes.get('Id', '')}".strip()
    return _GateAnnotation(element.attributes.get("Type", ""), bounds[0], bounds[1], name, features, element.line)


def _typed(value: str, class_name: str) -> Any:
    kind = class_name.rpartition(".")[2]
    if kind == "Boolean":
        return {"true": True, "false": False}.get(value, value)
    try:
        return _NUMBERS[kind](value[:40]) if kind in _NUMBERS else value
    except ValueError:
        return value


def _of_json(item: Mapping[str, Any]) -> tuple[StatedDocument, dict[str, list[_GateAnnotation]]]:
    text, unit, given = item.get("text"), item.get("offset_type"), item.get("annotation_sets")
    units: Mapping[Any, OffsetUnit] = {"p": CODE_POINTS, "j": OffsetUnit("UTF-16 code units")}
    if not isinstance(text, str):
        raise DataError(Problem(f"the text is {type(text).__name__}, not a string", _AGAIN))
    if not isinstance(unit, str) or unit not in units:
        raise DataError(Problem(f"the offset_type {unit!r} is neither p (Python) nor j (Java)", _AGAIN))
    if not isinstance(given, dict):
        raise DataError(Problem("annotation_sets is not an object", _AGAIN))
    name = item.get("name")
    stated = StatedDocument(text, id=name if isinstance(name, str) else "", unit=units[unit])
    sets: dict[str, list[_GateAnnotation]] = {}
    for key, content in given.items():
        annotations = content.get("annotations") if isinstance(content, dict) else content
        if not isinstance(annotations, list):
            raise DataError(Problem(f"the annotations of the set {key!r} are no list", _AGAIN))
        sets[key or _DEFAULT] = [_of_object(each) for each in annotations]
    return stated, sets


def _of_object(item: Any) -> _GateAnnotation:
    fields = item if isinstance(item, dict) else {}
    kind, start, end = fields.get("type"), fields.get("start"), fields.get("end")
    if not isinstance(kind, str) or type(start) is not int or type(end) is not int:
        raise DataError(Problem(f"annotation {fields.get('id')!r} has no type, start and end", _AGAIN))
    features = fields.get("features")
    name = f"annotation {fields.get('id')}"
    return _GateAnnotation(kind, start, end, name, features if isinstance(features, dict) else {})


def _statement(item: _GateAnnotation, feature: str, stated: StatedDocument) -> LabelledStatement:
    """Return an annotation as a span."""
    features = {name: value for name, value in item.features.items() if isinstance(value, str | int | float)}
    stated.left_out["features that are lists or objects"] += sum(
        value is not None for name, value in item.features.items() if name not in features
    )
    stated.left_out = +stated.left_out
    label = str(features.pop(feature)) if feature in features else item.type
    links = [("", str(features.pop(name))) for name in _LINKS if name in features]
    return LabelledStatement(label, ((item.start, item.end),), None, item.name, item.line, features, links)


GATE = GateFormat()
BDOCJS = BdocFormat()
"""The objects that the entry points name."""
