"""The data model: documents, their zones and spans, the values of spans, and the layer that spans belong to.

Offsets are 0-based, half-open and count Unicode code points of the text exactly as decoded, so that
`text[start:end]` is the surface. Code that needs another convention converts at its boundary.
All types are immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import msgspec
from msgspec import Struct

from .default_scheme import default_scheme
from .hashing import sha256_hex
from .highlighting import document_html
from .label_keys import derived_key
from .surface_search import add_span
from .values.value_type import ValueType

if TYPE_CHECKING:
    from .scheme import Scheme

Origin = Literal["prediction", "prediction-changed", "manual"]
"""How a span came into an annotator's layer: suggestion accepted, suggestion changed, or span added."""


Fields = tuple[tuple[str, ValueType], ...]
"""Names and types of a label's fields, in order, from which the class of its values is generated."""


class Value(Struct, frozen=True, gc=False):
    """The value of a span: a struct with one attribute for each key of its label, generated from the scheme.

    Unknown parts are None (a missing bound of an interval is an open end). Values are compared and hashed by content
    and can be pickled.
    """

    __value_fields__: ClassVar[Fields] = ()
    """Names and types of the label's fields."""

    if TYPE_CHECKING:  # the attributes come from the scheme

        def __getattr__(self, key: str) -> Any: ...

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (*_ORIGINS[type(self)], msgspec.structs.astuple(self))


_ORIGINS: dict[type[Value], tuple[str, Fields]] = {}


@cache
def value_class(label: str, fields: Fields) -> type[Value]:
    """Return the class of a label's values; the same label and fields always yield the same class."""
    cls: Any = msgspec.defstruct(
        f"{derived_key(label)}Value",
        [(key.name, key.type, key.default) for name, kind in fields for key in kind.keys(name)],
        bases=(Value,),
        module=__name__,
        frozen=True,
        gc=False,
        forbid_unknown_fields=True,
        namespace={"__value_fields__": fields},
    )
    _ORIGINS[cls] = (label, fields)
    return cast(type[Value], cls)


def _revive(label: str, fields: Fields, parts: tuple[Any, ...]) -> Value:
    return value_class(label, fields)(*parts)


if TYPE_CHECKING:
    _Undecoded = Value | None
else:
    # msgspec keeps the value as raw JSON, which the codec then decodes by the span's label
    _Undecoded = msgspec.Raw


def _no_zones() -> tuple[Zone, ...]:
    return ()


