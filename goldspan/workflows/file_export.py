"""Export a gold in a file to another format, and publish it as a dataset."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..corpus.adjudication.drafts import read_gold, require_submitted
from ..corpus.adjudication.passes import read_passes
from ..corpus.document_sources import SchemeLike, Source, documents_from, resolve_scheme
from ..corpus.formats import LossReport, export_documents, load_writer
from ..corpus.formats.format_export import check_target
from ..corpus.formats.format_registry import detect_writer, require_writer
from ..corpus.formats.huggingface.hub_format import HubFormat
from ..corpus.formats.huggingface.metadata import ReleaseMetadata
from ..corpus.formats.huggingface.reader import read_dataset
from ..corpus.ingest.document_language import fill_language
from ..corpus.privacy.name_key import key_path
from ..corpus.privacy.personal_data import read_cleared
from ..corpus.release.hub_upload import HubUpload, plan_upload, publish
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, find_withdrawn
from ..schema import Document, Scheme, UsageError, layer_fingerprint, pluralize
from ..schema.progress import Progress, ignore_progress, report_each
from .dataset_metadata import release_authorship, release_metadata, window_size
from .privacy.dataset_check import require_no_personal_data
from .privacy.published_names import PublishedNames, publish_gold, published_withdrawals


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
        names: The pseudonyms under which annotators are in it; None if it has their names.
        withdrawn: The withdrawn documents that were left out.
    """

    format: str
    documents: int
    out: Path
    loss: LossReport
    upload: HubUpload | None = None
    private: bool = False
    published: bool = False
    names: PublishedNames | None = None
    withdrawn: WithdrawnDocuments = field(default_factory=lambda: WithdrawnDocuments(()))

    def __str__(self) -> str:
        lines = [f"{pluralize(self.documents, 'document')} as {self.format} -> {self.out}"]
        return "\n".join([*lines, *(f"not in {self.format}: {line}" for line in self.loss.summary())])

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        data: dict[str, Any] = {"format": self.format, "documents": self.documents, "out": str(self.out)}
        data["lost"] = dict(sorted(self.loss.counts.items()))
        data["pseudonyms"] = None if self.names is None else self.names.persons
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
    windows: int | None = None,
    tokenizer: str | Path | None = None,
    names: bool = False,
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Write documents in another format: a Hugging Face dataset, CoNLL, brat, spaCy, Parquet and others.

    Annotators have pseudonyms, for which a key is made in the project's folder, and no lead times.

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
        windows: The most subwords of the windows of tokens that a dataset has too; None for none.
        tokenizer: With `windows`: a model's `tokenizer.json`, or its folder; by default, windows fit every tokenizer.
        names: Whether annotators keep their names, and their lead times.
        progress: Called after each document.

    Warns:
        UserWarning: The format cannot represent something, or the key to the pseudonyms was made.

    Raises:
        DataError: A document is invalid, is a draft, or cannot be written at all; nothing of the export remains.
        DependencyError: The target cannot be written, an extra that the format needs is not installed, or the key to
            the pseudonyms was lost.
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
    size = window_size(windows, tokenizer, texts=texts)
    is_dataset = bool(passes or metadata or not texts or size or (withdrawn and form.name == HubFormat().name))
    layers: dict[str, list[Document]] = {}
    if is_dataset:
        if form.name != HubFormat().name:
            raise UsageError(
                f"`passes`, `metadata`, `texts` and `windows` are for datasets, not for {form.name}. Fix: `to` hf"
            )
        layers = {
            annotator: list(withdrawn.kept_silently(documents_from(source, resolved)))
            for annotator, source in (passes or {}).items()
        }
    about = release_authorship(Path(metadata) if metadata else None)
    origins = [
        source for source in (gold, metadata, scheme, *(passes or {}).values()) if isinstance(source, str | Path)
    ]
    check_target(form, Path(out), overwrite=overwrite, sources=origins)
    kept = withdrawn.keep(documents_from(gold, resolved))
    submitted = (require_submitted("the gold", document) for document in kept)
    released, layers, published = _at_the_border(submitted, layers, resolved, Path(out), origins, names=names)
    if is_dataset:
        form = HubFormat(
            release_metadata(
                about,
                layers,
                resolved,
                texts=texts,
                withdrawn=published_withdrawals(withdrawn, published),
                windows=size,
            )
        )
    documents = CheckedDocuments(report_each(released, "exporting", progress), resolved)
    count, loss = export_documents(documents, form, Path(out), resolved, overwrite=overwrite, sources=origins)
    if published is not None and published.key.made:
        what = f"made {published.key.path}, which says who each pseudonym is: keep a copy, and publish it nowhere"
        warnings.warn(what, stacklevel=2)
    for line in loss.summary():
        warnings.warn(f"not in {form.name}: {line}", stacklevel=2)
    if notes := withdrawn.notes():
        warnings.warn("\n".join(notes), stacklevel=2)
    return ExportSummary(form.name, count, Path(out), loss, names=published, withdrawn=withdrawn)


