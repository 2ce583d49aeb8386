"""Which of a task's annotations and predictions is the one layer that a record can hold, and what is left beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ....schema import DataError, Problem

_ONE = "export one annotator's work; of a running server `goldspan studio pull --out FOLDER` makes a layer of each"
_MODEL = "export the predictions of one model"
_SUBMIT = "submit it in Label Studio, or empty `drafts`, and export again"

ResultSource = Literal["annotation", "prediction"]


@dataclass(frozen=True, slots=True)
class LatestAnnotation:
    """An annotation, a prediction, or neither.

    Attributes:
        kind: Which of the two; None for a task that has neither.
        results: As the editor wrote them.
        annotator: The person's or the model's name; None where the file does not say.
        created: When it was last changed, as layers state it.
        lead_time: Seconds of work.
        skipped: The person passed the task over.
        left: How many others the task has, by what they are.
    """

    kind: ResultSource | None
    results: list[Any] = field(default_factory=list)
    annotator: str | None = None
    created: str | None = None
    lead_time: float | None = None
    skipped: bool = False
    left: Mapping[str, int] = field(default_factory=dict)


def latest_annotation(task: Mapping[str, Any]) -> LatestAnnotation:
    """A person's newest annotation, one that was not cancelled before others; else the newest prediction.

    Exports of Label Studio before 1.0 have `completions` in the place of annotations. Predictions that an export names
    by their numbers alone are none.

    Raises:
        DataError: Several people annotated the task, or several models, and nobody did; with their names. Or all work
            on it is a draft.
    """
    annotations = _objects(task.get("annotations")) + _objects(task.get("completions"))
    predictions = _objects(task.get("predictions"))
    drafts = [item for item in _objects(task.get("drafts")) if item.get("result")]
    left = Counter({"drafts": len(drafts)})
    made = [item for item in annotations if not _cancelled(item)] or annotations
    if made:
        people = {_person(item) for item in made}
        if len(people) > 1:
            raise DataError(Problem(f"several people annotated it: {', '.join(sorted(map(str, people)))}", _ONE))
        newest = max(made, key=_age)
        left["older annotations of the same person" if people != {None} else "older annotations"] += len(made) - 1
        left["cancelled annotations"] += len(annotations) - len(made)
        left["predictions beside annotations"] += len(predictions)
        seconds = newest.get("lead_time")
        lead = float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None
        skipped = _cancelled(newest)
        return LatestAnnotation("annotation", _results(newest), people.pop(), _time(newest), lead, skipped, +left)
    models = {str(item.get("model_version") or "") for item in predictions}
    if len(models) > 1:
        raise DataError(Problem(f"nobody annotated it, and several models did: {', '.join(sorted(models))}", _MODEL))
    if predictions:
        newest = max(predictions, key=_age)
        left["older predictions"] += len(predictions) - 1
        return LatestAnnotation("prediction", _results(newest), models.pop() or None, _time(newest), left=+left)
    if drafts:
        raise DataError(Problem("all work on it is a draft that was never submitted", _SUBMIT))
    return LatestAnnotation(None)


def _objects(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _cancelled(item: Mapping[str, Any]) -> bool:
    return bool(item.get("was_cancelled") or item.get("skipped"))


def _results(item: Mapping[str, Any]) -> list[Any]:
    results = item.get("result")
    if not isinstance(results, list):
        raise DataError(Problem("its annotation has no array `result`", "export the project as JSON"))
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


def _age(item: Mapping[str, Any]) -> tuple[datetime, int]:
    number = item.get("id")
    return _changed(item) or datetime.min.replace(tzinfo=UTC), number if isinstance(number, int) else 0


def _time(item: Mapping[str, Any]) -> str | None:
    changed = _changed(item)
    return f"{changed:%Y-%m-%dT%H:%M:%SZ}" if changed else None


def _changed(item: Mapping[str, Any]) -> datetime | None:
    """When it was last changed: a time in ISO 8601, or in old exports seconds since 1970."""
    written = item.get("updated_at") or item.get("created_at")
    try:
        if isinstance(written, str):
            time = datetime.fromisoformat(written)
            return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        if isinstance(written, int | float) and not isinstance(written, bool):
            return datetime.fromtimestamp(written, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
