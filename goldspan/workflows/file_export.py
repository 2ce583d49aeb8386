"""Export a gold in a file to another format, and publish it as a dataset."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..corpus.adjudication.drafts import read_gold, require_submitted
from ..corpus.adjudication.passes import read_passes
from ..corpus.document_sources import SchemeLike, Source, documents_from, resolve_scheme
from ..corpus.formats import LossReport, export_documents, load_writer
from ..corpus.formats.format_registry import detect_writer, require_writer
from ..corpus.formats.huggingface.hub_format import HubFormat
from ..corpus.formats.huggingface.metadata import ReleaseMetadata
from ..corpus.formats.huggingface.reader import read_dataset
from ..corpus.ingest.document_language import fill_language
from ..corpus.release.hub_upload import HubUpload, plan_upload, publish
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, find_withdrawn
from ..schema import Scheme, UsageError, layer_fingerprint, pluralize
from ..schema.progress import Progress, ignore_progress, report_each
from .dataset_metadata import release_metadata


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export did.

    Attributes:
        format: Name of the format.
        documents: Number of documents.
        out: The file or folder.
        loss: What the format cannot represent.
        upload: What was uploaded to the hub, or would be; None if that was not requested.
        private: Whether a new repository is private.
        published: Whether it was uploaded.
        withdrawn: The withdrawn documents that were left out.
    """

    format: str
    documents: int
    out: Path
    loss: LossReport
    upload: HubUpload | None = None
    private: bool = False
    published: bool = False
    withdrawn: WithdrawnDocuments = field(default_factory=lambda: WithdrawnDocuments(()))

    def __str__(self) -> str:
        lines = [f"{pluralize(self.documents, 'document')} as {self.format} -> {self.out}"]
        return "\n".join([*lines, *(f"not in {self.format}: {line}" for line in self.loss.summary())])

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        data: dict[str, Any] = {"format": self.format, "documents": self.documents, "out": str(self.out)}
        data["lost"] = dict(sorted(self.loss.counts.items()))
        data |= self.withdrawn.to_dict()
        if self.upload is not None:
            data["push"] = {
                "repository": self.upload.repository,
                "private": self.private,
                "revision": self.upload.revision,
                "files": self.upload.files,
                "url": self.upload.url,
                "done": self.published,
            }
        return data