def _at_the_border(
    gold: Iterable[Document],
    passes: dict[str, list[Document]],
    scheme: Scheme,
    out: Path,
    sources: Iterable[object],
    *,
    names: bool,
) -> tuple[Iterable[Document], dict[str, list[Document]], PublishedNames | None]:
    """Return a gold and its passes as they are published, under pseudonyms unless names are wanted."""
    return (gold, passes, None) if names else publish_gold(gold, passes, scheme, out, sources)


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
    names: bool = False,
    cleared: Path | None = None,
    language: str | None = None,
    windows: int | None = None,
    tokenizer: str | Path | None = None,
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
        names: As in `export`.
        cleared: A file of personal data that may be published, with reasons; see `read_cleared`.
        language: Language of documents that state none.
        windows: As in `export`.
        tokenizer: As in `export`.
        sources: Further files that must not be deleted with a folder that is replaced.
        before_upload: Takes the upload before anything is sent.
        progress: Called after each document.

    Raises:
        DataError: A file is invalid, or the dataset to be published has personal data that is not cleared.
        DependencyError: As in `export`, or the hub refuses.
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
    may_publish = read_cleared(cleared) if cleared else {}
    release: ReleaseMetadata | None = None
    about = release_authorship(metadata, push)
    size = window_size(windows, tokenizer, texts=texts)
    withdrawn = find_withdrawn(gold, out, metadata, *passes)
    origins = [gold, *passes, *([metadata] if metadata else ()), *sources]
    check_target(form, out, overwrite=overwrite, sources=origins)
    layers = {
        annotator: list(withdrawn.kept_silently(layer))
        for annotator, layer in read_passes(passes, scheme, least=0).items()
    }
    stated = fill_language(withdrawn.keep(read_gold(gold, scheme)), language)
    released, layers, published = _at_the_border(stated, layers, scheme, out, origins, names=names)
    if passes or metadata or not texts or push or size or (withdrawn and form.name == HubFormat().name):
        release = release_metadata(
            about,
            layers,
            scheme,
            texts=texts,
            withdrawn=published_withdrawals(withdrawn, published),
            windows=size,
        )
        form = HubFormat(release)
    documents = CheckedDocuments(report_each(released, "exporting", progress), scheme)
    count, loss = export_documents(documents, form, out, scheme, overwrite=overwrite, sources=origins)
    if release is None or not push:
        return ExportSummary(form.name, count, out, loss, names=published, withdrawn=withdrawn)
    require_no_personal_data(out, scheme, release, may_publish, key_path(*origins, out), names=names)
    revision = release.revision(layer_fingerprint(read_dataset(out, scheme)))
    upload = plan_upload(out, release.about.repository, revision)
    if not dry_run:
        before_upload(upload)
        publish(out, upload, private=private)
    return ExportSummary(form.name, count, out, loss, upload, private, not dry_run, published, withdrawn)
