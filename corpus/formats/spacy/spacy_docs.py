"""The format `spacy`: a DocBin of docs for training spaCy pipelines, with complete records in their user data.

`doc.ents` has the spans that do not overlap, `doc.spans["sc"]` has all. Tokens are split where spans begin or end.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ....schema import DataError, Document, Problem, RecordCodec, Scheme
from ...spans.span_keys import LabelledSpan, labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import file_suffix, open_writer, read_whole
from ..format_interface import ReadRequest
from ..sidecar import (
    Projection,
    SidecarReader,
    all_spans,
    encode_sidecars,
    flat_spans,
    parse_sidecar,
)
from ..transfer_reports import LossReport

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

_KEY = "goldspan"
_GROUP = "sc"  # where spaCy's span categorizer looks

_CHUNK = 1 << 20
_MAX_UNCHECKED = 1 << 26  # bytes that any machine can hold
_MAX_RATIO = 100  # texts compress to a third or a tenth of their size; only the same text over and over to a thousandth

# What spaCy, NumPy and msgpack raise for bytes that are not a DocBin: none of them validates a file as a whole.
_UNPACKING_ERRORS = (
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
    """spaCy docs in a single file."""

    name = "spacy"
    summary = "spaCy's DocBin: doc.ents, doc.spans['sc'], and the whole record in user data"
    file = "documents.spacy"
    suffixes: tuple[str, ...] = (".spacy",)
    folder_patterns: tuple[str, ...] = ("*.spacy",)
    text_free = False
    read_extras = write_extras = ("rules",)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`. All docs are kept in memory until they are written."""
        from spacy.tokens import DocBin

        doc_bin = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
        for doc in to_spacy_docs(_note_missing_tokenizers(documents, loss), scheme):
            doc_bin.add(doc)
        with open_writer(str(out)) as stream:
            stream.write(doc_bin.to_bytes())
        return len(doc_bin)

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`. Nothing in a file is unpickled or executed."""
        path = str(source)
        reader = SidecarReader(request.scheme, request.labels)
        stem = source.name.partition(".")[0] if file_suffix(source) else source.name
        doc_bin = _parse_doc_bin(_check_decompressed_size(read_whole(path), path), path)
        for number, doc in enumerate(_unpack_docs(doc_bin, path), 1):
            try:
                document = from_spacy_doc(doc, reader, f"{stem}#{number}" if len(doc_bin) > 1 else stem)
            except DataError as error:
                raise error.with_location(path, number) from error
            yield document


def _note_missing_tokenizers(documents: Iterable[Document], loss: LossReport) -> Iterator[Document]:
    for document in documents:
        loss.note_missing_tokenizer(document)
        yield document


def to_spacy_docs(documents: Iterable[Document], scheme: Scheme, vocab: Vocab | None = None) -> Iterator[Doc]:
    """Convert documents to docs whose tokens begin and end where spans do, with the record in their user data.

    Args:
        documents: The documents, consumed one at a time.
        scheme: Scheme of the documents.
        vocab: Vocabulary that the docs share; a new one if not given.

    Raises:
        DataError: A document has no text, or is not a valid record.
    """
    from spacy.vocab import Vocab

    shared = vocab if vocab is not None else Vocab()
    for document, record in encode_sidecars(documents, RecordCodec(scheme), "spacy"):
        yield _to_doc(document, record, shared)


def from_spacy_docs(docs: Iterable[Doc], scheme: Scheme) -> Iterator[Document]:
    """Convert docs to documents; docs made by `to_spacy_docs` keep their records, updated by later edits.

    Any other doc has the id `doc.user_data["id"]`, or its index if there is none, and the spans of its entities and
    of `doc.spans["sc"]`, or of all span groups if that one is missing.

    Raises:
        DataError: A label is unknown, or an id is a duplicate.
    """
    reader = SidecarReader(scheme, None)
    for index, doc in enumerate(docs):
        yield from_spacy_doc(doc, reader, str(index))


def from_spacy_doc(doc: Doc, reader: SidecarReader, default_id: str) -> Document:
    """Convert one doc, as `from_spacy_docs` does.

    Args:
        doc: A doc of any pipeline.
        reader: The reader for all docs that belong together.
        default_id: Id of the document if the doc has none.

    Raises:
        DataError: A label is unknown, or the id is a duplicate.
    """
    sidecar, document_id = doc.user_data.get(_KEY), str(doc.user_data.get("id", default_id))
    try:
        ents = _character_spans(doc, doc.ents, reader)
        groups = {key: _character_spans(doc, group, reader) for key, group in doc.spans.items()}
    except _UNPACKING_ERRORS as error:
        raise DataError(Problem("cannot unpack the doc's spans", "save it again with spaCy")) from error
    if not isinstance(sidecar, str):
        selected = [groups[_GROUP]] if _GROUP in groups else list(groups.values())
        return reader.build(document_id, doc.text, ents.union(*selected))
    record = parse_sidecar(sidecar)
    if record.get("text") != doc.text:
        raise DataError(Problem("the doc's text differs from its record's", f'delete doc.user_data["{_KEY}"]'))
    views = [Projection(flat_spans, ents)]
    if _GROUP in groups:
        views.append(Projection(all_spans, groups[_GROUP]))
    return reader.restore(record, views)


def _character_spans(doc: Doc, spans: Iterable[object], reader: SidecarReader) -> set[LabelledSpan]:
    """Return token spans by their character offsets, after checking that each lies within the doc."""
    labelled = set()
    for span in spans:
        first, end, label = span.start, span.end, span.label_  # type: ignore[attr-defined]
        if not 0 <= first < end <= len(doc):
            raise DataError(Problem(f"token span [{first}, {end}) is empty or outside the doc", "delete it"))
        last = doc[end - 1]
        reader.map_label(label)
        labelled.add(LabelledSpan(doc[first].idx, last.idx + len(last), label))
    return labelled


def _to_doc(document: Document, record: str, vocab: Vocab) -> Doc:
    from spacy.tokens import Doc, Span

    text, labelled = document.text or "", list(map(labelled_span, document.spans))
    words, spaces, starts, ends = _words(text, labelled, document.meta.language)
    doc = Doc(vocab, words=words, spaces=spaces, user_data={_KEY: record})
    token_spans = {span: Span(doc, starts[span.start], ends[span.end], span.label) for span in labelled}
    doc.set_ents([token_spans[span] for span in sorted(flat_spans(text, labelled))], default="outside")
    doc.spans[_GROUP] = [token_spans[span] for span in labelled]
    return doc


def _words(
    text: str, labelled: list[LabelledSpan], language: str | None
) -> tuple[list[str], list[bool], dict[int, int], dict[int, int]]:
    """Split a text into tokens that add up to it exactly, and begin and end where spans do.

    Returns:
        The words; whether a space follows each; the index of the token that starts at an offset; the index after the
        token that ends at an offset.
    """
    span_starts, span_ends = {span.start for span in labelled}, {span.end for span in labelled}
    tokens: list[tuple[int, int]] = []
    spaces: list[bool] = []
    previous_end = 0
    for start, end in [*cut_tokens(text, span_starts | span_ends, language), (len(text), len(text))]:
        if previous_end < start:  # the single space between tokens, which spaCy does not make a token
            if previous_end in span_starts or start in span_ends:
                tokens.append((previous_end, start))
                spaces.append(False)
            else:
                spaces[-1] = True
        if start < end:
            tokens.append((start, end))
            spaces.append(False)
        previous_end = end
    starts = {start: index for index, (start, _) in enumerate(tokens)}
    ends = {end: index + 1 for index, (_, end) in enumerate(tokens)}
    return [text[start:end] for start, end in tokens], spaces, starts, ends


def _check_decompressed_size(data: bytes, path: str) -> bytes:
    """Return the bytes of a DocBin, unless they are a decompression bomb: spaCy decompresses them all at once."""
    decompressor = zlib.decompressobj()
    rest, size = data, 0
    try:
        while rest and not decompressor.eof:
            size += len(decompressor.decompress(rest, _CHUNK))
            rest = decompressor.unconsumed_tail
            if size > max(_MAX_UNCHECKED, _MAX_RATIO * len(data)):
                message = f"{len(data)} bytes decompress to more than {size}, which no DocBin of texts does"
                raise DataError(Problem(message, "do not open it", path))
    except zlib.error:
        return data  # not a DocBin, which `_parse_doc_bin` reports
    return data


def _parse_doc_bin(data: bytes, path: str) -> DocBin:
    from spacy.tokens import DocBin

    try:
        doc_bin = DocBin(store_user_data=True).from_bytes(data)
        lengths = {len(part) for part in (doc_bin.spaces, doc_bin.flags, doc_bin.cats, doc_bin.span_groups)}
        if lengths != {len(doc_bin)}:
            raise ValueError("its parts are of different lengths")
        return doc_bin
    except _UNPACKING_ERRORS as error:
        fix = "save it again with DocBin.to_disk; the file may be truncated"
        raise DataError(Problem("not a complete spaCy DocBin", fix, path)) from error


def _unpack_docs(doc_bin: DocBin, path: str) -> Iterator[Doc]:
    from spacy.vocab import Vocab

    docs = doc_bin.get_docs(Vocab())
    for number in range(1, len(doc_bin) + 1):
        try:
            doc = next(docs)
        except _UNPACKING_ERRORS as error:
            fix = "save it again with DocBin.to_disk"
            raise DataError(Problem("cannot unpack the doc", fix, path, number)) from error
        yield doc


SPACY = SpacyFormat()
"""The object that the entry point names."""
