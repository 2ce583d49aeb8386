"""Fields of documents that conditions test, and that give numbers: metadata, what follows from it, and `extra.KEY`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import Any

from ...schema import DataError, Document, Metadata, Problem, UsageError, did_you_mean
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
    LANGUAGE = "a language tag such as pt-BR"
    LANGUAGE_RANGE = "a language such as pt, or a variety such as pt-BR"
    ANY = "text or a number"

    @property
    def ordered(self) -> bool:
        """Whether one value may come before another."""
        return self not in (Kind.TEXT, Kind.FLAG, Kind.LANGUAGE, Kind.LANGUAGE_RANGE)


_FORMS = {
    Kind.DAY: re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.A),
    Kind.MONTH: re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.A),
    Kind.YEAR: re.compile(r"\d{4}", re.A),
}
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", re.A | re.I)
_LONGEST_NUMBER = 300


def parse_literal(kind: Kind, text: str) -> str | int | float:
    """Return what a condition compares a field with.

    Raises:
        UsageError: The text is not of that kind.
    """
    form = _FORMS.get(kind)
    number = parse_number(text) if kind in (Kind.NUMBER, Kind.ANY) else None
    if (kind is Kind.NUMBER and number is None) or (form and not form.fullmatch(text)):
        raise UsageError(f"{text!r} is not {kind.value}")
    return text if number is None else number


def parse_number(value: Any) -> int | float | None:
    """Return a number, or that which a text is, as the cells of tables are; None for anything else."""
    if not isinstance(value, str):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return None
    number = int(value) if value.lstrip("+-").isdigit() else float(value)
    return number if isfinite(number) else None


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


_META_KINDS = {"published": Kind.DAY, "language": Kind.LANGUAGE}

FIELDS: dict[str, DocumentField] = {
    "id": DocumentField(Kind.TEXT, lambda document: document.id, is_fixed=False),
    "text": DocumentField(Kind.TEXT, lambda document: document.text),
    **{
        f"meta.{name}": DocumentField(_META_KINDS.get(name, Kind.TEXT), _metadata(name))
        for name in Metadata.__struct_fields__
    },
    "month": DocumentField(Kind.MONTH, _period(7)),
    "year": DocumentField(Kind.YEAR, _period(4)),
    "language": DocumentField(Kind.LANGUAGE_RANGE, _metadata("language")),
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


def number_of(document: Document, name: str, fix: str) -> int | float:
    """Return the number that a field of a document has.

    Args:
        document: The document.
        name: The field.
        fix: How to fix a document that has none.

    Raises:
        DataError: It has none, or something else.
    """
    found = document_field(name)
    value = found.value(document) if found else None
    if (number := parse_number(value)) is not None:
        return number
    what = f"{name} is {'missing' if value is None else f'{str(value)[:50]!r}, which is not a number'}"
    raise DataError(Problem(what, fix, document=document.id))


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
