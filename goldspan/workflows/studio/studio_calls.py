"""Push to Label Studio and pull from it, as a script does: documents go in, a corpus of each annotator comes out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...annotate.label_studio import DEFAULT_SERVER
from ...annotate.label_studio.sync.assignment import read_plan
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...corpus.adjudication.conflicts import Conflict
from ...corpus.document_sources import SchemeLike, Source, resolve_scheme
from ...schema import UsageError, pluralize
from ...schema.progress import Progress, ignore_progress
from .document_suggestions import group_suggestions
from .given_suggestions import suggested_documents, suggestion_layer
from .pull_project import pull_work, require_project_titled
from .pulled_work import Pulled
from .push_project import PushSummary, push_documents
from .review_project import push_conflicts
from .studio_servers import StudioServers, warn_caller
from .team_projects import TeamPush, pull_planned_work, push_by_plan

PLAN = Path("plan.json")
"""The default file of a plan."""


def push(
    documents: Source,
    *,
    scheme: SchemeLike | None = None,
    suggestions: Mapping[str, Source] | None = None,
    title: str | None = None,
    guidelines: str | None = None,
    order: str = "",
    random_share: float = 0.2,
    faint: float | None = None,
    framed: float | None = None,
    cut: int | None = None,
    name: str = DEFAULT_SERVER,
    url: str | None = None,
    progress: Progress = ignore_progress,
) -> PushSummary:
    """Push documents to a project in Label Studio, each exactly once, however often this is called.

    The documents' own spans are suggestions of the annotator that their layers name. The server must be running:
    `goldspan.annotate.label_studio.up` starts goldspan's own.

    Args:
        documents: The documents with their texts, as any source that `goldspan.load` accepts.
        scheme: Their scheme, or the path of its file; by default that of a corpus, else conflict news.
        suggestions: Further suggestions over the same texts, by the name of their extractor.
        title: Title of the project; the scheme's reference by default.
        guidelines: Markdown to show instead of the scheme's guidelines.
        order: What to annotate first: `disagreement` of several suggestions, `contested` spans of
            a vote, low `score`, `novelty` of names, or `mix`;
            by default the order of the documents.
        random_share: Share of documents that are drawn at random, with `order`; 0 to 1.
        faint: Score below which suggestions are shown as faint; by default all are shown alike.
        framed: Score below which suggestions are only framed, and no spans until someone clicks them; by default none.
        cut: Largest length of a part, in characters, of documents that annotators get in parts; by default whole ones.
        name: Name of goldspan's own server.
        url: URL of your own server, with its token in the variable GOLDSPAN_STUDIO_TOKEN.
        progress: Called after each batch of tasks.

    Raises:
        DataError: A document is invalid, suggestions are for another text, or the text of a document changed that has
            been annotated; nothing was sent.
        DependencyError: The server is not running, there is no token, or it does not answer or refuses.
        UsageError: The order, the name or the address is invalid; as in `mark_low_scores`; or the project has whole
            documents, and these are to be cut, or the other way round.

    Examples:
        >>> import goldspan
        >>> from goldspan.annotate.label_studio import up
        >>> server, started = up()
        >>> summary = goldspan.push("gold.jsonl", title="pushed by a script")
        >>> summary.pushed.created
        2
        >>> goldspan.push("gold.jsonl", title="pushed by a script").pushed.unchanged
        2
    """
    scheme = resolve_scheme(scheme, documents)
    items = suggested_documents(documents, suggestions, scheme, order, random_share, faint, framed)
    with StudioServers(name, url).connect() as api:
        return push_documents(api, items, scheme, title=title, guidelines=guidelines, cut=cut, progress=progress)


def push_team(
    documents: Source,
    annotators: Sequence[str] = (),
    *,
    plan: str | Path = PLAN,
    scheme: SchemeLike | None = None,
    suggestions: Mapping[str, Source] | None = None,
    overlap: float = 1.0,
    blind: float = 0.0,
    server_per_annotator: bool = False,
    title: str | None = None,
    guidelines: str | None = None,
    order: str = "",
    random_share: float = 0.2,
    faint: float | None = None,
    framed: float | None = None,
    cut: int | None = None,
    name: str = DEFAULT_SERVER,
    url: str | None = None,
    progress: Progress = ignore_progress,
) -> TeamPush:
    """Plan who annotates which documents, and push them to a project for each annotator.

    An earlier plan is extended: its documents keep their annotators, and its title, shares and servers hold.

    Args:
        documents: The documents, with their texts.
        annotators: Who annotates; may be left out once there is a plan.
        plan: File of the plan.
        scheme: As in `push`.
        suggestions: As in `push`.
        overlap: Annotators per document, on average: with 1.2, two for a fifth of them.
        blind: Share of the documents that are shown without suggestions; 0 to 1.
        server_per_annotator: Whether each annotator gets a server of their own, named after them.
        title: Title of the projects, to which the annotator's name is appended; the scheme's reference by default.
        guidelines: As in `push`.
        order: As in `push`.
        random_share: As in `push`.
        faint: As in `push`.
        framed: As in `push`.
        cut: As in `push`; each annotator gets all parts of a document.
        name: As in `push`.
        url: As in `push`.
        progress: As in `push`, for each project.

    Raises:
        DataError: As in `push`, or the file is not a plan.
        DependencyError: As in `push`. What was pushed stays, and the same call completes it.
        UsageError: As in `push`; or `annotators` and a plan are both missing, names are empty or given twice, a
            number is out of range, or the plan has another title or annotators who are missing.

    Warns:
        UserWarning: The blind share has no effect.
    """
    scheme = resolve_scheme(scheme, documents)
    return push_by_plan(
        StudioServers(name, url),
        Path(plan),
        suggested_documents(documents, suggestions, scheme, order, random_share, faint, framed),
        scheme,
        annotators=annotators,
        title=title,
        overlap=overlap,
        blind=blind,
        server_per_annotator=server_per_annotator,
        guidelines=guidelines,
        cut=cut,
        remark=warn_caller,
        progress=progress,
    )


def push_review(
    passes: Mapping[str, Source],
    conflicts: str | Path | Iterable[Conflict],
    *,
    scheme: SchemeLike | None = None,
    title: str | None = None,
    guidelines: str | None = None,
    names: bool = False,
    name: str = DEFAULT_SERVER,
    url: str | None = None,
    progress: Progress = ignore_progress,
) -> PushSummary:
    """Push the documents with open conflicts to a review project, where each pass is a suggestion.

    Args:
        passes: The passes, by annotator.
        conflicts: The conflicts, such as `undecided` of an adjudication, or a file of them.
        scheme: As in `push`.
        title: Title of the project; the scheme's reference and `review` by default.
        guidelines: As in `push`.
        names: Whether reviewers see the annotators' names, instead of pseudonyms.
        name: As in `push`.
        url: As in `push`.
        progress: As in `push`.

    Raises:
        DataError: A pass is invalid, no conflict is open, or one is about a document that no pass has.
        DependencyError: As in `push`.
        UsageError: As in `push`.
    """
    scheme = resolve_scheme(scheme, *passes.values())
    layers = [suggestion_layer(source, scheme, annotator) for annotator, source in passes.items()]
    items = group_suggestions(layers, scheme, review=True)
    found = str(conflicts) if isinstance(conflicts, str | Path) else conflicts
    title = title or f"{scheme.ref} review"
    with StudioServers(name, url).connect() as api:
        return push_conflicts(
            api, items, found, scheme, title=title, guidelines=guidelines, names=names, progress=progress
        )


def pull(
    scheme: SchemeLike | None = None,
    *,
    title: str | None = None,
    annotator: str = "",
    plan: str | Path | None = None,
    drafts: bool = False,
    propagate_values: bool = False,
    name: str = DEFAULT_SERVER,
    url: str | None = None,
    progress: Progress = ignore_progress,
) -> Pulled:
    """Pull the work of annotators from a project in Label Studio, or from the projects of a plan.

    Args:
        scheme: Scheme of the project, or the path of its file; conflict news by default.
        title: Title of the project; the scheme's reference by default.
        annotator: Pull the work of this annotator only.
        plan: File of the plan by which the documents were pushed; then `title` and `annotator` must be left out.
        drafts: Also pull what is not submitted yet.
        propagate_values: Copy missing values from spans of the same label and surface in the document.
        name: Name of goldspan's own server.
        url: URL of your own server, with its token in the variable GOLDSPAN_STUDIO_TOKEN.
        progress: Called after each task that is read.

    Returns:
        A corpus for each annotator: `pulled["ada"]`; nothing is written.

    Warns:
        UserWarning: There are problems or remarks.

    Raises:
        DataError: `plan` is not a plan.
        DependencyError: The server is not running, there is no token, or it does not answer or refuses.
        UsageError: There is no project of that title, or nothing by the annotator.

    Examples:
        >>> import goldspan
        >>> summary = goldspan.push("gold.jsonl", title="pulled by a script")
        >>> work = goldspan.pull(title="pulled by a script")
        >>> dict(work)  # by annotator, once somebody has submitted
        {}
    """
    scheme = resolve_scheme(scheme)
    servers = StudioServers(name, url)
    if plan is not None:
        if title or annotator:
            raise UsageError("`plan` names the projects and the annotators. Fix: leave out `title` and `annotator`")
        planned = read_plan(Path(plan))
        connect = servers.per_annotator(planned.servers)
        pulled = pull_planned_work(
            connect, planned, scheme, propagate_values=propagate_values, drafts=drafts, progress=progress
        )
    else:
        with servers.connect() as api:
            pulled = pull_work(
                api,
                require_project_titled(api, title or scheme.ref),
                scheme,
                PullCache(),
                annotator=annotator,
                propagate_values=propagate_values,
                drafts=drafts,
                progress=progress,
            )
    if notable := [*map(str, pulled.problems), *pulled.remarks, *map(str, pulled.unknown)]:
        counts = f"{pluralize(len(pulled.problems), 'problem')} and {pluralize(len(pulled.remarks), 'remark')}"
        where = "`problems` and `remarks`"
        if pulled.unknown:
            counts += f", {pluralize(len(pulled.unknown), 'unknown name')}"
            where = "`problems`, `remarks` and `unknown`"
        warnings.warn(f"{counts}, in {where}; the first: {notable[0]}", stacklevel=2)
    return pulled
