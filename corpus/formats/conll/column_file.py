"""Files of columns of other tools: what their documents state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from ....schema import DataError, Document
from ...storage.file_io import file_suffix
from ..foreign.document_builder import DocumentBuilder
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions, ReadRequest
from .column_comments import DocumentStart
from .column_layout import BRACKETS, ColumnLayout, find_layout
from .column_lines import LineFaults, decoded_lines, require_encoding
from .column_samples import ColumnSample
from .column_sentences import SentenceReader, StoredRecordsError
from .recorded_columns import before_records
from .sentence_texts import Sentence, joined_words
from .tag_notation import TagNotation, fitting_notation, invalid_tag
from .tag_repair import REPAIR_FIX, decode_tags, require_repair
from .tag_schemes import OUTSIDE, SCHEME_LETTERS, Entity, IllFormed, Tag, TagSchemeDetector, decode_brackets

_LISTED_LINES = 5
_SURVEYED_LINES = 10_000
_NO_BOUNDARIES = "the whole file is one document, as no line begins another: intervals and tests have one unit"


class ColumnFile(ForeignFormat):
    """A reader for one file of tokens and tags in columns.

    The file is read for its tags until they tell their scheme, and then from its beginning.

    Args:
        source: The file.
        options: How to read what the file leaves open.

    Raises:
        DataError: The file cannot be decoded, or it is unclear which column holds what.
        StoredRecordsError: The file has goldspan's whole records.
        UsageError: An option is invalid.
    """

    name = "conll"

    def __init__(self, source: Path, options: ReadOptions) -> None:
        self._path, self._encoding = str(source), require_encoding(options.encoding)
        self._repair = require_repair(options.repair)
        sample = ColumnSample(decoded_lines(self._path, self._encoding), self._path)
        if sample.has_records:
            raise StoredRecordsError
        self._layout = find_layout(sample, options.columns)
        self._tags = _TagCells(self._layout, self._layout.notation)
        self._scheme = "" if self._layout.is_bracketed else self._find_scheme()
        self._letters = SCHEME_LETTERS.get(self._scheme, frozenset())
        self._notes: dict[str, str] = {}
        self._invisible: list[int] = []
        self._sentences = 0
        self._states_ids = False

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `FormatReader.read`."""
        if self._layout.note:
            request.report.note(self._layout.note)
        builder, count = DocumentBuilder(request), 0
        for stated in self._named(source, source, request.options):
            yield builder.build(stated, [span.fragments for span in stated.spans])
            count += 1
        for marker, role in self._notes.items():
            request.report.note(f"{marker} {role}")
        if self._invisible:
            lines = ", ".join(map(str, self._invisible[:_LISTED_LINES]))
            more = ", …" if len(self._invisible) > _LISTED_LINES else ""
            request.report.note(f"tokens without a visible character are kept (lines {lines}{more})")
        if count == 1 and self._sentences > 1 and not self._states_ids:
            request.report.note(_NO_BOUNDARIES)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the documents state; see `ForeignFormat.statements`."""
        reader = SentenceReader(self._path, self._encoding, self._layout)
        start, content = DocumentStart(0), _Content()
        markers_end_documents = False
        for event in self._events(reader):
            if isinstance(event, Sentence):
                self._sentences += 1
                self._add(event, content, reader.faults)
                continue
            if start.line and not reader.faults:
                yield self._document(start, content)
            markers_end_documents |= not (start.line or event.marker)  # the first document has no marker
            start, content = event, _Content()
        self._notes = reader.markers
        if reader.faults:
            raise reader.faults.error()
        if start.line and (content.sentences or not markers_end_documents):
            yield self._document(start, content)

    def _events(self, reader: SentenceReader) -> Iterator[Sentence | DocumentStart]:
        try:
            yield from reader.events()
        except StoredRecordsError as error:
            raise before_records(self._path, 1) from error

    def _document(self, start: DocumentStart, content: _Content) -> StatedDocument:
        self._states_ids |= bool(start.id)
        return StatedDocument(
            "\n".join(content.sentences),
            content.spans,
            id=start.id,
            line=start.line,
            meta=start.meta,
            extra={"sentence_ids": content.sentence_ids} if content.sentence_ids else {},
            left_out=content.left_out,
            changed=content.changed,
        )

    def _add(self, sentence: Sentence, content: _Content, faults: LineFaults) -> None:
        """Add a sentence to its document."""
        text, bounds = joined_words(sentence, content.changed)
        if sentence.id:
            content.sentence_ids.append(sentence.id)
        content.left_out["empty nodes of sentences"] += sentence.empty_nodes
        if not text.isascii():
            self._invisible += [
                n for n, token in zip(sentence.lines, sentence.tokens, strict=True) if _is_invisible(token)
            ]
        base = content.length
        content.sentences.append(text)
        content.length += len(text) + 1
        if self._tags.outside.issuperset(sentence.tags):
            return
        entities = self._entities(sentence, content, faults)
        if entities:
            tokens, lengths = sentence.tokens, [] if bounds else list(accumulate(map(len, sentence.tokens)))
            for first, end, label in entities:
                if bounds:
                    start, stop = bounds[first][0], bounds[end - 1][1]
                    if bounds[first - 1 : first] == [bounds[first]] or bounds[end : end + 1] == [bounds[end - 1]]:
                        content.changed["spans of parts of a word widened to the whole word"] += 1
                else:  # words are joined by single blanks
                    start, stop = lengths[first] - len(tokens[first]) + first, lengths[end - 1] + end - 1
                fragments = ((base + start, base + stop),)
                content.spans.append(LabelledStatement(label, fragments, line=sentence.lines[first]))

    def _entities(self, sentence: Sentence, content: _Content, faults: LineFaults) -> Sequence[Entity]:
        lines, rule = sentence.lines, self._repair
        if self._layout.is_bracketed:
            for line, cell in zip(lines, sentence.tags, strict=True):
                if not BRACKETS.fullmatch(cell.strip()):
                    faults.add(line, f"{cell!r} is not a bracket of names", "write *, or as in (PERSON* and *)")
            entities, ill_formed = decode_brackets(sentence.tags)
            rule = "none" if rule == "conlleval" else rule
        else:
            tags: list[Tag | None] = list(map(self._tags.__getitem__, sentence.tags))
            if None in tags:
                for line, cell, tag in zip(lines, sentence.tags, tags, strict=True):
                    if tag is None:
                        problem = invalid_tag(cell, self._tags.notation).problems[0]
                        faults.add(line, problem.what, problem.fix)
            if not self._letters.issuperset(self._tags.letters):
                self._refuse_letters(sentence, tags, faults)
            entities, ill_formed = decode_tags([tag or OUTSIDE for tag in tags], self._scheme, rule)
        for chunk in ill_formed:
            self._take_ill_formed(chunk, rule, lines[chunk.token], content, faults)
        return entities

    def _refuse_letters(self, sentence: Sentence, tags: Sequence[Tag | None], faults: LineFaults) -> None:
        """Add faults for tags of another scheme than that of the lines before."""
        for line, tag in zip(sentence.lines, tags, strict=True):
            if tag and tag[0] not in self._letters:
                what = f"{tag[0]}-{tag[1]} is not a tag of {self._scheme}, which the tags before are in"
                faults.add(line, what, "convert the tags to one scheme")

    def _take_ill_formed(self, chunk: IllFormed, rule: str, line: int, content: _Content, faults: LineFaults) -> None:
        if rule == "none":
            faults.add(line, chunk.what, f"{chunk.fix}, {REPAIR_FIX}")
        elif rule == "conlleval":
            content.changed["ill-formed chunks read as conlleval does"] += 1
        else:
            content.left_out["ill-formed chunks of tags"] += 1

    def _find_scheme(self) -> str:
        """Return the tagging scheme of the file, after its tags are known to be in one notation."""
        while True:
            detector, cells = self._survey()
            notation = fitting_notation({self._layout.value(cell) for cell in cells}) or self._tags.notation
            if notation is self._tags.notation:
                break
            self._tags = _TagCells(self._layout, notation)  # a tag beyond the sample tells another notation
        try:
            return detector.scheme(assume_iob2=file_suffix(self._path) in (".iob2", ".bio"))
        except DataError as error:
            raise error.with_location(self._path) from None

    def _survey(self) -> tuple[TagSchemeDetector, set[str]]:
        """Return what the tags tell of their scheme, and the different cells.

        The file is read until the scheme is certain, but at least some thousand lines of it. A tag behind them that
        does not follow the scheme or the notation is refused when it is read.
        """
        detector, cells, known = TagSchemeDetector(), set[str](), self._tags
        for event in SentenceReader(self._path, self._encoding, self._layout).events():
            if isinstance(event, DocumentStart):
                continue
            if not known.outside.issuperset(event.tags):
                cells.update(event.tags)
                detector.add_sentence([known[cell] or OUTSIDE for cell in event.tags])
            if event.lines[-1] > _SURVEYED_LINES and detector.is_certain:
                break
        return detector, cells | known.outside


class _TagCells(dict[str, Tag | None]):
    """The tags of the cells of a column, each parsed once; None for a cell that is not a tag.

    Attributes:
        notation: The notation of the tags.
        outside: The cells seen so far that are outside of entities.
        letters: The letters seen so far.
    """

    def __init__(self, layout: ColumnLayout, notation: TagNotation) -> None:
        super().__init__()
        self._layout = layout
        self.notation = notation
        self.letters: set[str] = set()
        self.outside: set[str] = {"*"} if layout.is_bracketed else set()
        if not layout.is_bracketed and self["O"] == OUTSIDE:
            self.outside.add("O")

    def __missing__(self, cell: str) -> Tag | None:
        tag = self.notation.split(self._layout.value(cell))
        tag = OUTSIDE if tag == OUTSIDE else tag
        self[cell] = tag
        if tag is OUTSIDE:
            self.outside.add(cell)
        elif tag:
            self.letters.add(tag[0])
        return tag


class _Content:
    """The content of a document so far."""

    __slots__ = ("changed", "left_out", "length", "sentence_ids", "sentences", "spans")

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.sentence_ids: list[str] = []
        self.length = 0
        self.spans: list[LabelledStatement] = []
        self.left_out: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()


def _is_invisible(token: str) -> bool:
    return not token.isprintable() and not any(c.isprintable() and not c.isspace() for c in token)
