"""Selection of what to read of a task: the one annotation or prediction that a record holds, or one of each person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from .....schema import DataError, Problem
from .accounts import Accounts

_ONE_ANNOTATOR = (
    "read the work of each as a pass (`passes`), keep one annotator's work in the file, or make a layer of each with "
    "`goldspan studio pull --out FOLDER` from the running server"
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


def annotations_in(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the annotations of a task, which exports of Label Studio before 1.0 call completions."""
    return _objects(task.get("annotations")) + _objects(task.get("completions"))


def annotations_by_person(task: Mapping[str, Any], accounts: Accounts, *, models: bool) -> list[LatestAnnotation]:
    """Return the newest annotation of each person, in the order of their first; a task without work has an empty one.

    Args:
        task: The task.
        accounts: The accounts of the export.
        models: Whether to return the newest prediction of each model where nobody annotated the task.

    Raises:
        DataError: All work on the task is a draft, or an annotation has no results.
    """
    work: dict[Any, list[dict[str, Any]]] = {}
    for item in annotations_in(task):
        work.setdefault(accounts.identity(item), []).append(item)
    rest = {key: task.get(key) for key in ("drafts", "predictions")}
    if work:
        tasks: list[dict[str, Any]] = [{"annotations": items} for items in work.values()]
        tasks[0] |= rest
        return [latest_annotation(item, accounts) for item in tasks]
    predictions = _objects(rest["predictions"])
    if not models:
        latest = latest_annotation({"drafts": rest["drafts"]}, accounts)
        return [replace(latest, ignored=+Counter({"predictions": len(predictions)}))]
    by_model: dict[str, list[dict[str, Any]]] = {}
    for item in predictions:
        by_model.setdefault(_model(item), []).append(item)
    if not by_model:
        return [latest_annotation({"drafts": rest["drafts"]}, accounts)]
    return [latest_annotation({"predictions": items}, accounts) for items in by_model.values()]


def latest_annotation(task: Mapping[str, Any], accounts: Accounts) -> LatestAnnotation:
    """Return a person's newest annotation, preferably not cancelled; else the newest prediction.

    Predictions that an export lists by their ids alone do not count.

    Args:
        task: The task.
        accounts: The accounts of the export.

    Raises:
        DataError: Several people annotated the task, or several models and no person did; they are named. Or all work
            on the task is a draft.
    """
    annotations = annotations_in(task)
    predictions = _objects(task.get("predictions"))
    drafts = [item for item in _objects(task.get("drafts")) if item.get("result")]
    ignored = Counter({"drafts": len(drafts)})
    candidates = [item for item in annotations if not _cancelled(item)] or annotations
    if candidates:
        people = {accounts.identity(item): accounts.name(item) for item in candidates}
        if len(people) > 1:
            names = ", ".join(sorted(map(str, people.values())))
            raise DataError(Problem(f"annotated by several people: {names}", _ONE_ANNOTATOR))
        newest = max(candidates, key=_age)
        older = "older annotations of the same person" if None not in people else "older annotations"
        ignored[older] += len(candidates) - 1
        ignored["cancelled annotations"] += len(annotations) - len(candidates)
        ignored["predictions beside annotations"] += len(predictions)
        seconds = newest.get("lead_time")
        lead_time = float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None
        skipped = _cancelled(newest)
        name = accounts.name(newest)
        return LatestAnnotation("annotation", _results(newest), name, _time(newest), lead_time, skipped, +ignored)
    models = set(map(_model, predictions))
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


def _model(item: Mapping[str, Any]) -> str:
    return str(item.get("model_version") or "")


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
