"""What a withdrawal did, or would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ...corpus.inspection.near_duplicates import DuplicatePair
from ...corpus.withdrawal.withdrawal_list import Withdrawal
from ...corpus.withdrawal.withdrawn_documents import path_from_here
from ...schema import pluralize

TRACES = {
    "text": "holds the text, or half of it",
    "passage": "has a passage that the text has too",
    "id": "names the id",
    "unread": "cannot be searched: too large, broken, or what reads it is not installed",
}
"""What is said of a file that is not changed, by what was found in it."""


@dataclass(slots=True)
class ProjectRemoval:
    """What was taken out of a project of Label Studio.

    Attributes:
        title: Title of the project.
        url: URL of its page.
        tasks: Number of tasks.
        annotated: Number of these that somebody has annotated or skipped.
        drafts: Number of these with a draft.
        entries: Number of entries that its lists had learned from them alone.
    """

    title: str
    url: str
    tasks: int
    annotated: int = 0
    drafts: int = 0
    entries: int = 0

    def __str__(self) -> str:
        more = [
            f"{self.annotated} annotated" if self.annotated else "",
            pluralize(self.drafts, "draft") if self.drafts else "",
            pluralize(self.entries, "learned list entry").replace("entrys", "entries") if self.entries else "",
        ]
        noted = ", ".join(filter(None, more))
        return f"{self.title}: {pluralize(self.tasks, 'task')}{f' ({noted})' if noted else ''}"


@dataclass(slots=True)
class WithdrawalSummary:
    """What a withdrawal did, or would do.

    Attributes:
        withdrawals: The withdrawals, as in the list.
        lists: The files of the list.
        dry_run: Whether nothing was changed.
        persons: What the reason says of persons, such as the name of an annotator whom the key has.
        added: Number of withdrawals that the list did not have yet.
        searched: Number of files that were searched.
        removed: Number of items taken out, by file.
        deleted: Files that were deleted, because all of them is about a document: answers of models.
        exports: Copies of exports that goldspan's own server had kept, and that were deleted.
        projects: What was taken out of projects of Label Studio.
        servers: Servers that were searched.
        traces: Files that are not changed and tell of a document, with what they tell, as in `TRACES`.
        published: Such files in published editions and exported datasets.
        near: Documents with nearly the same text, which stay.
        near_searched: Whether such documents were looked for.
        changelogs: Changelogs of editions that say what the next one leaves out.
        unreached: Where else the documents may be, for the owner to look.
    """

    withdrawals: list[Withdrawal]
    lists: list[Path]
    dry_run: bool = False
    added: int = 0
    searched: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    projects: list[ProjectRemoval] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    traces: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    near: list[DuplicatePair] = field(default_factory=list)
    near_searched: bool = True
    changelogs: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "withdrawals": [msgspec.to_builtins(item) for item in self.withdrawals],
            "lists": [str(path) for path in self.lists],
            "dry_run": self.dry_run,
            "persons": self.persons,
            "added": self.added,
            "searched": self.searched,
            "removed": self.removed,
            "deleted": self.deleted,
            "exports": self.exports,
            "projects": [
                {"title": item.title, "url": item.url, "tasks": item.tasks, "annotated": item.annotated}
                | {"drafts": item.drafts, "list_entries": item.entries}
                for item in self.projects
            ],
            "servers": self.servers,
            "traces": self.traces,
            "published": self.published,
            "near_copies": [
                {"document": pair.later, "of": pair.earlier, "similarity": pair.similarity} for pair in self.near
            ]
            if self.near_searched
            else None,
            "changelogs": self.changelogs,
            "unreached": self.unreached,
        }

    def lines(self) -> Iterator[str]:
        """Yield lines on what was taken out, and where."""
        done = "would be taken out of" if self.dry_run else "taken out of"
        files = f"{pluralize(self.searched, 'file')} searched"
        yield f"{files}; {done}: {pluralize(len(self.removed), 'file')}, {pluralize(len(self.projects), 'project')}"
        for path, count in self.removed.items():
            yield f"  {path}: {pluralize(count, 'item')}"
        for project in self.projects:
            yield f"  {project}"
        for path in self.changelogs:
            yield f"  {path}: tells what the next edition leaves out"
        if self.deleted:
            yield f"  cached answers of models: {len(self.deleted)}"
        if self.exports:
            yield f"  copies of exports that the server keeps: {len(self.exports)}"

    def notes(self) -> Iterator[str]:
        """Yield lines on what stays, for the owner to decide."""
        if self.persons:
            what = f"the reason names somebody: {', '.join(map(repr, self.persons))}"
            yield f"{what}. Fix: write another reason into {', '.join(map(path_from_here, self.lists))}"
        for path, what in self.traces.items():
            yield f"not changed: {path} {TRACES[what]}. Fix: delete it, or make it again"
        for path, what in self.published.items():
            yield f"published or exported, and left as it is: {path} {TRACES[what]}"
        for pair in self.near:
            yield f"nearly the same text as {pair.earlier!r}, and kept: {pair.later!r} ({pair.similarity:.2f})"
        if not self.near_searched:
            yield "nearly equal texts were not looked for. Fix: pip install 'goldspan[duplicates]'"
        for place in self.unreached:
            yield f"not reached: {place}"
