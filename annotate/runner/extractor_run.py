"""An extractor applied to documents in one process: batches in, one outcome per document out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import msgspec

from ...corpus.inspection.record_checks import check_spans
from ...corpus.spans.layer_correction import fit_layer
from ...corpus.storage.unknown_labels import quoted_labels
from ...schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    GoldspanError,
    Layer,
    Problem,
    RecordCodec,
    Scheme,
    Span,
    UsageError,
)
from ...schema.files.addresses import is_address
from ..label_errors import UnknownLabelsError
from .noted_spans import NotedSpans
from .outcome import AnnotationOutcome
from .result_stream import kept_from_extractors

_BATCH_CHARACTERS = 200_000
_BATCH_DOCUMENTS = 256
_REFUSED = "spans that the scheme refuses"


def without_spans(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents without their spans, which an extractor must not see."""
    return (msgspec.structs.replace(document, spans=()) if document.spans else document for document in documents)


def batches_of(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield the documents in batches of limited size."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += document.length
        if size >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class ExtractorRun:
    """The run of one extractor in one process.

    Args:
        extractor: The extractor.
        scheme: The scheme of the layers.
        redirect: Whether what the extractor prints goes to standard error. Threads that do this at the same time undo
            each other's redirection.
    """

    def __init__(self, extractor: Extractor, scheme: Scheme, *, redirect: bool = True) -> None:
        self._extractor = extractor
        self._redirect = redirect
        self._codec = RecordCodec(scheme)
        self._scheme = scheme
        self._tally: Counter[str] = Counter()
        self._ending: GoldspanError | None = None
        self._layer = Layer(annotator=extractor.name, scheme=scheme.ref, scheme_sha256=scheme.fingerprint)

    def keeping_answers(self, path: str) -> AbstractContextManager[None]:
        """Return a block in which answers of a paid service are kept in a file; not at an address, which cannot grow.

        Raises:
            DependencyError: The file cannot be read or written.
        """
        keeping = getattr(self._extractor, "keeping_answers", None)
        return nullcontext() if keeping is None or is_address(path) else keeping(Path(path))

    def annotate_batch(self, documents: Sequence[Document]) -> list[AnnotationOutcome]:
        """Return the outcomes of a batch; the first one carries the batch's tally.

        Raises:
            GoldspanError: The extractor cannot continue, or uses unknown labels.
        """
        return list(self.outcomes(documents))

    def outcomes(self, documents: Sequence[Document]) -> Iterator[AnnotationOutcome]:
        """Yield the outcomes of a batch as `annotate_batch` returns them.

        Raises:
            GoldspanError: As `annotate_batch`, but after the outcomes of the documents that were finished before.
        """
        self._ending = None
        outcomes = self._annotate(documents)
        extractor_tally: Counter[str] = getattr(self._extractor, "tally", None) or Counter()
        if outcomes and (tally := self._tally + extractor_tally):
            outcomes[0] = replace(outcomes[0], tally=dict(tally))
            self._tally.clear()
            extractor_tally.clear()
        yield from outcomes
        if self._ending is not None:
            raise self._ending

    def annotate_all(self, documents: Iterable[Document]) -> list[AnnotationOutcome]:
        """Return the outcomes of all documents, processed in the same batches as by `annotate_documents`.

        Raises:
            UnknownLabelsError: The extractor uses unknown labels. Unlike `annotate_documents`, which stops at the first
                such batch, this reads all documents in order to name all unknown labels.
            GoldspanError: As for `annotate_documents`.
        """
        return _collect_outcomes(self.annotate_batch, batches_of(without_spans(documents)))

    def _annotate(self, documents: Sequence[Document]) -> list[AnnotationOutcome]:
        """Annotate a batch as a whole, or its documents one by one if that fails.

        Outcomes are missing from the document on at which the extractor cannot continue.
        """
        with_text = [document for document in documents if document.text is not None]
        extract = getattr(self._extractor, "extract_each", self._extractor.extract)
        try:
            with kept_from_extractors() if self._redirect else nullcontext():
                layers: Sequence[Sequence[Span] | Exception] = extract(with_text)
            if len(layers) != len(with_text):
                raise ValueError(f"{len(layers)} layers returned for {len(with_text)} documents")
        except (DependencyError, UsageError, UnknownLabelsError):
            raise  # an unreachable service or a missing label map affects every document; the run can be resumed
        except (Exception, SystemExit) as error:
            if len(documents) == 1:
                return [self._failure(documents[0], _describe(error), type(error).__name__)]
            return _collect_outcomes(self._annotate, ([document] for document in documents))
        by_id = {document.id: spans for document, spans in zip(with_text, layers, strict=True)}
        outcomes: list[AnnotationOutcome] = []
        for document in documents:
            layer = by_id.get(document.id)
            if isinstance(layer, DependencyError | UsageError):
                if not outcomes:
                    raise layer
                self._ending = layer
                break
            outcomes.append(self._outcome(document, layer))
        return outcomes

    def _outcome(self, document: Document, spans: Sequence[Span] | Exception | None) -> AnnotationOutcome:
        if isinstance(spans, Exception):
            return self._failure(document, _describe(spans), type(spans).__name__)
        if spans is None:
            problem = Problem("has no text to annotate", "restore the texts first", document=document.id)
            return AnnotationOutcome(None, problem, text_sha256=document.text_sha256)
        source = self._extractor.name
        created = document.layer.created if document.layer is not None else None
        try:
            if unknown := {span.label for span in spans} - self._scheme.labels.keys():
                names = quoted_labels(unknown)
                reason = f"unknown label{'s' if len(unknown) > 1 else ''} {names} in scheme {self._scheme.ref}"
                return self._failure(document, reason, _REFUSED)
            fitted = fit_layer(document, spans, self._scheme, self._tally)
            layer = msgspec.structs.replace(
                self._layer,
                created=created,
                extractor_version=self._extractor.version,
                extra=spans.layer_extra if isinstance(spans, NotedSpans) else None,
            )
            annotated = msgspec.structs.replace(
                document,
                spans=tuple(msgspec.structs.replace(span, source=span.source or source) for span in fitted),
                layer=layer,
            )
            checked = self._codec.check(annotated)
            if problems := check_spans(checked, self._scheme):
                return self._failure(document, problems[0].what, _REFUSED)
        except DataError as error:
            return self._failure(document, error.problems[0].what, _REFUSED)
        except (AttributeError, TypeError) as error:
            return self._failure(document, f"its layer is not a list of spans ({error})", "no list of spans")
        return AnnotationOutcome(checked, codec=self._codec)

    def _failure(self, document: Document, reason: str, kind: str) -> AnnotationOutcome:
        message = f"the extractor {self._extractor.name} {self._extractor.version} failed"
        problem = Problem(f"{message}: {' '.join(reason.split())[:500]}", document=document.id)
        return AnnotationOutcome(None, problem, text_sha256=document.with_hash().text_sha256, kind=kind)


def _collect_outcomes(
    annotate_batch: Callable[[Sequence[Document]], list[AnnotationOutcome]], batches: Iterable[Sequence[Document]]
) -> list[AnnotationOutcome]:
    """Return the outcomes of all batches; if labels are unknown, read all batches before raising, to name them all."""
    outcomes: list[AnnotationOutcome] = []
    unknown: UnknownLabelsError | None = None
    for batch in batches:
        try:
            outcomes += annotate_batch(batch)
        except UnknownLabelsError as error:
            unknown = error if unknown is None else unknown.merged(error.labels)
    if unknown is not None:
        raise unknown
    return outcomes


def _describe(error: BaseException) -> str:
    """Return the type and message of an exception, even if formatting the message fails."""
    try:
        message = str(error)
    except Exception:
        message = "its message cannot be read"
    named = message if isinstance(error, GoldspanError) else f"{type(error).__name__}: {message}"
    return named.encode(errors="backslashreplace").decode()
