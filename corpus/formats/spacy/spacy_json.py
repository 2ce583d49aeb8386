"""The format `spacy-json`: spaCy's training data and docs as JSON.

```
[["Iran struck Erbil.", {"entities": [[0, 4, "ORG"]]}]]                    training examples, a line each or in an array
{"classes": ["ORG"], "annotations": [["Iran …", {"entities": […]}], null]}  NER Annotator
[{"id": 0, "paragraphs": [{"raw": "…", "sentences": [{"tokens": […]}]}]}]   spaCy 2
{"text": "…", "ents": [{"start": 0, "end": 4, "label": "ORG"}], …}          Doc.to_json, displaCy
{"text": "…", "entities": [[0, 4, "ORG"]]}                                  only with a `form`: it may be of other tools
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ...storage.json_items import numbered_items
from ..conll.tag_repair import require_repair
from ..conll.tag_schemes import TagSchemeDetector
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_statements import read_items
from ..foreign.json_values import id_of, list_of, shown
from ..foreign.stated_documents import StatedDocument
from ..format_interface import ReadOptions
from .training_items import add_tags, doc_document, example_document, paragraph_documents

_FIX = "give training data of spaCy as JSON, or name another `form`"


class SpacyJsonFormat(ForeignFormat):
    """spaCy's JSON files."""

    name = "spacy-json"
    summary = "spaCy's training data and docs as JSON; the files of NER Annotator"
    holds = ("text", "overlaps", "cuts")
    read_options = ("id_field", "repair")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all items are of one of spaCy's shapes."""
        items = [item for item in sample.items if item is not None]
        if _is_example(items):
            return True
        shapes = (_is_example, _is_annotator_file, _is_paragraphs, _is_doc)
        return bool(items) and any(all(map(shape, items)) for shape in shapes)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each text states. Examples that are null are counted."""
        reader = _ItemReader(source, options.id_field or "id", require_repair(options.repair))
        yield from read_items(source, "example", _FIX, reader.read)
        if reader.text is not None:
            raise DataError(Problem("a text without annotations", "give each example as [text, {…}]", str(source)))


class _ItemReader:
    """Reads items of any of the shapes.

    Attributes:
        text: A text whose annotations are the next item: a file of a single example is an array of the two.
    """

    def __init__(self, source: Path, id_field: str, repair: str) -> None:
        self.text: str | None = None
        self._source, self._id_field, self._repair = source, id_field, repair
        self._letters: TagSchemeDetector | None = None

    def read(self, line: int, item: Any) -> Iterator[StatedDocument]:
        """Yield what an item states."""
        if isinstance(item, str) and self.text is None:
            self.text = item
        elif self.text is not None:
            text, self.text = self.text, None
            yield example_document(text, item, {})
        elif isinstance(item, list) and len(item) == 2:
            yield example_document(item[0], item[1], {})
        elif isinstance(item, dict):
            yield from self._object(item)
        else:
            raise DataError(Problem(f"not an example: {shown(item)}", _FIX))

    def _object(self, item: dict[str, Any]) -> Iterator[StatedDocument]:
        if "annotations" in item:
            yield from self._annotator_file(item)
        elif "paragraphs" in item:
            if self._letters is None:
                self._letters = TagSchemeDetector()
                for _, other in numbered_items(str(self._source), noun="document", fix=_FIX):
                    add_tags(self._letters, other)
            yield from paragraph_documents(item, self._letters, self._id_field, self._repair)
        elif "entities" in item and "ents" not in item:
            known = ("text", "entities", "spans", "cats", self._id_field)
            extra = {key: value for key, value in item.items() if key not in known}
            annotations = {key: item.get(key) for key in ("entities", "spans", "cats")}
            yield example_document(item.get("text"), annotations, extra, id_of(item, self._id_field))
        else:
            yield doc_document(item, self._id_field)

    @staticmethod
    def _annotator_file(item: Mapping[str, Any]) -> Iterator[StatedDocument]:
        nulls, held = 0, None
        for number, entry in enumerate(list_of(item["annotations"], "`annotations`"), 1):
            if entry is None:
                nulls += 1
                continue
            if not isinstance(entry, list) or len(entry) != 2:
                raise DataError(Problem(f"entry {number} is {shown(entry)}", "give each entry as [text, {…}]"))
            if held is not None:
                yield held
            held = example_document(entry[0], entry[1], {})
        if held is None:
            raise DataError(Problem(f"no text is annotated; {nulls} entries are null", "annotate one"))
        held.left_out["entries that are null"] += nulls
        yield held


def _is_span(item: Any) -> bool:
    return (
        isinstance(item, list)
        and len(item) >= 3
        and all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in item[:2])
        and isinstance(item[2], str)
    )


def _is_annotated(item: Any) -> bool:
    """Return whether an object has entities or span groups as lists of start, end and label."""
    if not isinstance(item, dict) or not {"entities", "spans"} & item.keys():
        return False
    groups = item.get("spans") or {}
    lists = [item.get("entities") or [], *(groups.values() if isinstance(groups, dict) else [None])]
    return all(isinstance(group, list) and all(map(_is_span, group)) for group in lists)


def _is_example(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and _is_annotated(item[1])


def _is_annotator_file(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and "annotations" in item
        and item.keys() <= {"classes", "annotations"}
        and isinstance(item["annotations"], list)
        and all(entry is None or _is_example(entry) for entry in item["annotations"])
    )


def _is_paragraphs(item: Any) -> bool:
    paragraphs = item.get("paragraphs") if isinstance(item, dict) else None
    return isinstance(paragraphs, list) and all(
        isinstance(paragraph, dict)
        and isinstance(paragraph.get("sentences"), list)
        and all(isinstance(s, dict) and isinstance(s.get("tokens"), list) for s in paragraph["sentences"])
        for paragraph in paragraphs
    )


def _is_doc(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return False
    ents, groups, tokens = item.get("ents"), item.get("spans"), item.get("tokens")
    if isinstance(ents, list):
        return all(isinstance(ent, dict) and {"start", "end", "label"} <= ent.keys() for ent in ents)
    return (
        "ents" not in item
        and isinstance(tokens, list)
        and all(isinstance(t, dict) and {"id", "start", "end"} <= t.keys() and "text" not in t for t in tokens)
        and (isinstance(groups, dict) or ("spans" not in item and bool(tokens)))
    )


SPACY_JSON = SpacyJsonFormat()
"""The object that the entry point names."""
