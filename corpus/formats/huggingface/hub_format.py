"""The format `hf`: a folder that `datasets.load_dataset` loads without a script, as Parquet with typed features.

Parquet, never JSON: the loader would turn a column of full dates into timestamps. Each configuration lies in a folder
of its own with a file for each split, of `passes` one for each pass too; the card names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ....schema import DataError, Document, Problem, Scheme, UsageError
from ...release.splits import assign_splits
from ...storage.label_map import LabelMap
from ..base import LossReport, ReadReport
from ..record_formats import text_free
from .card import write_card
from .croissant import CROISSANT, croissant
from .features import DatasetDocument, token_cells
from .file_names import FileNames
from .metadata import ReleaseMetadata
from .reader import CHECKSUMS, read_dataset
from .statistics import DatasetStatistics, LayerStatistics
from .writer import DatasetFiles

WHOLE = "whole"
"""The split of what is of no split: entities."""


class SplitLocation(NamedTuple):
    """Where a document of the gold went.

    Attributes:
        split: Its split.
        fold: Its fold.
        sha256: Of its text.
    """

    split: str
    fold: int
    sha256: str | None


class HubFormat:
    """A dataset for the Hugging Face hub.

    Args:
        release: What it is made with, beside the gold.
    """

    name = "hf"
    summary = "a dataset that load_dataset loads: spans, tokens, passes, standoff, entities, with card"
    file = ""
    suffixes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ("spans/*.parquet", "standoff/*.parquet", "dataset_dict.json", "state.json")

    def __init__(self, release: ReleaseMetadata | None = None) -> None:
        self.release = release or ReleaseMetadata()

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`.

        Raises:
            DataError: A document is text-free, a pass has another text than the gold, or there are no documents.
            DependencyError: The disk is full.
        """
        facts = DatasetStatistics(scheme)
        with DatasetFiles(out, scheme, texts=self.release.texts) as files:
            sides = self._write_gold(documents, files, facts, loss)
            if not sides:
                raise DataError(Problem("no documents", "export a file that has some"))
            self._write_passes(sides, files, facts, loss)
            for cells in facts.entities.rows():
                files.add_cells("entities", WHOLE, cells)
        facts.files += files.written
        write_card(out, facts, self.release)
        (out / CROISSANT).write_bytes(croissant(out, facts, self.release))
        _write_checksums(out)
        return facts.stats.documents

    def _write_gold(
        self, documents: Iterable[Document], files: DatasetFiles, facts: DatasetStatistics, loss: LossReport
    ) -> dict[str, SplitLocation]:
        sides: dict[str, SplitLocation] = {}
        for place in assign_splits(documents):
            document = place.document.with_hash()
            sides[document.id] = SplitLocation(place.split, place.fold, document.text_sha256)
            if self.release.texts and document.text is None:
                fix = "restore the texts first, or export with --no-text"
                raise DataError(Problem("the record is text-free", fix, document=document.id))
            if not place.split:
                loss("documents whose near-duplicates stand in several splits, left out", document)
                continue
            if document.text is None:
                loss("text-free documents, whose near-duplicates cannot be known", document)
            facts.add(document)
            # beside `spans`, which have all, nothing is lost
            bare = text_free(document, LossReport() if self.release.texts else loss)
            files.add("standoff", place.split, DatasetDocument(bare, place.fold))
            if not self.release.texts:
                continue
            files.add("spans", place.split, DatasetDocument(document, place.fold))
            loss.note_tokens(document)
            cells = token_cells(document, place.fold, facts.scheme)
            files.add_cells("tokens", place.split, cells)
            loss("spans that no tags can express, listed in `unaligned` of tokens", document, len(cells["unaligned"]))
        return sides

    def _write_passes(
        self, sides: Mapping[str, SplitLocation], files: DatasetFiles, facts: DatasetStatistics, loss: LossReport
    ) -> None:
        names = FileNames()
        for annotator, layer in self.release.passes.items():
            told = facts.passes.setdefault(annotator, LayerStatistics())
            folder = names.free(annotator)
            for document in layer:
                document = document.with_hash()
                side = sides.get(document.id)
                if side is None or not side.split:
                    loss("documents of passes that the dataset has not", document)
                    continue
                if document.text_sha256 != side.sha256:
                    what, fix = f"the pass of {annotator} has another text than the gold", "annotate the gold's text"
                    raise DataError(Problem(what, fix, document=document.id))
                if self.release.texts and document.text is None:
                    fix = "restore its texts first, or export with --no-text"
                    raise DataError(Problem(f"the pass of {annotator} is text-free", fix, document=document.id))
                told.add(document)
                shown = document if self.release.texts else text_free(document, loss)
                files.add("passes", side.split, DatasetDocument(shown, side.fold, annotator), folder)

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`: the configuration `spans`, all splits; of a text-free dataset `standoff`.

        Also reads a folder of one configuration (`dataset/standoff`), or of one pass (`dataset/passes/ann`), and a
        dataset or its splits as `save_to_disk` writes them. A label map is for formats of others:
        labels of a dataset are typed.

        Raises:
            DataError: As `read_dataset`.
            UsageError: There is a label map.
        """
        if labels is not None:
            raise UsageError("labels of a dataset are the scheme's. Fix: leave --map out, or map before the export")
        yield from read_dataset(source, scheme)


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
"""What the entry point `hf` names."""
