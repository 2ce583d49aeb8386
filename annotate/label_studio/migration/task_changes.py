"""What the migration of a project changes in a task: its data, people's work on it, and suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import DataError, Document, Problem, Scheme
from ....schema.migration.document_migration import Migration, migrate
from ....schema.migration.questions import Answers, MigrationQuestion
from ..mapping.migrated_suggestions import migrate_suggestions
from ..mapping.migrated_work import LeftByMigration, left_by_migrations, results_hash, work_in_scheme, work_key
from ..mapping.pickers.document_offers import offered_ids
from ..mapping.pickers.picker_controls import sources
from ..mapping.pickers.picks import as_picks
from ..mapping.region_values import ResultProblem
from ..mapping.result_migration import Show, migrate_results
from ..mapping.tasks import MIGRATED, RECORD, RECORD_KEYS, content_hash, document_from_task, task_lists
from ..sync.entity_linking import link_entities
from ..sync.work.written_values import date_reader
from .backup_file import MigrationBackup
from .task_work import TaskWork, WorkItem


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change of an item.

    Attributes:
        task: The server's id of its task.
        item: The item as it was read.
        now: What its content becomes.
    """

    task: int
    item: WorkItem
    now: Any


@dataclass(slots=True)
class TaskChanges:
    """What a migration changes in a task, and what it cannot.

    Attributes:
        changes: The changes: that of the data first.
        counts: Numbers of changed spans and values in people's work, by what happens to them.
        questions: What a person has to decide, with the account that it is about; that stays as it is until then.
        unread: Regions that make no span, with the account; they stay as they are.
        held: Annotations with a draft that changing them would delete; they stay as they are until it is submitted.
        problems: Why the task cannot be read; then nothing of it is migrated.
        refused: What the answers at hand do not allow; then nothing of the task is migrated either.
        left_out: Number of suggested spans that are left out, because a person would have to decide.
    """

    changes: list[ItemChange] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    questions: list[tuple[MigrationQuestion, int]] = field(default_factory=list)
    unread: list[tuple[ResultProblem, int]] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    left_out: int = 0


