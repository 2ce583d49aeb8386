"""Tasks of withdrawn documents: found by id and by text, and removed with all that people did in them.

All tasks are listed and compared here: a query by words of the text would leave them in the server's log. What pickers
learned from the tasks goes first, then the tasks: an interruption leaves tasks, which the next call finds. The server
removes annotations, drafts and suggestions with their task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from ....corpus.parts.text_parts import TextPart
from ....corpus.withdrawal.same_text import letters_sha256
from ....corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ....schema import Scheme
from ....schema.hashing import sha256_hex
from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import pages_by_id
from ..mapping.task_parts import WHOLE
from ..mapping.tasks import ID, RECORD
from ..sync.annotated_tasks import annotated_tasks, annotator_names, drafts_as_tasks, tasks_by_id
from ..sync.parts.part_results import part_of_task
from ..sync.project_lists import forget_entries
from ..sync.pull import read_annotations
from ..sync.push_checksum import remove_checksum
from ..sync.task_filters import annotated_task_ids, drafted_task_ids

_PAGE = 250
_BATCH = 250
_LONG = 600.0


@dataclass(frozen=True, slots=True)
class TaskIdentity:
    """What tells the document of a task.

    Attributes:
        id: The server's id of the task.
        name: Id of the document, or the name that a pull gives it.
        text_sha256: Hash of its text, as stated or of the text that it has; None without either.
        letters_sha256: Hash of the text's letters, as in `same_text`; None without a text.
        whole: Id of the document that it holds a part of; None if it holds all of one.
        whole_sha256: Hash of that document's text, as stated; None likewise.
    """

    id: int
    name: str
    text_sha256: str | None
    letters_sha256: str | None
    whole: str | None = None
    whole_sha256: str | None = None

    def is_withdrawn(self, withdrawn: WithdrawnDocuments) -> bool:
        """Return whether its document is withdrawn."""
        hashes = map(withdrawn.by_hash, (self.text_sha256, self.whole_sha256))
        same = any(hashes) or withdrawn.by_letters(self.letters_sha256)
        return bool(same or withdrawn.by_id(self.name) or withdrawn.by_id(self.whole))


@dataclass(slots=True)
class ListedTasks:
    """The tasks of a project, as far as a withdrawal needs them.

    Attributes:
        tasks: What tells their documents.
        texts: The texts of the documents that were asked for, by id.
    """

    tasks: list[TaskIdentity] = field(default_factory=list)
    texts: dict[str, set[str]] = field(default_factory=dict)


def list_identities(client: StudioClient, project: Project, names: Collection[str]) -> ListedTasks:
    """Return what tells the documents of a project's tasks.

    Args:
        client: The server.
        project: The project.
        names: Ids of the documents whose texts are returned too.

    Raises:
        StudioError: A request failed.
    """
    listed = ListedTasks()
    parts: dict[TextPart, dict[int, str]] = defaultdict(dict)
    pages = pages_by_id(client, project, [], include="id,data", page_size=_PAGE) if project.tasks else ()
    for item in (item for page in pages for item in page):
        data = item.get("data") or {}
        record, text = data.get(RECORD), data.get("text")
        name = str(data.get(ID) or f"task-{item['id']}")
        stated = record.get("text_sha256") if isinstance(record, dict) else None
        place = part_of_task(data)
        whole, whole_sha256 = (place.document, place.text_sha256) if place else (data.get(WHOLE), None)
        letters = None
        if isinstance(text, str):
            stated, letters = stated or sha256_hex(text), letters_sha256(text)
            if name in names:
                listed.texts.setdefault(name, set()).add(text)
            if place and place.document in names:
                parts[replace(place, number=1, start=0, end=0)][place.number] = text
        listed.tasks.append(TaskIdentity(int(item["id"]), name, stated, letters, whole, whole_sha256))
    for place, found in parts.items():
        text = "".join(found[number] for number in sorted(found))
        if sha256_hex(text) == place.text_sha256:
            listed.texts.setdefault(place.document, set()).add(text)
    return listed


def count_work(client: StudioClient, project: Project, tasks: Iterable[int]) -> tuple[int, int]:
    """Return how many tasks somebody has annotated or skipped, and how many have a draft.

    Raises:
        StudioError: A request failed.
    """
    own = set(tasks)
    return len(own & annotated_task_ids(client, project)), len(own & drafted_task_ids(client, project))


def remove_withdrawn_tasks(client: StudioClient, project: Project, tasks: Sequence[int], scheme: Scheme) -> int:
    """Remove tasks, whoever has worked on them, and what the project's lists learned from them alone.

    Args:
        client: The server.
        project: Their project.
        tasks: The server's ids of the tasks.
        scheme: Scheme of the project.

    Returns:
        The number of entries that were taken out of the project's lists.

    Raises:
        StudioError: A request failed; the same call completes the removal.
    """
    forgotten = _forget_written(client, project, frozenset(tasks), scheme)
    remove_checksum(client, project)
    for start in range(0, len(tasks), _BATCH):
        batch = list(tasks[start : start + _BATCH])

        def attempt(_: bool, batch: list[int] = batch) -> None:
            client.sdk.actions.create(
                id="delete_tasks",
                project=project.id,
                selected_items={"all": False, "included": batch},
                request_options={"timeout": _LONG},
            )

        attempt_until_done(attempt)
    return forgotten


def _forget_written(client: StudioClient, project: Project, tasks: frozenset[int], scheme: Scheme) -> int:
    """Take out of a project's lists what people wrote in some tasks and in no other."""
    names = annotator_names(client)
    own = [*tasks_by_id(client, project, sorted(tasks))]
    own += [task for task in drafts_as_tasks(client, project) if task.task in tasks]
    written = read_annotations(own, project, names, scheme).written
    if not any(written.values()):
        return 0
    others = (task for task in annotated_tasks(client, project) if task.task not in tasks)
    remaining = read_annotations(others, project, names, scheme).written
    alone = {source: offers.keys() - remaining.get(source, {}).keys() for source, offers in written.items()}
    return forget_entries(client, project, alone, scheme)
