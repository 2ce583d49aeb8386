"""What stands beside the shards of a run, in the folder `_goldspan`: what the run is, and which shards are finished.

`run.json` says what determines the result and which shards there will be; a small file for each finished shard says
what it was made of and what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import DataError, Problem
from ....schema.files.addresses import is_address
from .shard_listing import MANIFEST, RUN_FOLDER, is_pattern, is_shard_name, list_shards, run_targets
from .state_files import encoded_state, read_run_state, remove_file, write_file

_WORK = ("step", "extractor", "migration", "reverse")
"""What in a description says whose result a folder holds; whatever else changes, it is another state of the same."""


class FinishedShard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shard that was written whole.

    Attributes:
        name: Name of the shard in the target.
        source: Name and state of the shard that it was made of; or what tells the documents that it was made of.
        run: Digest of what else determined the result.
        state: Its own state when it was written, which tells whether anybody has changed it since.
        sha256: Digest of its bytes.
        documents: Number of documents in it.
        failed: Number of documents that are missing in it, because the step failed on them.
        skipped: Number of invalid records that are missing in it.
        tally: Counts by what was counted.
    """

    name: str
    source: str
    run: str
    state: str
    sha256: str
    documents: int
    failed: int = 0
    skipped: int = 0
    tally: Mapping[str, int] = {}


class RunState(msgspec.Struct, forbid_unknown_fields=True):
    """What `run.json` holds.

    Attributes:
        run: Digest of the description.
        description: What determines the result apart from the sources: the step, its arguments and versions.
        shards: Names of the shards that there will be, or are once it is complete.
        complete: Whether all of them are finished.
        documents: Number of documents in them; None until it is complete.
        failed: Number of documents that the step failed on; None until it is complete.
    """

    run: str
    description: Mapping[str, Any]
    shards: list[str]
    complete: bool = False
    documents: int | None = None
    failed: int | None = None

    @property
    def work(self) -> list[Any]:
        """Whose result the folder holds; another state of the same work may replace it."""
        return work_of(self.description)

    def __str__(self) -> str:
        return " ".join(value for value in self.work if isinstance(value, str)) or "unknown"


def work_of(description: Mapping[str, Any]) -> list[Any]:
    """Return what in a description says whose result a folder holds."""
    return [description.get(key) for key in _WORK]


def forget_shard(path: Path) -> None:
    """Forget that a run has finished a shard, if one wrote it, before it is changed: the next run makes it again.

    Raises:
        DependencyError: The state cannot be written.
    """
    for target in path.parents:
        folder = target / RUN_FOLDER
        run, name = read_run_state(str(folder / MANIFEST), RunState), path.relative_to(target).as_posix()
        if run is None or not (folder / f"{name}.json").is_file():
            continue
        write_file(str(folder / f"{name}.begun"), b"")
        write_file(str(folder / MANIFEST), encoded_state(replace(run, documents=None)))
        remove_file(str(folder / f"{name}.json"))


def require_complete(source: str) -> None:
    """Check that no folder of a corpus of shards is, or is in, the target of a run that is not finished.

    A single file is whole, whatever other shards the run lacks.

    Raises:
        DataError: One is.
    """
    if is_shard_name(source) and not is_pattern(source):
        return
    if is_pattern(source):
        folders = {shard.path.rpartition("/")[0] for shard in list_shards(source)}
        targets = []
    else:
        folders, targets = {source.rstrip("/")}, [(folder, "") for folder in run_targets(source)]
    targets += [pair for folder in sorted(folders) for pair in _around(folder)]
    for target, below in targets:
        run = read_run_state(f"{target.rstrip('/')}/{RUN_FOLDER}/{MANIFEST}", RunState)
        if run is None or run.complete:
            continue
        if not run.shards or any(name.startswith(below) for name in run.shards):  # which there will be may be unknown
            what = "the run that writes this folder is not finished, so shards may be missing"
            fix = "run the same command again, which continues it, after what it reported is corrected"
            raise DataError(Problem(what, fix, target))


def _around(folder: str) -> Iterator[tuple[str, str]]:
    """Yield a folder and those that it is in, each with the path below it that leads to the folder."""
    target = folder if is_address(folder) else Path(folder).resolve().as_posix()
    below = ""
    while target.strip("/") and not target.endswith(("/", ":")):
        yield (folder if not below else target), below
        target, _, last = target.rpartition("/")
        below = f"{last}/{below}"
