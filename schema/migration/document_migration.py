"""Migrations: documents of one scheme taken to another, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

import msgspec

from ..document import Document, Layer, Zone
from ..errors import DataError, Problem
from ..hashing import json_sha256
from ..scheme import Scheme
from .clashes import ClashRules, PlacedSpan
from .composition import composed
from .history import (
    KeptSpan,
    KeptZone,
    MigrationEntry,
    kept_span,
    last_entry,
    span_record,
    with_entry,
    without_last,
)
from .questions import Answers, MigrationQuestion, QuestionBook, QuestionKey
from .rules import SchemeMapping
from .span_transfer import SpanTransfer


@dataclass(frozen=True)
class Migration:
    """A change from one scheme to another, which documents follow.

    Attributes:
        mapping: What becomes of everything of the old scheme.
        id: Identifies the schemes and the map; a migration and its reverse have the same.
        is_reverse: Whether it goes from the newer scheme to the older one.
    """

    mapping: SchemeMapping
    id: str
    is_reverse: bool = False

    @property
    def old(self) -> Scheme:
        """The scheme of the documents."""
        return self.mapping.old

    @property
    def new(self) -> Scheme:
        """The scheme that they get."""
        return self.mapping.new

    @cached_property
    def reversed(self) -> Migration:
        """The way back.

        What came by the migration becomes again what it was, and what was set aside is put back. What is new since then
        goes by the rules, in reverse; where these leave several possibilities, a person decides, and what the older
        scheme has no place for is set aside in turn.
        """
        return Migration(self.mapping.reverse, self.id, not self.is_reverse)

    def then(self, later: Migration) -> Migration:
        """Return the one migration that gives documents the labels, values and zones that two give one after the other.

        Raises:
            UsageError: There is none, or the later one does not begin with the scheme that this one ends with.
        """
        return migration_of(composed(self.mapping, later.mapping))


@dataclass(frozen=True, slots=True)
class MigratedDocument:
    """What a migration makes of a document.

    Attributes:
        document: The document in the new scheme; if there are questions, it is not complete.
        questions: What a person has to decide first.
        changes: Numbers of spans, values and zones that change, by what becomes of them.
        unchanged: Whether it has the new scheme already, so that nothing was done.
        answered: The questions whose answers were used.
    """

    document: Document
    questions: list[MigrationQuestion] = field(default_factory=list)
    changes: Mapping[str, int] = field(default_factory=dict)
    unchanged: bool = False
    answered: frozenset[QuestionKey] = frozenset()


def migration_of(mapping: SchemeMapping) -> Migration:
    """Return the migration that a mapping defines."""
    rules = {name: [branch.to_dict() for branch in branches] for name, branches in mapping.labels.items()}
    about = {
        "old": mapping.old.fingerprint,
        "new": mapping.new.fingerprint,
        "labels": rules,
        "zones": {kind: list(kinds) for kind, kinds in mapping.zones.items()},
    }
    return Migration(mapping, json_sha256(about)[:16])


def has_scheme(layer: Layer | None, scheme: Scheme) -> bool:
    """Check whether a layer states a scheme: by its fingerprint, or else by its name and version."""
    if layer is None or (layer.scheme is None and layer.scheme_sha256 is None):
        return False
    return layer.scheme_sha256 == scheme.fingerprint if layer.scheme_sha256 else layer.scheme == scheme.ref


def require_scheme(layer: Layer | None, migration: Migration, document: str) -> None:
    """Require that a layer has the old scheme or the new one; it has the old one if it states none.

    Args:
        layer: The layer.
        migration: The migration.
        document: Id of the document, for the message.

    Raises:
        DataError: It has a third one.
    """
    if layer is None or not (layer.scheme or layer.scheme_sha256):
        return
    if not has_scheme(layer, migration.old) and not has_scheme(layer, migration.new):
        stated = layer.scheme or "a scheme"
        if layer.scheme_sha256:
            stated += f" (fingerprint {layer.scheme_sha256[:12]})"
        known = " nor ".join(f"{scheme.ref} ({scheme.fingerprint[:12]})" for scheme in (migration.old, migration.new))
        fix = f"migrate it to {migration.old.ref} first, or name the scheme file that it was made with"
        raise DataError(Problem(f"the layer was made with {stated}, which is neither {known}", fix, document=document))


def migrate(document: Document, migration: Migration, answers: Answers | None = None) -> MigratedDocument:
    """Take a document to another scheme.

    Nothing is lost: what has no place there is kept in the document, under `extra.migrations` of its layer and spans,
    and put back by `migration.reversed`. A layer that states no scheme is taken to have the old one.

    Args:
        document: A valid document of the old scheme, or one that has the new scheme already and stays as it is.
        migration: The migration, as `load_migration` reads it.
        answers: What people decided, by the key of the question.

    Raises:
        DataError: The layer has a third scheme, an answer does not fit its question, or what an earlier migration left
            in the document was changed.
    """
    require_scheme(document.layer, migration, document.id)
    if has_scheme(document.layer, migration.new):
        return MigratedDocument(document, unchanged=True)
    try:
        return _DocumentMigration(document, migration, answers or {}).run()
    except DataError as error:
        raise DataError([replace(problem, document=document.id) for problem in error.problems]) from error


class _DocumentMigration:
    """The migration of one document."""

    def __init__(self, document: Document, migration: Migration, answers: Answers) -> None:
        self.document = document
        self.migration = migration
        self.book = QuestionBook(document, answers)
        self.changes: Counter[str] = Counter()
        self.kept: list[KeptSpan] = []
        self.remaining: list[KeptSpan] = []
        extra = document.layer.extra if document.layer else None
        last = last_entry(extra, MigrationEntry, "the layer")
        undoes = last is not None and last.id == migration.id and last.reverse != migration.is_reverse
        self.undone = last if undoes else None
        known = self.undone.clashes if self.undone else ()
        self.clashes = ClashRules(document, migration.old, migration.new, known)

    def run(self) -> MigratedDocument:
        placed = self._spans()
        zones, kept_zones = self._zones()
        layer = self.document.layer
        entry = MigrationEntry(
            self.migration.id,
            reverse=self.migration.is_reverse,
            scheme=layer.scheme if layer else None,
            scheme_sha256=layer.scheme_sha256 if layer else None,
            layered=layer is not None,
            spans=tuple(sorted(self.kept, key=lambda item: item.index)),
            zones=kept_zones,
            remaining=tuple(self.remaining),
            clashes=self.clashes.settled(placed),
        )
        left = (entry.spans, entry.zones, entry.remaining, entry.clashes, any(item.noted for item in placed))
        leaves = self.undone is None or any(left)
        migrated = msgspec.structs.replace(
            self.document,
            spans=tuple(item.span for item in placed),
            zones=zones,
            layer=self._layer(entry if leaves else None),
        )
        return MigratedDocument(migrated, self.book.open, dict(+self.changes), answered=frozenset(self.book.used))

    def _spans(self) -> list[PlacedSpan]:
        """Return the spans in the new scheme, and keep those that have no place in it."""
        migration = self.migration
        rules = SpanTransfer(
            migration.mapping, migration.id, migration.is_reverse, self.document, self.book, self.changes
        )
        placed: list[PlacedSpan] = []
        for index, span in enumerate(self.document.spans):
            moved = rules.transfer(span)
            if moved.span is None:
                self.kept.append(KeptSpan(index, span_record(span)))
            else:
                placed.append(PlacedSpan(moved.span, index, moved.noted))
        taken = {item.span.id for item in placed} | {item.span.get("id") for item in self.kept}
        taken |= {item.span.get("id") for item in (self.undone.remaining if self.undone else ())}
        for item in self.undone.spans if self.undone else ():
            restored = kept_span(item.span, migration.new)
            if restored.id is not None:  # which new work may have by now
                restored = msgspec.structs.replace(restored, id=_free_id(restored.id, taken))
                taken.add(restored.id)
            self.changes[f"{restored.label}: put back"] += 1
            placed.insert(min(item.index, len(placed)), PlacedSpan(restored))
        if self.undone:
            self.kept += self.undone.remaining
        rejected = self.clashes.rejected(placed, self.book)
        for position in sorted(rejected):
            self._set_aside(position, placed[position])
        return [item for position, item in enumerate(placed) if position not in rejected]

    def _set_aside(self, position: int, item: PlacedSpan) -> None:
        self.changes[f"{item.span.label}: set aside"] += 1
        if item.index is None:
            self.remaining.append(KeptSpan(position, span_record(item.span)))
        else:
            self.kept.append(KeptSpan(item.index, span_record(self.document.spans[item.index])))

    def _zones(self) -> tuple[tuple[Zone, ...], tuple[KeptZone, ...]]:
        """Return the zones in the new scheme, and those of which these do not tell what they were."""
        before = {(z.start, z.end, z.became): z for z in (self.undone.zones if self.undone else ()) if z.became}
        zones: list[Zone] = []
        kept: list[KeptZone] = []
        for index, zone in enumerate(self.document.zones):
            earlier = before.get((zone.start, zone.end, zone.kind))
            kind = earlier.kind if earlier else self._zone_kind(zone)
            if kind is not None:
                zones.append(Zone(zone.start, zone.end, kind))
            if kind != zone.kind:
                self.changes[f"zone {zone.kind}: set aside" if kind is None else f"zone {zone.kind} -> {kind}"] += 1
            mapping = self.migration.mapping
            asked = len(mapping.zones[zone.kind]) > 1
            tells = kind is not None and not asked and mapping.reverse.zones[kind] == (zone.kind,)
            if not tells and earlier is None:
                kept.append(KeptZone(index, zone.start, zone.end, zone.kind, kind))
        for item in self.undone.zones if self.undone else ():
            if item.became is None:
                self.changes[f"zone {item.kind}: put back"] += 1
                zones.insert(min(item.index, len(zones)), Zone(item.start, item.end, item.kind))
        return tuple(zones), tuple(kept)

    def _zone_kind(self, zone: Zone) -> str | None:
        kinds = self.migration.mapping.zones[zone.kind]
        if len(kinds) < 2:
            return kinds[0] if kinds else None
        question = MigrationQuestion("zone", self.document.id, zone.start, zone.end, zone.kind, options=kinds)
        return self.book.choose(question) or None

    def _layer(self, entry: MigrationEntry | None) -> Layer | None:
        layer, new = self.document.layer or Layer(), self.migration.new
        extra = layer.extra
        if self.undone is not None:
            extra = without_last(extra)
            if entry is None:
                layer = msgspec.structs.replace(
                    layer, scheme=self.undone.scheme, scheme_sha256=self.undone.scheme_sha256, extra=extra
                )
                return None if layer == Layer() and not self.undone.layered else layer
        extra = extra if entry is None else with_entry(extra, entry)
        return msgspec.structs.replace(layer, scheme=new.ref, scheme_sha256=new.fingerprint, extra=extra)


def _free_id(name: str, taken: Collection[str | None]) -> str:
    """Return the id of a span, with a number if another one has it."""
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)
