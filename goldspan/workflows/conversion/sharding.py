"""Cut a corpus into shards, and put corpora together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

from ...corpus import read_records, write_records
from ...corpus.storage.file_io import STANDARD
from ...corpus.storage.records import ProblemCallback, record_files
from ...corpus.storage.shards.run_state import FinishedShard, ShardedRun
from ...corpus.storage.shards.shard_listing import is_shard_name
from ...corpus.storage.shards.targets import require_apart
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ...schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError, did_you_mean
from ...schema.progress import Progress, ignore_progress

_PART_NAME = re.compile(r"part-\d{5,}\.")


def shard_corpus(
    source: str,
    out: str,
    scheme: Scheme,
    *,
    documents: int = 10_000,
    suffix: str = ".jsonl",
    overwrite: bool = False,
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
    progress: Progress = ignore_progress,
) -> list[FinishedShard]:
    """Cut a corpus into shards `part-00000`, `part-00001` and so on, in the order of its documents.

    Args:
        source: A corpus, as in `read_records`.
        out: The folder to write, or its address.
        scheme: The scheme of the records.
        documents: Number of documents in a shard; the last one may have fewer.
        suffix: Suffix of the shards, which is their format.
        overwrite: Whether shards in `out` that somebody changed, or that another program wrote, may be replaced.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.
        progress: Called after each shard.

    Raises:
        DataError: The corpus has no documents, or a record is invalid.
        DependencyError: The target cannot be written.
        UsageError: The suffix is not that of a shard, or `out` is the source or holds something else.
    """
    if not is_shard_name(f"part{suffix}"):
        raise UsageError(f"`suffix` {suffix}: no shard ends so. Fix: .jsonl, .jsonl.gz, .jsonl.zst or .parquet")
    require_apart(source, record_files(source) if source != STANDARD else (), out)
    description = {"step": "shard", "documents": documents, "suffix": suffix, "scheme": scheme.ref}
    run = ShardedRun(out, description, [], makes=lambda name: _PART_NAME.match(name) is not None)
    withdrawn = find_withdrawn(source, out)
    records = withdrawn.keep(read_records(source, scheme, lenient=lenient))
    finished: list[FinishedShard] = []
    with run.started(overwrite=overwrite):
        for name, part in _parts(records, documents, suffix):
            digest = hashlib.sha256()
            run.begin(name)
            count = write_records(run.path(name), part, scheme, digest=digest)
            finished.append(run.finished_shard(name, sha256=digest.hexdigest(), documents=count))
            run.record(finished[-1])
            progress("writing shards", len(finished), 0)
        run.finish(finished)
    withdrawn.tell(note)
    return finished


def _parts(documents: Iterator[Document], size: int, suffix: str) -> Iterator[tuple[str, Iterator[Document]]]:
    """Yield the names of shards with their documents, which must be read before the next."""
    number = 0
    while (first := next(documents, None)) is not None or number == 0:
        rest = islice(documents, size - 1)
        yield f"part-{number:05}{suffix}", chain([first], rest) if first is not None else iter(())
        number += 1


DUPLICATES = ("refuse", "same", "first")
"""What becomes of a second document of an id: an error; left out if it is the same, or else an error; left out."""


def merge_corpora(
    sources: Sequence[str],
    out: str,
    scheme: Scheme,
    *,
    on_duplicate: str = "refuse",
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
) -> tuple[int, int]:
    """Write the documents of corpora to one file, in the order given.

    Args:
        sources: Corpora, as in `read_records`.
        out: The file to write; `-` is standard output.
        scheme: The scheme of the records.
        on_duplicate: One of `DUPLICATES`.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.

    Returns:
        The number of documents written, and of repeated ones left out.

    Raises:
        DataError: A record is invalid, or two documents have the same id and may not.
        UsageError: `on_duplicate` is unknown.
    """
    if on_duplicate not in DUPLICATES:
        raise UsageError(
            f"`on_duplicate`: unknown rule {on_duplicate!r}. Fix: {did_you_mean(on_duplicate, DUPLICATES)}"
        )
    withdrawn = find_withdrawn(out, *sources)
    documents = withdrawn.keep(chain.from_iterable(read_records(source, scheme, lenient=lenient) for source in sources))
    first = _FirstDocuments(scheme, differing=on_duplicate == "first")
    count = write_records(out, documents if on_duplicate == "refuse" else first.of(documents), scheme)
    withdrawn.tell(note)
    return count, first.left_out


class _FirstDocuments:
    """The first document of each id.

    Args:
        scheme: The scheme of the documents.
        differing: Whether a later one may differ from the first.
    """

    def __init__(self, scheme: Scheme, *, differing: bool) -> None:
        self._encode = RecordCodec(scheme).encode_checked
        self._differing = differing
        self._digests: dict[bytes, bytes] = {}
        self.left_out = 0

    def of(self, documents: Iterator[Document]) -> Iterator[Document]:
        """Yield the first documents; of each, a digest is kept.

        Raises:
            DataError: A later one differs and may not.
        """
        for document in documents:
            name = _digest(document.id.encode())
            digest = b"" if self._differing else _digest(self._encode(document))
            if name not in self._digests:
                self._digests[name] = digest
                yield document
            elif self._digests[name] == digest:
                self.left_out += 1
            else:
                fix = "keep one of them, or choose `on_duplicate` first"
                raise DataError(Problem("two documents of this id differ", fix, document=document.id))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
