"""The format `conll`: a token and its IOB2 tag a line, with offsets, behind a line that keeps the whole record.

```
# goldspan {"id":"a","text":"Iran struck.","spans":[…]}
Iran    B-ACTOR 0:4
struck  O       5:11
.       O       11:12
```

Columns are parted by tabs. A blank line ends a sentence: it stands where the text breaks the line and no span goes on.
Foreign files have the token in their first column and the tag in their last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ....schema import DataError, Document, Problem, RecordCodec, Scheme, pluralize
from ...spans.tokenisation import cut_tokens
from ...storage.file_io import file_suffix, open_reader, open_writer, read_lines
from ...storage.label_map import LabelMap
from ..base import LossReport, ReadReport
from ..sidecar import LabelledSpan, Projection, SidecarReader, flat_spans, labelled_spans, parse_sidecar, writable
from .tag_schemes import TagError, TagEvidence, entities, is_tag, parse_tag

_HEADER = "# goldspan "
_DOCUMENT = "-DOCSTART-"
_OFFSETS = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
_WORD = re.compile(r"\S+")
_KEEP = "leave the text and the offsets as goldspan wrote them, or delete its comment lines and third column"


@dataclass(slots=True)
class _Token:
    line: int
    columns: list[str]


@dataclass(slots=True)
class _Part:
    """A document's lines."""

    line: int
    header: str | None = None
    sentences: list[list[_Token]] = field(default_factory=lambda: [[]])


class ConllFormat:
    """Tokens and tags in columns."""

    name = "conll"
    summary = "a token and its IOB2 tag a line; the whole record in a comment"
    file = "documents.conll"
    suffixes: tuple[str, ...] = (".conll", ".iob", ".iob2", ".bio")
    holds: tuple[str, ...] = ("*.conll",)
    text_free = False

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`."""
        count = 0
        with open_writer(str(out)) as stream:
            for document, record in writable(documents, RecordCodec(scheme), self.name):
                stream.write(f"{_HEADER}{record}\n".encode())
                stream.write("".join(_lines(document, loss)).encode())
                count += 1
        return count

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`."""
        path = str(source)
        kind, starts, kept = _survey(path)
        keeper = SidecarReader(scheme, labels)
        stem = source.name.partition(".")[0] if file_suffix(source) else source.name
        for number, part in enumerate(_parts(path), 1):
            if kept and part.header is None:
                fix = f"begin each document with its line `{_HEADER}{{…}}`, or delete those lines"
                raise DataError(Problem("tokens before the first document's line", fix, path, part.line))
            try:
                if part.header is not None:
                    document = _own(path, part, kind, keeper)
                else:
                    document = _foreign(path, part, kind, keeper, f"{stem}#{number}" if starts > 1 else stem)
            except DataError as error:
                raise error if error.problems[0].path else error.with_location(path, part.line) from error
            yield document


def _lines(document: Document, loss: LossReport) -> Iterator[str]:
    """The lines of a document's tokens, and a blank one at the end."""
    loss.note_tokens(document)
    text = document.text or ""
    marks = labelled_spans(document)
    shown = flat_spans(text, marks)
    ragged = sum(any(map(str.isspace, text[mark.start] + text[mark.end - 1])) for mark in marks)
    loss("tags of spans that begin or end with a blank (the comment keeps them)", document, ragged)
    loss("tags of overlapping spans (the comment keeps them)", document, len(marks) - len(shown) - ragged)
    begins = {mark.start: mark for mark in shown}
    words = cut_tokens(text, [edge for mark in shown for edge in (mark.start, mark.end)], document.meta.language)
    before, inside = 0, LabelledSpan(0, 0, "")
    for start, end in (word.span() for token in words for word in _WORD.finditer(text, *token)):
        if before and start >= inside.end and len(text[before - 1 : start + 1].splitlines()) > 1:
            yield "\n"
        inside = begins.get(start, inside)
        tag = ("B-" if start == inside.start else "I-") + inside.label if start < inside.end else "O"
        yield f"{text[start:end]}\t{tag}\t{start}:{end}\n"
        before = end
    yield "\n"


def _survey(path: str) -> tuple[str, int, bool]:
    """The scheme of a file's tags, how many documents begin, and whether any has its record."""
    evidence = TagEvidence()
    starts, kept, columns = 0, False, 0
    for part in _parts(path):
        starts += 1
        kept |= part.header is not None
        for sentence in part.sentences:
            for token in sentence:
                columns = columns or len(token.columns)
                try:
                    _check_columns(token, columns, path)
                    evidence.see(*parse_tag(token.columns[1 if part.header is not None else -1]))
                except DataError as error:
                    raise error.with_location(path, token.line) from None
            evidence.end_sentence()
    try:
        return evidence.scheme(iob2=kept or file_suffix(path) in (".iob2", ".bio")), starts, kept
    except DataError as error:
        raise error.with_location(path) from None


