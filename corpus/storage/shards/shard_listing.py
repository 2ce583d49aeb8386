"""The shards of a corpus: the records files of a folder, of a pattern such as `news-*.parquet`, or at an address."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path, PurePosixPath

from ....schema import DataError, Problem, UsageError
from ....schema.files.addresses import file_system, is_address, store_errors
from ..file_io import STANDARD, file_suffix

SHARD_SUFFIXES = (".jsonl", ".ndjson", ".parquet", ".pq")
"""Suffixes of the files that are shards; those of JSON lines may be followed by `.gz` or `.zst`."""

RUN_FOLDER = "_goldspan"
"""Folder beside the shards of a run, with its manifest."""

MANIFEST = "run.json"
"""Name of the manifest of a run in that folder."""

LIST_OF_WITHDRAWN = "withdrawn.jsonl"
"""Name of the list of withdrawn documents, which may stand beside the files of a corpus and does not belong to it."""

_PATTERN = re.compile(r"[*?\[]")
_COMPANIONS = re.compile(
    r"(?:readme|licen[cs]e|notice|citation|changelog)\b.*|.*\.(?:md|lock|sha256)|dataset_infos?\.json", re.I
)
_MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of a corpus.

    Attributes:
        name: Its path below the folder of the corpus, with `/`.
        path: Its path or address.
        state: What tells its content from an earlier one without reading it: size and time, or the store's own mark.
        size: Size in bytes; 0 if unknown.
    """

    name: str
    path: str
    state: str
    size: int


def holds_shards(source: str) -> bool:
    """Return whether a source is a folder, a pattern or an address, and not one file here or a stream."""
    if source == STANDARD:
        return False
    return is_address(source) or Path(source).is_dir() or is_pattern(source)


def is_pattern(source: str) -> bool:
    """Return whether a path stands for others, by `*`, `?` or `[`, and is not itself the name of something here."""
    return _PATTERN.search(source) is not None and (is_address(source) or not Path(source).exists())


def list_shards(source: str) -> list[Shard]:
    """Return the shards of a corpus, sorted by name.

    Hidden files, those whose name or folder begins with `_`, the list of withdrawn documents, and companions such as a
    README are no shards.

    Args:
        source: A folder, which is searched with its subfolders; a pattern; or the address of a file or folder.

    Raises:
        DataError: There are none.
        UsageError: The folder also holds files that are no shards.
    """
    found, others = _shards_and_others(source)
    if not found:
        fix = f"files that end in {', '.join(SHARD_SUFFIXES)}"
        if is_pattern(source):
            raise DataError(Problem("matches no shards", fix, source))
        if is_address(source):
            if is_shard_name(source):
                raise DataError(Problem("there is no such file", "check the address", source))
            raise DataError(Problem("holds no shards", f"{fix}; or another address", source))
        build = f"goldspan corpus build {shlex.quote(source)} --out corpus.jsonl"
        raise DataError(Problem("holds no shards", f"{fix}; or first {build}, if it has articles", source))
    if others:
        fix = f"a pattern such as {source.rstrip('/')}/*{file_suffix(found[0].name)}"
        raise UsageError(f"{source}: beside its shards, the folder holds {_listed(others)}. Fix: {fix}")
    return found


def run_targets(source: str) -> Iterator[str]:
    """Yield the folder of a corpus and its subfolders, as far as each is the target of a run.

    Args:
        source: A folder, or its address.
    """
    if is_address(source):
        manifest = f"{RUN_FOLDER}/{MANIFEST}"
        for file in _at_address(source):
            folder = file.name.removesuffix(manifest)
            if folder != file.name and not _is_hidden(folder):
                yield file.path.removesuffix(f"/{manifest}")
        return
    for parent, folders, _ in os.walk(source):
        if RUN_FOLDER in folders and Path(parent, RUN_FOLDER, MANIFEST).is_file():
            yield parent
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]


