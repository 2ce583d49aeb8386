"""The base of readers for predictions: those of each text, beside the text or by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_statements import read_items
from ..foreign.json_values import id_of, list_of, object_of, shown, string_of
from ..foreign.stated_documents import StatedDocument
from ..format_interface import ReadOptions

_KEYS = ("entities", "predictions")
_RELATIONS = ("relations", "relation_extraction")
_WAY_OUT = 'write what is predicted for each text as {"text": …, "entities": […]}, or as {"id": …, "entities": […]}'
_WAY_OUT += " and give the texts by id (`restore`)"
_RESTORED = "give the texts by id (`restore`), or write each with its predictions as `text`"


class PredictionFormat(ForeignFormat):
    """A reader for what a model predicts: objects with a text or an id, or one object of predictions by id."""

    holds = ("text", "ids", "overlaps", "cuts", "scores")
    read_options = ("id_field", "texts")

    def is_entity(self, value: Any) -> bool:
        """Return whether a value is an entity as the model's library writes it."""
        raise NotImplementedError

    def is_prediction(self, value: Any) -> bool:
        """Return whether a value is what is predicted for a text, with at least one entity."""
        return isinstance(value, list) and bool(value) and all(map(self.is_entity, value))

    def add_predictions(self, stated: StatedDocument, value: Any) -> None:
        """Add what is predicted for a text to its statement.

        Raises:
            DataError: An entity is invalid.
        """
        raise NotImplementedError

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all items are predictions of this kind, and one is not empty."""
        items = [item for item in sample.items if item is not None]
        states = [self._state_of(item) for item in items]
        return bool(items) and None not in states and any(states)

    def _state_of(self, item: Any) -> bool | None:
        """Return whether an item has predictions; None if it is anything else."""
        if isinstance(item, list):
            return None if item and not self.is_prediction(item) else bool(item)
        if not isinstance(item, dict):
            return None
        key = _prediction_key(item)
        if key:
            stated = item[key]
            return self._filled(stated) if isinstance(item.get("text", ""), str) else None
        if self.is_entity(item):
            return True
        states = [self._filled(value) if isinstance(value, list) else None for value in item.values()]
        return any(states) if states and None not in states else None

    def _filled(self, value: Any) -> bool | None:
        if value is None or (isinstance(value, list | dict) and _is_empty(value)):
            return False
        return self.is_prediction(value) or None

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what is predicted for each text."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            for name, text, predictions, extra in self._predicted(item, options):
                stated = StatedDocument(text_of(name, text, options), id=name, extra=extra)
                for key in _RELATIONS:
                    stated.left_out["relations"] += _count(stated.extra.get(key))
                stated.extra = {key: value for key, value in extra.items() if key not in _RELATIONS}
                self.add_predictions(stated, predictions)
                yield stated

        return read_items(source, "prediction", f"{_WAY_OUT}, or name another `form`", read)

    def _predicted(self, item: Any, options: ReadOptions) -> Iterator[tuple[str, str | None, Any, dict[str, Any]]]:
        """Yield the id, the text, the predictions and everything else of each text of an item."""
        if not isinstance(item, dict) or self.is_entity(item):
            raise DataError(Problem(f"predictions without text and id: {shown(item)}", _WAY_OUT))
        id_field = options.id_field or "id"
        if key := _prediction_key(item):
            name, text = id_of(item, id_field), item.get("text")
            if text is not None:
                text = string_of(item, "text", "the prediction")
            extra = {k: value for k, value in item.items() if k not in ("text", key, id_field)}
            yield name, text, item[key], extra
            return
        for name, predictions in item.items():
            yield name, None, list_of(predictions, f"what is predicted for {name!r}"), {}


def text_of(name: str, text: str | None, options: ReadOptions) -> str:
    """Return the text of a document, which the file has or the call gives by its id.

    Raises:
        DataError: There is none.
    """
    if text is not None:
        return text
    if not name:
        raise DataError(Problem("predictions without text and id", _WAY_OUT))
    found = options.texts(name) if options.texts else None
    if found is None:
        what = "the file has no text for it" + (", nor have the texts that are given" if options.texts else "")
        raise DataError(Problem(what, _RESTORED, document=name))
    return found


def _prediction_key(item: Mapping[str, Any]) -> str:
    return next((key for key in _KEYS if key in item), "")


def _is_empty(value: list[Any] | dict[str, Any]) -> bool:
    """Return whether nothing was found, for any label that a model was asked for."""
    return not value if isinstance(value, list) else not any(part not in ([], None) for part in value.values())


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(items) if isinstance(items, list) else 1 for items in value.values())
    return len(value) if isinstance(value, list) else int(value is not None)


def entities_of(value: Any) -> list[dict[str, Any]]:
    """Return a list of entities as objects.

    Raises:
        DataError: It is anything else.
    """
    return [object_of(item, f"entity {number}") for number, item in enumerate(list_of(value, "`entities`"), 1)]
