"""Records: one document as one line of JSON, read and checked by a scheme.

Reading has a fast way, which only finds out that something is wrong, and a slow one, which says what. The two must
refuse the same lines; a property test holds them together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from .document import Document, Span, Zone, sha256_hex
from .errors import DataError, Problem, did_you_mean
from .files.json_line import parse_line
from .language import canonical_language
from .metadata_rules import meta_faults
from .scheme import Label, Scheme

_EXTRA = "put anything else under `extra`, a free object that every command keeps"
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")
_HALF_OPEN = "offsets are half-open and count code points from 0: end must exceed start and not the text's length"


class RecordCodec:
    """Reads and writes records of one scheme.

    A record that is read is right: spans within the text and of known labels, values of the types that the scheme
    gives them, the text's hash the text's.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._decode = msgspec.json.Decoder(Document).decode
        self._encode = msgspec.json.Encoder().encode
        self._labels = {
            label.name: (msgspec.json.Decoder(label.value_type | None).decode, label.unknown, label.fault)
            for label in scheme.labels.values()
        }
        self._zones = frozenset(scheme.zones)

    def decode(self, line: bytes) -> Document:
        """The document of a line.

        Raises:
            DataError: With every problem of the line, none of which has a place yet.
        """
        try:
            return self._checked(line)
        except (msgspec.MsgspecError, ValueError, KeyError, RecursionError) as error:
            # the fast way says no more than that; what is wrong is found afresh
            raise DataError(self.problems(line) or Problem(f"the record cannot be read: {error}")) from error

    def encode(self, document: Document) -> bytes:
        """The line of a document, without its line end; the text's hash is filled in.

        Raises:
            DataError: As `checked`.
        """
        return self._encode(self.checked(document))

    def checked(self, document: Document) -> Document:
        """The document with its text's hash, ready to be written.

        Raises:
            DataError: Reading would refuse it: a span outside the text or of an unknown label, a value of another
                label's, a hash that is not the text's, neither text nor hash, an unpaired surrogate.
        """
        try:
            sealed = document.sealed()
            if document.text is not None and document.text_sha256 not in (None, sha256_hex(document.text)):
                raise DataError(Problem("text_sha256 is not the text's", "make it None where the text changes"))
        except UnicodeEncodeError as error:
            raise DataError(Problem("the text holds an unpaired surrogate", "", document=document.id)) from error
        if sealed.text is None and (fault := _textless_fault(sealed)):
            raise DataError(Problem(*fault, document=document.id))
        if not document.id:
            raise DataError(Problem("the id is empty", "give each document an id of its own"))
        for fault in meta_faults(document.meta):
            raise DataError(Problem(*fault, document=document.id))
        length = sealed.length
        for number, span in enumerate(sealed.spans, 1):
            what = self._span_fault(span, length)
            if what:
                where = f"span {number} [{span.start}, {span.end}) {span.label}"
                fix = "make spans with the scheme's own `span`"
                raise DataError(Problem(f"{where} {what}", fix, document=document.id))
        for number, zone in enumerate(sealed.zones, 1):
            what = _place_fault(zone, length) or (None if zone.kind in self._zones else "has an unknown kind")
            if what:
                where = f"zone {number} [{zone.start}, {zone.end}) {zone.kind}"
                raise DataError(
                    Problem(f"{where} {what}", did_you_mean(zone.kind, sorted(self._zones)), document=document.id)
                )
        return sealed

    def _span_fault(self, span: Span, length: int) -> str | None:
        """What reading would refuse of a span, None where it would not."""
        label = self.scheme.labels.get(span.label)
        if label is None:
            return "has an unknown label"
        if fault := _place_fault(span, length):
            return fault
        if span.value is None:
            return None
        return None if isinstance(span.value, label.value_type) else "has a value of another label"

    def _checked(self, line: bytes) -> Document:
        """The document of a line; raises any ValueError or KeyError where it is not right."""
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
        elif _textless_fault(document):
            raise ValueError
        else:
            length = document.length
        labels = self._labels
        for span in document.spans:
            if not 0 <= span.start < span.end <= length:
                raise ValueError
            decode, unknown, fault = labels[span.label]
            raw = span.value
            if raw is not None:
                value = decode(raw)
                if value == unknown:
                    value = None
                elif fault is not None and value is not None and fault(value) is not None:
                    raise ValueError
                force_setattr(span, "value", value)
        for zone in document.zones:
            if not 0 <= zone.start < zone.end <= length or zone.kind not in self._zones:
                raise ValueError
        if not document.id or meta_faults(document.meta):
            raise ValueError
        if (language := document.meta.language) is not None:
            force_setattr(document.meta, "language", canonical_language(language))
        return document

    def problems(self, line: bytes) -> list[Problem]:
        """Everything that is wrong with a line, in reading order; empty for a right one."""
        record, problem = parse_line(line)
        if problem is not None:
            return [problem]
        found: list[Problem] = []
        name = record.get("id")
        document = name if isinstance(name, str) else ""
        found += [Problem(what, fix) for what, fix in self._document_faults(record)]
        length = _length(record)
        for index, item in enumerate(_items(record, "zones")):
            found += [Problem(f"zone {index + 1}: {w}", f, zone=index) for w, f in self._zone_faults(item, length)]
        for index, item in enumerate(_items(record, "spans")):
            found += [replace(p, what=f"span {index + 1}{p.what}", span=index) for p in self._span_faults(item, length)]
        return [replace(problem, document=document) for problem in found]

    def without(self, line: bytes, problems: list[Problem]) -> Document | None:
        """The document of a refused line without the spans and zones at fault; None where the fault lies elsewhere."""
        if any(problem.span is None and problem.zone is None for problem in problems):
            return None
        record, _ = parse_line(line)
        for key, bad in (("spans", {p.span for p in problems}), ("zones", {p.zone for p in problems})):
            record[key] = [item for index, item in enumerate(_items(record, key)) if index not in bad]
        return self.decode(msgspec.json.encode(record))

    def _document_faults(self, record: dict[str, Any]) -> list[tuple[str, str]]:
        shell = {**record, **{key: [] for key in ("spans", "zones") if isinstance(record.get(key), list)}}
        try:
            document = msgspec.convert(shell, Document)
        except msgspec.ValidationError as error:
            return [_explain(error, "the record")]
        if not document.id:
            return [("the id is empty", "give each document an id of its own")]
        found = meta_faults(document.meta)
        if document.text is None:
            return [*found, *(fault for fault in [_textless_fault(document)] if fault)]
        digest = sha256_hex(document.text)
        if document.text_sha256 not in (None, digest):
            found.append(
                (
                    f"text_sha256 is {document.text_sha256!r} but the text's is {digest[:12]}…",
                    "restore the text that was annotated; leave text_sha256 out only if the offsets fit this text",
                )
            )
        if document.text_length not in (None, len(document.text)):
            found.append(
                (f"text_length is {document.text_length} but the text has {len(document.text)} code points", "")
            )
        return found

    def _zone_faults(self, item: object, length: int | None) -> list[tuple[str, str]]:
        try:
            zone = msgspec.convert(item, Zone)
        except msgspec.ValidationError as error:
            return [_explain(error, "the zone")]
        found = []
        if zone.kind not in self.scheme.zones:
            known = did_you_mean(zone.kind, list(self.scheme.zones))
            found.append((f"unknown kind {zone.kind!r} in scheme {self.scheme.ref}", known))
        if fault := _place_fault(zone, length):
            found.append((f"[{zone.start}, {zone.end}) {fault}", _HALF_OPEN))
        return found

    def _span_faults(self, item: object, length: int | None) -> list[Problem]:
        value = item.get("value") if isinstance(item, dict) else None
        try:
            bare = {k: v for k, v in item.items() if k != "value"} if isinstance(item, dict) else item
            span = msgspec.convert(bare, Span)
        except msgspec.ValidationError as error:
            what, fix = _explain(error, "the span")
            return [Problem(f": {what}", fix)]
        where = f" [{span.start}, {span.end}) {span.label}"
        found = []
        if fault := _place_fault(span, length):
            found.append(Problem(f"{where} {fault}", _HALF_OPEN))
        label = self.scheme.labels.get(span.label)
        if label is None:
            known = did_you_mean(span.label, list(self.scheme.labels))
            what = f"{where} has an unknown label in scheme {self.scheme.ref}"
            found.append(Problem(what, known, label=span.label))
        elif fault := _value_fault(label, value):
            found.append(Problem(f"{where}: {fault}", "correct the value, or write null where it is unknown"))
        return found


