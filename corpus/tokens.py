"""Tokens of texts, and spans as tags of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ..schema import Span

if TYPE_CHECKING:
    from spacy.language import Language


def token_offsets(text: str) -> list[tuple[int, int]]:
    """Start and end of each token of spaCy's English tokeniser, code points."""
    return [(token.idx, token.idx + len(token)) for token in _tokenizer()(text)]


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


def cut_tokens(text: str, edges: Iterable[int]) -> list[tuple[int, int]]:
    """The tokens of a text, cut at further places.

    Args:
        text: What is tokenised.
        edges: Offsets at which no token goes on, such as the ends of spans; code points.
    """
    places = sorted(set(edges))
    cut: list[tuple[int, int]] = []
    at = 0
    for start, end in token_offsets(text):
        while at < len(places) and places[at] <= start:
            at += 1
        bounds = [start]
        while at < len(places) and places[at] < end:
            bounds.append(places[at])
            at += 1
        cut += pairwise([*bounds, end])
    return cut


@cache
def _tokenizer() -> Language:
    import spacy

    nlp = spacy.blank("en")
    nlp.max_length = 2**31  # the tokeniser alone needs no memory to speak of
    return nlp
