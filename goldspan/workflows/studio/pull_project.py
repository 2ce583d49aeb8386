"""Pull the annotations of a Label Studio project to files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project, project_must_exist, project_titles
from ...annotate.label_studio.mapping.earlier_schemes import current_migrations
from ...annotate.label_studio.sync.annotated_tasks import AnnotatedTask, annotator_names, drafts_as_tasks
from ...annotate.label_studio.sync.parts.joined_work import JoinedWork
from ...annotate.label_studio.sync.parts.remote_parts import count_drafted_documents
from ...annotate.label_studio.sync.project_lists import extend_lists
from ...annotate.label_studio.sync.pull import PulledLayers, owner_first, read_annotations
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...annotate.label_studio.sync.work.spool import SpooledList
from ...annotate.label_studio.sync.work.unknown_name_counts import UnknownNames
from ...annotate.label_studio.sync.work.withheld_work import WithheldWork
from ...corpus import Corpus, write_records
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn
from ...schema import Scheme, UsageError, pluralize
from ...schema.progress import Progress, ignore_progress
from .pull_summary import PullSummary
from .pulled_work import Pulled, ReadWork, StoredLayerFile, file_name, make_folder, path_in, write_work

_MAX_TITLES = 10  # of projects listed in an error


def pull_files(
    api: StudioClient,
    out: Path,
    scheme: Scheme,
    *,
    title: str | None = None,
    annotator: str = "",
    owner: str = "",
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> PullSummary:
    """Pull the annotations of a project to files.

    A hidden file beside them caches the server's answers, so that the next pull asks for less.

    Args:
        api: The server.
        out: A records file for the work of one annotator; or a folder, for a file of each annotator.
        scheme: The project's scheme.
        title: Title of the project; the scheme's reference by default.
        annotator: Pull the work of this annotator only.
        owner: The annotator that the project is planned for. Its layer gets this name, whatever the accounts are called
            that annotated there.
        propagate_values: As in `read_annotations`.
        drafts: Also pull drafts, to files of their own: `NAME.drafts.jsonl` beside `NAME.jsonl`.
        progress: Called after each task that is read.

    Raises:
        DependencyError: The server does not answer, or the files cannot be written.
        UsageError: There is no project of that title, one file was given for several annotators, or the named
            annotator has no work.
    """
    project = require_project_titled(api, title or scheme.ref)
    is_folder = out.is_dir() or not out.suffix
    if is_folder:
        make_folder(out)
    withheld = WithheldWork(find_withdrawn(out))
    cache = PullCache(_cache_path(out, owner, is_folder=is_folder))
    work = _read_work(
        api,
        project,
        scheme,
        cache,
        annotator=annotator,
        owner=owner,
        propagate_values=propagate_values,
        drafts=drafts,
        progress=progress,
        withheld=withheld,
    )
    found = sorted({*work.layers, *work.draft_layers})
    if not is_folder and len(found) > 1:
        raise UsageError(
            f"{out} is for one annotator, and there are {', '.join(found)}. Fix: one `annotator`, or a folder as `out`"
        )
    files, draft_files = write_work(
        work.layers,
        work.draft_layers if drafts else None,
        work.accounts,
        lambda name: path_in(out, name) if is_folder else out,
    )
    if not is_folder and not work.layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    cache.known = frozenset(name.key for name in work.unknown)
    cache.save(api, project, withheld.holds)
    return PullSummary(
        files,
        work.read,
        work.whole,
        work.problems,
        work.remarks,
        work.unknown,
        work.kept,
        work.drafts,
        draft_files,
    )


def pull_work(
    api: StudioClient,
    project: Project,
    scheme: Scheme,
    cache: PullCache,
    *,
    annotator: str = "",
    owner: str = "",
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> Pulled:
    """Pull the annotations of a project.

    Args:
        api: The server.
        project: The project.
        scheme: The project's scheme.
        cache: The work that is known already; it is brought up to date.
        annotator: As in `pull_files`.
        owner: As in `pull_files`.
        propagate_values: As in `pull_files`.
        drafts: Also pull drafts.
        progress: As in `pull_files`.

    Raises:
        DependencyError: The server does not answer.
        UsageError: The named annotator has no work.
    """
    work = _read_work(
        api,
        project,
        scheme,
        cache,
        annotator=annotator,
        owner=owner,
        propagate_values=propagate_values,
        drafts=drafts,
        progress=progress,
        withheld=WithheldWork(find_withdrawn()),
    )
    return Pulled(
        layers=_corpora(work.layers),
        draft_layers=_corpora(work.draft_layers),
        drafts=work.drafts,
        problems=work.problems,
        remarks=work.remarks,
        unknown=work.unknown,
        kept=work.kept,
        projects=(project,),
        read=work.read,
        whole=work.whole,
        accounts=work.accounts,
        drafts_requested=drafts,
    )


def _corpora(layers: Mapping[str, StoredLayerFile]) -> dict[str, Corpus]:
    return {name: Corpus(layer.in_order(), layer.scheme, checked=True) for name, layer in layers.items()}


def _read_work(
    api: StudioClient,
    project: Project,
    scheme: Scheme,
    cache: PullCache,
    *,
    annotator: str,
    owner: str,
    propagate_values: bool,
    drafts: bool,
    progress: Progress,
    withheld: WithheldWork,
) -> ReadWork:
    """Bring the cache up to date and make the layers. Arguments and errors are those of `pull_work`."""
    with project_must_exist(api, project, "Fix: push again, or name another `title`"):
        config = api.sdk.projects.get(project.id).label_config or ""
        migrations = [record.load() for record in current_migrations(config, scheme, project.title)]
        read, whole = cache.update(api, project, progress)
        draft_tasks = SpooledList(AnnotatedTask)
        drafting: Counter[int] = Counter()
        for task in drafts_as_tasks(api, project) if drafts else ():
            draft_tasks.append(task)
            drafting.update({draft.user for draft in task.annotations})
        draft_count = count_drafted_documents(api, project)
    names = annotator_names(api)
    accounts = owner_first(owner, names, cache.tasks_by_user())
    # drafts do not decide whose work counts: the layers are the same with and without them
    accounts += [user for user in owner_first(owner, names, drafting) if user not in accounts]
    unknown = UnknownNames()
    joined = JoinedWork(api, project, scheme, names, owner=owner, accounts=accounts)
    read_work = partial(
        read_annotations,
        project=project,
        names=names,
        scheme=scheme,
        propagate_values=propagate_values,
        owner=owner,
        accounts=accounts,
        unknown=unknown,
        migrations=migrations,
    )
    # once more after parts are joined: a copy under another id may be told by its whole text alone
    submitted = read_work(withheld.rest(joined.submitted(withheld.rest(cache.in_order()))))
    own_drafts = joined.drafts(withheld.rest(draft_tasks), withheld.rest(cache.in_order())) if drafts else ()
    unfinished = read_work(withheld.rest(own_drafts), drafts=True)
    if owner and len(accounts) > 1:
        first, *others = (names.get(user, f"user-{user}") for user in accounts)
        precedence = (
            f"in the project of {owner}, {first} takes precedence over {', '.join(others)}, who worked there too"
        )
        submitted.remarks.append(f"{project.url}: {precedence}")
    if late := submitted.late + unfinished.late:
        what = f"{pluralize(late, 'annotation')} came from pages that were open before the migration"
        submitted.remarks.append(f"{project.url}: {what}, and were migrated on reading: see goldspan studio migrate")
    submitted.problems += joined.problems
    submitted.remarks += [*joined.remarks, *joined.tell_unfinished(drafts=drafts)]
    submitted.remarks += withheld.remarks(project.url)
    submitted.remarks += extend_lists(api, project, submitted.written, scheme)
    layers, draft_layers = _layers_of(annotator, submitted, scheme), _layers_of(annotator, unfinished, scheme)
    if annotator and not layers and not draft_layers:
        known = ", ".join(sorted({*submitted.layers, *unfinished.layers}))
        fix = f"one of {known}" if known else "nobody has annotated yet"
        if annotator in joined.unfinished:
            fix = "`drafts` pulls the documents of which only some parts are submitted"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: {fix}")
    return ReadWork(
        submitted,
        unfinished,
        layers,
        draft_layers,
        drafts=draft_count,
        unknown=unknown.by_frequency(cache.known),
        read=read,
        whole=whole,
        accounts=frozenset(owner or name for name in names.values() if not annotator or name == annotator),
    )


def require_project_titled(api: StudioClient, title: str) -> Project:
    """Return the project with a title.

    Raises:
        StudioError: The server does not answer, or refuses.
        UsageError: There is no project of that title.
    """
    project = find_project(api, title)
    if project is None:
        titles = project_titles(api, _MAX_TITLES)
        fix = f"one of {', '.join(map(repr, titles))} for `title`, or push first" if titles else "push first"
        raise UsageError(f"the server has no project {title!r}. Fix: {fix}")
    return project


def _cache_path(out: Path, owner: str, *, is_folder: bool) -> Path:
    if not is_folder:
        return out.with_name(f".{out.name}.work.zst")
    return out / (f".{file_name(owner)}.work.zst" if owner else ".work.zst")


def _layers_of(annotator: str, pulled: PulledLayers, scheme: Scheme) -> dict[str, StoredLayerFile]:
    """Return the layers of an annotator, or of all where none is named, sorted by name."""
    return {
        name: StoredLayerFile(layer, scheme)
        for name, layer in sorted(pulled.layers.items())
        if not annotator or name == annotator
    }
