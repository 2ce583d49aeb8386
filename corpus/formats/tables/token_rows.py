"""The format `hf-tokens`: rows of tokens and their tags, as datasets for token classification have them.

```
{"id": "0", "tokens": ["Iran", "struck", "Erbil"], "ner_tags": ["B-ACTOR", "O", "B-LOCATION"]}
```

Tags are strings, or numbers of classes whose names the dataset states (`ClassLabel`). The text of a document is that of
the row, if it has one with the words of the tokens, else the tokens joined by blanks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ....schema import DataError, Document, Problem, Scheme, truncate_problems
from ..conll.tag_notation import parse_tag
from ..conll.tag_repair import require_entities, require_repair
from ..conll.tag_schemes import OUTSIDE, Tag, TagSchemeDetector
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions, ReadRequest
from ..transfer_reports import LossReport
from .hub_rows import HubRows, page_description, rows_of_path, sampled_rows
from .row_columns import keep_columns, parse_column_roles, row_id
from .tagged_row import TaggedRow, placed_tokens, stated_offsets
from .token_row_writer import write_token_rows

TOKENS = ("tokens", "words")
"""Columns of tokens; the first of them that a row has is read."""

TAGS = ("ner_tags", "tags", "labels", "ner", "ner_labels", "ner_tag", "ner_tags_index", "bio_tags", "iob_tags")
"""Columns of tags, likewise."""

_ROLES = ("tokens", "tags", "text", "names")
_NAMES = "name the classes in their order with `columns`: tags={},names=O B-… I-… (with blanks between them)"


class TokenRowsFormat(ForeignFormat):
    """Rows of tokens and tags.

    Args:
        rows: Rows in memory, which are read instead of a file; their ids are their positions unless they have some.
    """

    name = "hf-tokens"
    summary = "rows of tokens and ner_tags, as datasets of Hugging Face have them"
    file = "tokens.parquet"
    suffixes = (".arrow",)
    write_suffixes = (".jsonl", ".parquet")
    folder_patterns = ("tokens.parquet",)
    read_options = ("columns", "id_field", "repair")
    write_extras = ("parquet", "rules")
    holds = ("text", "ids", "cuts")

    def __init__(self, rows: HubRows | None = None) -> None:
        self._rows = rows
        self._tag_schemes: dict[Path, str] = {}

    def recognises(self, sample: FileSample) -> bool:
        """Return whether every row has tokens and as many tags."""
        return are_token_rows(sampled_rows(sample))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `FormatWriter.write`."""
        return write_token_rows(documents, out, scheme, loss)

    def prepared(self, request: ReadRequest) -> TokenRowsFormat:
        """Return a reader of its own, which keeps the tagging scheme of each file; see `ForeignFormat.prepared`."""
        return TokenRowsFormat(self._rows)

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return which rows a page has; see `ForeignFormat.describe`."""
        return page_description(source) if self._rows is None else ""

    def _reader(self, source: Path, options: ReadOptions) -> _TagReader:
        rows = self._rows if self._rows is not None else rows_of_path(source)
        return _TagReader(rows, parse_column_roles(options.columns, _ROLES))

    def _tag_scheme(self, source: Path, reader: _TagReader) -> str:
        """Return the tagging scheme of a file, which all of its rows tell, so that they are read before."""
        if source not in self._tag_schemes:
            self._tag_schemes[source] = reader.survey()
        return self._tag_schemes[source]

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the rows state; see `ForeignFormat.statements`."""
        reader = self._reader(source, options)
        tag_scheme, repair = self._tag_scheme(source, reader), require_repair(options.repair)
        problems: list[Problem] = []
        for number, row in enumerate(reader.rows()):
            try:
                stated = _stated(row, reader, tag_scheme, repair, options.id_field or "id")
                stated.id = row_id(row.row, options.id_field) or ("" if self._rows is None else str(number))
            except DataError as error:
                problems += (problem.with_location(reader.path, row.line) for problem in error.problems)
                continue
            stated.path, stated.line = reader.path, row.line
            yield stated
        if problems:
            raise DataError(truncate_problems(problems, "invalid rows"))


