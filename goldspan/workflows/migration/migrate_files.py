"""Migrate records, decisions and whole folders to another scheme."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ...corpus import write_records
from ...corpus.migration.decision_migration import migrate_decisions
from ...corpus.migration.question_file import question_record, read_answers, write_questions
from ...corpus.migration.record_migration import MigrationTally, migrate_records
from ...corpus.storage.file_io import STANDARD, file_suffix, open_writer, unwritable
from ...corpus.storage.shards.shard_listing import holds_shards
from ...corpus.storage.shards.targets import require_apart
from ...corpus.storage.stream_copies import is_stream, reread
from ...schema import Migration, UsageError
from ...schema.migration.questions import Answers
from ...schema.progress import Progress, ignore_progress
from .file_kinds import WITHOUT_LABELS, FileKind, kind_of, project_files
from .shard_migration import migrate_shards


@dataclass(slots=True)
class MigrationSummary:
    """What a migration of files did, or would do.

    Attributes:
        migration: The migration.
        tally: What changes, and what a person has to decide first.
        copied: Files in which nothing depends on a scheme, with what they are.
        written: Whether the result was written; it is not if there are questions, or in a dry run.
        asked: Number of questions that were written to the file for them.
    """

    migration: Migration
    tally: MigrationTally = field(default_factory=MigrationTally)
    copied: dict[str, str] = field(default_factory=dict)
    written: bool = False
    asked: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "old": self.migration.old.ref,
            "new": self.migration.new.ref,
            "migration": self.migration.id,
            "reverse": self.migration.is_reverse,
            "documents": self.tally.documents,
            "lines": self.tally.lines,
            "unchanged": self.tally.unchanged,
            "changes": dict(sorted(self.tally.changes.items())),
            "questions": [question_record(question) for question in self.tally.questions.values()],
            "copied": self.copied,
            "written": self.written,
        }


def migrate_files(
    source: str,
    out: str | None,
    migration: Migration,
    *,
    questions: str | None = None,
    dry_run: bool = False,
    progress: Progress = ignore_progress,
) -> MigrationSummary:
    """Take a records file, a corpus of shards, decisions, or the folder of a gold to another scheme.

    Everything is read first: if a person has to decide something, only the questions are written.

    Args:
        source: A corpus, as in `read_records`; a file of conflicts and decisions; or a folder with passes, decisions
            and the gold made of them. Files that name no label, such as plans, are copied.
        out: The file or folder to write; `-` is standard output. None only in a dry run.
        migration: The migration.
        questions: A file of questions: answers in it are used, and open questions are written to it.
        dry_run: Whether nothing is written.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid or of a third scheme, or an answer does not fit.
        DependencyError: A file cannot be written.
        UsageError: `out` is the input or lies in it, or is a folder that holds something.
    """
    if questions and out and questions != STANDARD and os.path.realpath(questions) == os.path.realpath(out):
        raise UsageError(f"`questions` {questions} is `out` too. Fix: two files")
    summary = MigrationSummary(migration)
    answers = read_answers(questions) if questions else {}
    with reread(source) as copy:
        path = str(copy) if is_stream(source) else source
        files = project_files(path)
        if files is not None:
            parts: dict[str, FileKind] = {str(Path(path) / name): kind for name, kind in files.items()}
        else:
            kind = "records" if holds_shards(path) else kind_of(Path(path))
            parts = {path: "records" if kind in ("empty", "other") else kind}
        for file, kind in parts.items():
            if kind == "records":
                _read_records(file, summary, answers, progress)
        # decisions state no scheme; beside passes that have the new one already, so have they
        settled = 0 < summary.tally.documents == summary.tally.unchanged
        for file, kind in parts.items():
            if kind == "decisions":
                for _ in migrate_decisions(file, migration, answers, summary.tally, settled=settled):
                    pass
            elif kind != "records":
                summary.copied[file] = WITHOUT_LABELS[kind]
        if summary.tally.questions and questions and not dry_run:
            summary.asked = write_questions(questions, summary.tally.questions.values())
        if dry_run or summary.tally.questions:
            return summary
        if out is None:
            raise UsageError("`out` is missing. Fix: name a file or folder to write")
        if files is not None:
            _write_folder(Path(path), files, out, migration, answers, settled)
        elif holds_shards(path):
            migrate_shards(path, out, migration, answers, progress)
        else:
            _write_file(path, parts[path], out, migration, answers, settled)
    summary.written = True
    return summary


def _read_records(path: str, summary: MigrationSummary, answers: Answers, progress: Progress) -> None:
    """Count what changes in records, and what a person has to decide."""
    for _ in migrate_records(path, summary.migration, answers, summary.tally):
        if summary.tally.documents % 1000 == 0:
            progress("reading", summary.tally.documents, 0)


def _write_file(path: str, kind: FileKind, out: str, migration: Migration, answers: Answers, settled: bool) -> None:
    """Write a file in the new scheme; `settled` is that of `migrate_decisions`."""
    tally = MigrationTally()
    if kind == "records":
        write_records(out, migrate_records(path, migration, answers, tally), migration.new)
        return
    if out != STANDARD and file_suffix(out) != file_suffix(path):
        raise UsageError(f"`out` {out}: the file is copied in its format. Fix: a name that ends in {file_suffix(path)}")
    with open_writer(out) as stream:
        if kind == "decisions":
            lines = migrate_decisions(path, migration, answers, tally, settled=settled)
            stream.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
        else:
            with Path(path).open("rb") as source:
                shutil.copyfileobj(source, stream)


def _write_folder(
    source: Path, files: dict[str, FileKind], out: str, migration: Migration, answers: Answers, settled: bool
) -> None:
    """Write all files of a folder to another one, which appears completely or not at all."""
    require_apart(str(source), [str(source / name) for name in files], out)
    target = Path(os.path.realpath(out))
    if out == STANDARD or target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise UsageError(f"`out` {out} is not a new folder. Fix: name one that does not exist yet")
    unfinished = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    with ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, unfinished, ignore_errors=True)
        try:
            for name, kind in files.items():
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                _write_file(str(source / name), kind, str(unfinished / name), migration, answers, settled)
            if target.is_dir():
                target.rmdir()
            unfinished.replace(target)
        except OSError as error:
            raise unwritable(Path(out), error) from error
