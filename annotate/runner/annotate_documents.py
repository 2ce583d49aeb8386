"""Running an extractor over documents: in batches and in order, in one process or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...schema import Document, Extractor, Scheme, UsageError
from .extractor_run import ExtractorRun, batches_of, without_spans
from .outcome import AnnotationOutcome


def annotate_documents(
    documents: Iterable[Document], extractor: Extractor, scheme: Scheme, *, workers: int = 1, spec: str = ""
) -> Iterator[AnnotationOutcome]:
    """Run an extractor over documents and yield the outcomes one by one, in the order of the documents.

    A successful outcome is the document with the extractor's layer in place of its own.

    Memory use does not depend on the number of documents: only a few batches are processed at a time. The result is
    identical, byte for byte, for any number of workers, and passes `check_spans`: spans that break its rules are
    adjusted or dropped, and counted. If the extractor fails on a document, or returns spans that cannot form a layer
    (an unknown label, offsets outside the text, a value that the scheme rejects), the outcome is a problem and the run
    continues. The same holds for a document that crashes its process, if `workers` is more than 1.

    Args:
        documents: The documents, consumed as needed. Their spans and layers are replaced, everything else is kept. The
            extractor does not see their spans.
        extractor: The extractor.
        scheme: The scheme of the layers.
        workers: The number of processes.
        spec: The extractor's name and arguments, as `load_extractor` takes them; each worker loads its own extractor.

    Raises:
        UsageError: There are several workers but no `spec`.
    """
    if workers > 1 and not spec:
        raise UsageError("several workers need the extractor's name and arguments. Fix: give spec")
    batches = batches_of(without_spans(documents))
    if workers > 1:
        from .worker_pool import WorkerPool  # imports multiprocessing, which a single process does not need

        yield from WorkerPool(spec, scheme, workers).run(batches)
        return
    run = ExtractorRun(extractor, scheme)
    for batch in batches:
        yield from run.annotate_batch(batch)
