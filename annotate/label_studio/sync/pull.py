"""People's annotations as layers, one for each annotator.

What an annotation says is sliced by its offsets and checked against the scheme; what makes no valid span is listed with
a link to its task. All else that a layer has no place for is kept in its `extra` and counted, so that nothing is lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from ....corpus.inspection.check import check_document
from ....schema import DataError, Document, Layer, Problem, Scheme
from ....schema.errors import pluralize
from ..client.projects import Project
from ..mapping.results import DecodedResults, ResultFault, spans_of
from ..mapping.tasks import RECORD, document_of
from .annotations import AnnotatedTask, RemoteAnnotation
from .entity_linking import link_entities, propagate_values

KEPT = "studio"
"""Where a layer's `extra` keeps how the document was shown, the note on it, and what the layer has no place for."""

_NAMES = {
    "relations": "relation",
    "meta": "region remark",
    "fields": "stray field",
    "skipped": "skipped span",
    "others": "other annotation",
}
"""What `extra` keeps by key, and what one of it is called in a remark."""


@dataclass
class PulledLayers:
    """What people did.

    Attributes:
        layers: Documents by id, by annotator.
        problems: What makes no valid span, with the task's address.
        remarks: What a person should know, with the task's address.
        kept: How much of each kind is kept in the `extra` of layers, by its key there.
    """

    layers: dict[str, dict[str, Document]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _TaskReader:
    """An annotator's work on a task.

    Attributes:
        name: The annotator's.
        counts: The annotation that becomes the layer.
        others: Those that do not, with the names of their accounts.
        account: Whose annotation that is.
        own: Whether the account is the annotator's, not another that worked in a project planned for them.
    """

    name: str
    counts: RemoteAnnotation
    others: Sequence[tuple[str, RemoteAnnotation]]
    account: str
    own: bool


def read_annotations(
    work: Iterable[AnnotatedTask],
    project: Project,
    names: Mapping[int, str],
    scheme: Scheme,
    *,
    carry: bool = False,
    drafts: bool = False,
    owner: str = "",
    accounts: Sequence[int] = (),
) -> PulledLayers:
    """The layers that people's work makes.

    Args:
        work: Tasks with annotations.
        project: Theirs.
        names: Of the accounts, by the server's numbers.
        scheme: Theirs.
        carry: Give spans without a value that of others of the same label and surface in the document.
        drafts: The annotations are drafts; the layers say so.
        owner: Whoever the project is planned for: one layer is made, under this name.
        accounts: Numbers of the accounts that worked in the owner's project, the owner's own first. Of a task that
            several of them annotated the first one's annotation counts.
    """
    pulled = PulledLayers()
    for item in work:
        place = project.task_url(item.task)
        try:
            document = document_of(item.data, item.task, scheme)
        except DataError as error:
            pulled.problems += [problem.with_location(place) for problem in error.problems]
            continue
        for reader in _readers(item, names, owner, accounts):
            layer = pulled.layers.setdefault(reader.name, {})
            if document.id in layer:
                what = f"{reader.name} worked on two tasks of it"
                pulled.problems.append(Problem(what, "keep one of them", place, document=document.id))
                continue
            layer[document.id] = _layer(document, item.data, reader, scheme, place, pulled, carry=carry, draft=drafts)
    return pulled


def owner_first(owner: str, names: Mapping[int, str], tasks: Mapping[int, int]) -> list[int]:
    """The accounts that worked in a planned project, the owner's own first.

    That is the one called after the owner, else the one that worked on most tasks; the others follow by the same rule.

    Args:
        owner: Whoever the project is planned for.
        names: Of the accounts, by number.
        tasks: How many each worked on, by number.
    """
    wanted = {owner.casefold(), owner.partition("@")[0].casefold()}
    return sorted(tasks, key=lambda user: (names.get(user, "").casefold() not in wanted, -tasks[user], user))


def _readers(work: AnnotatedTask, names: Mapping[int, str], owner: str, accounts: Sequence[int]) -> list[_TaskReader]:
    """Who annotated a task: by account, of which each one's newest annotation counts; or the owner alone."""
    rank = {user: number for number, user in enumerate(accounts)}
    newest = sorted(work.annotations, key=lambda one: (one.updated, one.id), reverse=True)
    if owner:
        newest.sort(key=lambda one: rank.get(one.user, len(rank)))
    by_name: dict[str, list[tuple[str, RemoteAnnotation]]] = defaultdict(list)
    for annotation in newest:
        account = names.get(annotation.user, f"user-{annotation.user}")
        by_name[owner or account].append((account, annotation))
    readers = []
    for name, ((account, counts), *others) in sorted(by_name.items()):
        readers.append(_TaskReader(name, counts, others, account, not owner or rank.get(counts.user, 0) == 0))
    return readers


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """How the document was shown: by whom suggestions were, and why it was chosen."""
    record = data.get(RECORD)
    if not isinstance(record, dict):
        return {}
    names = sorted(record["suggestions"]) if isinstance(record.get("suggestions"), dict) else []
    about = record["about"] if isinstance(record.get("about"), dict) else {}
    return {"suggestions": names, **about}


def _layer(
    document: Document,
    data: Mapping[str, Any],
    reader: _TaskReader,
    scheme: Scheme,
    place: str,
    pulled: PulledLayers,
    *,
    carry: bool,
    draft: bool,
) -> Document:
    annotation = reader.counts
    reading = spans_of(annotation.results, document.text or "", scheme)
    spans, remarks = link_entities(document, reading.spans, scheme)
    if carry:
        spans = propagate_values(document, spans)
    kept = _shown(data) | _kept(reader, reading) | ({"draft": True} if draft else {})
    made = replace(
        document,
        spans=() if annotation.skipped else tuple(spans),
        layer=Layer(
            annotator=reader.name,
            scheme=scheme.ref,
            scheme_sha256=scheme.fingerprint,
            created=_seconds(annotation.updated),
            guidelines=scheme.guidelines or None,
            lead_time=annotation.lead_time if (annotation.lead_time or 0) > 0 else None,
            skipped=annotation.skipped,
            extra={KEPT: kept} if kept else None,
        ),
    )
    pulled.problems += [_told(fault, made, reader.name, place) for fault in reading.faults]
    pulled.problems += [
        Problem(f"{reader.name}: {problem.what}", problem.fix, place, document=made.id)
        for problem in check_document(made, scheme)
    ]
    pulled.remarks += [_remarked(remark.what, made, reader.name, place) for remark in remarks]
    _tell(kept, reader, made, place, pulled)
    return made


def _kept(reader: _TaskReader, reading: DecodedResults) -> dict[str, Any]:
    """Return what an annotator did on a task that does not become a span."""
    found: dict[str, Any] = {
        "account": "" if reader.own else reader.account,
        "note": reading.note,
        "faults": [fault.kept() for fault in reading.faults],
        **reading.rest,
        "skipped": [to_builtins(span) for span in reading.spans] if reader.counts.skipped else [],
        "others": [_other(account, annotation) for account, annotation in reader.others],
    }
    return {key: part for key, part in found.items() if part}


def _other(account: str, annotation: RemoteAnnotation) -> dict[str, Any]:
    """An annotation that does not count, in the server's own words."""
    about = {"account": account, "updated": annotation.updated, "results": annotation.results}
    return about | ({"skipped": True} if annotation.skipped else {})


def _tell(kept: Mapping[str, Any], reader: _TaskReader, document: Document, place: str, pulled: PulledLayers) -> None:
    """Counts what is kept, and says it of the document."""
    told = [] if reader.own else [f"done by the account {reader.account} alone"]
    for account, annotation in reader.others:
        if account == reader.account:
            told.append(f"annotated more than once by {account}: the newest counts")
        else:
            marks = sum(isinstance(item, dict) and item.get("type") == "labels" for item in annotation.results)
            told.append(f"annotated by {account} too ({pluralize(marks, 'span')}): the work of {reader.account} counts")
    counts = {key: len(kept[key]) for key in _NAMES if key in kept}
    pulled.kept.update(counts)
    if counts:
        held = ", ".join(pluralize(count, _NAMES[key]) for key, count in counts.items())
        told.append(f"kept in extra.{KEPT}: {held}")
    pulled.remarks += [_remarked(what, document, reader.name, place) for what in told]


def _told(fault: ResultFault, document: Document, annotator: str, place: str) -> Problem:
    where = "" if fault.start is None or fault.end is None else f" [{fault.start}, {fault.end})"
    surface = f" {(document.text or '')[fault.start : fault.end][:40]!r}" if where else ""
    return Problem(f"{annotator}{where}{surface}: {fault.what}", "correct it in the task", place, document=document.id)


def _remarked(what: str, document: Document, annotator: str, place: str) -> str:
    return f"{place}: document {document.id!r}: {annotator}: {what}"


def _seconds(time: str) -> str | None:
    """A time of the server to the second, as layers state it."""
    return f"{time[:19]}Z" if len(time) >= 19 else None
