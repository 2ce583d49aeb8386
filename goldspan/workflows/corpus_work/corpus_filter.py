"""Keep the documents of a corpus that meet conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ...corpus import read_records, write_records
from ...corpus.queries.conditions import FilterCondition, ReadDocument, needs_splits, read_condition
from ...corpus.queries.document_fields import require_extra_keys
from ...corpus.queries.listed_ids import read_ids
from ...corpus.queries.sample_records import KEY, SELECTION, filter_stage, is_drawn, stages_of
from ...corpus.storage.records import ProblemCallback
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ...schema import Document, Scheme, UsageError
from ...schema.extras import require_extras
from ...schema.progress import Progress, ignore_progress, report_each
from .safe_output import require_other_file


@dataclass(slots=True)
class FilterSummary:
    """What became of the documents of a corpus.

    Attributes:
        documents: Number of documents read.
        kept: Number of documents written.
        dropped: Number of documents by the first condition that each does not meet, in the order of the conditions.
        absent_ids: Number of listed ids that no document has; None without a list.
        sampled: Number of documents kept that are of a random sample.
        selected: Those of them that no longer are, because they were chosen by what was found in them.
    """

    documents: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    absent_ids: int | None = None
    sampled: int = 0
    selected: int = 0


def filter_corpus(
    source: str,
    out: str,
    scheme: Scheme,
    *,
    where: Sequence[str] = (),
    ids: str | None = None,
    lenient: ProblemCallback | None = None,
    note: Callable[[str], None] = warn_left_out,
    progress: Progress = ignore_progress,
) -> FilterSummary:
    """Write the documents of a corpus that meet all conditions, as they are and in their order.

    Args:
        source: A corpus, as in `read_records`.
        out: The file to write; `-` is standard output.
        scheme: The scheme of the records.
        where: Conditions, in the language of `condition_syntax`.
        ids: A file that lists the ids of the documents to keep.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        note: Called with notes on withdrawn documents, which are left out.
        progress: Called now and then.

    Raises:
        DataError: A record is invalid, or lacks the text that a condition tests.
        DependencyError: A condition asks for the split, and what it needs is not installed.
        UsageError: A condition is wrong, no condition is given, or `out` is the corpus.
    """
    if not where and ids is None:
        raise UsageError("nothing to filter by. Fix: a condition as `where`, or a list of `ids`")
    conditions = [read_condition(text, scheme) for text in where]
    listed = None if ids is None else read_ids(ids)
    if listed is not None:
        conditions.append(FilterCondition(f"ids of {ids}", ("id",), False, lambda item: item.document.id in listed))
    require_other_file(source, out)
    withdrawn = find_withdrawn(source, out)
    if needs_splits(conditions):
        require_extras("a condition on the split", "duplicates")
    summary = FilterSummary(dropped={condition.text: 0 for condition in conditions})
    documents = report_each(withdrawn.keep(read_records(source, scheme, lenient=lenient)), "filtering", progress)
    met = _Met(conditions, summary, listed or frozenset())
    write_records(out, met.kept(documents), scheme)
    withdrawn.tell(note)
    return summary


class _Met:
    """The documents that meet conditions, counted as they are read."""

    def __init__(self, conditions: Sequence[FilterCondition], summary: FilterSummary, listed: frozenset[str]) -> None:
        self._conditions = conditions
        self._summary = summary
        self._listed = listed
        self._texts = [condition.text for condition in conditions]
        self._fields = [name for condition in conditions for name in condition.fields]
        self._is_fixed = all(condition.is_fixed for condition in conditions)
        self._is_by_spans = any(not condition.fields or "spans" in condition.fields for condition in conditions)

    def kept(self, documents: Iterator[Document]) -> Iterator[Document]:
        """Yield the documents that meet all conditions.

        Raises:
            UsageError: No document has a key of `extra` that a condition tests.
        """
        summary = self._summary
        keys: set[str] = set()
        found = 0
        for item in self._placed(documents):
            document = item.document
            summary.documents += 1
            keys.update(document.extra or ())
            found += document.id in self._listed
            unmet = next((condition for condition in self._conditions if not condition.meets(item)), None)
            if unmet is not None:
                summary.dropped[unmet.text] += 1
                continue
            summary.kept += 1
            yield self._recorded(document)
        summary.absent_ids = len(self._listed) - found if self._listed else None
        if summary.documents:
            require_extra_keys("where", self._fields, keys)

    def _placed(self, documents: Iterator[Document]) -> Iterator[ReadDocument]:
        if not needs_splits(self._conditions):
            yield from map(ReadDocument, documents)
            return
        from ...corpus.release.splits import assign_splits  # which imports what finds near-duplicates

        for placed in assign_splits(documents):
            places = {"split": placed.split or None, "fold": placed.fold if placed.split else None}
            yield ReadDocument(placed.document, places)

    def _recorded(self, document: Document) -> Document:
        if not self._is_by_spans and KEY not in (document.extra or {}):
            return document
        kept = filter_stage(document, self._texts, self._fields, fixed=self._is_fixed, by_spans=self._is_by_spans)
        if not is_drawn(document):
            return kept
        self._summary.sampled += 1
        self._summary.selected += any(stage.get("kept") == SELECTION for stage in stages_of(kept))
        return kept
