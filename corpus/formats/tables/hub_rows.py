"""Rows of a dataset, of a file or in memory, with the names of the classes that they number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, UsageError, truncate_problems
from ....schema.errors import unreadable_problem
from ....schema.extras import require_extras
from ...storage.file_io import file_suffix
from ...storage.json_items import numbered_objects
from ...storage.saved_datasets import checked_names, read_json_object
from ..file_sample import FileSample
from .dataset_classes import ClassNames, classes_of_page, classes_of_schema, names_of_classes

_FIX = "give rows as JSON lines, a JSON array, Parquet or Arrow, or a folder that save_to_disk wrote"
_PARQUET = (".parquet", ".pq")
_STATE = "state.json"
_SPLITS = "dataset_dict.json"
_INFO = "dataset_info.json"


@dataclass(frozen=True, slots=True)
class HubRows:
    """Rows that can be read any number of times.

    Attributes:
        rows: Returns an iterator over the rows.
        classes: The names of their classes.
        path: Their file or folder, for messages; empty for rows in memory.
    """

    rows: Callable[[], Iterable[Mapping[str, Any]]]
    classes: ClassNames = field(default_factory=dict)
    path: str = ""

    def numbered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield the rows with their numbers, or for JSON with their lines, from 1."""
        number = 0
        for number, row in enumerate(self.rows(), 1):
            if isinstance(row, NumberedRow):
                yield row.line, row
            elif isinstance(row, Mapping):
                yield number, row
            else:
                raise DataError(
                    Problem(f"{type(row).__name__} is not a row", "give a mapping for each row", self.path, number)
                )


class NumberedRow(dict[str, Any]):
    """A row that knows its line.

    Attributes:
        line: Line in the file, from 1.
    """

    __slots__ = ("line",)

    def __init__(self, line: int, row: Mapping[str, Any]) -> None:
        super().__init__(row)
        self.line = line


def rows_of_path(source: Path) -> HubRows:
    """Return the rows of a file, or of a folder with the files of one split.

    Raises:
        DataError: The file cannot be read.
        UsageError: A folder has several splits.
    """
    files = list(split_files(source)) if source.is_dir() else [source]
    if not files:
        raise DataError(Problem("no rows of a dataset in the folder", _FIX, str(source)))
    if file_suffix(files[0]) not in (*_PARQUET, ".arrow"):
        page = _page_of(files[0])
        if page is not None:
            return HubRows(lambda: _rows_of_page(page, str(source)), classes_of_page(page["features"]), str(source))
        return HubRows(lambda: _json_rows(files[0]), {}, str(source))
    require_extras(f"{source}: rows of a dataset", "parquet")
    return HubRows(lambda: (row for file in files for row in _table_rows(file)), _table_classes(files[0]), str(source))


def split_files(folder: Path) -> Iterator[Path]:
    """Yield the files of the only split in a folder: one that save_to_disk wrote, or one of Parquet files.

    Raises:
        DataError: A file that lists the others is damaged.
        UsageError: The folder has several splits.
    """
    if (folder / _SPLITS).is_file():
        splits = checked_names(folder / _SPLITS, read_json_object(folder / _SPLITS).get("splits"))
        if len(splits) != 1:
            names = " or ".join(str(folder / name) for name in splits)
            raise UsageError(f"{folder}: the dataset has {len(splits)} splits. Fix: name one of them: {names}")
        yield from split_files(folder / splits[0])
    elif (folder / _STATE).is_file():
        entries = read_json_object(folder / _STATE).get("_data_files")
        listed = [entry.get("filename") if isinstance(entry, dict) else None for entry in entries or []]
        yield from (folder / name for name in checked_names(folder / _STATE, listed))
    else:
        yield from sorted(folder.glob("*.parquet"))


def sampled_rows(sample: FileSample) -> list[dict[str, Any]]:
    """Return the first rows of a file or folder, by which a format is recognised; empty if it has none."""
    try:
        path = sample.path
        if sample.is_folder:
            marks = (path / name for name in (_SPLITS, _STATE))
            if not any(mark.is_file() for mark in marks) and not any(n.endswith(".parquet") for n in sample.names):
                return []
            path = next(_first_files(path), path)
        if file_suffix(path) in (*_PARQUET, ".arrow"):
            return [dict(row) for row, _ in zip(_table_rows(path), range(20), strict=False)]
    except (DataError, UsageError, ImportError, OSError):
        return []
    if len(sample.items) != len(sample.objects):
        return []
    if len(sample.objects) == 1 and _is_page(sample.objects[0]):
        return [item["row"] for item in sample.objects[0]["rows"][:20]]
    if len(sample.objects) == 1 and is_columns(sample.objects[0]):
        return list(_rows_of_columns(sample.objects[0], ""))[:20]
    return sample.objects


def _first_files(folder: Path) -> Iterator[Path]:
    if (folder / _SPLITS).is_file():
        for name in checked_names(folder / _SPLITS, read_json_object(folder / _SPLITS).get("splits"))[:1]:
            yield from _first_files(folder / name)
    else:
        yield from split_files(folder)


