"""The format `spacy`: a DocBin of docs for spaCy's training, the whole records in their user data.

`doc.ents` has the spans that do not overlap, `doc.spans["sc"]` all. Tokens end where spans do.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...schema import DataError, Document, Problem, RecordCodec, Scheme
from ..spans.tokenisation import cut_tokens
from ..storage.file_io import file_suffix, open_writer, read_whole
from ..storage.label_map import LabelMap
from .base import LossReport, ReadReport
from .sidecar import (
    LabelledSpan,
    Projection,
    SidecarReader,
    all_spans,
    flat_spans,
    labelled_spans,
    parse_sidecar,
    writable,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

_KEY = "goldspan"
_GROUP = "sc"  # where spaCy's span categorizer looks

_PIECE = 1 << 20
_SMALL = 1 << 26  # what any machine can hold
_RATIO = 100  # texts pack to a third or a tenth; the same text again and again to a thousandth

# What spaCy, NumPy and msgpack raise for bytes that are no DocBin: nothing in them checks a file as a whole.
_BROKEN = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


class SpacyFormat:
    """Docs of spaCy in one file."""

    name = "spacy"
    summary = "spaCy's DocBin: doc.ents, doc.spans['sc'], and the whole record in user data"
    file = "documents.spacy"
    suffixes: tuple[str, ...] = (".spacy",)
    holds: tuple[str, ...] = ("*.spacy",)
    text_free = False

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`; the docs are held in memory until all are made."""
        from spacy.tokens import DocBin

        packed = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
        for doc in docs_of(_told(documents, loss), scheme):
            packed.add(doc)
        with open_writer(str(out)) as stream:
            stream.write(packed.to_bytes())
        return len(packed)

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`; nothing in a file is unpickled or run."""
        path = str(source)
        keeper = SidecarReader(scheme, labels)
        stem = source.name.partition(".")[0] if file_suffix(source) else source.name
        packed = _unpacked(_bounded(read_whole(path), path), path)
        for number, doc in enumerate(_docs(packed, path), 1):
            try:
                document = document_of(doc, keeper, f"{stem}#{number}" if len(packed) > 1 else stem)
            except DataError as error:
                raise error.with_location(path, number) from error
            yield document


def _told(documents: Iterable[Document], loss: LossReport) -> Iterator[Document]:
    for document in documents:
        loss.note_tokens(document)
        yield document


def docs_of(documents: Iterable[Document], scheme: Scheme, vocab: Vocab | None = None) -> Iterator[Doc]:
    """Docs whose tokens end where spans do, each with its document's record in its user data.

    Args:
        documents: Consumed one by one.
        scheme: Theirs.
        vocab: That the docs share; one of their own where none is given.

    Raises:
        DataError: A document has no text, or is one that reading would refuse.
    """
    from spacy.vocab import Vocab

    shared = vocab if vocab is not None else Vocab()
    for document, record in writable(documents, RecordCodec(scheme), "spacy"):
        yield _doc(document, record, shared)


def documents_of(docs: Iterable[Doc], scheme: Scheme) -> Iterator[Document]:
    """The documents of docs: of `docs_of`, with what was changed since, or of any others.

    A doc of others has the id `doc.user_data["id"]`, else its place, and the spans of its entities and of
    `doc.spans["sc"]`, of all groups where there is no such.

    Raises:
        DataError: A doc's label is unknown, or two docs have one id.
    """
    keeper = SidecarReader(scheme, None)
    for number, doc in enumerate(docs):
        yield document_of(doc, keeper, str(number))


def _doc(document: Document, record: str, vocab: Vocab) -> Doc:
    from spacy.tokens import Doc, Span

    text, marks = document.text or "", labelled_spans(document)
    words, spaces, starts, ends = _words(text, marks, document.meta.language)
    doc = Doc(vocab, words=words, spaces=spaces, user_data={_KEY: record})
    spans = {mark: Span(doc, starts[mark.start], ends[mark.end], mark.label) for mark in marks}
    doc.set_ents([spans[mark] for mark in sorted(flat_spans(text, marks))], default="outside")
    doc.spans[_GROUP] = [spans[mark] for mark in marks]
    return doc


def _words(
    text: str, marks: list[LabelledSpan], language: str | None
) -> tuple[list[str], list[bool], dict[int, int], dict[int, int]]:
    """Tokens that give back the text and meet every mark.

    Returns:
        Their texts, whether a blank follows each, the token that starts and the one that ends at an offset.
    """
    begin, end = {mark.start for mark in marks}, {mark.end for mark in marks}
    pieces: list[tuple[int, int]] = []
    spaces: list[bool] = []
    before = 0
    for first, beyond in [*cut_tokens(text, begin | end, language), (len(text), len(text))]:
        if before < first:  # the one blank that the tokeniser takes for granted
            if before in begin or first in end:
                pieces.append((before, first))
                spaces.append(False)
            else:
                spaces[-1] = True
        if first < beyond:
            pieces.append((first, beyond))
            spaces.append(False)
        before = beyond
    starts = {first: at for at, (first, _) in enumerate(pieces)}
    ends = {beyond: at + 1 for at, (_, beyond) in enumerate(pieces)}
    return [text[first:beyond] for first, beyond in pieces], spaces, starts, ends


def _bounded(data: bytes, path: str) -> bytes:
    """The bytes of a DocBin, which spaCy unpacks at once, whatever they come to: so it is looked at before."""
    unpacker = zlib.decompressobj()
    rest, size = data, 0
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, _PIECE))
            rest = unpacker.unconsumed_tail
            if size > max(_SMALL, _RATIO * len(data)):
                what = f"{len(data)} bytes that unpack to more than {size}, which no DocBin of texts does"
                raise DataError(Problem(what, "do not open it", path))
    except zlib.error:
        return data  # no DocBin at all, which is said where it is unpacked
    return data


def _unpacked(data: bytes, path: str) -> DocBin:
    from spacy.tokens import DocBin

    try:
        packed = DocBin(store_user_data=True).from_bytes(data)
        if not len(packed) == len(packed.spaces) == len(packed.flags) == len(packed.cats) == len(packed.span_groups):
            raise ValueError("its parts are of different lengths")
        return packed
    except _BROKEN as error:
        fix = "save it with spaCy's DocBin.to_disk; perhaps it is truncated"
        raise DataError(Problem("not a whole DocBin of spaCy", fix, path)) from error


def _docs(packed: DocBin, path: str) -> Iterator[Doc]:
    from spacy.vocab import Vocab

    docs = packed.get_docs(Vocab())
    for number in range(1, len(packed) + 1):
        try:
            doc = next(docs)
        except _BROKEN as error:
            fix = "save it with spaCy's DocBin.to_disk again"
            raise DataError(Problem("the doc cannot be unpacked", fix, path, number)) from error
        yield doc


def document_of(doc: Doc, keeper: SidecarReader, place: str) -> Document:
    """The document of a doc, as `documents_of` has it.

    Args:
        doc: Of whatever pipeline.
        keeper: That of all docs together.
        place: Its id where it states none.

    Raises:
        DataError: As `documents_of`.
    """
    kept, name = doc.user_data.get(_KEY), str(doc.user_data.get("id", place))
    try:
        ents = _marks(doc, doc.ents, keeper)
        spans = {key: _marks(doc, group, keeper) for key, group in doc.spans.items()}
    except _BROKEN as error:
        raise DataError(Problem("the doc's spans cannot be unpacked", "save it with spaCy again")) from error
    if not isinstance(kept, str):
        groups = [spans[_GROUP]] if _GROUP in spans else list(spans.values())
        return keeper.foreign(name, doc.text, ents.union(*groups))
    record = parse_sidecar(kept)
    if record.get("text") != doc.text:
        raise DataError(Problem("the doc's text is not its record's", f'delete doc.user_data["{_KEY}"]'))
    views = [Projection(flat_spans, ents)]
    if _GROUP in spans:
        views.append(Projection(all_spans, spans[_GROUP]))
    return keeper.restored(record, views)


def _marks(doc: Doc, spans: Iterable[object], keeper: SidecarReader) -> set[LabelledSpan]:
    """The marks of spans, none of which is trusted to lie within the doc."""
    found = set()
    for span in spans:
        first, beyond, label = span.start, span.end, span.label_  # type: ignore[attr-defined]
        if not 0 <= first < beyond <= len(doc):
            raise DataError(Problem(f"a span of tokens [{first}, {beyond}) is empty or outside its doc", "delete it"))
        last = doc[beyond - 1]
        keeper.target(label)
        found.add(LabelledSpan(doc[first].idx, last.idx + len(last), label))
    return found


SPACY = SpacyFormat()
"""What the entry point names."""
