"""Texts and the places of their tokens, for files that count in tokens."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from ....schema import DataError, Problem

JOINED = "texts made of tokens joined with blanks"
"""The kind of change for a text that a file gives only as tokens."""


def join_tokens(tokens: Sequence[str], spaces: Sequence[str] = ()) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of tokens, and the bounds of each in it.

    Args:
        tokens: The tokens.
        spaces: The blanks after each; a blank after each but the last if not given.
    """
    blanks = list(spaces) or [" "] * (len(tokens) - 1) + [""]
    text = "".join(token + blank for token, blank in zip(tokens, blanks, strict=False))
    ends = accumulate(len(token) + len(blank) for token, blank in zip(tokens, blanks, strict=False))
    starts = [0, *ends][: len(tokens)]
    return text, [(start, start + len(token)) for start, token in zip(starts, tokens, strict=True)]


def find_tokens(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the bounds of tokens that follow each other in a text, with nothing but blanks between them.

    Raises:
        DataError: A token is not at its place.
    """
    places = leading_tokens(text, tokens)
    if len(places) < len(tokens):
        token, position = tokens[len(places)], places[-1][1] if places else 0
        what = f"token {len(places) + 1}, {token[:30]!r}, is not at its place: the text has"
        what += f" {text[position:][:30]!r} there"
        raise DataError(Problem(what, "give the text that was split into these tokens"))
    return places


def leading_tokens(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the bounds of the first tokens, as far as they follow each other in a text with only blanks between."""
    places: list[tuple[int, int]] = []
    position = 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0 or text[position:start].strip():
            break
        position = start + len(token)
        places.append((start, position))
    return places
