"""The one data model: documents, their zones and spans, the values of spans, and the layer that spans belong to.

Offsets are 0-based, half-open and count Unicode code points of the text exactly as decoded, so that
`text[start:end]` is the surface. Every other convention is translated at the edge that needs it.
All types are immutable.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from msgspec import Struct

from .value_types import ValueType

Origin = Literal["prediction", "prediction-changed", "manual"]
"""How a span came into an annotator's layer: accepted, mended, or added."""


class Value(Struct, frozen=True, gc=False):
    """What a span stands for: a struct with one attribute for each key of its label, made from the scheme.

    Unknown parts are None (an interval's missing bound is an open end). Values of equal content are equal and hash
    alike; they pickle.
    """

    if TYPE_CHECKING:  # the attributes come from the scheme

        def __getattr__(self, key: str) -> Any: ...

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self).__name__.removesuffix("Value"), _FIELDS[type(self)], msgspec.structs.astuple(self))


Fields = tuple[tuple[str, ValueType], ...]
"""The fields of a label by name, in order: what the class of its values is made from."""

_FIELDS: dict[type[Value], Fields] = {}


@cache
def value_class(label: str, fields: Fields) -> type[Value]:
    """The class of a label's values; the same label and fields always give the same class."""
    made: Any = msgspec.defstruct(
        f"{label}Value",
        [(key.name, key.type, key.default) for name, kind in fields for key in kind.keys(name)],
        bases=(Value,),
        module=__name__,
        frozen=True,
        gc=False,
        forbid_unknown_fields=True,
    )
    _FIELDS[made] = fields
    return cast(type[Value], made)


def _revive(label: str, fields: Fields, parts: tuple[Any, ...]) -> Value:
    return value_class(label, fields)(*parts)


if TYPE_CHECKING:
    _Undecoded = Value | None
else:
    # msgspec leaves the value as it stands in the JSON; the codec then decodes it by the span's label
    _Undecoded = msgspec.Raw


def _no_zones() -> tuple[Zone, ...]:
    return ()


class Zone(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of a text that is not annotated: `[start, end)` in code points, and its kind."""

    start: int
    end: int
    kind: str


class Decision(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Who or what settled a span in adjudication, and why."""

    by: str
    reason: str | None = None


class Span(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A labelled stretch of text: `[start, end)` in code points.

    Attributes:
        value: What it stands for; None where unknown.
        id: Unique within the document, where given.
        score: Confidence of the system that made it, 0 to 1.
        source: The extractor or annotator that made it.
        origin: How it came into an annotator's layer.
        passes: Names of the layers that had it, after adjudication.
        decision: Who settled it, where passes disagreed.
        note: A remark of the annotator.
        unsure: The annotator's own doubt.
        extra: Whatever else a user keeps with it; every command leaves it alone.
    """

    start: int
    end: int
    label: str
    # None by a factory: a missing value is written as null, which omit_defaults would otherwise leave out
    value: _Undecoded = msgspec.field(default_factory=type(None))
    id: str | None = None
    score: float | None = None
    source: str | None = None
    origin: Origin | None = None
    passes: tuple[str, ...] | None = None
    decision: Decision | None = None
    note: str | None = None
    unsure: bool = False
    extra: dict[str, Any] | None = None


class Metadata(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of an article.

    Attributes:
        published: Calendar day of publication, `YYYY-MM-DD`.
        language: Of the text, a BCP 47 tag such as `de` or `pt-BR`; None where nobody stated it, and then not written.
    """

    # None by a factory: written as null where it is missing, which omit_defaults would otherwise leave out
    title: str | None = msgspec.field(default_factory=type(None))
    published: str | None = msgspec.field(default_factory=type(None))
    publisher: str | None = msgspec.field(default_factory=type(None))
    url: str | None = msgspec.field(default_factory=type(None))
    language: str | None = None


class Layer(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who or what made a document's spans, under which scheme, when.

    Attributes:
        annotator: A person's or system's name.
        scheme: `name@version`.
        scheme_sha256: Fingerprint of the scheme.
        created: Time in UTC, `YYYY-MM-DDTHH:MM:SSZ`; part of no fingerprint.
        guidelines: Version of the guidelines followed.
        lead_time: Seconds of the annotator's work on the document.
        skipped: The annotator passed the document over.
    """

    annotator: str | None = None
    scheme: str | None = None
    scheme_sha256: str | None = None
    created: str | None = None
    guidelines: str | None = None
    lead_time: float | None = None
    skipped: bool = False
    extra: dict[str, Any] | None = None


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text, or a text's hash and length, with its metadata, zones and one layer of spans.

    Attributes:
        id: Unique within a file.
        text: Exactly as decoded; None in a text-free record.
        text_sha256: SHA-256 (hex) of the text's UTF-8 bytes.
        text_length: In code points; stated only where there is no text.
    """

    id: str
    text: str | None = None
    text_sha256: str | None = None
    text_length: int | None = None
    meta: Metadata = msgspec.field(default_factory=Metadata)
    zones: tuple[Zone, ...] = msgspec.field(default_factory=_no_zones)
    spans: tuple[Span, ...]
    layer: Layer | None = None
    extra: dict[str, Any] | None = None

    @property
    def length(self) -> int:
        """Length of the text in code points."""
        return len(self.text) if self.text is not None else self.text_length or 0

    @property
    def extractor(self) -> str | None:
        """The extractor that made the layer, whose version `annotate` states there; None where a person's work is."""
        if self.layer is None or "version" not in (self.layer.extra or {}):
            return None
        name = self.layer.annotator
        return name if all(span.source == name for span in self.spans) else None

    @property
    def saw(self) -> tuple[str, ...]:
        """Whose suggestions the annotator saw, as `studio pull` states it in the layer."""
        studio = ((self.layer.extra if self.layer else None) or {}).get("studio")
        names = studio.get("suggestions") if isinstance(studio, dict) else None
        return tuple(str(name) for name in names) if isinstance(names, list) else ()

    @property
    def draft(self) -> bool:
        """Whether the layer is work that nobody submitted, as `studio pull --drafts` states it."""
        studio = ((self.layer.extra if self.layer else None) or {}).get("studio")
        return isinstance(studio, dict) and studio.get("draft") is True

    def surface(self, span: Span | Zone) -> str:
        """The text of a span; empty in a text-free record."""
        return self.text[span.start : span.end] if self.text is not None else ""

    def sealed(self) -> Document:
        """The same document with its text's hash."""
        if self.text is None or self.text_sha256 is not None:
            return self
        return msgspec.structs.replace(self, text_sha256=sha256_hex(self.text))


def sha256_hex(text: str) -> str:
    """SHA-256 (hex) of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()
