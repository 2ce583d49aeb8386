"""A run that writes a corpus shard by shard, alone, and continues where an earlier one ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from ....schema import DependencyError, UsageError
from ....schema.files.addresses import is_address
from .run_state import FinishedShard, RunState, work_of
from .shard_listing import MANIFEST, RUN_FOLDER, state_of, target_shards
from .state_files import (
    encoded_state,
    ensure_folder,
    file_digest,
    read_run_state,
    remove_file,
    remove_parts,
    write_file,
)
from .targets import require_folder_name


class ShardedRun:
    """A run that makes a folder of shards of a corpus, each shard from one of the same name, and continues.

    Args:
        target: The folder, or its address.
        description: What determines the result apart from the shards: the step, its arguments and versions.
        shards: The names of the shards and the states of what they are made of.
        makes: Which names the run may write, if neither these nor the sources are known before; the caller then tells
            which of the finished shards are still those that it would make.
    """

    def __init__(
        self,
        target: str,
        description: Mapping[str, Any],
        shards: Sequence[tuple[str, str]],
        *,
        makes: Callable[[str], bool] | None = None,
    ) -> None:
        require_folder_name(target)
        self.target = target.rstrip("/")
        self._description = description
        self.run = hashlib.sha256(msgspec.json.encode(description, order="sorted")).hexdigest()
        self._sources = {name: f"{name}|{state}" for name, state in shards}
        self._makes = makes or self._sources.__contains__
        self._learns_sources = makes is not None
        self._known: set[str] = set()
        self._stored = b""
        self._opened = False

    def path(self, name: str) -> str:
        """Return the path of a shard in the target."""
        return f"{self.target}/{name}"

    def failures_path(self, name: str) -> str:
        """Return the path of the list of documents that the step failed on in a shard."""
        return f"{self.target}/{RUN_FOLDER}/{name}.failed.jsonl"

    def ids_path(self, name: str) -> str:
        """Return the path of the digests of the ids in a shard, by which documents in two shards are found."""
        return f"{self.target}/{RUN_FOLDER}/{name}.ids"

    def answers_path(self, name: str) -> str:
        """Return the path of the answers of a service, which are kept until a shard is finished."""
        return f"{self.target}/{RUN_FOLDER}/{name}.answers"

    @contextmanager
    def started(
        self, *, overwrite: bool | None = None, retry_failed: bool = False
    ) -> Iterator[dict[str, FinishedShard]]:
        """Begin or continue the run, alone; yield the shards that are finished already, by name.

        Args:
            overwrite: Whether shards that somebody changed, or that other work or another program wrote, may be
                replaced; None if the caller has no such choice to offer.
            retry_failed: Whether shards in which documents failed are made again.

        Raises:
            DataError: The state of an earlier run was written by a newer version of goldspan.
            DependencyError: Another run writes the target, or it cannot be written.
            UsageError: The target holds shards that no run or one of other work wrote, or that somebody has changed
                since; or other files, with which nothing could read it.
        """
        target_shards(self.target)
        with self._locked():
            remove_parts(self.target)
            earlier = read_run_state(f"{self.target}/{RUN_FOLDER}/{MANIFEST}", RunState)
            finished = self._finished(earlier, overwrite=overwrite, retry_failed=retry_failed)
            self._stored = encoded_state(earlier) if earlier else b""
            yield finished

    def finish(self, shards: Sequence[FinishedShard]) -> None:
        """Record that the run is complete. Shards of an earlier run whose source is gone are removed."""
        if gone := sorted(self._known - {shard.name for shard in shards}):
            self._open()
        for name in gone:
            for path in (self.path(name), self._begun(name), self.answers_path(name), *self._recorded(name)):
                remove_file(path)
        self._write_run(complete=True, shards=shards)

    def begin(self, name: str) -> None:
        """Forget what was recorded of a shard that is about to be written, and note that it is this run's."""
        self._open()
        write_file(self._begun(name), b"")
        for path in self._recorded(name):
            remove_file(path)

    def record(self, shard: FinishedShard, ids: bytes = b"") -> None:
        """Record a shard as finished, after it was written, with the digests of the ids in it if they are needed."""
        if ids:
            write_file(self.ids_path(shard.name), ids)
        write_file(self._marker(shard.name), msgspec.json.encode(shard) + b"\n")
        for path in (self._begun(shard.name), self.answers_path(shard.name)):
            remove_file(path)

    def finished_shard(self, name: str, *, source: str = "", **facts: Any) -> FinishedShard:
        """Return the record of a shard that was just written.

        Args:
            name: The shard.
            source: What tells what it was made of, if that was not known before.
            facts: The other attributes of the record.

        Raises:
            DependencyError: It is not there, as what wrote it has another disk, or a memory of its own.
        """
        state = state_of(self.path(name))
        if not state:
            what = f"{self.path(name)}: a worker has written it, but it cannot be seen from here"
            raise DependencyError(f"{what}. Fix: name a folder or an address that all workers and this machine share")
        return FinishedShard(name, self._sources.get(name, source), self.run, state, **facts)

    def _finished(
        self, earlier: RunState | None, *, overwrite: bool | None, retry_failed: bool
    ) -> dict[str, FinishedShard]:
        replacing = "another `out`" + ("" if overwrite is None else ", or `overwrite`, which replaces it")
        existing = target_shards(self.target)
        self._known = set(earlier.shards if earlier else ()) & existing.keys()
        self._known |= {name for name in existing if state_of(self._marker(name)) or state_of(self._begun(name))}
        foreign = sorted(existing.keys() - self._known)
        unrelated = [name for name in foreign if not self._makes(name)]
        if unrelated or (foreign and not overwrite):
            names = unrelated or foreign
            what = f"holds {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
            fix = "another `out`" if unrelated else replacing
            raise UsageError(f"{self.target}: {what}, which no run of goldspan wrote. Fix: {fix}")
        if earlier and self._known and not overwrite and earlier.work != work_of(self._description):
            what = f"holds the result of other work ({earlier})"
            raise UsageError(f"{self.target}: {what}. Fix: {replacing}")
        self._known |= set(foreign)  # what this run does not replace is removed at its end
        finished: dict[str, FinishedShard] = {}
        changed = []
        for name, shard in existing.items():
            marker = read_run_state(self._marker(name), FinishedShard)
            if marker is None:
                continue  # written just before an interruption
            if marker.state != shard.state and file_digest(shard.path) != marker.sha256:
                changed.append(name)
            elif (
                marker.run == self.run
                and (self._sources.get(name) == marker.source or self._learns_sources)
                and not (retry_failed and marker.failed)
            ):
                finished[name] = marker
        if changed and not overwrite:
            what = f"{changed[0]} was changed after it was written"
            raise UsageError(f"{self.target}: {what}. Fix: {replacing}")
        return finished

    def _write_run(self, *, complete: bool, shards: Sequence[FinishedShard] = ()) -> None:
        total = (sum(s.documents for s in shards), sum(s.failed for s in shards)) if complete else (None, None)
        names = sorted(shard.name for shard in shards) if complete else sorted(self._sources)
        run = RunState(self.run, self._description, names, complete, *total)
        path = f"{self.target}/{RUN_FOLDER}/{MANIFEST}"
        encoded = encoded_state(run)
        if encoded != self._stored:
            write_file(path, encoded)
            self._stored = encoded

    def _open(self) -> None:
        """Note that the folder is not what a run left, before the first change of it."""
        if not self._opened:
            self._write_run(complete=False)
            self._opened = True

    def _recorded(self, name: str) -> tuple[str, ...]:
        return self._marker(name), self.failures_path(name), self.ids_path(name)

    def _begun(self, name: str) -> str:
        return f"{self.target}/{RUN_FOLDER}/{name}.begun"

    def _marker(self, name: str) -> str:
        return f"{self.target}/{RUN_FOLDER}/{name}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if is_address(self.target):  # stores have no locks; that two runs have one target is the caller's to avoid
            yield
            return
        from filelock import FileLock, Timeout

        path = f"{self.target}/{RUN_FOLDER}/lock"
        ensure_folder(path)
        try:
            with FileLock(path, timeout=0):
                yield
        except Timeout as error:
            raise DependencyError(f"{self.target}: another run is writing it. Fix: wait for it, or stop it") from error
