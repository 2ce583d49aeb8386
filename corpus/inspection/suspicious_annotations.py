"""Detection of suspicious annotations: what breaks no rule, but is likely to be a mistake in a gold layer.

A finding that is not a mistake is suppressed by listing it, with a reason, in a file of suppressions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from ...schema import (
    DataError,
    Document,
    Field,
    Label,
    Problem,
    Scheme,
    Span,
    Value,
    ValueType,
    load_places,
    parse_edtf,
)
from ...schema.names.actors import Actor
from ...schema.names.authorities import registry_of
from ...schema.names.gazetteer import Place
from ...schema.value_types import Choice, Coordinates, EdtfDate, distance_km
from ..storage.json_lines import parse_lines

_T = TypeVar("_T", str, bytes)

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
        likelihood: Likelihood that the annotation is wrong, 0 to 1, for ranking; None if the check does not give one.
    """

    check: str
    document: str
    start: int
    end: int
    what: str
    likelihood: float | None = None


class Authority(Protocol):
    """A registry of ids."""

    def get(self, id: str) -> Actor | Place | None:  # noqa: A002 - the term of the records
        """Return the entry of an id, or None."""


class _GazetteerAuthority:
    """The gazetteer; small settlements, which are slow to load, are loaded only for ids found nowhere else."""

    def get(self, id: str) -> Place | None:  # noqa: A002
        return load_places().get(id) or load_places(min_population=500).get(id)


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


def read_suppressions(path: str | Path) -> dict[tuple[str, str, int, int], str]:
    """Read suppressed findings from JSONL: `{"check", "document", "start", "end", "reason"}`.

    Returns:
        The reasons by (check, document, start, end).

    Raises:
        DataError: A line is malformed, or its reason is empty.
    """
    fix = 'write {"check", "document", "start", "end", "reason"}'
    suppressions = parse_lines(path, _Suppression, _require_reason, noun="a suppression", fix=fix)
    return {(item.check, item.document, item.start, item.end): item.reason for item in suppressions}


class _Suppression(msgspec.Struct, forbid_unknown_fields=True):
    check: str
    document: str
    start: int
    end: int
    reason: str
    surface: str | None = None


def _require_reason(suppression: _Suppression) -> _Suppression:
    if not suppression.reason.strip():
        raise DataError(Problem("the reason is empty", "state why this is not a mistake"))
    return suppression


def _check_labels(documents: Sequence[Document]) -> Iterator[SuspiciousAnnotation]:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for document, span in _spans(documents):
        labels[document.surface(span)][span.label] += 1
    for document, span in _spans(documents):
        counts = labels[document.surface(span)]
        usual, times = _most_common(counts)
        if span.label != usual:
            yield _finding("label", document, span, f"is {usual} {times} times elsewhere")


def _check_missed_names(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """Find names, the capitalised surfaces of labels with registered ids, that are annotated elsewhere only."""
    name_labels = {label.name for label, *_ in _registered_fields(scheme)}
    surfaces = {document.surface(span): span.label for document, span in _spans(documents) if span.label in name_labels}
    names = sorted((name for name in surfaces if any(map(str.isupper, name))), key=len, reverse=True)
    if not names:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    for document in documents:
        covered = sorted([*((s.start, s.end) for s in document.spans), *((z.start, z.end) for z in document.zones)])
        for match in pattern.finditer(document.text or ""):
            if not any(start < match.end() and match.start() < end for start, end in covered):
                what = f"{match.group()!r} is {surfaces[match.group()]} elsewhere, but not annotated here"
                yield SuspiciousAnnotation("missed", document.id, match.start(), match.end(), what)


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
                yield _finding("identity", document, span, what)
            usual_id, times = _most_common(ids[document.id, document.surface(span)])
            if name != usual_id:
                what = f"is {name!r} here, but {usual_id!r} {times} times in this document"
                yield _finding("identity", document, span, what)


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
                    yield _finding("registry", document, span, f"has an unknown id {id_!r}")
                else:
                    for what in _contradictions(label, value, entry):
                        yield _finding("registry", document, span, what)


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
                yield _finding("date", document, span, f"is {edtf}, after the publication on {document.meta.published}")


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
                yield _finding("unit", document, span, what)


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


def _finding(check: str, document: Document, span: Span, what: str) -> SuspiciousAnnotation:
    return SuspiciousAnnotation(
        check, document.id, span.start, span.end, f"{span.label} {document.surface(span)!r} {what}"
    )


def _sentence(text: str, span: Span) -> str:
    """Return the sentence of a span, delimited by punctuation and line feeds."""
    start = max((match.end() for match in _SENTENCE_END.finditer(text, 0, span.start)), default=0)
    end = _SENTENCE_END.search(text, span.end)
    return text[start : end.start() if end else len(text)]
