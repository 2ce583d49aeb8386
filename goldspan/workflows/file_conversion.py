"""Convert a file or folder of another format to records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..corpus import write_records
from ..corpus.formats import ReadOptions, ReadReport, read_any
from ..corpus.formats.conversion import knows_texts, source_format
from ..corpus.ingest.restore import read_texts
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.storage.label_map import LabelMap, read_label_map
from ..schema import Scheme
from ..schema.progress import Progress, ignore_progress, report_each


@dataclass(frozen=True, slots=True)
class ConversionSummary:
    """What a conversion did.

    Attributes:
        documents: Number of documents.
        out: The records file.
        form: Name of the format that the source was read as.
        report: What the reader left out or changed.
        labels: The label map, with counts of its use; None if there is none.
        restored: Number of documents whose text was restored; None if no texts were given.
    """

    documents: int
    out: str
    form: str
    report: ReadReport
    labels: LabelMap | None
    restored: int | None

    @property
    def dropped(self) -> dict[str, int]:
        """Number of spans that the label map dropped, by label."""
        return dict(sorted(self.labels.dropped.items())) if self.labels else {}

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "documents": self.documents,
            "out": self.out,
            "format": self.form,
            "dropped": self.dropped,
            **self.report.to_dict(),
        }


def convert_file(
    source: Path,
    out: str,
    scheme: Scheme,
    *,
    form: str = "",
    label_map: Path | None = None,
    restore: str | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - immutable
    progress: Progress = ignore_progress,
) -> ConversionSummary:
    """Convert a file or folder of another format to records.

    Args:
        source: As in `read_any`.
        out: The records file to write; `-` is standard output.
        scheme: Scheme of the documents.
        form: Name of the format; detected if empty.
        label_map: A file that maps the source's labels to the scheme's.
        restore: Records or articles with the texts of text-free documents.
        options: How to read what the source leaves open.
        progress: Called after each document.

    Raises:
        DataError: A file is invalid, with its place.
        DependencyError: The records cannot be written.
        UsageError: There is no format of the name, or it cannot be detected.
    """
    labels = read_label_map(label_map, scheme) if label_map else None
    report = ReadReport()
    reader = source_format(source, form)
    form = reader.name
    texts = read_texts(restore, scheme) if restore else None
    if texts is not None and knows_texts(reader):
        options = replace(options, texts=texts.by_id)
    documents = read_any(source, scheme, report, name=form, labels=labels, options=options)
    if texts is not None:
        documents = map(texts.restore, documents)
    shown = report_each(documents, "converting", progress)
    count = write_records(out, CheckedDocuments(shown, scheme) if texts is None else shown, scheme)
    return ConversionSummary(count, out, form, report, labels, None if texts is None else texts.restored)
