"""Statistics of a corpus of shards: those of each shard, counted side by side, and their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields

from ...schema import Problem, Scheme
from ...schema.progress import Progress, ignore_progress
from ..storage.records import ProblemCallback, read_records
from ..storage.shards.seen_ids import SeenIds, id_digest
from .stats import CorpusStats, LabelStats, StatsCounter


@dataclass(frozen=True, slots=True)
class ShardStats:
    """What was counted in a shard.

    Attributes:
        stats: The counts.
        ids: Digests of the ids, by which documents in two shards are found.
        problems: Those of the records that were skipped.
    """

    stats: CorpusStats
    ids: bytes
    problems: Sequence[Problem]


def count_shard(path: str, scheme: Scheme, lenient: bool) -> ShardStats:
    """Count a shard.

    Args:
        path: The shard.
        scheme: The scheme of the documents.
        lenient: Whether invalid records are skipped.

    Raises:
        DataError: A record is invalid.
    """
    counter, ids, problems = StatsCounter(scheme), bytearray(), list[Problem]()
    for document in read_records(path, scheme, lenient=problems.append if lenient else None):
        counter.add(document)
        ids += id_digest(document.id)
    return ShardStats(counter.stats(), bytes(ids), problems)


def stats_of_shards(
    paths: Sequence[str],
    scheme: Scheme,
    executor: Executor,
    *,
    lenient: ProblemCallback | None = None,
    progress: Progress = ignore_progress,
) -> CorpusStats | None:
    """Return the counts of all shards, as of one file; None if a document is in two of them.

    Args:
        paths: The shards, in order.
        scheme: The scheme of the documents.
        executor: Counts several at a time.
        lenient: Called with the problems of each shard, in order; None to raise the first.
        progress: Called after each shard.

    Raises:
        DataError: A record is invalid.
    """
    futures = [executor.submit(count_shard, path, scheme, lenient is not None) for path in paths]
    seen = SeenIds()
    parts: list[CorpusStats] = []
    problems: list[Problem] = []
    for future in futures:
        counted = future.result()
        if seen.first_known(counted.ids) is not None:
            return None
        parts.append(counted.stats)
        problems += counted.problems
        progress("counting", len(parts), len(paths))
    if lenient is not None:
        for problem in problems:
            lenient(problem)
    return _sum(parts, scheme)


def _sum(parts: Sequence[CorpusStats], scheme: Scheme) -> CorpusStats:
    total = CorpusStats(labels={name: LabelStats() for name in scheme.labels})
    numbers = ("documents", "text_free", "characters", "words", "spans", "undated")
    for name in numbers:
        setattr(total, name, sum(getattr(part, name) for part in parts))
    for label, counts in total.labels.items():
        for field in fields(counts):
            setattr(counts, field.name, sum(getattr(part.labels[label], field.name) for part in parts))
    for name in ("zones", "annotators", "publishers", "languages", "span_counts"):
        summed: Counter[str | int] = Counter()
        for part in parts:
            summed.update(getattr(part, name))
        setattr(total, name, dict(summed if name in ("zones", "annotators", "publishers") else sorted(summed.items())))
    days = [day for part in parts for day in part.published or ()]
    total.published = (min(days), max(days)) if days else None
    return total
