"""`goldspan convert`: convert other formats to records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import completion, hints
from ..console import note, progress_bar, result_json, when_shards_are_kept
from ..option_effects import Call, Rule, effects
from ..options import (
    JSON_BESIDE_RECORDS,
    OF_SHARDS,
    Columns,
    Encoding,
    Fragments,
    IdField,
    Json,
    Language,
    Repair,
    ShardDocuments,
    ShardOverwrite,
    ShardSuffix,
)

AUTO = "auto"
"""In place of a scheme file: a scheme is drafted."""


def _drafts_a_scheme(call: Call) -> str:
    return "with --scheme auto" if str(call["scheme"]) == AUTO else ""


@effects(Rule("label_map", _drafts_a_scheme), JSON_BESIDE_RECORDS, *OF_SHARDS)
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="A file or folder in another format; - is standard input.")
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out", help="Records: .jsonl or .parquet, or a folder of shards; with --passes a folder of passes."
        ),
    ],
    form: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="By default recognised by the contents.",
            autocompletion=completion.complete_formats,
        ),
    ] = "",
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Map its labels to the scheme's (TOML).")
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option(
            "--restore",
            metavar="TEXTS",
            help="Restore texts or their form from records, or from articles as in corpus build.",
        ),
    ] = None,
    columns: Columns = "",
    repair: Repair = "",
    fragments: Fragments = "",
    encoding: Encoding = "",
    id_field: IdField = "",
    language: Language = None,
    passes: Annotated[
        bool, typer.Option("--passes", help="Write the work of each annotator to a file of its own.")
    ] = False,
    documents: ShardDocuments = 10_000,
    suffix: ShardSuffix = ".jsonl",
    overwrite: ShardOverwrite = False,
    audit: Annotated[
        Path | None,
        typer.Option("--audit", metavar="FILE", help="Also write what became of each span: .csv, .tsv or .jsonl."),
    ] = None,
    scheme: Annotated[
        Path | None,
        typer.Option(
            "--scheme", metavar=f"FILE|{AUTO}", help="Your own scheme; auto drafts one from the labels of the file."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Convert another format to records."""
    from ...corpus.formats import ReadOptions
    from ...schema import load_scheme
    from ...workflows.conversion.cut_shards import ShardCut
    from ...workflows.file_conversion import convert_file

    options = ReadOptions(columns, repair, encoding, fragments, id_field, passes)
    with progress_bar() as progress:
        summary = convert_file(
            source,
            out,
            "auto" if str(scheme) == AUTO else load_scheme(scheme),
            form=form,
            label_map=label_map,
            restore=restore,
            options=options,
            language=language,
            cut=ShardCut(documents, suffix, overwrite),
            resumable=when_shards_are_kept,
            audit=audit,
            remark=lambda line: note(f"note: {line}"),
            progress=progress,
        )
    labels = summary.labels
    if label_map is not None and labels is not None and not labels.used:
        note(f"note: {label_map}: no span has a label in this map")
    if summary.restored == 0 and summary.documents:
        note("note: --restore changed no document: every one has its text")
    if labels and labels.values_dropped:
        bared = ", ".join(f"{label} {number}" for label, number in sorted(labels.values_dropped.items()))
        note(f"note: values dropped because the mapped label has no such field: {bared}")
    for line in (*summary.report.summary(), *summary.withdrawn.notes()):
        note(line)
    if json:
        result_json(summary.to_dict())
        return
    if summary.shards is not None:
        note(summary.shards.told(out))
    else:
        for path, count in (summary.passes or {out: summary.documents}).items():
            note(f"{pluralize(count, 'document')} -> {path}")
    if summary.scheme_file is not None:
        note(f"scheme -> {summary.scheme_file}: define its labels, then name it as --scheme")
    if audit is not None:
        note(f"audit -> {audit}")
    if summary.passes:
        hints.after_pull(list(summary.passes), scheme=summary.scheme_file or scheme)
    if summary.dropped:
        dropped = ", ".join(f"{label} {number}" for label, number in summary.dropped.items())
        note(f"dropped by the label map: {dropped}")
