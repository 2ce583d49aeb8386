"""Migrate a corpus of shards, each to one of the same name."""

from __future__ import annotations

import hashlib

from ...corpus import write_records
from ...corpus.migration.record_migration import MigrationTally, migrate_records
from ...corpus.storage.records import record_files
from ...corpus.storage.shards.run_state import FinishedShard
from ...corpus.storage.shards.shard_listing import list_shards
from ...corpus.storage.shards.sharded_run import ShardedRun
from ...corpus.storage.shards.targets import require_apart
from ...schema import Migration
from ...schema.migration.questions import Answers
from ...schema.progress import Progress


def migrate_shards(source: str, out: str, migration: Migration, answers: Answers, progress: Progress) -> None:
    """Write each shard of a corpus in the new scheme; a run that was interrupted continues.

    Args:
        source: The corpus.
        out: The folder to write, or its address.
        migration: The migration.
        answers: What people decided.
        progress: Called after each shard.

    Raises:
        DataError: A record is invalid.
        DependencyError: The folder cannot be written.
        UsageError: `out` is the source, or holds something else.
    """
    require_apart(source, record_files(source), out)
    shards = list_shards(source)
    description = {
        "step": "migrate",
        "migration": migration.id,
        "reverse": migration.is_reverse,
        "scheme": migration.new.ref,
        "answers": hashlib.sha256(repr(sorted(answers.items(), key=repr)).encode()).hexdigest(),
    }
    run = ShardedRun(out, description, [(shard.name, shard.state) for shard in shards])
    with run.started() as finished:
        written: list[FinishedShard] = []
        for shard in shards:
            done = finished.get(shard.name)
            if done is None:
                digest = hashlib.sha256()
                run.begin(shard.name)
                documents = migrate_records(shard.path, migration, answers, MigrationTally())
                count = write_records(run.path(shard.name), documents, migration.new, digest=digest)
                done = run.finished_shard(shard.name, sha256=digest.hexdigest(), documents=count)
                run.record(done)
            written.append(done)
            progress("writing shards", len(written), len(shards))
        run.finish(written)
