"""People's work in a project of Label Studio, back to files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.client.projects import find_project, project_must_exist, project_titles
from ..annotate.label_studio.sync.annotations import annotator_names, drafts_as_tasks
from ..annotate.label_studio.sync.pull import owner_first, read_annotations
from ..annotate.label_studio.sync.pull_cache import PullCache
from ..annotate.label_studio.sync.worked_tasks import count_drafts
from ..corpus import write_records
from ..schema import DependencyError, Document, Problem, Scheme, UsageError, sha256_hex

_LONGEST_NAME = 120
_DRAFTS = ".drafts"
_LISTED = 10  # titles of projects in an error
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)  # by Windows


@dataclass(frozen=True, slots=True)
class PullSummary:
    """A pull.

    Attributes:
        files: Annotator and number of documents by file.
        read: Tasks that were read.
        whole: Whether all were.
        problems: What makes no valid span.
        remarks: What a person should know.
        kept: How much is kept in the `extra` of layers, by its key there.
        drafts: How many tasks have drafts at the server.
        draft_files: Annotator and number of documents by file of drafts; none where they were not asked for.
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
    def together(cls, parts: Sequence[PullSummary]) -> PullSummary:
        """Several pulls as one."""
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
        """As plain data."""
        return {
            "files": _listed(self.files),
            "tasks_read": self.read,
            "whole": self.whole,
            "problems": [
                {"task": problem.path, "document": problem.document, "what": problem.what, "fix": problem.fix}
                for problem in self.problems
            ],
            "remarks": self.remarks,
            "kept": dict(self.kept),
            "drafts": self.drafts,
            "draft_files": _listed(self.draft_files),
        }


def _listed(files: dict[str, tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"path": path, "annotator": who, "documents": count} for path, (who, count) in files.items()]


def pull_files(
    api: StudioClient,
    out: Path,
    scheme: Scheme,
    *,
    title: str | None = None,
    annotator: str = "",
    owner: str = "",
    carry: bool = False,
    drafts: bool = False,
) -> PullSummary:
    """Brings people's work to files. Beside them stays what the server said, so that the next pull asks for less.

    Args:
        api: The server.
        out: A records file, for one annotator; a folder, which gets a file of each.
        scheme: Of the project.
        title: Of the project.
        annotator: Only this one's work.
        owner: Whoever the project is planned for: its layer, whatever the accounts are called that worked there.
        carry: As in `read_annotations`.
        drafts: Bring drafts too, to files of their own: `NAME.drafts.jsonl` beside `NAME.jsonl`.

    Raises:
        DataError: No project of that title.
        DependencyError: The server does not answer, or the files cannot be written.
        UsageError: One file for several annotators, or no work of the annotator named.
    """
    project = find_project(api, title or scheme.ref)
    if project is None:
        there = project_titles(api, _LISTED)
        fix = f"--project TITLE, as of {', '.join(map(repr, there))}; or push first" if there else "push first"
        raise UsageError(f"the server has no project {title or scheme.ref!r}. Fix: {fix}")
    folder = out.is_dir() or not out.suffix
    if folder:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DependencyError(f"{out}: {error.strerror}. Fix: name another folder with --out") from error
    hidden = f".{_file_name(owner)}.work.zst" if owner else ".work.zst"
    store = PullCache(out / hidden if folder else out.with_name(f".{out.name}.work.zst"))
    with project_must_exist(api, project, "Fix: push again, or name another with --project"):
        read, whole = store.update(api, project)
        begun = list(drafts_as_tasks(api, project)) if drafts else []
        count = len(begun) if drafts else count_drafts(api, project)
    names = annotator_names(api)
    accounts = owner_first(owner, names, store.tasks_by_user())
    # drafts do not decide whose work counts: the layers are the same with and without them
    starters = Counter(user for work in begun for user in {one.user for one in work.annotations})
    accounts += [user for user in owner_first(owner, names, starters) if user not in accounts]
    pulled = read_annotations(store.in_order(), project, names, scheme, propagate=carry, owner=owner, accounts=accounts)
    unfinished = read_annotations(
        begun, project, names, scheme, propagate=carry, drafts=True, owner=owner, accounts=accounts
    )
    if owner and len(accounts) > 1:
        first, *others = (names.get(user, f"user-{user}") for user in accounts)
        told = f"in the project of {owner}, {first} counts before {', '.join(others)}, who worked there too"
        pulled.remarks.append(f"{project.url}: {told}")
    layers, draft_layers = (
        {name: layer for name, layer in found.layers.items() if not annotator or name == annotator}
        for found in (pulled, unfinished)
    )
    everybody = sorted({*layers, *draft_layers})
    if annotator and not everybody:
        known = ", ".join(sorted({*pulled.layers, *unfinished.layers})) or "nobody yet"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: one of {known}")
    if not folder and len(everybody) > 1:
        who = ", ".join(everybody)
        raise UsageError(
            f"{out} is for one annotator, and there are {who}. Fix: --annotator NAME, or a folder for --out"
        )

    def path_of(who: str) -> Path:
        return out / f"{_file_name(who)}.jsonl" if folder else out

    files = _written({path_of(who): (who, layer) for who, layer in sorted(layers.items())}, scheme)
    if not folder and not layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    draft_files = _written({drafts_of(path_of(w)): (w, layer) for w, layer in sorted(draft_layers.items())}, scheme)
    if drafts:  # those of an earlier pull were submitted or thrown away since
        mine = {owner or name for name in names.values() if not annotator or name == annotator}
        for path in {drafts_of(path_of(who)) for who in mine} - set(map(Path, draft_files)):
            path.unlink(missing_ok=True)
    store.save(api, project)
    return PullSummary(
        files,
        read,
        whole,
        pulled.problems + unfinished.problems,
        pulled.remarks + unfinished.remarks,
        pulled.kept + unfinished.kept,
        count,
        draft_files,
    )


def drafts_of(path: Path) -> Path:
    """Where the drafts of an annotator are whose submitted work is in a file."""
    return path.with_name(f"{path.stem}{_DRAFTS}{path.suffix}")


def _written(layers: dict[Path, tuple[str, dict[str, Document]]], scheme: Scheme) -> dict[str, tuple[str, int]]:
    return {
        str(path): (who, write_records(path, (layer[key] for key in sorted(layer)), scheme))
        for path, (who, layer) in layers.items()
    }


def _file_name(annotator: str) -> str:
    """A name that is a file's everywhere, and no two annotators' the same.

    What may not stand in one is written as its code point; of a long one stands the beginning, with a hash.
    """
    name = "".join(c if c.isalnum() or c in "@._-" else f"%{ord(c):x}" for c in annotator) or "%"
    if name.startswith(".") or _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):x}{name[1:]}"
    if name.casefold().endswith(_DRAFTS):  # these are the files of drafts
        name = f"{name[: -len(_DRAFTS)]}%2e{name[1 - len(_DRAFTS) :]}"
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{name.encode()[:60].decode(errors='ignore')}%{sha256_hex(annotator)[:16]}"
    return name
