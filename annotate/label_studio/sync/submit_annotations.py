"""Spans written to a server as if a person had annotated them there: for trials and for layers made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....schema import Document, Scheme, Span
from ..client.client import StudioClient
from ..client.projects import Project, id_filter, query_chunks, select_tasks
from ..mapping.results import results_of
from ..mapping.tasks import ID


def submit_annotations(api: StudioClient, project: Project, documents: Mapping[str, Document], scheme: Scheme) -> int:
    """Makes the user of the token the annotator of documents; answers how many annotations were written.

    What she has annotated already stays as it is, so playing twice changes nothing.

    Args:
        api: The server.
        project: With the documents' tasks.
        documents: By id, with the spans to write.
        scheme: Theirs.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    me = api.whoami()["id"]
    written = 0
    for names in query_chunks(list(documents), 100):
        for item in list(select_tasks(api, project, id_filter(ID, names), include="id,data")):
            document = documents[item["data"][ID]]
            wanted = results_of(document, _bare(document), scheme)
            if all(held["completed_by"] != me for held in api.get(f"/api/tasks/{item['id']}/annotations/")):
                api.post(f"/api/tasks/{item['id']}/annotations/", json={"result": wanted})
                written += 1
    return written


def _bare(document: Document) -> Sequence[Span]:
    """The spans as a person marks them: without scores."""
    from msgspec.structs import replace

    return [replace(span, score=None) for span in document.spans]
