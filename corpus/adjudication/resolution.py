"""Several layers over the same documents made one: what all agree on is taken, the rest is decided or left out.

Where the layers differ, the spans that overlap each other form one conflict, and each layer's spans there (or none) are
its reading of it. A decision takes one layer's reading or gives spans of its own. Nothing undecided is taken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec.structs import replace

from ...schema import DataError, Decision, Document, Layer, Problem, RecordCodec, Scheme, Span
from .drafts import require_submitted

ConflictKind = Literal["missing", "boundary", "label", "value"]

_Key = tuple[int, int, str, object]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stretch of a document that its readers read differently.

    Attributes:
        document: Id.
        start: Of the earliest span in it, code points.
        end: Of the latest one.
        kind: `boundary` where bounds differ, else `label`, else `value`; `missing` where all who have spans agree.
        readings: Each pass's spans there, in order; none where it saw nothing.
    """

    document: str
    start: int
    end: int
    kind: ConflictKind
    readings: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class AdjudicationDecision:
    """What was decided about a stretch of a document.

    Attributes:
        choose: The pass whose reading stands; None where `spans` says what stands.
        spans: What stands there, none for nothing; None where a pass was chosen.
        by: Who or what decided.
        reason: Why.
        override: Decides also where all passes agree, against them.
        readings: The readings that were decided about, where the decision states them.
    """

    document: str
    start: int
    end: int
    by: str
    reason: str
    choose: str | None = None
    spans: tuple[Span, ...] | None = None
    override: bool = False
    readings: Mapping[str, tuple[Span, ...]] | None = None


@dataclass(slots=True)
class Adjudication:
    """The result of adjudicating.

    Attributes:
        documents: One layer, in the order of the first pass that has each document.
        conflicts: All, decided or not, by document and place.
        undecided: Those that were left out.
        agreed: Spans that all readers of their document had.
        decided: Spans that stand by decision.
        decisions: Decisions that were taken: about conflicts, and against all passes.
        dropped: Stretches that a pass had a span on and where nothing stands by decision.
        single: Ids of documents that only one pass has read, taken as they are.
        extractors: By pass, the extractor that made it, where no person did.
    """

    documents: list[Document] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    undecided: list[Conflict] = field(default_factory=list)
    agreed: int = 0
    decided: int = 0
    decisions: int = 0
    dropped: int = 0
    single: list[str] = field(default_factory=list)
    extractors: dict[str, str] = field(default_factory=dict)


def adjudicate(
    passes: Mapping[str, Iterable[Document]],
    scheme: Scheme,
    rulings: Iterable[AdjudicationDecision] = (),
    *,
    name: str = "adjudicated",
    guidelines: str = "",
) -> Adjudication:
    """Makes one layer of several.

    Args:
        passes: Layers by name; their order does not matter but for the order of documents and of names in the result.
        scheme: Checks what decisions put in.
        rulings: At most one for each conflict.
        name: The annotator that the resulting layer states.
        guidelines: Version of the guidelines that the decisions follow; the one that the scheme names where empty.

    Returns:
        Documents whose spans name the passes that had them and, where those differed, the decision. A document that a
        pass lacks or skipped is read by the others alone.

    Raises:
        DataError: Texts differ under one id; a ruling fits no conflict, states other readings than the passes have now,
            names no pass, or gives spans that break a rule of the scheme; a pass has a draft.
    """
    readers: dict[str, dict[str, Document]] = {}
    result = Adjudication()
    for pass_name, documents in passes.items():
        for document in documents:
            readers.setdefault(document.id, {})[pass_name] = require_submitted(pass_name, document)
            if document.extractor:
                result.extractors[pass_name] = document.extractor
    table = _by_place(rulings)
    stated = Layer(
        annotator=name,
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        guidelines=guidelines or scheme.guidelines or None,
    )
    for document_id, layers in readers.items():
        result.documents.append(_document(layers, table[document_id], scheme, stated, result))
    if strays := [ruling for of_document in table.values() for ruling in of_document.values()]:
        stray = strays[0]
        what = f"a decision about [{stray.start}, {stray.end}) fits no conflict"
        fix = "remove it, or say `override` to decide against all passes"
        raise DataError(Problem(what, fix, document=stray.document))
    return result


