"""Runs an extractor over documents: in batches, in order, on one process or several, whatever single documents do."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

import msgspec

from ...corpus.inspection.check import check_spans
from ...corpus.spans.fitting import fit_layer
from ...corpus.storage.unknown_labels import quoted_labels
from ...schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    Layer,
    Problem,
    RecordCodec,
    Scheme,
    Span,
    UsageError,
)
from ..adapters.normalisation import UnknownLabelsError

_BATCH_CHARACTERS = 200_000
_BATCH_DOCUMENTS = 256


@dataclass(frozen=True, slots=True)
class AnnotationOutcome:
    """What became of a document.

    Attributes:
        line: Its record with the extractor's layer, ready to be written; empty where the extractor failed.
        problem: Why it failed; None where it did not.
        tally: What was counted in its batch, by what it is: spans that were put right or dropped, tokens that a model
            was sent.
        text_sha256: Of the document's text, where the extractor failed.
        kind: Of the failure, without a word that may be the document's: an exception's name.
    """

    line: bytes
    problem: Problem | None = None
    tally: Mapping[str, int] | None = None
    text_sha256: str | None = None
    kind: str = ""


def annotate(
    documents: Iterable[Document], extractor: Extractor, scheme: Scheme, *, workers: int = 1, spec: str = ""
) -> Iterator[AnnotationOutcome]:
    """The documents with an extractor's layer in place of their own, one by one in their order.

    Memory does not grow with their number: a few batches are under way at a time. The same documents give the same
    bytes, however many processes work on them. What comes out passes `check_spans`: spans that break its rules are put
    right or dropped, and counted. A document that makes the extractor fail, or whose spans cannot be a layer (an
    unknown label, bounds outside the text, a value that the scheme refuses), comes out as a problem, and the others go
    on; so does one that ends the process it is read in, where `workers` is more than one.

    Args:
        documents: Consumed as needed. Spans and layer that they have are replaced; all else is kept. The extractor
            does not get to see the spans.
        extractor: The extractor.
        scheme: The scheme of the layers.
        workers: Processes.
        spec: The extractor's name and arguments as `load_extractor` takes them: each process makes its own by it.

    Raises:
        UsageError: Several workers and no `spec`.
    """
    if workers > 1 and not spec:
        raise UsageError("several workers need the extractor's name. Fix: give spec")
    bare = _bare(documents)
    if workers > 1:
        from .worker_pool import WorkerPool

        yield from WorkerPool(spec, scheme, workers).run(_batches(bare))
        return
    run = ExtractorRun(extractor, scheme)
    for batch in _batches(bare):
        yield from run.whole(batch)


def _bare(documents: Iterable[Document]) -> Iterator[Document]:
    return (msgspec.structs.replace(document, spans=()) if document.spans else document for document in documents)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
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
    """One extractor at work in one process."""

    def __init__(self, extractor: Extractor, scheme: Scheme) -> None:
        self._extractor = extractor
        self._codec = RecordCodec(scheme)
        self._scheme = scheme
        self._tally: Counter[str] = Counter()
        self._layer = Layer(annotator=extractor.name, scheme=scheme.ref, scheme_sha256=scheme.fingerprint)

    def whole(self, documents: Sequence[Document]) -> list[AnnotationOutcome]:
        """What became of a batch; the first outcome has what was counted in it."""
        outcomes = self._batch(documents)
        own: Counter[str] = getattr(self._extractor, "tally", None) or Counter()
        if tally := self._tally + own:
            outcomes[0] = replace(outcomes[0], tally=dict(tally))
            self._tally.clear()
            own.clear()
        return outcomes

    def all(self, documents: Iterable[Document]) -> list[AnnotationOutcome]:
        """What became of all documents, in batches as `annotate` makes them.

        Raises:
            UnknownLabelsError: Labels are unknown; unlike `annotate`, which stops at the first batch with any, this
                reads on to name all.
            GoldspanError: As `annotate`.
        """
        return _naming_all(self.whole, _batches(_bare(documents)))

    def _batch(self, documents: Sequence[Document]) -> list[AnnotationOutcome]:
        """A batch whole, or where that fails its documents one by one."""
        texts = [document for document in documents if document.text is not None]
        try:
            with redirect_stdout(sys.stderr):  # the result's stream is not the extractor's to write to
                layers = self._extractor.extract(texts)
            if len(layers) != len(texts):
                raise ValueError(f"{len(texts)} documents gave {len(layers)} layers")
        except (DependencyError, UsageError, UnknownLabelsError):
            raise  # a service that is gone or a missing label map fails for every document: the run can go on later
        except (Exception, SystemExit) as error:
            if len(documents) == 1:
                return [self._failed(documents[0], _told(error), type(error).__name__)]
            return _naming_all(self._batch, ([document] for document in documents))
        by_id = {document.id: spans for document, spans in zip(texts, layers, strict=True)}
        return [self._outcome(document, by_id.get(document.id)) for document in documents]

    def _outcome(self, document: Document, spans: Sequence[Span] | None) -> AnnotationOutcome:
        if spans is None:
            problem = Problem("has no text to annotate", "restore the texts first", document=document.id)
            return AnnotationOutcome(b"", problem, text_sha256=document.text_sha256)
        source = self._extractor.name
        created = document.layer.created if document.layer is not None else None
        try:
            if unknown := {span.label for span in spans} - self._scheme.labels.keys():
                names = quoted_labels(unknown)
                what = f"unknown label{'s' if len(unknown) > 1 else ''} {names} in scheme {self._scheme.ref}"
                return self._failed(document, what, "spans that the scheme refuses")
            fit = fit_layer(document, spans, self._scheme, self._tally)
            layer = msgspec.structs.replace(
                document,
                spans=tuple(msgspec.structs.replace(span, source=span.source or source) for span in fit),
                layer=msgspec.structs.replace(self._layer, created=created, extra={"version": self._extractor.version}),
            )
            line = self._codec.encode(layer)
            self._codec.decode(line)
            if left := check_spans(layer, self._scheme):
                return self._failed(document, left[0].what, "spans that the scheme refuses")
        except DataError as error:
            return self._failed(document, error.problems[0].what, "spans that the scheme refuses")
        except (AttributeError, TypeError) as error:
            return self._failed(document, f"its layer is no list of spans ({error})", "no list of spans")
        return AnnotationOutcome(line)

    def _failed(self, document: Document, why: str, kind: str) -> AnnotationOutcome:
        name = f"the extractor {self._extractor.name} {self._extractor.version} failed"
        problem = Problem(f"{name}: {' '.join(why.split())[:500]}", document=document.id)
        return AnnotationOutcome(b"", problem, text_sha256=document.sealed().text_sha256, kind=kind)


def _naming_all(
    read: Callable[[Sequence[Document]], list[AnnotationOutcome]], batches: Iterable[Sequence[Document]]
) -> list[AnnotationOutcome]:
    """What became of batches; where labels are unknown, the rest is read too, to name all."""
    outcomes: list[AnnotationOutcome] = []
    unknown: UnknownLabelsError | None = None
    for batch in batches:
        try:
            outcomes += read(batch)
        except UnknownLabelsError as error:
            unknown = error if unknown is None else unknown.also(error.labels)
    if unknown is not None:
        raise unknown
    return outcomes


def _told(error: BaseException) -> str:
    """What an exception says, whatever it is made of."""
    try:
        said = str(error)
    except Exception:
        said = "its message cannot be read"
    return f"{type(error).__name__}: {said}".encode(errors="backslashreplace").decode()
