"""Tokens of texts: spaCy's English ones, and the same cut where spans begin and end."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language


def token_offsets(text: str) -> list[tuple[int, int]]:
    """Start and end of each token of spaCy's English tokeniser, code points."""
    return [(token.idx, token.idx + len(token)) for token in _tokenizer()(text)]


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
