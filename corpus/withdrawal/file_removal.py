"""Take withdrawn documents out of a file, which is replaced as a whole: all else in it stays as it is, to the byte.

A whole JSON file and a Parquet file are written anew, with the same content otherwise.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from ..storage.file_io import open_reader, open_target, open_writer, read_lines
from .file_contents import (
    ItemKind,
    delimiter_of,
    parsed,
    row_item,
    stated_columns,
    stated_items,
    table_text,
    whole_json,
)
from .item_matching import withdrawn_item, without_withdrawn
from .withdrawn_documents import WithdrawnDocuments

_CACHE = ".work.zst"


def count_withdrawn(path: Path, kind: ItemKind, withdrawn: WithdrawnDocuments) -> Counter[str]:
    """Return the number of items of a file that are about withdrawn documents, by the hash of the withdrawn id.

    Raises:
        DataError: The file cannot be read.
    """
    matches = (withdrawn_item(item, withdrawn) for item in stated_items(path, kind))
    return Counter(match.id_sha256 for match in matches if match is not None)


def remove_withdrawn(path: Path, kind: ItemKind, withdrawn: WithdrawnDocuments) -> None:
    """Write a file without the items that are about withdrawn documents.

    Raises:
        DataError: The file cannot be read.
        DependencyError: It cannot be written; it is as it was.
    """
    if kind == "parquet":
        _rewrite_parquet(path, withdrawn)
        return
    with open_writer(str(path)) as target:
        _WRITERS[kind](path, withdrawn, target)


def _write_lines(path: Path, withdrawn: WithdrawnDocuments, target: IO[bytes]) -> None:
    forget = path.name.endswith(_CACHE)
    with open_reader(str(path)) as stream:
        for number, line in enumerate(read_lines(stream, str(path))):
            item = parsed(line)
            if withdrawn_item(item, withdrawn) is not None:
                continue
            if forget and number == 0 and isinstance(item, dict):
                # names that the last pull reported may be words of the text; the next pull reports all of them as new
                line = msgspec.json.encode({**item, "known": []}) + b"\n"
            target.write(line)


def _write_json(path: Path, withdrawn: WithdrawnDocuments, target: IO[bytes]) -> None:
    kept, _ = without_withdrawn(whole_json(path), withdrawn)
    target.write(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _write_table(path: Path, withdrawn: WithdrawnDocuments, target: IO[bytes]) -> None:
    delimiter = delimiter_of(path)
    with open_reader(str(path)) as stream:
        text = io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="")
        rows = csv.reader(text, delimiter=delimiter)
        header = next(rows, [])
        names = [name.removeprefix("\ufeff") for name in header]

        def kept() -> Iterator[list[str]]:
            yield header
            for row in rows:
                if withdrawn_item(row_item(dict(zip(names, row, strict=False))), withdrawn) is None:
                    yield row

        for line in table_text(kept(), delimiter):
            target.write(line.encode("utf-8", "surrogateescape"))


_WRITERS: dict[str, Callable[[Path, WithdrawnDocuments, IO[bytes]], None]] = {
    "lines": _write_lines,
    "json": _write_json,
    "table": _write_table,
}


def _rewrite_parquet(path: Path, withdrawn: WithdrawnDocuments) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        pq.ParquetFile(path) as source,
        open_target(str(path)) as stream,
        pq.ParquetWriter(stream, source.schema_arrow, compression="zstd") as writer,
    ):
        for batch in source.iter_batches(batch_size=256):
            rows = batch.select(stated_columns(batch.schema.names)).to_pylist()
            kept = [withdrawn_item(row, withdrawn) is None for row in rows]
            writer.write_batch(batch.filter(pa.array(kept, type=pa.bool_())))
