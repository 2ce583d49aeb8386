"""People's work on the parts of documents, joined to work on the documents.

A document counts once all of its parts are submitted. What is submitted of the others is no layer that could be taken
for the whole: it is told, and a draft layer if drafts are wanted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import to_builtins

from .....corpus.parts.text_parts import TextPart, join_document
from .....schema import DataError, Problem, Scheme, pluralize
from ...client.http_client import StudioClient
from ...client.projects import Project
from ...mapping.task_parts import PART, WHOLE
from ...mapping.tasks import ID, RECORD, document_from_task
from ..annotated_tasks import AnnotatedTask, RemoteAnnotation
from ..remote_tasks import tasks_with
from .part_results import move_results, part_of_task

_SHOWN = 10  # documents that a remark names
_MISSING = "unsubmitted_parts"
"""Key of what a draft layer says about parts of which the annotator has submitted nothing."""


@dataclass
class _PartWork:
    """Work on a part: its place, and the tasks and annotations, those of drafts apart."""

    place: TextPart
    task: int
    data: dict[str, Any]
    annotations: list[RemoteAnnotation] = field(default_factory=list)
    drafts: list[RemoteAnnotation] = field(default_factory=list)


_Parts = dict[int, _PartWork]


def finished_groups(work: Iterable[AnnotatedTask]) -> Iterator[list[AnnotatedTask]]:
    """Yield the tasks of each document of which all parts have been worked on; a whole document is one task."""
    waiting: dict[str, dict[int, AnnotatedTask]] = defaultdict(dict)
    for task in work:
        part = part_of_task(task.data)
        if part is None:
            yield [task]
            continue
        waiting[part.document][part.number] = task
        if len(waiting[part.document]) == part.of:
            yield list(waiting.pop(part.document).values())


class JoinedWork:
    """Joins the work on the parts of each document.

    Args:
        client: The server.
        project: The project.
        scheme: Its scheme.
        names: Names of the accounts, by id.
        owner: Annotator that the project is planned for: of each part, the work of one account counts.
        accounts: Ids of the accounts that worked in the owner's project, the owner's own first.

    Attributes:
        problems: Documents whose parts do not belong together.
        remarks: Notes for the person who pulls.
        unfinished: By annotator, the documents of which they submitted some parts and not all.
    """

    def __init__(
        self,
        client: StudioClient,
        project: Project,
        scheme: Scheme,
        names: Mapping[int, str],
        *,
        owner: str = "",
        accounts: Sequence[int] = (),
    ) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[str] = []
        self.unfinished: dict[str, list[str]] = defaultdict(list)
        self._client, self._project, self._scheme, self._names = client, project, scheme, names
        self._owner = owner
        self._rank = {user: number for number, user in enumerate(accounts)}

    def submitted(self, work: Iterable[AnnotatedTask]) -> Iterator[AnnotatedTask]:
        """Yield whole documents as they are, and those in parts joined, once for each annotator who has done all parts.

        Args:
            work: Tasks with annotations.
        """
        waiting: dict[str, _Parts] = defaultdict(dict)
        for task in work:
            part = part_of_task(task.data)
            if part is None:
                yield task
                continue
            _add(waiting[part.document], part, task)
            if len(waiting[part.document]) == part.of:
                yield from self._finished(waiting.pop(part.document))
        for name, parts in waiting.items():
            for reader in self._readers(parts, drafts=False):
                self.unfinished[self._name(reader)].append(name)

    def drafts(self, drafts: Iterable[AnnotatedTask], work: Iterable[AnnotatedTask]) -> Iterator[AnnotatedTask]:
        """Yield the drafts of whole documents as they are, and of those in parts what each annotator has done so far.

        That is, of each part, the draft, else what was submitted.

        Args:
            drafts: Tasks with drafts in place of annotations.
            work: Tasks with annotations.
        """
        found: dict[str, _Parts] = defaultdict(dict)
        for task in drafts:
            part = part_of_task(task.data)
            if part is None:
                yield task
            else:
                _add(found[part.document], part, task, drafts=True)
        unfinished = {name for names in self.unfinished.values() for name in names}
        if not found and not unfinished:
            return
        for task in work:
            part = part_of_task(task.data)
            if part is not None and (part.document in found or part.document in unfinished):
                _add(found[part.document], part, task)
        lacking = [name for name, parts in found.items() if len(parts) < next(iter(parts.values())).place.of]
        for item in tasks_with(self._client, self._project, WHOLE, lacking, include="id,data") if lacking else ():
            part = part_of_task(item["data"])
            if part is not None and part.number not in found[part.document]:
                found[part.document][part.number] = _PartWork(part, int(item["id"]), item["data"])
        for name, parts in found.items():
            for reader in self._readers(parts, drafts=True):
                chosen = {number: self._choose(part, reader, drafts=True) for number, part in parts.items()}
                is_draft = any(_own(part.drafts, reader) for part in parts.values())
                if is_draft or name in self.unfinished.get(self._name(reader), ()):
                    missing = sorted(number for number, found_there in chosen.items() if not found_there)
                    yield from self._joined(parts, chosen, reader, {_MISSING: missing} if missing else {})

    def tell_unfinished(self, *, drafts: bool) -> Iterator[str]:
        """Yield remarks about the documents that are in no layer because they are not finished."""
        for name, documents in sorted(self.unfinished.items()):
            listed = ", ".join(sorted(documents)[:_SHOWN]) + (", …" if len(documents) > _SHOWN else "")
            where = "they are among the drafts" if drafts else "they are left out, and `drafts` pulls them as drafts"
            count = pluralize(len(documents), "document")
            yield f"{self._project.url}: {name}: {count} of which only some parts are submitted ({listed}): {where}"

    def _finished(self, parts: _Parts) -> Iterator[AnnotatedTask]:
        for reader in self._readers(parts, drafts=False):
            chosen = {number: self._choose(part, reader, drafts=False) for number, part in parts.items()}
            if all(chosen.values()):
                yield from self._joined(parts, chosen, reader, {})
            else:
                self.unfinished[self._name(reader)].append(next(iter(parts.values())).place.document)

    def _readers(self, parts: _Parts, *, drafts: bool) -> list[int | None]:
        """Return whose work is joined: each account's, or with an owner that of all, as None."""
        lists = [part.annotations + (part.drafts if drafts else []) for part in parts.values()]
        users = sorted({annotation.user for given in lists for annotation in given})
        return [None] if self._owner and users else list(users)

    def _name(self, reader: int | None) -> str:
        return self._owner if reader is None else self._names.get(reader, f"user-{reader}")

    def _choose(self, part: _PartWork, reader: int | None, *, drafts: bool) -> list[RemoteAnnotation]:
        """Return the annotations of a part that are a reader's: first the one that counts."""
        newest: list[RemoteAnnotation] = []
        for given in [part.drafts, part.annotations] if drafts else [part.annotations]:
            own = sorted(_own(given, reader), key=lambda item: (item.updated, item.id), reverse=True)
            newest += sorted(own, key=lambda item: self._rank.get(item.user, len(self._rank)))
        return newest[:1] if drafts else newest

    def _joined(
        self, parts: _Parts, chosen: Mapping[int, list[RemoteAnnotation]], reader: int | None, about: dict[str, Any]
    ) -> Iterator[AnnotatedTask]:
        """Yield the work of a reader on a document; nothing if its parts do not belong together, which is a problem."""
        ordered = [part for _, part in sorted(parts.items())]
        first = ordered[0]
        name, url = first.place.document, self._project.task_url(first.task)
        try:
            documents = [
                (part.place, document_from_task(part.data, part.task, self._scheme).with_hash()) for part in ordered
            ]
            whole = join_document(documents)
        except DataError as error:
            for problem in error.problems:
                if (located := problem.with_location(url)) not in self.problems:
                    self.problems.append(located)
            return
        counted = [(part.place, chosen[part.place.number][0]) for part in ordered if chosen[part.place.number]]
        record = {key: item for key, item in first.data[RECORD].items() if key not in (PART, "zones")}
        record |= {"text_sha256": whole.text_sha256, "zones": to_builtins(whole.zones)}
        record["about"] = {**(record.get("about") or {}), **about}
        data = {ID: name, "text": whole.text, RECORD: record}
        joined = _join([(place, item) for place, item in counted], self._rank)
        others = [
            replace(item, results=move_results(item.results, part.place))
            for part in ordered
            for item in chosen[part.place.number][1:]
        ]
        self._remark(name, url, counted, reader, joined)
        updated = max([joined.updated, *(item.updated for item in others)])
        yield AnnotatedTask(first.task, name, data, [joined, *others], updated)

    def _remark(
        self,
        name: str,
        url: str,
        counted: Sequence[tuple[TextPart, RemoteAnnotation]],
        reader: int | None,
        joined: RemoteAnnotation,
    ) -> None:
        where = f"{url}: document {name!r}: {self._name(reader)}: "
        skipped = [place.number for place, item in counted if item.skipped]
        if skipped and len(skipped) < len(counted):
            self.remarks.append(f"{where}{_numbers(skipped)} skipped, so that the document counts as skipped")
        foreign: dict[int, list[int]] = defaultdict(list)
        for place, item in counted:
            if item.user != joined.user:
                foreign[item.user].append(place.number)
        for user, numbers in foreign.items():
            account = self._names.get(user, f"user-{user}")
            self.remarks.append(f"{where}{_numbers(numbers)} annotated only by the account {account}")


