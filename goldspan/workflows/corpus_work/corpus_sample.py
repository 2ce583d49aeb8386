"""Draw a random sample of a corpus, which says of itself how it was drawn."""

from __future__ import annotations

from collections.abc import Callable

from ...corpus import read_records, write_records
from ...corpus.queries.sampling import DrawnSample, Population, SampleDesign
from ...corpus.storage.records import ProblemCallback
from ...corpus.storage.stream_copies import reread
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ...schema import DataError, Problem, Scheme
from ...schema.progress import Progress, ignore_progress, report_each
from .safe_output import require_other_file


def sample_corpus(
    source: str,
    out: str,
    scheme: Scheme,
    design: SampleDesign,
    *,
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
    progress: Progress = ignore_progress,
) -> DrawnSample:
    """Write a random sample of a corpus, in the order of its documents; return what was drawn.

    The corpus is read twice; in between, the ids of its documents are all that is kept.

    Args:
        source: A corpus, as in `read_records`.
        out: The file to write; `-` is standard output.
        scheme: The scheme of the records.
        design: How the sample is drawn.
        lenient: Called with the problem of each invalid record, which does not belong to the population; if None, the
            first one is raised.
        note: Called with notes on withdrawn documents, which are left out.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid, the corpus is empty, or `extra.sample` of a document is the user's own.
        UsageError: The corpus has fewer documents than the sample, or more strata; `out` is the corpus.
    """
    require_other_file(source, out)
    withdrawn = find_withdrawn(source, out)
    with reread(source) as copy:
        population = Population(design)
        for document in report_each(withdrawn.keep(read_records(copy, scheme, lenient=lenient)), "reading", progress):
            population.add(document)
        sample = population.draw()
        ignored: ProblemCallback | None = None if lenient is None else lambda _: None  # the first reading told of them
        again = report_each(read_records(copy, scheme, lenient=ignored), "writing", progress)
        taken = (sample.record(document) for document in again if document.id in sample.ids)
        count = write_records(out, taken, scheme)
    if count != sample.size:
        raise DataError(Problem("the corpus changed while it was read", "draw the sample again", source))
    withdrawn.tell(note)
    return sample