def target_shards(target: str) -> dict[str, Shard]:
    """Return the shards by name that a folder holds which is to be written; none if there is no such folder.

    Raises:
        UsageError: It holds files that are no shards, so that `list_shards` would refuse what is written.
    """
    try:
        found, others = _shards_and_others(target)
    except DataError:  # of a store that knows no such folder
        return {}
    if others:
        what = f"holds {_listed(others)}, which is no shard, so that no command could read the folder"
        raise UsageError(f"{target}: {what}. Fix: another `out`, or a name that begins with `_` for what is there")
    return {shard.name: shard for shard in found}


def _shards_and_others(source: str) -> tuple[list[Shard], list[str]]:
    """Return the shards of a corpus, sorted by name, and the names of files that do not belong to one."""
    every = _at_address(source) if is_address(source) else _here(source)
    visible = [shard for shard in every if not _is_hidden(shard.name)]
    others = [
        shard.name
        for shard in visible
        if not is_shard_name(shard.name) and not _COMPANIONS.fullmatch(_base(shard.name))
    ]
    return sorted((shard for shard in visible if is_shard_name(shard.name)), key=lambda shard: shard.name), others


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_SHOWN} more" if len(names) > _MAX_SHOWN else ""
    return ", ".join(names[:_MAX_SHOWN]) + more


def is_shard_name(name: str) -> bool:
    """Return whether a file of this name is a shard."""
    return file_suffix(name) in SHARD_SUFFIXES


def state_of(path: str) -> str:
    """Return the state of a file, as `Shard` has it; empty if there is no such file."""
    if is_address(path):
        system, inner = file_system(path)
        with store_errors(path):
            try:
                return _remote_state(system.info(inner))
            except FileNotFoundError:
                return ""
    try:
        return _local_state(os.stat(path))  # noqa: PTH116 - of a path that may be long gone
    except OSError:
        return ""


def _is_hidden(name: str) -> bool:
    return _base(name) == LIST_OF_WITHDRAWN or any(part.startswith((".", "_")) for part in name.split("/"))


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _here(source: str) -> Iterator[Shard]:
    return _matching(source) if is_pattern(source) else _in_folder(source)


def _in_folder(source: str) -> Iterator[Shard]:
    folder = Path(source)
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            path = Path(parent) / name
            yield _local(path.relative_to(folder).as_posix(), str(path))


def _matching(source: str) -> Iterator[Shard]:
    fixed = PurePosixPath(*_before_pattern(Path(source).as_posix()))
    for path in glob(source, recursive=True):  # noqa: PTH207 - an absolute pattern
        if Path(path).is_file():
            yield _local(PurePosixPath(Path(path).as_posix()).relative_to(fixed).as_posix(), path)


def _before_pattern(pattern: str) -> list[str]:
    """Return the leading parts of a pattern that are plain."""
    parts = PurePosixPath(pattern).parts[:-1]
    plain = next((index for index, part in enumerate(parts) if _PATTERN.search(part)), len(parts))
    return list(parts[:plain])


def _local(name: str, path: str) -> Shard:
    status = os.stat(path)  # noqa: PTH116
    return Shard(name, path, _local_state(status), status.st_size)


def _local_state(status: os.stat_result) -> str:
    return f"{status.st_size}|{status.st_mtime_ns}"


def _at_address(source: str) -> Iterator[Shard]:
    system, path = file_system(source)
    protocol = source.partition("://")[0]
    with store_errors(source):
        if is_pattern(path):
            files = system.glob(path, detail=True)
            fixed = "/".join(_before_pattern(path))
        elif system.isfile(path):
            files, fixed = {path: system.info(path)}, path.rpartition("/")[0]
        else:
            files, fixed = system.find(path, detail=True), path.rstrip("/")
    for file, info in files.items():
        if info.get("type") == "file":
            name = file.removeprefix(fixed).lstrip("/")
            yield Shard(
                name, f"{protocol}://{file.removeprefix('//')}", _remote_state(info), int(info.get("size") or 0)
            )


def _remote_state(info: dict[str, object]) -> str:
    mark = next(
        (
            info[key]
            for key in ("ETag", "etag", "md5Hash", "blob_id", "mtime", "LastModified", "created")
            if info.get(key)
        ),
        "",
    )
    return f"{info.get('size')}|{mark}"
