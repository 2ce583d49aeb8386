"""The first lines of a file of columns: its separator, its rows, and whether a column counts tokens."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise

from .tag_notation import CANONICAL

BLANKS = re.compile(r"[ \t]+")
RECORD_COMMENT = "# goldspan "
"""What the line with a whole record begins with in files that goldspan wrote."""

LABELS_COMMENT = "# goldspan.labels "
"""How the first line begins if labels stand under their keys in tags; it states the labels by key as JSON."""

MARKERS = frozenset({"-DOCSTART-", "SAMPLE_START", "[SEP]"})
"""Tokens of lines that are no tokens: they begin a document, or end a sentence."""

_LINES = 5000
_GLOBAL_COLUMNS = re.compile(r"#\s*global\.columns\s*=\s*(.*)")
_WEBANNO_SENTENCE = re.compile(r"#id=[0-9]+")
_RANGE = re.compile(r"(\d{1,6})-(\d{1,6})")
_PARTS = re.compile(r"(\d{1,6})[.-](\d{1,6})")


class ColumnSample:
    """The token lines among the first lines of a file, in columns.

    Args:
        lines: The lines of the file, of which the first thousands are taken.
        path: The file, for messages.

    Attributes:
        path: The file, for messages.
        has_records: Whether goldspan's comments with whole records are in it.
        is_webanno: Whether it is an old file of WebAnno, which has a reader of its own.
        begins_documents: Whether a line of CoNLL-2012 begins a document.
        separator: A tab, or a blank.
        width: Number of columns of most lines.
        is_ragged: Whether the number of columns differs between sentences, as in CoNLL-2012.
        rows: The cells of the lines with that number.
        numbers: Their line numbers, from 1.
        faulty: Number of lines with another number of columns.
        names: Names of the columns, if a comment has them.
        names_line: The line of that comment.
    """

    def __init__(self, lines: Iterable[str], path: str = "") -> None:
        self.path = path
        taken = list(islice(lines, _LINES))
        self.has_records = any(line.startswith(RECORD_COMMENT + "{") for line in taken)
        self.begins_documents = any(line.startswith("#begin document") for line in taken)
        self.is_webanno = any(map(_WEBANNO_SENTENCE.fullmatch, taken)) and any(n.startswith("#text=") for n in taken)
        self.names: list[str] = []
        self.names_line = 0
        for number, line in enumerate(taken, 1):
            if match := _GLOBAL_COLUMNS.match(line):
                self.names, self.names_line = match[1].split(), number
        plain = [(n, line) for n, line in enumerate(taken, 1) if line.strip() and not line.startswith("#")]
        if not plain:  # the only tokens are signs such as #
            plain = [(n, line) for n, line in enumerate(taken, 1) if _ends_in_tag(line)]
        self.separator = "\t" if sum("\t" in line.rstrip() for _, line in plain) * 2 > len(plain) else " "
        split = [(n, self._split(line)) for n, line in plain]
        split = [(n, row) for n, row in split if not MARKERS.intersection(row[:2])]
        widths = Counter(len(row) for _, row in split)
        self.width = max(widths, key=lambda width: sum(bool(fit_row(row, width)) for _, row in split), default=2)
        self.is_ragged = self.begins_documents and min(widths, default=0) > 10
        if self.is_ragged:
            self.width = min(widths)
            split = [(n, row[: self.width]) for n, row in split]
        kept = [(n, fitted) for n, row in split if (fitted := fit_row(row, self.width))]
        self.rows = [row for _, row in kept]
        self.numbers = [n for n, _ in kept]
        self.faulty = len(split) - len(kept)
        self._faulty_lines = {n for n, _ in split}.difference(self.numbers)
        self._blank_lines = [n for n, line in enumerate(taken, 1) if not line.strip()]

    def _split(self, line: str) -> list[str]:
        return line.split("\t") if self.separator == "\t" else BLANKS.split(line.strip(" \t"))

    def numbering(self, header: int) -> str:
        """Return how the first column counts the tokens: `CoNLL-U`, `plain`, or empty if it does not.

        Args:
            header: Line of the names of the columns; 0 if there is none.
        """
        by_sentence: dict[int, list[str]] = {}
        for number, row in zip(self.numbers, self.rows, strict=True):
            if number != header:
                by_sentence.setdefault(bisect(self._blank_lines, number), []).append(row[0])
        for number in self._faulty_lines:
            by_sentence.pop(bisect(self._blank_lines, number), None)
        sentences = list(by_sentence.values())
        if not any(len(sentence) > 1 for sentence in sentences):
            return ""
        if all(map(_counts_words, sentences)):
            return "CoNLL-U"
        cells = [cell for sentence in sentences for cell in sentence]
        return "plain" if _counts_up(cells) or all(map(_counts_parts, sentences)) else ""


def fit_row(row: list[str], width: int) -> list[str] | None:
    """Return a row without empty columns beyond its width; None if it has another number of columns."""
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    return row if len(row) == width else None


def _ends_in_tag(line: str) -> bool:
    cells = line.split()
    return len(cells) > 1 and CANONICAL.split(cells[-1]) is not None


def _counts_words(cells: Sequence[str]) -> bool:
    """Return whether cells are the numbers of a sentence in CoNLL-U: from 0 or 1, with ranges and empty nodes."""
    expected = None
    for cell in cells:
        if cell.isdecimal() and len(cell) < 7:
            number = int(cell)
            if number != (expected if expected is not None else number) or (expected is None and number > 1):
                return False
            expected = number + 1
        elif match := _RANGE.fullmatch(cell):
            if int(match[1]) != (expected if expected is not None else 1) or int(match[2]) <= int(match[1]):
                return False
        elif not (match := _PARTS.fullmatch(cell)) or int(match[1]) != (expected if expected is not None else 1) - 1:
            return False
    return expected is not None


def _counts_up(cells: Sequence[str]) -> bool:
    """Return whether cells count from 0 or 1 on through the whole file."""
    if not all(cell.isdecimal() and len(cell) < 10 for cell in cells):
        return False
    return int(cells[0]) < 2 and all(int(b) - int(a) == 1 or int(b) < 2 for a, b in pairwise(cells))


def _counts_parts(cells: Sequence[str]) -> bool:
    """Return whether cells count tokens in sentences, as `1.1`, `1.2`, `2.1`."""
    matches = [match for cell in cells if (match := _PARTS.fullmatch(cell))]
    if len(matches) < len(cells):
        return False
    pairs = [(int(match[1]), int(match[2])) for match in matches]
    return all((a, n + 1) == (b, m) or (b == a + 1 and m < 2) for (a, n), (b, m) in pairwise(pairs))
