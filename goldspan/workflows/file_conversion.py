"""Convert a file or folder of another format to records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ..corpus import write_records
from ..corpus.formats import ReadOptions, ReadReport, ReadRequest
from ..corpus.formats.audit_file import check_audit_file, open_audit
from ..corpus.formats.conversion import knows_texts, read_as, source_format
from ..corpus.formats.drafted_scheme import draft_scheme
from ..corpus.formats.format_registry import DetectedFormat
from ..corpus.ingest.document_language import fill_language
from ..corpus.ingest.restore import TextStore, read_texts
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.storage.label_map import CATCH_ALL, LabelMap, read_label_map
from ..corpus.storage.shards.targets import require_apart
from ..corpus.storage.stream_copies import reread
from ..corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, find_withdrawn
from ..schema import DataError, Document, Problem, Scheme, UsageError, conflict_scheme
from ..schema.progress import Progress, ignore_progress, report_each
from .conversion.cut_shards import CutShards, ShardCut, names_shard_folder, write_shards
from .conversion.pass_folder import check_pass_folder, write_passes
from .conversion.scheme_beside import check_scheme_file, scheme_path, write_scheme_file


@dataclass(frozen=True, slots=True)
class ConversionSummary:
    """What a conversion did.

    Attributes:
        documents: Number of documents.
        out: The records file, or the folder of shards or passes.
        form: Name of the format that the source was read as.
        report: What the reader left out or changed.
        labels: The label map, with counts of its use; None if there is none.
        restored: Number of documents whose text was restored; None if no texts were given.
        shards: The shards; None if there is one file, or one for each annotator.
        passes: Number of documents of each pass, by its file; empty if the work of annotators was not kept apart.
        scheme_file: The file of a scheme that was drafted; None if there is none.
        withdrawn: The withdrawn documents that were left out.
    """

    documents: int
    out: str
    form: str
    report: ReadReport
    labels: LabelMap | None
    restored: int | None
    shards: CutShards | None = None
    passes: dict[str, int] = field(default_factory=dict)
    scheme_file: Path | None = None
    withdrawn: WithdrawnDocuments = field(default_factory=lambda: WithdrawnDocuments(()))

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
            **self.withdrawn.to_dict(),
            **(self.shards.to_dict() if self.shards else {}),
            **({"passes": self.passes} if self.passes else {}),
            **({"scheme": str(self.scheme_file)} if self.scheme_file else {}),
        }


def convert_file(
    source: Path,
    out: str,
    scheme: Scheme | Literal["auto"],
    *,
    form: str = "",
    label_map: Path | None = None,
    restore: str | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - immutable
    audit: Path | None = None,
    language: str | None = None,
    cut: ShardCut = ShardCut(),  # noqa: B008 - immutable
    resumable: Callable[[int], None] = lambda _kept: None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> ConversionSummary:
    """Convert a file or folder of another format to records.

    Args:
        source: As in `read_any`.
        out: The records file to write; `-` is standard output. A folder, as `names_shard_folder` knows it, gets shards;
            with the option `passes`, a file for each annotator.
        scheme: Scheme of the documents. `auto` drafts one from the labels of the file, and writes it beside `out`.
        form: Name of the format; detected if empty.
        label_map: A file that maps the source's labels to the scheme's.
        restore: Records or articles with the texts of text-free documents.
        options: How to read what the source leaves open.
        audit: A table to write, with a row for each span of the source: `.csv`, `.tsv` or `.jsonl`. It is also written
            if the source is refused because of spans.
        language: Language of documents that state none.
        cut: How a folder is cut into shards.
        resumable: As in `write_shards`.
        remark: Takes the format that the source is read as, if it was detected.
        progress: Called after each document.

    Raises:
        DataError: A file is invalid, with its place.
        DependencyError: The records cannot be written.
        UsageError: There is no format of the name, or it cannot be detected; an option has no effect on it; or a file
            to write exists already.
    """
    if options.passes:
        check_pass_folder(out)
    with reread(source) as file:
        detected = source_format(file, form)
        if not form:
            remark(detected.said(file))
        return _convert(
            file, out, scheme, detected, label_map, restore, options, audit, language, cut, resumable, progress
        )


def _convert(
    source: Path,
    out: str,
    scheme: Scheme | Literal["auto"],
    detected: DetectedFormat,
    label_map: Path | None,
    restore: str | None,
    options: ReadOptions,
    audit: Path | None,
    language: str | None,
    cut: ShardCut,
    resumable: Callable[[int], None],
    progress: Progress,
) -> ConversionSummary:
    reader = detected.reader
    if audit is not None:
        check_audit_file(audit)
        if Path(out).resolve() == audit.resolve():
            raise UsageError(f"{out}: is both `out` and `audit`. Fix: name another file as `audit`")
        if not getattr(reader, "audited", False):
            raise UsageError(f"`audit` has no effect on the format {reader.name}. Fix: leave it out")
    for name, path in (("out", out), ("audit", audit)):
        if path is not None and source.is_file() and Path(path).resolve() == source.resolve():
            raise UsageError(f"{path}: is the source, which would be lost. Fix: name another file as `{name}`")
    if names_shard_folder(out) and not options.passes:
        require_apart(str(source), [str(source)], out)
    scheme_file = None
    labels: LabelMap | None
    if scheme == "auto":
        if label_map:
            raise UsageError("`label_map` has no effect with the scheme auto. Fix: leave it out")
        scheme_file = scheme_path(out)
        given = read_texts(restore, conflict_scheme()) if restore and knows_texts(reader) else None
        own = options if given is None else replace(options, texts=given.by_id)
        try:
            scheme, labels = draft_scheme(source, detected, own)
        except DataError as error:
            if audit is not None:
                _audit_refusal(source, detected, own, audit, error)
            raise
        check_scheme_file(scheme_file, scheme)
    else:
        labels = read_label_map(label_map, scheme) if label_map else None
    withdrawn = find_withdrawn(source, out)
    conversion = _Conversion(source, detected, scheme, labels, options, language, cut, resumable, progress, withdrawn)
    renamed = {} if scheme_file is None or labels is None else labels.labels
    for label, name in renamed.items():
        if label != name:
            conversion.report.note(f"label {label!r} as {name!r}")
    count, passes, restored = conversion.write(out, restore, audit)
    if scheme_file is not None:
        write_scheme_file(scheme_file, scheme)
    report = conversion.report
    return ConversionSummary(
        count, out, reader.name, report, labels, restored, conversion.shards, passes, scheme_file, withdrawn
    )


def _audit_refusal(source: Path, detected: DetectedFormat, options: ReadOptions, audit: Path, error: DataError) -> None:
    """Write the audit of a file for which no scheme can be drafted, if spans are why.

    Raises:
        DataError: The error, with the audit.
    """
    report, labels, refused = ReadReport(), LabelMap({CATCH_ALL: ""}), False
    with suppress(_NothingToAuditError), open_audit(audit) as rows:
        report.audit = rows
        with suppress(DataError):
            for _ in read_as(detected, source, ReadRequest(conflict_scheme(), report, labels, options)):
                pass
        if not (refused := bool(rows.refused)):
            raise _NothingToAuditError
    if refused:
        raise DataError([*error.problems, _listed(audit)]) from error


class _NothingToAuditError(Exception):
    """Keeps an audit from being written."""


def _listed(audit: Path) -> Problem:
    return Problem("lists the spans, and why those above were refused", path=str(audit))


@dataclass(slots=True)
class _Conversion:
    """A conversion whose options have been checked."""

    source: Path
    detected: DetectedFormat
    scheme: Scheme
    labels: LabelMap | None
    options: ReadOptions
    language: str | None
    cut: ShardCut
    resumable: Callable[[int], None]
    progress: Progress
    withdrawn: WithdrawnDocuments
    report: ReadReport = field(default_factory=ReadReport)
    shards: CutShards | None = None

    def write(self, out: str, restore: str | None, audit: Path | None) -> tuple[int, dict[str, int], int | None]:
        """Write records and audit; return the numbers of documents, of those by pass, and of restored texts."""
        texts = read_texts(restore, self.scheme, self.report.changed.add) if restore else None
        passes: dict[str, int] = {}
        refusal: DataError | None = None
        count = 0
        with ExitStack() as stack:
            rows = stack.enter_context(open_audit(audit)) if audit is not None else None
            self.report.audit = rows
            documents = self._documents(texts)
            if texts is not None:
                documents = map(texts.restore, documents)
            documents = self.withdrawn.keep(documents)
            shown = report_each(documents, "converting", self.progress)
            try:
                if self.options.passes:
                    passes = write_passes(out, shown, self.scheme, self.report)
                    count = sum(passes.values())
                else:
                    checked = CheckedDocuments(shown, self.scheme) if texts is None else shown
                    count = self._write_records(out, checked)
            except DataError as error:
                if rows is None or not rows.refused:
                    raise
                refusal = error  # the audit says of each span why it was refused
        if refusal is not None:
            raise DataError([*refusal.problems, *([_listed(audit)] if audit is not None else [])]) from refusal
        return count, passes, None if texts is None else texts.restored

    def _write_records(self, out: str, documents: Iterator[Document]) -> int:
        if not names_shard_folder(out):
            return write_records(out, documents, self.scheme)
        self.shards = write_shards(out, documents, self.scheme, self.cut, {"step": "convert"}, resumable=self.resumable)
        return self.shards.documents

    def _documents(self, texts: TextStore | None) -> Iterator[Document]:
        options = self.options
        if texts is not None and knows_texts(self.detected.reader):
            options = replace(options, texts=texts.by_id)
        request = ReadRequest(self.scheme, self.report, self.labels, options, self.language)
        return fill_language(read_as(self.detected, self.source, request), self.language)
