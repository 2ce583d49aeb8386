"""The file of a drafted scheme, beside the records that it was drafted for."""

from __future__ import annotations

from pathlib import Path

from ...corpus.storage.file_io import COMPRESSED, STANDARD, replace_file
from ...corpus.storage.records import JSON_LINES, PARQUET
from ...schema import Scheme, UsageError
from ...schema.files.addresses import is_address
from ...schema.files.scheme_writer import scheme_toml

SUFFIX = ".scheme.toml"


def scheme_path(out: str) -> Path:
    """Return the file of the scheme that is drafted for an output: `gold.scheme.toml` beside `gold.jsonl`.

    Raises:
        UsageError: The output is standard output, or at an address, where schemes are not read.
    """
    if out == STANDARD:
        fix = "name a file as `out`, or a file as `scheme`"
        raise UsageError(f"a scheme is drafted beside the records, which have no file. Fix: {fix}")
    if is_address(out):
        fix = "name a file or folder here as `out`, or a file as `scheme`"
        raise UsageError(
            f"`out` {out}: a scheme is drafted as a file beside the records, not at an address. Fix: {fix}"
        )
    name = Path(out).name
    for suffix in (*COMPRESSED, *JSON_LINES, *PARQUET):
        name = name.removesuffix(suffix)
    return Path(out).with_name(f"{name}{SUFFIX}")


def check_scheme_file(path: Path, scheme: Scheme) -> None:
    """Check that a scheme can be written to a file without replacing another one.

    Raises:
        UsageError: The file exists with other content.
    """
    if path.exists() and (not path.is_file() or path.read_bytes() != scheme_toml(scheme).encode()):
        fix = f"use it (`scheme` {path}), remove it, or choose another `out`"
        raise UsageError(f"{path}: already exists, and is not the scheme of this file. Fix: {fix}")


def write_scheme_file(path: Path, scheme: Scheme) -> None:
    """Write a scheme to a file, completely or not at all.

    Raises:
        DependencyError: The file cannot be written.
    """
    with replace_file(path) as temporary:
        temporary.write_bytes(scheme_toml(scheme).encode())
