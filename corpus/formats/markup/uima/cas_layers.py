"""The spans of a CAS: which annotations are spans, what labels them, and what is counted instead."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from .....schema import DataError, UsageError, truncate_problems
from ....spans.offset_units import OffsetUnit
from ...foreign.stated_documents import LabelledStatement, StatedDocument
from ..column_choices import ColumnChoices
from .cas_structures import CasFile, FeatureStructure, as_integer, is_flat, plain_features

UTF_16 = OffsetUnit("UTF-16 code units")
"""The unit of offsets in a CAS, and in all files of programs in Java."""

COLUMNS = ("layer", "label", "view")
"""What `columns` chooses: the types that are spans, the feature that labels them, the view."""

LABEL_FEATURES = ("value", "label", "type", "category", "entity_type", "class")
"""The features that label spans, the first that a layer has."""

RECORD_FEATURE = "goldspan"
"""The feature in which an export keeps the value of a span."""

OWN_COLLECTION = "goldspan"
"""The collection of documents that an export made, whose ids are those of records."""

_IDENTIFIER = "identifier"
_HIDDEN = {"sofa", "begin", "end", _IDENTIFIER, RECORD_FEATURE}
_ENDS_OF_RELATIONS = ({"Governor", "Dependent"}, {"governor", "dependent"}, {"source", "target"})
_METADATA = {"DocumentAnnotation", "DocumentMetaData", "CASMetadata", "TagsetDescription", "TagDescription", "MetaData"}
_WORDS = {"Token", "Sentence", "Paragraph", "Lemma", "Stem", "POS", "Heading", "Div", "Document", "Compound", "Line"}
_PACKAGES_OF_WORDS = (".segmentation.type.", ".lexmorph.type.", ".syntax.type.", ".metadata.type.", ".transform.type.")


def state_cas(cas: CasFile, choices: ColumnChoices) -> StatedDocument:
    """Return what a CAS states, without its id.

    Args:
        cas: The contents of a file.
        choices: The layers, the label and the view that a call chooses.

    Raises:
        DataError: It has no text, or several; or offsets are no numbers.
        UsageError: A chosen layer or feature is not in the file.
    """
    sofa = cas.subject(choices.one("view"))
    stated = StatedDocument(sofa.text or "", path=cas.path, unit=UTF_16)
    structures, not_indexed = cas.members(sofa)
    stated.left_out["annotations that are not in the index"] += not_indexed
    layers = _layers(cas, structures, stated.left_out)
    _describe(stated, structures)
    wanted = _chosen(layers, choices)
    for name in layers.keys() - wanted.keys():
        stated.left_out[f"annotations of the layer {name}"] += len(layers[name])
    if choices.one("label") and wanted:
        known = sorted({feature for items in wanted.values() for item in items for feature in item.features})
        choices.require_known("label", known, "feature")
    problems = []
    for name, items in sorted(wanted.items()):
        label = _label_feature(cas, items, choices)
        if not choices.one("label") and not _is_usual(name, label):
            how = f"by its feature {label!r}" if label else "by its name"
            stated.changed[f"spans of the layer {name} labelled {how}"] += len(items)
        for item in items:
            try:
                begin, end = item.bounds()
            except DataError as error:
                problems += error.with_location(cas.path, item.line).problems
                continue
            if begin == end:
                stated.left_out["spans without words"] += 1
            else:
                stated.spans.append(_statement(item, label, begin, end, stated.left_out))
    if problems:
        raise DataError(truncate_problems(problems, "annotations"))
    stated.left_out = +stated.left_out
    return stated


def _layers(
    cas: CasFile, structures: list[FeatureStructure], left_out: Counter[str]
) -> dict[str, list[FeatureStructure]]:
    """Return the annotations that may be spans by their type, and count the rest."""
    layers: dict[str, list[FeatureStructure]] = defaultdict(list)
    for item in structures:
        kind = _kind(cas, item)
        if not kind:
            layers[item.type].append(item)
        elif kind != "metadata":
            left_out[kind] += 1
    return layers


def _kind(cas: CasFile, item: FeatureStructure) -> str:
    """Return what an annotation is if it is not a span: the kind that it is counted as."""
    names = {name for name, value in item.features.items() if as_integer(value) in cas.structures}
    if item.short_type in _METADATA or (cas.types and cas.types.is_a(item.type, "uima.tcas.DocumentAnnotation")):
        return "metadata"
    if any(ends <= names for ends in _ENDS_OF_RELATIONS):
        return "relations"
    if ".coref." in item.type or item.short_type.endswith("Chain") or {"first", "next"} & names:
        return "links of chains"
    if not item.is_annotation:  # such as the links of slots
        return "feature structures without a place in the text"
    if item.short_type in _WORDS or any(package in item.type for package in _PACKAGES_OF_WORDS):
        return "tokens, sentences and the like"
    return ""


def _chosen(layers: dict[str, list[FeatureStructure]], choices: ColumnChoices) -> dict[str, list[FeatureStructure]]:
    names = choices.all("layer")
    if not names:
        return layers
    chosen = {name: items for name, items in layers.items() if name in names or name.rpartition(".")[2] in names}
    found = chosen.keys() | {name.rpartition(".")[2] for name in chosen}
    if layers and (missing := [name for name in names if name not in found]):
        known = ", ".join(sorted(layers))
        raise UsageError(f"`columns`: the file has no layer {missing[0]!r} of spans. Fix: one of {known}")
    return chosen


def _label_feature(cas: CasFile, items: list[FeatureStructure], choices: ColumnChoices) -> str:
    """Return the feature that labels the spans of a layer; empty if the layer's name does."""
    if chosen := choices.one("label"):
        return chosen if any(chosen in item.features for item in items) else ""
    for name in LABEL_FEATURES:
        declared = cas.types is not None and cas.types.range_of(items[0].type, name) is not None
        if declared or any(name in item.features for item in items):
            return name
    return ""


