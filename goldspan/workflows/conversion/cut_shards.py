"""Write documents as a folder of shards of so many documents each; a repeated run writes only those that changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ...corpus import write_records
from ...corpus.storage.checked import CheckedDocuments, is_checked
from ...corpus.storage.file_io import STANDARD, file_suffix
from ...corpus.storage.records import require_unique_ids
from ...corpus.storage.shards.run_state import FinishedShard
from ...corpus.storage.shards.shard_listing import is_shard_name
from ...corpus.storage.shards.sharded_run import ShardedRun
from ...corpus.storage.shards.targets import FILE_SUFFIXES
from ...schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError, pluralize
from ...schema.files.addresses import is_address

_PART_NAME = re.compile(r"part-\d{5,}\.")


@dataclass(frozen=True, slots=True)
class ShardCut:
    """How documents are cut into shards.

    Attributes:
        documents: Number of documents in a shard; the last one may have fewer.
        suffix: Suffix of the shards, which is their format.
        overwrite: Whether shards that somebody changed, or that another program wrote, may be replaced.

    Raises:
        UsageError: The suffix is not that of a shard.
    """

    documents: int = 10_000
    suffix: str = ".jsonl"
    overwrite: bool = False

    def __post_init__(self) -> None:
        if not is_shard_name(f"part{self.suffix}"):
            raise UsageError(
                f"`suffix` {self.suffix}: no shard ends so. Fix: .jsonl, .jsonl.gz, .jsonl.zst or .parquet"
            )


@dataclass(slots=True)
class CutShards:
    """The shards of a target.

    Attributes:
        shards: All of them, in order.
        kept: How many of them were there already, with the same documents.
    """

    shards: list[FinishedShard] = field(default_factory=list)
    kept: int = 0

    @property
    def documents(self) -> int:
        """Number of documents in all shards."""
        return sum(shard.documents for shard in self.shards)

    def told(self, out: str) -> str:
        """Return a line on how many documents and shards are in a target, and how many of these are as they were."""
        kept = f", {self.kept} of them unchanged" if self.kept else ""
        return f"{pluralize(self.documents, 'document')} in {pluralize(len(self.shards), 'shard')}{kept} -> {out}"

    def to_dict(self) -> dict[str, int]:
        """Return the numbers of shards as JSON-compatible data."""
        return {"shards": len(self.shards), "shards_unchanged": self.kept}


def names_shard_folder(out: str) -> bool:
    """Return whether an output is a folder of shards: it has no suffix, ends in a slash, or is a folder already.

    A name that ends like a records file is that of a file, with a slash too.
    """
    if out == STANDARD or file_suffix(out) in FILE_SUFFIXES:
        return False
    return not file_suffix(out) or out.endswith("/") or (not is_address(out) and Path(out).is_dir())


def write_shards(
    out: str,
    documents: Iterable[Document],
    scheme: Scheme,
    cut: ShardCut,
    step: Mapping[str, Any],
    written: Callable[[int], None] = lambda _number: None,
    resumable: Callable[[int], None] = lambda _kept: None,
) -> CutShards:
    """Write shards `part-00000`, `part-00001` and so on, in the order of the documents, each whole or not at all.

    A shard that an earlier run made of the same documents is left as it is, its time included, so that what was made of
    it stays valid. Shards of an earlier run that are no longer there are removed at the end.

    Args:
        out: The folder to write, or its address.
        documents: The documents; consumed one at a time. Each is checked, unless it comes straight from a reader.
        scheme: Their scheme.
        cut: How they are cut.
        step: What determines the shards beside the documents, such as the command.
        written: Called after each shard with how many there are.
        resumable: Called when there is something that an interruption leaves to the next run: before the first shard,
            if earlier runs finished some, and after each, with how many shards are kept.

    Raises:
        DataError: A document is invalid, or its id is a duplicate; shards before it stay, and the run is unfinished.
        DependencyError: The target cannot be written, or another run is writing it.
        UsageError: The target is not named like a folder, or holds something else.
    """
    description = {
        **step,
        "documents": cut.documents,
        "suffix": cut.suffix,
        "scheme": scheme.ref,
        "scheme_sha256": scheme.fingerprint,
    }
    run = ShardedRun(out, description, [], makes=lambda name: _PART_NAME.match(name) is not None)
    encode = RecordCodec(scheme).encode_checked if is_checked(documents, scheme) else RecordCodec(scheme).encode
    made = CutShards()
    unique = require_unique_ids(documents)
    first = list(islice(unique, 1))  # an error before it leaves nothing behind
    with run.started(overwrite=cut.overwrite) as finished:
        kept = set(finished)
        if kept:
            resumable(len(kept))
        for name, part in _parts(_accounted(chain(first, unique), made, out), cut):
            digest, earlier = hashlib.sha256(), finished.get(name)
            begin = partial(run.begin, name)
            compared = _ComparedDocuments(part, encode, earlier.source if earlier else "", begin)
            try:
                count = write_records(run.path(name), CheckedDocuments(compared, scheme), scheme, digest=digest)
                facts = {"sha256": digest.hexdigest(), "documents": count}
                shard = run.finished_shard(name, source=compared.digest, **facts)
                run.record(shard)
            except _SameDocumentsError:
                assert earlier is not None  # otherwise there is nothing to be the same as
                shard = earlier
                made.kept += 1
            made.shards.append(shard)
            kept.add(name)
            written(len(made.shards))
            resumable(len(kept))
        run.finish(made.shards)
    return made


def _accounted(documents: Iterator[Document], made: CutShards, out: str) -> Iterator[Document]:
    """Yield documents; an error among them also says what is finished, and how to continue."""
    try:
        yield from documents
    except DataError as error:
        if not made.shards:
            raise
        what = f"is not finished; {pluralize(len(made.shards), 'shard')} with the documents before can stay"
        fix = "correct this; the same command then writes only what is missing or changed"
        raise DataError([*error.problems, Problem(what, fix, out)]) from error


class _SameDocumentsError(Exception):
    """A shard would hold what it holds already, which is known only when its last document has been read."""


class _ComparedDocuments:
    """The documents of a shard, which are compared with those that it holds while they are written.

    Args:
        documents: The documents.
        encode: Encodes one, or raises what is wrong with it.
        known: The digest of those that it holds; empty if it holds none.
        changes: Called when all have been read and are others: what was written of them takes its place next.

    Attributes:
        digest: The digest, when all have been read.
    """

    def __init__(
        self,
        documents: Iterator[Document],
        encode: Callable[[Document], bytes],
        known: str,
        changes: Callable[[], None],
    ) -> None:
        self._documents, self._encode, self._known, self._changes = documents, encode, known, changes
        self.digest = ""

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents.

        Raises:
            DataError: One is invalid.
            _SameDocumentsError: At the end, they are those that the shard holds.
        """
        digest = hashlib.sha256()
        for document in self._documents:
            digest.update(self._encode(document) + b"\n")
            yield document
        self.digest = digest.hexdigest()
        if self.digest == self._known:
            raise _SameDocumentsError
        self._changes()


def _parts(documents: Iterator[Document], cut: ShardCut) -> Iterator[tuple[str, Iterator[Document]]]:
    """Yield the names of shards with their documents, which must be read before the next; at least one."""
    number = 0
    while (first := next(documents, None)) is not None or number == 0:
        rest = islice(documents, cut.documents - 1)
        yield f"part-{number:05}{cut.suffix}", chain([first], rest) if first is not None else iter(())
        number += 1
