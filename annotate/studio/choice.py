"""Which of a task's annotations and predictions is the one layer that a record can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["annotation", "prediction"]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Choice:
    """An annotation or a prediction.

    Attributes:
        kind: Which of the two.
        results: As the editor wrote them.
        annotator: The person's or the model's name; None where the file does not say.
        created: When it was last changed, as layers state it.
        lead_time: Seconds of work.
        skipped: The person passed the task over.
    """

    kind: Kind
    results: list[Any]
    annotator: str | None
    created: str | None
    lead_time: float | None = None
    skipped: bool = False


def choose(task: Mapping[str, Any]) -> Choice | None:
    """A person's newest annotation, one that was not cancelled before others; else the newest prediction.

    Predictions that an export names by their numbers alone are none.

    Raises:
        ValueError: Several people annotated the task, or several models, and nobody did; with their names.
    """
    annotations = _objects(task.get("annotations"))
    made = [item for item in annotations if not item.get("was_cancelled")] or annotations
    if made:
        people = {_person(item) for item in made}
        if len(people) > 1:
            raise ValueError(f"several people annotated it: {', '.join(sorted(map(str, people)))}")
        newest = max(made, key=_age)
        time, seconds = _time(newest), newest.get("lead_time")
        lead = float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None
        skipped = bool(newest.get("was_cancelled"))
        return Choice("annotation", _results(newest), people.pop(), time, lead, skipped)
    predictions = _objects(task.get("predictions"))
    models = {str(item.get("model_version") or "") for item in predictions}
    if len(models) > 1:
        raise ValueError(f"nobody annotated it, and several models did: {', '.join(sorted(models))}")
    if not predictions:
        return None
    newest = max(predictions, key=_age)
    return Choice("prediction", _results(newest), models.pop() or None, _time(newest))


def _objects(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _results(item: Mapping[str, Any]) -> list[Any]:
    results = item.get("result")
    if not isinstance(results, list):
        raise ValueError("its annotation has no array `result`")
    return results


def _person(item: Mapping[str, Any]) -> str | None:
    """What stands before the @ of the address that the export has, or the number."""
    by = item.get("completed_by")
    if isinstance(by, dict):
        address = by.get("email") or by.get("username")
        if isinstance(address, str):
            return address.partition("@")[0]
        by = by.get("id")
    return None if by is None else f"user-{by}"


def _age(item: Mapping[str, Any]) -> tuple[str, int]:
    number = item.get("id")
    return str(item.get("updated_at") or item.get("created_at") or ""), number if isinstance(number, int) else 0


def _time(item: Mapping[str, Any]) -> str | None:
    written = item.get("updated_at") or item.get("created_at")
    found = _TIME.match(written) if isinstance(written, str) else None
    return f"{found.group()}Z" if found else None
