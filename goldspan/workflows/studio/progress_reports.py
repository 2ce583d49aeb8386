"""Reports on the progress of an annotation project: of a plan, of a single project, or from passes without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from ...annotate.label_studio import DEFAULT_SERVER, StudioClient
from ...annotate.label_studio.client.projects import Project
from ...annotate.label_studio.client.queries import project_suggestions
from ...annotate.label_studio.mapping.result_json import spans_of, with_framed
from ...annotate.label_studio.sync.assignment import Plan, read_plan
from ...annotate.label_studio.sync.parts.part_results import move_results, part_of_task
from ...annotate.label_studio.sync.parts.remote_parts import count_documents
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...corpus.document_sources import SchemeLike, Source, documents_from, resolve_scheme
from ...eval.alignment.document_alignment import may_have_same_text
from ...eval.annotation_progress.annotator_work import Assignment
from ...eval.annotation_progress.progress_report import ProgressReport, report_progress
from ...eval.suggestion_bias import has_suggestions
from ...schema import DataError, Document, Problem, Scheme, Span, UsageError, pluralize
from ...schema.progress import Progress, ignore_progress
from ..privacy.published_names import publish_passes
from ..privacy.working_times import report_without_times
from .pull_project import pull_work, require_project_titled
from .pulled_work import Pulled
from .studio_servers import Connect, StudioServers
from .team_projects import planned_projects


def studio_report(
    passes: Mapping[str, Source] | None = None,
    *,
    scheme: SchemeLike | None = None,
    suggestions: Source | None = None,
    plan: str | Path | None = None,
    title: str | None = None,
    day: date | None = None,
    names: bool = False,
    files: Sequence[str | Path] = (),
    name: str = DEFAULT_SERVER,
    url: str | None = None,
    warn: Callable[[str], None] | None = None,
    progress: Progress = ignore_progress,
) -> ProgressReport:
    """Report on the progress of an annotation project.

    Annotators have pseudonyms, for which a key is made in the project's folder, and the times of single persons are
    left out. With `names` it is for whoever leads the project, and not for publication.

    Args:
        passes: What annotators have submitted, by name; by default it is pulled from the server.
        scheme: Scheme of the documents, or the path of its file; by default that of a corpus, else conflict news.
        suggestions: The suggestions that annotators saw, for `passes`; the server has them otherwise.
        plan: File of the plan by which the documents were pushed.
        title: Title of the project, without `passes` and plan; the scheme's reference by default.
        day: Day up to which days without work count; by default the last day with work.
        names: Whether annotators keep their names, and their lead times are given.
        files: Files that `passes` were read from, whose project has the key; those among `passes` need not be named.
        name: Name of goldspan's own server.
        url: URL of your own server, with its token in the variable GOLDSPAN_STUDIO_TOKEN.
        warn: Called with a warning before a token is sent unencrypted; by default it is Python's warning.
        progress: Called after each task that is read.

    Raises:
        DataError: A pass or the plan is invalid, a pass has a draft, or the text of a document differs between passes
            or from that of its suggestions.
        DependencyError: The server is not running, there is no token, or it does not answer or refuses.
        UsageError: There is no project of that title, or an argument has no effect beside others.
    """
    if passes is not None and not isinstance(passes, Mapping):
        kind = type(passes).__name__
        raise UsageError(f"`passes` is a {kind}. Fix: the passes by annotator, as in {{'ann': 'ann.jsonl'}}")
    resolved = resolve_scheme(scheme, *(passes or {}).values())
    planned = None if plan is None else read_plan(Path(plan))
    if title is not None and (passes is not None or plan is not None):
        raise UsageError("`title` names a single project. Fix: leave out `title`, or `passes` and `plan`")
    if passes is not None:
        if name != DEFAULT_SERVER or url is not None:
            raise UsageError("`name` and `url` have no effect with `passes`, which need no server. Fix: leave them out")
        layers = {annotator: list(documents_from(source, resolved)) for annotator, source in passes.items()}
        shown = None if suggestions is None else documents_from(suggestions, resolved)
        places = [*files, *passes.values(), plan]
        return report_passes(layers, resolved, plan=planned, suggestions=shown, day=day, names=names, places=places)
    if suggestions is not None:
        raise UsageError("`suggestions` are those of the server. Fix: leave out `suggestions`, or give `passes`")
    servers = StudioServers(name, url) if warn is None else StudioServers(name, url, warn)
    if planned is not None:
        return report_plan(
            servers.per_annotator(planned.servers), planned, resolved, day=day, names=names, progress=progress
        )
    with servers.connect() as api:
        return report_project(api, resolved, title=title, day=day, names=names, progress=progress)


def report_passes(
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    plan: Plan | None = None,
    suggestions: Iterable[Document] | None = None,
    day: date | None = None,
    names: bool = False,
    places: Sequence[object] = (),
) -> ProgressReport:
    """Report on the progress that passes show, without a server.

    Args:
        passes: What each annotator has submitted, by name.
        scheme: Scheme of the documents.
        plan: The plan, if there is one.
        suggestions: The documents with the suggestions that annotators saw.
        day: As in `studio_report`.
        names: As in `studio_report`.
        places: Where the passes are from; see `key_path`.

    Raises:
        DataError: As in `studio_report`, or a document has suggestions twice.
        UsageError: There are suggestions, and no annotator of the passes saw any.
    """
    shown = None if suggestions is None else _shown(suggestions, passes)
    return _report_progress(
        passes, scheme, _assignment(plan) if plan else None, shown, day, (), names=names, places=places
    )


def _report_progress(
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    assignment: Assignment | None,
    suggestions: Mapping[str, Sequence[Span]] | None,
    day: date | None,
    notes: Sequence[str],
    *,
    names: bool,
    places: Sequence[object] = (),
) -> ProgressReport:
    """Report on the progress under pseudonyms, unless names are wanted."""
    if not names:
        planned = dict(assignment.documents or {}) if assignment else {}
        passes, published = publish_passes(passes, planned, places)
        if assignment is not None and assignment.documents is not None:
            documents: dict[str, frozenset[str]] = {}
            for name, ids in assignment.documents.items():  # of whom two may be one person
                pseudonym = published.pseudonyms.of(name)
                documents[pseudonym] = documents.get(pseudonym, frozenset()) | frozenset(ids)
            left = tuple(map(published.pseudonyms.of, assignment.left))
            assignment = replace(assignment, documents=documents, left=left)
    report = report_progress(passes, scheme, assignment=assignment, suggestions=suggestions, day=day, notes=notes)
    return report if names else report_without_times(report, passes)


def _shown(suggestions: Iterable[Document], passes: Mapping[str, Sequence[Document]]) -> dict[str, Sequence[Span]]:
    """Return suggestions by document, after a check that they are of the texts that the passes have."""
    read: dict[str, list[Document]] = {}
    for documents in passes.values():
        for document in documents:
            read.setdefault(document.id, []).append(document)
    if not any(map(has_suggestions, chain.from_iterable(read.values()))):
        what = "`suggestions` has no effect: no document of the passes was annotated with suggestions"
        raise UsageError(f"{what}, as far as their layers say. Fix: leave it out, or name passes that were pulled")
    shown: dict[str, Sequence[Span]] = {}
    for document in suggestions:
        if document.id in shown:
            fix = "give only the suggestions that annotators saw first"
            raise DataError(Problem("a second layer of suggestions", fix, document=document.id))
        if not all(may_have_same_text(document, other) for other in read.get(document.id, ())):
            fix = "give the suggestions that annotators saw, with the same texts"
            raise DataError(
                Problem("the text of the suggestions differs from the annotated one", fix, document=document.id)
            )
        shown[document.id] = document.spans
    return shown


def report_plan(
    connect: Connect,
    plan: Plan,
    scheme: Scheme,
    *,
    day: date | None = None,
    names: bool = False,
    progress: Progress = ignore_progress,
) -> ProgressReport:
    """Report on the projects of a plan.

    Args:
        connect: Connects to the server of an annotator.
        plan: The plan.
        scheme: Scheme of the projects.
        day: As in `studio_report`.
        names: As in `studio_report`.
        progress: As in `studio_report`.

    Raises:
        StudioError: A server does not answer, or refuses.
    """
    parts: list[Pulled] = []
    shown: dict[str, Sequence[Span]] = {}
    for annotator, api, project in planned_projects(connect, plan):
        part, suggestions = _pull(api, project, scheme, owner=annotator, progress=progress)
        parts.append(part)
        shown |= suggestions
    pulled = Pulled.combine(parts)
    return _report(pulled, shown, scheme, _assignment(plan), day, names=names)


def report_project(
    api: StudioClient,
    scheme: Scheme,
    *,
    title: str | None = None,
    day: date | None = None,
    names: bool = False,
    progress: Progress = ignore_progress,
) -> ProgressReport:
    """Report on a project, whose documents anybody may annotate.

    Args:
        api: The server.
        scheme: Scheme of the project.
        title: As in `studio_report`.
        day: As in `studio_report`.
        names: As in `studio_report`.
        progress: As in `studio_report`.

    Raises:
        StudioError: The server does not answer, or refuses.
        UsageError: There is no project of that title.
    """
    project = require_project_titled(api, title or scheme.ref)
    pulled, shown = _pull(api, project, scheme, owner="", progress=progress)
    return _report(pulled, shown, scheme, Assignment(total=count_documents(api, project)), day, names=names)


def _assignment(plan: Plan) -> Assignment:
    return Assignment({annotator: frozenset(plan.of(annotator)) for annotator in plan.annotators}, plan.left)


def _report(
    pulled: Pulled,
    shown: Mapping[str, Sequence[Span]],
    scheme: Scheme,
    assignment: Assignment,
    day: date | None,
    *,
    names: bool,
) -> ProgressReport:
    counts = {
        f"{pluralize(len(pulled.problems), 'problem')} in what was pulled: `goldspan studio pull` lists them": len(
            pulled.problems
        ),
        f"{pluralize(pulled.drafts, 'document')} with unsubmitted drafts, which do not count": pulled.drafts,
    }
    layers = {name: list(layer) for name, layer in pulled.layers.items()}
    notes = [note for note, count in counts.items() if count]
    return _report_progress(layers, scheme, assignment, shown, day, notes, names=names)


def _pull(
    api: StudioClient, project: Project, scheme: Scheme, *, owner: str, progress: Progress
) -> tuple[Pulled, dict[str, Sequence[Span]]]:
    """Pull the work of a project, and the suggestions that it shows on the documents that were worked on."""
    cache = PullCache()
    pulled = pull_work(api, project, scheme, cache, owner=owner, progress=progress)
    texts = {document.id: document.text or "" for layer in pulled.layers.values() for document in layer}
    places = {item.task: (item.name, part_of_task(item.data)) for item in cache.in_order()}
    shown = api.sdk.projects.get(project.id).model_version
    suggestions: dict[str, Sequence[Span]] = {}
    for prediction in project_suggestions(api, project) if texts else ():
        name, part = places.get(int(prediction["task"]), ("", None))
        results = prediction.get("result") or []
        if part is not None:
            name, results = part.document, move_results(results, part)
        if name in texts and prediction.get("model_version") == shown:
            marked = spans_of(with_framed(results, scheme), texts[name], scheme)
            suggestions[name] = [*suggestions.get(name, ()), *marked.spans]
    return pulled, suggestions
