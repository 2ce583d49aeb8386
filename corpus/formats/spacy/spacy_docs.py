"""The format `spacy`: a DocBin of docs for training spaCy pipelines, with complete records in their user data.

`doc.ents` has the spans that do not overlap, `doc.spans["sc"]` has all. Tokens are split where spans begin or end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ....schema import DataError, Document, Problem, RecordCodec, Scheme
from ...spans.span_keys import LabelledSpan, labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import file_stem, open_writer, read_whole
from ..format_interface import CONTENTS, ReadRequest
from ..sidecar import encode_sidecars, flat_spans
from ..transfer_reports import LossReport, warn_of_losses
from .doc_reader import RECORD_KEY, UNPACKING_ERRORS, DocReader
from .doc_spans import GROUP

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin
    from spacy.vocab import Vocab

_CHUNK = 1 << 20
_MAX_UNCHECKED = 1 << 26  # bytes that any machine can hold
_MAX_RATIO = 100  # texts compress to a third or a tenth of their size; only the same text over and over to a thousandth


class SpacyFormat:
    """spaCy docs in a single file."""

    name = "spacy"
    summary = "spaCy's DocBin: doc.ents, doc.spans['sc'], and the whole record in user data"
    file = "documents.spacy"
    suffixes: tuple[str, ...] = (".spacy",)
    folder_patterns: tuple[str, ...] = ("*.spacy",)
    holds = tuple(CONTENTS)
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
        reader = DocReader(request)
        stem = file_stem(source)
        doc_bin = _parse_doc_bin(_check_decompressed_size(read_whole(path), path), path)
        for number, doc in enumerate(_unpack_docs(doc_bin, path), 1):
            try:
                document = reader.document(doc, f"{stem}#{number}" if len(doc_bin) > 1 else stem)
            except DataError as error:
                raise error.with_location(path, number) from error
            reader.report_annotations(doc, document)
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
    """Convert docs to documents, as `DocReader` does; a doc without an id has its index as id.

    Warns:
        UserWarning: Spans or what belongs to them was left out or changed.

    Raises:
        DataError: A label is unknown, or an id is a duplicate.
    """
    request = ReadRequest(scheme)
    reader = DocReader(request)
    for index, doc in enumerate(docs):
        yield reader.document(doc, str(index))
    warn_of_losses(request.report, "spaCy docs")


def _to_doc(document: Document, record: str, vocab: Vocab) -> Doc:
    from spacy.tokens import Doc, Span

    text, labelled = document.text or "", list(map(labelled_span, document.spans))
    words, spaces, starts, ends = _words(text, labelled, document.meta.language)
    doc = Doc(vocab, words=words, spaces=spaces, user_data={RECORD_KEY: record})
    token_spans = {span: Span(doc, starts[span.start], ends[span.end], span.label) for span in labelled}
    doc.set_ents([token_spans[span] for span in sorted(flat_spans(text, labelled))], default="outside")
    doc.spans[GROUP] = [token_spans[span] for span in labelled]
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
    except UNPACKING_ERRORS as error:
        fix = "save it again with DocBin.to_disk; the file may be truncated"
        raise DataError(Problem("not a complete spaCy DocBin", fix, path)) from error


def _unpack_docs(doc_bin: DocBin, path: str) -> Iterator[Doc]:
    from spacy.vocab import Vocab

    docs = doc_bin.get_docs(Vocab())
    for number in range(1, len(doc_bin) + 1):
        try:
            doc = next(docs)
        except UNPACKING_ERRORS as error:
            fix = "save it again with DocBin.to_disk"
            raise DataError(Problem("cannot unpack the doc", fix, path, number)) from error
        yield doc


SPACY = SpacyFormat()
"""The object that the entry point names."""
