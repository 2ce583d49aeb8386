"""`goldspan corpus build`: build records from articles."""

from __future__ import annotations

from typing import Annotated

import typer

from ....schema.errors import pluralize
from ... import hints
from ...console import ProblemCollector, note, progress_bar, result_json, when_shards_are_kept
from ...option_effects import Call, Rule, effects
from ...options import (
    JSON_BESIDE_RECORDS,
    OF_SHARDS,
    Json,
    Language,
    Lenient,
    SchemeFile,
    ShardDocuments,
    ShardOverwrite,
    ShardSuffix,
)


def _reads_none_of(call: Call, *kinds: str) -> bool:
    """Return whether the sources exist and none of their files is of the kinds that an option applies to."""
    from ....corpus.ingest.sources import source_suffixes

    present = {kind for source in call["sources"] for kind in source_suffixes(source, html=call["html"])}
    return bool(present) and not present & set(kinds)


def _not_decoded(call: Call) -> str:
    from ....corpus.ingest.articles import HTML_SUFFIXES, TABLE_SUFFIXES, TEXT_SUFFIXES
    from ....corpus.storage.records import JSON_LINES

    decoded = (*TEXT_SUFFIXES, *HTML_SUFFIXES, *TABLE_SUFFIXES, *JSON_LINES)
    return "on Parquet and Office files" if _reads_none_of(call, *decoded) else ""


def _without_columns(call: Call) -> str:
    from ....corpus.ingest.articles import ROW_SUFFIXES

    return "on text files" if _reads_none_of(call, *ROW_SUFFIXES) else ""


def _without_sheets(call: Call) -> str:
    from ....corpus.ingest.articles import SHEET_SUFFIXES

    return "without a spreadsheet" if _reads_none_of(call, *SHEET_SUFFIXES) else ""


def _without_markup(call: Call) -> str:
    from ....corpus.ingest.articles import WORD_SUFFIXES
    from ....corpus.ingest.sources import source_suffixes

    present = {kind for source in call["sources"] for kind in source_suffixes(source, html=True)}
    return "on Word files" if present and present <= set(WORD_SUFFIXES) else ""


@effects(
    Rule("encoding", _not_decoded),
    Rule("column", _without_columns),
    Rule("dates", _without_columns),
    Rule("sheet", _without_sheets),
    Rule("html", _without_markup),
    JSON_BESIDE_RECORDS,
    *OF_SHARDS,
)
def build(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SRC...", help="Folders or files: .txt, .csv, .json, .jsonl, .parquet, .xlsx, .docx."),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out", help="Records to write: .jsonl or .parquet, or a folder of shards; - is standard output."
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME=COLUMN",
            help="Name of a column in your tables, as in text=body or, nested, text=body.content; repeat.",
        ),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            metavar="ORDER", help="Order of dates such as 05/10/2023 in tables: dmy or mdy; else their column decides."
        ),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="Encoding of text, CSV and JSON files; `detect` guesses that of each file.")
    ] = "utf-8",
    html: Annotated[
        bool, typer.Option("--html", help="Extract the text from HTML; offsets can be traced back to it.")
    ] = False,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="Sheet of a spreadsheet, instead of the first.")
    ] = None,
    documents: ShardDocuments = 10_000,
    suffix: ShardSuffix = ".jsonl",
    overwrite: ShardOverwrite = False,
    language: Language = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Build records from articles: metadata, zones, hashes.

    A folder is read with its subfolders; a manifest.toml in it can set titles, publication dates, languages and more.
    """
    from ....annotate.rules import rules_support
    from ....schema import is_english, load_scheme
    from ....workflows.conversion.cut_shards import ShardCut
    from ....workflows.record_building import build_records

    loaded = load_scheme(scheme)
    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        summary = build_records(
            sources,
            out,
            loaded,
            report=problems if lenient else None,
            note=lambda problem: note(f"note: {problem}"),
            columns=_columns(column or []),
            encoding=encoding,
            language=language,
            dates=dates,
            html=html,
            sheet=sheet,
            cut=ShardCut(documents, suffix, overwrite),
            resumable=when_shards_are_kept,
            progress=progress,
        )
    for name, missing in summary.columns_missing.items():
        note(f"note: --column {name}={missing}: no row has this column")
    if dates is not None and not summary.tally.order_used:
        note(f"note: --dates {dates}: no date depends on it")
    if html and not summary.tally.cleaned:
        note("note: --html: no text has tags or entities")
    for line in (*summary.source_notes(), *summary.warnings.summary(out, zones=bool(loaded.zones))):
        note(f"note: {line}")
    if json:
        result_json(summary.to_dict())
    else:
        zones = ", ".join(f"{kind} {summary.zones[kind]}" for kind in loaded.zones if summary.zones[kind]) or "none"
        count = pluralize(summary.documents, "document")
        note(f"{count} ({summary.undated} without a publication date), zones: {zones} -> {out}")
        if summary.shards is not None:
            note(summary.shards.told(out))
        has_dates = any(f.type.name == "edtf" for label in loaded.labels.values() for f in label.fields.values())
        if has_dates and summary.undated == summary.documents:
            fix = "a manifest.toml in the folder, or a column of a table (--column published=NAME)"
            note(f"note: dates such as 'on Friday' need a publication date, and no document has one. Fix: {fix}")
        english = all(map(is_english, summary.warnings.languages))
        own = "patterns" if any(label.patterns for label in loaded.labels.values()) else None
        hints.after_build(out, extractor="" if rules_support(loaded) and english else own, scheme=scheme)
    raise typer.Exit(problems.status())


def _columns(pairs: list[str]) -> dict[str, str]:
    from ....corpus.ingest.articles import ARTICLE_COLUMNS
    from ....schema import UsageError, did_you_mean

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
