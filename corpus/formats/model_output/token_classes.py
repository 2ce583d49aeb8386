"""The format `transformers`: what the pipeline for token classification of transformers predicts.

```
{"text": "Iran struck.", "entities": [{"entity_group": "ORG", "score": 0.9, "word": "Iran", "start": 0, "end": 4}]}
{"text": "Iran struck.", "entities": [{"entity": "B-ORG", "score": 0.9, "index": 1, "word": "Iran", "start": 0, …}]}
```
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ....schema import DataError, Problem
from ...spans.quote_alignment import align_quotes
from ..foreign.json_values import offset_of, score_of, string_of
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from .gliner import NOT_FOUND, add_found
from .prediction_format import PredictionFormat, entities_of

_PREFIXED = re.compile(r"([BILUES])[-_](.+)", re.DOTALL)
_OUTSIDE = "O"
_MARKS = "#▁Ġ"
_UNKNOWN = ("[UNK]", "<unk>")


class TransformersFormat(PredictionFormat):
    """Predictions of the pipeline of transformers, with aggregated tokens or single ones."""

    name = "transformers"
    summary = "predictions of the token classification pipeline of transformers"

    def is_entity(self, value: Any) -> bool:
        """Return whether a value is an entity or a token of the pipeline."""
        return isinstance(value, dict) and {"word", "score"} <= value.keys() and bool(_label_keys(value))

    def add_predictions(self, stated: StatedDocument, value: Any) -> None:
        """Add the entities of a text, joined from tokens where they are single."""
        unplaced: list[LabelledStatement] = []
        for number, pieces in enumerate(_joined(_pieces(value), stated.text), 1):
            span = _span(pieces, f"entity {number}", stated.text)
            (stated.spans if span.fragments else unplaced).append(span)
        add_found(stated, unplaced, align_quotes(stated.text, [span.words or "" for span in unplaced]), NOT_FOUND)


class _Piece:
    """A token, or an entity of several.

    Attributes:
        label: Its label without the prefix.
        prefix: The prefix of its tag; empty if there is none.
        word: The token as the tokenizer writes it.
        score: Its score.
        bounds: Its start and end; None if the tokenizer gave none.
        index: Its index among the tokens of the text; None if it is not stated.
    """

    def __init__(self, entity: dict[str, Any], name: str) -> None:
        key = next(iter(_label_keys(entity)), "entity")
        self.label, self.prefix = string_of(entity, key, name), ""
        self.word = string_of(entity, "word", name)
        self.score = score_of(entity.get("score"), name)
        start, end = entity.get("start"), entity.get("end")
        if (start is None) != (end is None):
            raise DataError(Problem(f"{name} has only one of `start` and `end`", "give both, or neither"))
        self.bounds = None if start is None else (offset_of(start, name), offset_of(end, name))
        index = entity.get("index")
        self.index = index if type(index) is int else None
        self.is_whole = key == "entity_group"

    def continues(self, previous: _Piece, text: str) -> bool:
        """Return whether the piece belongs to the same entity as the one before it."""
        if self.label != previous.label:
            return False
        if self.word.startswith("##") and len(self.word) > 2:
            return self._follows(previous, text, gap=False)
        starts, ended = self.prefix in ("B", "S", "U"), previous.prefix in ("E", "L", "S", "U")
        return not (self.is_whole or starts or ended) and self._follows(previous, text, gap=True)

    def _follows(self, previous: _Piece, text: str, *, gap: bool) -> bool:
        """Return whether nothing lies between the two; with a gap, nothing but blanks."""
        if self.index is not None and previous.index is not None:
            return self.index == previous.index + 1
        if self.bounds is None or previous.bounds is None:
            return not gap and self.bounds is None and previous.bounds is None
        between = text[previous.bounds[1] : self.bounds[0]]
        return previous.bounds[1] <= self.bounds[0] and (not between or (gap and between.isspace()))


def _label_keys(entity: dict[str, Any]) -> list[str]:
    return [key for key in ("entity_group", "entity") if isinstance(entity.get(key), str)]


def _pieces(value: Any) -> list[_Piece]:
    pieces = [_Piece(entity, f"entity {number}") for number, entity in enumerate(entities_of(value), 1)]
    inside = [piece for piece in pieces if piece.label != _OUTSIDE]
    tags = [_PREFIXED.fullmatch(piece.label) for piece in inside if not piece.is_whole]
    if tags and all(tags):
        for piece, match in zip((piece for piece in inside if not piece.is_whole), tags, strict=True):
            if match is not None:
                piece.prefix, piece.label = match[1], match[2]
    return inside


def _joined(pieces: list[_Piece], text: str) -> Iterator[list[_Piece]]:
    """Yield the pieces of each entity."""
    current: list[_Piece] = []
    for piece in pieces:
        if current and not piece.continues(current[-1], text):
            yield current
            current = []
        current.append(piece)
    if current:
        yield current


def _span(pieces: list[_Piece], name: str, text: str) -> LabelledStatement:
    """Return the span of an entity. Its words are the text's if they differ only in what tokenizers change."""
    scores = [piece.score for piece in pieces if piece.score is not None]
    score = round(sum(scores) / len(scores), 4) if len(scores) > 1 else next(iter(scores), None)
    words = _words(pieces)
    first, last = pieces[0].bounds, pieces[-1].bounds
    if first is None or last is None:
        return LabelledStatement(pieces[0].label, (), words=words, name=name, score=score)
    actual = text[first[0] : last[1]] if 0 <= first[0] < last[1] else ""
    if any(mark in words for mark in _UNKNOWN):
        stated = None
    else:
        stated = actual if actual and _fold(actual) == _fold(words) else words
    return LabelledStatement(pieces[0].label, ((first[0], last[1]),), words=stated, name=name, score=score)


def _words(pieces: list[_Piece]) -> str:
    """Return the words of tokens as the tokenizer writes them, without its marks."""
    words = ""
    for piece in pieces:
        glued = piece.word.startswith("##") and len(piece.word) > 2
        word = piece.word.removeprefix("##") if glued else piece.word.strip("▁Ġ")
        words += word if glued or not words else f" {word}"
    return re.sub("[▁Ġ]", " ", words) or pieces[0].word


def _fold(words: str) -> str:
    """Return words without what a tokenizer changes: case, accents and blanks."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(c for c in plain if not (c.isspace() or unicodedata.combining(c)))


TRANSFORMERS = TransformersFormat()
"""The object that the entry point names."""
