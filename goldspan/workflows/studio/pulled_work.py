"""Annotators' work as pulled: a corpus for each annotator, which can be saved as files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

from ...annotate.label_studio.client.projects import Project
from ...annotate.label_studio.sync.pull import PulledLayers
from ...annotate.label_studio.sync.work.stored_layer import StoredLayer
from ...annotate.label_studio.sync.work.unknown_name_counts import UnknownName
from ...corpus import Corpus, write_records
from ...corpus.storage.checked import CheckedDocuments
from ...schema import DependencyError, Document, Problem, Scheme, UsageError, did_you_mean, pluralize, sha256_hex

_MAX_NAME_BYTES = 120
_DRAFTS = ".drafts"
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)  # on Windows

FileList = dict[str, tuple[str, int]]
"""Annotator and number of documents by file."""


@dataclass(frozen=True, slots=True)
class Pulled(Mapping[str, Corpus]):
    """The work of annotators: a mapping of their names to what they submitted.

    Attributes:
        layers: What each annotator submitted, by name.
        draft_layers: What each has not submitted yet, by name; empty unless drafts were requested.
        drafts: Number of tasks with drafts on the server.
        problems: Annotations that are not valid spans, each with the URL of its task.
        remarks: Notes about the work, such as several annotations of a task.
        unknown: Names in the work that the registry or the gazetteer does not know.
        kept: Number of items that are kept with the layers because no span can hold them, by kind.
        projects: The projects.
        read: Number of tasks that were read.
        whole: Whether all tasks were read, not only the changed ones.
        accounts: Names under which work could have been pulled.
        drafts_requested: Whether drafts were requested.
    """

    layers: Mapping[str, Corpus]
    draft_layers: Mapping[str, Corpus]
    drafts: int
    problems: list[Problem]
    remarks: list[str]
    unknown: list[UnknownName]
    kept: Counter[str]
    projects: tuple[Project, ...]
    read: int
    whole: bool
    accounts: frozenset[str]
    drafts_requested: bool

    @classmethod
    def combine(cls, parts: Sequence[Pulled]) -> Pulled:
        """Combine what was pulled from several projects."""
        return cls(
            layers={name: layer for part in parts for name, layer in part.layers.items()},
            draft_layers={name: layer for part in parts for name, layer in part.draft_layers.items()},
            drafts=sum(part.drafts for part in parts),
            problems=[problem for part in parts for problem in part.problems],
            remarks=[remark for part in parts for remark in part.remarks],
            unknown=[name for part in parts for name in part.unknown],
            kept=sum((part.kept for part in parts), Counter()),
            projects=tuple(project for part in parts for project in part.projects),
            read=sum(part.read for part in parts),
            whole=all(part.whole for part in parts),
            accounts=frozenset().union(*(part.accounts for part in parts)),
            drafts_requested=any(part.drafts_requested for part in parts),
        )

    def __getitem__(self, annotator: str) -> Corpus:
        """Return what an annotator submitted.

        Raises:
            UsageError: There is nothing of theirs.
        """
        if annotator not in self.layers:
            known = did_you_mean(annotator, list(self.layers)) if self.layers else "nobody has submitted anything yet"
            raise UsageError(f"no work of {annotator!r}. Fix: {known}")
        return self.layers[annotator]

    def __contains__(self, annotator: object) -> bool:
        return annotator in self.layers

    def get(self, annotator: str, default: Any = None) -> Any:
        """Return what an annotator submitted, or the default if there is nothing of theirs."""
        return self.layers.get(annotator, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __str__(self) -> str:
        lines = [f"{name}: {pluralize(len(layer), 'document')}" for name, layer in self.layers.items()]
        lines += [f"{name}: {pluralize(len(layer), 'draft')}" for name, layer in self.draft_layers.items()]
        counts = [pluralize(self.read, "task") + " read", pluralize(len(self.problems), "problem")]
        counts += [pluralize(len(self.remarks), "remark")] if self.remarks else []
        counts += [pluralize(len(self.unknown), "unknown name")] if self.unknown else []
        counts += [f"{pluralize(self.drafts, 'document')} with unsubmitted drafts"] if self.drafts else []
        return "\n".join([*(lines or ["nobody has submitted an annotation yet"]), ", ".join(counts)])

    def _repr_html_(self) -> str:
        links = "".join(f"<p>{project_link(project)}</p>" for project in self.projects)
        return f"<pre>{escape(str(self))}</pre>{links}"

    def save(self, folder: str | Path) -> list[Path]:
        """Write a records file for each annotator, as `goldspan studio pull --out` does; return the files.

        Drafts go to files of their own: `NAME.drafts.jsonl` beside `NAME.jsonl`.

        Raises:
            DependencyError: The files cannot be written.
        """
        folder = make_folder(Path(folder))
        drafts = self.draft_layers if self.drafts_requested else None
        files, draft_files = write_work(self.layers, drafts, self.accounts, lambda name: path_in(folder, name))
        return [Path(path) for path in (*files, *draft_files)]


def project_link(project: Project) -> str:
    """Return a link to a project for notebooks."""
    return f'<a href="{escape(project.url)}">{escape(project.title)}</a>'


class SavedLayer(Sized, Protocol):
    """A layer that can be written: a corpus, or one that is not in memory."""

    def save(self, path: Path, /) -> None:
        """Write a records file."""


@dataclass(frozen=True, slots=True)
class StoredLayerFile:
    """A layer to be written to a file without being in memory as a whole."""

    documents: StoredLayer
    scheme: Scheme

    def __len__(self) -> int:
        return len(self.documents)

    def in_order(self) -> Iterator[Document]:
        """Return the documents, sorted by id."""
        return CheckedDocuments(self.documents.by_id(), self.scheme)

    def save(self, path: Path, /) -> None:
        """Write a records file; see `write_records`."""
        write_records(path, self.in_order(), self.scheme)


@dataclass(frozen=True, slots=True)
class ReadWork:
    """The work of the annotators of a project, which is on disk; attributes are those of `PullSummary` and `Pulled`."""

    submitted: PulledLayers
    unfinished: PulledLayers
    layers: dict[str, StoredLayerFile]
    draft_layers: dict[str, StoredLayerFile]
    drafts: int
    unknown: list[UnknownName]
    read: int
    whole: bool
    accounts: frozenset[str]

    @property
    def problems(self) -> list[Problem]:
        """Annotations that are not valid spans."""
        return self.submitted.problems + self.unfinished.problems

    @property
    def remarks(self) -> list[str]:
        """Notes about the work."""
        return self.submitted.remarks + self.unfinished.remarks

    @property
    def kept(self) -> Counter[str]:
        """Number of items that are kept because no span can hold them, by kind."""
        return self.submitted.kept + self.unfinished.kept


def write_work(
    layers: Mapping[str, SavedLayer],
    draft_layers: Mapping[str, SavedLayer] | None,
    accounts: Collection[str],
    path_of: Callable[[str], Path],
) -> tuple[FileList, FileList]:
    """Write what annotators submitted, and their drafts if these were requested; return both lists of files.

    Files of drafts that have been submitted or deleted since are removed.

    Args:
        layers: What each annotator submitted, by name.
        draft_layers: What each has not submitted yet; None if drafts were not requested.
        accounts: Names under which work could have been pulled.
        path_of: Returns the file of an annotator.

    Raises:
        DependencyError: The files cannot be written.
    """
    files = _write({path_of(name): (name, layer) for name, layer in layers.items()})
    if draft_layers is None:
        return files, {}
    draft_files = _write({drafts_path(path_of(name)): (name, layer) for name, layer in draft_layers.items()})
    for path in {drafts_path(path_of(name)) for name in accounts} - set(map(Path, draft_files)):
        path.unlink(missing_ok=True)
    return files, draft_files


def make_folder(folder: Path, option: str = "out") -> Path:
    """Make a folder if it does not exist, and return it.

    Args:
        folder: The folder.
        option: The parameter that names it, for messages.

    Raises:
        DependencyError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DependencyError(f"{folder}: {error.strerror}. Fix: another folder for `{option}`") from error
    return folder


def path_in(folder: Path, annotator: str) -> Path:
    """Return the path of an annotator's file in a folder."""
    return folder / f"{file_name(annotator)}.jsonl"


def drafts_path(path: Path) -> Path:
    """Return the path of an annotator's drafts, given the path of their submitted work."""
    return path.with_name(f"{path.stem}{_DRAFTS}{path.suffix}")


def _write(layers: Mapping[Path, tuple[str, SavedLayer]]) -> FileList:
    for path, (_, layer) in layers.items():
        layer.save(path)
    return {str(path): (name, len(layer)) for path, (name, layer) in layers.items()}


def file_name(annotator: str) -> str:
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
