"""Adjudication: several layers of the same documents are merged into one.

Spans on which all layers agree are taken. A decision resolves a conflict by choosing the reading of one layer, or by
giving spans of its own. Undecided conflicts are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from ...schema import DataError, Decision, Document, Layer, Problem, RecordCodec, Scheme, Span, layer_fingerprint
from ...schema.overlap import overlaps
from ..spans.span_keys import span_key, span_order
from .conflicts import AdjudicationDecision, Conflict, Readings, find_conflicts, read_documents
from .drafts import layers_by_document


@dataclass(slots=True)
class Adjudication:
    """The result of adjudicating several passes.

    Attributes:
        documents: The adjudicated documents, in the order in which the passes have them.
        conflicts: All conflicts, by document and position.
        undecided: The conflicts without a decision, which were left out.
        agreed: Number of spans that all passes of their document have.
        decided: Number of spans taken by decision.
        decisions: Number of decisions applied: about conflicts, and against all passes.
        dropped: Number of places where a pass has a span and the decision takes none.
        single: Ids of documents that only one pass has read, and which are taken unchanged.
        extractors: The extractor of each pass that was not made by a person.
        passes: Names of the passes.
        skills: Share of places at which each reader is likely right; empty unless asked for.
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
    passes: list[str] = field(default_factory=list)
    skills: Mapping[str, float | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts, the conflicts without a decision and the layer's fingerprint as JSON-compatible data."""
        kinds = Counter(conflict.kind for conflict in self.conflicts)
        return {
            "documents": len(self.documents),
            "passes": self.passes,
            "spans": self.agreed + self.decided,
            "agreed": self.agreed,
            "decided": self.decided,
            "decisions": self.decisions,
            "dropped": self.dropped,
            "conflicts": {kind: kinds[kind] for kind in ("missing", "boundary", "label", "value")},
            "undecided": [
                {"document": c.document, "start": c.start, "end": c.end, "kind": c.kind} for c in self.undecided
            ],
            "sha256": layer_fingerprint(self.documents),
            **({"skills": dict(self.skills)} if self.skills else {}),
        }


def resolve_passes(
    passes: Mapping[str, Iterable[Document]],
    scheme: Scheme,
    decisions: Iterable[AdjudicationDecision] = (),
    *,
    name: str = "adjudicated",
    guidelines: str = "",
) -> Adjudication:
    """Merge several passes into one layer.

    Args:
        passes: The passes by name. Their order affects only the order of the documents and of the pass names.
        scheme: The scheme, against which the spans of decisions are validated.
        decisions: At most one decision for each conflict.
        name: The annotator of the resulting layer.
        guidelines: Version of the guidelines that the decisions follow. Defaults to that of the scheme.

    Returns:
        Documents whose spans state the passes that have them and, for conflicts, the decision. A pass that lacks or
        skipped a document is ignored for this document.

    Raises:
        DataError: Documents with the same id have different texts; a decision fits no conflict, states other readings
            than those of the passes, names an unknown pass, or gives invalid spans; a pass contains a draft.
    """
    documents = layers_by_document(passes)
    result = Adjudication(passes=list(passes))
    for pass_name in passes:
        for layers in documents.values():
            if pass_name in layers and (extractor := layers[pass_name].extractor):
                result.extractors[pass_name] = extractor
    pending = _by_range(decisions)
    layer = Layer(
        annotator=name,
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        guidelines=guidelines or scheme.guidelines or None,
    )
    codec = RecordCodec(scheme)
    for document_id, layers in documents.items():
        result.documents.append(_adjudicate_document(layers, pending[document_id], codec, layer, result))
    if unused := [decision for of_document in pending.values() for decision in of_document.values()]:
        decision = unused[0]
        what = f"the decision about [{decision.start}, {decision.end}) fits no conflict"
        fix = "remove it, or set `override` to decide against all passes"
        raise DataError(Problem(what, fix, document=decision.document))
    return result


def _adjudicate_document(
    layers: Mapping[str, Document],
    pending: dict[tuple[int, int], AdjudicationDecision],
    codec: RecordCodec,
    layer: Layer,
    result: Adjudication,
) -> Document:
    """Adjudicate one document: remove the applied decisions from `pending`, and add the counts to `result`."""
    base = next(iter(layers.values()))
    if len({document.with_hash().text_sha256 for document in layers.values()}) > 1:
        fix = "adjudicate passes over the same texts"
        raise DataError(Problem("the text differs between passes", fix, document=base.id))
    read = read_documents(layers)
    if len(read) == 1:
        result.single.append(base.id)
    agreed, conflicts = find_conflicts(read)
    spans = [_adjudicated_span(span, tuple(read)) for span in agreed]
    decided: list[Span] = []
    for conflict in conflicts:
        decision = pending.pop((conflict.start, conflict.end), None)
        result.conflicts.append(conflict)
        if decision is None:
            result.undecided.append(conflict)
        else:
            decided += _apply(decision, conflict.readings, result)
    for key in [key for key, decision in pending.items() if decision.override]:
        decision = pending.pop(key)
        replaced = [span for span in spans if overlaps(span, decision)]
        spans = [span for span in spans if span not in replaced]
        decided += _apply(decision, {name: tuple(replaced) for name in read}, result)
    result.agreed += len(spans)
    result.decided += len(decided)
    spans = sorted([*spans, *decided], key=span_order)
    return codec.check(replace(base, spans=tuple(spans), layer=_adjudicated_layer(read, layer)))


def _apply(decision: AdjudicationDecision, readings: Readings, result: Adjudication) -> list[Span]:
    """Return the spans that a decision takes, and count its effects."""
    taken = _decided_spans(decision, readings)
    read = {(span.start, span.end): span for spans in readings.values() for span in spans}
    result.decisions += 1
    result.dropped += sum(not any(overlaps(span, other) for other in taken) for span in read.values())
    return taken


def _decided_spans(decision: AdjudicationDecision, readings: Readings) -> list[Span]:
    """Return the spans that a decision takes, each with the passes that have it."""
    keys = {name: _keys(spans) for name, spans in readings.items()}
    if decision.readings is not None and {name: _keys(spans) for name, spans in decision.readings.items()} != keys:
        what = f"the readings of the decision about [{decision.start}, {decision.end}) differ from those of the passes"
        raise DataError(Problem(what, "decide again", document=decision.document))
    taken = decision.spans if decision.choose is None else readings.get(decision.choose)
    if taken is None:
        what = f"the decision about [{decision.start}, {decision.end}) chooses {decision.choose!r}, which is not a pass"
        raise DataError(Problem(what, f"one of {', '.join(readings)}", document=decision.document))
    stated = Decision(decision.by, decision.reason)
    return [
        _adjudicated_span(span, tuple(name for name in readings if span_key(span) in keys[name]), stated)
        for span in taken
    ]


def _adjudicated_span(span: Span, passes: tuple[str, ...], decision: Decision | None = None) -> Span:
    """Copy a span without the notes of its annotator, which remain in the annotator's layer."""
    return Span(span.start, span.end, span.label, span.value, passes=passes, decision=decision)


def _adjudicated_layer(read: Mapping[str, Document], layer: Layer) -> Layer:
    times = (document.layer.created for document in read.values() if document.layer)
    latest = max((time for time in times if time), default=None)
    chosen_by = {by for document in read.values() if document.layer for by in document.layer.chosen_by or ()}
    return replace(layer, created=latest, passes=tuple(read), chosen_by=tuple(sorted(chosen_by)) or None)


def _by_range(
    decisions: Iterable[AdjudicationDecision],
) -> defaultdict[str, dict[tuple[int, int], AdjudicationDecision]]:
    """Index decisions by document and range."""
    index: defaultdict[str, dict[tuple[int, int], AdjudicationDecision]] = defaultdict(dict)
    for decision in decisions:
        key = (decision.start, decision.end)
        if decision.end <= decision.start:
            what = f"the decision about [{decision.start}, {decision.end}) has an empty range"
            raise DataError(Problem(what, "", document=decision.document))
        if key in index[decision.document]:
            what = f"two decisions about [{decision.start}, {decision.end})"
            raise DataError(Problem(what, "keep one", document=decision.document))
        index[decision.document][key] = decision
    return index


def _keys(spans: Iterable[Span]) -> set[object]:
    return {span_key(span) for span in spans}
