"""Documents that occur in two shards, found by the digests of their ids that a run keeps beside its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ...schema import DataError, Problem, Scheme
from ..storage.file_io import open_reader
from ..storage.records import ProblemCallback, read_records
from ..storage.shards.seen_ids import ID_DIGEST, SeenIds, id_digest
from ..storage.shards.shard_listing import Shard

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
    what = f"duplicate document id; {earlier.shard.name} has it too"
    return Problem(what, "give each document a unique id", path, document=name)


def _has(digests: bytes, digest: bytes) -> bool:
    return any(digests.startswith(digest, start) for start in range(0, len(digests), ID_DIGEST))
