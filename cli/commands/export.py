"""`goldspan export`: export records to other formats, and datasets to the hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import completion, hints
from ..console import note, result, result_json, table, with_progress
from ..option_effects import Call, Rule, effects, needs, yields
from ..options import Json, Language, RecordsFile, SchemeFile
from ..passes import read_passes

if TYPE_CHECKING:
    from ...corpus.formats.huggingface.metadata import ReleaseMetadata
    from ...corpus.release.hub_upload import HubUpload
    from ...schema import Scheme

_DATASET = "--to hf"


def _not_hf(call: Call) -> str:
    return "" if call["to"] == "hf" else f"with --to {call['to']}"


def _on_a_file(call: Call) -> str:
    from ...corpus.formats import load_format
    from ...corpus.formats.conversion import exports_to_file

    return "on a file, which is replaced anyway" if exports_to_file(load_format(call["to"]), Path(call["out"])) else ""


@effects(
    *(Rule(option, _not_hf, "choose --to hf") for option in ("passes", "metadata", "no_text", "push")),
    *(needs(option, "push") for option in ("dry_run", "include_text", "private")),
    yields("include_text", "no_text"),
    Rule("overwrite", _on_a_file),
)
def export(
    gold: RecordsFile,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="hf, jsonl, parquet, conll, brat, spacy, …",
            autocompletion=completion.complete_formats,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="A folder; or a file, if its suffix is the format's.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a folder that is not empty.")] = False,
    passes: Annotated[
        list[str] | None,
        typer.Option("--pass", metavar="FILE", help=f"Include a pass behind the gold; repeat. {_DATASET}"),
    ] = None,
    metadata: Annotated[
        Path | None,
        typer.Option("--metadata", metavar="FILE", help=f"Title, version, licence, limits, … (TOML). {_DATASET}"),
    ] = None,
    no_text: Annotated[bool, typer.Option("--no-text", help=f"Leave out the texts. {_DATASET}")] = False,
    push: Annotated[
        str, typer.Option("--push", metavar="OWNER/NAME", help=f"Publish on the Hugging Face hub. {_DATASET}")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --push: only say what would be uploaded.")] = False,
    include_text: Annotated[
        bool, typer.Option("--include-text", help="With --push: publish the texts too; you must have the right to.")
    ] = False,
    private: Annotated[bool, typer.Option("--private", help="With --push: make a new repository private.")] = False,
    language: Language = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Export records to another format, and report what it cannot represent."""
    from ...corpus.adjudication.drafts import read_gold
    from ...corpus.formats import export as run
    from ...corpus.formats import load_format
    from ...corpus.formats.huggingface.hub_format import HubFormat
    from ...corpus.ingest.document_language import fill_language
    from ...schema import UsageError, load_scheme

    loaded = load_scheme(scheme)
    form = load_format(to)
    if push and not (no_text or include_text):
        raise UsageError(
            f"the texts would be published at {push}, which needs the right to publish them. "
            "Fix: --no-text, or --include-text if you have it"
        )
    release = _release(passes or [], metadata, no_text, push, loaded) if passes or metadata or no_text or push else None
    if release is not None:
        form = HubFormat(release)
    documents = with_progress(fill_language(read_gold(gold, loaded), language), "exporting")
    sources = [gold, *(passes or ()), *([metadata] if metadata else ()), *([scheme] if scheme else ())]
    count, loss = run(documents, form, out, loaded, overwrite=overwrite, sources=sources)
    upload = _upload(out, release, loaded) if release is not None and push else None
    if upload is not None and not dry_run:
        _publish(out, upload, private=private)
    if json:
        data: dict[str, Any] = {"format": form.name, "documents": count, "out": str(out)}
        data["lost"] = dict(sorted(loss.counts.items()))
        if upload is not None:
            sent = {
                "repository": upload.repository,
                "private": private,
                "revision": upload.revision,
                "files": upload.files,
            }
            data["push"] = {**sent, "url": upload.url, "done": not dry_run}
        result_json(data)
        return
    result(f"{pluralize(count, 'document')} as {form.name} -> {out}")
    for line in loss.summary():
        note(f"not in {form.name}: {line}")
    if upload is not None:
        _show(upload, done=not dry_run, private=private)
    hints.after_export(form.name, out)


def _release(passes: list[str], metadata: Path | None, no_text: bool, push: str, scheme: Scheme) -> ReleaseMetadata:
    from ...workflows.dataset_metadata import release_metadata

    layers = read_passes(passes, scheme, least=0)
    return release_metadata(metadata, layers, scheme, texts=not no_text, repository=push)


def _upload(out: Path, release: ReleaseMetadata, scheme: Scheme) -> HubUpload:
    from ...corpus.formats.huggingface.reader import read_dataset
    from ...corpus.release.hub_upload import plan_upload
    from ...schema import layer_fingerprint

    revision = release.revision(layer_fingerprint(read_dataset(out, scheme)))
    return plan_upload(out, release.about.repository, revision)


def _publish(out: Path, upload: HubUpload, *, private: bool) -> None:
    from ...corpus.release.hub_upload import publish

    note(f"publishing {pluralize(len(upload.files), 'file')} at {upload.url}")
    publish(out, upload, private=private)


def _show(upload: HubUpload, *, done: bool, private: bool) -> None:
    suffix = ", private if new" if private else ""
    result(f"\n{'uploaded' if done else 'would be uploaded'} to {upload.url}, revision {upload.revision}{suffix}:")
    table([(path, f"{size:,}") for path, size in upload.files.items()], ("file", "bytes"))
    if not done:
        note("dry run: nothing was sent")