def are_token_rows(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows all have tokens and tags, one for each in most; some may be null, but not all."""
    whole = uneven = 0
    for row in rows:
        tokens = next((row[name] for name in TOKENS if name in row), ())
        tags = next((row[name] for name in TAGS if name in row), ())
        if tokens is None or tags is None:
            continue
        if not isinstance(tokens, list) or not isinstance(tags, list):
            return False
        if not all(isinstance(t, str) for t in tokens) or not all(isinstance(t, str) or type(t) is int for t in tags):
            return False
        whole += 1
        uneven += len(tokens) != len(tags)  # a row with a fault, which the reader tells
    return whole > 2 * uneven


class _TagReader:
    """The rows of a dataset, with the columns that hold tokens and tags."""

    def __init__(self, rows: HubRows, columns: Mapping[str, str]) -> None:
        self._source = rows
        self._columns = columns
        self._known: dict[str, dict[object, Tag]] = defaultdict(dict)
        self.path = rows.path
        self.text = columns.get("text", "text")

    def survey(self) -> str:
        """Return the tagging scheme of all rows.

        Raises:
            DataError: Rows are invalid; all faults are reported.
        """
        detector = TagSchemeDetector()
        problems: list[Problem] = []
        for line, row in self._source.numbered():
            try:
                detector.add_sentence(self._checked(line, row).tags)
            except DataError as error:
                problems += (problem.with_location(self._source.path, line) for problem in error.problems)
        if problems:
            raise DataError(truncate_problems(problems, "invalid rows"))
        try:
            return detector.scheme(assume_iob2=False)
        except DataError as error:
            raise error.with_location(self._source.path) from None

    def classes(self, path: str) -> Sequence[str]:
        """Return the names of the classes of a column."""
        return self._source.classes.get(path, ())

    def rows(self) -> Iterator[TaggedRow]:
        """Yield the rows, which `survey` has checked."""
        for line, row in self._source.numbered():
            yield self._checked(line, row)

    def column(self, role: str, row: Mapping[str, Any]) -> str:
        """Return the column of a role.

        Raises:
            DataError: The row has none.
        """
        named = self._columns.get(role)
        known = (named,) if named else TOKENS if role == "tokens" else TAGS
        found = [name for name in known if name in row]
        if not found:
            what = f"the row has no column {named!r}" if named else f"the row has no {role}, and no column tells which"
            columns = ", ".join(map(str, row))
            raise DataError(Problem(what, f"name it with `columns`, as in {role}=NAME; its columns: {columns}"))
        # of several columns of tags, one whose classes have names
        return next((name for name in found if name in self._source.classes), found[0])

    def _checked(self, line: int, row: Mapping[str, Any]) -> TaggedRow:
        tokens_column, tags_column = self.column("tokens", row), self.column("tags", row)
        tokens, tags = row[tokens_column], row[tags_column]
        if tokens is None or (tags is None and tokens):
            column = tokens_column if tokens is None else tags_column
            plain = [t for t in tokens or [] if isinstance(t, str)]
            return TaggedRow(line, row, plain, [OUTSIDE] * len(plain), f"column {column!r} is null")
        for column, cell in ((tokens_column, tokens), (tags_column, tags or [])):
            if not isinstance(cell, list):
                raise DataError(
                    Problem(f"column {column!r} is not a list: {str(cell)[:30]!r}", "give a list in each row")
                )
        tags = tags or []
        if len(tokens) != len(tags):
            what = f"{len(tokens)} in column {tokens_column!r}, and {len(tags)} in column {tags_column!r}"
            raise DataError(Problem(what, "give one tag for each token"))
        for position, token in enumerate(tokens) if set(map(type, tokens)) - {str} else ():
            if not isinstance(token, str):
                what = f"column {tokens_column!r}: item {position} is not a token: {str(token)[:30]!r}"
                raise DataError(Problem(what, "give strings"))
        if not set(map(type, tags)) <= {str, int}:  # True equals 1, but is not a tag
            return TaggedRow(line, row, tokens, [self._tag(tag, tags_column) for tag in tags])
        known = self._known[tags_column]
        for tag in dict.fromkeys(tags):
            if tag not in known:
                known[tag] = self._tag(tag, tags_column)
        return TaggedRow(line, row, tokens, [known[tag] for tag in tags])

    def _tag(self, tag: Any, column: str) -> Tag:
        names = self._columns["names"].split() if "names" in self._columns else self._source.classes.get(column, ())
        if isinstance(tag, str) and "names" not in self._columns:
            return parse_tag(tag)
        if type(tag) is not int:
            raise DataError(
                Problem(f"column {column!r}: {str(tag)[:30]!r} is not a tag", "give strings, or class numbers")
            )
        if not names:
            what = f"column {column!r} has class numbers, and nothing names the classes"
            raise DataError(Problem(what, _NAMES.format(column)))
        if not 0 <= tag < len(names):
            raise DataError(Problem(f"column {column!r}: there is no class {tag}, only 0 to {len(names) - 1}"))
        return parse_tag(names[tag])


def _stated(row: TaggedRow, reader: _TagReader, tag_scheme: str, repair: str, id_column: str) -> StatedDocument:
    """Return what a row states."""
    stated = StatedDocument("", without_spans=row.missing)
    text, offsets = placed_tokens(row, reader.text, stated)
    stated.text = text
    entities, ill_formed = require_entities(row.tags, tag_scheme, repair)
    stated.changed[f"ill-formed chunks read by the rule {repair}"] += ill_formed
    for first, end, label in entities:
        start, stop = offsets[first][0], offsets[end - 1][1]
        if not text[start:stop].strip():
            stated.left_out["spans of nothing but blanks"] += 1
            continue
        name = f"tokens {first} to {end - 1}" if end - first > 1 else f"token {first}"
        stated.spans.append(LabelledStatement(label, ((start, stop),), None, name, row.line))
    read = [id_column, reader.column("tokens", row.row), reader.column("tags", row.row), reader.text, "starts", "ends"]
    if stated_offsets(row) is not None:  # the configuration `tokens` of goldspan's datasets
        read += ["fold", "unaligned"]
        stated.spans += _unaligned(row, reader.classes("unaligned.label"))
    keep_columns(row.row, read, stated)
    return stated


def _unaligned(row: TaggedRow, names: Sequence[str]) -> Iterator[LabelledStatement]:
    """Yield the spans that no tags can express, which goldspan lists beside the tags."""
    for item in row.row.get("unaligned") or ():
        label, start, end = (
            (item.get(key) for key in ("label", "start", "end")) if isinstance(item, Mapping) else (0, 0, 0)
        )
        if type(label) is int and 0 <= label < len(names):
            label = names[label]
        if not isinstance(label, str) or type(start) is not int or type(end) is not int:
            raise DataError(
                Problem(f"column 'unaligned': {str(item)[:60]!r} is not a span", "export the dataset again")
            )
        yield LabelledStatement(label, ((start, end),), None, f"unaligned span [{start}, {end})", row.line)


HF_TOKENS = TokenRowsFormat()
"""The object that the entry point names."""
