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
from .cas_structures import CasFile, FeatureStructure, Sofa, TypeSystem
from .tsv_contents import TsvContents, tsv_lines

_FORMAT = re.compile(r"#FORMAT=WebAnno TSV (3\.[0-9])\s*")
_UNIT = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)\t([0-9]{1,18})-([0-9]{1,18})\t")
_DISAMBIGUATION = re.compile(r"(?<!\\)((?:\\\\)*)\[([0-9_]{1,18})\]\Z")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_LAYER_KINDS = {"#T_SP=": "span", "#T_RL=": "relation", "#T_CH=": "chain"}
_AGAIN = "export the document again as WebAnno TSV 3.3"
_FIRST_ID = 10**15  # no number in a column is taken for one


@dataclass(slots=True)
class _Column:
    layer: str
    kind: str
    feature: str


@dataclass(slots=True)
class _Row:
    """A token, or a part of one.

    Attributes:
        name: Its number: `1-6`, or `1-6.1` for a part.
        begin: Its first character, in the file's unit.
        end: Its end.
        words: Its words.
        cells: Its columns.
        line: Its line in the file.
    """

    name: str
    begin: int
    end: int
    words: str
    cells: list[str]
    line: int


@dataclass(slots=True)
class _TsvSentence:
    text: str
    line: int
    rows: list[_Row] = field(default_factory=list)


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
    builder = _SpanBuilder(cas, columns, left_out)
    for sentence in sentences:
        for row in sentence.rows:
            builder.add(row)
    return TsvContents(cas, unit, left_out, gaps)


def _columns(lines: list[str]) -> list[_Column]:
    """Return the declared columns."""
    columns: list[_Column] = []
    for line in takewhile(lambda line: line[:6] in _LAYER_KINDS, lines[1:]):
        kind = _LAYER_KINDS[line[:6]]
        layer, _, rest = line[6:].partition("|")
        slot = False
        for name in rest.split("|"):
            if kind != "span":
                columns.append(_Column(layer, kind, name))
            elif name.startswith("ROLE_"):
                columns.append(_Column(layer, "role", name.rpartition("_")[0].rpartition(":")[2]))
            else:
                columns.append(_Column(layer, "slot" if slot else "feature", name))
            slot = name.startswith("ROLE_")
    return columns


def _sentences(lines: list[str], columns: list[_Column], path: str, *, with_codes: bool) -> Iterator[_TsvSentence]:
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
            row = _Row(match[1], int(match[2]), int(match[3]), words, cells[: len(columns)], number)
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
        outside = row.begin < start or row.begin >= row.end or (row.end - start) * width > len(encoded)
        if outside or actual not in (row.words, unescape(row.words), unescape(row.words, with_codes=True)):
            what = (
                f"token {row.name} says {row.words[:40]!r}, but the text has {actual[:40]!r} at {row.begin}-{row.end}"
            )
            return Problem(what, f"{_AGAIN}; its offsets count UTF-16 code units", path, row.line)
    return None


def _length(text: str, unit: OffsetUnit) -> int:
    return len(text) + sum(character > "\uffff" for character in text) if unit == UTF_16 else len(text)


class _SpanBuilder:
    """Puts the spans together that rows have parts of."""

    def __init__(self, cas: CasFile, columns: list[_Column], left_out: Counter[str]) -> None:
        self._cas, self._left_out = cas, left_out
        self._layers: dict[str, list[tuple[int, _Column]]] = {}
        for index, column in enumerate(columns):
            self._layers.setdefault(column.layer, []).append((index, column))
        self._numbered: dict[tuple[str, str], FeatureStructure] = {}
        self._links: set[tuple[str, str]] = set()

    def add(self, row: _Row) -> None:
        """Add what a row states."""
        for layer, columns in self._layers.items():
            cells = [(column, _split(row.cells[index], "|")) for index, column in columns if row.cells[index] != "_"]
            if not cells:
                continue
            kind = cells[0][0].kind
            if kind in ("relation", "chain"):
                self._count(layer, kind, cells)
                continue
            for position in range(max(len(values) for _, values in cells)):
                stacked = [(column, values[position]) for column, values in cells if position < len(values)]
                self._add_span(layer, row, stacked)

    def _count(self, layer: str, kind: str, cells: list[tuple[_Column, list[str]]]) -> None:
        if kind == "relation":
            self._left_out["relations"] += len(cells[0][1])
            return
        for value in cells[-1][1]:  # `coref->1-2` on each token of a link
            link = (layer, value.rpartition("->")[2])
            self._left_out["links of chains"] += link not in self._links
            self._links.add(link)

    def _add_span(self, layer: str, row: _Row, stacked: list[tuple[_Column, str]]) -> None:
        number = ""
        features: dict[str, object] = {}
        slots = 0
        for column, value in stacked:
            match = _DISAMBIGUATION.search(value) if column.kind != "slot" else None
            if match is not None:
                number = number or match[2]
                value = value[: match.start()] + match[1]
            if column.kind == "feature" and value != "*" and column.feature:
                features[column.feature] = unescape(value)
            elif column.kind == "role" and value not in ("*", "_"):
                slots += len(_split(value, ";"))
        known = self._numbered.get((layer, number)) if number else None
        if known is not None:
            known.features["end"] = max(known.features["end"], row.end)
            return
        self._left_out["roles of slots"] += slots
        bounds = {"begin": row.begin, "end": row.end}
        identifier = _FIRST_ID + len(self._cas.structures)
        structure = FeatureStructure(identifier, layer, {**features, **bounds}, row.line, f"at token {row.name}")
        self._cas.add(structure)
        if number:
            self._numbered[layer, number] = structure


def _split(cell: str, separator: str) -> list[str]:
    """Split a cell at the separators that are not escaped."""
    return re.findall(rf"(?:\A|{re.escape(separator)})((?:\\.|[^\\{re.escape(separator)}]|\\\Z)*)", cell, re.DOTALL)


def unescape(text: str, *, with_codes: bool = False) -> str:
    r"""Return a text without escapes.

    Args:
        text: The text as the file has it.
        with_codes: Whether `\u0041` is a code, as before version 3.2.
    """

    def replaced(match: re.Match[str]) -> str:
        escaped = match[1]
        if len(escaped) == 5:
            return chr(int(escaped[1:], 16)) if with_codes else escaped
        return _CONTROLS.get(escaped, escaped)

    return _ESCAPE.sub(replaced, text)