class TaskMigrator:
    """Determines what a migration changes in tasks.

    Args:
        migration: The migration.
        steps: All migrations of the project, this one last.
        answers: What people decided.
        backup: The project before the migration; None if it is as then.
        hold_drafted: Whether to leave annotations with drafts alone.
    """

    def __init__(
        self,
        migration: Migration,
        steps: Sequence[Migration],
        answers: Answers,
        backup: MigrationBackup | None,
        *,
        hold_drafted: bool,
    ) -> None:
        self._migration = migration
        self._steps = steps
        self._answers = answers
        self._backup = backup
        self._hold_drafted = hold_drafted
        self._before, self._lists = task_lists(migration.old), task_lists(migration.new)

    @property
    def _new(self) -> Scheme:
        return self._migration.new

    def changes(self, task: TaskWork) -> TaskChanges:
        """Return what changes in a task."""
        before = self._is_before(WorkItem("task", task.id, task.data))
        try:
            document = document_from_task(task.data, task.id, self._migration.old if before else self._new)
        except DataError as error:
            return TaskChanges(problems=error.problems)
        found = TaskChanges()
        try:
            self._add_changes(task, replace(document, spans=(), layer=None), found, before=before)
        except DataError as error:
            return TaskChanges(refused=error.problems)
        return found

    def _add_changes(self, task: TaskWork, bare: Document, found: TaskChanges, *, before: bool) -> None:
        data = self._data(task, bare) if before else dict(task.data)
        show = self._show(data)
        left = left_by_migrations(task.data)
        hashes = dict(_record(data).get("suggestions") or {})
        drafted = {item.annotation for item in task.items if item.kind == "draft"}
        for item in task.items:
            if not isinstance(item.content, list):
                continue
            if item.kind == "prediction":
                self._suggestion(task, item, bare if before else replace(bare, zones=()), hashes, show, found)
            elif self._hold_drafted and item.kind == "annotation" and item.id in drafted:
                if self._work(item, bare, left, show, TaskChanges(), before=before) is not None:
                    found.held.append(item.id)
            elif (now := self._work(item, bare, left, show, found, before=before)) is not None:
                found.changes.append(ItemChange(task.id, item, now))
        data = self._with_record(data, hashes, left)
        if data != task.data:
            found.changes.insert(0, ItemChange(task.id, WorkItem("task", task.id, task.data), data))

    def _is_before(self, item: WorkItem) -> bool:
        return self._backup is None or self._backup.has(item)

    def _waited(self, known: LeftByMigration, item: WorkItem) -> bool:
        """Check whether an earlier run left an item as it was, until people decide which of its spans stay."""
        mine = (self._migration.id, self._migration.is_reverse)
        entry = known.history[-1] if known.history else {}
        return known.results == results_hash(item.content) and (entry.get("id"), bool(entry.get("reverse"))) != mine

    def _show(self, data: dict[str, Any]) -> Show:
        lists = self._lists
        if lists is None:
            return list
        offered = offered_ids(data, self._new)
        return lambda results: as_picks(results, self._new, offered, lists.listed)

    def _work(
        self,
        item: WorkItem,
        document: Document,
        left: dict[str, LeftByMigration],
        show: Show,
        found: TaskChanges,
        *,
        before: bool,
    ) -> list[Any] | None:
        """Return the results that an annotation or a draft gets, and set what is left of it; None without a change."""
        key = work_key(item.id, draft=item.kind == "draft")
        known = left.get(key)
        updated = known.updated if known and known.results == results_hash(item.content) else item.updated
        reader = date_reader(document)
        if self._is_before(item):
            migrated = migrate_results(
                item.content,
                document if before else replace(document, zones=()),
                self._migration,
                answers=self._answers,
                history=known.history if known and (before or self._waited(known, item)) else (),
                read_date=reader,
                link=link_entities,
                show=show,
            )
            if any(question.kind == "overlap" for question in migrated.questions):
                # written in the new scheme they would be as any other spans, and the answer would have no effect
                found.questions += [(question, item.user) for question in migrated.questions]
                return None
            questions, results = migrated.questions, migrated.results
            found.unread += [(problem, item.user) for problem in migrated.unread]
            counts = migrated.changes
            relations = [*(known.relations if known else ()), *migrated.relations]
            entry = LeftByMigration(results_hash(results), updated, item.user, migrated.history, relations)
            if not before and known and known.results == entry.results:
                entry = known  # its data was migrated before an interruption
        else:
            work = work_in_scheme(
                item.content,
                item.updated,
                known,
                replace(document, zones=()),
                self._steps,
                self._new,
                answers=self._answers,
                read_date=reader,
                link=link_entities,
                show=show,
            )
            questions, results, counts = work.questions, work.results, work.changes
            if not work.late:
                return None
            entry = LeftByMigration(results_hash(results), work.updated, item.user, work.history, work.relations)
        found.questions += [(question, item.user) for question in questions]
        found.counts.update(counts)
        left[key] = entry
        return None if results == item.content else results

    def _suggestion(
        self,
        task: TaskWork,
        item: WorkItem,
        document: Document,
        hashes: dict[str, str],
        show: Show,
        found: TaskChanges,
    ) -> None:
        """Add the change of a prediction, and set the hash by which a push knows it."""
        if not self._is_before(item):
            return
        migrated = migrate_suggestions(item.content, document, self._migration, self._answers)
        found.left_out += migrated.left_out
        if item.model in hashes and results_hash(migrated.was) == hashes[item.model]:
            hashes[item.model] = results_hash(migrated.plain)
        elif item.model in hashes:
            hashes[item.model] = ""  # what is there is not what was pushed, and the next push replaces it
        if (now := [*show(migrated.plain), *migrated.others]) != item.content:
            found.changes.append(ItemChange(task.id, item, now))

    def _data(self, task: TaskWork, document: Document) -> dict[str, Any]:
        """Return a task's data with the document and what is offered for it in the new scheme."""
        outcome = migrate(document, self._migration, self._answers)
        if outcome.questions:
            zones = ", ".join(f"[{asked.start}, {asked.end}) {asked.label}" for asked in outcome.questions)
            fix = "answer it in the file of --questions that `goldspan schema migrate` writes for the records"
            what = f"a person decides which kind of zone it becomes: {zones}"
            raise DataError(Problem(what, fix, document=document.id))
        data = dict(task.data)
        record = _record(data)
        bare = replace(outcome.document, spans=(), layer=None)
        if sources(self._new) != sources(self._migration.old):
            data |= self._lists.data(bare) if self._lists else {}
        if not record.keys() & set(RECORD_KEYS):
            return data
        about, conflicts = dict(record.get("about") or {}), str(data.get("conflicts") or "")
        plain: dict[str, Any] = msgspec.to_builtins(bare)
        record = {key: part for key, part in record.items() if key not in RECORD_KEYS}
        record |= {key: plain[key] for key in RECORD_KEYS if key in plain and key in _record(data)}
        if record.get("content") == content_hash(document.with_hash(), about, conflicts, self._before):
            record["content"] = content_hash(bare.with_hash(), about, conflicts, self._lists)
        return data | {RECORD: record}

    def _with_record(
        self, data: dict[str, Any], hashes: dict[str, str], left: dict[str, LeftByMigration]
    ) -> dict[str, Any]:
        """Return a task's data with the hashes of its suggestions and what migrations left of people's work."""
        record = dict(_record(data))
        if hashes:
            record["suggestions"] = hashes
        if left:
            record[MIGRATED] = msgspec.to_builtins(left)
        return data | {RECORD: record} if record else data


def _record(data: dict[str, Any]) -> dict[str, Any]:
    record = data.get(RECORD)
    return record if isinstance(record, dict) else {}
