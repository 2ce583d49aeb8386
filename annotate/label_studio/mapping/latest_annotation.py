"""Selection of the one annotation or prediction of a task that a record can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ....schema import DataError, Problem

_ONE_ANNOTATOR = (
    "export one annotator's work, or make a layer of each with `goldspan studio pull --out FOLDER` "
    "from the running server"
)
_ONE_MODEL = "export the predictions of one model"
_SUBMIT = "submit it in Label Studio, or empty `drafts`, and export again"

ResultSource = Literal["annotation", "prediction"]


@dataclass(frozen=True, slots=True)
class LatestAnnotation:
    """An annotation, a prediction, or neither.

    Attributes:
        kind: Which of the two; None for a task that has neither.
        results: Results as the editor wrote them.
        annotator: Name of the person or model; None if the file does not state it.
        created: Time of the last change, in the format of layers.
        lead_time: Seconds of work.
        skipped: Whether the person skipped the task.
        ignored: Number of further annotations, predictions and drafts of the task, by description.
    """

    kind: ResultSource | None
    results: list[Any] = field(default_factory=list)
    annotator: str | None = None
    created: str | None = None
    lead_time: float | None = None
    skipped: bool = False
    ignored: Mapping[str, int] = field(default_factory=dict)


def latest_annotation(task: Mapping[str, Any]) -> LatestAnnotation:
    """Return a person's newest annotation, preferably not cancelled; else the newest prediction.

    Exports of Label Studio before 1.0 have `completions` instead of annotations. Predictions that an export lists by
    their ids alone do not count.

    Raises:
        DataError: Several people annotated the task, or several models and no person did; they are named. Or all work
            on the task is a draft.
    """
    annotations = _objects(task.get("annotations")) + _objects(task.get("completions"))
    predictions = _objects(task.get("predictions"))
    drafts = [item for item in _objects(task.get("drafts")) if item.get("result")]
    ignored = Counter({"drafts": len(drafts)})
    candidates = [item for item in annotations if not _cancelled(item)] or annotations
    if candidates:
        people = {_person(item) for item in candidates}
        if len(people) > 1:
            names = ", ".join(sorted(map(str, people)))
            raise DataError(Problem(f"annotated by several people: {names}", _ONE_ANNOTATOR))
        newest = max(candidates, key=_age)
        older = "older annotations of the same person" if people != {None} else "older annotations"
        ignored[older] += len(candidates) - 1
        ignored["cancelled annotations"] += len(annotations) - len(candidates)
        ignored["predictions beside annotations"] += len(predictions)
        seconds = newest.get("lead_time")
        lead_time = float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None
        skipped = _cancelled(newest)
        return LatestAnnotation(
            "annotation", _results(newest), people.pop(), _time(newest), lead_time, skipped, +ignored
        )
    models = {str(item.get("model_version") or "") for item in predictions}
    if len(models) > 1:
        names = ", ".join(sorted(models))
        raise DataError(Problem(f"predicted by several models and annotated by nobody: {names}", _ONE_MODEL))
    if predictions:
        newest = max(predictions, key=_age)
        ignored["older predictions"] += len(predictions) - 1
        return LatestAnnotation("prediction", _results(newest), models.pop() or None, _time(newest), ignored=+ignored)
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
    """Return the part of the exported email address before the @, or the number of the account."""
    account = item.get("completed_by")
    if isinstance(account, dict):
        address = account.get("email") or account.get("username")
        if isinstance(address, str):
            return address.partition("@")[0]
        account = account.get("id")
    return None if account is None else f"user-{account}"


def _age(item: Mapping[str, Any]) -> tuple[datetime, int]:
    number = item.get("id")
    return _changed(item) or datetime.min.replace(tzinfo=UTC), number if isinstance(number, int) else 0


def _time(item: Mapping[str, Any]) -> str | None:
    changed = _changed(item)
    return f"{changed:%Y-%m-%dT%H:%M:%SZ}" if changed else None


def _changed(item: Mapping[str, Any]) -> datetime | None:
    """Return the time of the last change, which is in ISO 8601, or in old exports in seconds since 1970."""
    timestamp = item.get("updated_at") or item.get("created_at")
    try:
        if isinstance(timestamp, str):
            time = datetime.fromisoformat(timestamp)
            return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        if isinstance(timestamp, int | float) and not isinstance(timestamp, bool):
            return datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