def export(
    gold: Source,
    out: str | Path,
    to: str = "",
    *,
    scheme: SchemeLike | None = None,
    overwrite: bool = False,
    passes: Mapping[str, Source] | None = None,
    metadata: str | Path | None = None,
    texts: bool = True,
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Write documents in another format: a Hugging Face dataset, CoNLL, brat, spaCy, Parquet and others.

    Args:
        gold: The documents, as any source that `goldspan.load` accepts.
        out: A file if its suffix is one of the format's, otherwise a folder.
        to: Name of the format, such as `hf` for a dataset. Detected from the suffix of `out` if empty.
        scheme: Scheme of the documents, or the path of its file. Defaults to that of a corpus, or else to the conflict
            news scheme.
        overwrite: Whether an existing file, or a folder with an earlier export in the format, may be replaced.
        passes: The passes behind the gold by annotator, to include in a dataset.
        metadata: A TOML file about a dataset: title, version, licence, limits.
        texts: Whether a dataset includes the texts.
        progress: Called after each document.

    Warns:
        UserWarning: The format cannot represent something.

    Raises:
        DataError: A document is invalid, is a draft, or cannot be written at all; nothing of the export remains.
        DependencyError: The target cannot be written, or an extra that the format needs is not installed.
        UsageError: The format is unknown or cannot be detected, or the target may not be replaced.

    Examples:
        >>> import goldspan
        >>> print(goldspan.export("gold.jsonl", "exported.conll"))
        2 documents as conll -> exported.conll
    """
    if not isinstance(passes, Mapping | None):
        raise UsageError("`passes` are not a mapping. Fix: give them by annotator, as in {'ada': …, 'ben': …}")
    resolved = resolve_scheme(scheme, gold, *(passes or {}).values())
    form = load_writer(to) if to else detect_writer(Path(out))
    require_writer(form)
    if Path(out).is_file() and not overwrite:
        raise UsageError(f"{out}: already exists. Fix: choose another `out`, or use `overwrite=True`")
    withdrawn = find_withdrawn(gold, out, metadata, *(passes or {}).values())
    if passes or metadata or not texts or (withdrawn and form.name == HubFormat().name):
        if form.name != HubFormat().name:
            raise UsageError(f"`passes`, `metadata` and `texts` are for datasets, not for {form.name}. Fix: `to` hf")
        layers = {
            annotator: list(withdrawn.kept_silently(documents_from(source, resolved)))
            for annotator, source in (passes or {}).items()
        }
        about = Path(metadata) if metadata else None
        form = HubFormat(release_metadata(about, layers, resolved, texts=texts, withdrawn=withdrawn.withdrawals))
    kept = withdrawn.keep(documents_from(gold, resolved))
    submitted = (require_submitted("the gold", document) for document in kept)
    documents = CheckedDocuments(report_each(submitted, "exporting", progress), resolved)
    origins = [
        source for source in (gold, metadata, scheme, *(passes or {}).values()) if isinstance(source, str | Path)
    ]
    count, loss = export_documents(documents, form, Path(out), resolved, overwrite=overwrite, sources=origins)
    for line in loss.summary():
        warnings.warn(f"not in {form.name}: {line}", stacklevel=2)
    if notes := withdrawn.notes():
        warnings.warn("\n".join(notes), stacklevel=2)
    return ExportSummary(form.name, count, Path(out), loss, withdrawn=withdrawn)


def export_file(
    gold: str,
    to: str,
    out: Path,
    scheme: Scheme,
    *,
    overwrite: bool = False,
    passes: Sequence[str] = (),
    metadata: Path | None = None,
    texts: bool = True,
    push: str = "",
    include_text: bool = False,
    private: bool = False,
    dry_run: bool = False,
    language: str | None = None,
    sources: Sequence[str | Path] = (),
    before_upload: Callable[[HubUpload], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Export a gold to another format, or as a dataset that is also published if a repository is given.

    Args:
        gold: A records file with gold spans.
        to: Name of the format.
        out: As in `export`.
        scheme: Scheme of the gold.
        overwrite: As in `export`.
        passes: Records files of the passes behind the gold, to include in a dataset.
        metadata: A TOML file about a dataset.
        texts: Whether a dataset includes the texts.
        push: The repository to publish the dataset in, as OWNER/NAME.
        include_text: Whether you have the right to publish the texts.
        private: Whether a new repository is private.
        dry_run: Plan the upload, without sending anything.
        language: Language of documents that state none.
        sources: Further files that must not be deleted with a folder that is replaced.
        before_upload: Takes the upload before anything is sent.
        progress: Called after each document.

    Raises:
        DataError: A file is invalid.
        DependencyError: The target cannot be written, an extra is not installed, or the hub refuses.
        UsageError: The format is unknown, the target may not be replaced, or texts would be published without
            `include_text`.
    """
    form = load_writer(to)
    require_writer(form)
    if push and texts and not include_text:
        raise UsageError(
            f"the texts would be published at {push}, which needs the right to publish them. "
            "Fix: `texts=False`, or `include_text=True` if you have it"
        )
    release: ReleaseMetadata | None = None
    withdrawn = find_withdrawn(gold, out, metadata, *passes)
    if passes or metadata or not texts or push or (withdrawn and form.name == HubFormat().name):
        layers = {
            annotator: list(withdrawn.kept_silently(layer))
            for annotator, layer in read_passes(passes, scheme, least=0).items()
        }
        release = release_metadata(
            metadata, layers, scheme, texts=texts, repository=push, withdrawn=withdrawn.withdrawals
        )
        form = HubFormat(release)
    stated = fill_language(withdrawn.keep(read_gold(gold, scheme)), language)
    documents = CheckedDocuments(report_each(stated, "exporting", progress), scheme)
    origins = [gold, *passes, *([metadata] if metadata else ()), *sources]
    count, loss = export_documents(documents, form, out, scheme, overwrite=overwrite, sources=origins)
    if release is None or not push:
        return ExportSummary(form.name, count, out, loss, withdrawn=withdrawn)
    revision = release.revision(layer_fingerprint(read_dataset(out, scheme)))
    upload = plan_upload(out, release.about.repository, revision)
    if not dry_run:
        before_upload(upload)
        publish(out, upload, private=private)
    return ExportSummary(form.name, count, out, loss, upload, private, not dry_run, withdrawn)
