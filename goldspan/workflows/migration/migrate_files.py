"""Migrate records, decisions and whole folders to another scheme."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ...corpus import write_records
from ...corpus.migration.question_file import question_record, read_answers, write_questions
from ...corpus.migration.record_migration import MigrationTally, migrate_records
from ...corpus.storage.records import record_files
from ...corpus.storage.shards.run_state import FinishedShard, ShardedRun
from ...corpus.storage.shards.shard_listing import holds_shards, list_shards
from ...corpus.storage.shards.targets import require_apart
from ...corpus.storage.stream_copies import reread
from ...schema import Migration, UsageError
from ...schema.migration.questions import Answers
from ...schema.progress import Progress, ignore_progress


@dataclass(slots=True)
class MigrationSummary:
    """What a migration of files did, or would do.

    Attributes:
        migration: The migration.
        tally: What changes, and what a person has to decide first.
        written: Whether the result was written; it is not if there are questions, or in a dry run.
        asked: Number of questions that were written to the file for them.
    """

    migration: Migration
    tally: MigrationTally = field(default_factory=MigrationTally)
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
            "unchanged": self.tally.unchanged,
            "changes": dict(sorted(self.tally.changes.items())),
            "questions": [question_record(question) for question in self.tally.questions.values()],
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
    """Take a records file or a folder of shards to another scheme.

    Everything is read first: if a person has to decide something, only the questions are written.

    Args:
        source: A corpus, as in `read_records`.
        out: The file or folder to write; `-` is standard output. None only in a dry run.
        migration: The migration.
        questions: A file of questions: answers in it are used, and open questions are written to it.
        dry_run: Whether nothing is written.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid or of a third scheme, or an answer does not fit.
        DependencyError: A file cannot be written.
        UsageError: `out` holds the input, or something else.
    """
    summary = MigrationSummary(migration)
    answers = read_answers(questions) if questions else {}
    with reread(source) as copy:
        for _ in migrate_records(str(copy), migration, answers, summary.tally):
            if summary.tally.documents % 1000 == 0:
                progress("reading", summary.tally.documents, 0)
        if dry_run:
            return summary
        if summary.tally.questions:
            if questions:
                summary.asked = write_questions(questions, summary.tally.questions.values())
            return summary
        if out is None:
            raise UsageError("`out` is missing. Fix: name a file or folder to write")
        if holds_shards(str(copy)):
            _write_shards(str(copy), out, migration, answers, progress)
        else:
            write_records(out, migrate_records(str(copy), migration, answers, MigrationTally()), migration.new)
    summary.written = True
    return summary


def _write_shards(source: str, out: str, migration: Migration, answers: Answers, progress: Progress) -> None:
    """Write each shard to one of the same name."""
    require_apart(source, record_files(source), out)
    shards = list_shards(source)
    answered = hashlib.sha256(repr(sorted(answers.items(), key=repr)).encode()).hexdigest()
    description = {
        "step": "migrate",
        "migration": migration.id,
        "reverse": migration.is_reverse,
        "scheme": migration.new.ref,
        "answers": answered,
    }
    run = ShardedRun(out, description, [(shard.name, shard.state) for shard in shards])
    with run.started() as finished:
        written: list[FinishedShard] = []
        for shard in shards:
            if shard.name in finished:
                written.append(finished[shard.name])
                continue
            digest = hashlib.sha256()
            run.begin(shard.name)
            documents = migrate_records(shard.path, migration, answers, MigrationTally())
            count = write_records(run.path(shard.name), documents, migration.new, digest=digest)
            written.append(run.finished_shard(shard.name, sha256=digest.hexdigest(), documents=count))
            run.record(written[-1])
            progress("writing shards", len(written), len(shards))
        run.finish(written)
