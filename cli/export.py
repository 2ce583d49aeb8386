"""`goldspan export` and `goldspan convert`: records to other formats and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import completion, hints
from .options import Json, Records, SchemeFile
from .show import note, progress, result, result_json


def export(
    gold: Records,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="hf, jsonl, parquet, conll, brat, spacy, …",
            autocompletion=completion.formats,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="A folder; or a file, where its suffix is the format's.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a folder that holds something.")] = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Write records in another format, and say what it cannot hold."""
    from ..corpus import read_records
    from ..corpus.formats import export as run
    from ..corpus.formats import load_format
    from ..schema import load_scheme

    loaded = load_scheme(scheme)
    form = load_format(to)
    documents = progress(read_records(gold, loaded), "exporting")
    count, loss = run(documents, form, out, loaded, overwrite=overwrite)
    if json:
        result_json(
            {"format": form.name, "documents": count, "out": str(out), "lost": dict(sorted(loss.counts.items()))}
        )
        return
    result(f"{count} documents as {form.name} -> {out}")
    for line in loss.told():
        note(f"not held by {form.name}: {line}")
    hints.after_export(form.name, out)


def convert(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A file or folder in another format.")],
    out: Annotated[str, typer.Option("--out", help="Records: .jsonl or .parquet.")],
    form: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="Told by the file's suffix if not given.",
            autocompletion=completion.formats,
        ),
    ] = "",
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="TOML: its labels to the scheme's.")
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option(
            "--restore", metavar="TEXTS", help="Put the texts back: records, or articles as for corpus build."
        ),
    ] = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Bring another format to records."""
    from ..corpus import write_records
    from ..corpus.formats import read_any
    from ..corpus.label_map import read_label_map
    from ..corpus.restore import read_texts, restored
    from ..schema import load_scheme

    loaded = load_scheme(scheme)
    labels = read_label_map(label_map, loaded) if label_map else None
    documents = read_any(source, loaded, name=form, labels=labels)
    if restore:
        documents = restored(documents, read_texts(restore, loaded))
    count = write_records(out, progress(documents, "converting"), loaded)
    dropped = dict(sorted(labels.dropped.items())) if labels else {}
    if json and out != "-":
        result_json({"documents": count, "out": out, "dropped": dropped})
        return
    note(f"{count} documents -> {out}")
    if dropped:
        note(f"dropped by the label map: {', '.join(f'{label} {number}' for label, number in dropped.items())}")
