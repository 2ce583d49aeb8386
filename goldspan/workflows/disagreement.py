"""Extractors held against a gold, to find where the gold may be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..annotate import annotate, load_extractor
from ..annotate.registry import check_spec
from ..corpus.inspection.extractor_disagreement import extractor_disagreement
from ..corpus.inspection.suspicious import SuspiciousAnnotation
from ..schema import DataError, Document, RecordCodec, Scheme, for_each


def extractor_findings(
    documents: Sequence[Document], specs: Sequence[str], scheme: Scheme
) -> list[SuspiciousAnnotation]:
    """Where extractors agree against the gold, the most likely mistakes first. Text-free documents are passed over.

    Args:
        documents: With gold spans.
        specs: Extractors as `load_extractor` takes them.
        scheme: Of both.

    Raises:
        GoldspanError: Names or arguments are wrong, before any extractor has read; or extractors cannot be made, or
            fail on a document. All such are named.
    """
    read = [document for document in documents if document.text is not None]
    distinct = list(dict.fromkeys(specs))
    for_each(check_spec, distinct)
    layers = for_each(lambda spec: list(_layer(read, spec, scheme)), distinct)
    return extractor_disagreement(read, dict(zip(distinct, layers, strict=True)), scheme)


def _layer(documents: Sequence[Document], spec: str, scheme: Scheme) -> Iterator[Document]:
    decode = RecordCodec(scheme).decode
    for outcome in annotate(documents, load_extractor(spec, scheme), scheme):
        if outcome.problem is not None:
            raise DataError(outcome.problem)
        yield decode(outcome.line)
