"""The format `conll`: one token a line with its IOB2 tag and offsets, after a comment that stores the whole record.

```
# goldspan {"id":"a","text":"Iran struck.","spans":[…]}
Iran    B-ACTOR 0:4
struck  O       5:11
.       O       11:12
```

Columns are separated by tabs. A blank line ends a sentence; it is written at line breaks of the text, but not within
a span. Files of other tools have the token in their first column and the tag in their last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ....schema import DataError, Document, Problem, RecordCodec, Scheme, canonical_json, pluralize
from ...spans.span_keys import LabelledSpan, labelled_span
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import file_suffix, open_reader, open_writer, read_lines
from ..format_interface import CONTENTS, ReadRequest
from ..sidecar import (
    Projection,
    SidecarReader,
    check_names,
    encode_sidecars,
    flat_spans,
    parse_sidecar,
)
from ..transfer_reports import LossReport
from .tag_schemes import TagError, TagSchemeDetector, decode_entities, is_tag, parse_tag

_HEADER = "# goldspan "
_NAMES = "# goldspan.labels "
"""How the first line begins if labels stand under their keys in tags; it states the labels by key as JSON."""

_DOCUMENT_START = "-DOCSTART-"
_OFFSETS = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
_WORD = re.compile(r"\S+")
_RESTORE = "restore the text and the offsets as goldspan wrote them, or delete its comment lines and third column"


@dataclass(slots=True)
class _Token:
    line: int
    columns: list[str]


@dataclass(slots=True)
class _DocumentLines:
    """The lines of one document.

    Attributes:
        line: Line number at which the document begins.
        header: The record as JSON; None in a file of another tool.
        sentences: Its tokens.
    """

    line: int
    header: str | None = None
    sentences: list[list[_Token]] = field(default_factory=lambda: [[]])


class ConllFormat:
    """Tokens and tags in columns."""

    name = "conll"
    summary = "a token and its IOB2 tag a line; the whole record in a comment"
    file = "documents.conll"
    suffixes: tuple[str, ...] = (".conll", ".iob", ".iob2", ".bio")
    write_extras = ("rules",)
    folder_patterns: tuple[str, ...] = ("*.conll",)
    text_free = False
    holds = tuple(CONTENTS)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        count = 0
        with open_writer(str(out)) as stream:
            if scheme.labels_by_key:
                stream.write(f"{_NAMES}{canonical_json(scheme.labels_by_key).decode()}\n".encode())
            for document, record in encode_sidecars(documents, RecordCodec(scheme), self.name):
                stream.write(f"{_HEADER}{record}\n".encode())
                stream.write("".join(_token_lines(document, scheme.label_keys, loss)).encode())
                count += 1
        return count

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`."""
        path = str(source)
        tag_scheme, document_count, has_records = _survey(path)
        reader = SidecarReader(request.scheme, request.labels, _label_names(path))
        stem = source.name.partition(".")[0] if file_suffix(source) else source.name
        for number, lines in enumerate(_split_documents(path), 1):
            if has_records and lines.header is None:
                fix = f"begin each document with its line `{_HEADER}{{…}}`, or delete those lines"
                raise DataError(Problem("tokens before the line of the first document", fix, path, lines.line))
            try:
                if lines.header is not None:
                    document = _restore_document(path, lines, lines.header, tag_scheme, reader)
                else:
                    document_id = f"{stem}#{number}" if document_count > 1 else stem
                    document = _build_document(path, lines, tag_scheme, reader, document_id)
            except DataError as error:
                raise error if error.problems[0].path else error.with_location(path, lines.line) from error
            yield document


def _token_lines(document: Document, keys: Mapping[str, str], loss: LossReport) -> Iterator[str]:
    """Yield the lines of a document's tokens, and a blank line at the end."""
    loss.note_missing_tokenizer(document)
    text = document.text or ""
    labelled = list(map(labelled_span, document.spans))
    tagged = flat_spans(text, labelled)
    ragged = sum(any(map(str.isspace, text[span.start] + text[span.end - 1])) for span in labelled)
    loss.add("tags of spans that begin or end with a blank (the comment keeps them)", document, ragged)
    loss.add("tags of overlapping spans (the comment keeps them)", document, len(labelled) - len(tagged) - ragged)
    by_start = {span.start: span for span in tagged}
    tokens = cut_tokens(text, [edge for span in tagged for edge in (span.start, span.end)], document.meta.language)
    previous_end, current = 0, LabelledSpan(0, 0, "")
    for start, end in (word.span() for token in tokens for word in _WORD.finditer(text, *token)):
        if previous_end and start >= current.end and len(text[previous_end - 1 : start + 1].splitlines()) > 1:
            yield "\n"
        current = by_start.get(start, current)
        tag = f"{'B' if start == current.start else 'I'}-{keys[current.label]}" if start < current.end else "O"
        yield f"{text[start:end]}\t{tag}\t{start}:{end}\n"
        previous_end = end
    yield "\n"


def _label_names(path: str) -> dict[str, str] | None:
    """Return the labels that a file has under their keys, by key; None if it does not say."""
    with open_reader(path) as stream:
        line = next(iter(read_lines(stream, path)), b"").removeprefix(b"\xef\xbb\xbf")
    if not line.startswith(_NAMES.encode()):
        return None
    try:
        return check_names(parse_sidecar(line.decode("utf-8", "replace").removeprefix(_NAMES)))
    except DataError as error:
        raise error.with_location(path, 1) from None


