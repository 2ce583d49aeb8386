"""Records: one document as one line of JSON, decoded and validated by a scheme.

Reading has a fast path, which only detects that a line is invalid, and a slow path, which explains why
(`record_problems`). Both must reject the same lines; a property test compares them.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import force_setattr

from .document import Document, Span, sha256_hex
from .earlier_records import lift_earlier_fields
from .errors import DataError, Problem, did_you_mean
from .language import canonical_language
from .metadata_checks import metadata_errors
from .record_problems import EMPTY_ID, bounds_error, record_problems, remove_invalid, text_free_error
from .scheme import Scheme


class RecordCodec:
    """A reader and writer of the records of a scheme.

    Decoded documents are valid: spans lie within the text and have known labels, values have the types that the scheme
    defines, and the hash is that of the text.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._decode = msgspec.json.Decoder(Document).decode
        self._encode = msgspec.json.Encoder().encode
        self._labels = {
            label.name: (msgspec.json.Decoder(label.value_type | None).decode, label.unknown, label.value_error)
            for label in scheme.labels.values()
        }
        self._zones = frozenset(scheme.zones)

    def decode(self, line: bytes) -> Document:
        """Decode a line into a document.

        Raises:
            DataError: The line is invalid; the error has all problems of the line, without a location.
        """
        try:
            return self._decode_valid(line)
        except (msgspec.MsgspecError, ValueError, KeyError, RecursionError) as error:
            # the fast path does not say what is wrong, so the slow path validates the line again
            raise DataError(self.problems(line) or Problem(f"cannot read the record: {error}")) from error

    def encode(self, document: Document) -> bytes:
        """Encode a document as a line without a newline, adding the hash of its text.

        Raises:
            DataError: The document is invalid, as in `validate`.
        """
        return self._encode(self.validate(document))

    def validate(self, document: Document) -> Document:
        """Validate a document and return it with the hash of its text, ready to be written.

        Raises:
            DataError: The document could not be read again: a span is outside the text, has an unknown label or a value
                of another label, the hash is not that of the text, text and hash are both missing, or the text has an
                unpaired surrogate.
        """
        try:
            hashed = document.with_hash()
            if document.text is not None and document.text_sha256 not in (None, sha256_hex(document.text)):
                fix = "set text_sha256 to None if you change the text"
                raise DataError(Problem("text_sha256 is not the hash of the text", fix, document=document.id))
        except UnicodeEncodeError as error:
            raise DataError(Problem("the text contains an unpaired surrogate", "", document=document.id)) from error
        if hashed.text is None and (text_error := text_free_error(hashed)):
            raise DataError(Problem(*text_error, document=document.id))
        if not document.id:
            raise DataError(Problem(*EMPTY_ID))
        for metadata_error in metadata_errors(document.meta):
            raise DataError(Problem(*metadata_error, document=document.id))
        length = hashed.length
        for number, span in enumerate(hashed.spans, 1):
            message = self._span_error(span, length)
            if message:
                location = f"span {number} [{span.start}, {span.end}) {span.label}"
                raise DataError(
                    Problem(f"{location} {message}", "create spans with `Scheme.span`", document=document.id)
                )
        for number, zone in enumerate(hashed.zones, 1):
            message = bounds_error(zone, length) or (None if zone.kind in self._zones else "has an unknown kind")
            if message:
                location = f"zone {number} [{zone.start}, {zone.end}) {zone.kind}"
                hint = did_you_mean(zone.kind, sorted(self._zones))
                raise DataError(Problem(f"{location} {message}", hint, document=document.id))
        return hashed

    def problems(self, line: bytes) -> list[Problem]:
        """Return all problems of a line, in reading order; an empty list for a valid line."""
        return record_problems(line, self.scheme)

    def drop_invalid(self, line: bytes, problems: list[Problem]) -> Document | None:
        """Decode an invalid line without its invalid spans and zones; return None if it has other problems, too."""
        valid = remove_invalid(line, problems)
        return None if valid is None else self.decode(valid)

    def _span_error(self, span: Span, length: int) -> str | None:
        """Return why a span could not be read again; None if it is valid."""
        label = self.scheme.labels.get(span.label)
        if label is None:
            return "has an unknown label"
        if message := bounds_error(span, length):
            return message
        if span.value is None:
            return None
        return None if isinstance(span.value, label.value_type) else "has a value of another label"

    def _decode_valid(self, line: bytes) -> Document:
        """Decode a line; any ValueError or KeyError means that it is invalid."""
        document = self._decode(line)
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
        labels = self._labels
        for span in document.spans:
            if not 0 <= span.start < span.end <= length:
                raise ValueError
            decode, unknown, value_error = labels[span.label]
            raw = span.value
            if raw is not None:
                value = decode(raw)
                if value == unknown:
                    value = None
                elif value_error is not None and value is not None and value_error(value) is not None:
                    raise ValueError
                force_setattr(span, "value", value)
        for zone in document.zones:
            if not 0 <= zone.start < zone.end <= length or zone.kind not in self._zones:
                raise ValueError
        if not document.id or metadata_errors(document.meta):
            raise ValueError
        if (language := document.meta.language) is not None:
            force_setattr(document.meta, "language", canonical_language(language))
        if document.layer is not None and document.layer.extra is not None:
            force_setattr(document, "layer", lift_earlier_fields(document.layer))
        return document
