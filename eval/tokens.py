"""The token measure: entity F1 by seqeval in strict IOB2 mode, for comparison with published numbers.

Each document is one sequence of spaCy's English tokens. A span that does not begin and end with tokens, or that
overlaps another of its layer, has no tags: it counts as missed (gold) or spurious (system), and is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..corpus.tokens import token_offsets
from ..schema import Span
from .spans import Ints


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


def count_tokens(
    texts: Sequence[str], gold: Sequence[Iterable[Span]], system: Sequence[Iterable[Span]], labels: Sequence[str]
) -> TokenCounts:
    """Tags both sides on the same tokens and counts entities as seqeval does.

    Args:
        texts: Of the documents.
        gold: Spans of each document.
        system: Of the same documents; none in their zones.
        labels: Names, in the order of the columns.
    """
    from seqeval.scheme import IOB2, Entities

    index = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((len(texts), len(labels) + 1, 4), dtype=np.int64)
    untagged = [0, 0]
    for number, text in enumerate(texts):
        offsets = token_offsets(text)
        found: list[set[Any]] = []
        for side, spans in enumerate((gold[number], system[number])):
            tags, left_out = iob2(offsets, spans)
            entities = {entity.to_tuple()[1:] for entity in Entities([tags], IOB2).entities[0]} if tags else set()
            for label in (*(tag for tag, *_ in entities), *left_out):
                counts[number, index[label], 2 + side] += 1
            untagged[side] += len(left_out)
            found.append(entities)
        for label, *_ in found[0] & found[1]:
            counts[number, index[label], 0] += 1
    counts[:, -1] = counts[:, :-1].sum(axis=1)
    return TokenCounts(counts, untagged[0], untagged[1])


def iob2(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> tuple[list[str], list[str]]:
    """IOB2 tags of spans over tokens, and the labels of the spans that have none.

    Of spans that overlap the longest has its tags, of equally long ones the first.

    Args:
        offsets: Start and end of each token, code points.
        spans: In any order.
    """
    tags = ["O"] * len(offsets)
    starts = {start: i for i, (start, _) in enumerate(offsets)}
    ends = {end: i + 1 for i, (_, end) in enumerate(offsets)}
    left_out = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        first, beyond = starts.get(span.start), ends.get(span.end)
        if first is None or beyond is None or any(tag != "O" for tag in tags[first:beyond]):
            left_out.append(span.label)
        else:
            tags[first:beyond] = [f"B-{span.label}", *[f"I-{span.label}"] * (beyond - first - 1)]
    return tags, left_out
