"""The token measure: entity F1 by seqeval in strict IOB2 mode, for comparison with published numbers.

Each document is one sequence of the tokens of spaCy's tokeniser for its language. A span that does not begin and end
with tokens, or that overlaps another of its layer, has no tags: it counts as missed (gold) or spurious (system), and is
reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..corpus.spans.tokenisation import iob2_tags, lacks_tokenizer, token_offsets, tokenizer_language
from ..schema import Document, Span
from .matching.span_columns import Ints


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Entities of one system by document and label.

    Attributes:
        counts: (matched, 0, gold, system), as the span measures have them. Shape `(n_documents, n_labels + 1, 4)`.
        untagged_gold: Gold spans that no tags can express.
        untagged_system: System spans that no tags can express.
    """

    counts: Ints
    untagged_gold: int
    untagged_system: int


def tokenizer_mark(documents: Iterable[Document]) -> list[str]:
    """What a signature says of the tokens of documents: `tokens:de+xx`, nothing where all are English ones.

    `xx` is spaCy's tokeniser for no language in particular: of documents that state no language, or one for which
    there is no tokeniser here.
    """
    used = sorted({tokenizer_language(document.meta.language) for document in documents})
    return [] if used in ([], ["en"]) else [f"tokens:{'+'.join(used)}"]


def tokenizer_notes(documents: Iterable[Document]) -> list[str]:
    """What a reader of figures over tokens must know of the tokeniser: languages for which there is none here."""
    tags = sorted({tag for d in documents if (tag := d.meta.language) and lacks_tokenizer(tag)})
    if not tags:
        return []
    return [f"tokens of texts in {', '.join(tags)} are cut by rules for no language in particular: spaCy has none here"]


def count_tokens(documents: Sequence[Document], system: Sequence[Iterable[Span]], labels: Sequence[str]) -> TokenCounts:
    """Tags both sides on the same tokens and counts entities as seqeval does.

    Args:
        documents: With their texts and gold spans.
        system: Spans of the same documents; none in their zones.
        labels: Names, in the order of the columns.
    """
    from seqeval.scheme import IOB2, Entities

    index = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((len(documents), len(labels) + 1, 4), dtype=np.int64)
    untagged = [0, 0]
    for number, document in enumerate(documents):
        offsets = token_offsets(document.text or "", document.meta.language)
        found: list[set[Any]] = []
        for side, spans in enumerate((document.spans, system[number])):
            tags, left_out = iob2_tags(offsets, spans)
            entities = {entity.to_tuple()[1:] for entity in Entities([tags], IOB2).entities[0]} if tags else set()
            for label in (*(tag for tag, *_ in entities), *left_out):
                counts[number, index[label], 2 + side] += 1
            untagged[side] += len(left_out)
            found.append(entities)
        for label, *_ in found[0] & found[1]:
            counts[number, index[label], 0] += 1
    counts[:, -1] = counts[:, :-1].sum(axis=1)
    return TokenCounts(counts, untagged[0], untagged[1])
