"""Gold and systems that are cut into shards alike, read shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...corpus.adjudication.drafts import draft_problem
from ...corpus.formats.conversion import is_corpus_of_shards
from ...corpus.storage.shards.run_state import require_complete
from ...corpus.storage.shards.shard_listing import Shard, list_shards
from ...schema import DataError, Scheme, for_each
from .column_alignment import are_aligned
from .column_files import read_columns
from .layer_columns import LayerColumns


class DifferingParts(Exception):  # noqa: N818 - no error: what differs is then read as a whole
    """Gold and systems are not cut into the same parts; says how they differ."""


class ShardParts:
    """The shards of gold and systems side by side; iterating reads them, and may be repeated.

    Args:
        gold: The gold, as errors name it.
        shards: By name, the shard of the gold and of each system.
        scheme: Scheme of the records.
        by: Fields by which the gold's documents will be grouped.
        read: Told after each shard of how many it was one.
    """

    def __init__(
        self,
        gold: str,
        shards: Sequence[tuple[Shard, ...]],
        scheme: Scheme,
        by: Sequence[str],
        read: Callable[[int, int], None],
    ) -> None:
        self._gold = gold
        self._shards, self._scheme, self._by, self._read = shards, scheme, by, read

    def __call__(self) -> Iterator[list[LayerColumns]]:
        """Yield the gold and the systems of each part.

        Raises:
            DataError: A record is invalid, or the gold has a draft.
            DifferingParts: A system has a document that the gold does not have in the same part, or another text.
        """
        for number, part in enumerate(self._shards, 1):
            yield self._layers(part)
            self._read(number, len(self._shards))

    def _layers(self, part: Sequence[Shard]) -> list[LayerColumns]:
        layers = for_each(lambda item: self._columns(*item), enumerate(part))
        if layers[0].drafts.any():
            raise DataError(draft_problem(self._gold, layers[0].ids[int(layers[0].drafts.argmax())]))
        if not all(are_aligned(layers[0], system) for system in layers[1:]):
            raise DifferingParts(f"{part[0].name} does not hold the same documents in all of them")
        return layers

    def _columns(self, number: int, shard: Shard) -> LayerColumns:
        return read_columns(shard.path, self._scheme, () if number else self._by)


def shard_parts(
    paths: Sequence[str], scheme: Scheme, by: Sequence[str], read: Callable[[int, int], None] = lambda _n, _of: None
) -> ShardParts | None:
    """Return the shards of gold and systems side by side; None if none of them is cut into shards of records.

    Args:
        paths: The gold and the systems.
        scheme: Scheme of the records.
        by: Fields by which the gold's documents will be grouped; see `checked_groupings`.
        read: Told after each shard how many have been read, and of how many.

    Raises:
        DataError: A folder or pattern has no shards, or the run that writes it is not finished.
        DifferingParts: They have not the same shards.
    """
    cut = [is_corpus_of_shards(path) for path in paths]
    if not any(cut):
        return None
    if not all(cut):
        raise DifferingParts("not all of them are cut into shards")
    for path in paths:
        require_complete(path)
    listed = [list_shards(path) for path in paths]
    names = [[shard.name for shard in shards] for shards in listed]
    if any(other != names[0] for other in names):
        raise DifferingParts("not all of them have shards of the same names")
    return ShardParts(paths[0], list(zip(*listed, strict=True)), scheme, by, read)
