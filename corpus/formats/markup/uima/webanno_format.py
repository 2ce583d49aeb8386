"""The format `webanno`: WebAnno TSV, as WebAnno and INCEpTION export it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .....schema import DataError, Document, Scheme, truncate_problems
from ...file_sample import FileSample
from ...foreign.foreign_format import ForeignFormat
from ...foreign.stated_documents import StatedDocument
from ...format_interface import ReadOptions
from ...transfer_reports import LossReport
from ..column_choices import ColumnChoices
from .cas_files import first_work, is_zip_of, path_below, stored_cas_files, zipped_head
from .cas_layers import state_cas
from .old_webanno_reader import is_old_webanno, read_old_webanno
from .webanno_tsv_reader import is_webanno_tsv, read_webanno_tsv

_SUFFIX = ".tsv"


class WebAnnoFormat(ForeignFormat):
    """WebAnno TSV, a file for each document; written in version 3."""

    name = "webanno"
    summary = "WebAnno TSV 1 to 3 of WebAnno and INCEpTION; labels and links, in a folder of .tsv files"
    folder_patterns = ("*.tsv",)
    reads_folders = True
    read_options = ("columns", "passes")
    holds = ("text", "overlaps", "cuts", "annotators")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether a file begins as the format does, or every .tsv file in a folder."""
        if sample.is_folder:
            inner = first_work(sample.path, _SUFFIX)
            samples = [item for item in sample if item.suffix == _SUFFIX] if inner is None else [FileSample(inner)]
            return bool(samples) and all(map(self.recognises, samples))
        if sample.head.startswith(b"PK"):
            head = zipped_head(sample.path, _SUFFIX)
            return head is not None and _is_webanno(head)
        return _is_webanno(sample.head)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each file states."""
        choices = ColumnChoices(options.columns, ("layer", "label"))
        several, problems = source.is_dir() or is_zip_of(source, _SUFFIX), []
        imported = 0
        for stored in stored_cas_files(source, _SUFFIX):
            if stored.only_imported:
                imported += 1
                continue
            try:
                read = read_old_webanno if is_old_webanno(stored.data) else read_webanno_tsv
                contents = read(stored.data, stored.path)
                stated = state_cas(contents.cas, choices)
            except DataError as error:
                problems += error.problems
                continue
            stated.unit = contents.unit
            stated.left_out.update(+contents.left_out)
            stated.left_out["documents as they were imported, beside their annotations"] += imported
            imported = 0
            if contents.gaps:
                stated.changed["characters between sentences, which the file does not state"] += contents.gaps
            stated.id = stored.document or (path_below(stored.path, source) if several else "")
            stated.annotator = stored.annotator
            if not problems:
                yield stated
        if problems:
            raise DataError(truncate_problems(problems, "problems"))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        from .webanno_tsv_writer import write_tsv_files

        return write_tsv_files(documents, out, scheme, loss)


def _is_webanno(head: bytes) -> bool:
    return is_webanno_tsv(head) or is_old_webanno(head)


WEBANNO = WebAnnoFormat()
"""The object that the entry point names."""
