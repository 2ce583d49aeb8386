"""`goldspan corpus build`: build records from articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import Problem, pluralize
from .. import hints
from ..console import ProblemCollector, note, result_json, with_progress
from ..option_effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, Language, Lenient, SchemeFile

if TYPE_CHECKING:
    from ...schema import Document


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
    from ...corpus import build_documents, write_records
    from ...corpus.ingest.articles import SourceOptions
    from ...corpus.ingest.sources import read_articles
    from ...corpus.inspection.check_warnings import CheckWarnings
    from ...corpus.storage.checked import CheckedDocuments
    from ...schema import DataError, is_english, load_scheme

    loaded = load_scheme(scheme)
    options = SourceOptions(columns=_columns(column or []), encoding=encoding)
    problems = ProblemCollector(lenient=lenient)
    exclude = None if out == "-" else Path(out)
    articles = (article for source in sources for article in read_articles(source, options, exclude=exclude))
    zones: Counter[str] = Counter()
    warnings = CheckWarnings()
    undated = 0

    def print_note(problem: Problem) -> None:
        note(f"note: {problem}")

    def documents() -> Iterator[Document]:
        nonlocal undated
        built = build_documents(articles, loaded, report=problems, note=print_note, language=language)
        for document in with_progress(built, "building"):
            zones.update(zone.kind for zone in document.zones)
            undated += document.meta.published is None
            warnings.count(document)
            yield document
        if not warnings.documents:  # raised here, so that an existing file is kept
            fix = "name files or folders that hold .txt, .csv, .jsonl or .parquet"
            raise DataError(Problem("no articles", fix, ", ".join(sources)))

    count = write_records(out, CheckedDocuments(documents(), loaded), loaded)
    zone_counts = ", ".join(f"{kind} {zones[kind]}" for kind in loaded.zones if zones[kind]) or "none"
    for name in options.columns.keys() - options.columns_seen:
        note(f"note: --column {name}={options.columns[name]}: no row has this column")
    for line in warnings.summary(out, zones=bool(loaded.zones)):
        note(f"note: {line}")
    if json:
        result_json({"documents": count, "undated": undated, "zones": dict(zones), **warnings.to_dict(), "out": out})
    else:
        note(f"{pluralize(count, 'document')} ({undated} without a publication date), zones: {zone_counts} -> {out}")
        dates = any(field.type.name == "edtf" for label in loaded.labels.values() for field in label.fields.values())
        if dates and undated == count:
            fix = "a manifest.toml in the folder, or a column of a table (--column published=NAME)"
            note(f"note: dates such as 'on Friday' need a publication date, and no document has one. Fix: {fix}")
        hints.after_build(out, rules=rules_support(loaded) and all(map(is_english, warnings.languages)), scheme=scheme)
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
