"""Which column of a file holds what: as the call says, or as its first lines show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ....schema import DataError, Problem, UsageError, did_you_mean
from .column_names import is_header, parse_columns
from .column_samples import ColumnSample
from .tag_notation import CANONICAL, PLACEHOLDER, TagNotation, fitting_notation

BRACKETS = re.compile(r"(?:\([^()*\s]+)*\*\)*|(?:\([^()*\s]+)+\)+")
"""A value of a column of brackets, as of CoNLL-2012: `(PERSON*`, `*`, `*)`, `(GPE)`."""

_UNSPACED = {"SpaceAfter=No", "NoSpaceAfter"}

_ATTRIBUTE = re.compile(r"(?:.*\|)?(?P<key>NER|NE|ner|ne|name)=(?P<tag>[^|]*)(?:\|.*)?")
_LABEL_ALONE = re.compile(r"(?![BIESLUMWbieslumw][-_:–])[^|=\W\d][^|=]+")
_CHUNK_TYPES = frozenset("NP VP PP ADVP SBAR ADJP PRT CONJP INTJ LST UCP NC PC VC NX AX".split())
_MIN_SHARE = 0.9  # of the values of a column that must be tags, so that the others are faults
_MIN_ROWS = 2  # by which a file is recognised
_MAX_LABELS = 100  # of a column of labels alone
_CONLL_2012 = (2, 3, 10)  # number, token and name columns, counted from 0


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Which column of a file holds what, counted from 0.

    Attributes:
        separator: The separator of columns: a tab or a blank.
        width: Number of columns.
        tokens: Column of tokens.
        tags: Column of tags.
        number: Column of the numbers of tokens in their sentences; None if there is none.
        has_subtokens: Whether the numbers are as in CoNLL-U, with ranges and empty nodes.
        is_ragged: Whether lines may have more columns, as in CoNLL-2012.
        is_bracketed: Whether the tags are brackets.
        attribute: Key of the attribute that has the tags, in a column such as MISC; empty if the column is the tags.
        header: Line of the names of the columns; 0 if there is none.
        notation: How the tags are written.
        note: How the columns were found, if they were guessed.
    """

    separator: str
    width: int
    tokens: int
    tags: int
    number: int | None = None
    has_subtokens: bool = False
    is_ragged: bool = False
    is_bracketed: bool = False
    attribute: str = ""
    header: int = 0
    notation: TagNotation = CANONICAL
    note: str = ""

    def value(self, cell: str) -> str:
        """Return the tag in a cell of the column of tags."""
        if not self.attribute:
            return cell.strip()
        match = _ATTRIBUTE.fullmatch(cell)
        return match["tag"] if match and match["key"] == self.attribute else "O"

    def is_tag(self, cell: str) -> bool:
        """Return whether a cell is a tag, as far as its look tells."""
        if self.is_bracketed:
            return BRACKETS.fullmatch(cell) is not None
        return self.notation.split(self.value(cell)) is not None


def gap_after(cell: str) -> str:
    """Return what follows a token by a cell: nothing, a line break at the end of a sentence, or a blank by default."""
    flags = cell.split("|")
    if "EndOfSentence" in flags:
        return "\n"
    return " " if _UNSPACED.isdisjoint(flags) else ""


def find_layout(sample: ColumnSample, spec: str = "") -> ColumnLayout:
    """Return the layout of a file.

    Args:
        sample: Its first lines.
        spec: The option `columns`; what it does not name is guessed.

    Raises:
        DataError: Several columns may be the one of tags, or none is.
        UsageError: The option is invalid or names a column that the file does not have.
    """
    return _LayoutGuess(sample, spec).layout()


def shows_tags(sample: ColumnSample) -> bool:
    """Return whether the first lines of a file are certainly columns of tokens and tags."""
    if sample.has_records:
        return True
    if sample.is_webanno or len(sample.rows) < _MIN_ROWS or sample.faulty > (1 - _MIN_SHARE) * len(sample.rows) + 1:
        return False
    try:
        layout = find_layout(sample)
    except DataError as error:
        return any("hold tags" in problem.what or "labels alone" in problem.what for problem in error.problems)
    rows = [row for row, number in zip(sample.rows, sample.numbers, strict=True) if number != layout.header]
    cells = [row[layout.tags] for row in rows]
    tagged = sum(map(layout.is_tag, cells))
    if layout.is_bracketed:
        return sample.begins_documents and tagged == len(cells)
    labelled = any((tag := layout.notation.split(layout.value(cell))) and tag[0] for cell in cells)
    enough = labelled or (len(cells) > _MIN_ROWS and sample.separator == "\t")
    return enough and layout.notation.name != "B alone" and tagged >= _MIN_SHARE * len(cells) and len(cells) > 0


