"""The sentences of a file of columns, and what its comments and markers say of documents."""

from __future__ import annotations

from collections.abc import Iterator

from ....schema import pluralize
from .column_comments import (
    NEW_DOCUMENT,
    DocumentStart,
    document_start,
    ends_sentence,
    is_keyed_comment,
    metadata,
    sentence_id,
    sentence_text,
)
from .column_layout import ColumnLayout, gap_after
from .column_lines import LineFaults, decoded_blocks
from .column_samples import BLANKS, MARKERS, RECORD_COMMENT, fit_row
from .sentence_texts import Sentence

_COUNT_FIX = "write the same number of columns on every line, and tabs between columns where a token holds a blank"


class StoredRecordsError(Exception):
    """The file has goldspan's comments with whole records."""


class SentenceReader:
    """Reads the sentences of a file.

    Args:
        path: The file.
        encoding: Its codec; UTF-8 if it is empty.
        layout: Which column holds what.

    Attributes:
        faults: The faults of lines.
        markers: What the markers that were found do, by marker.
        spacing: The column which states what follows a token; None until a line states it.
    """

    def __init__(self, path: str, encoding: str, layout: ColumnLayout) -> None:
        self._path, self._encoding, self._layout = path, encoding, layout
        self.spacing: int | None = None
        separator = layout.separator
        empty = (separator * 2, f"\n{separator}", f"{separator}\n")
        self._odd = ("\n#", *empty, *("\t" * (separator == " ")))  # in lines that are no plain tokens
        self.faults = LineFaults(path)
        self.markers: dict[str, str] = {}
        self._sentence = Sentence()
        self._stated_text: str | None = None  # of the sentence that follows
        self._stated_id = ""
        self._start = DocumentStart(0)
        self._has_words = False  # since the document began
        self._metadata: dict[str, str] = {}  # of the document that follows

    def events(self) -> Iterator[Sentence | DocumentStart]:
        """Yield the beginnings of documents and their sentences, in order.

        The id and the metadata of a document may be set later, but before its first sentence.

        Raises:
            DataError: The file cannot be decoded.
            StoredRecordsError: The file has whole records.
        """
        number = 0
        for block in decoded_blocks(self._path, self._encoding):
            self._find_spacing(block)
            count = block.count("\n") + 1
            if (columns := self._regular_columns(block, number, count)) is not None:
                yield from self._take_columns(columns, block, number)
                number += count
                continue
            parts = block.split("\n\n")
            for index, part in enumerate(parts):
                rest = part
                while rest.startswith("#"):
                    number += 1
                    line, _, rest = rest.partition("\n")
                    yield from self._take_line(line, number)
                count = rest.count("\n") + 1
                if rest and (columns := self._regular_columns(rest, number, count)) is not None:
                    yield from self._take_columns(columns, rest, number)
                    number += count
                elif rest or not part:
                    for line in rest.split("\n"):
                        number += 1
                        yield from self._take_line(line, number)
                if index < len(parts) - 1:
                    number += 1
                    yield from self._end_sentence()
        yield from self._end_sentence()

    def _regular_columns(self, block: str, before: int, count: int) -> list[list[str]] | None:
        """Return the columns of tokens, tags and spacing if all lines have the same number of them; None otherwise.

        The cells of blank lines are empty. This is most files, and is done by the string methods alone.

        Args:
            block: The lines.
            before: Number of the line before them.
            count: Number of the lines.
        """
        layout = self._layout
        separator, stride = layout.separator, layout.width + 1
        if block.startswith(("#", separator)) or block.endswith(separator) or any(map(block.__contains__, self._odd)):
            return None
        if before < layout.header <= before + count or (layout.tokens and any(map(block.__contains__, MARKERS))):
            return None
        blank = separator * (layout.width - 1)
        if "\n\n" in block or block.startswith("\n") or block.endswith("\n"):
            block = f"\n{block}\n".replace("\n\n", f"\n{blank}\n").replace("\n\n", f"\n{blank}\n")[1:-1]
        # a cell of its own for each line end shows whether every line has all columns
        cells = block.replace("\n", f"{separator}\n{separator}").split(separator)
        if len(cells) != count * stride - 1 or cells[layout.width :: stride].count("\n") != count - 1:
            return None
        tokens = cells[layout.tokens :: stride]
        if separator == "\t" and " " in block and any(token and not token.strip(" ") for token in tokens):
            return None
        if (
            layout.has_subtokens
            and layout.number is not None
            and not "".join(cells[layout.number :: stride]).isdecimal()
        ):
            return None
        columns = [tokens, cells[layout.tags :: stride]]
        return columns if self.spacing is None else [*columns, cells[self.spacing :: stride]]

    def _take_columns(self, columns: list[list[str]], block: str, before: int) -> Iterator[Sentence | DocumentStart]:
        """Take the lines of regular columns."""
        tokens, tags = columns[:2]
        has_markers = any(map(block.__contains__, MARKERS))
        lines: list[str] = []
        start, count = 0, len(tokens)
        while start < count:
            try:
                end = tokens.index("", start)
            except ValueError:
                end = count
            words = tokens[start:end]
            if has_markers and not MARKERS.isdisjoint(words):
                lines = lines or block.split("\n")
                for index in range(start, end):
                    yield from self._take_line(lines[index], before + index + 1)
            elif words:
                sentence = self._sentence
                numbers = range(before + start + 1, before + end + 1)
                sentence.lines = [*sentence.lines, *numbers] if sentence.lines else numbers
                sentence.tokens += words
                sentence.tags += tags[start:end]
                if self.spacing is not None:
                    sentence.gaps += map(gap_after, columns[2][start:end])
            if end < count:
                yield from self._end_sentence()
            start = end + 1

    def _find_spacing(self, block: str) -> None:
        """Find the column which states what follows a token, if any does."""
        if self.spacing is not None or not ("SpaceAfter" in block or "EndOfSentence" in block):
            return
        for line in block.split("\n"):
            if ("SpaceAfter" in line or "EndOfSentence" in line) and (row := self._row(line)):
                found = [n for n, cell in enumerate(row) if n != self._layout.tokens and gap_after(cell) != " "]
                if found:
                    self.spacing = found[0]
                    self._sentence.gaps = [" "] * len(self._sentence.tokens)
                    return

    def _row(self, line: str) -> list[str] | None:
        """Return the columns of a line; None if their number is wrong."""
        row = self._cells(line)
        width = self._layout.width
        return row[:width] if self._layout.is_ragged and len(row) > width else fit_row(row, width)

    def _cells(self, line: str) -> list[str]:
        blanks = BLANKS.split(line.strip(" \t"))
        if self._layout.separator == " ":
            return blanks
        row = line.split("\t")
        return blanks if len(row) == 1 and len(blanks) == self._layout.width else row

    def _take_line(self, line: str, number: int) -> Iterator[Sentence | DocumentStart]:
        """Take a line: a token, a comment, a marker, a blank line, or a faulty one."""
        if line.startswith(RECORD_COMMENT + "{"):
            raise StoredRecordsError
        if not line.strip():
            yield from self._end_sentence()
            return
        if number == self._layout.header:
            return
        cells, row = self._cells(line), self._row(line)
        is_outside = row is None or self._layout.value(row[self._layout.tags]) in ("O", "o", "_", "-X-")
        marker = cells[0] if cells[0] in MARKERS else row[self._layout.tokens] if row else ""
        if marker == "-DOCSTART-" or (marker == "SAMPLE_START" and is_outside):
            if marker == "SAMPLE_START":
                self.markers[marker] = "begins a document"
            yield from self._begin(DocumentStart(number, marker))
        elif marker == "[SEP]" and is_outside:
            self.markers[marker] = "ends a sentence"
            yield from self._end_sentence()
        elif line.startswith("#") and self._is_comment(line, row):
            yield from self._comment(line, number)
        elif row is None:
            self._add_miscounted(cells, number)
        else:
            self._add_row(row, number)

    def _is_comment(self, line: str, row: list[str] | None) -> bool:
        is_tabbed, number = self._layout.separator == "\t", self._layout.number
        if row is not None and number is not None and row[number] == "#":
            return True  # the source of a sentence, as in GermEval 2014
        if row is not None and self._layout.is_tag(row[self._layout.tags]):
            return not is_tabbed and is_keyed_comment(line)
        if row is not None and is_tabbed and not line.startswith("# "):
            return False  # a token with an invalid tag
        if line.startswith(("# ", "#begin document", "#end document")) or is_keyed_comment(line):
            return True
        return row is None and not self._sentence.tokens

    def _comment(self, line: str, number: int) -> Iterator[Sentence | DocumentStart]:
        if start := document_start(line, number):
            if not start.id or start.marker == NEW_DOCUMENT or start.id != self._start.id:
                yield from self._begin(start)
        elif found := metadata(line):
            yield from self._end_sentence()
            self._metadata |= found
        elif ends_sentence(line):
            yield from self._end_sentence()
            text = sentence_text(line)
            self._stated_text = self._stated_text if text is None else text
            self._stated_id = sentence_id(line) or self._stated_id

    def _begin(self, start: DocumentStart) -> Iterator[Sentence | DocumentStart]:
        yield from self._end_sentence()
        current = self._start
        if current.marker and not self._has_words and current.marker != start.marker and not (current.id and start.id):
            current.id = current.id or start.id  # two lines that begin one document
            return
        start.meta, self._metadata = self._metadata, {}
        self._start, self._has_words = start, False
        yield start

    def _end_sentence(self) -> Iterator[Sentence | DocumentStart]:
        sentence = self._sentence
        if not sentence.tokens:
            return
        if not self._start.line:
            self._start = DocumentStart(sentence.lines[0])
            yield self._start
        self._start.meta |= self._metadata
        self._metadata = {}
        self._has_words = True
        sentence.text, sentence.id = self._stated_text, self._stated_id
        self._stated_text, self._stated_id = None, ""
        self._sentence = Sentence()
        yield sentence

    def _add_miscounted(self, cells: list[str], number: int) -> None:
        count = len("\t".join(cells).rstrip().split("\t")) if len(cells) > 1 else 1
        if count == 1:
            self.faults.add(number, "the line has one column", "write the token, a tab and its tag")
            return
        what = f"{pluralize(count, 'column')}, where the lines before have {self._layout.width}"
        self.faults.add(number, what, _COUNT_FIX)

    def _add_row(self, row: list[str], number: int) -> None:
        layout, sentence = self._layout, self._sentence
        token = row[layout.tokens]
        if not token.strip(" \t"):
            self.faults.add(number, "the token is empty", "write it in the column of tokens, or delete the line")
            return
        gap = gap_after(row[self.spacing]) if self.spacing is not None else " "
        if layout.has_subtokens and layout.number is not None and not row[layout.number].isdecimal():
            first, _, last = row[layout.number].partition("-")
            if not last or not (first + last).isdecimal() or not len(last) < 7 > len(first):
                sentence.empty_nodes += 1
            elif layout.value(row[layout.tags]) not in ("O", "o", "_", "-", "*"):
                fix = "write the tags on the lines of the words that it is made of"
                self.faults.add(number, "the line of a word that others make up has a tag of its own", fix)
            else:
                sentence.surfaces.append((len(sentence.tokens), int(last) - int(first) + 1, token, gap))
            return
        sentence.tokens.append(token)
        sentence.tags.append(row[layout.tags])
        if not isinstance(sentence.lines, list):
            sentence.lines = [*sentence.lines]
        sentence.lines.append(number)
        if self.spacing is not None:
            sentence.gaps.append(gap)
