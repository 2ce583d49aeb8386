"""Texts cut into pieces that a model can read at once, at ends of sentences, without losing their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ....schema import Document
from ...rules.document_reader import split_text


class TextPiece(NamedTuple):
    """A part of a document's text.

    Attributes:
        document: Number of the document in its batch.
        start: Where the part begins in the text, in code points.
        text: The part.
    """

    document: int
    start: int
    text: str


def text_pieces(documents: Sequence[Document], fits: Callable[[str], bool]) -> list[TextPiece]:
    """Return the pieces of a batch in text order, without blank ones.

    A text that does not fit is cut near its middle, at the end of a line or sentence if there is one, and its parts
    again until they fit. What cannot be cut further is a piece even so.

    Args:
        documents: The batch.
        fits: Whether a model can read a text at once.
    """
    return [
        TextPiece(number, start, text)
        for number, document in enumerate(documents)
        for start, text in _cut(document.text or "", 0, fits)
        if text.strip()
    ]


def _cut(text: str, offset: int, fits: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    if len(text) < 3 or fits(text):  # a letter stays with its mark
        yield offset, text
        return
    for start, end in split_text(text, (len(text) + 1) // 2):
        yield from _cut(text[start:end], offset + start, fits)