def _items(record: dict[str, Any], key: str) -> list[Any]:
    items = record.get(key)
    return items if isinstance(items, list) else []


def _length(record: dict[str, Any]) -> int | None:
    if isinstance(record.get("text"), str):
        return len(record["text"])
    length = record.get("text_length")
    return length if isinstance(length, int) else None


def _place_fault(place: Span | Zone, length: int | None) -> str | None:
    if place.start < 0:
        return "starts before the text"
    if place.end == place.start:
        return "is empty"
    if place.end < place.start:
        return "ends before it starts"
    if length is not None and place.end > length:
        return f"ends past the text, which has {length} code points"
    return None


def _value_fault(label: Label, value: object) -> str | None:
    if value is None:
        return None
    try:
        decoded = msgspec.convert(value, label.value_type)
    except msgspec.ValidationError as error:
        what, _ = _explain(error, "the value")
        choices = [key for item in label.fields.values() for key in item.keys if f"`{key.name}`" in what]
        listed = [str(c) for key in choices for c in _choices(key.type)]
        return f"{what} ({', '.join(listed)})" if listed and len(listed) <= 30 else what
    return label.fault(decoded) if label.fault else None


def _choices(kind: Any) -> tuple[Any, ...]:
    """The members of `Literal[…] | None`; none for another type."""
    first = getattr(kind, "__args__", (None,))[0]
    return getattr(first, "__args__", ()) if "Literal" in repr(first) else ()


def _textless_fault(document: Document) -> tuple[str, str] | None:
    fix = "give `text`, or both `text_sha256` and `text_length` for a text-free record"
    if document.text_sha256 is None or document.text_length is None:
        return "the record has no text", fix
    if not 0 <= document.text_length < 1 << 63 or not re.fullmatch("[0-9a-f]{64}", document.text_sha256):
        return "text_sha256 is not 64 lower-case hex digits, or text_length is no length", fix
    return None


def _explain(error: msgspec.ValidationError, whole: str) -> tuple[str, str]:
    """Msgspec's message in the words of the contract, and the mend."""
    message = str(error)
    place = _PATH.search(message)
    path = place.group(1) if place else ""
    message = _PATH.sub("", message)
    if "unknown field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else whole} has an unknown key `{key}`", _EXTRA
    if "missing required field" in message:
        key = message.split("`")[1]
        return f"{'`' + path + '`' if path else whole} lacks `{key}`", f"add `{key}`"
    message = message.replace("Expected ", "expected ").replace("Invalid enum value", "unknown value")
    return (f"`{path}`: {message}" if path else f"{whole}: {message}"), ""
