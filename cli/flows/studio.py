"""Files to a project of Label Studio, and people's work back to files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ...annotate.studio import Api, StudioError
from ...annotate.studio.project import Project, find_project, open_project, titles
from ...annotate.studio.pull import read_work
from ...annotate.studio.push import Pushed, push
from ...annotate.studio.store import Store
from ...annotate.studio.tasks import Task, make_task
from ...annotate.studio.work import annotators
from ...corpus import read_records, write_records
from ...corpus.order import reading_order
from ...schema import DataError, Document, Problem, Scheme, Span, SurroundingsError, UsageError, sha256_hex

_LONGEST_NAME = 120
_LISTED = 10  # titles of projects in an error
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)  # by Windows

UNNAMED = "suggestions"
"""What suggestions are called whose layer states no annotator."""


@dataclass(frozen=True, slots=True)
class PushDone:
    """A push.

    Attributes:
        project: Where to.
        interface: `made`, `updated` or nothing.
        pushed: What was done.
        extractors: Documents with suggestions of each.
    """

    project: Project
    interface: str
    pushed: Pushed
    extractors: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "project": {"id": self.project.id, "title": self.project.title, "url": self.project.url},
            "interface": self.interface or "unchanged",
            **asdict(self.pushed),
            "suggestions": self.extractors,
        }

    def told(self) -> str:
        """In a line."""
        done = asdict(self.pushed)
        parts = [f"{number} {name}" for name, number in done.items() if number] or ["nothing to do"]
        names = ", ".join(f"{name} {number}" for name, number in self.extractors.items()) or "none"
        return f"documents: {', '.join(parts)}; suggestions: {names}"


@dataclass(frozen=True, slots=True)
class PullDone:
    """A pull.

    Attributes:
        files: Annotator and number of documents by file.
        read: Tasks that were read.
        whole: Whether all were.
        problems: What makes no valid span.
        remarks: What a person should know.
    """

    files: dict[str, tuple[str, int]]
    read: int
    whole: bool
    problems: list[Problem]
    remarks: list[str]

    @classmethod
    def together(cls, parts: Sequence[PullDone]) -> PullDone:
        """Several pulls as one."""
        return cls(
            files={path: item for part in parts for path, item in part.files.items()},
            read=sum(part.read for part in parts),
            whole=all(part.whole for part in parts),
            problems=[problem for part in parts for problem in part.problems],
            remarks=[remark for part in parts for remark in part.remarks],
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "files": [
                {"path": path, "annotator": who, "documents": count} for path, (who, count) in self.files.items()
            ],
            "tasks_read": self.read,
            "whole": self.whole,
            "problems": [
                {"task": problem.path, "document": problem.document, "what": problem.what, "fix": problem.fix}
                for problem in self.problems
            ],
            "remarks": self.remarks,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with the suggestions that it comes with.

    Attributes:
        document: With its text.
        suggestions: Spans by the extractor's name.
        about: What a layer should remember of how the document was chosen.
    """

    document: Document
    suggestions: dict[str, tuple[Span, ...]]
    about: dict[str, str] = field(default_factory=dict)


def push_files(
    api: Api,
    path: str,
    suggestions: Sequence[str],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
) -> PushDone:
    """Brings the documents of a file, with its spans and those of further files as suggestions, to a project.

    Args:
        api: The server.
        path: Records with texts.
        suggestions: Further records over the same texts.
        scheme: Of all of them.
        title: Of the project.
        guidelines: Markdown, in place of goldspan's own.

    Raises:
        DataError: A file is at fault, or a text changed that people have worked on; nothing was sent.
        StudioError: The server does not answer, or refuses.
    """
    return push_sheets(
        api, read_sheets(path, suggestions, scheme), scheme, title=title, guidelines=guidelines, path=path
    )


def push_sheets(
    api: Api,
    sheets: Sequence[Sheet],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
    path: str = "",
) -> PushDone:
    """Brings sheets to a project, in their order. Arguments and errors as `push_files`."""
    tasks = make_tasks(sheets, scheme, path)
    return push_tasks(api, tasks, scheme, title=title or scheme.ref, guidelines=guidelines)


def push_tasks(
    api: Api,
    tasks: Sequence[Task],
    scheme: Scheme,
    *,
    title: str,
    guidelines: str | None = None,
    review: bool = False,
) -> PushDone:
    """Brings tasks to a project, made where there is none. Arguments and errors as `push_files`."""
    from tqdm import tqdm

    project, interface = open_project(api, title, scheme, guidelines=guidelines, review=review)
    bar = tqdm(total=len(tasks), desc="pushing", unit="", delay=0.5, leave=False, disable=None)
    with bar, _still_there(api, project, "Fix: push again, which makes it anew with all documents"):
        pushed = push(api, project, tasks, done=lambda count: bar.update(count) and None)
    names: dict[str, int] = defaultdict(int)
    for task in tasks:
        for name in task.suggestions:
            names[name] += 1
    return PushDone(project, interface, pushed, dict(sorted(names.items())))


@contextmanager
def _still_there(api: Api, project: Project, fix: str) -> Iterator[None]:
    """Says so where calls fail since someone removed the project, which the server answers in many ways."""
    try:
        yield
    except StudioError as error:
        found: Project | None = project
        if error.status not in (401, 429):
            with suppress(StudioError):  # a server that is gone cannot say
                found = find_project(api, project.title)
        if found is None or found.id != project.id:
            raise SurroundingsError(f"the project {project.title!r} was removed meanwhile. {fix}") from error
        raise


