"""A request of goldspan's own server that replaces what people and extractors marked, unless it changed meanwhile.

Label Studio's own requests write over whatever is there, move the time of an annotation, and delete the drafts of an
annotation that they change. Here each item is compared with what the caller has read, within one transaction; what
differs is left alone, and times, drafts and accounts stay as they are.
"""

from typing import Any

from core.permissions import ViewClassPermission, all_permissions
from django.db import transaction
from django.utils import timezone
from projects.models import Project
from rest_framework import generics
from rest_framework.response import Response
from tasks.models import Annotation, AnnotationDraft, Prediction, Task

_BATCH = 100  # rows per statement


class ReplaceResults(generics.GenericAPIView):  # type: ignore[misc]
    """Replaces data of tasks, and results of annotations, drafts and predictions, where they are as the caller says."""

    permission_required = ViewClassPermission(GET=all_permissions.projects_view, POST=all_permissions.projects_change)

    def get_queryset(self) -> Any:
        """Return the projects that the user can see."""
        return Project.objects.filter(organization=self.request.user.active_organization)

    def get(self, request: Any, pk: int) -> Response:
        """Say that the server has this request."""
        self.get_object()
        return Response({"version": 1})

    def post(self, request: Any, pk: int) -> Response:
        """Replace all that is unchanged, in one transaction.

        The body is a list of objects with a `kind` (`task`, `annotation`, `draft` or `prediction`), its `id`, what it
        `was` and what it is to be `now`. The response lists kind and id of what was `replaced`.
        """
        project = self.get_object()
        replaced: list[list[Any]] = []
        with transaction.atomic():
            # writing first takes SQLite's lock at once; elsewhere the rows are locked as they are read
            Project.objects.filter(id=project.id).update(updated_at=timezone.now())
            for kind, (model, field, of_project) in _KINDS.items():
                items = {int(item["id"]): item for item in request.data if item["kind"] == kind}
                rows = model.objects.select_for_update(of=("self",)).filter(**{of_project: project, "id__in": items})
                rows = [row for row in rows if getattr(row, field) == items[row.id]["was"]]
                before = [{field: getattr(row, field)} for row in rows]
                for row in rows:
                    setattr(row, field, items[row.id]["now"])
                if kind == "annotation":
                    for row in rows:
                        row.result_count = len({result.get("id") for result in row.result or []})
                _count(project.summary, kind, before, rows)
                fields = [field, "result_count"] if kind == "annotation" else [field]
                model.objects.bulk_update(rows, fields, batch_size=_BATCH)
                tasks = {row.id if kind == "task" else row.task_id for row in rows}
                Task.objects.filter(id__in=tasks).update(updated_at=timezone.now())  # by which pulls find it
                replaced += [[kind, row.id] for row in rows]
        return Response({"replaced": replaced})


_KINDS: dict[str, tuple[Any, str, str]] = {
    "task": (Task, "data", "project"),
    "annotation": (Annotation, "result", "project"),
    "draft": (AnnotationDraft, "result", "task__project"),
    "prediction": (Prediction, "result", "project"),
}
"""Model, field, and the way to the project, by kind."""


def _count(summary: Any, kind: str, before: list[Any], rows: list[Any]) -> None:
    """Bring what the project knows of the labels and fields in use up to date."""
    if not rows:
        return
    if kind == "annotation":
        summary.remove_created_annotations_and_labels(before)
        summary.update_created_annotations_and_labels(rows)
    elif kind == "draft":
        summary.remove_created_drafts_and_labels(before)
        summary.update_created_labels_drafts(rows)
    elif kind == "task" and any(old["data"].keys() != row.data.keys() for old, row in zip(before, rows, strict=True)):
        summary.remove_data_columns(before)
        summary.update_data_columns(rows)
