"""Submission of spans as a person's annotations: for trials, and for layers made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ....schema import Document, Scheme, Span
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import chunk_for_query, field_filter, select_tasks
from ..mapping.result_json import results_of
from ..mapping.tasks import ID


def submit_annotations(
    client: StudioClient, project: Project, documents: Mapping[str, Document], scheme: Scheme
) -> int:
    """Annotate the tasks of documents as the user of the token; return the number of new annotations.

    Tasks that this user has already annotated stay unchanged, so that submitting twice has no further effect.

    Args:
        client: The server.
        project: Project with the documents' tasks.
        documents: Documents by id, with the spans to submit.
        scheme: Scheme of the documents.

    Raises:
        StudioError: A request failed.
    """
    user = client.whoami()["id"]
    submitted = 0
    for names in chunk_for_query(list(documents), 100):
        for item in list(select_tasks(client, project, field_filter(ID, names), include="id,data")):
            document = documents[item["data"][ID]]
            results = results_of(document, _without_scores(document), scheme)
            if all(annotation.completed_by != user for annotation in client.sdk.annotations.list(item["id"])):
                client.sdk.annotations.create(item["id"], result=results)
                submitted += 1
    return submitted


def _without_scores(document: Document) -> Sequence[Span]:
    """Return the spans as a person marks them: without scores."""
    return [replace(span, score=None) for span in document.spans]
