"""Files of columns that goldspan wrote: the records in their comments, updated by the tags as they are now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ....schema import DataError, Document, Problem, UsageError, pluralize
from ...spans.span_keys import LabelledSpan
from ..format_interface import ReadRequest
from ..sidecar import Projection, SidecarReader, check_names, flat_spans, parse_sidecar
from .column_lines import decoded_lines
from .column_samples import LABELS_COMMENT, RECORD_COMMENT
from .tag_notation import CANONICAL, invalid_tag
from .tag_repair import REPAIR_FIX, decode_tags, require_repair
from .tag_schemes import OUTSIDE, Tag, TagSchemeDetector

_OFFSETS = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
_RESTORE = "restore the text and the offsets as goldspan wrote them, or delete its comment lines and third column"


@dataclass(slots=True)
class TokenLine:
    """The line of a token, from 1, and its columns."""

    line: int
    columns: list[str]


@dataclass(slots=True)
class DocumentLines:
    """The lines of one document.

    Attributes:
        line: Line number at which the document begins.
        header: The record as JSON.
        sentences: Its tokens.
    """

    line: int
    header: str
    sentences: list[list[TokenLine]] = field(default_factory=lambda: [[]])


def read_recorded(source: Path, request: ReadRequest) -> Iterator[Document]:
    """Yield the documents of a file that goldspan wrote.

    Raises:
        DataError: The file is invalid, with its line.
        UsageError: The call names columns, which these files do not leave open.
    """
    path, options = str(source), request.options
    if options.columns:
        fix = "leave it out, or delete the comments that begin with `# goldspan`"
        raise UsageError(f"{path}: `columns` has no effect on a file with goldspan's records. Fix: {fix}")
    repair = require_repair(options.repair)
    scheme = _scheme(path, options.encoding)
    reader = SidecarReader(request.scheme, request.labels, labels_by_key(path, options.encoding))
    for lines in recorded_documents(path, options.encoding):
        try:
            document, ill_formed = _restored(path, lines, scheme, repair, reader)
        except DataError as error:
            raise error if error.problems[0].path else error.with_location(path, lines.line) from error
        request.report.changed.add(f"ill-formed chunks read by the rule {repair}", document.id, ill_formed)
        yield document


def _scheme(path: str, encoding: str) -> str:
    """Return the tagging scheme of a file, after checking its columns."""
    detector = TagSchemeDetector()
    for lines in recorded_documents(path, encoding):
        columns = 0
        for sentence in lines.sentences:
            tags: list[Tag] = []
            for token in sentence:
                columns = columns or len(token.columns)
                try:
                    tags.append(_tag(token, columns))
                except DataError as error:
                    raise error.with_location(path, token.line) from None
            detector.add_sentence(tags)
    try:
        return detector.scheme(assume_iob2=True)
    except DataError as error:
        raise error.with_location(path) from None


def _tag(token: TokenLine, expected: int) -> Tag:
    """Return the tag of a token, after checking its number of columns."""
    if len(token.columns) < 2:
        raise DataError(Problem("the line has one column", "write the token, a tab and its tag"))
    if len(token.columns) != expected:
        message = f"{pluralize(len(token.columns), 'column')}, where the lines before have {expected}"
        raise DataError(Problem(message, "write the same number of columns on every line"))
    tag = CANONICAL.split(token.columns[1])
    if tag is None:
        raise invalid_tag(token.columns[1], CANONICAL)
    return tag


def recorded_documents(path: str, encoding: str = "") -> Iterator[DocumentLines]:
    """Yield the lines of each document of a file that goldspan wrote.

    Raises:
        DataError: The file cannot be decoded, or has tokens before its first document.
    """
    current: DocumentLines | None = None
    for number, line in enumerate(decoded_lines(path, encoding), 1):
        if line.startswith(RECORD_COMMENT):
            if current is not None:
                yield current
            current = DocumentLines(number, line.removeprefix(RECORD_COMMENT))
            continue
        columns = line.split("\t") if "\t" in line else line.split()
        if number == 1 and line.startswith(LABELS_COMMENT):
            continue
        if not columns or line.isspace():
            if current is not None and current.sentences[-1]:
                current.sentences.append([])
        elif not (line.startswith("# ") and CANONICAL.split(columns[-1]) is None and "\t" not in line):
            if current is None:
                raise before_records(path, number)
            current.sentences[-1].append(TokenLine(number, columns))
    if current is not None:
        yield current


def labels_by_key(path: str, encoding: str) -> dict[str, str] | None:
    """Return the labels that a file has under their keys, by key; None if it does not say.

    Raises:
        DataError: The line that says it is invalid.
    """
    line = next(iter(decoded_lines(path, encoding)), "")
    if not line.startswith(LABELS_COMMENT):
        return None
    try:
        return check_names(parse_sidecar(line.removeprefix(LABELS_COMMENT)))
    except DataError as error:
        raise error.with_location(path, 1) from None


def before_records(path: str, line: int) -> DataError:
    """Return the error about tokens that no record is for."""
    fix = f"begin each document with its line `{RECORD_COMMENT}{{…}}`, or delete those lines"
    return DataError(Problem("tokens before the line of the first document", fix, path, line))


def _restored(path: str, lines: DocumentLines, scheme: str, repair: str, reader: SidecarReader) -> tuple[Document, int]:
    """Return the document of a stored record, updated by edited tags, and the number of ill-formed chunks."""
    record = parse_sidecar(lines.header)
    text = record.get("text")
    text = text if isinstance(text, str) else ""
    tagged, previous_end, ill_formed = set(), 0, 0
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
        entities, faults = decode_tags([CANONICAL.split(t.columns[1]) or OUTSIDE for t in sentence], scheme, repair)
        if faults and repair == "none":
            raise DataError([Problem(f.what, f"{f.fix}, {REPAIR_FIX}", path, sentence[f.token].line) for f in faults])
        ill_formed += len(faults)
        for first, end, key in entities:
            label = reader.label_of(key)
            try:
                reader.map_label(label)
            except DataError as error:
                raise error.with_location(path, sentence[first].line) from None
            tagged.add(LabelledSpan(offsets[first][0], offsets[end - 1][1], label))
    _check_gap(text, previous_end, len(text), path, lines.line)
    return reader.restore(record, [Projection(flat_spans, tagged)]), ill_formed


def _check_gap(text: str, start: int, end: int, path: str, line: int) -> None:
    gap = text[start:end]
    if gap and not gap.isspace():
        message = f"there is no line for {gap.strip()[:30]!r} at {start} in the text"
        raise DataError(Problem(message, f"the file is truncated, or lines are missing; {_RESTORE}", path, line))
