"""Writing of documents as UIMA CAS XMI for INCEpTION: a file for each, and a description of their types."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from .....schema import Document, Scheme
from ...huggingface.file_names import FileNames
from ...transfer_reports import LossReport, count_blanks
from ..record_losses import NOT_IN_XML, checked_documents, count_losses, identifier_of
from .cas_layers import OWN_COLLECTION, RECORD_FEATURE

if TYPE_CHECKING:
    from cassis import TypeSystem

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
"""The layer of spans that INCEpTION has built in."""
_METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
_METADATA_FEATURES = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")
_HELD = {"title", "url", "language", "value"}


def write_cas_files(documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
    """Write documents into a folder; arguments as in `FormatWriter.write`."""
    from cassis import Cas

    types = _types()
    names = FileNames()
    names.assign("TypeSystem")
    count = 0
    for document in checked_documents(documents, "xmi", partial(_fault, scheme)):
        count_losses(document, loss, _HELD)
        count_blanks(document, loss)
        cas = Cas(types)
        cas.sofa_string = document.text
        cas.sofa_mime = "text/plain"
        entity, metadata = types.get_type(NAMED_ENTITY), types.get_type(_METADATA)
        described = {
            "documentId": document.id,
            "documentTitle": document.meta.title,
            "documentUri": document.meta.url,
            "collectionId": OWN_COLLECTION,
            "language": document.meta.language or "x-unspecified",
        }
        cas.add(metadata(begin=0, end=len(document.text or ""), **described))
        for index, span in enumerate(document.spans):
            identifier = identifier_of(document, index, scheme)
            kept = None
            if span.value is not None:
                value = msgspec.to_builtins(span.value)
                kept = json.dumps({"label": span.label, "identifier": identifier, "value": value})
            features = {"value": span.label, "identifier": identifier, RECORD_FEATURE: kept}
            cas.add(entity(begin=span.start, end=span.end, **features))
        cas.to_xmi(out / f"{names.assign(document.id)}.xmi")
        count += 1
    types.to_xml(out / "TypeSystem.xml")
    return count


def _types() -> TypeSystem:
    from cassis import TypeSystem

    types = TypeSystem()
    metadata = types.create_type(_METADATA, "uima.tcas.DocumentAnnotation")
    for name in _METADATA_FEATURES:
        types.create_feature(metadata, name, "uima.cas.String")
    entity = types.create_type(NAMED_ENTITY, "uima.tcas.Annotation")
    for name in ("value", "identifier", RECORD_FEATURE):
        types.create_feature(entity, name, "uima.cas.String")
    return types


def _fault(scheme: Scheme, document: Document) -> str:
    """Return why XML cannot hold a document; empty if it can."""
    kept = [document.id, document.text, document.meta.title, document.meta.url, document.meta.language]
    kept += [span.label for span in document.spans]
    kept += [identifier_of(document, index, scheme) for index in range(len(document.spans))]
    found = {match[0] for item in kept if item for match in NOT_IN_XML.finditer(item)}
    codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(found)[:5])
    return f"has characters that XML cannot hold: {codes}" if found else ""
