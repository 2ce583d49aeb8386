"""`goldspan corpus rename`: new names for documents, metadata fields and annotators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ....schema.errors import UsageError, pluralize
from ...console import ProblemCollector, note, progress_bar, result_json
from ...option_effects import effects, needs
from ...options import JSON_BESIDE_RECORDS, Json, Lenient, RecordsFile, SchemeFile


@effects(needs("reverse", "table"), JSON_BESIDE_RECORDS)
def rename(
    file: RecordsFile,
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    prefix: Annotated[str, typer.Option("--prefix", metavar="TEXT", help="Put this before each id.")] = "",
    suffix: Annotated[str, typer.Option("--suffix", metavar="TEXT", help="Put this after each id.")] = "",
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="Rename by a table: old, new; and kind, if not ids."),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Give back the old names of --table.")] = False,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="OLD=NEW", help="Rename a field: meta.NAME or extra.KEY; repeat."),
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option("--annotator", metavar="OLD=NEW", help="Rename an annotator or system, and so its layer; repeat."),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Also write a table, by which --table … --reverse undoes it."),
    ] = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Rename documents, fields and annotators everywhere in the records; two things never get one name."""
    from ....corpus.queries.rename_tables import read_renames
    from ....corpus.queries.renaming import Renames
    from ....schema import load_scheme
    from ....workflows.corpus_work.corpus_rename import rename_corpus

    listed = read_renames(str(table), reverse=reverse) if table is not None else Renames()
    renames = Renames(
        listed.ids,
        prefix,
        suffix,
        {**listed.fields, **_pairs("--field", field)},
        {**listed.annotators, **_pairs("--annotator", annotator)},
    )
    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        counts = rename_corpus(
            file,
            out,
            load_scheme(scheme),
            renames,
            map_file=None if map_file is None else str(map_file),
            lenient=problems if lenient else None,
            note=note,
            progress=progress,
        )
    unused = len(listed.ids) - counts.listed
    if json:
        result_json(
            {
                "documents": counts.documents,
                "ids": counts.ids,
                "unused": unused,
                "fields": {old: counts.fields[old] for old in renames.fields},
                "annotators": {old: counts.annotators[old] for old in renames.annotators},
            }
        )
    else:
        note(f"{pluralize(counts.documents, 'document')}, {pluralize(counts.ids, 'new id')} -> {out}")
        for kind, names, found in (
            ("field", renames.fields, counts.fields),
            ("annotator", renames.annotators, counts.annotators),
        ):
            for old, new in names.items():
                note(f"{kind} {old} is now {new}: {pluralize(found[old], 'document')}")
    if unused:
        note(f"note: {pluralize(unused, 'id')} of {table} not in the corpus")
    raise typer.Exit(problems.status())


def _pairs(option: str, pairs: list[str] | None) -> dict[str, str]:
    names: dict[str, str] = {}
    for pair in pairs or ():
        old, sign, new = (part.strip() for part in pair.partition("="))
        if not (sign and old and new):
            raise UsageError(f"{option} {pair}: no two names. Fix: the old and the new one, as in OLD=NEW")
        if old in names:
            raise UsageError(f"{option} {pair}: {old} is renamed twice. Fix: name it once")
        names[old] = new
    return names
