"""Outputs that are not the input: what is read again, or left out, would be lost."""

from __future__ import annotations

import os
from pathlib import Path

from ...corpus.storage.file_io import STANDARD
from ...corpus.storage.records import record_files
from ...corpus.storage.stream_copies import is_stream
from ...schema import UsageError
from ...schema.files.addresses import is_address


def require_other_file(source: str, out: str, parameter: str = "out") -> None:
    """Check that a file to write is not one of the corpus that is read.

    Args:
        source: The corpus: a file, a folder of shards, a pattern or an address.
        out: The file to write.
        parameter: What the file is called.

    Raises:
        UsageError: It is one of them.
    """
    if out == STANDARD or is_stream(source):
        return
    if any(_place(file) == _place(out) for file in record_files(source)):
        raise UsageError(f"`{parameter}` {out} is the input, which would be lost. Fix: name another file")
    if Path(source).is_dir() and Path(os.path.realpath(out)).is_relative_to(os.path.realpath(source)):
        raise UsageError(f"`{parameter}` {out} lies in the input {source}. Fix: another folder, beside the input")


def _place(path: str) -> str:
    return path if is_address(path) else os.path.realpath(path)