def rows_in_memory(source: Any) -> HubRows | None:
    """Return the rows of a dataset, a table, a list of mappings or a mapping of columns; None for anything else."""
    library = type(source).__module__.partition(".")[0]
    if library == "datasets":
        features = getattr(source, "features", None)
        classes = names_of_classes(features.to_dict()) if features is not None else {}
        plain = source.with_format(None) if hasattr(source, "with_format") else source
        return HubRows(lambda: plain, classes)
    if library in ("pandas", "polars", "pyarrow"):
        return _rows_of_table(source, library)
    if isinstance(source, Mapping):
        return HubRows(lambda: _rows_of_columns(source, "")) if is_columns(source) else None
    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        return HubRows(lambda: source) if source and all(isinstance(item, Mapping) for item in source) else None
    return None


def _rows_of_table(table: Any, library: str) -> HubRows:
    require_extras("a data frame", "parquet")
    import pyarrow as pa

    if library == "pandas":
        table = pa.Table.from_pandas(table, preserve_index=False)
    elif library == "polars":
        table = table.to_arrow()
    return HubRows(table.to_pylist, classes_of_schema(table.schema))


def is_columns(item: Mapping[str, Any]) -> bool:
    """Return whether a mapping holds the columns of a table of tokens or texts, rather than a row."""
    tokens, texts = item.get("tokens"), item.get("text")
    if isinstance(tokens, list) and tokens:
        return all(isinstance(row, list) and all(isinstance(token, str) for token in row) for row in tokens)
    return isinstance(texts, list) and bool(texts) and all(isinstance(text, str | None) for text in texts)


def page_description(source: Path) -> str:
    """Return which rows of a dataset a page of them has; empty for other files, and for a page of all rows."""
    page = None if source.is_dir() or file_suffix(source) in (*_PARQUET, ".arrow") else _page_of(source)
    total = page.get("num_rows_total") if page is not None else None
    if page is None or type(total) is not int or total <= len(page["rows"]):
        return ""
    return f"{source.name}: a page of {len(page['rows']):,} of the {total:,} rows of the dataset"


def _page_of(path: Path) -> dict[str, Any] | None:
    """Return the page of rows that a file holds, as the server of the hub's datasets gives it; None for other files."""
    sample = FileSample(path)
    if len(sample.objects) != 1 or not _is_page(sample.objects[0]):
        return None
    pages = [page for _, page in numbered_objects(str(path), noun="page", fix=_FIX)]
    return pages[0] if len(pages) == 1 and _is_page(pages[0]) else None


def _is_page(item: Mapping[str, Any]) -> bool:
    rows = item.get("rows") if isinstance(item.get("features"), list) else None
    return isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("row"), dict) for row in rows)


def _rows_of_page(page: Mapping[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a page, whose ids are their numbers in the dataset unless they have some.

    Raises:
        DataError: Cells are cut off.
    """
    cut = [(n, item["truncated_cells"]) for n, item in enumerate(page["rows"], 1) if item.get("truncated_cells")]
    fix = "get the rows as Parquet, or fewer of them on a page"
    if problems := [Problem(f"row {n} of the page has cells that are cut off: {cells}", fix, path) for n, cells in cut]:
        raise DataError(truncate_problems(problems, "rows"))
    for item in page["rows"]:
        number = {"id": item["row_idx"]} if type(item.get("row_idx")) is int else {}
        yield number | item["row"]


def _rows_of_columns(columns: Mapping[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of columns, after checking that they have the same length."""
    lengths = {name: len(column) if isinstance(column, list) else None for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {'no list' if n is None else n}" for name, n in lengths.items())
        raise DataError(Problem(f"the columns have different lengths: {listed}", "give a value for each row", path))
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _json_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    rows = numbered_objects(str(path), noun="row", fix=_FIX)
    first = next(rows, None)
    if first is None:
        return
    second = next(rows, None)
    if second is None and is_columns(first[1]):
        yield from _rows_of_columns(first[1], str(path))
        return
    for line, row in (first, *([second] if second else [])):
        yield NumberedRow(line, row)
    for line, row in rows:
        yield NumberedRow(line, row)


def _table_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ...storage.parquet import reject_oversized_rows

    try:
        if file_suffix(path) == ".arrow":
            with pa.OSFile(str(path)) as file, _arrow_reader(file) as stream:
                for batch in stream:
                    yield from batch.to_pylist()
            return
        with pq.ParquetFile(path) as table:
            reject_oversized_rows(table.metadata, str(path))
            for batch in table.iter_batches(batch_size=256):
                yield from batch.to_pylist()
    except FileNotFoundError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except (pa.ArrowException, OSError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DataError(Problem(f"not a complete file of rows: {error}", "write it again", str(path))) from error


def _arrow_reader(file: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.ipc.open_stream(file)
    except pa.ArrowInvalid:  # the other of the two kinds of Arrow files
        file.seek(0)
        reader = pa.ipc.open_file(file)
        batches = [reader.get_batch(index) for index in range(reader.num_record_batches)]
        return pa.ipc.RecordBatchReader.from_batches(reader.schema, batches)


def _table_classes(path: Path) -> ClassNames:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if file_suffix(path) == ".arrow":
            with pa.OSFile(str(path)) as file, _arrow_reader(file) as stream:
                classes = classes_of_schema(stream.schema)
        else:
            classes = classes_of_schema(pq.read_schema(path))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(Problem(f"not a complete file of rows: {error}", "write it again", str(path))) from error
    if not classes and (path.parent / _INFO).is_file():
        return names_of_classes(read_json_object(path.parent / _INFO).get("features"))
    return classes
