"""Kinds of files with annotations that are known by their look but not read: what they are, and what to do instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .file_sample import FileSample
from .markup.safe_xml import first_elements

_LINES = 'a line {"text": …, "entities": [{"start": 0, "end": 4, "label": …}]} for each text'
_RASA = re.compile(r"^\s*- .*\[[^\]\n]+\](?:\([\w:.-]+\)|\{[\"'].*\})", re.MULTILINE)
_RASA_START = re.compile(r"^(?:\s*(?:- )?intent:|version:|nlu:|## intent:)", re.MULTILINE)


class UnreadKind(NamedTuple):
    """A kind of file that is not read.

    Attributes:
        name: What it is.
        fix: What to do instead.
    """

    name: str
    fix: str


def unread_kind(sample: FileSample) -> UnreadKind | None:
    """Return what kind a file certainly is of; None if it is of none."""
    if sample.is_folder:
        return None
    items = sample.objects
    if items and len(items) == len(sample.items):
        for name, is_item, fix in _JSON:
            if all(map(is_item, items)):
                return UnreadKind(name, fix)
    root = next(iter(first_elements(sample.head)), None)
    if (
        root is not None
        and (kind := _XML.get(root.name))
        and (root.name != "annotations" or "textSource" in root.attributes)
    ):
        return UnreadKind(*kind)
    if _RASA_START.search(sample.text) and _RASA.search(sample.text):
        return UnreadKind("training data of Rasa", f"convert it to JSON, and write {_LINES}")
    return None


def _first(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the first object in a list of an item; an empty one if there is none."""
    found = item.get(key)
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, dict) else {}


def _is_comprehend(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("Entities"), list) and (
        not item["Entities"] or "BeginOffset" in _first(item, "Entities")
    )


_JSON: tuple[tuple[str, Callable[[Mapping[str, Any]], bool], str], ...] = (
    ("an export of LightTag", lambda item: "content" in _first(item, "examples"), f"write {_LINES}, of its `content`"),
    (
        "an export of UBIAI",
        lambda item: isinstance(item.get("document"), str) and bool({"tokens", "annotation"} & item.keys()),
        f"export it as IOB or as spaCy, or write {_LINES}",
    ),
    (
        "annotations of tagtog (ann.json)",
        lambda item: isinstance(item.get("annotatable"), dict) and "anncomplete" in item,
        f"take the texts from the HTML files beside them, and write {_LINES}",
    ),
    ("output of Amazon Comprehend", _is_comprehend, f"write {_LINES}, from BeginOffset, EndOffset and Type"),
    (
        "a manifest of Amazon SageMaker Ground Truth",
        lambda item: isinstance(item.get("source"), str) and any(key.endswith("-metadata") for key in item),
        f"write {_LINES}, from startOffset, endOffset and label",
    ),
    (
        "training data of Google Cloud Natural Language",
        lambda item: bool({"textSnippet", "text_snippet", "textContent", "textSegmentAnnotations"} & item.keys()),
        f"write {_LINES}, from startOffset, endOffset and displayName",
    ),
    (
        "output of Stanford CoreNLP",
        lambda item: "basicDependencies" in _first(item, "sentences") or "entitymentions" in _first(item, "sentences"),
        "let CoreNLP write CoNLL columns (-outputFormat conll), or its named entity tagger slash tags",
    ),
    (
        "training data of Rasa",
        lambda item: isinstance(item.get("rasa_nlu_data"), dict),
        f"write {_LINES}, from the `entity` of each",
    ),
)

_INLINE = "take its `text` alone, and name inline as `form`, with `columns` such as layer=persName,layer=placeName"
_XML = {
    "TEI": ("a TEI document", _INLINE),
    "FoLiA": ("a FoLiA document", "convert it to CoNLL columns, as folia2columns does"),
    "NAF": ("a NAF document", f"write {_LINES}, from the spans of its `entities`"),
    "D-Spin": ("a TCF document of WebLicht", "let WebLicht convert it to CoNLL columns"),
    "knowtator-project": ("a project of Knowtator", "export it as UIMA CAS XMI, or in the format of brat"),
    "annotations": ("annotations of Knowtator or eHOST, without their text", "export them in the format of brat"),
}
