"""Export a gold in a file to another format, and publish it as a dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..corpus.adjudication.drafts import read_gold
from ..corpus.adjudication.passes import read_passes
from ..corpus.formats import LossReport, export, load_format
from ..corpus.formats.huggingface.hub_format import HubFormat
from ..corpus.formats.huggingface.metadata import ReleaseMetadata
from ..corpus.formats.huggingface.reader import read_dataset
from ..corpus.ingest.document_language import fill_language
from ..corpus.release.hub_upload import HubUpload, plan_upload, publish
from ..schema import Scheme, UsageError, layer_fingerprint
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
    """

    format: str
    documents: int
    out: Path
    loss: LossReport
    upload: HubUpload | None = None
    private: bool = False
    published: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        data: dict[str, Any] = {"format": self.format, "documents": self.documents, "out": str(self.out)}
        data["lost"] = dict(sorted(self.loss.counts.items()))
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
        DependencyError: The target cannot be written, or the hub refuses.
        UsageError: There is no such format, the target may not be replaced, or texts would be published without
            `include_text`.
    """
    form = load_format(to)
    if push and texts and not include_text:
        raise UsageError(
            f"the texts would be published at {push}, which needs the right to publish them. "
            "Fix: `texts=False`, or `include_text=True` if you have it"
        )
    release: ReleaseMetadata | None = None
    if passes or metadata or not texts or push:
        layers = read_passes(passes, scheme, least=0)
        release = release_metadata(metadata, layers, scheme, texts=texts, repository=push)
        form = HubFormat(release)
    documents = report_each(fill_language(read_gold(gold, scheme), language), "exporting", progress)
    origins = [gold, *passes, *([metadata] if metadata else ()), *sources]
    count, loss = export(documents, form, out, scheme, overwrite=overwrite, sources=origins)
    if release is None or not push:
        return ExportSummary(form.name, count, out, loss)
    revision = release.revision(layer_fingerprint(read_dataset(out, scheme)))
    upload = plan_upload(out, release.about.repository, revision)
    if not dry_run:
        before_upload(upload)
        publish(out, upload, private=private)
    return ExportSummary(form.name, count, out, loss, upload, private, not dry_run)
