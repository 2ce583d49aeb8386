"""List the terms of a corpus, and write them as a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.json import encode

from ...corpus import read_records
from ...corpus.queries.table_lines import csv_line
from ...corpus.queries.term_list import Term, TermCounter
from ...corpus.queries.term_search import UnlabelledForms
from ...corpus.storage.file_io import open_writer
from ...corpus.storage.records import ProblemCallback
from ...corpus.storage.stream_copies import reread
from ...schema import Scheme, UsageError
from ...schema.progress import Progress, ignore_progress, report_each
from .safe_output import require_other_file


@dataclass(slots=True)
class TermList:
    """The terms of a corpus.

    Attributes:
        documents: Number of documents read.
        text_free: Number of text-free documents, which have no surfaces.
        terms: The terms, by label, the most frequent first.
        rare: Number of terms left out because they have too few spans.
    """

    documents: int
    text_free: int
    terms: list[Term]
    rare: int


def list_terms(
    source: str,
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    least: int = 1,
    lenient: ProblemCallback | None = None,
    progress: Progress = ignore_progress,
) -> TermList:
    """Count the terms of a corpus, which is read twice: for its spans, and for where their surfaces are not labelled.

    Args:
        source: A corpus, as in `read_records`.
        scheme: The scheme of the records.
        labels: The labels to list; all if empty.
        least: Least number of spans of a term that is listed.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid.
        UsageError: The scheme has no such label.
    """
    for label in labels:
        scheme.label(label)
    counter = TermCounter(labels)
    with reread(source) as copy:
        documents = 0
        for document in report_each(read_records(copy, scheme, lenient=lenient), "counting", progress):
            counter.add(document)
            documents += 1
        counter.join_forms()
        every = counter.terms()
        terms = [term for term in every if term.spans >= least]
        forms = UnlabelledForms(terms)
        ignored: ProblemCallback | None = None if lenient is None else lambda _: None  # the first reading told of them
        for document in report_each(read_records(copy, scheme, lenient=ignored), "searching", progress):
            for term in counter.terms_of(document):
                term.documents += 1
            forms.add(document)
    return TermList(documents, counter.text_free, terms, len(every) - len(terms))


def check_dictionary_file(source: str, path: str) -> None:
    """Check the name of a dictionary before the terms are counted.

    Raises:
        UsageError: It does not end with .csv, or is the corpus itself.
    """
    if not path.lower().endswith(".csv"):
        raise UsageError(f"`out` {path} is not the name of a dictionary. Fix: a name that ends with .csv")
    require_other_file(source, path)


def write_dictionary(path: str, terms: Iterable[Term]) -> tuple[int, int]:
    """Write terms as a dictionary: a row for each form, with its label and its value as JSON.

    A term has the value that more than half of its spans have; otherwise its value is left open.

    Args:
        path: The `.csv` file.
        terms: The terms.

    Returns:
        The number of rows, and of terms whose spans have several values, none of them in the majority.

    Raises:
        DependencyError: The file cannot be written.
    """
    rows = contested = 0
    with open_writer(path) as stream:
        stream.write(csv_line(("surface", "label", "value")))
        for term in terms:
            value = term.main_value
            cell = "" if value is None else encode(value).decode()
            contested += len(term.values) > 1 and 2 * max(term.values.values()) <= term.spans
            for form in sorted(term.forms):
                stream.write(csv_line((form, term.label, cell)))
                rows += 1
    return rows, contested
