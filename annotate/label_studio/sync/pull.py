"""Conversion of people's annotations to layers, one per annotator.

An annotation's spans are cut by their offsets and checked against the scheme; whatever does not make a valid span is
kept in the layer and listed with a link to its task. Everything that a layer has no field for is stored in its `extra`
and counted, so that nothing is lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from ....corpus.inspection.record_checks import check_document
from ....schema import DataError, Document, InvalidAnnotation, Layer, Problem, RecordCodec, Scheme
from ....schema.errors import pluralize
from ....schema.migration.document_migration import Migration
from ....schema.migration.history import KEY
from ..client.projects import Project
from ..mapping.exports.export_reader import EXTRA_KEY
from ..mapping.migrated_work import left_of, work_in_scheme
from ..mapping.region_values import ResultProblem
from ..mapping.result_json import DecodedResults, spans_of
from ..mapping.tasks import document_from_task
from . import entity_linking
from .annotated_tasks import AnnotatedTask, RemoteAnnotation
from .work.presentation import Presentation
from .work.spool import Spool
from .work.stored_layer import StoredLayer
from .work.unknown_name_counts import UnknownNames
from .work.written_values import WrittenEntries, collect_written, date_reader

_KEPT_NAMES = {
    "relations": "relation",
    "meta": "region note",
    "fields": "stray field",
    "overruled": "overruled answer",
    "skipped": "skipped span",
    "others": "other annotation",
}
"""Names of the counted contents of `extra` in messages, by their keys."""


@dataclass
class PulledLayers:
    """Layers made from people's work.

    Attributes:
        layers: Layers by annotator.
        problems: What does not make a valid span, with the URL of the task.
        remarks: Notes for the person who pulls, with the URL of the task.
        unknown: Names in them that the registry or the gazetteer does not know.
        written: Entries in them that no list of the project may have.
        kept: Counts of what is stored in the `extra` of layers, by its key there.
        late: Number of annotations in which something came in an earlier scheme of the project, and was migrated.
    """

    layers: dict[str, StoredLayer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unknown: UnknownNames = field(default_factory=UnknownNames)
    written: WrittenEntries = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    late: int = 0


@dataclass(frozen=True, slots=True)
class _AnnotatorWork:
    """An annotator's work on a task.

    Attributes:
        name: Name of the annotator.
        annotation: The annotation that becomes the layer.
        others: Annotations that do not, with the names of their accounts.
        account: Name of the account that made `annotation`.
        own: Whether the account is the annotator's, not another one that worked in a project planned for them.
    """

    name: str
    annotation: RemoteAnnotation
    others: Sequence[tuple[str, RemoteAnnotation]]
    account: str
    own: bool


def read_annotations(
    work: Iterable[AnnotatedTask],
    project: Project,
    names: Mapping[int, str],
    scheme: Scheme,
    *,
    propagate_values: bool = False,
    drafts: bool = False,
    owner: str = "",
    accounts: Sequence[int] = (),
    unknown: UnknownNames | None = None,
    migrations: Sequence[Migration] = (),
) -> PulledLayers:
    """Return the layers made from people's work.

    Args:
        work: Tasks with annotations.
        project: Project of the tasks.
        names: Names of the accounts, by the server's ids.
        scheme: Scheme of the project.
        propagate_values: Whether to copy missing values from spans of the same label and surface in the document.
        drafts: Whether the annotations are drafts, which the layers then state.
        owner: Annotator that the project is planned for: a single layer is made, under this name.
        accounts: Ids of the accounts that worked in the owner's project, the owner's own first. If several of them
            annotated a task, the annotation of the first one is used.
        unknown: Counts the unknown names; a new count by default.
        migrations: The migrations of the project, oldest first; what pages still sent in an earlier scheme is migrated.
    """
    pulled = PulledLayers(unknown=unknown or UnknownNames())
    codec, spool = RecordCodec(scheme), Spool()
    for item in work:
        url = project.task_url(item.task)
        try:
            document = document_from_task(item.data, item.task, scheme)
        except DataError as error:
            pulled.problems += [problem.with_location(url) for problem in error.problems]
            continue
        for annotator in _work_by_annotator(item, names, owner, accounts):
            layer = pulled.layers.setdefault(annotator.name, StoredLayer(codec, spool))
            if document.id in layer:
                message = f"{annotator.name} worked on two tasks of it"
                pulled.problems.append(Problem(message, "keep one of them", url, document=document.id))
                continue
            layer.add(
                _annotated_document(
                    document,
                    item.data,
                    annotator,
                    scheme,
                    url,
                    pulled,
                    migrations,
                    propagate_values=propagate_values,
                    draft=drafts,
                )
            )
    return pulled


def owner_first(owner: str, names: Mapping[int, str], tasks: Mapping[int, int]) -> list[int]:
    """Return the accounts that worked in a planned project, the owner's own first.

    That is the one named after the owner, else the one that worked on most tasks; the others follow by the same rule.

    Args:
        owner: Annotator that the project is planned for.
        names: Names of the accounts, by id.
        tasks: Number of tasks that each account worked on, by id.
    """
    owner_names = {owner.casefold(), owner.partition("@")[0].casefold()}
    return sorted(tasks, key=lambda user: (names.get(user, "").casefold() not in owner_names, -tasks[user], user))


def _work_by_annotator(
    work: AnnotatedTask, names: Mapping[int, str], owner: str, accounts: Sequence[int]
) -> list[_AnnotatorWork]:
    """Return the work of each account, of which the newest annotation is used; with an owner, theirs only."""
    rank = {user: number for number, user in enumerate(accounts)}
    newest = sorted(work.annotations, key=lambda annotation: (annotation.updated, annotation.id), reverse=True)
    if owner:
        newest.sort(key=lambda annotation: rank.get(annotation.user, len(rank)))
    by_name: dict[str, list[tuple[str, RemoteAnnotation]]] = defaultdict(list)
    for annotation in newest:
        account = names.get(annotation.user, f"user-{annotation.user}")
        by_name[owner or account].append((account, annotation))
    return [
        _AnnotatorWork(name, annotation, others, account, not owner or rank.get(annotation.user, 0) == 0)
        for name, ((account, annotation), *others) in sorted(by_name.items())
    ]


def _annotated_document(
    document: Document,
    data: Mapping[str, Any],
    work: _AnnotatorWork,
    scheme: Scheme,
    url: str,
    pulled: PulledLayers,
    migrations: Sequence[Migration],
    *,
    propagate_values: bool,
    draft: bool,
) -> Document:
    annotation = work.annotation
    current = work_in_scheme(
        annotation.results,
        annotation.updated,
        left_of(data, annotation.id, annotation.user, draft=draft),
        document,
        migrations,
        scheme,
        read_date=date_reader(document),
        link=entity_linking.link_entities,
    )
    results = [*current.results, *current.relations]
    decoded = spans_of(results, document.text or "", scheme, read_date=date_reader(document))
    spans, notes = entity_linking.link_entities(document, decoded.spans, scheme)
    if propagate_values:
        spans = entity_linking.propagate_values(document, spans)
    presentation = Presentation.of(data)
    kept = presentation.other | _unplaced_work(work, decoded)
    annotated = replace(
        document,
        spans=() if annotation.skipped else tuple(spans),
        layer=Layer(
            annotator=work.name,
            scheme=scheme.ref,
            scheme_sha256=scheme.fingerprint,
            created=_to_seconds(current.updated),
            guidelines=scheme.guidelines or None,
            lead_time=annotation.lead_time if (annotation.lead_time or 0) > 0 else None,
            skipped=annotation.skipped,
            draft=draft,
            note=decoded.note or None,
            suggestions_shown=presentation.suggestions_shown,
            chosen_by=presentation.chosen_by,
            invalid_annotations=tuple(
                InvalidAnnotation(tuple(problem.results), problem.message) for problem in decoded.problems
            )
            or None,
            extra=({EXTRA_KEY: kept} if kept else {}) | ({KEY: current.history} if current.history else {}) or None,
        ),
    )
    pulled.problems += [_span_problem(problem, annotated, work.name, url) for problem in decoded.problems]
    pulled.late += current.late
    pulled.problems += [
        Problem(f"{work.name}: {problem.what}", problem.fix, url, document=annotated.id)
        for problem in check_document(annotated, scheme)
    ]
    for note in notes:
        pulled.unknown.count(note.label, note.message, annotated.id, url)
    if not draft:
        collect_written(annotated, scheme, pulled.written)
    pulled.remarks += [_remark(item.message, annotated, work.name, url) for item in decoded.overruled]
    _count_kept(kept, work, annotated, url, pulled)
    return annotated


def _unplaced_work(work: _AnnotatorWork, decoded: DecodedResults) -> dict[str, Any]:
    """Return what an annotator did on a task that a layer has no field for."""
    parts: dict[str, Any] = {
        "account": "" if work.own else work.account,
        **decoded.unplaced,
        "skipped": [to_builtins(span) for span in decoded.spans] if work.annotation.skipped else [],
        "others": [_other_annotation(account, annotation) for account, annotation in work.others],
    }
    return {key: part for key, part in parts.items() if part}


def _other_annotation(account: str, annotation: RemoteAnnotation) -> dict[str, Any]:
    """Return an unused annotation with its results as the server returned them."""
    data = {"account": account, "updated": annotation.updated, "results": annotation.results}
    return data | ({"skipped": True} if annotation.skipped else {})


def _count_kept(
    kept: Mapping[str, Any], work: _AnnotatorWork, document: Document, url: str, pulled: PulledLayers
) -> None:
    """Count what is stored in `extra`, and add notes about it."""
    notes = [] if work.own else [f"annotated only by the account {work.account}"]
    for account, annotation in work.others:
        if account == work.account:
            notes.append(f"annotated more than once by {account}: the newest annotation is used")
        else:
            marks = sum(isinstance(item, dict) and item.get("type") == "labels" for item in annotation.results)
            span_count = pluralize(marks, "span")
            notes.append(f"also annotated by {account} ({span_count}): the work of {work.account} is used")
    counts = {key: len(kept[key]) for key in _KEPT_NAMES if key in kept}
    pulled.kept.update(counts)
    if counts:
        contents = ", ".join(pluralize(count, _KEPT_NAMES[key]) for key, count in counts.items())
        notes.append(f"stored in extra.{EXTRA_KEY}: {contents}")
    pulled.remarks += [_remark(note, document, work.name, url) for note in notes]


def _span_problem(problem: ResultProblem, document: Document, annotator: str, url: str) -> Problem:
    offsets = "" if problem.start is None or problem.end is None else f" [{problem.start}, {problem.end})"
    surface = f" {(document.text or '')[problem.start : problem.end][:40]!r}" if offsets else ""
    message = f"{annotator}{offsets}{surface}: {problem.message}"
    return Problem(message, "correct it in the task", url, document=document.id)


def _remark(note: str, document: Document, annotator: str, url: str) -> str:
    return f"{url}: document {document.id!r}: {annotator}: {note}"


def _to_seconds(time: str) -> str | None:
    """Return a time of the server to the second, in the format of layers."""
    return f"{time[:19]}Z" if len(time) >= 19 else None
