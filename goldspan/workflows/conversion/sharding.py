"""Cut a corpus into shards, and put corpora together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ...corpus import read_records, write_records
from ...corpus.queries.sample_records import SampleDraws
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.storage.file_io import STANDARD
from ...corpus.storage.records import ProblemCallback, record_files
from ...corpus.storage.shards.targets import require_apart
from ...corpus.storage.stream_copies import reread
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, find_withdrawn, warn_left_out
from ...schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError, did_you_mean
from ...schema.files.addresses import is_address
from ...schema.progress import Progress, ignore_progress
from .cut_shards import CutShards, ShardCut, write_shards


def shard_corpus(
    source: str,
    out: str,
    scheme: Scheme,
    cut: ShardCut = ShardCut(),  # noqa: B008 - immutable
    *,
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
    resumable: Callable[[int], None] = lambda _kept: None,
    progress: Progress = ignore_progress,
) -> CutShards:
    """Cut a corpus into shards, as in `write_shards`.

    Args:
        source: A corpus, as in `read_records`.
        out: The folder to write, or its address.
        scheme: The scheme of the records.
        cut: How it is cut.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.
        resumable: As in `write_shards`.
        progress: Called after each shard.

    Raises:
        DataError: The corpus has no documents, or a record is invalid.
        DependencyError: The target cannot be written.
        UsageError: `out` is the source or holds something else.
    """
    require_apart(source, record_files(source) if source != STANDARD else (), out)
    withdrawn = find_withdrawn(source, out)
    kept = withdrawn.keep(read_records(source, scheme, lenient=lenient))
    records = CheckedDocuments(_some(kept, source, withdrawn), scheme)
    made = write_shards(
        out,
        records,
        scheme,
        cut,
        {"step": "shard"},
        written=lambda number: progress("writing shards", number, 0),
        resumable=resumable,
    )
    withdrawn.tell(note)
    return made


def _some(documents: Iterator[Document], source: str, withdrawn: WithdrawnDocuments) -> Iterator[Document]:
    """Yield documents.

    Raises:
        DataError: There are none.
    """
    first = next(documents, None)
    if first is None:
        if withdrawn.left_out:
            raise withdrawn.nothing_left(source)
        raise DataError(Problem("has no documents", "name a corpus that has some", source))
    yield first
    yield from documents


DUPLICATES = ("refuse", "same", "first")
"""What becomes of a second document of an id: an error; left out if it is the same, or else an error; left out."""


@dataclass(slots=True)
class MergeSummary:
    """What became of the documents of corpora that were put together.

    Attributes:
        documents: Number of documents written.
        left_out: Number of repeated documents left out.
        united: Number of documents whose probability is lost, because several samples of their population were united.
        samples: Number of samples that the documents come from.
        not_sampled: Number of documents that come from no sample.
    """

    documents: int = 0
    left_out: int = 0
    united: int = 0
    samples: int = 0
    not_sampled: int = 0


def merge_corpora(
    sources: Sequence[str],
    out: str,
    scheme: Scheme,
    *,
    on_duplicate: str = "refuse",
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
) -> MergeSummary:
    """Write the documents of corpora to one file, in the order given.

    Only if there are samples of one population, the corpora are read again: no document of these keeps its probability.

    Args:
        sources: Corpora, as in `read_records`.
        out: The file to write; `-` is standard output.
        scheme: The scheme of the records.
        on_duplicate: One of `DUPLICATES`.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.

    Raises:
        DataError: A record is invalid, or two documents have the same id and may not; `extra.sample` of a document is
            the user's own.
        UsageError: `on_duplicate` is unknown.
    """
    if on_duplicate not in DUPLICATES:
        raise UsageError(
            f"`on_duplicate`: unknown rule {on_duplicate!r}. Fix: {did_you_mean(on_duplicate, DUPLICATES)}"
        )
    with ExitStack() as copies:
        paths = [source if is_address(source) else copies.enter_context(reread(source)) for source in sources]
        merge = _Merge(paths, out, scheme, on_duplicate, lambda: find_withdrawn(out, *sources))
        summary = merge.write(lenient)
    merge.withdrawn.tell(note)
    return summary


class _UnitedSamplesError(Exception):
    """There are samples of one population, which is known only when all documents have been read."""


class _Merge:
    """Writes corpora to one file: once, or again if samples of one population turn out to be among them."""

    def __init__(
        self,
        sources: Sequence[str | Path],
        out: str,
        scheme: Scheme,
        on_duplicate: str,
        withdrawals: Callable[[], WithdrawnDocuments],
    ) -> None:
        self._sources = sources
        self._withdrawals = withdrawals
        self.withdrawn = withdrawals()
        self._out = out
        self._scheme = scheme
        self._on_duplicate = on_duplicate
        self._draws = SampleDraws()
        self._summary = MergeSummary()

    def write(self, lenient: ProblemCallback | None) -> MergeSummary:
        """Write the file, with `lenient` as in `merge_corpora`."""
        told: ProblemCallback | None = None if lenient is None else lambda _: None  # by the first reading
        try:
            if self._out == STANDARD:  # what has been written there cannot be taken back
                for _ in self._read(lenient):
                    pass
                lenient = told
            self._summary.documents = write_records(self._out, self._read(lenient), self._scheme)
        except _UnitedSamplesError:
            united = self._draws.united()
            self._summary.documents = write_records(self._out, self._read(told, united), self._scheme)
        return self._summary

    def _read(self, lenient: ProblemCallback | None, united: frozenset[int] = frozenset()) -> Iterator[Document]:
        """Yield the documents to write.

        Raises:
            _UnitedSamplesError: At the end, draws were united that are not among those given.
        """
        self._draws, summary = SampleDraws(), MergeSummary()
        self.withdrawn = self._withdrawals()  # which counts what this reading leaves out
        every = chain.from_iterable(read_records(path, self._scheme, lenient=lenient) for path in self._sources)
        documents = self.withdrawn.keep(every)
        first = _FirstDocuments(self._scheme, self._on_duplicate, self._draws)
        for document in first.of(documents):
            changed = self._draws.united_document(document, united)
            summary.united += changed is not document
            yield changed
        if not self._draws.united() <= united:
            raise _UnitedSamplesError
        summary.left_out, summary.samples, summary.not_sampled = (
            first.left_out,
            len(self._draws),
            self._draws.not_sampled,
        )
        self._summary = summary


class _FirstDocuments:
    """The first document of each id.

    Args:
        scheme: The scheme of the documents.
        on_duplicate: One of `DUPLICATES`; with `refuse`, whoever writes them finds repeated ids.
        draws: Gets the draw of each document, and which draws have one in common.
    """

    def __init__(self, scheme: Scheme, on_duplicate: str, draws: SampleDraws) -> None:
        self._encode = RecordCodec(scheme).encode_checked
        self._on_duplicate = on_duplicate
        self._draws = draws
        self._known: dict[bytes, bytes | int] = {}  # a digest of each document, or its draw
        self.left_out = 0

    def of(self, documents: Iterator[Document]) -> Iterator[Document]:
        """Yield the first documents; of each, a digest is kept.

        Raises:
            DataError: A later one differs and may not.
        """
        for document in documents:
            draw = self._draws.add(document)
            if self._on_duplicate == "refuse":
                yield document
                continue
            name = _digest(document.id.encode())
            mark = draw if self._on_duplicate == "first" else _digest(self._encode(document))
            if name not in self._known:
                self._known[name] = mark
                yield document
                continue
            before = self._known[name]
            if isinstance(before, int):
                self._draws.meet(before, draw)
            elif before != mark:
                fix = "keep one of them, or choose `on_duplicate` first"
                raise DataError(Problem("two documents of this id differ", fix, document=document.id))
            self.left_out += 1


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
