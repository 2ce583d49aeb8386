"""`goldspan corpus concordance`: words, ids and labels in their contexts."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import UsageError, pluralize
from ...completion import complete_label
from ...console import ProblemCollector, check_page, note, one_line, progress_bar, result, result_json, write_page
from ...option_effects import effects, needs
from ...options import OF_REPORT, Html, Json, Lenient, RecordsFile, SchemeFile, Title
from ...text_columns import column_width, cut_columns, isolated

if TYPE_CHECKING:
    from ....corpus.queries.concordance import Occurrence


@effects(needs("regex", "surface"), needs("case", "surface"), *OF_REPORT[:1])
def concordance(
    file: RecordsFile,
    surface: Annotated[
        str | None, typer.Argument(help="Words to find, whole and in any case; or with --regex an expression.")
    ] = None,
    identifier: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Find spans whose value has this id.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", metavar="LABEL", help="Find spans with this label.", autocompletion=complete_label),
    ] = None,
    regex: Annotated[bool, typer.Option("--regex", help="Take SURFACE as a regular expression.")] = False,
    case: Annotated[bool, typer.Option("--case", help="Tell upper from lower case in SURFACE.")] = False,
    width: Annotated[int, typer.Option(min=5, max=500, help="Columns of context on each side.")] = 40,
    order: Annotated[
        str | None,
        typer.Option("--sort", metavar="BY", help="Sort by the words before (left), after (right), or the span."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most so many; all are counted.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write a table: .csv, .tsv or .jsonl.")
    ] = None,
    html: Html = None,
    title: Title = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Show words, ids or labels in their contexts, one line for each occurrence.

    With several of SURFACE, --id and --label, spans to which all apply. A line without a label is an occurrence that
    is not marked.
    """
    from ....corpus.queries.concordance import Search
    from ....schema import load_scheme
    from ....workflows.corpus_work.corpus_concordance import (
        CorpusConcordance,
        check_table_file,
        occurrence_row,
        write_concordance,
    )

    loaded = load_scheme(scheme)
    if label is not None:
        loaded.label(label)
    if surface is not None and not surface.strip():
        raise UsageError("SURFACE is empty. Fix: name the words to find")
    if out is not None:
        check_table_file(file, str(out))
    check_page(html)
    search = Search(surface, identifier=identifier, label=label, regex=regex, case=case, width=width)
    problems = ProblemCollector(lenient=lenient)
    shown: list[Occurrence] = []
    keep = json or html is not None or out is not None
    with progress_bar() as progress:
        found = CorpusConcordance(file, loaded, search, order, lenient=problems if lenient else None, progress=progress)
        occurrences = iter(found)
        for item in islice(occurrences, limit):
            if keep:
                shown.append(item)
            if not json:
                result(_line(item, width))
        for _ in occurrences:  # the rest is only counted
            pass
    counts = found.counts
    if out is not None:
        write_concordance(out, shown)
    if html is not None:
        _write_page(html, shown, title, " ".join(filter(None, (surface, identifier, label))), counts.occurrences)
    if json:
        result_json(
            {
                "documents": counts.documents,
                "text_free": counts.text_free,
                "found_in": counts.found_in,
                "occurrences": counts.occurrences,
                "shown": list(map(occurrence_row, shown)),
            }
        )
    else:
        more = f", {limit:,} shown" if limit is not None and limit < counts.occurrences else ""
        where = f"{counts.found_in:,} of {pluralize(counts.documents, 'document')}"
        note(f"{pluralize(counts.occurrences, 'occurrence')} in {where}{more}")
    if counts.text_free:
        note(f"note: {pluralize(counts.text_free, 'document')} without text not searched. Fix: restore the texts")
    if out is not None:
        note(f"table: {out}")
    raise typer.Exit(problems.status())


def _line(item: Occurrence, width: int) -> str:
    """Return an occurrence as a line: its context in columns, its labels and its document.

    A text from right to left has what comes before on the right.
    """
    before, surface, after = (one_line(part) for part in (item.before, item.surface, item.after))
    marked = f"[{surface}]"
    rest = width + 10 - column_width(marked)
    if item.is_right_to_left:
        left = " " * max(0, width - column_width(after)) + cut_columns(after, min(width, column_width(after)))
        cells = left, marked, _end(before, rest)
    else:
        cells = cut_columns(before, width, keep_end=True), marked, cut_columns(after, max(0, rest))
    labels = "|".join(item.labels) or "-"
    return isolated(*cells, f"  {one_line(labels)}  {one_line(item.document)}").rstrip()


def _end(text: str, width: int) -> str:
    """Return the end of a text that fits into columns, at their left edge."""
    kept = cut_columns(text, max(0, min(width, column_width(text))), keep_end=True)
    return kept + " " * max(0, width - column_width(kept))


def _write_page(path: Path, shown: list[Occurrence], title: str | None, query: str, total: int) -> None:
    from ....eval.report import concordance_page

    page = concordance_page(shown, query=query, total=total, **({"title": title} if title else {}))
    write_page(path, page)
