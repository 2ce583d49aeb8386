"""`goldspan corpus build`: build records from articles."""

from __future__ import annotations

from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import ProblemCollector, note, progress_bar, result_json
from ..option_effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, Language, Lenient, SchemeFile


def _has_other_kinds(call: Call, *kinds: str) -> bool:
    """Return whether the sources exist and none of their files is of the kinds that an option applies to."""
    from ...corpus.ingest.sources import source_suffixes

    present = {kind for source in call["sources"] for kind in source_suffixes(source)}
    return bool(present) and not present & set(kinds)


def _not_decoded(call: Call) -> str:
    from ...corpus.ingest.articles import TABLE_SUFFIXES, TEXT_SUFFIXES

    return "on JSONL and Parquet" if _has_other_kinds(call, *TEXT_SUFFIXES, *TABLE_SUFFIXES) else ""


def _without_columns(call: Call) -> str:
    from ...corpus.ingest.articles import SUFFIXES, TEXT_SUFFIXES

    return "on text files" if _has_other_kinds(call, *(set(SUFFIXES) - set(TEXT_SUFFIXES))) else ""


@effects(Rule("encoding", _not_decoded), Rule("column", _without_columns), JSON_BESIDE_RECORDS)
def build(
    sources: Annotated[
        list[str], typer.Argument(metavar="SRC...", help="Folders or files: .txt, .csv, .jsonl, .parquet.")
    ],
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME=COLUMN", help="Name of a column in your tables, as in text=body; repeat."
        ),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="Encoding of text and CSV files; `detect` guesses that of each file.")
    ] = "utf-8",
    language: Language = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Build records from articles: metadata, zones, hashes.

    A folder is read with its subfolders; a manifest.toml in it can set titles, publication dates, languages and more.
    """
    from ...annotate.rules import rules_support
    from ...schema import is_english, load_scheme
    from ...workflows.record_building import build_records

    loaded = load_scheme(scheme)
    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        summary = build_records(
            sources,
            out,
            loaded,
            report=problems,
            note=lambda problem: note(f"note: {problem}"),
            columns=_columns(column or []),
            encoding=encoding,
            language=language,
            progress=progress,
        )
    for name, missing in summary.columns_missing.items():
        note(f"note: --column {name}={missing}: no row has this column")
    for line in summary.warnings.summary(out, zones=bool(loaded.zones)):
        note(f"note: {line}")
    if json:
        result_json(summary.to_dict())
    else:
        zones = ", ".join(f"{kind} {summary.zones[kind]}" for kind in loaded.zones if summary.zones[kind]) or "none"
        count = pluralize(summary.documents, "document")
        note(f"{count} ({summary.undated} without a publication date), zones: {zones} -> {out}")
        dates = any(field.type.name == "edtf" for label in loaded.labels.values() for field in label.fields.values())
        if dates and summary.undated == summary.documents:
            fix = "a manifest.toml in the folder, or a column of a table (--column published=NAME)"
            note(f"note: dates such as 'on Friday' need a publication date, and no document has one. Fix: {fix}")
        english = all(map(is_english, summary.warnings.languages))
        hints.after_build(out, rules=rules_support(loaded) and english, scheme=scheme)
    raise typer.Exit(problems.status())


def _columns(pairs: list[str]) -> dict[str, str]:
    from ...corpus.ingest.articles import ARTICLE_COLUMNS
    from ...schema import UsageError, did_you_mean

    columns: dict[str, str] = {}
    for pair in pairs:
        name, _, column = pair.partition("=")
        if name not in ARTICLE_COLUMNS or not column:
            raise UsageError(
                f"--column {pair}: {did_you_mean(name, ARTICLE_COLUMNS)}. Fix: NAME=COLUMN, as in text=body"
            )
        if name in columns:
            raise UsageError(f"--column: {name} is both {columns[name]!r} and {column!r}. Fix: name one column")
        columns[name] = column
    return columns
