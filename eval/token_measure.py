"""Token metrics: entity F1 by seqeval in strict IOB2 mode, for comparison with published results.

Each document is a sequence of tokens from spaCy's tokenizer for its language. Tags cannot express a span that does not
start and end at token boundaries or that overlaps another span of its layer; it counts as missed (gold) or spurious
(system) and is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..corpus.spans.tokenisation import iob2_tags, lacks_tokenizer, splits_characters, token_offsets, tokenizer_name
from ..schema import Document, Span
from .columns.span_columns import Ints, SpanColumns


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Entity counts of a system by document and label.

    Attributes:
        counts: (matched, 0, gold, system), as for span measures. Shape `(n_documents, n_labels + 1, 4)`.
        untagged_gold: Number of gold spans that tags cannot express.
        untagged_system: Number of system spans that tags cannot express.
    """

    counts: Ints
    untagged_gold: int
    untagged_system: int


def tokenizer_signature(documents: Iterable[Document]) -> list[str]:
    """Return the part of a signature that states the tokenizers, such as `tokens:de+xx`; empty if all are English.

    `xx` is spaCy's language-neutral tokenizer, used for documents without a language or whose language has no tokenizer
    in spaCy; `characters` is the same with each letter of a script without spaces as a token.
    """
    languages = sorted({tokenizer_name(document.meta.language) for document in documents})
    return [] if languages in ([], ["en"]) else [f"tokens:{'+'.join(languages)}"]


def tokenizer_notes(documents: Iterable[Document]) -> list[str]:
    """Return notes on languages whose tokens are not words, which readers of token metrics should know."""
    tags = sorted({tag for document in documents if (tag := document.meta.language)})
    notes = []
    if characters := [tag for tag in tags if splits_characters(tag)]:
        notes.append(f"tokens of texts in {', '.join(characters)} are characters: nothing separates their words")
    if neutral := [tag for tag in tags if lacks_tokenizer(tag) and tag not in characters]:
        told = "are tokenized by language-neutral rules: spaCy has no tokenizer for them here"
        notes.append(f"texts in {', '.join(neutral)} {told}")
    return notes


def count_tokens(
    documents: Sequence[Document], gold: SpanColumns, system: SpanColumns, labels: Sequence[str]
) -> TokenCounts:
    """Tag gold and system spans on the same tokens and count entities as seqeval does.

    Args:
        documents: Documents with texts, in the order of the columns.
        gold: Gold spans.
        system: System spans, without those in zones.
        labels: Names of the labels, in the order of the columns.
    """
    counts = np.zeros((len(documents), len(labels) + 1, 4), dtype=np.int64)
    untagged = [0, 0]
    index = {label: i for i, label in enumerate(labels)}
    sides = [_spans_by_document(side, len(documents), labels) for side in (gold, system)]
    for i, document in enumerate(documents):
        offsets = token_offsets(document.text or "", document.meta.language)
        entities_by_side: list[set[_Entity]] = []
        for side, spans in enumerate(sides):
            tags, untagged_labels = iob2_tags(offsets, spans[i])
            # seqeval strips hyphens off labels, so it gets their numbers
            entities = _entities([f"{tag[:2]}{index[tag[2:]]}" if tag != "O" else tag for tag in tags])
            for number in (*(int(label) for label, *_ in entities), *(index[label] for label in untagged_labels)):
                counts[i, number, 2 + side] += 1
            untagged[side] += len(untagged_labels)
            entities_by_side.append(entities)
        for label, *_ in entities_by_side[0] & entities_by_side[1]:
            counts[i, int(label), 0] += 1
    counts[:, -1] = counts[:, :-1].sum(axis=1)
    return TokenCounts(counts, untagged[0], untagged[1])


_Entity = tuple[str, int, int]
"""Label, first token and end of an entity."""

_CHUNK = 200  # tokens: seqeval copies all that it has found for each further one


def _spans_by_document(spans: SpanColumns, documents: int, labels: Sequence[str]) -> list[list[Span]]:
    by_document: list[list[Span]] = [[] for _ in range(documents)]
    columns = (spans.document, spans.start, spans.end, spans.label)
    for document, start, end, label in zip(*(column.tolist() for column in columns), strict=True):
        by_document[document].append(Span(start, end, labels[label]))
    return by_document


def _entities(tags: Sequence[str]) -> set[_Entity]:
    """Return the entities of tags by seqeval, to which they are given in parts that cut no entity."""
    from seqeval.scheme import IOB2, Entities

    found: set[_Entity] = set()
    first = 0
    while first < len(tags):
        stop = min(first + _CHUNK, len(tags))
        while stop < len(tags) and tags[stop].startswith("I-"):
            stop += 1
        for entity in Entities([tags[first:stop]], IOB2).entities[0]:
            _, label, start, end = entity.to_tuple()
            found.add((label, first + start, first + end))
        first = stop
    return found
