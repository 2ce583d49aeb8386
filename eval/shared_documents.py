"""Documents grouped by id across passes, so that each metric covers the documents that its passes have read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..corpus.adjudication.conflicts import is_skipped
from ..corpus.adjudication.drafts import layers_by_document
from ..corpus.spans_without_text import is_without_text
from ..schema import DataError, Document, Problem
from .alignment.document_alignment import may_have_same_text
from .matching.excluded_spans import drop_excluded

DocumentVersions = Mapping[str, Document]
"""The versions of a document by pass, for the passes that have read it, in the order of the passes."""


def group_by_document(passes: Mapping[str, Iterable[Document]]) -> list[DocumentVersions]:
    """Group the documents of passes by id, sorted by id so that results do not depend on the order of files.

    A pass that skipped a document has not read it. A document that no pass has read has an empty group.

    Raises:
        DataError: The text of a document differs between passes, or a pass contains a draft.
    """
    versions_by_id = {
        document_id: {name: document for name, document in layers.items() if not is_skipped(document)}
        for document_id, layers in layers_by_document(passes).items()
    }
    for document_id, versions in versions_by_id.items():
        with_text_first = sorted(versions.values(), key=is_without_text)
        if not all(may_have_same_text(with_text_first[0], other) for other in with_text_first[1:]):
            fix = "compare passes over the same texts"
            raise DataError(Problem("the text differs between passes", fix, document=document_id))
    return [versions_by_id[document_id] for document_id in sorted(versions_by_id)]


def select_shared(all_versions: Iterable[DocumentVersions], names: Sequence[str] = ()) -> list[DocumentVersions]:
    """Return the documents that two or more passes have read, or all passes in `names` if given.

    Spans in zones are dropped; the zones are those of the first pass that has a text or its hash.
    """
    shared: list[DocumentVersions] = []
    for versions in all_versions:
        selected = {name: versions[name] for name in names or versions if name in versions}
        if len(selected) >= max(2, len(names)):
            zones = next((document.zones for document in selected.values() if not is_without_text(document)), ())
            shared.append({name: drop_excluded(document, zones) for name, document in selected.items()})
    return shared
