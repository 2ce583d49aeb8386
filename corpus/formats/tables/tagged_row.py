"""A row of tokens and tags, and the places of its tokens in its text."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from ....schema import DataError
from ...spans.text_mapping import TextDifferenceError, TextMapping
from ..foreign.stated_documents import StatedDocument


@dataclass(slots=True)
class TaggedRow:
    """A row, checked.

    Attributes:
        line: Its number or line.
        row: The row.
        tokens: Its tokens.
        tags: Letter and label of each.
        missing: Why it has no tags; empty if it has.
    """

    line: int
    row: Mapping[str, Any]
    tokens: list[str]
    tags: list[tuple[str, str]]
    missing: str = ""


def placed_tokens(row: TaggedRow, text_column: str, stated: StatedDocument) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a row, and the bounds of its tokens in it."""
    own = stated_offsets(row)
    if own is not None:
        rebuilt = ""
        for token, (start, _) in zip(row.tokens, own, strict=True):
            rebuilt += " " * (start - len(rebuilt)) + token
        return rebuilt, own
    text = row.row.get(text_column)
    joined = " ".join(dropwhile(operator.not_, row.tokens))
    offsets, end = [], 0
    for token in row.tokens:
        start = end + 1 if end else 0
        end = start + len(token)
        offsets.append((start, end))
    if not isinstance(text, str) or (text.strip() and not joined.strip() and not row.missing):
        return joined, offsets
    if (found := _walked(row.tokens, text)) is not None:
        return text, found
    try:
        mapping = TextMapping(joined, text)
        return text, [mapping.carry(*bounds) for bounds in offsets]
    except TextDifferenceError:
        stated.left_out["texts whose words are not those of the tokens"] += 1
    except DataError:
        stated.left_out["texts in which tokens begin or end within a character"] += 1
    return joined, offsets


def _walked(tokens: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Return the bounds of tokens in a text that has them one after another; None if it has not."""
    offsets, position = [], 0
    for token in tokens:
        while not text.startswith(token, position) and position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith(token, position):
            return None
        offsets.append((position, position + len(token)))
        position += len(token)
    return None if text[position:].strip() else offsets


def stated_offsets(row: TaggedRow) -> list[tuple[int, int]] | None:
    """Return the offsets of the tokens that a row states, if they fit the tokens."""
    starts, ends = row.row.get("starts"), row.row.get("ends")
    if not isinstance(starts, list) or not isinstance(ends, list) or not len(starts) == len(ends) == len(row.tokens):
        return None
    previous = 0
    for token, start, end in zip(row.tokens, starts, ends, strict=True):
        if type(start) is not int or type(end) is not int or start < previous or end - start != len(token):
            return None
        previous = end
    return list(zip(starts, ends, strict=True))
