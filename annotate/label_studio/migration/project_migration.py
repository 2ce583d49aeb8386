"""Migration of a project: config first, then all work, task by task, until nothing of the earlier scheme is left.

From the change of the config on, the project tells that it is being migrated, and pulls and pushes wait. What pages
send meanwhile keeps its place in controls out of sight. Each change is made where the item still is as it was read;
what is not is read again. So a migration can be cut off at any point, and the same one continues it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, Scheme, UsageError
from ....schema.files.scheme_writer import scheme_toml
from ....schema.migration.document_migration import Migration
from ....schema.migration.questions import Answers
from ....schema.progress import Progress, ignore_progress
from ..backend.registration import missing_controls
from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..mapping.earlier_schemes import MigrationRecord, migrations_in, with_migrations, with_records
from ..mapping.labeling_config import check_labeling_config, instructions, labeling_config
from ..mapping.pickers.id_lists import list_sources
from ..mapping.region_prefixes import shows_framed
from ..mapping.task_parts import shows_parts
from ..sync.project_lists import ProjectLists, list_urls, plan_lists, upload_lists
from ..sync.project_setup import described_fingerprint, project_description
from ..sync.push_checksum import remove_checksum
from .backup_file import BackupHeader, MigrationBackup
from .name_reuse import check_reused_names
from .project_outcome import ProjectOutcome
from .sending import can_compare, send_changes
from .task_changes import TaskMigrator
from .task_work import TaskWork, all_tasks, tasks_of_ids

_STEP = "migrating"
_ROUNDS = 6
_SETTINGS = ("title", "description", "label_config", "expert_instruction")


class ProjectMigration:
    """The migration of a project.

    Args:
        client: The server.
        project: The project.
        migration: The migration.
        map_text: The text of its map.
        answers: What people decided.
        names: Names of the accounts, by the server's ids.

    Raises:
        DataError: Another migration of the project was cut off, the map gives a name another meaning, or the migrations
            in the labeling config cannot be read.
        StudioError: A request failed.
        UsageError: The project has another scheme, its documents in parts, or suggestions that are only framed.
    """

    def __init__(
        self,
        client: StudioClient,
        project: Project,
        migration: Migration,
        map_text: str,
        answers: Answers,
        names: dict[int, str],
    ) -> None:
        self.client, self.project, self.migration = client, project, migration
        self._answers, self._names = answers, names
        self._current = client.sdk.projects.get(project.id)
        config = self._current.label_config or ""
        if shows_parts(config) or shows_framed(config):
            what = "documents in parts" if shows_parts(config) else "suggestions that are only framed"
            fix = "pull it, migrate the files with goldspan schema migrate, and push them to another project"
            raise UsageError(f"project {project.title!r} has {what}, which cannot be migrated. Fix: {fix}")
        old, new = (migration.new, migration.old) if migration.is_reverse else (migration.old, migration.new)
        mine = MigrationRecord(scheme_toml(old), scheme_toml(new), map_text, migration.is_reverse)
        records = migrations_in(self._current.label_config or "")
        last = records[-1].load() if records else None
        self.same = last is not None and (last.id, last.is_reverse) == (migration.id, migration.is_reverse)
        self.done = self.same and records[-1].done
        if records and not records[-1].done and not self.same:
            fix = "run that goldspan studio migrate again first"
            raise DataError(Problem(f"another migration of project {project.title!r} was cut off", fix))
        self._records = records if self.same else (*records, mine)
        self._steps = [*(record.load() for record in self._records[:-1]), migration]
        if not self.same:
            _require_scheme(self._current, migration.old, project)
        self.remarks = check_reused_names(self._steps)
        self.number = len(self._records)  # of this migration among those of the project

    def plan(self, progress: Progress = ignore_progress) -> ProjectOutcome:
        """Return what the migration would do. Only reads from the server."""
        return self._over(all_tasks(self.client, self.project), None if not self.same else self._no_backup(), progress)

    def run(self, backup_path: Path, title: str, progress: Progress = ignore_progress) -> ProjectOutcome:
        """Migrate the project, or complete its migration.

        Args:
            backup_path: File of the backup; it exists if an earlier run was cut off.
            title: Title that the project gets.
            progress: Called after each task.

        Raises:
            DataError: The file is another one, or what it lacks is needed to continue.
            DependencyError: The backup cannot be written.
            StudioError: A request failed; running it again continues.
        """
        backup = self._backup(backup_path)
        if not self.same:
            self._change_config(title)
        outcome = self._over(all_tasks(self.client, self.project), backup, progress, send=True)
        attempt_until_done(lambda _: remove_checksum(self.client, self.project))
        if not self.done:
            self._mark_done()
        return outcome

    def _header(self) -> BackupHeader:
        settings = {name: getattr(self._current, name) for name in _SETTINGS}
        return BackupHeader(
            self.client.connection.url,
            self.project.id,
            str(self._current.created_at),
            self.migration.id,
            self.migration.is_reverse,
            settings,
        )

    def _no_backup(self) -> MigrationBackup:
        return MigrationBackup(Path(), self._header(), {})

    def _backup(self, path: Path) -> MigrationBackup:
        """Return the backup from before the migration, which is made if it has not begun."""
        found = MigrationBackup.load(path)
        mine = self._header()
        if found is not None and not found.header.is_about(mine):
            fix = "name another file with --backup, or move this one"
            raise DataError(Problem("the file is the backup of another migration", fix, str(path)))
        if not self.same:
            refused: list[Problem] = []
            made = MigrationBackup.create(path, mine, self._checked(refused))
            if refused:
                path.unlink()  # nothing was changed
                raise DataError(refused)
            return made
        if found is None and not self.done:
            fix = "name the file of the run that was cut off with --backup"
            raise DataError(Problem("the backup that the migration began with is not there", fix, str(path)))
        # what is late in a project that was migrated is kept in the same file
        return found or MigrationBackup.create(path, mine, ())

    def _checked(self, refused: list[Problem]) -> Iterator[TaskWork]:
        """Yield all tasks, and add what the answers at hand do not allow."""
        migrator = TaskMigrator(self.migration, self._steps, self._answers, None, hold_drafted=False)
        for task in all_tasks(self.client, self.project):
            url = self.project.task_url(task.id)
            refused += [problem.with_location(url) for problem in migrator.changes(task).refused]
            yield task

    def _change_config(self, title: str) -> None:
        """Give the project the new scheme's settings in one request, from which on it is being migrated."""
        current, old, new = self._current, self.migration.old, self.migration.new
        config = current.label_config or ""
        lists = upload_lists(self.client, self.project, _lists(self.client, self.project, old, new, config))
        urls = dict.fromkeys(list_sources(new), "") | list_urls(self.client, self.project, lists)
        plain = labeling_config(new, review='name="conflicts"' in config, lists=urls)
        changed = with_migrations(plain, new, self._records)
        check_labeling_config(changed)
        settings: dict[str, Any] = {
            "title": title,
            "description": project_description(new),
            "label_config": changed,
        }
        if current.expert_instruction == instructions(old):
            settings["expert_instruction"] = instructions(new)
        elif current.expert_instruction:
            self.remarks.append(
                f"{self.project.url}: the guidelines that annotators see are your own and stay as they are; "
                "goldspan studio push --guidelines replaces them"
            )
        attempt_until_done(lambda _: self.client.sdk.projects.update(self.project.id, **settings))

    def _mark_done(self) -> None:
        """Have the project tell that its migration is complete."""

        def attempt(_: bool) -> None:
            config = self.client.sdk.projects.get(self.project.id).label_config or ""
            self.client.sdk.projects.update(self.project.id, label_config=completed(config))

        attempt_until_done(attempt)

    def _over(
        self,
        tasks: Iterable[TaskWork],
        backup: MigrationBackup | None,
        progress: Progress,
        *,
        send: bool = False,
    ) -> ProjectOutcome:
        """Go over tasks, and again over those that others changed meanwhile."""
        outcome = ProjectOutcome(self.project, already=self.done, remarks=self.remarks)
        compares = can_compare(self.client, self.project)
        migrator = TaskMigrator(self.migration, self._steps, self._answers, backup, hold_drafted=not compares)
        pending: list[int] = []
        for number, task in enumerate(tasks, 1):
            if self._task(task, migrator, backup, outcome, compares=compares, send=send):
                pending.append(task.id)
            outcome.tasks = number
            progress(_STEP, number, self.project.tasks)
        for _ in range(_ROUNDS if send else 0):
            if not pending:
                break
            again = tasks_of_ids(self.client, self.project, pending)
            pending = [
                task.id for task in again if self._task(task, migrator, backup, outcome, compares=compares, send=True)
            ]
        outcome.busy = len(pending)
        return outcome

    def _task(
        self,
        task: TaskWork,
        migrator: TaskMigrator,
        backup: MigrationBackup | None,
        outcome: ProjectOutcome,
        *,
        compares: bool,
        send: bool,
    ) -> int:
        """Migrate a task; return the number of its items that others changed meanwhile."""
        found = migrator.changes(task)
        failed = 0
        if send and found.changes:
            if backup is not None and (new := [c.item for c in found.changes if not backup.has(c.item)]):
                backup.add(task.id, new)
            failed = send_changes(self.client, self.project, found.changes, compares=compares)
        if not failed:
            outcome.add(task, found, self._names)
        return failed