def _is_usual(layer: str, label: str) -> bool:
    return layer.endswith(".NamedEntity") and label == "value"


def _statement(item: FeatureStructure, feature: str, begin: int, end: int, left_out: Counter[str]) -> LabelledStatement:
    stated = item.features.get(feature) if feature else None
    label = str(stated) if is_flat(stated) and stated != "" else item.short_type
    hidden = _HIDDEN | {feature}
    left_out["references to other annotations"] += sum(
        not is_flat(value) for name, value in item.features.items() if name not in hidden
    )
    attributes = plain_features(item.features, hidden)
    identifier = item.features.get(_IDENTIFIER)
    links = [("", place_id(str(identifier)))] if is_flat(identifier) and identifier != "" else []
    kept = _kept_value(item.features.get(RECORD_FEATURE), label, identifier)
    if kept is not None:
        attributes, links = {**attributes, **kept}, []
    return LabelledStatement(
        label, ((begin, end),), name=item.name, line=item.line, attributes=attributes, references=links
    )


def place_id(identifier: str) -> str:
    """Return an identifier of GeoNames that is written as an address in the form that gazetteers of goldspan have."""
    for start in ("https://sws.geonames.org/", "http://sws.geonames.org/", "https://www.geonames.org/"):
        number = identifier.removeprefix(start).split("/")[0]
        if identifier.startswith(start) and number.isascii() and number.isdigit():
            return f"geonames:{number}"
    return identifier


def _kept_value(stored: Any, label: str, identifier: Any) -> dict[str, Any] | None:
    """Return the value that an export has kept; None if there is none, or the label or the link was changed since."""
    if not isinstance(stored, str):
        return None
    try:
        kept = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("label") != label or kept.get(_IDENTIFIER) != identifier:
        return None
    value = kept.get("value")
    return {str(name): part for name, part in value.items() if part is not None} if isinstance(value, dict) else {}


def _describe(stated: StatedDocument, structures: list[FeatureStructure]) -> None:
    """Set what metadata there is: the language, and the id and the title of a document that goldspan exported."""
    meta: dict[str, str] = {}
    for item in structures:
        language = item.features.get("language")
        if item.short_type in _METADATA and isinstance(language, str) and language not in ("", "x-unspecified"):
            meta["language"] = language
        if item.short_type == "DocumentMetaData" and item.features.get("collectionId") == OWN_COLLECTION:
            identifier, title, url = (item.features.get(f"document{name}") for name in ("Id", "Title", "Uri"))
            stated.id = identifier if isinstance(identifier, str) else ""
            meta |= {"title": title} if isinstance(title, str) else {}
            meta |= {"url": url} if isinstance(url, str) else {}
    stated.meta = meta
