"""About how many documents a corpus has, told before it is read: what progress is measured against."""

from __future__ import annotations

import zlib
from gzip import GzipFile
from pathlib import Path

from ...schema import GoldspanError
from .file_io import STANDARD, open_bytes
from .records import PARQUET, record_format
from .shards.shard_listing import holds_shards, list_shards

_SAMPLE = 1 << 16
_SAMPLES = 16


def expected_documents(source: str) -> int:
    """Return about how many documents a corpus has: rows of Parquet, lines by samples taken from the whole of it.

    Args:
        source: A file, or a corpus of shards, as in `read_records`.

    Returns:
        The number, exact for Parquet and for small files; 0 if it cannot be told, as of a stream or a damaged file.
    """
    try:
        sizes = _sizes(source)
        sampled = _spread(sorted(sizes), _SAMPLES)
        size = sum(sizes[path] for path in sampled)
        found = sum(_documents(path, sizes[path], max(1, _SAMPLES // len(sampled))) for path in sampled)
        return round(found * sum(sizes.values()) / size) if size else 0
    except (GoldspanError, OSError, EOFError, ValueError, zlib.error):
        return 0  # whoever reads it will say what is wrong


def _sizes(source: str) -> dict[str, int]:
    if holds_shards(source):
        return {shard.path: shard.size for shard in list_shards(source)}
    return {source: Path(source).stat().st_size} if source != STANDARD and Path(source).is_file() else {}


def _spread(paths: list[str], count: int) -> list[str]:
    """Return at most so many paths, evenly spread over all."""
    step = max(1, len(paths) / count)
    return [paths[int(at * step)] for at in range(min(count, len(paths)))]


def _documents(path: str, size: int, samples: int) -> float:
    """Return about how many documents a file has, from samples at equal distances."""
    if record_format(path) in PARQUET:
        from pyarrow.parquet import ParquetFile

        with open_bytes(path) as stream:
            return float(ParquetFile(stream).metadata.num_rows)
    with open_bytes(path) as stream:
        if path.lower().endswith(".gz"):
            lines = GzipFile(fileobj=stream, mode="rb").read(_SAMPLE * samples).count(b"\n")
            return lines * size / stream.tell()
        if path.lower().endswith(".zst"):
            raise ValueError("how far a file of Zstandard was read cannot be told")
        whole = size <= _SAMPLE * samples
        lines = read = 0
        for at in range(1 if whole else samples):
            stream.seek(0 if whole else size * (2 * at + 1) // (2 * samples))  # the middle of each part
            block = stream.read(size if whole else _SAMPLE)
            lines, read = lines + block.count(b"\n"), read + len(block)
        return lines * size / read if read else 0
