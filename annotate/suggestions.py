"""Suggestions for documents in Python: documents in, the same documents with an extractor's layer out."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor

from ..corpus.document_sources import SchemeLike, Source, documents_from, resolve_scheme
from ..corpus.span_like import SpanLike
from ..corpus.spans.layer_correction import CHANGE_PREFIXES
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.storage.records import ProblemCallback
from ..schema import DataError, Document, Extractor, Problem, Scheme, UsageError, pluralize
from .function_extractor import FunctionExtractor
from .registry import load_extractor
from .runner.annotate_documents import annotate_documents
from .runner.outcome import AnnotationOutcome

SpanFunction = Callable[[Document], Iterable[SpanLike]]
"""A function of a document that returns spans, or tuples `(start, end, label)` or `(start, end, label, value)`."""


def suggest(
    documents: Source,
    extractor: str | Extractor | SpanFunction = "rules",
    *,
    scheme: SchemeLike | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    lenient: ProblemCallback | None = None,
    tally: Counter[str] | None = None,
) -> Iterator[Document]:
    """Yield the documents with the spans that an extractor finds in place of their own, one by one.

    Args:
        documents: The documents, as any source that `goldspan.load` accepts. They are consumed as needed: memory use
            does not depend on their number. The extractor does not see their spans.
        extractor: The name of an installed extractor with its arguments, as `load_extractor` takes it; an extractor; or
            a function of a document that returns its spans, or tuples `(start, end, label)` or `(start, end, label,
            value)`, where the value is a mapping. The function's name is the annotator of the layers.
        scheme: The scheme of the spans, or the path of its file. Defaults to that of `documents` if they are a corpus,
            otherwise to the conflict news scheme.
        workers: The number of processes, by default 1; more than one need an installed extractor, by name, and a script
            that guards its work with `if __name__ == "__main__"`. With an `executor`, how many batches it runs at a
            time, by default the number of processors of this machine.
        executor: What runs the work instead of processes of goldspan's own, such as those that dask, loky and mpi4py
            offer. It needs an installed extractor, by name, which each of its workers loads, and is not shut down.
        lenient: Called with the problem of each document that is skipped: it has no text, or the extractor fails on it.
            If None, the first such problem is raised.
        tally: Incremented for what happened to spans on their way, such as `dropped, in a zone`, and for what else the
            extractor counts. If None, a warning at the end tells of spans that were changed or dropped.

    Raises:
        DataError: A document has no text, or its id is a duplicate; or the extractor fails on it.
        DependencyError: The extractor cannot be loaded, or cannot continue; or the executor cannot.
        UsageError: An argument is wrong; raised before the first document.

    Warns:
        UserWarning: Spans were changed or dropped, and there is no `tally`.

    Examples:
        >>> import goldspan
        >>> def capitals(document):
        ...     start = document.text.index("Erbil")
        ...     return [(start, start + 5, "LOCATION", {"kind": "settlement"})]
        >>> [document] = goldspan.suggest([{"id": "a", "text": "Iran struck Erbil.", "spans": []}], capitals)
        >>> document.surface(document.spans[0]), document.layer.annotator
        ('Erbil', 'capitals')
    """
    if workers is not None and workers < 1:
        raise UsageError(f"`workers` is {workers}. Fix: 1 or more")
    if workers is not None and workers > 1 and not isinstance(extractor, str):
        raise UsageError("several `workers` need an installed extractor. Fix: give `extractor` its name, or use 1")
    if executor is not None and not isinstance(extractor, str):
        raise UsageError("an `executor` needs an installed extractor. Fix: give `extractor` its name")
    scheme = resolve_scheme(scheme, documents)
    loaded = _extractor(extractor, scheme)
    spec = extractor if isinstance(extractor, str) else ""
    outcomes = annotate_documents(
        documents_from(documents, scheme, lenient=lenient),
        *(loaded, scheme),
        workers=workers,
        executor=executor,
        spec=spec,
    )
    return CheckedDocuments(_documents(outcomes, loaded.name, lenient, tally), scheme)


def _extractor(extractor: str | Extractor | SpanFunction, scheme: Scheme) -> Extractor:
    if isinstance(extractor, str):
        return load_extractor(extractor, scheme)
    if isinstance(extractor, type):
        raise UsageError(f"`extractor` is the class {extractor.__name__}. Fix: create an extractor of it")
    if isinstance(extractor, Extractor):
        return extractor
    if callable(extractor):
        return FunctionExtractor(extractor, scheme)
    fix = "give a name that `installed_extractors` lists, an extractor, or a function of a document"
    raise UsageError(f"`extractor` is of type {type(extractor).__name__}. Fix: {fix}")


def _documents(
    outcomes: Iterator[AnnotationOutcome], name: str, lenient: ProblemCallback | None, tally: Counter[str] | None
) -> Iterator[Document]:
    counts: Counter[str] = Counter() if tally is None else tally
    try:
        for outcome in outcomes:
            counts.update(outcome.tally or {})
            if outcome.problem is not None:
                _skip(outcome.problem, lenient)
            elif outcome.document is not None:
                yield outcome.document
    finally:
        changes = {what: count for what, count in sorted(counts.items()) if what.startswith(CHANGE_PREFIXES)}
        if tally is None and changes:
            told = "; ".join(f"{what}: {pluralize(count, 'span')}" for what, count in changes.items())
            warnings.warn(f"spans of {name} changed by the rules of the scheme: {told}", stacklevel=2)


def _skip(problem: Problem, lenient: ProblemCallback | None) -> None:
    if lenient is None:
        raise DataError(problem)
    lenient(problem)
