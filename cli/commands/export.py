"""`goldspan export`: export records to other formats, and datasets to the hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import completion, hints
from ..console import note, progress_bar, result, result_json, table, when_interrupted
from ..option_effects import Call, Rule, effects, needs, yields
from ..options import Cleared, Json, Language, Names, RecordsFile, SchemeFile
from ..pseudonym_notes import note_pseudonyms

if TYPE_CHECKING:
    from ...corpus.release.hub_upload import HubUpload

_DATASET = "--to hf"
_OF_DATASETS = ("passes", "metadata", "no_text", "windows", "tokenizer", "push", "cleared")


def _not_hf(call: Call) -> str:
    return "" if call["to"] == "hf" else f"with --to {call['to']}"


def _on_a_file(call: Call) -> str:
    from ...corpus.formats import load_writer
    from ...corpus.formats.format_export import exports_to_file

    return "on a file, which is replaced anyway" if exports_to_file(load_writer(call["to"]), Path(call["out"])) else ""


@effects(
    *(Rule(option, _not_hf, "choose --to hf") for option in _OF_DATASETS),
    *(needs(option, "push") for option in ("dry_run", "include_text", "private", "cleared")),
    needs("tokenizer", "windows"),
    yields("include_text", "no_text"),
    yields("windows", "no_text"),
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
    cleared: Cleared = None,
    windows: Annotated[
        int | None,
        typer.Option(
            "--windows", metavar="N", help=f"Also tokens in windows of at most N subwords, for training. {_DATASET}"
        ),
    ] = None,
    tokenizer: Annotated[
        Path | None,
        typer.Option(
            "--tokenizer", metavar="FILE", help="With --windows: a model's tokenizer.json; by default, any will fit."
        ),
    ] = None,
    names: Names = False,
    language: Language = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Export records to another format, and report what it cannot represent.

    Annotators have pseudonyms, which `goldspan corpus names` looks up, and no lead times. A dataset is published only
    if no account, address, handle or login name is found in it.
    """
    from ...schema import load_scheme
    from ...workflows.file_export import export_file

    if to == "hf" and not push:
        when_interrupted("nothing was written; the same command begins again, as splits and card need all documents")
    with progress_bar() as progress:
        summary = export_file(
            gold,
            to,
            out,
            load_scheme(scheme),
            overwrite=overwrite,
            passes=passes or [],
            metadata=metadata,
            texts=not no_text,
            push=push,
            include_text=include_text,
            private=private,
            dry_run=dry_run,
            names=names,
            cleared=cleared,
            language=language,
            windows=windows,
            tokenizer=tokenizer,
            sources=[scheme] if scheme else [],
            before_upload=lambda upload: note(f"publishing {pluralize(len(upload.files), 'file')} at {upload.url}"),
            progress=progress,
        )
    if json:
        note_pseudonyms(summary.names)
        result_json(summary.to_dict())
        return
    result(f"{pluralize(summary.documents, 'document')} as {summary.format} -> {out}")
    note_pseudonyms(summary.names)
    for line in summary.loss.summary():
        note(f"not in {summary.format}: {line}")
    summary.withdrawn.tell(note)
    if summary.upload is not None:
        _show(summary.upload, done=summary.published, private=private)
    hints.after_export(summary.format, out)


def _show(upload: HubUpload, *, done: bool, private: bool) -> None:
    suffix = ", private if new" if private else ""
    result(f"\n{'uploaded' if done else 'would be uploaded'} to {upload.url}, revision {upload.revision}{suffix}:")
    table([(path, f"{size:,}") for path, size in upload.files.items()], ("file", "bytes"))
    if not done:
        note("dry run: nothing was sent")
