"""People's work in a project that was migrated, in the project's scheme: what came late is migrated on reading.

What migrations left of an annotation besides its results is in the data of its task, which no page changes: what was
set aside, and the time of the person's last change, which a server moves when results are migrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import Document, Scheme
from ....schema.hashing import json_sha256
from ....schema.migration.document_migration import Migration
from ....schema.migration.questions import Answers, MigrationQuestion
from .migration_notes import Result
from .region_values import ReadDate
from .result_elements import earlier_elements
from .result_migration import Link, Show, is_late, migrate_results
from .tasks import MIGRATED, RECORD


class LeftByMigration(msgspec.Struct, frozen=True, omit_defaults=True):
    """What migrations left of an annotation or a draft besides its results.

    Attributes:
        results: Hash of the results as the last migration wrote them.
        updated: Time of the person's last change before.
        user: The server's id of the person's account.
        history: As under `extra.migrations` of a layer.
        relations: Relations of regions that were set aside.
    """

    results: str
    updated: str
    user: int = 0
    history: list[Any] = []
    relations: list[Any] = []


@dataclass(frozen=True, slots=True)
class WorkInScheme:
    """Work as it is in the project's scheme.

    Attributes:
        results: The results.
        updated: Time of the person's last change.
        history: As under `extra.migrations` of a layer.
        relations: Relations of regions that were set aside.
        questions: What a person has to decide about what came late; it is still in the earlier scheme.
        late: Whether some of it came late.
        changes: What was changed of what came late.
    """

    results: list[Any]
    updated: str
    history: list[Any] = field(default_factory=list)
    relations: list[Any] = field(default_factory=list)
    questions: list[MigrationQuestion] = field(default_factory=list)
    late: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)


def results_hash(results: Sequence[Any]) -> str:
    """Return a hash of results, by which a change of them is told."""
    return json_sha256(list(results))[:16]


def left_by_migrations(data: Mapping[str, Any]) -> dict[str, LeftByMigration]:
    """Return what migrations left in the data of a task, by annotation or draft; see `work_key`."""
    record = data.get(RECORD)
    left = record.get(MIGRATED) if isinstance(record, dict) else None
    try:
        return msgspec.convert(left, dict[str, LeftByMigration]) if left else {}
    except msgspec.ValidationError:
        return {}


def work_key(number: int, *, draft: bool) -> str:
    """Return the key of an annotation or a draft, by the server's id."""
    return f"draft-{number}" if draft else str(number)


def left_of(data: Mapping[str, Any], number: int, user: int, *, draft: bool) -> LeftByMigration | None:
    """Return what migrations left of an annotation or a draft; None if they left nothing.

    An annotation that was a draft then is known by the account, as the server gives it a number of its own.

    Args:
        data: Data of the task.
        number: The server's id of the annotation or draft.
        user: The server's id of the account.
        draft: Whether it is a draft.
    """
    left = left_by_migrations(data)
    found = left.get(work_key(number, draft=draft))
    drafts = (item for key, item in left.items() if key.startswith(work_key(0, draft=True)[:-1]) and item.user == user)
    return found or (None if draft else next(drafts, None))


def work_in_scheme(
    results: Sequence[Any],
    updated: str,
    left: LeftByMigration | None,
    document: Document,
    migrations: Sequence[Migration],
    scheme: Scheme,
    *,
    answers: Answers | None = None,
    read_date: ReadDate = lambda _: None,
    link: Link = lambda _document, spans, _scheme: (spans, None),
    show: Show = list,
) -> WorkInScheme:
    """Return work in the scheme of the project, and migrate what of it is of an earlier one.

    Args:
        results: The results as the server has them.
        updated: The server's time of the last change.
        left: What migrations left of it.
        document: The document, with zones of the project's scheme.
        migrations: The migrations of the project, oldest first.
        scheme: The scheme of the project.
        answers: As in `migrate_results`.
        read_date: As in `migrate_results`.
        link: As in `migrate_results`.
        show: As in `migrate_results`.

    Raises:
        DataError: As in `migrate_results`.
    """
    current: list[Result] = list(results)
    history = list(left.history) if left else []
    relations = list(left.relations) if left else []
    questions: list[MigrationQuestion] = []
    changes: dict[str, int] = {}
    late = False
    moved: frozenset[str] = frozenset()  # by one migration, so that the next takes them too
    if left is not None and left.results == results_hash(results):
        updated = left.updated
    without_zones = replace(document, zones=())
    for migration, earlier in zip(migrations, earlier_elements(migrations, scheme), strict=True):
        if not moved and not is_late(current, earlier):
            continue
        found = migrate_results(
            current,
            without_zones,
            migration,
            earlier=earlier,
            moved=moved,
            answers=answers,
            read_date=read_date,
            link=link,
            show=show,
        )
        if any(question.kind == "overlap" for question in found.questions):
            # once written in the new scheme they would not be late, and the answer would have no effect
            kept = (list(left.history), list(left.relations)) if left else ([], [])
            return WorkInScheme(list(results), updated, *kept, [*questions, *found.questions], late=True)
        late |= found.late
        current, moved = found.results, found.moved
        relations += found.relations
        questions += found.questions
        changes |= found.changes
        history = _merged(history, found.history)
    return WorkInScheme(current, updated, history, relations, questions, late, changes)


def _merged(history: Sequence[Any], late: Sequence[Any]) -> list[Any]:
    """Return a history with an entry of late work, which joins the entry of the same migration if that is the last."""
    if not history or not late:
        return [*history, *late]
    *before, last = history
    [entry] = late
    if (last.get("id"), last.get("reverse")) != (entry.get("id"), entry.get("reverse")):
        return [*history, *late]
    joined = {key: [*last.get(key, ()), *entry.get(key, ())] for key in ("spans", "clashes")}
    return [*before, {**last, **{key: items for key, items in joined.items() if items}}]