def read_sheets(path: str, suggestions: Sequence[str], scheme: Scheme) -> list[Sheet]:
    """The documents of a file, with its spans and those of further files as suggestions. Errors as `push_files`."""
    documents = {document.id: document for document in read_records(path, scheme)}
    if not documents:
        raise DataError(Problem("no documents", "name a file that has some", path))
    found: dict[str, dict[str, tuple[Span, ...]]] = {name: {} for name in documents}
    for document in documents.values():
        if document.spans or (document.layer and document.layer.annotator):
            found[document.id][_annotator(document)] = document.spans
    for more in suggestions:
        for document in read_records(more, scheme):
            _beside(documents, document, more)
            name = _annotator(document)
            if name in found[document.id]:
                fix = "give each layer an annotator of its own"
                what = f"a second layer of suggestions by {name!r}"
                raise DataError(Problem(what, fix, more, document=document.id))
            found[document.id][name] = document.spans
    return [Sheet(document, found[document.id]) for document in documents.values()]


def in_order(sheets: Sequence[Sheet], strategy: str, *, random_share: float) -> list[Sheet]:
    """Sheets in the order in which they should be read, each with why it was chosen. As `reading_order`."""
    by_name = {sheet.document.id: sheet for sheet in sheets}
    order = reading_order([(s.document, s.suggestions) for s in sheets], strategy, random_share=random_share)
    return [replace(by_name[chosen.document.id], about={"chosen_by": chosen.by}) for chosen in order]


def make_tasks(sheets: Sequence[Sheet], scheme: Scheme, path: str) -> list[Task]:
    """The tasks of sheets; all that stands in the way is raised at once.

    Raises:
        DataError: Texts that nobody could annotate.
    """
    problems: list[Problem] = []
    tasks: list[Task] = []
    for sheet in sheets:
        try:
            tasks.append(make_task(sheet.document, sheet.suggestions, scheme, about=sheet.about))
        except DataError as error:
            problems += [problem.at(path) for problem in error.problems]
    if problems:
        raise DataError(problems)
    return tasks


def _annotator(document: Document) -> str:
    return (document.layer.annotator if document.layer else None) or UNNAMED


def _beside(documents: dict[str, Document], document: Document, path: str) -> None:
    base = documents.get(document.id)
    if base is None:
        raise DataError(
            Problem("suggestions for a document that is not pushed", "push it too", path, document=document.id)
        )
    if base.sealed().text_sha256 != document.sealed().text_sha256:
        fix = "annotate the text that is pushed: offsets mean nothing on another"
        raise DataError(Problem("suggestions for another text", fix, path, document=document.id))


def pull_files(
    api: Api,
    out: Path,
    scheme: Scheme,
    *,
    title: str | None = None,
    annotator: str = "",
    owner: str = "",
    carry: bool = False,
) -> PullDone:
    """Brings people's work to files. Beside them stays what the server said, so that the next pull asks for less.

    Args:
        api: The server.
        out: A records file, for one annotator; a folder, which gets a file of each.
        scheme: Of the project.
        title: Of the project.
        annotator: Only this one's work.
        owner: Whoever the project is planned for: all work in it is hers, whatever her account is called.
        carry: As in `read_work`.

    Raises:
        DataError: No project of that title.
        SurroundingsError: The server does not answer, or the files cannot be written.
        UsageError: One file for several annotators, or no work of the annotator named.
    """
    project = find_project(api, title or scheme.ref)
    if project is None:
        there = titles(api, _LISTED)
        fix = f"--project TITLE, as of {', '.join(map(repr, there))}; or push first" if there else "push first"
        raise UsageError(f"the server has no project {title or scheme.ref!r}. Fix: {fix}")
    folder = out.is_dir() or not out.suffix
    if folder:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SurroundingsError(f"{out}: {error.strerror}. Fix: name another folder with --out") from error
    hidden = f".{_file_name(owner)}.work.zst" if owner else ".work.zst"
    store = Store(out / hidden if folder else out.with_name(f".{out.name}.work.zst"))
    with _still_there(api, project, "Fix: push again, or name another with --project"):
        read, whole = store.update(api, project)
    names = annotators(api)
    accounts = store.users()
    if owner:
        names = dict.fromkeys([*names, *accounts], owner)
    pulled = read_work(store.in_order(), project, names, scheme, carry=carry)
    if owner and len(accounts) > 1:
        pulled.remarks.append(f"{project.url}: {len(accounts)} accounts worked in the project of {owner}")
    layers = {name: layer for name, layer in pulled.layers.items() if not annotator or name == annotator}
    if annotator and not layers:
        known = ", ".join(sorted(pulled.layers)) or "nobody yet"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: one of {known}")
    if not folder and len(layers) > 1:
        who = ", ".join(sorted(layers))
        raise UsageError(
            f"{out} is for one annotator, and there are {who}. Fix: --annotator NAME, or a folder for --out"
        )
    files: dict[str, tuple[str, int]] = {}
    for who, layer in sorted(layers.items()):
        path = out / f"{_file_name(who)}.jsonl" if folder else out
        files[str(path)] = (who, write_records(path, (layer[key] for key in sorted(layer)), scheme))
    if not folder and not layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    store.save(api, project)
    return PullDone(files, read, whole, pulled.problems, pulled.remarks)


def _file_name(annotator: str) -> str:
    """A name that is a file's everywhere, and no two annotators' the same.

    What may not stand in one is written as its code point; of a long one stands the beginning, with a hash.
    """
    name = "".join(c if c.isalnum() or c in "@._-" else f"%{ord(c):x}" for c in annotator) or "%"
    if name.startswith(".") or _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):x}{name[1:]}"
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{name.encode()[:60].decode(errors='ignore')}%{sha256_hex(annotator)[:16]}"
    return name
