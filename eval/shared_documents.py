"""Who read what: documents with the passes that have read them, so that each figure is over what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..corpus.adjudication.drafts import require_submitted
from ..schema import DataError, Document, Problem
from .matching.excluded_spans import drop_zoned

Reading = Mapping[str, Document]
"""A document as each pass that has read it has it, in the order of the passes."""


def readings_of(passes: Mapping[str, Iterable[Document]]) -> list[Reading]:
    """Each document with those who have read it, by its id, so that no figure depends on the order of files.

    A pass that skipped a document has not read it. A document that nobody has read is there too, without readers.

    Raises:
        DataError: A document's text is not the same in all passes that have read it, or a pass has a draft.
    """
    found: dict[str, dict[str, Document]] = {}
    for name, documents in passes.items():
        for document in documents:
            readers = found.setdefault(document.id, {})
            layer = require_submitted(name, document).layer
            if layer is None or not layer.skipped:
                readers[name] = document
    for name, readers in found.items():
        if len({document.sealed().text_sha256 for document in readers.values()}) > 1:
            fix = "compare passes over the same texts"
            raise DataError(Problem("the text is not the same in all passes", fix, document=name))
    return [found[name] for name in sorted(found)]


def shared(readings: Iterable[Reading], names: Sequence[str] = ()) -> list[Reading]:
    """The documents that two or more have read; with names those that all of these have, as these read them.

    The zones of the first of the readers rule: spans in them are left out.
    """
    told: list[Reading] = []
    for reading in readings:
        readers = {name: reading[name] for name in names or reading if name in reading}
        if len(readers) >= max(2, len(names)):
            zones = next(iter(readers.values())).zones
            told.append({name: drop_zoned(document, zones) for name, document in readers.items()})
    return told
