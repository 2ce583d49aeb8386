"""Likely mistakes of a gold layer: what breaks no rule and is worth a second look all the same.

Each finding names its place. One that is no mistake is answered with its reason in a file of answers, and is silent
from then on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

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
    load_actors,
    load_places,
    parse_edtf,
)
from ...schema.names.actors import Actor
from ...schema.names.gazetteer import Place
from ...schema.value_types import Choice, Coordinates, EdtfDate
from ..storage.file_io import open_reader, read_lines

_C = TypeVar("_C", str, bytes)

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n")


@dataclass(frozen=True, slots=True)
class SuspiciousAnnotation:
    """Something that is likely a mistake.

    Attributes:
        check: Which check found it: `label`, `missed`, `identity`, `registry`, `date`, `unit` or `dissent`.
        document: Id.
        start: Of the stretch it is about, code points.
        end: Of the same.
        what: The reason for suspicion.
        likelihood: How likely the annotation is wrong, 0 to 1, where the check can say so; it ranks.
    """

    check: str
    document: str
    start: int
    end: int
    what: str
    likelihood: float | None = None


class Authority(Protocol):
    """A registry that knows ids."""

    def get(self, id: str) -> Actor | Place | None:  # noqa: A002 - the records' own word
        """The entry of an id."""


class _GazetteerAuthority:
    """The gazetteer, its small settlements included only where nothing else has an id: they take long to load."""

    def get(self, id: str) -> Place | None:  # noqa: A002
        return load_places().get(id) or load_places(min_population=500).get(id)


def find_suspicious_annotations(documents: Sequence[Document], scheme: Scheme) -> list[SuspiciousAnnotation]:
    """Everything that looks like a mistake, by document and place. Text-free documents are passed over.

    The checks: a surface labelled otherwise than most of its like; a name annotated elsewhere and not here; values of
    one id, or of one surface in a document, that contradict each other; ids that no registry knows, or knows otherwise;
    dates after the day of publication; choices that the words around speak against.
    """
    read = [document for document in documents if document.text is not None]
    found = [*_labels(read), *_missed(read, scheme), *_identities(read, scheme), *_registry(read, scheme)]
    found += [*_dates(read, scheme), *_units(read, scheme)]
    return sorted(set(found), key=lambda f: (f.document, f.start, f.end, f.check, f.what))


def read_suppressions(path: str | Path) -> dict[tuple[str, str, int, int], str]:
    """Reasons by (check, document, start, end), from JSONL: `{"check", "document", "start", "end", "reason"}`.

    Raises:
        DataError: A line is none of these, or gives no reason.
    """
    decoder = msgspec.json.Decoder(_Answer)
    answers = {}
    with open_reader(str(path)) as stream:
        for number, line in enumerate(read_lines(stream, str(path)), 1):
            try:
                item = decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                fix = 'write {"check", "document", "start", "end", "reason"}'
                raise DataError(Problem(f"no answer: {error}", fix, str(path), number)) from error
            if not item.reason.strip():
                raise DataError(Problem("the reason is empty", "say why it is no mistake", str(path), number))
            answers[item.check, item.document, item.start, item.end] = item.reason
    return answers


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    check: str
    document: str
    start: int
    end: int
    reason: str
    surface: str | None = None


def _labels(documents: Sequence[Document]) -> Iterator[SuspiciousAnnotation]:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for document, span in _spans(documents):
        labels[document.surface(span)][span.label] += 1
    for document, span in _spans(documents):
        counts = labels[document.surface(span)]
        usual, most = _most(counts)
        if span.label != usual:
            yield _finding("label", document, span, f"is {usual} {most} times elsewhere")


def _missed(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """Names are the surfaces, with a capital in them, of labels whose values are looked up."""
    named = {label.name for label, *_ in _looked_up(scheme)}
    surfaces = {document.surface(span): span.label for document, span in _spans(documents) if span.label in named}
    names = sorted((name for name in surfaces if any(map(str.isupper, name))), key=len, reverse=True)
    if not names:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    for document in documents:
        covered = sorted([*((s.start, s.end) for s in document.spans), *((z.start, z.end) for z in document.zones)])
        for match in pattern.finditer(document.text or ""):
            if not any(start < match.end() and match.start() < end for start, end in covered):
                what = f"{match.group()!r} is {surfaces[match.group()]} elsewhere and nothing here"
                yield SuspiciousAnnotation("missed", document.id, match.start(), match.end(), what)


def _identities(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """One id with several values, one surface with several ids in one document."""
    for label, identifier, _ in _looked_up(scheme):
        values: dict[str, Counter[bytes]] = defaultdict(Counter)
        ids: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        spans = [(d, s, name) for d, s, value in _valued(documents, label) for name in identifier.parts(value) if name]
        for document, span, name in spans:
            values[name][msgspec.json.encode(span.value)] += 1
            ids[document.id, document.surface(span)][name] += 1
        for document, span, name in spans:
            usual, most = _most(values[name])
            if msgspec.json.encode(span.value) != usual:
                what = f"has another value than {name!r} has {most} times: {usual.decode()}"
                yield _finding("identity", document, span, what)
            likely, times = _most(ids[document.id, document.surface(span)])
            if name != likely:
                what = f"is {name!r} here, {likely!r} {times} times in this document"
                yield _finding("identity", document, span, what)


def _registry(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    authorities: dict[str, Authority] = {"actors": load_actors(), "places": _GazetteerAuthority()}
    for label, identifier, authority in _looked_up(scheme):
        entries: dict[str, Actor | Place | None] = {}
        for document, span, value in _valued(documents, label):
            for name in filter(None, identifier.parts(value)):
                if name not in entries:
                    entries[name] = authorities[authority].get(name)
                entry = entries[name]
                if entry is None:
                    yield _finding("registry", document, span, f"has an id that no registry knows: {name!r}")
                else:
                    for what in _contradictions(label, value, entry):
                        yield _finding("registry", document, span, what)


def _contradictions(label: Label, value: Value, entry: Actor | Place) -> Iterator[str]:
    for item in label.fields.values():
        parts = item.parts(value)
        if isinstance(item.type, Coordinates) and isinstance(entry, Place):
            known = (entry.lat, entry.lon)
            if None not in (*parts, *known) and not item.type.same(parts, known):
                yield f"lies elsewhere than the gazetteer has {entry.id!r}: {parts} against {known}"
        elif item.name in ("kind", "country"):
            listed = getattr(entry, item.name)
            if listed and parts[0] is not None and parts[0] != listed:
                yield f"has {item.name} {parts[0]!r}, the registry {listed!r} for {entry.id!r}"


def _dates(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    for label, item in _fields(scheme, EdtfDate):
        for document, span, value in _valued(documents, label):
            [edtf] = item.parts(value)
            if edtf is None or document.meta.published is None:
                continue
            published, earliest = parse_edtf(document.meta.published).earliest, parse_edtf(edtf).earliest
            if earliest is not None and published is not None and earliest > published:
                yield _finding("date", document, span, f"is {edtf}, after publication on {document.meta.published}")


def _units(documents: Sequence[Document], scheme: Scheme) -> Iterator[SuspiciousAnnotation]:
    """A choice with cues: the words of its sentence may speak for another one only."""
    for label, item in _fields(scheme, Choice):
        cues = {choice: frozenset(words) for choice, words in item.type.cues} if isinstance(item.type, Choice) else {}
        for document, span, value in _valued(documents, label) if cues else ():
            [unit] = item.parts(value)
            words = set(re.findall(r"\w+", _sentence(document.text or "", span).lower()))
            others = sorted(choice for choice, cue in cues.items() if choice != unit and cue & words)
            if unit is not None and others and not cues.get(unit, frozenset()) & words:
                what = f"has {item.name} {unit!r}, but its sentence speaks of {', '.join(others)}"
                yield _finding("unit", document, span, what)


def _spans(documents: Iterable[Document]) -> Iterator[tuple[Document, Span]]:
    return ((document, span) for document in documents for span in document.spans)


def _valued(documents: Iterable[Document], label: Label) -> Iterator[tuple[Document, Span, Value]]:
    return ((d, s, s.value) for d, s in _spans(documents) if s.label == label.name and s.value is not None)


def _fields(scheme: Scheme, kind: type[ValueType]) -> Iterator[tuple[Label, Field]]:
    fields = ((label, item) for label in scheme.labels.values() for item in label.fields.values())
    return ((label, item) for label, item in fields if isinstance(item.type, kind))


def _looked_up(scheme: Scheme) -> Iterator[tuple[Label, Field, str]]:
    """Fields whose ids name things of an open list; codes of countries are checked on reading."""
    return (found for found in scheme.identifiers() if found[2] != "iso-3166-1")


def _most(counts: Counter[_C]) -> tuple[_C, int]:
    """The most frequent entry and its count; of several the last in order, so that the answer is always the same."""
    return max(counts.items(), key=lambda item: (item[1], item[0]))


def _finding(check: str, document: Document, span: Span, what: str) -> SuspiciousAnnotation:
    return SuspiciousAnnotation(
        check, document.id, span.start, span.end, f"{span.label} {document.surface(span)!r} {what}"
    )


def _sentence(text: str, span: Span) -> str:
    """The sentence around a span, by its punctuation."""
    start = max((match.end() for match in _SENTENCE_END.finditer(text, 0, span.start)), default=0)
    end = _SENTENCE_END.search(text, span.end)
    return text[start : end.start() if end else len(text)]
