"""What a pull to files did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...annotate.label_studio.sync.work.unknown_name_counts import UnknownName
from ...schema import Problem, pluralize
from .pulled_work import FileList


@dataclass(frozen=True, slots=True)
class PullSummary:
    """What a pull did.

    Attributes:
        files: Annotator and number of documents by file.
        read: Number of tasks that were read.
        whole: Whether all tasks were read, not only the changed ones.
        problems: Annotations that are not valid spans.
        remarks: Notes for the user.
        unknown: Names that the registry or the gazetteer does not know, the most frequent first.
        kept: Number of items kept in the `extra` of layers, by their key there.
        drafts: Number of tasks with drafts on the server.
        draft_files: Annotator and number of documents by file of drafts; empty unless drafts were requested.
    """

    files: FileList
    read: int
    whole: bool
    problems: list[Problem]
    remarks: list[str]
    unknown: list[UnknownName]
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
            unknown=[name for part in parts for name in part.unknown],
            kept=sum((part.kept for part in parts), Counter()),
            drafts=sum(part.drafts for part in parts),
            draft_files={path: item for part in parts for path, item in part.draft_files.items()},
        )

    def __str__(self) -> str:
        lines = [f"{who}: {pluralize(count, 'document')} -> {path}" for path, (who, count) in self.files.items()]
        lines += [f"{who}: {pluralize(count, 'draft')} -> {path}" for path, (who, count) in self.draft_files.items()]
        read = f"{pluralize(self.read, 'task')} read{' (all)' if self.whole else ''}"
        return "\n".join([*lines, f"{read}, {pluralize(len(self.problems), 'problem')}"])

    def notes(self) -> list[str]:
        """Return the notes for the user, each unknown name once, and none that the last pull to these files named."""
        notes = self.remarks + [str(name) for name in self.unknown if name.new]
        if old := sum(not name.new for name in self.unknown):
            notes.append(f"{pluralize(old, 'unknown name')} that the last pull reported too: --json lists all")
        return notes

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
            "remarks": self.remarks + [str(name) for name in self.unknown],
            "unknown_names": [name.to_dict() for name in self.unknown],
            "kept": dict(self.kept),
            "drafts": self.drafts,
            "draft_files": _file_list(self.draft_files),
        }


def _file_list(files: FileList) -> list[dict[str, Any]]:
    return [{"path": path, "annotator": name, "documents": count} for path, (name, count) in files.items()]
