"""Files to score: records, or files of any format that is recognised by its contents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..corpus import read_records
from ..corpus.adjudication.drafts import draft_problem, read_gold, require_submitted
from ..corpus.formats import ReadOptions, ReadReport, ReadRequest
from ..corpus.formats.conll.tagged_sentences import scheme_of_tags, tagged_sentences
from ..corpus.formats.conversion import known_options, knows_texts, read_as, source_format
from ..corpus.formats.native_formats import OWN_FORMATS
from ..corpus.formats.option_hints import point_to_options
from ..corpus.storage.expected_documents import expected_documents
from ..corpus.storage.label_map import LabelMap, read_mapped
from ..corpus.storage.stream_copies import shown_path
from ..eval.columns.column_files import is_records_file, read_layers
from ..eval.columns.layer_columns import LayerColumns
from ..eval.tag_scores import score_tags
from ..schema import DataError, Document, Scheme, UsageError, did_you_mean
from ..schema.progress import Progress, report_each

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
    """Return the file of an argument, and the name of the system if it is `NAME=FILE`.

    Names and files may contain `=`: an existing file is a file, and else the longest end that is one; if there is none,
    the name ends at the first `=`.
    """
    parts = argument.split("=")
    if len(parts) == 1 or not parts[0] or Path(argument).exists():
        return SystemFile("", argument)
    splits = [SystemFile("=".join(parts[:at]), "=".join(parts[at:])) for at in range(1, len(parts))]
    found = next((split for split in splits if split.path and Path(split.path).exists()), splits[0])
    return found if found.path else SystemFile("", argument)


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

    def read_layers(
        self, paths: Sequence[str], by: Sequence[str] = (), *, common: bool = False
    ) -> list[LayerColumns] | None:
        """Return the columns of gold and systems; None if a file is in another format, or texts must be matched.

        Args:
            paths: The gold and the systems.
            by: Fields by which the gold's documents will be grouped; see `checked_groupings`.
            common: Whether systems may have documents that the gold lacks.

        Raises:
            DataError: A file is invalid, or the gold has a draft.
            UsageError: The suffix of a file is not one of a records file.
        """
        steps = [(_step(path), expected_documents(path)) for path in paths]

        def read(number: int, count: int) -> None:
            self._progress(steps[number][0], count, steps[number][1])

        layers = read_layers(paths, self._scheme, by, common=common, read=read)
        if layers is not None and layers[0].drafts.any():
            raise DataError(draft_problem(shown_path(paths[0]), layers[0].ids[int(layers[0].drafts.argmax())]))
        return layers

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
        return report_each(documents, _step(path), self._progress, expected_documents(path))

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
