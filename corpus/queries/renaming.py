"""New names for documents, metadata fields and annotators, everywhere that they stand in records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import asdict, replace

from ...schema import DataError, Decision, Document, Layer, Metadata, Problem, Span, UsageError, did_you_mean
from ..storage.shards.seen_ids import SeenIds
from .sample_records import KEY, with_new_fields

_EXTRA = "extra."
_META = tuple(f"meta.{name}" for name in Metadata.__struct_fields__)


@dataclass(frozen=True, slots=True)
class Renames:
    """What gets which name.

    Attributes:
        ids: New ids by old ones; documents that are not listed keep theirs, apart from prefix and suffix.
        prefix: Put before each id.
        suffix: Put after each id.
        fields: New fields by old ones: `meta.NAME` or `extra.KEY`.
        annotators: New names of annotators by old ones.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    suffix: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    annotators: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, new in self.fields.items():
            _check_field(name)
            _check_field(new)
        for what, names in (("id", self.ids), ("field", self.fields), ("annotator", self.annotators)):
            if twice := [new for new, count in Counter(names.values()).items() if count > 1]:
                raise UsageError(f"two {what}s would get the name {twice[0]!r}. Fix: give each a name of its own")
            if empty := [old for old, new in names.items() if not new]:
                raise UsageError(f"the {what} {empty[0]!r} would get no name. Fix: give it one")

    def __bool__(self) -> bool:
        return bool(self.ids or self.prefix or self.suffix or self.fields or self.annotators)

    def new_id(self, name: str) -> str:
        """Return the id that a document gets."""
        return f"{self.prefix}{self.ids.get(name, name)}{self.suffix}"


@dataclass(slots=True)
class RenameCounts:
    """What was renamed.

    Attributes:
        documents: Number of documents read.
        ids: Number of documents with a new id.
        listed: Number of listed ids that a document had.
        fields: Number of documents by renamed field.
        annotators: Number of documents by renamed annotator.
    """

    documents: int = 0
    ids: int = 0
    listed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)


class Renamer:
    """Renames documents as they are read; at the end it knows whether names collided anywhere in the corpus.

    Args:
        renames: What gets which name.

    Attributes:
        counts: What was renamed so far.
    """

    def __init__(self, renames: Renames) -> None:
        self._renames = renames
        self._seen = SeenIds()
        self._fields: dict[str, str] = {}  # the first document with each
        self._annotators: dict[str, str] = {}
        self.counts = RenameCounts()

    def renamed(self, documents: Iterable[Document]) -> Iterator[tuple[str, Document]]:
        """Yield each document under its new names, with its old id.

        Raises:
            DataError: Two documents, or two fields or annotators of the corpus, would have one name.
            UsageError: No document has a field or an annotator that is to be renamed.
        """
        for document in documents:
            yield document.id, self._rename(document)
        if self.counts.documents:
            self._require_free(self._renames.fields, self._fields, "field")
            self._require_free(self._renames.annotators, self._annotators, "annotator")

    def _rename(self, document: Document) -> Document:
        renames, counts = self._renames, self.counts
        counts.documents += 1
        name = renames.new_id(document.id)
        counts.ids += name != document.id
        counts.listed += document.id in renames.ids
        if self._seen.is_duplicate(name):
            what = f"another document would have the id {name!r} too"
            raise DataError(Problem(what, "give each document an id of its own", document=document.id))
        changed = replace(document, id=name) if name != document.id else document
        if renames.fields:
            changed = self._with_fields(changed, document.id)
        if renames.annotators:
            changed = self._with_annotators(changed, document.id)
        return changed

    def _with_fields(self, document: Document, name: str) -> Document:
        fields = self._renames.fields
        values = _values(document)
        for known in values:
            self._fields.setdefault(known, name)
        moved = {fields[old]: values[old] for old in fields if old in values}
        if not moved and KEY not in (document.extra or {}):
            return document
        self.counts.fields.update(old for old in fields if old in values)
        kept = {fields.get(old, old): value for old, value in values.items()}  # each key stays in its place
        meta = {key: kept.get(f"meta.{key}") for key in Metadata.__struct_fields__}
        if wrong := [key for key, value in meta.items() if not isinstance(value, str | None)]:
            what = f"{wrong[0]!r} of the metadata would be {meta[wrong[0]]!r}, which is no text"
            raise DataError(Problem(what, "rename it to a key of `extra`", document=name))
        extra = {key.removeprefix(_EXTRA): value for key, value in kept.items() if key.startswith(_EXTRA)}
        if KEY in extra:
            extra[KEY] = with_new_fields(extra[KEY], fields)
        return replace(document, meta=Metadata(**meta), extra=extra or None)

    def _with_annotators(self, document: Document, name: str) -> Document:
        new, layer = self._renames.annotators, document.layer
        names = _annotators(document)
        for known in names:
            self._annotators.setdefault(known, name)
        if not (renamed := names & new.keys()):
            return document
        self.counts.annotators.update(renamed)
        spans = tuple(_span(span, new) for span in document.spans)
        return replace(document, spans=spans, layer=layer and _layer(layer, new))

    def _require_free(self, renames: Mapping[str, str], seen: Mapping[str, str], what: str) -> None:
        for old, new in renames.items():
            if old not in seen:
                hint = did_you_mean(old, sorted(seen)) if seen else "no document has any"
                raise UsageError(f"no document has the {what} {old!r}: {hint}. Fix: name one that is there")
            if new in seen and new not in renames:
                raise DataError(
                    Problem(
                        f"the {what} {old!r} would be called {new!r}, which is a name here already",
                        "choose another name, or rename that one too",
                        document=seen[new],
                    )
                )


def _check_field(name: str) -> None:
    if name not in _META and not (name.startswith(_EXTRA) and name != _EXTRA):
        raise UsageError(f"`field`: unknown {name!r}. Fix: {did_you_mean(name, _META)}, extra.KEY for a key of `extra`")


def _values(document: Document) -> dict[str, Any]:
    """Return the values of all fields that can be renamed, without those that are missing."""
    values = {f"meta.{key}": value for key, value in asdict(document.meta).items() if value is not None}
    return values | {f"{_EXTRA}{key}": value for key, value in (document.extra or {}).items()}


def _annotators(document: Document) -> set[str]:
    """Return the names of annotators and systems that a record has anywhere."""
    layer = document.layer
    names: set[str | None] = set()
    if layer is not None:
        names |= {layer.annotator, *(layer.passes or ()), *(layer.suggestions_shown or ())}
    for span in document.spans:
        names |= {span.source, span.decision.by if span.decision else None, *(span.passes or ())}
    return {name for name in names if name}


def _all(names: Collection[str] | None, new: Mapping[str, str]) -> tuple[str, ...] | None:
    return None if names is None else tuple(new.get(name, name) for name in names)


def _layer(layer: Layer, new: Mapping[str, str]) -> Layer:
    return replace(
        layer,
        annotator=layer.annotator and new.get(layer.annotator, layer.annotator),
        passes=_all(layer.passes, new),
        suggestions_shown=_all(layer.suggestions_shown, new),
    )


def _span(span: Span, new: Mapping[str, str]) -> Span:
    decision = span.decision
    return replace(
        span,
        source=span.source and new.get(span.source, span.source),
        passes=_all(span.passes, new),
        decision=decision and Decision(new.get(decision.by, decision.by), decision.reason),
    )
