"""`goldspan convert`: convert other formats to records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import note, result_json, with_progress
from ..option_effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, SchemeFile


def _has_its_texts(call: Call) -> str:
    """Return why no text can be restored."""
    from ...corpus.formats import detect_format, load_format

    form = load_format(call["form"]) if call["form"] else detect_format(Path(call["source"]))
    if form is None or getattr(form, "text_free", True):
        return ""
    return f"on the format {form.name}, whose documents have their texts"


@effects(Rule("restore", _has_its_texts), JSON_BESIDE_RECORDS)
def convert(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A file or folder in another format.")],
    out: Annotated[str, typer.Option("--out", help="Records: .jsonl or .parquet.")],
    form: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="By default recognised by the suffix or contents.",
            autocompletion=completion.complete_formats,
        ),
    ] = "",
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Map its labels to the scheme's (TOML).")
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option(
            "--restore", metavar="TEXTS", help="Restore the texts from records, or from articles as in corpus build."
        ),
    ] = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Convert another format to records."""
    from ...corpus import write_records
    from ...corpus.formats import ReadReport, read_any
    from ...corpus.ingest.restore import read_texts
    from ...corpus.storage.checked import CheckedDocuments
    from ...corpus.storage.label_map import read_label_map
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    labels = read_label_map(label_map, loaded) if label_map else None
    report = ReadReport()
    documents = read_any(source, loaded, report, name=form, labels=labels)
    texts = read_texts(restore, loaded) if restore else None
    if texts is not None:
        documents = map(texts.restore, documents)
    shown = with_progress(documents, "converting")
    count = write_records(out, CheckedDocuments(shown, loaded) if texts is None else shown, loaded)
    if labels is not None and not labels.used:
        note(f"note: {label_map}: no span has a label in this map")
    if texts is not None and count and not texts.restored:
        note("note: --restore restored no text: every document has its own")
    if labels and labels.values_dropped:
        bared = ", ".join(f"{label} {number}" for label, number in sorted(labels.values_dropped.items()))
        note(f"note: values dropped because the mapped label has no such field: {bared}")
    dropped = dict(sorted(labels.dropped.items())) if labels else {}
    for line in report.summary():
        note(line)
    if json:
        result_json({"documents": count, "out": out, "dropped": dropped, **report.to_dict()})
        return
    note(f"{pluralize(count, 'document')} -> {out}")
    if dropped:
        note(f"dropped by the label map: {', '.join(f'{label} {number}' for label, number in dropped.items())}")
