"""Compare extractors with a gold, to find where the gold may be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..annotate import suggest
from ..annotate.registry import check_spec
from ..corpus.inspection.extractor_disagreement import extractor_disagreement
from ..corpus.inspection.suspicious_annotations import SuspiciousAnnotation
from ..schema import Document, Scheme, for_each


def find_disagreements(
    documents: Sequence[Document], specs: Sequence[str], scheme: Scheme
) -> list[SuspiciousAnnotation]:
    """Return where extractors agree with each other against the gold, the likeliest mistakes first.

    Text-free documents are skipped.

    Args:
        documents: Documents with gold spans.
        specs: Extractors, as in `load_extractor`.
        scheme: Their scheme.

    Raises:
        GoldspanError: Names or arguments are wrong, before any extractor has run; or extractors cannot be loaded, or
            fail on a document. All problems are listed.
    """
    with_text = [document for document in documents if document.text is not None]
    distinct = list(dict.fromkeys(specs))
    for_each(check_spec, distinct)
    layers = for_each(lambda spec: list(suggest(with_text, spec, scheme=scheme, tally=Counter())), distinct)
    return extractor_disagreement(with_text, dict(zip(distinct, layers, strict=True)), scheme)
