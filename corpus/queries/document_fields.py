"""Fields of documents that conditions test, and that give numbers: metadata, what follows from it, and `extra.KEY`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...schema import Document, Metadata, UsageError, did_you_mean, primary_language
from .document_groups import zone_group

EXTRA = "extra."


class Kind(Enum):
    """What the values of a field are, which decides how they are compared."""

    TEXT = "text"
    DAY = "a day as in 2023-11-05"
    MONTH = "a month as in 2023-11"
    YEAR = "a year as in 2023"
    NUMBER = "a number"
    FLAG = "a flag"
    ANY = "text or a number"

    @property
    def ordered(self) -> bool:
        """Whether one value may come before another."""
        return self not in (Kind.TEXT, Kind.FLAG)


_FORMS = {
    Kind.DAY: re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.A),
    Kind.MONTH: re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.A),
    Kind.YEAR: re.compile(r"\d{4}", re.A),
}
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?", re.A)


def parse_literal(kind: Kind, text: str) -> str | int | float:
    """Return what a condition compares a field with.

    Raises:
        UsageError: The text is not of that kind.
    """
    form = _FORMS.get(kind)
    if (kind is Kind.NUMBER and not _NUMBER.fullmatch(text)) or (form and not form.fullmatch(text)):
        raise UsageError(f"{text!r} is not {kind.value}")
    if kind is Kind.NUMBER or (kind is Kind.ANY and _NUMBER.fullmatch(text)):
        return float(text) if "." in text else int(text)
    return text


@dataclass(frozen=True, slots=True)
class DocumentField:
    """A field of documents.

    Attributes:
        kind: What its values are.
        value: Returns the value of a document; None if it has none.
        is_fixed: Whether it was fixed before anybody annotated the document, and not by a draw.
    """

    kind: Kind
    value: Callable[[Document], Any]
    is_fixed: bool = True


def _period(length: int) -> Callable[[Document], str | None]:
    return lambda document: document.meta.published and document.meta.published[:length]


def _metadata(name: str) -> Callable[[Document], str | None]:
    return lambda document: getattr(document.meta, name)


def _layer(name: str) -> Callable[[Document], Any]:
    return lambda document: getattr(document.layer, name) if document.layer else None


FIELDS: dict[str, DocumentField] = {
    "id": DocumentField(Kind.TEXT, lambda document: document.id, is_fixed=False),
    "text": DocumentField(Kind.TEXT, lambda document: document.text),
    **{
        f"meta.{name}": DocumentField(Kind.DAY if name == "published" else Kind.TEXT, _metadata(name))
        for name in Metadata.__struct_fields__
    },
    "month": DocumentField(Kind.MONTH, _period(7)),
    "year": DocumentField(Kind.YEAR, _period(4)),
    "language": DocumentField(
        Kind.TEXT, lambda document: document.meta.language and primary_language(document.meta.language)
    ),
    "zone": DocumentField(
        Kind.TEXT, lambda document: zone_group(zone.kind for zone in document.zones) if document.zones else None
    ),
    "length": DocumentField(Kind.NUMBER, lambda document: document.length),
    "words": DocumentField(Kind.NUMBER, lambda d: len(d.text.split()) if d.text is not None else None),
    "spans": DocumentField(Kind.NUMBER, lambda document: len(document.spans), is_fixed=False),
    "annotated": DocumentField(Kind.FLAG, lambda document: is_annotated(document), is_fixed=False),
    "annotator": DocumentField(Kind.TEXT, _layer("annotator"), is_fixed=False),
    "draft": DocumentField(Kind.FLAG, lambda document: document.draft, is_fixed=False),
    "skipped": DocumentField(Kind.FLAG, _layer("skipped"), is_fixed=False),
    "split": DocumentField(Kind.TEXT, lambda _: None, is_fixed=False),  # `conditions` has it of the whole corpus
    "fold": DocumentField(Kind.NUMBER, lambda _: None, is_fixed=False),
}
"""The fields by name, besides `extra.KEY`."""

SPLITS = ("split", "fold")
"""Fields that follow from the corpus as a whole: the split and fold that an exported dataset has the document in."""

NUMBERS = tuple(name for name, item in FIELDS.items() if item.kind is Kind.NUMBER and name not in SPLITS)
"""Fields with numbers."""


def document_field(name: str) -> DocumentField | None:
    """Return a field by its name; None if documents have none of this name."""
    if name.startswith(EXTRA) and name != EXTRA:
        key = name.removeprefix(EXTRA)
        return DocumentField(Kind.ANY, lambda document: (document.extra or {}).get(key))
    return FIELDS.get(name)


def number_of(document: Document, name: str) -> int | float | None:
    """Return the number that a field of a document has; None if it has none, or something else."""
    found = document_field(name)
    value = found.value(document) if found else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def require_extra_keys(parameter: str, names: Iterable[str], keys: Collection[str]) -> None:
    """Check that some document has each key of `extra` that fields name.

    Args:
        parameter: What names the fields.
        names: The fields; those that are not `extra.KEY` are ignored.
        keys: The keys that documents have.

    Raises:
        UsageError: No document has one.
    """
    for name in names:
        key = name.removeprefix(EXTRA)
        if key != name and key not in keys:
            hint = did_you_mean(key, sorted(keys)) if keys else "no document has any key there"
            raise UsageError(f"`{parameter}` {name}: no document has the key {key!r} in `extra`. Fix: {hint}")


def is_annotated(document: Document) -> bool:
    """Check whether someone or something has submitted a layer of the document, or it has spans."""
    layer = document.layer
    submitted = layer is not None and bool(layer.annotator) and not layer.draft and not layer.skipped
    return submitted or bool(document.spans)