def _add(parts: _Parts, place: TextPart, task: AnnotatedTask, *, drafts: bool = False) -> None:
    """Add the work on a task to that on its part; of two tasks with one part, the work on both is kept."""
    part = parts.setdefault(place.number, _PartWork(place, task.task, task.data))
    (part.drafts if drafts else part.annotations).extend(task.annotations)


def _own(annotations: Iterable[RemoteAnnotation], reader: int | None) -> list[RemoteAnnotation]:
    return [annotation for annotation in annotations if reader is None or annotation.user == reader]


def _join(counted: Sequence[tuple[TextPart, RemoteAnnotation]], rank: Mapping[int, int]) -> RemoteAnnotation:
    """Return annotations of parts as one of the document, by the account among theirs that comes first."""
    annotations = [annotation for _, annotation in counted]
    times = [annotation.lead_time for annotation in annotations if annotation.lead_time is not None]
    return RemoteAnnotation(
        id=max(annotation.id for annotation in annotations),
        user=min((annotation.user for annotation in annotations), key=lambda user: (rank.get(user, len(rank)), user)),
        results=[result for place, annotation in counted for result in move_results(annotation.results, place)],
        lead_time=sum(times) if times else None,
        skipped=any(annotation.skipped for annotation in annotations),
        updated=max(annotation.updated for annotation in annotations),
    )


def _numbers(numbers: Sequence[int]) -> str:
    return f"{'part' if len(numbers) == 1 else 'parts'} {', '.join(map(str, numbers))}"
