"""Detection of suspicious annotations: what breaks no rule, but is likely to be a mistake in a gold layer.

Each finding states how likely it is a mistake, and what it is about, by which `finding_groups` puts findings together.
One that is not a mistake is suppressed by listing it, with a reason, in a file of `suppressions`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from ...schema import (
    Document,
    Field,
    Label,
    Scheme,
    Span,
    Value,
    ValueType,
    load_places,
    parse_edtf,
    pluralize,
    value_text,
)
from ...schema.names.actors import Actor
from ...schema.names.authorities import registry_of
from ...schema.names.gazetteer import Place
from ...schema.value_types import Choice, Coordinates, EdtfDate, distance_km

_T = TypeVar("_T", str, bytes)

_LABEL, _MISSED, _IDENTITY, _DATE, _UNIT = 0.01, 0.07, 0.4, 0.07, 0.1
_UNKNOWN_ID, _KNOWN_NAME, _CONTRADICTION = 0.02, 0.5, 0.25
"""Shares of findings that were mistakes in the 102 training documents of the open corpus, by check, with one added to
those that were and to those that were not (Laplace). They rank findings; another corpus has other shares."""

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n|[؟۔।။。！？]")


@dataclass(frozen=True, slots=True)
class SuspiciousAnnotation:
    """A likely mistake.

    Attributes:
        check: The check that found it: `label`, `missed`, `identity`, `registry`, `date`, `unit` or `dissent`.
        document: Id of the document.
        start: Start of the range in question, in code points.
        end: End of the range in question, in code points.
        what: The reason for suspicion.
        likelihood: Likelihood that the annotation is wrong, 0 to 1, for ranking.
        subject: What it is about, the same for findings of one kind: an id, a surface, a unit.
        surface: The text of the range.
        label: Label of the span in question; None if it is about a span that is missing.
        value: Value of that span, as text.
    """

    check: str
    document: str
    start: int
    end: int
    what: str
    likelihood: float
    subject: str = ""
    surface: str = ""
    label: str | None = None
    value: str | None = None


class Authority(Protocol):
    """A registry of ids."""

    def get(self, id: str) -> Actor | Place | None:  # noqa: A002 - the term of the records
        """Return the entry of an id, or None."""

    def find(self, name: str) -> Sequence[Actor | Place]:
        """Return the entries with a name."""


class _GazetteerAuthority:
    """The gazetteer; small settlements, which are slow to load, are loaded only for ids found nowhere else."""

    def get(self, id: str) -> Place | None:  # noqa: A002
        return load_places().get(id) or load_places(min_population=500).get(id)

    def find(self, name: str) -> list[Place]:
        return load_places().find(name)


def find_suspicious_annotations(documents: Sequence[Document], scheme: Scheme) -> list[SuspiciousAnnotation]:
    """Find likely mistakes, sorted by document and position. Text-free documents are ignored.

    The checks are: a label that differs from that of most spans with the same surface; a name that is annotated
    elsewhere but not here; contradictory values of one id, or of one surface within a document; ids that are unknown to
    the registry or contradict it; dates after publication; choices that contradict the words of the sentence.
    """
    readable = [document for document in documents if document.text is not None]
    findings = [
        *_check_labels(readable),
        *_check_missed_names(readable, scheme),
        *_check_identities(readable, scheme),
        *_check_registry(readable, scheme),
        *_check_dates(readable, scheme),
        *_check_units(readable, scheme),
    ]
    return sorted(set(findings), key=lambda f: (f.document, f.start, f.end, f.check, f.what))


def _check_labels(documents: Sequence[Document]) -> Iterator[SuspiciousAnnotation]:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for document, span in _spans(documents):
        labels[document.surface(span)][span.label] += 1
    for document, span in _spans(documents):
        counts = labels[document.surface(span)]
        usual, times = _most_common(counts)
        if span.label != usual:
            subject = f"{document.surface(span)} as {span.label}, not {usual}"
            likelihood = _LABEL * times / counts.total()
            yield _finding(
                "label", document, span, f"is {usual} {pluralize(times, 'time')} elsewhere", likelihood, subject
            )


def _check_missed_names(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """Find names, the capitalised surfaces of labels with registered ids, that are annotated elsewhere only."""
    name_labels = {label.name for label, *_ in _registered_fields(scheme)}
    named = [(document, span) for document, span in _spans(documents) if span.label in name_labels]
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for document, span in named:
        labels[document.surface(span)][span.label] += 1
    names = sorted((name for name in labels if any(map(str.isupper, name))), key=len, reverse=True)
    if not names:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    missed: dict[str, list[tuple[Document, int]]] = defaultdict(list)
    for document in documents:
        covered = sorted([*((s.start, s.end) for s in document.spans), *((z.start, z.end) for z in document.zones)])
        for match in pattern.finditer(document.text or ""):
            if not any(start < match.end() and match.start() < end for start, end in covered):
                missed[match.group()].append((document, match.start()))
    for name, places in missed.items():
        usual, _ = _most_common(labels[name])
        what = f"{name!r} is {usual} elsewhere, but not annotated here"
        annotated = labels[name].total()
        likelihood = _MISSED * annotated / (annotated + len(places))
        for document, start in places:
            end = start + len(name)
            yield SuspiciousAnnotation("missed", document.id, start, end, what, likelihood, name, name)


def _check_identities(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """Find ids with several values, and surfaces with several ids within one document."""
    for label, identifier, _ in _registered_fields(scheme):
        values: dict[str, Counter[bytes]] = defaultdict(Counter)
        ids: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        spans = [(d, s, name) for d, s, value in _valued(documents, label) for name in identifier.parts(value) if name]
        for document, span, name in spans:
            values[name][msgspec.json.encode(span.value)] += 1
            ids[document.id, document.surface(span)][name] += 1
        for document, span, name in spans:
            usual_value, times = _most_common(values[name])
            if msgspec.json.encode(span.value) != usual_value:
                what = f"differs from the value that {name!r} has {times} times: {usual_value.decode()}"
                likelihood = _IDENTITY * times / values[name].total()
                yield _finding("identity", document, span, what, likelihood, name)
            surface = document.surface(span)
            usual_id, times = _most_common(ids[document.id, surface])
            if name != usual_id:
                what = f"is {name!r} here, but {usual_id!r} {times} times in this document"
                likelihood = _IDENTITY * times / ids[document.id, surface].total()
                yield _finding("identity", document, span, what, likelihood, surface)


def _check_registry(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    for label, identifier, name in _registered_fields(scheme):
        authority: Authority = registry_of(name) or _GazetteerAuthority()
        entries: dict[str, Actor | Place | None] = {}
        for document, span, value in _valued(documents, label):
            for id_ in filter(None, identifier.parts(value)):
                if id_ not in entries:
                    entries[id_] = authority.get(id_)
                entry = entries[id_]
                if entry is None:
                    known = authority.find(document.surface(span))
                    what = f"has an unknown id {id_!r}" + (f", but is known as {known[0].id!r}" if known else "")
                    likelihood = _KNOWN_NAME if known else _UNKNOWN_ID
                    yield _finding("registry", document, span, what, likelihood, id_)
                else:
                    for what in _contradictions(label, value, entry):
                        yield _finding("registry", document, span, what, _CONTRADICTION, f"{id_} {what}")


def _contradictions(label: Label, value: Value, entry: Actor | Place) -> Iterator[str]:
    for item in label.fields.values():
        parts = item.parts(value)
        if isinstance(item.type, Coordinates) and isinstance(entry, Place):
            known = (entry.lat, entry.lon)
            if None not in (*parts, *known) and not item.type.same(parts, known) and not _is_inside(parts, entry):
                yield f"has coordinates {parts}, but {entry.id!r} has {known} in the gazetteer"
        elif item.name in ("kind", "country"):
            listed = getattr(entry, item.name)
            if listed and parts[0] is not None and parts[0] != listed:
                yield f"has {item.name} {parts[0]!r}, but {entry.id!r} has {listed!r} in the registry"


def _is_inside(point: Sequence[Any], entry: Place) -> bool:
    """Return whether a point lies in the extent of a large place, any point of which may stand for it."""
    if entry.radius_km is None or entry.lat is None or entry.lon is None:
        return False
    return distance_km((point[0], point[1]), (entry.lat, entry.lon)) <= entry.radius_km


def _check_dates(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    for label, item in _fields(scheme, EdtfDate):
        for document, span, value in _valued(documents, label):
            [edtf] = item.parts(value)
            if edtf is None or document.meta.published is None:
                continue
            published, earliest = parse_edtf(document.meta.published).earliest, parse_edtf(edtf).earliest
            if earliest is not None and published is not None and earliest > published:
                what = f"is {edtf}, after the publication on {document.meta.published}"
                yield _finding("date", document, span, what, _DATE, "after publication")


def _check_units(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """Find choices whose sentence contains only the cues of other choices."""
    for label, item in _fields(scheme, Choice):
        cues = {choice: frozenset(words) for choice, words in item.type.cues} if isinstance(item.type, Choice) else {}
        for document, span, value in _valued(documents, label) if cues else ():
            [unit] = item.parts(value)
            words = set(re.findall(r"\w+", _sentence(document.text or "", span).lower()))
            others = sorted(choice for choice, cue in cues.items() if choice != unit and cue & words)
            if unit is not None and others and not cues.get(unit, frozenset()) & words:
                what = f"has {item.name} {unit!r}, but the words of its sentence suggest {', '.join(others)}"
                yield _finding("unit", document, span, what, _UNIT, f"{unit}, not {', '.join(others)}")


def _spans(documents: Iterable[Document]) -> Iterator[tuple[Document, Span]]:
    return ((document, span) for document in documents for span in document.spans)


def _valued(documents: Iterable[Document], label: Label) -> Iterator[tuple[Document, Span, Value]]:
    return ((d, s, s.value) for d, s in _spans(documents) if s.label == label.name and s.value is not None)


def _fields(scheme: Scheme, kind: type[ValueType]) -> Iterator[tuple[Label, Field]]:
    fields = ((label, item) for label in scheme.labels.values() for item in label.fields.values())
    return ((label, item) for label, item in fields if isinstance(item.type, kind))


def _registered_fields(scheme: Scheme) -> Iterator[tuple[Label, Field, str]]:
    """Yield the fields with ids of an open registry; country codes are validated when records are read."""
    return (item for item in scheme.identifiers() if item[2] != "iso-3166-1")


def _most_common(counts: Counter[_T]) -> tuple[_T, int]:
    """Return the most frequent entry and its count; ties are broken by order, so that the result is deterministic."""
    return max(counts.items(), key=lambda item: (item[1], item[0]))


def _finding(
    check: str, document: Document, span: Span, what: str, likelihood: float, subject: str
) -> SuspiciousAnnotation:
    surface, value = document.surface(span), None if span.value is None else value_text(span.value)
    what = f"{span.label} {surface!r} {what}"
    return SuspiciousAnnotation(
        check, document.id, span.start, span.end, what, likelihood, subject, surface, span.label, value
    )


def _sentence(text: str, span: Span) -> str:
    """Return the sentence of a span, delimited by punctuation and line feeds."""
    start = max((match.end() for match in _SENTENCE_END.finditer(text, 0, span.start)), default=0)
    end = _SENTENCE_END.search(text, span.end)
    return text[start : end.start() if end else len(text)]