class Zone(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of a text that is excluded from annotation: `[start, end)` in code points, and its kind."""

    start: int
    end: int
    kind: str


class Decision(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Who or what decided on a span in adjudication, and why."""

    by: str
    reason: str | None = None


class Span(Struct, frozen=True, gc=False, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True):
    """A labelled span of text: `[start, end)` in code points.

    Attributes:
        value: Value of the span; None if unknown.
        id: Optional id, unique within the document.
        score: Confidence of the system that predicted the span, 0 to 1.
        source: Extractor or annotator that created the span.
        origin: How the span came into an annotator's layer.
        passes: Names of the layers that contained the span, after adjudication.
        decision: Decision in adjudication if passes disagreed.
        note: Note by the annotator.
        unsure: Whether the annotator marked the span as unsure.
        extra: Any other data of the user; every command preserves it.
    """

    start: int
    end: int
    label: str
    # a factory for None: omit_defaults would omit a plain default, but a missing value is written as null
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


class Metadata(Struct, frozen=True, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True):
    """Metadata of an article.

    Attributes:
        published: Calendar day of publication, `YYYY-MM-DD`.
        language: Language of the text as a BCP 47 tag such as `de` or `pt-BR`; None if unspecified, and then omitted
            from the record.
    """

    # a factory for None: omit_defaults would omit a plain default, but a missing value is written as null
    title: str | None = msgspec.field(default_factory=type(None))
    published: str | None = msgspec.field(default_factory=type(None))
    publisher: str | None = msgspec.field(default_factory=type(None))
    url: str | None = msgspec.field(default_factory=type(None))
    language: str | None = None


class InvalidAnnotation(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an annotator marked that is not a valid span, or not a valid value of one.

    Attributes:
        results: The results of Label Studio that express it, exactly as the server returned them.
        reason: Why it is invalid; None if unknown.
    """

    results: tuple[Any, ...]
    reason: str | None = None


class Layer(Struct, frozen=True, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True):
    """Provenance of a document's spans: who or what created them, how, when, and under which scheme.

    A field is None if it is unknown or does not apply.

    Attributes:
        annotator: Name of a person or system.
        annotator_kind: What the annotator is, such as `language model`.
        annotator_family: Family that the annotator belongs to, such as that of a model.
        scheme: Reference of the scheme, `name@version`.
        scheme_sha256: Fingerprint of the scheme.
        created: Time in UTC, `YYYY-MM-DDTHH:MM:SSZ`; not part of any fingerprint.
        guidelines: Version of the guidelines followed.
        lead_time: Time that the annotator spent on the document, in seconds.
        skipped: Whether the annotator skipped the document.
        draft: Whether the annotator has not submitted the layer.
        note: Note by the annotator on the document.
        suggestions_shown: Names of the extractors whose suggestions the annotator saw; empty if they saw none.
        chosen_by: Strategies by which the document was chosen for annotation. A gold layer has those of its passes.
        passes: Names of the passes from which a gold layer was adjudicated.
        extractor_version: Version of the extractor that created the layer.
        invalid_annotations: What the annotator marked that could not become a span.
        extra: Any other data of the user; every command preserves it.
    """

    annotator: str | None = None
    scheme: str | None = None
    scheme_sha256: str | None = None
    created: str | None = None
    guidelines: str | None = None
    lead_time: float | None = None
    skipped: bool = False
    draft: bool = False
    note: str | None = None
    suggestions_shown: tuple[str, ...] | None = None
    chosen_by: tuple[str, ...] | None = None
    passes: tuple[str, ...] | None = None
    extractor_version: str | None = None
    annotator_kind: str | None = None
    annotator_family: str | None = None
    invalid_annotations: tuple[InvalidAnnotation, ...] | None = None
    extra: dict[str, Any] | None = None


class Document(
    Struct, frozen=True, kw_only=True, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True
):
    """A text, or a text's hash and length, with its metadata, zones and one layer of spans.

    Attributes:
        id: Unique within a file.
        text: Exactly as decoded; None in a text-free record.
        text_sha256: SHA-256 (hex) of the text's UTF-8 bytes.
        text_length: Length in code points; given only if there is no text.
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
        """The extractor that created the layer and all of its spans; None for a person's layer."""
        if self.layer is None or self.layer.extractor_version is None:
            return None
        name = self.layer.annotator
        return name if all(span.source == name for span in self.spans) else None

    @property
    def suggestions_shown(self) -> tuple[str, ...]:
        """Names of the extractors whose suggestions the annotator saw; also empty if the layer does not state them."""
        return (self.layer.suggestions_shown if self.layer else None) or ()

    @property
    def draft(self) -> bool:
        """Whether the annotator has not submitted the layer."""
        return self.layer is not None and self.layer.draft

    def surface(self, span: Span | Zone) -> str:
        """Return the text of a span or zone; empty for a text-free record."""
        return self.text[span.start : span.end] if self.text is not None else ""

    def add(
        self,
        surface: str,
        label: str,
        value: Value | Mapping[str, Any] | None = None,
        *,
        occurrence: int | None = None,
        scheme: Scheme | None = None,
    ) -> Document:
        """Return the document with one more span: the occurrence of a surface in the text.

        Occurrences in zones do not count, nor do those within words unless the scheme allows such spans.

        Args:
            surface: The words to label, exactly as the text has them.
            label: Label of the span.
            value: Value of the span, or its parts by name; None if unknown.
            occurrence: Which occurrence to label, counted from 1; required if there are several.
            scheme: Scheme of the document. Defaults to the conflict news scheme, and within `Corpus.map` to that of the
                corpus.

        Raises:
            DataError: The text has no such occurrence, or several; the span overlaps another; the value is invalid.
            UsageError: The scheme has no such label.
        """
        return add_span(self, surface, label, value, occurrence, scheme or default_scheme())

    def _repr_html_(self) -> str:
        return document_html(self, default_scheme().colour)

    def with_hash(self) -> Document:
        """Return the same document with the hash of its text."""
        if self.text is None or self.text_sha256 is not None:
            return self
        return msgspec.structs.replace(self, text_sha256=sha256_hex(self.text))
