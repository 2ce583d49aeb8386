"""The format `gliner`: what GLiNER and GLiNER2 predict, and what they are trained on.

```
{"text": "…", "entities": [{"start": 0, "end": 5, "text": "Rafah", "label": "place", "score": 0.9}]}
{"text": "…", "entities": {"place": [{"text": "Rafah", "start": 0, "end": 5, "confidence": 0.9}]}}
{"text": "…", "entities": {"place": ["Rafah", "Rafah"]}}         the words alone, which are looked up in the text
{"input": "…", "output": {"entities": {"place": ["Rafah"]}}}     training data of GLiNER2
{"tokenized_text": ["Rafah", "fell"], "ner": [[0, 0, "place"]]}  training data; the last token is part of the span
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...spans.quote_alignment import align_unordered
from ..file_sample import FileSample
from ..foreign.json_statements import read_items
from ..foreign.json_values import id_of, list_of, object_of, offset_of, score_of, shown, string_of
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.token_texts import JOINED, find_tokens, join_tokens
from ..format_interface import ReadOptions
from .prediction_format import PredictionFormat, entities_of

NOT_FOUND = "words that are not in the text"
"""The kind of omission for a span whose words the text does not have, or not as often."""

_PAIRS = (("input", "output"), ("text", "schema"))
_FIX = "give what GLiNER predicts or is trained on as JSON, or name another `form`"


class GlinerFormat(PredictionFormat):
    """Predictions and training data of GLiNER and GLiNER2."""

    name = "gliner"
    summary = "predictions and training data of GLiNER and GLiNER2"

    def is_entity(self, value: Any) -> bool:
        """Return whether a value is an entity of GLiNER."""
        return isinstance(value, dict) and {"start", "end", "text", "label", "score"} <= value.keys()

    def is_prediction(self, value: Any) -> bool:
        """Return whether a value is a list of entities, or mentions by label."""
        return super().is_prediction(value) or _is_by_label(value)

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all items are predictions or training examples of GLiNER."""
        items = [item for item in sample.items if item is not None]
        if items and all(map(_is_training, items)):
            return any(item.get("ner", True) for item in items)
        return super().recognises(sample)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each text states."""
        first = next((item for item in FileSample(source).items if item is not None), None)
        if not _is_training(first):
            return super().statements(source, options)
        id_field = options.id_field or "id"

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            item = object_of(item, "the example")
            yield _tokenized(item, id_field) if "tokenized_text" in item else _worded(item, id_field)

        return read_items(source, "example", _FIX, read)

    def add_predictions(self, stated: StatedDocument, value: Any) -> None:
        """Add the entities of a text, of which the surest are kept where spans may not overlap."""
        if isinstance(value, dict):
            _add_by_label(stated, value)
        else:
            for number, entity in enumerate(entities_of(value), 1):
                label = string_of(entity, "label", f"entity {number}")
                stated.spans.append(_span(entity, label, f"entity {number}", "score"))
        stated.surest = any(span.score is not None for span in stated.spans)


def _span(entity: Mapping[str, Any], label: str, name: str, score: str) -> LabelledStatement:
    bounds = offset_of(entity.get("start"), name), offset_of(entity.get("end"), name)
    words = string_of(entity, "text", name)
    return LabelledStatement(label, (bounds,), words=words, name=name, score=score_of(entity.get(score), name))


def _add_by_label(stated: StatedDocument, by_label: Mapping[str, Any]) -> None:
    """Add mentions by label: with their offsets, or as words that are looked up in the text."""
    number = 0
    for label, value in by_label.items():
        unplaced: list[LabelledStatement] = []
        mentions = [value] if isinstance(value, str | dict) else list_of(value, f"what is {label!r}")
        for mention in mentions:
            number += 1
            entity = {"text": mention} if isinstance(mention, str) else object_of(mention, f"mention {number}")
            if entity.get("start") is not None:
                stated.spans.append(_span(entity, label, f"mention {number}", "confidence"))
                continue
            name = f"mention {number}"
            words, score = string_of(entity, "text", name), score_of(entity.get("confidence"), name)
            if words.strip():  # a field for which nothing was found
                unplaced.append(LabelledStatement(label, (), words=words, name=name, score=score))
        add_found(stated, unplaced, align_unordered(stated.text, [span.words or "" for span in unplaced]), NOT_FOUND)


def add_found(
    stated: StatedDocument, spans: list[LabelledStatement], places: list[tuple[int, int] | None], kind: str
) -> None:
    """Add spans at the places where their words were found.

    Args:
        stated: The document.
        spans: The spans, with their words.
        places: The place of each; None if it has none.
        kind: The kind of omission for a span without a place.
    """
    for span, place in zip(spans, places, strict=True):
        if place is None:
            stated.unplaced.append((span, kind))
        else:
            span.fragments = (place,)
            stated.spans.append(span)
            stated.changed["spans placed where their words are found"] += 1


def _tokenized(item: dict[str, Any], id_field: str) -> StatedDocument:
    """Return what a training example of tokens states."""
    tokens = list_of(item["tokenized_text"], "`tokenized_text`")
    if not all(isinstance(token, str) for token in tokens):
        raise DataError(Problem("`tokenized_text` has items that are no strings", "give a list of tokens"))
    text = item.get("text")
    text, places = (text, find_tokens(text, tokens)) if isinstance(text, str) else join_tokens(tokens)
    known = ("tokenized_text", "ner", "text", "relations", id_field)
    extra = {key: value for key, value in item.items() if key not in known and value}
    stated = StatedDocument(text, id=id_of(item, id_field), extra=extra)
    stated.left_out["relations"] += len(list_of(item.get("relations"), "`relations`"))
    stated.changed[JOINED] += not isinstance(item.get("text"), str)
    problems: list[Problem] = []
    for number, entity in enumerate(list_of(item.get("ner"), "`ner`"), 1):
        name = f"entity {number}"
        if not isinstance(entity, list) or len(entity) < 3 or not isinstance(entity[2], str):
            problems.append(Problem(f"{name} is {shown(entity)}", "give each as [first token, last token, label]"))
            continue
        first, last = offset_of(entity[0], name), offset_of(entity[1], name)
        if not 0 <= first <= last < len(tokens):
            what = f"{name} has the tokens {first} to {last}, of {len(tokens)}, counted from 0"
            problems.append(Problem(what, "count tokens from 0, the last one of a span included"))
            continue
        bounds = (places[first][0], places[last][1])
        stated.spans.append(LabelledStatement(entity[2], (bounds,), words=text[slice(*bounds)], name=name))
    if problems:
        raise DataError(truncate_problems(problems, "invalid entities"))
    return stated


def _worded(item: dict[str, Any], id_field: str) -> StatedDocument:
    """Return what a training example of GLiNER2 states."""
    text_key, schema_key = next(pair for pair in _PAIRS if pair[1] in item)
    schema = object_of(item[schema_key], f"`{schema_key}`")
    stated = StatedDocument(string_of(item, text_key, "the example"), id=id_of(item, id_field))
    _add_by_label(stated, object_of(schema.get("entities") or {}, "`entities`"))
    for key, kind in (("relations", "relations"), ("classifications", "classifications of texts")):
        stated.left_out[kind] += len(list_of(schema.get(key), f"`{key}`"))
    stated.left_out["structures"] += len(list_of(schema.get("json_structures"), "`json_structures`"))
    return stated


def _is_by_label(value: Any) -> bool:
    if not isinstance(value, dict) or {"start", "end"} & value.keys():
        return False
    return any(value.values()) and all(
        isinstance(mention, str) or (isinstance(mention, dict) and isinstance(mention.get("text"), str))
        for mentions in value.values()
        for mention in (mentions if isinstance(mentions, list) else [mentions])
    )


def _is_training(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    if "tokenized_text" in item:
        return isinstance(item["tokenized_text"], list) and isinstance(item.get("ner", []), list)
    for text, schema in _PAIRS:
        if isinstance(item.get(text), str) and isinstance(item.get(schema), dict) and "entities" in item[schema]:
            return isinstance(item[schema]["entities"], dict)
    return False


GLINER = GlinerFormat()
"""The object that the entry point names."""
