"""Reading of WebAnno TSV 3: a token a line, with a column for each feature of each layer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from .....schema import DataError, Problem, truncate_problems
from ....spans.offset_units import CODE_POINTS, OffsetUnit
from .cas_layers import UTF_16
from .cas_structures import CasFile, Sofa, TypeSystem
from .tsv_contents import TsvContents, tsv_lines
from .webanno_spans import TsvColumn, TsvRow, TsvSpanBuilder, unescape

_FORMAT = re.compile(r"#FORMAT=WebAnno TSV (3\.[0-9])\s*")
_UNIT = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)\t([0-9]{1,18})-([0-9]{1,18})\t")
_LAYER_KINDS = {"#T_SP=": "span", "#T_RL=": "relation", "#T_CH=": "chain"}
_AGAIN = "export the document again as WebAnno TSV 3.3"


@dataclass(slots=True)
class _TsvSentence:
    text: str
    line: int
    rows: list[TsvRow] = field(default_factory=list)


def is_webanno_tsv(head: bytes) -> bool:
    """Return whether the beginning of a file is that of WebAnno TSV 3."""
    line = head[:100].decode("utf-8-sig", "replace").split("\n")[0]
    return _FORMAT.fullmatch(line.rstrip("\r")) is not None


def read_webanno_tsv(data: bytes, path: str) -> TsvContents:
    """Read a file.

    Raises:
        DataError: It is not WebAnno TSV 3, a line is not a token of the declared columns, or the words of a token are
            not those of the text.
    """
    lines = tsv_lines(data, path)
    form = _FORMAT.fullmatch(lines[0])
    if form is None:
        what = f"the first line is {lines[0][:40]!r}, not #FORMAT=WebAnno TSV 3.3"
        raise DataError(Problem(what, "export the document as WebAnno TSV 3", path, 1))
    columns = _columns(lines)
    sentences = list(_sentences(lines, columns, path, with_codes=form[1] < "3.2"))
    text, unit, gaps = _text(sentences, path)
    types = TypeSystem()
    for column in columns:
        if column.kind == "feature":
            types.ranges.setdefault(column.layer, {})[column.feature] = "uima.cas.String"
    cas = CasFile(path, [Sofa(0, "_InitialView", text)], types=types)
    left_out: Counter[str] = Counter()
    builder = TsvSpanBuilder(cas, columns, left_out)
    for sentence in sentences:
        for row in sentence.rows:
            builder.add(row)
    return TsvContents(cas, unit, left_out, gaps)


def _columns(lines: list[str]) -> list[TsvColumn]:
    """Return the declared columns."""
    columns: list[TsvColumn] = []
    for line in takewhile(lambda line: line[:6] in _LAYER_KINDS, lines[1:]):
        kind = _LAYER_KINDS[line[:6]]
        layer, _, rest = line[6:].partition("|")
        slot = False
        for name in rest.split("|"):
            if kind != "span":
                columns.append(TsvColumn(layer, kind, name))
            elif name.startswith("ROLE_"):
                columns.append(TsvColumn(layer, "role", name.rpartition("_")[0].rpartition(":")[2]))
            else:
                columns.append(TsvColumn(layer, "slot" if slot else "feature", name))
            slot = name.startswith("ROLE_")
    return columns


def _sentences(lines: list[str], columns: list[TsvColumn], path: str, *, with_codes: bool) -> Iterator[_TsvSentence]:
    """Yield the sentences with their rows."""
    sentence: _TsvSentence | None = None
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("#Text="):
            text = unescape(line[6:], with_codes=with_codes)
            if sentence is not None and not sentence.rows:
                sentence.text += "\n" + text  # a sentence across lines
            else:
                if sentence is not None:
                    yield sentence
                sentence = _TsvSentence(text, number)
        elif (match := _UNIT.match(line)) and sentence is not None:
            words, *cells = line[match.end() :].split("\t")
            if len(cells) < len(columns):
                what = f"the line has {len(cells)} columns of layers, where {len(columns)} are declared"
                problems.append(Problem(what, _AGAIN, path, number))
            row = TsvRow(match[1], int(match[2]), int(match[3]), words, cells[: len(columns)], number)
            sentence.rows.append(row)
        elif line.strip() and not line.startswith("#"):
            problems.append(Problem(f"the line is not a token of a sentence: {line[:40]!r}", _AGAIN, path, number))
    if problems:
        raise DataError(truncate_problems(problems, "lines"))
    if sentence is not None:
        yield sentence


def _text(sentences: list[_TsvSentence], path: str) -> tuple[str, OffsetUnit, int]:
    """Return the text, the unit of offsets in which every token has its words, and how many characters are unknown."""
    problems: list[Problem] = []
    for unit in (UTF_16, CODE_POINTS):  # the format counts UTF-16; some programs do not
        text, gaps, problem = _put_together(sentences, unit, path)
        if problem is None:
            return text, unit, gaps
        problems.append(problem)
    raise DataError(problems[0])


def _put_together(sentences: list[_TsvSentence], unit: OffsetUnit, path: str) -> tuple[str, int, Problem | None]:
    parts: list[str] = []
    length = gaps = 0
    for sentence in sentences:
        start = length + (1 if length else 0)
        if sentence.rows:
            blanks = sentence.text[: len(sentence.text) - len(sentence.text.lstrip())]
            first = sentence.rows[0]
            starts_there = sentence.text.startswith((first.words, unescape(first.words))) and first.words
            start = first.begin - (0 if starts_there else _length(blanks, unit))
        if start < length:
            what = f"the sentence begins at {start}, within the one before, which ends at {length}"
            return "", 0, Problem(what, _AGAIN, path, sentence.line)
        if start > length:
            gap = start - length
            if gap > len(sentence.text) + 1_000_000:
                what = f"the sentence begins at {start}, where the text before has {length} characters"
                return "", 0, Problem(what, _AGAIN, path, sentence.line)
            parts.append("\n" + " " * (gap - 1) if length else " " * gap)
            gaps += gap
        parts.append(sentence.text)
        if problem := _misplaced(sentence, start, unit, path):
            return "", 0, problem
        length = start + _length(sentence.text, unit)
    return "".join(parts), gaps, None


def _misplaced(sentence: _TsvSentence, start: int, unit: OffsetUnit, path: str) -> Problem | None:
    """Return what is wrong with the first token whose words are not those of its sentence; None if all are right."""
    encoded = sentence.text.encode("utf-16-le" if unit == UTF_16 else "utf-32-le", "surrogatepass")
    width = 2 if unit == UTF_16 else 4
    for row in sentence.rows:
        part = encoded[max(row.begin - start, 0) * width : max(row.end - start, 0) * width]
        actual = part.decode("utf-16-le" if unit == UTF_16 else "utf-32-le", "replace")
        is_empty = row.end < row.begin + ("." not in row.name)  # a span without words is a part of a token
        outside = row.begin < start or is_empty or (row.end - start) * width > len(encoded)
        if outside or actual not in (row.words, unescape(row.words), unescape(row.words, with_codes=True)):
            place = f"{row.begin}-{row.end}"
            what = f"token {row.name} says {row.words[:40]!r}, but the text has {actual[:40]!r} at {place}"
            return Problem(what, f"{_AGAIN}; its offsets count UTF-16 code units", path, row.line)
    return None


def _length(text: str, unit: OffsetUnit) -> int:
    return len(text) + sum(character > "\uffff" for character in text) if unit == UTF_16 else len(text)
