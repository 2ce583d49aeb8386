"""Options shared by several commands."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from ..schema.errors import UsageError
from ..schema.extras import require_extras
from .option_effects import Call, Rule, needs


def language_tag(context: typer.Context, parameter: typer.CallbackParam, tag: str | None) -> str | None:
    """Return the canonical form of a language tag; one of goldspan.toml may be needed by no document.

    Raises:
        UsageError: It is not the tag of a known language.
    """
    if tag is None:
        return None
    from ..corpus.ingest.document_language import AssumedLanguage
    from ..schema.language import canonical_language, language_error

    if problem := language_error(tag):
        raise UsageError(f"{parameter.opts[0]} {problem[0]}. Fix: {problem[1]}")
    source = context.get_parameter_source(parameter.name or "")
    canonical = canonical_language(tag) or tag
    return AssumedLanguage(canonical) if source is not None and source.name == "DEFAULT_MAP" else canonical


def _day(text: str | None) -> str | None:
    """Return a day as in 2024-05-31; `today` reads the clock."""
    if text is None or text == "today":
        return text and date.today().isoformat()
    try:
        if date.fromisoformat(text).isoformat() == text:  # other forms of ISO 8601 are easily misread
            return text
    except ValueError:
        pass
    raise UsageError(f"--date {text}: not a date. Fix: a day as in 2024-05-31, or today")


def drawn_report(path: Path | None) -> Path | None:
    """Return the file or folder of a report.

    Raises:
        DependencyError: What draws it is not installed.
    """
    if path is not None:
        require_extras("--html", "report")
    return path


SchemeFile = Annotated[
    Path | None, typer.Option("--scheme", metavar="FILE", help="Your own scheme, instead of conflict news.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", callback=drawn_report, help="Also write a report: one HTML page, no network."
    ),
]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title of the report.")]
Day = Annotated[
    str | None,
    typer.Option("--date", metavar="DAY", callback=_day, help="Date of the report, as in 2024-05-31, or today."),
]
ReportDay = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DAY",
        callback=_day,
        help="Count days without work up to this one, as in 2024-05-31, or today; by default the last day with work.",
    ),
]
OF_REPORT = (needs("title", "html"), needs("day", "html"))
"""Rules of the options that describe the report."""
Lenient = Annotated[bool, typer.Option("--lenient", help="Skip bad records, report each, and end with status 1.")]
Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="TAG",
        callback=language_tag,
        help="Language of documents without one: a BCP 47 tag such as de or pt-BR.",
    ),
]
RecordsFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Records: .jsonl or .parquet; a folder of them, a pattern or an address; - is standard input.",
    ),
]
ShardDocuments = Annotated[
    int, typer.Option("--documents", min=1, help="Documents in a shard, if a folder is written.")
]
ShardSuffix = Annotated[
    str,
    typer.Option("--suffix", metavar="SUFFIX", help="Format of the shards: .jsonl, .jsonl.gz, .jsonl.zst or .parquet."),
]
ShardOverwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace shards in --out that this command did not write.")
]


def _writes_no_shards(call: Call) -> str:
    from ..workflows.conversion.cut_shards import names_shard_folder

    if call.get("passes"):
        return f"with {call.named('passes')}"
    return "" if names_shard_folder(call["out"]) else "on one file, which is replaced anyway; a folder has no suffix"


OF_SHARDS = tuple(Rule(option, _writes_no_shards) for option in ("documents", "suffix", "overwrite"))
"""Rules of the options that describe shards, for a command that writes one file or a folder of shards."""
Columns = Annotated[
    str,
    typer.Option(
        "--columns", metavar="SPEC", help="Which column holds what: tokens=2,tags=4 or start=begin,label=type."
    ),
]
Repair = Annotated[
    str,
    typer.Option("--repair", metavar="RULE", help="Read tags that break their scheme: conlleval, discard or none."),
]
Fragments = Annotated[
    str,
    typer.Option("--fragments", metavar="RULE", help="Read discontinuous spans as: hull, first, parts or skip."),
]
Encoding = Annotated[str, typer.Option("--encoding", metavar="CODEC", help="Encoding of the file.")]
IdField = Annotated[str, typer.Option("--id-field", metavar="FIELD", help="Field of the file that holds the ids.")]

Names = Annotated[
    bool, typer.Option("--names", help="Name annotators, instead of pseudonyms, and give their lead times.")
]
Cleared = Annotated[
    Path | None,
    typer.Option("--cleared", metavar="FILE", help="Personal data that may be published, with reasons (JSONL)."),
]

JSON_BESIDE_RECORDS = Rule(
    "json", lambda call: "with --out -, which prints the records" if call["out"] == "-" else "", "name a file for --out"
)


def report_heading(title: str | None, day: str | None) -> dict[str, Any]:
    """Return title and date of a report, those that are given, as its functions take them."""
    return {**({"title": title} if title else {}), **({"day": date.fromisoformat(day)} if day else {})}


def resampled(option: str) -> Rule:
    """Declare an option that has an effect only with resampling."""
    return Rule(option, lambda call: "" if call["resamples"] else "with --resamples 0")


def comma_separated(option: str, text: str) -> list[str]:
    """Split a comma-separated value into names; an empty value has none.

    A name with a comma is put in double quotes, in which a double quote is doubled, as in CSV.

    Raises:
        UsageError: A name is empty, or given twice, or a quote is not closed.
    """
    fix = 'names separated by commas, none empty and none twice, and one with a comma in double quotes: A,"B, C"'
    try:
        names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True, strict=True), [])]
    except csv.Error:
        names = [""]
    if not all(names) or len(set(names)) < len(names):
        raise UsageError(f"{option} {text}: Fix: {fix}")
    return names
