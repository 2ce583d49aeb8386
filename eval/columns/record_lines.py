"""Columns of records in JSON lines, decoded by type, without building values and checking documents one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import msgspec
import numpy as np

from ...corpus.queries.document_groups import extra_keys, grouping
from ...corpus.storage.json_lines import numbered_lines
from ...schema import Document, Scheme, Value
from ...schema.hashing import sha256_hex
from ...schema.records.metadata_checks import metadata_errors
from ...schema.records.record_problems import text_free_error
from .layer_columns import LARGEST_OFFSET, LayerColumns
from .span_columns import NO_VALUE, Ints, SpanColumns, sorted_columns

_NULL = b"null"
_BATCH = 2000  # documents, whose numbers are then kept as arrays

INVALID = (msgspec.MsgspecError, ValueError, KeyError, OverflowError, RecursionError)
"""Errors by which columns say that a record may be invalid."""


def columns_of_lines(
    path: str, scheme: Scheme, by: Sequence[str] = (), read: Callable[[int], None] = lambda _: None
) -> LayerColumns | None:
    """Return the columns of a file of JSON lines; None if a record may be invalid, which the record reader explains.

    The texts are read but not kept. A stored hash is not compared with its text. Documents are grouped by the fields of
    `by`. `read` is told now and then how many documents were read.

    Raises:
        DataError: The file cannot be read.
    """
    builder = _LineColumns(scheme, by)
    try:
        for count, (_, line) in enumerate(numbered_lines(path), 1):
            builder.add(line)
            if not count % _BATCH:
                read(count)
        return builder.columns()
    except INVALID:
        return None


class _RawCodes(dict[bytes, int]):
    """Numbers of the raw values of a label, in a common list to which a value is added when it is first asked for."""

    def __init__(self, label: str, raw_values: list[tuple[str, bytes]]) -> None:
        super().__init__()
        self._label, self._raw_values = label, raw_values

    def __missing__(self, raw: bytes) -> int:
        self[raw] = code = len(self._raw_values)
        self._raw_values.append((self._label, raw))
        return code


class _LineColumns:
    """Columns of the lines so far."""

    def __init__(self, scheme: Scheme, by: Sequence[str]) -> None:
        self._scheme = scheme
        self.groups: dict[str, list[str]] = {name: [] for name in by}
        self._groupings = [(grouping(name), of_document) for name, of_document in self.groups.items()]
        self._extra_keys: set[str] = set()
        self._decode = msgspec.json.Decoder(Document).decode
        self._index = {label: i for i, label in enumerate(scheme.labels)}
        self._zone_kinds = frozenset(scheme.zones)
        self._names: dict[str | None, str | None] = {}  # each name of an annotator once
        self.ids: list[str] = []
        self.hashes: list[str | None] = []
        self.lengths: list[int] = []
        self.annotators: list[str | None] = []
        self.shown: list[tuple[str, ...]] = []
        self.drafts: list[bool] = []
        self.zones: list[tuple[int, int, int]] = []
        self._raw_values: list[tuple[str, bytes]] = []
        self._codes = {label: _RawCodes(label, self._raw_values) for label in scheme.labels}
        self._batch: list[tuple[list[int], list[int], list[int], list[int], list[int]]] = []
        self._parts: list[Ints] = []

    def add(self, line: bytes) -> None:
        """Add a record; any error of `INVALID` means that it may be invalid."""
        document = self._decode(line)
        number, text = len(self.ids), document.text
        if text is None:
            if text_free_error(document):
                raise ValueError
            length, digest = document.length, document.text_sha256
            if length > LARGEST_OFFSET:
                raise ValueError
        else:
            length, digest = len(text), document.text_sha256 or sha256_hex(text)
            if len(digest) != 64 or document.text_length not in (None, length):
                raise ValueError
        if not document.id or metadata_errors(document.meta):
            raise ValueError
        for zone in document.zones:
            if not 0 <= zone.start < zone.end <= length or zone.kind not in self._zone_kinds:
                raise ValueError
            self.zones.append((number, zone.start, zone.end))
        layer = document.layer
        annotator = layer.annotator if layer else None
        self.ids.append(document.id)
        self.hashes.append(digest)
        self.lengths.append(length)
        self.annotators.append(self._names.setdefault(annotator, annotator))
        self.shown.append(document.suggestions_shown)
        self.drafts.append(document.draft)
        for group, of_document in self._groupings:
            of_document.append(group(document))
        self._extra_keys |= extra_keys([document.extra], self.groups)
        spans = document.spans
        index, codes = self._index, self._codes
        self._batch.append(
            (
                [number] * len(spans),
                [span.start for span in spans],
                [span.end for span in spans],
                [index[span.label] for span in spans],
                [codes[span.label][bytes(span.value or _NULL)] for span in spans],
            )
        )
        if len(self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._batch, strict=True)
        self._parts.append(np.array([list(chain.from_iterable(column)) for column in columns], dtype=np.int64))
        self._batch = []

    def columns(self) -> LayerColumns:
        """Return the columns; errors as in `add`."""
        if self._batch:
            self._flush()
        document, start, end, label, code = np.concatenate([np.empty((5, 0), np.int64), *self._parts], axis=1)
        lengths = np.array(self.lengths, dtype=np.int64)
        if len(set(self.ids)) < len(self.ids) or np.any((start < 0) | (end <= start) | (end > lengths[document])):
            raise ValueError
        values, places = read_values(self._raw_values, self._scheme)
        return LayerColumns(
            ids=self.ids,
            hashes=self.hashes,
            lengths=lengths,
            annotators=self.annotators,
            suggestions_shown=self.shown,
            drafts=np.array(self.drafts, dtype=bool),
            zones=np.array(self.zones, dtype=np.int64).reshape(-1, 3),
            spans=sorted_columns(SpanColumns(document, start, end, label, places[code])),
            values=values,
            groups=self.groups,
            extra_keys=frozenset(self._extra_keys),
        )


def read_values(raw_values: list[tuple[str, bytes]], scheme: Scheme) -> tuple[list[Value], Ints]:
    """Decode and check values, all of a label at once; any error of `INVALID` means that one may be invalid.

    Args:
        raw_values: Label and JSON of each value.
        scheme: Scheme of the labels.

    Returns:
        The values that are known, and the index of each of the given ones among them, or `NO_VALUE`.
    """
    values: list[Value] = []
    places = np.full(len(raw_values), NO_VALUE, dtype=np.int64)
    numbers: dict[str, list[int]] = {label: [] for label in scheme.labels}
    for number, (label, _) in enumerate(raw_values):
        numbers[label].append(number)
    for label, of_label in numbers.items():
        definition = scheme.labels[label]
        joined = b"[%b]" % b",".join([raw_values[number][1] for number in of_label])
        decoded = msgspec.json.Decoder(list[definition.value_type | None]).decode(joined)  # type: ignore[name-defined]
        for number, read in zip(of_label, decoded, strict=True):
            if (value := definition.known_value(read)) is None:
                continue
            places[number] = len(values)
            values.append(value)
    return values, places