def _survey(path: str) -> tuple[str, int, bool]:
    """Return the tagging scheme of a file, the number of its documents, and whether any stores its record."""
    detector = TagSchemeDetector()
    document_count, has_records, columns = 0, False, 0
    for lines in _split_documents(path):
        document_count += 1
        has_records |= lines.header is not None
        for sentence in lines.sentences:
            for token in sentence:
                columns = columns or len(token.columns)
                try:
                    _check_columns(token, columns)
                    detector.add(*parse_tag(token.columns[1 if lines.header is not None else -1]))
                except DataError as error:
                    raise error.with_location(path, token.line) from None
            detector.end_sentence()
    try:
        assume_iob2 = has_records or file_suffix(path) in (".iob2", ".bio")
        return detector.scheme(assume_iob2=assume_iob2), document_count, has_records
    except DataError as error:
        raise error.with_location(path) from None


def _check_columns(token: _Token, expected: int) -> None:
    if len(token.columns) < 2:
        raise DataError(Problem("the line has one column", "write the token, a tab and its tag"))
    if len(token.columns) != expected:
        message = f"{pluralize(len(token.columns), 'column')}, where the lines before have {expected}"
        raise DataError(Problem(message, "write the same number of columns on every line"))


def _split_documents(path: str) -> Iterator[_DocumentLines]:
    """Yield the lines of each document of a file.

    Raises:
        DataError: A line is not UTF-8.
    """
    current: _DocumentLines | None = None
    with open_reader(path) as stream:
        for number, raw in enumerate(read_lines(stream, path), 1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                message = f"byte {error.start + 1} of the line is not UTF-8"
                raise DataError(Problem(message, "save the file as UTF-8", path, number)) from error
            columns = line.split("\t") if "\t" in line else line.split()
            has_record = current is not None and current.header is not None  # where -DOCSTART- can only be a token
            if line.startswith(_HEADER) or (columns[:1] == [_DOCUMENT_START] and not has_record):
                if current is not None:
                    yield current
                current = _DocumentLines(number, line.removeprefix(_HEADER) if line.startswith(_HEADER) else None)
            elif not columns or line.isspace():
                if current is not None and current.sentences[-1]:
                    current.sentences.append([])
            elif not line.startswith(_NAMES) and not (
                line.startswith("# ") and not is_tag(columns[-1])
            ):  # a comment of another tool
                current = current or _DocumentLines(number)
                current.sentences[-1].append(_Token(number, columns))
    if current is not None:
        yield current


def _restore_document(
    path: str, lines: _DocumentLines, header: str, tag_scheme: str, reader: SidecarReader
) -> Document:
    """Return the document of a stored record, updated by edited tags."""
    record = parse_sidecar(header)
    text = record.get("text")
    text = text if isinstance(text, str) else ""
    tagged, previous_end = set(), 0
    for sentence in lines.sentences:
        offsets = []
        for token in sentence:
            match = _OFFSETS.fullmatch(token.columns[-1])
            start, end = (int(match[1]), int(match[2])) if match else (0, 0)
            if len(token.columns) != 3 or not previous_end <= start < end or text[start:end] != token.columns[0]:
                message = f"token {token.columns[0]!r} is not what the text has at {token.columns[-1]!r}"
                raise DataError(Problem(message, _RESTORE, path, token.line))
            _check_gap(text, previous_end, start, path, token.line)
            offsets.append((start, end))
            previous_end = end
        for first, end, label in _entities(path, sentence, 1, tag_scheme, reader):
            tagged.add(LabelledSpan(offsets[first][0], offsets[end - 1][1], label))
    _check_gap(text, previous_end, len(text), path, lines.line)
    return reader.restore(record, [Projection(flat_spans, tagged)])


def _check_gap(text: str, start: int, end: int, path: str, line: int) -> None:
    gap = text[start:end]
    if gap and not gap.isspace():
        message = f"there is no line for {gap.strip()[:30]!r} at {start} in the text"
        raise DataError(Problem(message, f"the file is truncated, or lines are missing; {_RESTORE}", path, line))


def _build_document(
    path: str, lines: _DocumentLines, tag_scheme: str, reader: SidecarReader, document_id: str
) -> Document:
    """Return a document of tokens alone, joined by spaces, and sentences by line breaks."""
    text, tagged = "", []
    for sentence in filter(None, lines.sentences):
        text += "\n" if text else ""
        offsets = []
        for index, token in enumerate(sentence):
            text += " " if index else ""
            offsets.append((len(text), len(text) + len(token.columns[0])))
            text += token.columns[0]
            if not token.columns[0].strip():
                raise DataError(Problem("the token is empty", "write it in the first column", path, token.line))
        for first, end, label in _entities(path, sentence, -1, tag_scheme, reader):
            tagged.append(LabelledSpan(offsets[first][0], offsets[end - 1][1], label))
    return reader.build(document_id, text, tagged)


def _entities(
    path: str, sentence: list[_Token], column: int, tag_scheme: str, reader: SidecarReader
) -> Iterator[tuple[int, int, str]]:
    """Yield the entities of a sentence, after checking that their labels are known."""
    try:
        entities = decode_entities([parse_tag(token.columns[column]) for token in sentence], tag_scheme)
    except TagError as error:
        raise error.with_location(path, sentence[error.token].line) from None
    for entity in (entity._replace(label=reader.label_of(entity.label)) for entity in entities):
        try:
            reader.map_label(entity.label)
        except DataError as error:
            raise error.with_location(path, sentence[entity.first].line) from None
        yield entity


CONLL = ConllFormat()
"""The object that the entry point names."""
