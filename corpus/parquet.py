"""Records as Parquet: the columns of JSONL, `value` a struct with a nullable struct for each label.

`extra` objects, whose keys nobody knows, are strings of JSON. A row becomes a line of JSON on reading, so that both
formats are checked by the same code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ..schema import DataError, Document, Problem, RecordCodec, Scheme
from .files import replacing

_ROWS = 1000
_CHARACTERS = 16_000_000  # of text in one batch: documents may be long
_VALUES = 1_000_000
_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def parquet_schema(scheme: Scheme) -> pa.Schema:
    """The columns of a records file under a scheme."""
    value = pa.struct(
        [
            (label.name, pa.struct([(key.name, _TYPES[key.base]) for f in label.fields.values() for key in f.keys]))
            for label in scheme.labels.values()
            if label.fields
        ]
    )
    text, number, yes = pa.string(), pa.int64(), pa.bool_()
    decision = pa.struct([("by", text), ("reason", text)])
    span = [
        ("start", number),
        ("end", number),
        ("label", text),
        *([("value", value)] if value.num_fields else []),  # Parquet knows no struct without fields
        ("id", text),
        ("score", pa.float64()),
    ]
    span += [("source", text), ("origin", text), ("passes", pa.list_(text)), ("decision", decision), ("note", text)]
    span += [("unsure", yes), ("extra", text)]
    layer = [("annotator", text), ("scheme", text), ("scheme_sha256", text), ("created", text), ("guidelines", text)]
    layer += [("lead_time", pa.float64()), ("skipped", yes), ("extra", text)]
    return pa.schema(
        [
            ("id", text),
            ("text", text),
            ("text_sha256", text),
            ("text_length", number),
            ("meta", pa.struct([("title", text), ("published", text), ("publisher", text), ("url", text)])),
            ("zones", pa.list_(pa.struct([("start", number), ("end", number), ("kind", text)]))),
            ("spans", pa.list_(pa.struct(span))),
            ("layer", pa.struct(layer)),
            ("extra", text),
        ]
    )


def write_parquet(path: Path, documents: Iterable[Document], scheme: Scheme) -> int:
    """Writes documents as Parquet (zstd), whole or not at all, batch by batch; answers how many.

    Raises:
        SurroundingsError: The file cannot be written; what was there before is untouched.
    """
    schema = parquet_schema(scheme)
    codec = RecordCodec(scheme)
    count = 0
    with replacing(path) as beside, pq.ParquetWriter(beside, schema, compression="zstd") as writer:
        for batch in _batches(documents):
            writer.write_batch(
                pa.RecordBatch.from_pylist([record_row(codec.checked(document)) for document in batch], schema)
            )
            count += len(batch)
    return count


def parquet_lines(path: Path) -> Iterator[bytes]:
    """The rows of a Parquet file, each as the line of JSON that says the same.

    Raises:
        DataError: The file cannot be read as Parquet.
    """
    try:
        with pq.ParquetFile(path) as table:
            refuse_endless_rows(table.metadata, str(path))
            for batch in table.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    yield row_line(row)
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror or error}", "", str(path))) from error
    except (pa.ArrowException, msgspec.MsgspecError, TypeError, ValueError) as error:
        raise DataError(
            Problem(f"not a whole Parquet file of records: {error}", "write it again", str(path))
        ) from error


def refuse_endless_rows(metadata: pq.FileMetaData, path: str) -> None:
    """Refuses a file that says of itself that its rows hold more than any document: few bytes may stand for it.

    Raises:
        DataError: The rows of a part have more than `_VALUES` values in a column on the average.
    """
    for part in range(metadata.num_row_groups):
        group = metadata.row_group(part)
        most = max((group.column(at).num_values for at in range(group.num_columns)), default=0)
        if most > _VALUES * max(1, group.num_rows):
            what = f"{group.num_rows} rows with {most:,} values in a column"
            raise DataError(Problem(what, f"at most {_VALUES:,} a row on the average", path))


def row_line(row: Mapping[str, Any]) -> bytes:
    """The line of JSON that says the same as a row; bytes, which JSON has no form for, become what reading refuses."""
    record = _record(row)
    for key, item in record.items():
        if isinstance(item, bytes):
            record[key] = {"bytes": len(item)}
    return msgspec.json.encode(record, enc_hook=_no_bytes)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.text or "")
        if len(batch) == _ROWS or characters >= _CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def record_row(document: Document) -> dict[str, Any]:
    """The row of a document, as `parquet_schema` has its columns."""
    row: dict[str, Any] = msgspec.to_builtins(document)
    for holder in (row, row.get("layer") or {}, *row["spans"]):
        if holder.get("extra") is not None:
            holder["extra"] = msgspec.json.encode(holder["extra"]).decode()
    if "layer" in row:
        row["layer"].setdefault("skipped", False)
    for span in row["spans"]:
        span.setdefault("unsure", False)
        if span["value"] is not None:
            span["value"] = {span["label"]: span["value"]}
    return row


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a row. What has another shape than a records file gives it stays as it is, to be refused by row."""
    record = {key: item for key, item in row.items() if item is not None}
    if isinstance(record.get("layer"), dict):
        record["layer"] = _known(record["layer"])
    spans = record.get("spans")
    spans = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
    for holder in (record, record.get("layer"), *spans):
        if not isinstance(holder, dict):
            continue
        if isinstance(holder.get("extra"), str):
            holder["extra"] = _parsed(holder["extra"])
        for flag in ("unsure", "skipped"):
            if flag in holder and holder[flag] is None:
                del holder[flag]
    for span in spans:
        if isinstance(span.get("decision"), dict):
            span["decision"] = _known(span["decision"])
        value, label = span.get("value"), span.get("label")
        if isinstance(value, dict) and all(part is None or isinstance(part, dict) for part in value.values()):
            values = {name: parts for name, parts in value.items() if _known(parts) is not None}
            # a value of another label than the span's stays as it is: the reader of records refuses it
            span["value"] = values.get(label) if values.keys() <= {label} else values
    return record


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # no object: refused with its row


def _no_bytes(item: Any) -> Any:
    raise TypeError(f"a column holds {type(item).__name__}, which no record does")


def _known(struct: dict[str, Any] | None) -> dict[str, Any] | None:
    """A struct, or None where it holds nothing: not every writer can tell an absent struct from an empty one."""
    return struct if struct and any(item is not None for item in struct.values()) else None
