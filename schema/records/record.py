"""Records: documents as lines of JSON or as mappings, read and validated by a scheme.

Reading has a fast path, which only detects that a record is invalid, and a slow path, which explains why
(`record_problems`). Both must reject the same records; property tests compare them, and the two forms of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import force_setattr

from ..document import Document, Value
from ..errors import DataError, Problem
from ..files.json_line import parse_line
from ..hashing import sha256_hex
from ..language import canonical_language
from ..scheme import Label, Scheme
from .earlier_records import lift_earlier_fields
from .metadata_checks import metadata_errors
from .plain_data import plain_data
from .record_problems import record_problems, remove_invalid, text_free_error

_Readers = Mapping[str, tuple[Callable[[Any], Value | None], Label]]
"""By label: how a value is read, and the definition of the label."""

_INVALID = (msgspec.MsgspecError, ValueError, KeyError, RecursionError)
"""Errors by which the fast path says that a record is invalid."""

_NOT_PLAIN = (*_INVALID, TypeError, AttributeError, DataError)
"""Errors by which it says that a mapping is invalid, or has parts of other types than JSON has."""

_NOT_JSON = (bytes, bytearray, memoryview, Decimal, UUID, datetime, date, time, timedelta)
"""Types that msgspec would write as strings, and that `plain_data` decides on."""


class RecordCodec:
    """A reader and writer of the records of a scheme.

    Documents that it returns are valid: spans lie within the text and have known labels, values have the types that the
    scheme defines, and the hash is that of the text. They are also normal: a value of which every part is unknown is
    None, and the language has its canonical form.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._decode = msgspec.json.Decoder(Document).decode
        self._encode = msgspec.json.Encoder().encode
        self._decoders: _Readers = {
            label.name: (msgspec.json.Decoder(label.value_type | None).decode, label)
            for label in scheme.labels.values()
        }
        self._converters: _Readers = {
            label.name: (_converter(label.value_type), label) for label in scheme.labels.values()
        }
        self._zones = frozenset(scheme.zones)

    def decode(self, line: bytes) -> Document:
        """Decode a line into a document.

        Raises:
            DataError: The line is invalid; the error has all problems of the line, without a location.
        """
        try:
            return self._validate(self._decode(line), self._decoders)
        except _INVALID as error:
            # the fast path does not say what is wrong, so the slow path validates the line again
            raise DataError(self.problems(line) or Problem(f"cannot read the record: {error}")) from error

    def read(self, record: bytes | Mapping[str, Any]) -> Document:
        """Read a record in either form; see `decode` and `from_mapping`."""
        return self.decode(record) if isinstance(record, bytes) else self.from_mapping(record)

    def from_mapping(self, record: Mapping[str, Any]) -> Document:
        """Convert a record, such as one that was parsed from JSON or made of a table's row, to a document.

        Args:
            record: The keys of a record. Parts may be what `plain_data` converts, such as tuples, structs and dates.

        Raises:
            DataError: The record is invalid, with the problems that its line would have, or holds what cannot be
                written to a line.
        """
        return self._checked(record)[0]

    def check(self, document: Document) -> Document:
        """Return a document made in memory as it would be read again: validated, normal, with the hash of its text.

        Raises:
            DataError: The document is invalid, as in `from_mapping`.
        """
        return self._checked_document(document)[0]

    def encode(self, document: Document) -> bytes:
        """Encode a document as a line without a newline, after checking it.

        Raises:
            DataError: The document is invalid, as in `check`.
        """
        return self._checked_document(document)[1]

    def encode_checked(self, document: Document) -> bytes:
        """Encode a document that this codec has returned, without checking it again but for its objects.

        Raises:
            DataError: An object under `extra`, which can be changed after all, holds what cannot be written.
        """
        _check_objects(document)
        return self._encode(document)

    def decode_checked(self, line: bytes) -> Document:
        """Decode a line that `encode_checked` made to the same document; nothing of earlier formats is converted."""
        return self._validate(self._decode(line), self._decoders, lift=False)

    def problems(self, record: bytes | Mapping[str, Any]) -> list[Problem]:
        """Return all problems of a line or mapping, in reading order; an empty list for a valid one."""
        plain, problems = _parse(record)
        return problems or record_problems(plain, self.scheme)

    def drop_invalid(self, record: bytes | Mapping[str, Any], problems: list[Problem]) -> Document | None:
        """Read an invalid record without its invalid spans and zones; return None if it has other problems, too."""
        plain, unreadable = _parse(record)
        valid = None if unreadable else remove_invalid(plain, problems)
        return None if valid is None else self.from_mapping(valid)

    def _checked_document(self, document: Document) -> tuple[Document, bytes]:
        """Return a document as `check` and `encode` do."""
        try:
            _check_objects(document)  # the conversion below would turn some types into others without a word
            record = msgspec.to_builtins(document, builtin_types=_NOT_JSON)
            return self._convert(record, owned=True, lift=False)
        except _NOT_PLAIN:
            return self._checked(_plain_record(document), lift=False)

    def _checked(self, record: Mapping[str, Any], *, lift: bool = True) -> tuple[Document, bytes]:
        """Return the document of a record, and its line: that it can be encoded is part of the check."""
        try:
            return self._convert(record, lift=lift)
        except _NOT_PLAIN as error:
            plain = _plain_record(record)
            if problems := record_problems(plain, self.scheme):
                raise DataError(problems) from error
        try:
            return self._convert(plain, lift=lift)
        except _NOT_PLAIN as error:
            raise DataError(Problem(f"cannot read the record: {error}")) from error

    def _convert(self, record: Mapping[str, Any], *, owned: bool = False, lift: bool = True) -> tuple[Document, bytes]:
        """Convert a record of dicts and lists, leaving all else to the slow path.

        Args:
            record: The record.
            owned: Whether its spans may be changed, so that they need not be copied.
            lift: Whether an earlier version may have written it; `extra` of a document in memory is the user's alone.

        Raises:
            Exception: Any of `_NOT_PLAIN`.
        """
        fields = _own_fields(record)
        for key in ("meta", "layer"):
            if fields.get(key) is not None:
                fields[key] = _own_fields(fields[key])
        if not isinstance(fields["spans"], list | tuple) or any(type(z) is not dict for z in fields.get("zones") or ()):
            raise TypeError
        values, spans = [], []
        for item in fields["spans"]:
            if type(item) is not dict:
                raise TypeError
            span = item if owned else item.copy()
            value = span.pop("value", None)  # the label, known after the conversion, says how to read it
            if value is not None and type(value) is not dict:
                raise TypeError
            if "decision" in span and type(span["decision"]) not in (dict, NoneType):
                raise TypeError
            if "extra" in span and span["extra"] is not None:
                span["extra"] = plain_data(span["extra"])
            values.append(value)
            spans.append(span)
        fields["spans"] = spans
        document = msgspec.convert(fields, Document)
        for converted, value in zip(document.spans, values, strict=True):
            if value is not None:
                force_setattr(converted, "value", value)
            if converted.score is not None and not isfinite(converted.score):
                raise ValueError
        if document.layer and document.layer.lead_time is not None and not isfinite(document.layer.lead_time):
            raise ValueError
        document = self._validate(document, self._converters, lift=lift)
        return document, self._encode(document)

    def _validate(self, document: Document, readers: _Readers, *, lift: bool = True) -> Document:
        """Validate a decoded document and read its values; any error of `_INVALID` means that it is invalid."""
        text = document.text
        if text is not None:
            length = len(text)
            digest = sha256_hex(text)
            if document.text_sha256 is None:
                force_setattr(document, "text_sha256", digest)
            elif document.text_sha256 != digest:
                raise ValueError
            if document.text_length is not None:
                if document.text_length != length:
                    raise ValueError
                force_setattr(document, "text_length", None)
        elif text_free_error(document):
            raise ValueError
        else:
            length = document.length
        for span in document.spans:
            if not 0 <= span.start < span.end <= length:
                raise ValueError
            read, label = readers[span.label]
            raw = span.value
            if raw is not None:
                force_setattr(span, "value", label.known_value(read(raw)))
        for zone in document.zones:
            if not 0 <= zone.start < zone.end <= length or zone.kind not in self._zones:
                raise ValueError
        if not document.id or metadata_errors(document.meta):
            raise ValueError
        if (language := document.meta.language) is not None:
            force_setattr(document.meta, "language", canonical_language(language))
        if lift and document.layer is not None and document.layer.extra is not None:
            force_setattr(document, "layer", lift_earlier_fields(document.layer))
        return document


