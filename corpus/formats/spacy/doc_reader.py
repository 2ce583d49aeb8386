"""Documents from spaCy docs: from the record that goldspan has stored in them, or from everything that they hold."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ....schema import DataError, Document, Problem
from ...spans.span_keys import LabelledSpan
from ...storage.shards.seen_ids import SeenIds
from ..foreign.document_builder import DocumentBuilder
from ..foreign.stated_documents import StatedDocument
from ..format_interface import ReadRequest
from ..sidecar import Projection, SidecarReader, all_spans, flat_spans, parse_sidecar
from .doc_spans import GROUP, DocSpan, add_spans
from .training_items import OTHER_ANNOTATIONS, UNKNOWN_ENTITIES

if TYPE_CHECKING:
    from spacy.tokens import Doc

RECORD_KEY = "goldspan"
"""The key of the record in a doc's user data."""

UNPACKING_ERRORS = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What spaCy, NumPy and msgpack raise for bytes that are not a DocBin: none of them validates a file as a whole."""

_EXTENSION = "._."
_LINGUISTIC = ("TAG", "POS", "MORPH", "LEMMA", "DEP")


class DocReader:
    """Reads the docs that belong together.

    A doc made by goldspan keeps its record, updated by later edits. Any other doc has the id `doc.user_data["id"]`, or
    a given one, and the spans of its entities and of `doc.spans["sc"]`, or of all span groups if that one is missing.

    Args:
        request: The scheme and the label map, and the report of what is left out.
    """

    def __init__(self, request: ReadRequest) -> None:
        self._report = request.report
        self._sidecars = SidecarReader(request.scheme, request.labels)
        self._builder = DocumentBuilder(request)
        self._seen = SeenIds()

    def document(self, doc: Doc, default_id: str) -> Document:
        """Return the document of a doc.

        Args:
            doc: A doc of any pipeline.
            default_id: Id of the document if the doc has none.

        Raises:
            DataError: A label is unknown, or the id is a duplicate.
        """
        record = doc.user_data.get(RECORD_KEY)
        try:
            ents = [_span(doc, ent) for ent in doc.ents]
            groups = {key: [_span(doc, span) for span in group] for key, group in doc.spans.items()}
        except UNPACKING_ERRORS as error:
            raise DataError(Problem("cannot unpack the doc's spans", "save it again with spaCy")) from error
        if isinstance(record, str):
            document = self._recorded(doc, record, ents, groups)
        else:
            stated = _stated(doc, str(doc.user_data.get("id", default_id)), ents, groups)
            document = self._builder.build(stated, [span.fragments for span in stated.spans])
        self._seen.require_new(document.id)
        return document

    def report_annotations(self, doc: Doc, document: Document) -> None:
        """Record that a doc has annotations other than spans, which a record cannot hold."""
        if RECORD_KEY not in doc.user_data and any(doc.has_annotation(name) for name in _LINGUISTIC):
            self._report.left_out.add(OTHER_ANNOTATIONS, document.id)

    def _recorded(
        self, doc: Doc, encoded: str, ents: Iterable[DocSpan], groups: Mapping[str, Iterable[DocSpan]]
    ) -> Document:
        record = parse_sidecar(encoded)
        if record.get("text") != doc.text:
            fix = f'delete doc.user_data["{RECORD_KEY}"]'
            raise DataError(Problem("the doc's text differs from its record's", fix))
        views = [Projection(flat_spans, self._labelled(ents))]
        if GROUP in groups:
            views.append(Projection(all_spans, self._labelled(groups[GROUP])))
        return self._sidecars.restore(record, views)

    def _labelled(self, spans: Iterable[DocSpan]) -> set[LabelledSpan]:
        labelled = {LabelledSpan(span.start, span.end, span.label) for span in spans}
        for span in labelled:
            self._sidecars.map_label(span.label)
        return labelled


def _span(doc: Doc, span: Any) -> DocSpan:
    """Return a span by its characters, after checking that its tokens are in the doc."""
    first, end = span.start, span.end
    if not 0 <= first < end <= len(doc):
        raise DataError(Problem(f"token span [{first}, {end}) is empty or outside the doc", "delete it"))
    last = doc[end - 1]
    return DocSpan(doc[first].idx, last.idx + len(last), span.label_, span.kb_id_, span.id_)


def _stated(doc: Doc, name: str, ents: list[DocSpan], groups: Mapping[str, list[DocSpan]]) -> StatedDocument:
    stated = StatedDocument(doc.text, id=name)
    extra: dict[str, Any] = {"cats": dict(doc.cats)} if doc.cats else {}
    extensions: dict[tuple[int, int], dict[str, Any]] = {}
    for key, value in doc.user_data.items():
        is_extension = isinstance(key, tuple) and len(key) >= 4 and key[0] == _EXTENSION
        attribute, start, end = (str(key[1]), key[2], key[3]) if is_extension else (str(key), None, None)
        if is_extension and start is not None and end is None:
            stated.left_out["extension attributes of tokens"] += 1
        elif is_extension and start is not None:
            extensions.setdefault((int(key[2]), int(key[3])), {})[attribute] = value
        elif key != "id" and (is_extension or isinstance(key, str)) and _is_json(value):
            extra[attribute] = value
        elif key != "id":
            stated.left_out["entries of user data that are not JSON"] += 1
    stated.extra = extra
    add_spans(stated, ents, groups, extensions)
    unknown = sum(token.ent_iob == 0 for token in doc)
    if unknown == len(doc) and len(doc) and not groups:
        stated.without_spans = UNKNOWN_ENTITIES
    elif unknown < len(doc):
        stated.left_out["tokens whose entity is unknown"] += unknown
    return stated


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True