def find_conflicts(layers: Mapping[str, Document]) -> tuple[list[Span], list[Conflict]]:
    """What all layers of one document have, and where they differ, both in the order of the text."""
    had = {name: _numbered(document.spans) for name, document in layers.items()}
    common = set.intersection(*(set(spans) for spans in had.values()))
    first = next(iter(had.values()))
    agreed = sorted((first[key] for key in common), key=_place)
    document = next(iter(layers.values()))
    loose = {name: [spans[key] for key in spans.keys() - common] for name, spans in had.items()}
    for spans in loose.values():
        spans.sort(key=_place, reverse=True)  # the next in the text is the last in the list
    conflicts = []
    for start, end in _clusters(sorted({(s.start, s.end) for spans in loose.values() for s in spans})):
        readings: dict[str, tuple[Span, ...]] = {}
        for name, spans in loose.items():
            within = []
            while spans and spans[-1].start < end:
                within.append(spans.pop())
            readings[name] = tuple(within)
        conflicts.append(Conflict(document.id, start, end, kind_of(readings), readings))
    return agreed, conflicts


def _numbered(spans: Iterable[Span]) -> dict[tuple[_Key, int], Span]:
    """Spans by what they are; equal ones are told apart by their number."""
    numbered: dict[tuple[_Key, int], Span] = {}
    count: Counter[_Key] = Counter()
    for span in spans:
        numbered[_key(span), count[_key(span)]] = span
        count[_key(span)] += 1
    return numbered


def _document(
    layers: Mapping[str, Document],
    rulings: dict[tuple[int, int], AdjudicationDecision],
    scheme: Scheme,
    stated: Layer,
    to: Adjudication,
) -> Document:
    base = next(iter(layers.values()))
    if len({document.with_hash().text_sha256 for document in layers.values()}) > 1:
        fix = "adjudicate passes over the same texts"
        raise DataError(Problem("the text is not the same in all passes", fix, document=base.id))
    read = {key: d for key, d in layers.items() if not (d.layer and d.layer.skipped)} or dict(layers)
    if len(read) == 1:
        to.single.append(base.id)
    agreed, conflicts = find_conflicts(read)
    spans = [_settled(span, tuple(read)) for span in agreed]
    decided: list[Span] = []
    for conflict in conflicts:
        ruling = rulings.pop((conflict.start, conflict.end), None)
        to.conflicts.append(conflict)
        if ruling is None:
            to.undecided.append(conflict)
        else:
            decided += _taken(ruling, conflict.readings, to)
    for key in [key for key, ruling in rulings.items() if ruling.override]:
        ruling = rulings.pop(key)
        replaced = [span for span in spans if span.start < ruling.end and ruling.start < span.end]
        spans = [span for span in spans if span not in replaced]
        decided += _taken(ruling, {reader: tuple(replaced) for reader in read}, to)
    to.agreed += len(spans)
    to.decided += len(decided)
    made = replace(base, spans=tuple(sorted([*spans, *decided], key=_place)), layer=_layer(read, stated))
    return _checked(made, scheme)


def _taken(ruling: AdjudicationDecision, readings: Mapping[str, tuple[Span, ...]], to: Adjudication) -> list[Span]:
    """The spans that a decision lets stand, and what it did counted."""
    stands = _ruled(ruling, readings)
    had = {(span.start, span.end) for spans in readings.values() for span in spans}
    to.decisions += 1
    to.dropped += sum(not any(s.start < end and start < s.end for s in stands) for start, end in had)
    return stands


