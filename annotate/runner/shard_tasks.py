"""What a worker does with a shard: read it, annotate its documents, and write the shard of the same name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from ...corpus import read_records, write_records
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.storage.file_io import Digest, open_writer
from ...corpus.storage.records import PARQUET, record_format
from ...corpus.storage.shards.seen_ids import id_digest
from ...corpus.storage.shards.state_files import ensure_folder
from ...schema import Document, Problem, RecordCodec, Scheme
from .extractor_run import batches_of, without_spans
from .outcome import AnnotationOutcome
from .worker_tasks import loaded_run

MAX_SHOWN = 20
"""How many problems of a shard are passed on to be shown; all of them are in its list of failures."""


@dataclass(frozen=True, slots=True)
class ShardTask:
    """A shard to annotate.

    Attributes:
        source: Its path or address.
        target: Path or address of the shard to write.
        failures: Path or address of the list of documents that fail, written if there are any.
        answers: Path or address of the answers of a service, which are kept until the shard is finished.
        spec: The extractor's name and arguments.
        scheme: The scheme of the records.
        lenient: Whether invalid records are skipped.
    """

    source: str
    target: str
    failures: str
    answers: str
    spec: str
    scheme: Scheme
    lenient: bool


@dataclass(slots=True)
class ShardResult:
    """What came of a shard.

    Attributes:
        documents: Number of documents written.
        failed: Number of documents that the extractor failed on.
        skipped: Number of invalid records that were skipped.
        problems: The first of their problems, as they are shown.
        tally: Counts of what happened to spans, and of what the extractor counts.
        sha256: Digest of the bytes of the shard that was written.
        ids: Digests of the ids of the documents that were read, by which those in two shards are found.
    """

    documents: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    sha256: str = ""
    ids: bytearray = field(default_factory=bytearray)


class _Failure(msgspec.Struct, omit_defaults=True):
    """A line of the list of failures."""

    id: str
    what: str
    text_sha256: str | None = None


def annotate_shard(task: ShardTask) -> ShardResult:
    """Annotate a shard; called in a worker, which loads the extractor once.

    Raises:
        DataError: The shard cannot be read, or a record is invalid.
        DependencyError: The extractor cannot be loaded or cannot continue, or the shard cannot be written.
    """
    run = loaded_run(task.spec, task.scheme)
    result = ShardResult()
    batches = batches_of(without_spans(shard_documents(task, result)))
    with run.keeping_answers(task.answers):
        return write_shard(task, (outcome for batch in batches for outcome in run.annotate_batch(batch)), result)


def shard_documents(task: ShardTask, result: ShardResult) -> Iterator[Document]:
    """Return the documents of a shard; the result gets their ids and, where the task is lenient, what is skipped."""

    def skip(problem: Problem) -> None:
        result.skipped += 1
        if len(result.problems) < MAX_SHOWN:
            result.problems.append(problem)

    def listed(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            result.ids += id_digest(document.id)
            yield document

    documents = read_records(task.source, task.scheme, lenient=skip if task.lenient else None)
    return CheckedDocuments(listed(documents), task.scheme)


def write_shard(task: ShardTask, outcomes: Iterable[AnnotationOutcome], result: ShardResult) -> ShardResult:
    """Write the documents of a shard, and the list of those that failed; complete the result and return it."""
    failures: list[bytes] = []

    def lines() -> Iterator[bytes]:
        for outcome in outcomes:
            result.tally.update(outcome.tally or {})
            if outcome.problem is None:
                yield outcome.line
                continue
            problem = outcome.problem.with_location(task.source)
            failures.append(msgspec.json.encode(_Failure(problem.document, problem.what, outcome.text_sha256)) + b"\n")
            if len(result.problems) < MAX_SHOWN:
                result.problems.append(problem)

    digest = hashlib.sha256()
    ensure_folder(task.target)
    result.documents = write_record_lines(task.target, lines(), task.scheme, digest)
    result.sha256 = digest.hexdigest()
    result.failed = len(failures)
    if failures:
        ensure_folder(task.failures)
        with open_writer(task.failures) as stream:
            stream.writelines(failures)
    return result


def write_record_lines(path: str, lines: Iterable[bytes], scheme: Scheme, digest: Digest | None = None) -> int:
    """Write the lines of checked records to a records file and return their number."""
    if record_format(path) in PARQUET:
        decode = RecordCodec(scheme).decode
        return write_records(path, CheckedDocuments(map(decode, lines), scheme), scheme, digest=digest)
    count = 0
    with open_writer(path, digest) as stream:
        for line in lines:
            stream.write(line + b"\n")
            count += 1
    return count
