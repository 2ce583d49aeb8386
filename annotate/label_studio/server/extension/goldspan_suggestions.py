"""A request of goldspan's own server that replaces the suggestions of many tasks, which Label Studio does not have.

Label Studio updates a suggestion and a task's data in a request each, with a dozen commits. Its bulk requests only
create and delete, and a page that is open when its suggestion is deleted can never be submitted. Here everything is
updated in one transaction, and suggestions keep their ids.
"""

from collections import defaultdict
from typing import Any

from core.permissions import ViewClassPermission, all_permissions
from django.db import transaction
from django.utils import timezone
from projects.models import Project
from rest_framework import generics
from rest_framework.response import Response
from tasks.functions import update_tasks_counters
from tasks.models import Prediction, Task

_BATCH = 100  # rows per statement


class ReplaceSuggestions(generics.GenericAPIView):  # type: ignore[misc]
    """Replaces the data and suggestions of tasks of a project."""

    permission_required = ViewClassPermission(GET=all_permissions.projects_view, POST=all_permissions.projects_change)

    def get_queryset(self) -> Any:
        """Return the projects that the user can see."""
        return Project.objects.filter(organization=self.request.user.active_organization)

    def get(self, request: Any, pk: int) -> Response:
        """Say that the server has this request."""
        self.get_object()
        return Response({"version": 1})

    def post(self, request: Any, pk: int) -> Response:
        """Replace data and suggestions: all or nothing, and the same again if repeated.

        The body is a list of objects with the id of a `task`, its new `data`, new `predictions`, and whether these are
        to be the `only` ones. Of earlier predictions with the same model version the oldest is updated and the others
        are deleted. The response has the ids of the `updated` tasks; the others no longer exist.
        """
        project = self.get_object()
        items = {int(item["task"]): item for item in request.data}
        with transaction.atomic():
            # writing first takes SQLite's lock at once, instead of failing where another request has it later
            Task.objects.filter(project=project, id__in=items).update(
                updated_at=timezone.now(), updated_by=request.user
            )
            tasks = list(Task.objects.filter(project=project, id__in=items).order_by("id"))
            _replace_data(project, tasks, items)
            _replace_predictions(project, tasks, items)
        return Response({"updated": [task.id for task in tasks]})


def _replace_data(project: Any, tasks: list[Any], items: dict[int, Any]) -> None:
    before = [{"data": task.data} for task in tasks]
    for task in tasks:
        task.data = items[task.id]["data"]
    Task.objects.bulk_update(tasks, ["data"], batch_size=_BATCH)
    if any(old["data"].keys() != task.data.keys() for old, task in zip(before, tasks, strict=True)):
        project.summary.remove_data_columns(before)
        project.summary.update_data_columns(tasks)


def _replace_predictions(project: Any, tasks: list[Any], items: dict[int, Any]) -> None:
    earlier: dict[int, list[Any]] = defaultdict(list)
    for prediction in Prediction.objects.filter(task__in=tasks).defer("result").order_by("id"):
        earlier[prediction.task_id].append(prediction)
    changed, created, deleted = [], [], []
    for task in tasks:
        item = items[task.id]
        pending = {new["model_version"]: new for new in item["predictions"]}
        names = set(pending)
        for prediction in earlier[task.id]:
            new = pending.pop(prediction.model_version, None)
            if new is not None:
                prediction.result, prediction.score = new["result"], new.get("score")
                prediction.updated_at = timezone.now()
                changed.append(prediction)
            elif item["only"] or prediction.model_version in names:
                deleted.append(prediction.id)
        created += [
            Prediction(task=task, project=project, model_version=name, result=new["result"], score=new.get("score"))
            for name, new in pending.items()
        ]
    Prediction.objects.bulk_update(changed, ["result", "score", "updated_at"], batch_size=_BATCH)
    Prediction.objects.bulk_create(created, batch_size=_BATCH)
    Prediction.objects.filter(id__in=deleted).delete()
    if created or deleted:
        update_tasks_counters(Task.objects.filter(id__in=[task.id for task in tasks]))
