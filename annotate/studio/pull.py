"""People's annotations as layers, one for each annotator.

What an annotation says is sliced by its offsets and checked against the scheme; what makes no valid span is told with
a link to its task and kept with the document, so that nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from ...corpus.check import check_document
from ...schema import DataError, Document, Layer, Problem, Scheme
from .identify import Remark, carried, identified
from .project import Project
from .results import Fault, spans_of
from .tasks import RECORD, document_of
from .work import Annotation, Work

KEPT = "studio"
"""Where a layer's `extra` keeps how the document was shown, the note on it, and what could not be read."""


@dataclass
class Pulled:
    """What people did.

    Attributes:
        layers: Documents by id, by annotator.
        problems: What makes no valid span, with the task's address.
        remarks: What a person should know, with the task's address.
    """

    layers: dict[str, dict[str, Document]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_work(
    work: Iterable[Work], project: Project, names: dict[int, str], scheme: Scheme, *, carry: bool = False
) -> Pulled:
    """The layers that people's work makes.

    Args:
        work: Tasks with annotations.
        project: Theirs.
        names: Of the annotators, by the server's numbers.
        scheme: Theirs.
        carry: Give spans without a value that of others of the same label and surface in the document.
    """
    pulled = Pulled()
    for item in work:
        place = project.task_url(item.task)
        try:
            document = document_of(item.data, item.task, scheme)
        except DataError as error:
            pulled.problems += [problem.at(place) for problem in error.problems]
            continue
        for annotator, annotation in _latest(item, names, place, pulled):
            layer = pulled.layers.setdefault(annotator, {})
            if document.id in layer:
                what = f"{annotator} worked on two tasks of it"
                pulled.problems.append(Problem(what, "keep one of them", place, document=document.id))
                continue
            made = _layer(document, item.data, annotation, annotator, scheme, place, pulled, carry=carry)
            layer[document.id] = made
    return pulled


def _latest(work: Work, names: dict[int, str], place: str, pulled: Pulled) -> list[tuple[str, Annotation]]:
    """The newest annotation of each annotator; that there were others is told."""
    newest: dict[str, Annotation] = {}
    for annotation in sorted(work.annotations, key=lambda one: (one.updated, one.id)):
        name = names.get(annotation.user, f"user-{annotation.user}")
        if name in newest:
            pulled.remarks.append(f"{place}: {name} annotated {work.name!r} more than once: the newest counts")
        newest[name] = annotation
    return sorted(newest.items())


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
    annotation: Annotation,
    annotator: str,
    scheme: Scheme,
    place: str,
    pulled: Pulled,
    *,
    carry: bool,
) -> Document:
    reading = spans_of(annotation.results, document.text or "", scheme)
    spans, remarks = identified(document, reading.spans, scheme)
    if carry:
        spans = carried(document, spans)
    kept: dict[str, Any] = _shown(data)
    if reading.note:
        kept["note"] = reading.note
    if reading.faults:
        kept["faults"] = [fault.kept() for fault in reading.faults]
    made = replace(
        document,
        spans=() if annotation.skipped else tuple(spans),
        layer=Layer(
            annotator=annotator,
            scheme=scheme.ref,
            scheme_sha256=scheme.fingerprint,
            created=_seconds(annotation.updated),
            guidelines=scheme.guidelines or None,
            lead_time=annotation.lead_time if (annotation.lead_time or 0) > 0 else None,
            skipped=annotation.skipped,
            extra={KEPT: kept} if kept else None,
        ),
    )
    pulled.problems += [_told(fault, made, annotator, place) for fault in reading.faults]
    pulled.problems += [
        Problem(f"{annotator}: {problem.what}", problem.fix, place, document=made.id)
        for problem in check_document(made, scheme)
    ]
    pulled.remarks += [_remarked(remark, made, annotator, place) for remark in remarks]
    return made


def _told(fault: Fault, document: Document, annotator: str, place: str) -> Problem:
    where = "" if fault.start is None or fault.end is None else f" [{fault.start}, {fault.end})"
    surface = f" {(document.text or '')[fault.start : fault.end][:40]!r}" if where else ""
    return Problem(f"{annotator}{where}{surface}: {fault.what}", "mend it in the task", place, document=document.id)


def _remarked(remark: Remark, document: Document, annotator: str, place: str) -> str:
    return f"{place}: document {document.id!r}: {annotator}: {remark.what}"


def _seconds(time: str) -> str | None:
    """A time of the server to the second, as layers state it."""
    return f"{time[:19]}Z" if len(time) >= 19 else None
