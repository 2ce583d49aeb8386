"""Give documents, metadata fields and annotators of a corpus new names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...corpus import read_records, write_records
from ...corpus.queries.rename_tables import RenameTable, rename_table
from ...corpus.queries.renaming import RenameCounts, Renamer, Renames
from ...corpus.storage.records import ProblemCallback
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ...schema import Document, Scheme, UsageError
from ...schema.progress import Progress, ignore_progress, report_each
from .safe_output import require_other_file


def rename_corpus(
    source: str,
    out: str,
    scheme: Scheme,
    renames: Renames,
    *,
    map_file: str | None = None,
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
    progress: Progress = ignore_progress,
) -> RenameCounts:
    """Write a corpus under new names.

    Args:
        source: A corpus, as in `read_records`.
        out: The file to write; `-` is standard output.
        scheme: The scheme of the records.
        renames: What gets which name.
        map_file: A table to write, by which the renaming can be undone.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid, or two names would be one.
        UsageError: Nothing is to be renamed, or a field or an annotator does not occur; a file to write is the corpus.
    """
    if not renames:
        raise UsageError("nothing to rename. Fix: a prefix, a suffix, a `table`, a `field` or an `annotator`")
    for path, parameter in ((out, "out"), (map_file, "map_file")):
        if path is not None:
            require_other_file(source, path, parameter)
    if map_file == out:
        raise UsageError(f"`map_file` {map_file} is `out` too. Fix: name another file")
    renamer = Renamer(renames)
    withdrawn = find_withdrawn(source, out)
    with rename_table(map_file) as table:
        documents = report_each(withdrawn.keep(read_records(source, scheme, lenient=lenient)), "renaming", progress)
        write_records(out, _noted(renamer, documents, table), scheme)
        for kind, names in (("field", renames.fields), ("annotator", renames.annotators)):
            for old, new in names.items():
                table.add(kind, old, new)
    withdrawn.tell(note)
    return renamer.counts


def _noted(renamer: Renamer, documents: Iterator[Document], table: RenameTable) -> Iterator[Document]:
    for old, document in renamer.renamed(documents):
        table.add("id", old, document.id)
        yield document
