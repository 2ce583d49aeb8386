"""Files to score: records, or files of any format that is recognised by its contents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..corpus import read_records
from ..corpus.adjudication.drafts import draft_problem, read_gold, require_submitted
from ..corpus.formats import ReadOptions, ReadReport, ReadRequest
from ..corpus.formats.conll.tagged_sentences import scheme_of_tags, tagged_sentences
from ..corpus.formats.conversion import known_options, knows_texts, read_as, source_format
from ..corpus.formats.format_registry import matching_formats
from ..corpus.formats.native_formats import OWN_FORMATS
from ..corpus.formats.option_hints import point_to_options
from ..corpus.storage.file_io import file_suffix, open_reader
from ..corpus.storage.label_map import LabelMap, read_mapped
from ..corpus.storage.records import JSON_LINES, PARQUET
from ..corpus.storage.stream_copies import shown_path
from ..eval.columns.column_alignment import are_aligned
from ..eval.columns.column_files import read_columns
from ..eval.columns.layer_columns import LayerColumns
from ..eval.tag_scores import score_tags
from ..schema import DataError, Document, Scheme, Span, UsageError, did_you_mean, for_each
from ..schema.progress import Progress, report_each

_HEAD = 1 << 16

_OF_CONVERSIONS = {"form": "--from", "restore": "--restore", "passes": "--passes"}
"""Parameters of conversions alone, which errors may name, with their options on the command line."""
_WHAT = "{} is an option of `goldspan convert`"
_FIX = "convert the file, and score the records: goldspan convert FILE --out F {} …"

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


def is_records_file(path: str, scheme: Scheme) -> bool:
    """Return whether a file is read as records: by its suffix, unless it is a file of another tool by its contents."""
    suffix = file_suffix(path)
    if suffix not in (*JSON_LINES, *PARQUET):
        return False
    if not Path(path).is_file():
        return True
    if suffix in PARQUET:
        from ..eval.columns.parquet_records import has_record_columns

        if has_record_columns(path, scheme):
            return True
    elif _begins_with_record(path):
        return True
    return not any(form.name not in ("jsonl", "parquet") for form in matching_formats(Path(path)))


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


class InputReader:
    """Reads files to score, with the options of readers of other formats.

    Args:
        scheme: Scheme of the gold.
        mapping: Maps the systems' labels to the scheme's.
        options: How to read what files leave open; a file of a format that does not know an option is read without it.
        remark: Takes remarks about what was read.
        progress: Called now and then with the number of documents that were read of a file.

    Attributes:
        notes: What was left out or changed in the files, in a line each.
    """

    def __init__(
        self,
        scheme: Scheme,
        mapping: LabelMap | None,
        options: ReadOptions,
        remark: Callable[[str], None],
        progress: Progress,
    ) -> None:
        self._scheme, self._mapping, self._options, self._remark = scheme, mapping, options, remark
        self._progress = progress
        self._used: set[str] = set()
        self._formats: set[str] = set()
        self.notes: list[str] = []

    def read_gold_file(self, path: str) -> list[Document]:
        """Return the documents of a gold file, whose labels are the scheme's if it has records.

        In a file of another format, labels are the scheme's or are mapped to them. Errors are those of `read_system`.
        """
        if is_records_file(path, self._scheme):
            self._formats.add("jsonl")
            return list(self._reported(path, read_gold(path, self._scheme)))
        mapping = self._mapping
        if mapping is not None:
            own = {label: label for label in self._scheme.labels}
            mapping = replace(mapping, labels={**own, **mapping.labels})  # counts are those of the systems' map
        return [require_submitted(shown_path(path), document) for document in self._foreign(path, mapping, None)]

    def read_system(self, path: str, texts: Callable[[str], str | None] | None = None) -> list[Document]:
        """Return the documents of a system.

        Args:
            path: Records, or a file or folder in another format.
            texts: Returns the text of a gold document by its id, for systems' files that have no texts.

        Raises:
            DataError: The file is invalid.
            UsageError: Its format cannot be detected.
        """
        if not is_records_file(path, self._scheme):
            return self._foreign(path, self._mapping, texts)
        self._formats.add("jsonl")
        mapping = self._mapping
        records = read_mapped(path, self._scheme, mapping) if mapping else read_records(path, self._scheme)
        return list(self._reported(path, records))

    def read_layers(self, paths: Sequence[str], by: Sequence[str] = ()) -> list[LayerColumns] | None:
        """Return the columns of gold and systems; None if a file is in another format, or texts must be matched.

        Args:
            paths: The gold and the systems.
            by: Fields by which the gold's documents will be grouped; see `checked_groupings`.

        Raises:
            DataError: A file is invalid, or the gold has a draft.
            UsageError: The suffix of a file is not one of a records file.
        """
        if not all(is_records_file(path, self._scheme) for path in paths):
            return None
        sides = [(paths[0], by), *((path, ()) for path in paths[1:])]

        def read(side: tuple[str, Sequence[str]]) -> LayerColumns:
            step = _step(side[0])
            return read_columns(side[0], self._scheme, side[1], lambda count: self._progress(step, count, 0))

        layers = for_each(read, sides)
        gold = layers[0]
        if gold.drafts.any():
            raise DataError(draft_problem(shown_path(paths[0]), gold.ids[int(gold.drafts.argmax())]))
        return layers if all(are_aligned(gold, layer) for layer in layers[1:]) else None

    def check(self) -> None:
        """Check that each option had an effect on a file that was read.

        Raises:
            UsageError: One had none.
        """
        idle = [name for name in self._options.given() if name not in self._used]
        if idle:
            what = f"`{idle[0]}` has no effect on files of the format {' or '.join(sorted(self._formats))}"
            raise UsageError(f"{what}. Fix: leave it out")

    def _reported(self, path: str, documents: Iterable[Document]) -> Iterator[Document]:
        return report_each(documents, _step(path), self._progress)

    def _foreign(
        self, path: str, mapping: LabelMap | None, texts: Callable[[str], str | None] | None
    ) -> list[Document]:
        report = ReadReport()
        shown = shown_path(path)
        with point_to_options(_WHAT, _FIX, _OF_CONVERSIONS):
            detected = source_format(Path(path))
            name, known = detected.reader.name, known_options(detected.reader)
            if name not in OWN_FORMATS:
                self._remark(detected.said(path))
            given = {option: getattr(self._options, option) for option in self._options.given() if option in known}
            options = ReadOptions(**given, texts=texts if knows_texts(detected.reader) else None)
            request = ReadRequest(self._scheme, report, mapping, options)
            documents = list(self._reported(path, read_as(detected, Path(path), request)))
        self._used |= given.keys()
        self._formats.add(name)
        for line in report.summary():
            self._remark(f"{shown}: {line}")
            self.notes.append(f"{shown}: {line}")
        return documents


def _step(path: str) -> str:
    return f"reading {shown_path(path)}"


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
        form = source_format(Path(path)).reader.name
        if form != "conll":
            what = f"{shown_path(path)}: `tags` {how} compares column files, and this is read as {form}"
            raise UsageError(f"{what}. Fix: name column files as gold and systems, or leave out `tags`")
    ours = tagged_sentences(gold)
    scheme = scheme_of_tags(ours, gold)
    return [score_tags(ours, tagged_sentences(path), scheme, (gold, path)) for path in systems]