class _LayoutGuess:
    def __init__(self, sample: ColumnSample, spec: str) -> None:
        self._sample = sample
        self._width = sample.width
        self._names, self._header = sample.names, sample.names_line
        self._rows = sample.rows
        if not self._names and self._rows and is_header(self._rows[0]):
            self._names, self._header = [cell.strip() for cell in self._rows[0]], sample.numbers[0]
        wanted = parse_columns(spec)
        if not self._names and any(not value.isdecimal() for value in wanted.values()):
            self._take_header(list(wanted.values()))
        if self._header and self._rows and sample.numbers[0] == self._header:
            self._rows = self._rows[1:]
        self._given = {key: self._column(key, value) for key, value in wanted.items()}
        if len(set(self._given.values())) < len(self._given):
            raise UsageError(f"`columns` {spec!r} names one column for tokens and tags. Fix: name two columns")
        self._columns = [set(cells) for cells in zip(*self._rows, strict=True)] or [set() for _ in range(self._width)]

    def layout(self) -> ColumnLayout:
        is_2012 = self._is_2012()
        number, has_subtokens = self._number(is_2012)
        tokens = self._given.get("tokens")
        if tokens is None:
            tokens = 0 if number is None else number + 1
        tags, attribute, is_bracketed = self._tags(tokens, is_2012)
        if tokens == tags:
            if "tokens" in self._given:
                what = f"`columns` names column {tokens + 1} for tokens, which holds the tags"
                raise UsageError(f"{what}. Fix: another column, or name that of tags too")
            raise DataError(self._problem("the line has one column", "write the token, a tab and its tag"))
        cells = self._columns[tags] if not attribute else {"O"}
        notation = CANONICAL if is_bracketed else fitting_notation(cells) or CANONICAL
        is_guessed = len(self._given) < 2 and (self._width > 2 or self._header > 0)
        note = self._note(tokens, tags, attribute) if is_guessed else ""
        return ColumnLayout(
            self._sample.separator,
            self._width,
            tokens,
            tags,
            number,
            has_subtokens,
            is_2012 or self._sample.is_ragged,
            is_bracketed,
            attribute,
            self._header,
            notation,
            note,
        )

    def _note(self, tokens: int, tags: int, attribute: str) -> str:
        where = f"{attribute} of column {self._named(tags)}" if attribute else f"column {self._named(tags)}"
        return f"tokens in column {self._named(tokens)}, tags in {where}"

    def _named(self, column: int) -> str:
        name = self._names[column] if column < len(self._names) else ""
        return f"{column + 1} ({name})" if name else str(column + 1)

    def _problem(self, what: str, fix: str) -> Problem:
        return Problem(what, fix, self._sample.path, self._sample.numbers[0] if self._sample.numbers else 0)

    def _take_header(self, wanted: Sequence[str]) -> None:
        """Take the first line for the names of the columns if it has those that the call wants."""
        first = [cell.strip() for cell in self._rows[0]] if self._rows else []
        if all(value.isdecimal() or value in first for value in wanted):
            self._names, self._header = first, self._sample.numbers[0]

    def _column(self, key: str, value: str) -> int:
        if value.isdecimal() and len(value) < 6:
            if not 1 <= int(value) <= self._width:
                what = f"`columns`: there is no column {value} for {key}"
                raise UsageError(f"{what}. Fix: a number from 1 to {self._width}")
            return int(value) - 1
        if value not in self._names:
            known = did_you_mean(value, self._names) if self._names else "a number from 1, as the file names no columns"
            raise UsageError(f"`columns`: there is no column {value!r} for {key}. Fix: {known}")
        return self._names.index(value)

    def _is_2012(self) -> bool:
        """Return whether the columns are those of CoNLL-2012."""
        number, _, names = _CONLL_2012
        return (
            self._width > names + 1
            and all(map(BRACKETS.fullmatch, self._columns[names]))
            and all(cell.isdecimal() for cell in self._columns[number])
        )

    def _number(self, is_2012: bool) -> tuple[int | None, bool]:
        """Return the column of numbers, and whether it has ranges and empty nodes."""
        if is_2012:
            return _CONLL_2012[0], False
        if self._width < 3 or not self._rows or self._given.get("tokens") == 0:
            return None, False
        kind = self._sample.numbering(self._header)
        if kind or self._names[:1] == ["ID"]:
            return 0, kind == "CoNLL-U"
        if "tokens" not in self._given and len(self._rows) >= 5 and all(cell.isdecimal() for cell in self._columns[0]):
            what = "column 1 holds numbers, which do not count the tokens of sentences"
            raise DataError(self._problem(what, "name the column of tokens with `columns`: tokens=2"))
        return None, False

    def _tags(self, tokens: int, is_2012: bool) -> tuple[int, str, bool]:
        """Return the column of tags, the key of its attribute, and whether it holds brackets."""
        if "tags" in self._given:
            return self._with_look(self._given["tags"])
        if is_2012:
            return _CONLL_2012[2], "", True
        others = [column for column in range(self._width) if column != tokens]
        labelled: list[int] = []
        chunks: list[int] = []
        outside: list[int] = []
        for column in others:
            labels = self._labels(column)
            if labels is not None:
                (outside if not labels else chunks if labels <= _CHUNK_TYPES else labelled).append(column)
        last = self._width - 1
        if len(labelled) > 1 or (labelled and labelled != [last] and last in outside):
            raise self._several([*labelled, last] if len(labelled) == 1 else labelled)
        if not labelled and last in outside:
            return last, "", False
        found = labelled or chunks or outside
        if len(found) > 1:
            raise self._several(found)
        if found:
            return found[0], "", False
        return self._unusual(others)

    def _unusual(self, others: Sequence[int]) -> tuple[int, str, bool]:
        """Return the column of brackets or of attributes; without any, the last one if it has a tag at all."""
        brackets = [column for column in others if self._with_look(column)[2]]
        if len(brackets) > 1:
            raise self._several(brackets)
        found = brackets or [column for column in others if self._with_look(column)[1]]
        if len(found) == 1:
            return self._with_look(found[0])
        for column in others:
            if label := self._bare_label(column):
                what = (
                    f"column {self._named(column)} has labels alone, such as {label}: it is unknown where a span begins"
                )
                fix = f"write B-{label} where one begins and I-{label} for its other tokens, or I-{label} for all"
                raise DataError(self._problem(what, fix))
        last = self._width - 1
        cells = {cell.strip() for cell in self._columns[last]} - {PLACEHOLDER}
        if self._width > 2 and not (any(map(CANONICAL.split, cells)) or (self._columns[last] and not cells)):
            what = f"none of the {self._width} columns holds tags"
            raise DataError(self._problem(what, "name the column of tags with `columns`: tags=3"))
        return last, "", False

    def _bare_label(self, column: int) -> str:
        """Return a label of a column of O and labels without letters; empty for another column."""
        cells = {cell.strip() for cell in self._columns[column]} - {"O", PLACEHOLDER}
        outside = sum(row[column].strip() == "O" for row in self._rows)
        is_bare = outside * 2 > len(self._rows) and not any(map(CANONICAL.split, cells)) and len(cells) <= _MAX_LABELS
        return min(cells, default="") if is_bare and all(map(_LABEL_ALONE.fullmatch, cells)) else ""

    def _with_look(self, column: int) -> tuple[int, str, bool]:
        cells = {cell.strip() for cell in self._columns[column]}
        if cells and all(map(BRACKETS.fullmatch, cells)):
            return column, "", True
        keys = Counter(match["key"] for cell in cells if (match := _ATTRIBUTE.fullmatch(cell)))
        return column, next(iter(keys), ""), False

    def _labels(self, column: int) -> set[str] | None:
        """Return the labels of a column of tags, empty if it is all O; None for another column."""
        cells = {cell.strip() for cell in self._columns[column]}
        if cells <= {PLACEHOLDER}:
            return None
        notation = fitting_notation(cells)
        if notation is None:
            faulty = {cell for cell in cells if CANONICAL.split(cell) is None}
            count = sum(row[column].strip() in faulty for row in self._rows)
            if count > (1 - _MIN_SHARE) * len(self._rows) or cells - faulty <= {"O", PLACEHOLDER}:
                return None
            cells, notation = cells - faulty, CANONICAL
        return {split[1] for cell in cells if (split := notation.split(cell)) and split[0]}

    def _several(self, columns: Sequence[int]) -> DataError:
        named = [self._named(column) for column in columns]
        shown = f"{', '.join(named[:-1])} and {named[-1]}"
        example = self._names[columns[0]] if columns[0] < len(self._names) else str(columns[0] + 1)
        return DataError(self._problem(f"columns {shown} hold tags", f"name one with `columns`: tags={example}"))
