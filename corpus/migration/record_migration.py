"""Records as streams from one scheme to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from ...schema import DataError, Document, Layer, MigratedDocument, Migration, MigrationQuestion, RecordCodec, migrate
from ...schema.migration.document_migration import has_scheme, require_scheme
from ...schema.migration.questions import Answers, QuestionKey
from ..storage.records import located_records, reject_studio_tasks
from ..storage.rows import RawRecord
from ..storage.shards.seen_ids import SeenIds, duplicate_id_problem


@dataclass(slots=True)
class MigrationTally:
    """What a migration changes, or would change.

    Attributes:
        documents: Number of documents.
        lines: Number of lines about conflicts.
        unchanged: Number of documents and lines that have the new scheme already.
        changes: Numbers of spans, values and zones that change, by what becomes of them.
        questions: What a person has to decide, each question once.
        answered: The questions whose answers were used.
    """

    documents: int = 0
    lines: int = 0
    unchanged: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    questions: dict[QuestionKey, MigrationQuestion] = field(default_factory=dict)
    answered: set[QuestionKey] = field(default_factory=set)

    def add(self, migrated: MigratedDocument) -> None:
        """Add a document."""
        self.documents += 1
        self.unchanged += migrated.unchanged
        self.changes.update(migrated.changes)
        self.answered |= migrated.answered
        for question in migrated.questions:
            self.questions.setdefault(question.key, question)


class _StatedScheme(msgspec.Struct):
    scheme: str | None = None
    scheme_sha256: str | None = None


class _RecordHead(msgspec.Struct):
    id: str = ""
    layer: _StatedScheme | None = None


def migrate_records(source: str, migration: Migration, answers: Answers, tally: MigrationTally) -> Iterator[Document]:
    """Yield the documents of a corpus in the new scheme; those with open questions are only counted.

    Args:
        source: As in `read_records`. Records that have the new scheme already stay as they are.
        migration: The migration.
        answers: What people decided.
        tally: What is counted is added to it.

    Raises:
        DataError: A record is invalid, is of a third scheme, or an answer does not fit; with its line.
    """
    codecs = RecordCodec(migration.old), RecordCodec(migration.new)
    seen = SeenIds()
    for file, number, record in located_records(source):
        try:
            migrated = migrate(_read(record, migration, codecs), migration, answers)
            document = migrated.document if migrated.questions else codecs[1].check(migrated.document)
        except DataError as error:
            reject_studio_tasks(file, record)
            raise error.with_location(file, number) from error
        if seen.is_duplicate(document.id):
            raise DataError(duplicate_id_problem(document.id).with_location(file, number))
        tally.add(migrated)
        if not migrated.questions:
            yield document


def _read(record: RawRecord, migration: Migration, codecs: tuple[RecordCodec, RecordCodec]) -> Document:
    """Read a record by the scheme that its layer states, which is that of the migration or the new one."""
    try:
        head = (
            msgspec.json.decode(record, type=_RecordHead)
            if isinstance(record, bytes)
            else msgspec.convert(record, _RecordHead)
        )
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return codecs[0].read(record)  # which says what is wrong
    layer = None if head.layer is None else Layer(scheme=head.layer.scheme, scheme_sha256=head.layer.scheme_sha256)
    require_scheme(layer, migration, head.id)
    return codecs[has_scheme(layer, migration.new)].read(record)
