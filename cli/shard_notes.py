"""What is said of the shards that a command has written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schema.errors import pluralize
from .console import note

if TYPE_CHECKING:
    from ..workflows.conversion.cut_shards import CutShards


def note_shards(made: CutShards, out: str) -> None:
    """Print how many documents and shards there are, and how many of these are left as they were."""
    kept = f", {made.kept} of them unchanged" if made.kept else ""
    note(f"{pluralize(made.documents, 'document')} in {pluralize(len(made.shards), 'shard')}{kept} -> {out}")
