"""Pull the annotations of a Label Studio project to files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project, project_must_exist, project_titles
from ...annotate.label_studio.sync.annotated_tasks import annotator_names, drafts_as_tasks
from ...annotate.label_studio.sync.pull import PulledLayers, owner_first, read_annotations
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...annotate.label_studio.sync.task_filters import count_drafts
from ...corpus import write_records
from ...schema import DependencyError, Document, Problem, Scheme, UsageError, sha256_hex

_MAX_NAME_BYTES = 120
_DRAFTS = ".drafts"
_MAX_TITLES = 10  # of projects listed in an error
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)  # on Windows


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

    files: dict[str, tuple[str, int]]
    read: int
    whole: bool
    problems: list[Problem]
    remarks: list[str]
    kept: Counter[str]
    drafts: int
    draft_files: dict[str, tuple[str, int]]

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


def _file_list(files: dict[str, tuple[str, int]]) -> list[dict[str, Any]]:
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

    Raises:
        DependencyError: The server does not answer, or the files cannot be written.
        UsageError: There is no project of that title, one file was given for several annotators, or the named
            annotator has no work.
    """
    project = _require_project(api, title or scheme.ref)
    is_folder = out.is_dir() or not out.suffix
    if is_folder:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DependencyError(f"{out}: {error.strerror}. Fix: another folder for `out`") from error
    cache = PullCache(_cache_path(out, owner, is_folder=is_folder))
    with project_must_exist(api, project, "Fix: push again, or name another `title`"):
        read, whole = cache.update(api, project)
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
    layers, draft_layers = _layers_of(annotator, submitted), _layers_of(annotator, unfinished)
    found = sorted({*layers, *draft_layers})
    if annotator and not found:
        known = ", ".join(sorted({*submitted.layers, *unfinished.layers})) or "nobody yet"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: one of {known}")
    if not is_folder and len(found) > 1:
        raise UsageError(
            f"{out} is for one annotator, and there are {', '.join(found)}. Fix: one `annotator`, or a folder as `out`"
        )

    def path_of(name: str) -> Path:
        return out / f"{_file_name(name)}.jsonl" if is_folder else out

    files = _write({path_of(name): (name, layer) for name, layer in sorted(layers.items())}, scheme)
    if not is_folder and not layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    draft_files = _write(
        {drafts_path(path_of(name)): (name, layer) for name, layer in sorted(draft_layers.items())}, scheme
    )
    if drafts:  # those of an earlier pull have been submitted or deleted since
        possible = {owner or name for name in names.values() if not annotator or name == annotator}
        for path in {drafts_path(path_of(name)) for name in possible} - set(map(Path, draft_files)):
            path.unlink(missing_ok=True)
    cache.save(api, project)
    return PullSummary(
        files,
        read,
        whole,
        submitted.problems + unfinished.problems,
        submitted.remarks + unfinished.remarks,
        submitted.kept + unfinished.kept,
        draft_count,
        draft_files,
    )


def drafts_path(path: Path) -> Path:
    """Return the path of an annotator's drafts, given the path of their submitted work."""
    return path.with_name(f"{path.stem}{_DRAFTS}{path.suffix}")


def _require_project(api: StudioClient, title: str) -> Project:
    project = find_project(api, title)
    if project is None:
        titles = project_titles(api, _MAX_TITLES)
        fix = f"one of {', '.join(map(repr, titles))} for `title`, or push first" if titles else "push first"
        raise UsageError(f"the server has no project {title!r}. Fix: {fix}")
    return project


def _cache_path(out: Path, owner: str, *, is_folder: bool) -> Path:
    if not is_folder:
        return out.with_name(f".{out.name}.work.zst")
    return out / (f".{_file_name(owner)}.work.zst" if owner else ".work.zst")


def _layers_of(annotator: str, pulled: PulledLayers) -> dict[str, dict[str, Document]]:
    """Return the layers of an annotator; of all where none is named."""
    return {name: layer for name, layer in pulled.layers.items() if not annotator or name == annotator}


def _write(layers: dict[Path, tuple[str, dict[str, Document]]], scheme: Scheme) -> dict[str, tuple[str, int]]:
    return {
        str(path): (name, write_records(path, (layer[key] for key in sorted(layer)), scheme))
        for path, (name, layer) in layers.items()
    }


def _file_name(annotator: str) -> str:
    """Return a file name that is valid on all systems, and different for different annotators.

    Characters that are not allowed are replaced by their code points; a long name is shortened and gets a hash.
    """
    name = "".join(c if c.isalnum() or c in "@._-" else f"%{ord(c):x}" for c in annotator) or "%"
    if name.startswith(".") or _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):x}{name[1:]}"
    if name.casefold().endswith(_DRAFTS):  # the suffix of files of drafts
        name = f"{name[: -len(_DRAFTS)]}%2e{name[1 - len(_DRAFTS) :]}"
    if len(name.encode()) > _MAX_NAME_BYTES:
        name = f"{name.encode()[:60].decode(errors='ignore')}%{sha256_hex(annotator)[:16]}"
    return name
