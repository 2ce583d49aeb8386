"""Files to score: records, or files of any format that is recognised by its contents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..corpus import read_records
from ..corpus.adjudication.drafts import draft_problem, read_gold, require_submitted
from ..corpus.formats import ReadOptions, ReadReport, read_any
from ..corpus.formats.conll.tagged_sentences import scheme_of_tags, tagged_sentences
from ..corpus.formats.conversion import knows_texts, source_format
from ..corpus.formats.format_registry import matching_formats
from ..corpus.formats.native_formats import OWN_FORMATS
from ..corpus.storage.file_io import STANDARD, file_suffix, is_read_once, open_reader
from ..corpus.storage.label_map import LabelMap, read_mapped
from ..corpus.storage.records import JSON_LINES, PARQUET
from ..eval.columns.column_alignment import are_aligned
from ..eval.columns.column_files import read_columns
from ..eval.columns.layer_columns import LayerColumns
from ..eval.tag_scores import score_tags
from ..schema import DataError, Document, GoldspanError, Problem, Scheme, Span, UsageError, did_you_mean, for_each

_HEAD = 1 << 16

_OF_CONVERSIONS = ("form", "columns", "restore", "fragments", "id_field", "passes", "encoding", "repair")

TAGS = ("as-is",)
"""What may be done with the tags of column files."""


class SystemFile(NamedTuple):
    """A file to score.

    Attributes:
        name: The name that the call gives the system; empty if it gives none.
        path: The file.
    """

    name: str
    path: str


def system_file(argument: str) -> SystemFile:
    """Return the file of an argument, and the name of the system if it is `NAME=FILE`; an existing file is a file."""
    name, _, path = argument.partition("=")
    if not path or not name or Path(argument).exists():
        return SystemFile("", argument)
    return SystemFile(name, path)


def is_records_file(path: str) -> bool:
    """Return whether a file is read as records: by its suffix, unless it is a file of another tool by its contents."""
    if path == STANDARD:
        return True
    if file_suffix(path) not in (*JSON_LINES, *PARQUET):
        return False
    if not Path(path).is_file() or _begins_with_record(path):
        return True
    return not any(form.name not in ("jsonl", "parquet") for form in matching_formats(Path(path)))


def is_stored_records(path: str) -> bool:
    """Return whether a file is read as records and can be read again, as columns may require."""
    return is_records_file(path) and path != STANDARD and not is_read_once(path)


def read_layers(gold: str, systems: Sequence[str], scheme: Scheme, by: Sequence[str] = ()) -> list[LayerColumns] | None:
    """Return the columns of gold and systems in records files; None if documents must be matched by their texts.

    Args:
        gold: The gold.
        systems: The systems.
        scheme: Scheme of all files.
        by: Fields by which the gold's documents will be grouped; see `checked_groupings`.

    Raises:
        DataError: A file is invalid, or the gold has a draft.
        UsageError: The suffix of a file is not one of a records file.
    """
    sides = [(gold, by), *((path, ()) for path in systems)]
    layers = for_each(lambda side: read_columns(side[0], scheme, side[1]), sides)
    if layers[0].drafts.any():
        raise DataError(draft_problem(gold, layers[0].ids[int(layers[0].drafts.argmax())]))
    return layers if all(are_aligned(layers[0], layer) for layer in layers[1:]) else None


def _begins_with_record(path: str) -> bool:
    """Return whether the first line is a record beyond doubt, so that no format needs to look at the file."""
    with suppress(DataError, ValueError, RecursionError), open_reader(path) as stream:
        record = json.loads(stream.readline(_HEAD))
        if not isinstance(record, dict) or not isinstance(record.get("id"), str):
            return False
        spans, keys = record.get("spans"), set(Span.__struct_fields__)
        known = record.keys() <= set(Document.__struct_fields__)
        return known and isinstance(spans, list) and all(isinstance(s, dict) and s.keys() <= keys for s in spans)
    return False


def read_system(
    path: str,
    scheme: Scheme,
    mapping: LabelMap | None,
    remark: Callable[[str], None],
    texts: Callable[[str], str | None] | None = None,
) -> list[Document]:
    """Return the documents of a system.

    Args:
        path: Records, or a file or folder in another format.
        scheme: Scheme of the gold.
        mapping: Maps the system's labels to the scheme's.
        remark: Takes remarks about what was read.
        texts: Returns the text of a gold document by its id, for systems' files that have no texts.

    Raises:
        DataError: The file is invalid.
        UsageError: Its format cannot be detected.
    """
    if is_records_file(path):
        return list(read_mapped(path, scheme, mapping) if mapping else read_records(path, scheme))
    report = ReadReport()
    with _naming_convert():
        form = source_format(Path(path))
        options = ReadOptions(texts=texts if knows_texts(form) else None)
        documents = list(read_any(Path(path), scheme, report, name=form.name, labels=mapping, options=options))
    if form.name not in OWN_FORMATS:
        remark(f"{path}: read as {form.name}")
    for line in report.summary():
        remark(f"{path}: {line}")
    return documents


@contextmanager
def _naming_convert() -> Iterator[None]:
    """Add to errors that name a parameter of conversions where that is a parameter."""
    try:
        yield
    except GoldspanError as error:
        named = [name for name in _OF_CONVERSIONS if f"`{name}`" in str(error)]
        if not named:
            raise
        flags = ", ".join("--" + {"form": "from"}.get(name, name.replace("_", "-")) for name in named)
        fix = f"convert the file, and score the records: goldspan convert FILE --out F {flags} …"
        if isinstance(error, DataError):
            raise DataError([*error.problems, Problem(f"{flags} is an option of `goldspan convert`", fix)]) from error
        raise UsageError(f"{error}; {fix}") from error


def read_gold_file(
    path: str, scheme: Scheme, mapping: LabelMap | None, remark: Callable[[str], None]
) -> list[Document]:
    """Return the documents of a gold file, whose labels are the scheme's if it has records.

    In a file of another format, labels are the scheme's or are mapped to them. Arguments and errors as in
    `read_system`.
    """
    if is_records_file(path):
        return list(read_gold(path, scheme))
    if mapping is not None:
        own = {label: label for label in scheme.labels}
        mapping = replace(mapping, labels={**own, **mapping.labels})  # counts are those of the systems' map
    return [require_submitted(path, document) for document in read_system(path, scheme, mapping, remark)]


def tag_scores(gold: str, systems: Sequence[str], how: str) -> list[Mapping[str, Any]]:
    """Return the scores of the tags of column files by seqeval; see `score_tags`.

    Args:
        gold: The gold.
        systems: The systems.
        how: `as-is`.

    Raises:
        DataError: A file is invalid, or its tokens are not those of the gold.
        UsageError: A file is not a column file, or there is no such way.
    """
    if how not in TAGS:
        raise UsageError(f"unknown `tags` {how!r}: {did_you_mean(how, list(TAGS))}")
    for path in (gold, *systems):
        form = "jsonl" if path == STANDARD else source_format(Path(path)).name
        if form != "conll":
            what = f"{path}: `tags` {how} compares column files, and this is read as {form}"
            raise UsageError(f"{what}. Fix: name column files as gold and systems, or leave out `tags`")
    ours = tagged_sentences(gold)
    scheme = scheme_of_tags(ours, gold)
    return [score_tags(ours, tagged_sentences(path), scheme, (gold, path)) for path in systems]
