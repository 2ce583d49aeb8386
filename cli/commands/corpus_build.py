"""`goldspan corpus build`: articles to records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import Problem, pluralize
from .. import hints
from ..console import ProblemCollector, note, progress, result_json
from ..effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, Language, Lenient, SchemeFile

if TYPE_CHECKING:
    from ...schema import Document


def _read_otherwise(call: Call, *read: str) -> bool:
    """Whether the sources are there, and none of their files is of a kind that an option is for."""
    from ...corpus.ingest.articles import source_kinds

    found = {kind for source in call["sources"] for kind in source_kinds(source)}
    return bool(found) and not found & set(read)


def _not_decoded(call: Call) -> str:
    from ...corpus.ingest.articles import TABLES, TEXTS

    return "on JSONL and Parquet" if _read_otherwise(call, *TEXTS, *TABLES) else ""


def _without_columns(call: Call) -> str:
    from ...corpus.ingest.articles import SUFFIXES, TEXTS

    return "on text files" if _read_otherwise(call, *(set(SUFFIXES) - set(TEXTS))) else ""


@effects(Rule("encoding", _not_decoded), Rule("column", _without_columns), JSON_BESIDE_RECORDS)
def build(
    sources: Annotated[
        list[str], typer.Argument(metavar="SRC...", help="Folders or files: .txt, .csv, .jsonl, .parquet.")
    ],
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="NAME=COLUMN", help="A table's own name, as in text=body.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of text and CSV files; `detect` guesses each file's.")] = "utf-8",
    language: Language = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Make records of articles: metadata, zones, hashes.

    A folder is read with all below it; a manifest.toml in it gives titles, days of publication, languages and the like.
    """
    from ...annotate.rules import rules_support
    from ...corpus import build_documents, write_records
    from ...corpus.ingest.articles import SourceOptions, read_articles
    from ...corpus.inspection.check_warnings import CheckWarnings
    from ...schema import DataError, is_english, load_scheme

    loaded = load_scheme(scheme)
    how = SourceOptions(columns=_columns(column or []), encoding=encoding)
    refusals = ProblemCollector(lenient=lenient)
    without = None if out == "-" else Path(out)
    articles = (article for source in sources for article in read_articles(source, how, without=without))
    zones: Counter[str] = Counter()
    remarks = CheckWarnings()
    undated = 0

    def tell(problem: Problem) -> None:
        note(f"note: {problem}")

    def kept() -> Iterator[Document]:
        nonlocal undated
        built = build_documents(articles, loaded, refuse=refusals, note=tell, language=language)
        for document in progress(built, "building"):
            zones.update(zone.kind for zone in document.zones)
            undated += document.meta.published is None
            remarks.count(document)
            yield document
        if not remarks.documents:  # raised here, so that what was in the file before stays
            fix = "name files or folders that hold .txt, .csv, .jsonl or .parquet"
            raise DataError(Problem("no articles", fix, ", ".join(sources)))

    count = write_records(out, kept(), loaded)
    found = ", ".join(f"{kind} {zones[kind]}" for kind in loaded.zones if zones[kind]) or "none"
    for name in how.columns.keys() - how.found:
        note(f"note: --column {name}={how.columns[name]}: no row has that column")
    for line in remarks.summary(out, zones=bool(loaded.zones)):
        note(f"note: {line}")
    if json:
        result_json({"documents": count, "undated": undated, "zones": dict(zones), **remarks.to_dict(), "out": out})
    else:
        note(f"{pluralize(count, 'document')} ({undated} without a day of publication), zones: {found} -> {out}")
        dates = any(field.type.name == "edtf" for label in loaded.labels.values() for field in label.fields.values())
        if dates and undated == count:
            ways = "a manifest.toml in the folder, or a column of a table (--column published=NAME)"
            note(f"note: dates such as 'on Friday' need the day of publication, of which there is none. Fix: {ways}")
        hints.after_build(out, rules=rules_support(loaded) and all(map(is_english, remarks.languages)), scheme=scheme)
    raise typer.Exit(refusals.status())


def _columns(pairs: list[str]) -> dict[str, str]:
    from ...corpus.ingest.articles import COLUMNS
    from ...schema import UsageError, did_you_mean

    columns: dict[str, str] = {}
    for pair in pairs:
        name, _, column = pair.partition("=")
        if name not in COLUMNS or not column:
            raise UsageError(f"--column {pair}: {did_you_mean(name, COLUMNS)}. Fix: NAME=COLUMN, as in text=body")
        if name in columns:
            raise UsageError(f"--column: {name} is {columns[name]!r} and {column!r}. Fix: name one column for it")
        columns[name] = column
    return columns
