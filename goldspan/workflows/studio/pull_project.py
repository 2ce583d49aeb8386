"""Pull the annotations of a Label Studio project to files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project, project_must_exist, project_titles
from ...annotate.label_studio.client.studio_error import StudioError
from ...annotate.label_studio.sync.annotated_tasks import annotator_names, drafts_as_tasks
from ...annotate.label_studio.sync.project_lists import add_written_entries
from ...annotate.label_studio.sync.pull import PulledLayers, owner_first, read_annotations
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...annotate.label_studio.sync.task_filters import count_drafts
from ...corpus import Corpus, write_records
from ...schema import Problem, Scheme, UsageError, pluralize
from ...schema.progress import Progress, ignore_progress
from .pulled_work import FileList, Pulled, file_name, make_folder, path_in, write_work

_MAX_TITLES = 10  # of projects listed in an error
_MAX_ADDED = 10  # of ids named in a remark


@dataclass(frozen=True, slots=True)
class PullSummary:
    """What a pull did.

    Attributes:
        files: Annotator and number of documents by file.
        read: Number of tasks that were read.
        whole: Whether all tasks were read, not only the changed ones.
        problems: Annotations that are not valid spans.
        remarks: Notes for the user.
        kept: Number of items kept in the `extra` of layers, by their key there.
        drafts: Number of tasks with drafts on the server.
        draft_files: Annotator and number of documents by file of drafts; empty unless drafts were requested.
    """

    files: FileList
    read: int
    whole: bool
    problems: list[Problem]
    remarks: list[str]
    kept: Counter[str]
    drafts: int
    draft_files: FileList

    @classmethod
    def combine(cls, parts: Sequence[PullSummary]) -> PullSummary:
        """Combine the summaries of several pulls into one."""
        return cls(
            files={path: item for part in parts for path, item in part.files.items()},
            read=sum(part.read for part in parts),
            whole=all(part.whole for part in parts),
            problems=[problem for part in parts for problem in part.problems],
            remarks=[remark for part in parts for remark in part.remarks],
            kept=sum((part.kept for part in parts), Counter()),
            drafts=sum(part.drafts for part in parts),
            draft_files={path: item for part in parts for path, item in part.draft_files.items()},
        )

    def __str__(self) -> str:
        lines = [f"{who}: {pluralize(count, 'document')} -> {path}" for path, (who, count) in self.files.items()]
        lines += [f"{who}: {pluralize(count, 'draft')} -> {path}" for path, (who, count) in self.draft_files.items()]
        read = f"{pluralize(self.read, 'task')} read{' (all)' if self.whole else ''}"
        return "\n".join([*lines, f"{read}, {pluralize(len(self.problems), 'problem')}"])

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "files": _file_list(self.files),
            "tasks_read": self.read,
            "whole": self.whole,
            "problems": [
                {"task": problem.path, "document": problem.document, "what": problem.what, "fix": problem.fix}
                for problem in self.problems
            ],
            "remarks": self.remarks,
            "kept": dict(self.kept),
            "drafts": self.drafts,
            "draft_files": _file_list(self.draft_files),
        }


def _file_list(files: FileList) -> list[dict[str, Any]]:
    return [{"path": path, "annotator": name, "documents": count} for path, (name, count) in files.items()]


def pull_files(
    api: StudioClient,
    out: Path,
    scheme: Scheme,
    *,
    title: str | None = None,
    annotator: str = "",
    owner: str = "",
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> PullSummary:
    """Pull the annotations of a project to files.

    A hidden file beside them caches the server's answers, so that the next pull asks for less.

    Args:
        api: The server.
        out: A records file for the work of one annotator; or a folder, for a file of each annotator.
        scheme: The project's scheme.
        title: Title of the project; the scheme's reference by default.
        annotator: Pull the work of this annotator only.
        owner: The annotator that the project is planned for. Its layer gets this name, whatever the accounts are called
            that annotated there.
        propagate_values: As in `read_annotations`.
        drafts: Also pull drafts, to files of their own: `NAME.drafts.jsonl` beside `NAME.jsonl`.
        progress: Called after each task that is read.

    Raises:
        DependencyError: The server does not answer, or the files cannot be written.
        UsageError: There is no project of that title, one file was given for several annotators, or the named
            annotator has no work.
    """
    project = require_project_titled(api, title or scheme.ref)
    is_folder = out.is_dir() or not out.suffix
    if is_folder:
        make_folder(out)
    cache = PullCache(_cache_path(out, owner, is_folder=is_folder))
    pulled = pull_work(
        api,
        project,
        scheme,
        cache,
        annotator=annotator,
        owner=owner,
        propagate_values=propagate_values,
        drafts=drafts,
        progress=progress,
    )
    found = sorted({*pulled.layers, *pulled.draft_layers})
    if not is_folder and len(found) > 1:
        raise UsageError(
            f"{out} is for one annotator, and there are {', '.join(found)}. Fix: one `annotator`, or a folder as `out`"
        )
    files, draft_files = write_work(pulled, lambda name: path_in(out, name) if is_folder else out)
    if not is_folder and not pulled.layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    cache.save(api, project)
    return PullSummary(
        files,
        pulled.read,
        pulled.whole,
        pulled.problems,
        pulled.remarks,
        pulled.kept,
        pulled.drafts,
        draft_files,
    )


def pull_work(
    api: StudioClient,
    project: Project,
    scheme: Scheme,
    cache: PullCache,
    *,
    annotator: str = "",
    owner: str = "",
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> Pulled:
    """Pull the annotations of a project.

    Args:
        api: The server.
        project: The project.
        scheme: The project's scheme.
        cache: The work that is known already; it is brought up to date.
        annotator: As in `pull_files`.
        owner: As in `pull_files`.
        propagate_values: As in `pull_files`.
        drafts: Also pull drafts.
        progress: As in `pull_files`.

    Raises:
        DependencyError: The server does not answer.
        UsageError: The named annotator has no work.
    """
    with project_must_exist(api, project, "Fix: push again, or name another `title`"):
        read, whole = cache.update(api, project, progress)
        draft_tasks = list(drafts_as_tasks(api, project)) if drafts else []
        draft_count = len(draft_tasks) if drafts else count_drafts(api, project)
    names = annotator_names(api)
    accounts = owner_first(owner, names, cache.tasks_by_user())
    # drafts do not decide whose work counts: the layers are the same with and without them
    drafting = Counter(user for task in draft_tasks for user in {draft.user for draft in task.annotations})
    accounts += [user for user in owner_first(owner, names, drafting) if user not in accounts]
    submitted = read_annotations(
        cache.in_order(), project, names, scheme, propagate_values=propagate_values, owner=owner, accounts=accounts
    )
    unfinished = read_annotations(
        draft_tasks,
        project,
        names,
        scheme,
        propagate_values=propagate_values,
        drafts=True,
        owner=owner,
        accounts=accounts,
    )
    if owner and len(accounts) > 1:
        first, *others = (names.get(user, f"user-{user}") for user in accounts)
        precedence = (
            f"in the project of {owner}, {first} takes precedence over {', '.join(others)}, who worked there too"
        )
        submitted.remarks.append(f"{project.url}: {precedence}")
    submitted.remarks += _extend_lists(api, project, submitted, scheme)
    layers, draft_layers = _layers_of(annotator, submitted, scheme), _layers_of(annotator, unfinished, scheme)
    if annotator and not layers and not draft_layers:
        known = ", ".join(sorted({*submitted.layers, *unfinished.layers}))
        fix = f"one of {known}" if known else "nobody has annotated yet"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: {fix}")
    return Pulled(
        layers=layers,
        draft_layers=draft_layers,
        drafts=draft_count,
        problems=submitted.problems + unfinished.problems,
        remarks=submitted.remarks + unfinished.remarks,
        kept=submitted.kept + unfinished.kept,
        projects=(project,),
        read=read,
        whole=whole,
        accounts=frozenset(owner or name for name in names.values() if not annotator or name == annotator),
        drafts_requested=drafts,
    )


def _extend_lists(api: StudioClient, project: Project, pulled: PulledLayers, scheme: Scheme) -> list[str]:
    """Add what people wrote to the project's lists; return a remark on it. The work is pulled even if that fails."""
    documents = [document for layer in pulled.layers.values() for document in layer.values()]
    try:
        added = add_written_entries(api, project, documents, scheme)
    except StudioError as error:
        return [f"{project.url}: the lists of ids could not be extended: {error}"]
    more = f" and {len(added) - _MAX_ADDED} more" if len(added) > _MAX_ADDED else ""
    return [f"{project.url}: now in the lists of ids: {', '.join(added[:_MAX_ADDED])}{more}"] if added else []


def require_project_titled(api: StudioClient, title: str) -> Project:
    """Return the project with a title.

    Raises:
        StudioError: The server does not answer, or refuses.
        UsageError: There is no project of that title.
    """
    project = find_project(api, title)
    if project is None:
        titles = project_titles(api, _MAX_TITLES)
        fix = f"one of {', '.join(map(repr, titles))} for `title`, or push first" if titles else "push first"
        raise UsageError(f"the server has no project {title!r}. Fix: {fix}")
    return project


def _cache_path(out: Path, owner: str, *, is_folder: bool) -> Path:
    if not is_folder:
        return out.with_name(f".{out.name}.work.zst")
    return out / (f".{file_name(owner)}.work.zst" if owner else ".work.zst")


def _layers_of(annotator: str, pulled: PulledLayers, scheme: Scheme) -> dict[str, Corpus]:
    """Return the layers of an annotator, or of all where none is named, sorted by name."""
    return {
        name: Corpus((layer[key] for key in sorted(layer)), scheme, checked=True)
        for name, layer in sorted(pulled.layers.items())
        if not annotator or name == annotator
    }
