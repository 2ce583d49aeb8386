"""The loop on the seeds, step by step, each with a line that says what it does."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ...corpus import build_documents, check_records, corpus_stats, diff_layers, read_records, write_records
from ...corpus.sources import Reading, read_articles
from ...schema import DataError, Problem, SurroundingsError, conflict_scheme
from ..show import Refusals, note, result, table


def run_demo(out: Path) -> None:
    """Builds, checks, counts and stores the seed corpus in a folder, and says where everything is.

    Raises:
        DataError: A step found something wrong, which is a fault of goldspan here.
        SurroundingsError: The folder cannot be written.
    """
    scheme = conflict_scheme()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SurroundingsError(f"{out}: {error.strerror}. Fix: name another folder with --out") from error
    records, table_file = out / "corpus.jsonl", out / "corpus.parquet"

    note("1 build: five articles, their days of publication and zones, to records")
    with resources.as_file(resources.files("goldspan.seeds")) as seeds:
        articles = read_articles(str(seeds), Reading())
        built = build_documents(articles, scheme, refuse=Refusals(lenient=False), note=lambda p: note(f"note: {p}"))
        count = write_records(records, built, scheme)

    note("2 check: every rule of the format and of the scheme")
    problems: list[Problem] = []
    check_records(records, scheme, problems.append)
    if problems:
        raise DataError(problems)

    note("3 store: the same records as Parquet, read back and compared")
    documents = list(read_records(records, scheme))
    write_records(table_file, documents, scheme)
    if diff_layers(documents, read_records(table_file, scheme)):
        raise DataError(Problem("the records differ after a way through Parquet", path=str(table_file)))

    stats = corpus_stats(documents, scheme)
    rows = [
        (d.id, d.meta.published or "-", len((d.text or "").split()), ", ".join(zone.kind for zone in d.zones) or "-")
        for d in documents
    ]
    result(f"\n{scheme.title} ({scheme.ref}): {count} articles, {stats.words} words, 0 problems\n")
    table(rows, ("article", "published", "words", "zones"))
    result(f"\nrecords   {records}\nparquet   {table_file}")
    result(f"\nnext: goldspan corpus stats {records}; goldspan schema show; goldspan lookup 'Kataib Hezbollah'")