def completed(config: str) -> str:
    """Return a labeling config in which the latest migration is complete."""
    *before, last = migrations_in(config)
    return with_records(config, [*before, MigrationRecord(last.old, last.new, last.map, last.reverse, done=True)])


def _require_scheme(current: Any, scheme: Scheme, project: Project) -> None:
    """Raise an error if a project has another scheme.

    Raises:
        UsageError: It has.
    """
    stated = described_fingerprint(current.description or "")
    if stated is not None and not scheme.fingerprint.startswith(stated[1]):
        raise UsageError(
            f"project {project.title!r} has the scheme {stated[0]}, and not {scheme.ref} as given. "
            "Fix: the scheme file that it was pushed with"
        )
    if stated is None and (missing := missing_controls(current.label_config or "", scheme)):
        raise UsageError(
            f"the labeling config of project {project.title!r} lacks {', '.join(missing[:5])} of {scheme.ref}. "
            "Fix: the scheme that it was made for"
        )


def _lists(client: StudioClient, project: Project, old: Scheme, new: Scheme, config: str) -> ProjectLists:
    """Return the lists of the new scheme, with the project's own entries of the old one."""
    before, after = plan_lists(client, project, old, config), plan_lists(client, project, new, config)
    both = dict(list_sources(old).items() & list_sources(new).items())
    contents = {**after.contents, **{source: before.contents[source] for source in both}}
    files = {source: file for source, file in after.files.items() if source not in both}
    return ProjectLists(contents, files | {source: file for source, file in before.files.items() if source in both})
