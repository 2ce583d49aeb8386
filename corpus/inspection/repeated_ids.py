"""Documents that occur in two shards, found before a run by their ids alone, or after it by what it keeps of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from ...schema import DataError, Problem, Scheme
from ...schema.files.addresses import is_address
from ..storage.file_io import open_reader
from ..storage.records import PARQUET, ProblemCallback, read_records, record_format
from ..storage.shards.seen_ids import ID_DIGEST, SeenIds, id_digest
from ..storage.shards.shard_listing import Shard
from .stated_ids import stated_ids

_MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ListedShard:
    """A shard with the list of its ids.

    Attributes:
        shard: The shard.
        ids: Path or address of the file with the digests of its ids.
    """

    shard: Shard
    ids: str

    def digests(self, scheme: Scheme) -> bytes:
        """Return the digests of its ids; of a shard without a list, it is read for them."""
        try:
            with open_reader(self.ids) as stream:
                return stream.read()
        except DataError:
            documents = read_records(self.shard.path, scheme, lenient=lambda _problem: None)
            return b"".join(id_digest(document.id) for document in documents)


def require_no_repeated(shards: Sequence[Shard], read: Callable[[int], None] = lambda _documents: None) -> None:
    """Check that no document is in two shards, before hours are spent on them.

    JSON lines at addresses are passed over, since all of them would be transferred for their ids; so are shards that
    cannot be read, and a document that one shard has twice: whoever reads that shard names the line.

    Args:
        shards: The shards, in order.
        read: Called after each with the number of ids that were read.

    Raises:
        DataError: Documents are in two shards; the first of them are named.
    """
    seen, again, count = SeenIds(), dict[str, list[Shard]](), 0
    for shard in shards:
        for name in _quick_ids(shard):
            count += 1
            if seen.is_duplicate(name) and again.setdefault(name, [])[-1:] != [shard]:
                again[name].append(shard)
        read(count)
    first: dict[str, Shard] = {}
    for shard in shards if again else ():
        for name in _quick_ids(shard):
            if name in again:
                first.setdefault(name, shard)
    repeated = [
        (name, shard) for name, others in again.items() for shard in others if first.get(name, shard) is not shard
    ]
    if repeated:
        named = [_repeated_problem(name, shard.path, first[name].name) for name, shard in repeated[:_MAX_SHOWN]]
        stands = "document is" if len(repeated) == 1 else "documents are"
        shown = f" (the first {_MAX_SHOWN} are named)" if len(repeated) > _MAX_SHOWN else ""
        what = f"{len(repeated)} {stands} in two shards{shown}, so nothing was begun"
        raise DataError([*named, Problem(what, "the same command again after that")])


def _quick_ids(shard: Shard) -> Iterator[str]:
    """Yield the ids of a shard as far as it can be read; none if they cannot be read quickly."""
    if not is_address(shard.path) or record_format(shard.path) in PARQUET:
        with suppress(DataError):
            yield from stated_ids(shard.path)


def report_repeated(shards: Sequence[ListedShard], scheme: Scheme, report: ProblemCallback) -> int:
    """Report documents that an earlier shard has too, and return how many there are.

    Args:
        shards: The shards, in order.
        scheme: Scheme of their records.
        report: Called with the first of them.
    """
    seen, repeated = SeenIds(), list[tuple[int, bytes]]()
    for number, listed in enumerate(shards):
        digests = listed.digests(scheme)
        every = (digests[start : start + ID_DIGEST] for start in range(0, len(digests), ID_DIGEST))
        repeated += [(number, digest) for digest in every if seen.is_known(digest)]
    for number, digest in islice(repeated, _MAX_SHOWN):
        report(_problem(shards, number, digest, scheme))
    return len(repeated)


def _problem(shards: Sequence[ListedShard], number: int, digest: bytes, scheme: Scheme) -> Problem:
    earlier = next((listed for listed in shards[:number] if _has(listed.digests(scheme), digest)), shards[number])
    path = shards[number].shard.path
    documents = read_records(path, scheme, lenient=lambda _problem: None)
    name = next((document.id for document in documents if id_digest(document.id) == digest), "")
    return _repeated_problem(name, path, earlier.shard.name)


def _repeated_problem(name: str, path: str, earlier: str) -> Problem:
    what = f"duplicate document id; {earlier} has it too"
    return Problem(what, "give each document a unique id", path, document=name)


def _has(digests: bytes, digest: bytes) -> bool:
    return any(digests.startswith(digest, start) for start in range(0, len(digests), ID_DIGEST))
