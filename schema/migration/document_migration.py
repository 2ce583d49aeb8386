"""Migrations: documents of one scheme taken to another, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec

from ..document import Document, Layer, Span, Zone
from ..errors import DataError, Problem
from ..hashing import json_sha256
from ..scheme import Scheme
from .clashes import clashing_pairs, clusters
from .history import (
    KeptSpan,
    KeptZone,
    MigrationEntry,
    kept_span,
    known_parts,
    last_entry,
    span_record,
    with_entry,
    without_last,
)
from .questions import SET_ASIDE, Answers, MigrationQuestion, QuestionBook, QuestionKey, overlap_question
from .rules import SchemeMapping
from .span_transfer import SpanTransfer, TransferredSpan


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

    def run(self) -> MigratedDocument:
        spans, noted = self._spans()
        zones, kept_zones = self._zones()
        entry = MigrationEntry(
            self.migration.id,
            reverse=self.migration.is_reverse,
            scheme=self.document.layer.scheme if self.document.layer else None,
            scheme_sha256=self.document.layer.scheme_sha256 if self.document.layer else None,
            layered=self.document.layer is not None,
            spans=tuple(sorted(self.kept, key=lambda item: item.index)),
            zones=kept_zones,
            remaining=tuple(self.remaining),
            clashes=self._clashes_before(),
        )
        leaves = noted or entry.spans or entry.zones or entry.remaining or self.undone is None
        layer = self._layer(entry if leaves else None)
        migrated = msgspec.structs.replace(self.document, spans=spans, zones=zones, layer=layer)
        return MigratedDocument(migrated, self.book.open, dict(+self.changes), answered=frozenset(self.book.used))

    def _spans(self) -> tuple[tuple[Span, ...], bool]:
        """Return the spans in the new scheme, and whether one of them carries a note."""
        rules = SpanTransfer(
            self.migration.mapping, self.migration.id, self.migration.is_reverse, self.document, self.book, self.changes
        )
        moved: list[tuple[int | None, TransferredSpan]] = []
        for index, span in enumerate(self.document.spans):
            outcome = rules.transfer(span)
            if outcome.span is None:
                self.kept.append(KeptSpan(index, span_record(span)))
            else:
                moved.append((index, outcome))
        returned = [*self.undone.spans] if self.undone else []
        for item in returned:
            restored = kept_span(item.span, self.migration.new)
            self.changes[f"{restored.label}: put back"] += 1
            moved.insert(min(item.index, len(moved)), (None, TransferredSpan(restored)))
        if self.undone:
            self.kept += self.undone.remaining
        dropped = self._rejected(moved, returned)
        stay = [outcome for position, (_, outcome) in enumerate(moved) if position not in dropped]
        return tuple(outcome.span for outcome in stay if outcome.span), any(outcome.noted for outcome in stay)

    def _rejected(self, moved: Sequence[tuple[int | None, TransferredSpan]], returned: Sequence[KeptSpan]) -> set[int]:
        """Return the positions of spans that clash by the migration and that a person decided to set aside."""
        spans = [outcome.span for _, outcome in moved if outcome.span is not None]
        pairs = [pair for pair in clashing_pairs(spans, self.migration.new) if not self._clashed(moved, spans, pair)]
        dropped: set[int] = set()
        for members in clusters(pairs):
            records = [
                {"start": s.start, "end": s.end, "label": s.label, "value": known_parts(s.value)}
                for s in (spans[position] for position in members)
            ]
            question = overlap_question(self.document.id, [spans[position] for position in members], records)
            answer = self.book.ask(question)
            if answer is None:
                continue
            keep = [] if answer == SET_ASIDE else answer
            if not isinstance(keep, list) or not all(type(n) is int and 1 <= n <= len(members) for n in keep):
                raise question.problem(f"is {answer!r}, which are not numbers from 1 to {len(members)}")
            staying = {members[n - 1] for n in keep}
            if any(a in staying and b in staying for a, b in pairs):
                raise question.problem(f"is {answer!r}, but these clash with each other")
            dropped |= set(members) - staying
        for position in sorted(dropped):
            self._set_aside(moved[position][0], spans[position], returned)
        return dropped

    def _clashed(
        self, moved: Sequence[tuple[int | None, TransferredSpan]], spans: Sequence[Span], pair: tuple[int, int]
    ) -> bool:
        """Check whether two spans clashed before the migration, which is then not its concern."""
        if self.undone is not None and _places(spans[pair[0]], spans[pair[1]]) in self.undone.clashes:
            return True
        before = [moved[position][0] for position in pair]
        return all(index is not None for index in before) and any(
            clashing_pairs([self.document.spans[index] for index in before if index is not None], self.migration.old)
        )

    def _set_aside(self, index: int | None, span: Span, returned: Sequence[KeptSpan]) -> None:
        self.changes[f"{span.label}: set aside"] += 1
        if index is not None:
            self.kept.append(KeptSpan(index, span_record(self.document.spans[index])))
        else:
            record = span_record(span)
            self.remaining.append(next(item for item in returned if _same_record(item, record)))

    def _clashes_before(self) -> tuple[tuple[int, int, str, int, int, str], ...]:
        spans = self.document.spans
        return tuple(_places(spans[i], spans[j]) for i, j in clashing_pairs(spans, self.migration.old))

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
            tells = kind is not None and self.migration.mapping.reverse.zones[kind] == (zone.kind,)
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


def _places(a: Span, b: Span) -> tuple[int, int, str, int, int, str]:
    first, second = sorted(((a.start, a.end, a.label), (b.start, b.end, b.label)))
    return (*first, *second)


def _same_record(item: KeptSpan, record: Mapping[str, object]) -> bool:
    return all(item.span.get(key) == record[key] for key in ("start", "end", "label"))