def _check_columns(token: _Token, columns: int, path: str) -> None:
    if len(token.columns) < 2:
        raise DataError(Problem("a line of one column", "write the token, a tab and its tag"))
    if len(token.columns) != columns:
        what = f"{pluralize(len(token.columns), 'column')}, where the lines before have {columns}"
        raise DataError(Problem(what, "give every token a line of the same columns"))


def _parts(path: str) -> Iterator[_Part]:
    """The documents of a file as lines.

    Raises:
        DataError: A line is not UTF-8.
    """
    part: _Part | None = None
    with open_reader(path) as stream:
        for number, raw in enumerate(read_lines(stream, path), 1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                what = f"byte {error.start + 1} of the line is not UTF-8"
                raise DataError(Problem(what, "save the file as UTF-8", path, number)) from error
            columns = line.split("\t") if "\t" in line else line.split()
            kept = part is not None and part.header is not None  # in whose text the marker is a word
            if line.startswith(_HEADER) or (columns[:1] == [_DOCUMENT] and not kept):
                if part is not None:
                    yield part
                part = _Part(number, line.removeprefix(_HEADER) if line.startswith(_HEADER) else None)
            elif not columns or line.isspace():
                if part is not None and part.sentences[-1]:
                    part.sentences.append([])
            elif not (line.startswith("# ") and not is_tag(columns[-1])):  # which is another's comment
                part = part or _Part(number)
                part.sentences[-1].append(_Token(number, columns))
    if part is not None:
        yield part


def _own(path: str, part: _Part, kind: str, keeper: SidecarReader) -> Document:
    """The document of a kept record, with the tags that were changed since."""
    record = parse_sidecar(part.header or "")
    text = record.get("text")
    text = text if isinstance(text, str) else ""
    found, before = set(), 0
    for sentence in part.sentences:
        places = []
        for token in sentence:
            place = _OFFSETS.fullmatch(token.columns[-1])
            start, end = (int(place[1]), int(place[2])) if place else (0, 0)
            if len(token.columns) != 3 or not before <= start < end or text[start:end] != token.columns[0]:
                what = f"the token {token.columns[0]!r} is not what the text has at {token.columns[-1]!r}"
                raise DataError(Problem(what, _KEEP, path, token.line))
            _check_gap(text, before, start, path, token.line)
            places.append((start, end))
            before = end
        for first, beyond, label in _entities(path, sentence, 1, kind, keeper):
            found.add(LabelledSpan(places[first][0], places[beyond - 1][1], label))
    _check_gap(text, before, len(text), path, part.line)
    return keeper.restored(record, [Projection(flat_spans, found)])


def _check_gap(text: str, start: int, end: int, path: str, line: int) -> None:
    gap = text[start:end]
    if gap and not gap.isspace():
        what = f"the text's {gap.strip()[:30]!r} at {start} has no line"
        raise DataError(Problem(what, f"the file is truncated, or lines are missing; {_KEEP}", path, line))


def _foreign(path: str, part: _Part, kind: str, keeper: SidecarReader, name: str) -> Document:
    """A document of tokens alone: joined by blanks, its sentences by line breaks."""
    text, marks = "", []
    for sentence in filter(None, part.sentences):
        text += "\n" if text else ""
        places = []
        for at, token in enumerate(sentence):
            text += " " if at else ""
            places.append((len(text), len(text) + len(token.columns[0])))
            text += token.columns[0]
            if not token.columns[0].strip():
                raise DataError(Problem("the token is empty", "write it in the first column", path, token.line))
        for first, beyond, label in _entities(path, sentence, -1, kind, keeper):
            marks.append(LabelledSpan(places[first][0], places[beyond - 1][1], label))
    return keeper.foreign(name, text, marks)


def _entities(
    path: str, sentence: list[_Token], column: int, kind: str, keeper: SidecarReader
) -> Iterator[tuple[int, int, str]]:
    try:
        found = entities([parse_tag(token.columns[column]) for token in sentence], kind)
    except TagError as error:
        raise error.with_location(path, sentence[error.token].line) from None
    for entity in found:
        try:
            keeper.target(entity.label)
        except DataError as error:
            raise error.with_location(path, sentence[entity.first].line) from None
        yield entity


CONLL = ConllFormat()
"""What the entry point names."""