def _converter(value_type: type[Value]) -> Callable[[Any], Value | None]:
    convert = msgspec.convert
    return lambda raw: convert(raw, value_type)


def _check_objects(document: Document) -> None:
    """Check the parts of a document that are free objects.

    Raises:
        DataError: They hold what cannot be written to a record.
    """
    layer = document.layer
    if document.extra is not None:
        plain_data(document.extra)
    if layer is not None:
        for part in (layer.extra, layer.invalid_annotations):
            if part is not None:
                plain_data(part)
    for span in document.spans:
        if span.extra is not None:
            plain_data(span.extra)


def _own_fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a dict whose `extra` is plain; msgspec takes structs as they are, so they are not copied."""
    if type(item) is not dict:
        raise TypeError
    fields = item.copy()
    for key in ("extra", "invalid_annotations"):
        if fields.get(key) is not None:
            fields[key] = plain_data(fields[key])
    return fields


def _plain_record(record: Document | Mapping[str, Any]) -> Any:
    """Return a record as plain data; the error names its document."""
    try:
        return plain_data(record)
    except DataError as error:
        name = record.id if isinstance(record, Document) else record.get("id") if isinstance(record, Mapping) else ""
        document = name if isinstance(name, str) else ""
        raise DataError([replace(problem, document=document) for problem in error.problems]) from error


def _parse(record: bytes | Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return a record as plain data, and why it cannot be parsed."""
    if isinstance(record, bytes):
        parsed, problem = parse_line(record)
        return parsed, [problem] if problem else []
    try:
        return _plain_record(record), []
    except DataError as error:
        return {}, error.problems
