"""The format `hf`: a folder of Parquet files with typed features, which `datasets.load_dataset` loads without a script.

The files are not JSON because the loader would turn a column of complete dates into timestamps. Each configuration has
a folder with a file for each split, and in `passes` for each pass; the card lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, NoReturn

from ....schema import DataError, Document, Problem, Scheme, UsageError
from ...queries.document_fields import DocumentField, document_field
from ...release.splits import SplitAssignment, assign_splits, stated_splits
from ..format_interface import CONTENTS, ReadRequest
from ..native_formats import remove_text
from ..transfer_reports import LossReport
from .card import write_card
from .croissant import CROISSANT, croissant_metadata
from .features import DatasetDocument, token_row
from .file_names import FileNames
from .metadata import ReleaseMetadata
from .reader import CHECKSUMS, read_dataset
from .statistics import DatasetStatistics, LayerStatistics
from .token_windows import document_windows
from .writer import DatasetFiles

ENTITIES_SPLIT = "whole"
"""The split of `entities`, whose rows belong to no split."""

_SPLIT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class SplitLocation(NamedTuple):
    """The split and fold of a gold document.

    Attributes:
        split: Name of the split; empty for a document that was left out.
        fold: Fold for cross-validation.
        text_sha256: Hash of the document's text.
    """

    split: str
    fold: int
    text_sha256: str | None


class HubFormat:
    """A dataset for the Hugging Face hub.

    Args:
        release: Metadata and passes of the dataset.
    """

    name = "hf"
    summary = "a dataset that load_dataset loads: spans, tokens, passes, standoff, entities, with card"
    file = ""
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = ("spans/*.parquet", "standoff/*.parquet", "dataset_dict.json", "state.json")
    holds = tuple(CONTENTS)
    reads_folders = True
    read_extras = ("hub",)
    read_options = ("columns", "fragments", "id_field")
    write_extras = ("duplicates", "hub", "report", "rules")

    def __init__(self, release: ReleaseMetadata | None = None) -> None:
        self.release = release or ReleaseMetadata()

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`.

        Raises:
            DataError: A document is text-free, a pass has a different text than the gold, or there are no documents.
            DependencyError: The disk is full.
        """
        statistics = DatasetStatistics(scheme)
        with DatasetFiles(out, scheme, texts=self.release.texts) as files:
            locations = self._write_gold(documents, files, statistics, loss)
            if not statistics.stats.documents:
                raise DataError(Problem("there are no documents", "export a file that has some"))
            self._write_passes(locations, files, statistics, loss)
            for row in statistics.entities.rows():
                files.add_row("entities", ENTITIES_SPLIT, row)
        statistics.files += files.written
        write_card(out, statistics, self.release)
        (out / CROISSANT).write_bytes(croissant_metadata(out, statistics, self.release))
        _write_checksums(out)
        return statistics.stats.documents

    def _write_gold(
        self, documents: Iterable[Document], files: DatasetFiles, statistics: DatasetStatistics, loss: LossReport
    ) -> dict[str, SplitLocation]:
        locations: dict[str, SplitLocation] = {}
        licence_of = self._field("licence_field")
        for assignment in self._splits(documents):
            document, split, fold = assignment.document.with_hash(), assignment.split, assignment.fold
            if self.release.passes:  # which alone need them
                locations[document.id] = SplitLocation(split, fold, document.text_sha256)
            if self.release.texts and document.text is None:
                fix = "restore the texts first, or leave them out with `texts=False`"
                raise DataError(Problem("the record is text-free", fix, document=document.id))
            if not split:
                loss.add("documents whose near-duplicates stand in several splits, left out", document)
                continue
            if assignment.across:
                loss.add("documents nearly the same as one in another split, as the gold fixes the splits", document)
            if document.text is None:
                loss.add("text-free documents, whose near-duplicates cannot be known", document)
            statistics.add(document)
            if licence_of is not None:
                statistics.licences[str(licence_of.value(document) or "not stated")] += 1
            # what `standoff` leaves out is lost only if there is no `spans` to hold it
            text_free = remove_text(document, LossReport() if self.release.texts else loss)
            files.add("standoff", split, DatasetDocument(text_free, fold))
            if not self.release.texts:
                continue
            files.add("spans", split, DatasetDocument(document, fold))
            loss.note_missing_tokenizer(document)
            row = token_row(document, fold, statistics.scheme)
            files.add_row("tokens", split, row)
            loss.add("spans that no tags can express, listed in `unaligned` of tokens", document, len(row["unaligned"]))
            if self.release.windows is not None:
                windows = document_windows(document, fold, statistics.scheme, self.release.windows)
                for piece in windows.rows:
                    files.add_row("windows", split, piece)
                loss.add("words longer than a window, left out of windows", document, windows.too_long)
        return locations

    def _splits(self, documents: Iterable[Document]) -> Iterator[SplitAssignment]:
        """Assign documents to splits, as a field of theirs states them or else by hash."""
        field = self._field("split")
        if field is None:
            return assign_splits(documents)
        name = self.release.about.split
        return stated_splits(documents, lambda document: _stated_split(name, field.value(document), document))

    def _field(self, key: str) -> DocumentField | None:
        """Return the field of documents that a key of the metadata names; None if it names none."""
        name = getattr(self.release.about, key)
        field = document_field(name) if name else None
        if name and field is None:
            raise UsageError(f"`{key}` {name!r} is not a field of documents. Fix: name one, such as extra.{key}")
        return field

    def _write_passes(
        self,
        locations: Mapping[str, SplitLocation],
        files: DatasetFiles,
        statistics: DatasetStatistics,
        loss: LossReport,
    ) -> None:
        names = FileNames()
        for annotator, layer in self.release.passes.items():
            layer_statistics = statistics.passes.setdefault(annotator, LayerStatistics())
            folder = names.assign(annotator)
            for document in layer:
                document = document.with_hash()
                location = locations.get(document.id)
                if location is None or not location.split:
                    loss.add("documents of passes that the dataset has not", document)
                    continue
                if document.text_sha256 != location.text_sha256:
                    message = f"the pass of {annotator} has a different text than the gold"
                    raise DataError(Problem(message, "annotate the gold's text", document=document.id))
                if self.release.texts and document.text is None:
                    fix = "restore its texts first, or leave them out with `texts=False`"
                    raise DataError(Problem(f"the pass of {annotator} is text-free", fix, document=document.id))
                layer_statistics.add(document)
                released = document if self.release.texts else remove_text(document, loss)
                files.add("passes", location.split, DatasetDocument(released, location.fold, annotator), folder)

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`.

        Reads configuration `spans`, or `standoff` if the dataset is text-free, in all splits. `source` may also be the
        folder of one configuration (`dataset/standoff`) or of one pass (`dataset/passes/ann`), or a dataset or split
        as `save_to_disk` writes it. Rows of other shapes are read as `hf-tokens` or `hf-spans`.

        Raises:
            DataError: See `read_dataset`.
            UsageError: There is a label map or an option, which a dataset with typed labels cannot need.
        """
        from ..tables.row_formats import row_format

        foreign = row_format(source)
        if foreign is not None or source.is_file():
            yield from (foreign or _no_rows(source)).read(source, request)
            return
        if given := request.options.given():
            raise UsageError(f"`{given[0]}` has no effect on a dataset that goldspan exported. Fix: leave it out")
        if request.labels is not None:
            fix = "leave out the label map, or map the labels before the export"
            raise UsageError(f"a dataset already has the scheme's labels. Fix: {fix}")
        yield from read_dataset(source, request.scheme)


def _stated_split(field: str, value: object, document: Document) -> str:
    if isinstance(value, str) and _SPLIT_NAME.fullmatch(value):
        return value
    what = f"{field} is {'missing' if value is None else f'{str(value)[:50]!r}, which cannot name a split'}"
    raise DataError(Problem(what, "state train, validation or test", document=document.id))


def _no_rows(source: Path) -> NoReturn:
    fix = "rows of tokens and ner_tags, or of text and entities; or a folder made by `goldspan export --to hf`"
    raise DataError(Problem("not rows of a dataset", fix, str(source)))


def _write_checksums(out: Path) -> None:
    lines = []
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            digest = sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
        lines.append(f"{digest.hexdigest()}  {path.relative_to(out).as_posix()}\n")
    (out / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


HUB = HubFormat()
"""The object that the entry point `hf` names."""