def _ruled(ruling: AdjudicationDecision, readings: Mapping[str, tuple[Span, ...]]) -> list[Span]:
    """The spans that a decision lets stand, each with the passes that had it."""
    if ruling.readings is not None and {n: _keys(s) for n, s in ruling.readings.items()} != {
        n: _keys(s) for n, s in readings.items()
    }:
        what = f"the decision about [{ruling.start}, {ruling.end}) was made about other readings than the passes have"
        raise DataError(Problem(what, "decide afresh", document=ruling.document))
    stands = ruling.spans if ruling.choose is None else readings.get(ruling.choose)
    if stands is None:
        what = f"the decision about [{ruling.start}, {ruling.end}) chooses {ruling.choose!r}"
        raise DataError(Problem(what, f"passes: {', '.join(readings)}", document=ruling.document))
    decision = Decision(ruling.by, ruling.reason)
    return [
        _settled(span, tuple(name for name, had in readings.items() if _key(span) in _keys(had)), decision)
        for span in stands
    ]


def _settled(span: Span, passes: tuple[str, ...], decision: Decision | None = None) -> Span:
    """A span of the result: what it is, who had it, who decided; a reader's own remarks stay in the reader's layer."""
    return Span(span.start, span.end, span.label, span.value, passes=passes, decision=decision)


def _layer(read: Mapping[str, Document], stated: Layer) -> Layer:
    created = (document.layer.created for document in read.values() if document.layer)
    newest = max((time for time in created if time), default=None)
    chosen = sorted({by for document in read.values() if (by := _chosen_by(document))})
    return replace(stated, created=newest, extra={"passes": list(read)} | ({"chosen_by": chosen} if chosen else {}))


def _chosen_by(document: Document) -> str | None:
    """Why the document was given to be read, where that was no accident."""
    studio = ((document.layer.extra if document.layer else None) or {}).get("studio")
    by = studio.get("chosen_by") if isinstance(studio, dict) else None
    return by if isinstance(by, str) else None


def _checked(document: Document, scheme: Scheme) -> Document:
    codec = RecordCodec(scheme)
    return codec.decode(codec.encode(document))


def _by_place(rulings: Iterable[AdjudicationDecision]) -> dict[str, dict[tuple[int, int], AdjudicationDecision]]:
    """Rulings by document and bounds."""
    table: dict[str, dict[tuple[int, int], AdjudicationDecision]] = defaultdict(dict)
    for ruling in rulings:
        key = (ruling.start, ruling.end)
        if ruling.end <= ruling.start:
            raise DataError(Problem(f"[{ruling.start}, {ruling.end}) is no stretch", "", document=ruling.document))
        if key in table[ruling.document]:
            what = f"[{ruling.start}, {ruling.end}) is decided twice"
            raise DataError(Problem(what, "keep one decision", document=ruling.document))
        table[ruling.document][key] = ruling
    return table


def _clusters(bounds: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches of bounds (sorted) that overlap each other, directly or by way of others."""
    start, reach = -1, -1
    for a, b in bounds:
        if a >= reach:
            if reach >= 0:
                yield start, reach
            start, reach = a, b
        reach = max(reach, b)
    if reach >= 0:
        yield start, reach


def kind_of(readings: Mapping[str, tuple[Span, ...]]) -> ConflictKind:
    """What passes differ in, as `Conflict` tells it."""
    present = [spans for spans in readings.values() if spans]
    if len({tuple((s.start, s.end) for s in spans) for spans in present}) > 1:
        return "boundary"
    if len({tuple(s.label for s in spans) for spans in present}) > 1:
        return "label"
    return "value" if len({tuple(s.value for s in spans) for spans in present}) > 1 else "missing"


def _key(span: Span) -> _Key:
    return span.start, span.end, span.label, span.value


def _keys(spans: Iterable[Span]) -> set[_Key]:
    return {_key(span) for span in spans}


def _place(span: Span) -> tuple[int, int, str, bytes]:
    return span.start, span.end, span.label, msgspec.json.encode(span.value)
