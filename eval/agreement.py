"""Agreement between annotators, or passes, over the same documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ..corpus.adjudicate import find_conflicts
from ..corpus.align import align
from ..corpus.drafts import submitted
from ..corpus.tokens import token_offsets
from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, conflict_scheme, counted
from .alpha import alpha_u
from .figures import number
from .score import score
from .scores import Scores
from .suggested import suggestion_effect
from .tokens import tokenizer_notes
from .value_rules import ValueRules, given_fields
from .zones import without_zoned


@dataclass(frozen=True)
class Agreement:
    """How far passes agree.

    Attributes:
        documents: How many all passes have read.
        passes: Names.
        pairwise: Strict and partial micro F1 of each two, and strict F1 by label; F1 does not mind which is the gold.
        alpha_u: Krippendorff's alpha for unitising over all passes, labels as categories.
        token_kappa: Cohen's kappa over tokens and their labels, the mean over pairs (Light's kappa) of more than two.
        values: By label, how often the values of strictly matched spans agree, over all pairs of passes that both give
            values of the label; null where no pair does.
        disagreements: Each stretch that passes read differently, with its kind and readings. Values differ here as they
            do in `values`: what leaves a value right is left out, and counted in the notes.
        suggestions: What suggestions saved and bent, as `suggestion_effect` tells it; None where no pass saw any.
        notes: What could not be computed, and why.
    """

    documents: int
    passes: list[str]
    pairwise: list[dict[str, Any]]
    alpha_u: float | None
    token_kappa: float | None
    values: dict[str, dict[str, Any]]
    disagreements: list[dict[str, Any]]
    suggestions: dict[str, Any] | None
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The agreement as plain data, as `goldspan agree --json` prints it."""
        return dict(vars(self))


def agree(passes: Mapping[str, Iterable[Document]], scheme: Scheme | None = None) -> Agreement:
    """Measures the agreement of two passes or more.

    Documents that not all passes have, or that one skipped, are left out and noted. Zones of the first pass rule.

    Raises:
        DataError: A document's text is not the same in all passes, or a pass has a draft.
        UsageError: Fewer than two passes.
    """
    scheme = scheme or conflict_scheme()
    if len(passes) < 2:
        raise UsageError("agreement takes two passes or more. Fix: name a file for each")
    read = {name: [submitted(name, document) for document in documents] for name, documents in passes.items()}
    made_by = {name: d.extractor for name, documents in read.items() for d in documents if d.extractor}
    notes = [
        f"{name} was made by the extractor {extractor}: what it shares with others is no agreement between annotators"
        for name, extractor in made_by.items()
    ]
    layers = _common(read, notes)
    names = list(layers)
    scored = {
        (a, b): score(layers[a], layers[b], scheme=scheme, names=[b], resamples=0) for a, b in combinations(names, 2)
    }
    shared = layers[names[0]]
    spans = {name: [span for document in documents for span in document.spans] for name, documents in layers.items()}
    given = {name: given_fields(found, scheme) for name, found in spans.items()}
    rules = {(a, b): ValueRules(scheme, given[a], given[b]) for a, b in combinations(names, 2)}
    for (a, b), rule in rules.items():
        notes += [note for note in rule.notes(a, b, spans[a], spans[b]) if note not in notes]
    disagreements, minor = _disagreements(layers, rules)
    if minor:
        notes.append(
            f"{counted(minor, 'further difference')} of values that no figure counts (fields that decide nothing, "
            "values that a pass does not give): adjudicate lists them"
        )
    return Agreement(
        documents=len(shared),
        passes=names,
        pairwise=[_pair(a, b, found) for (a, b), found in scored.items()],
        alpha_u=_alpha(layers, scheme, notes),
        token_kappa=_kappa(layers, notes),
        values=_values(list(scored.values()), scheme),
        disagreements=disagreements,
        suggestions=suggestion_effect({n: layer for n, layer in layers.items() if n not in made_by}, scheme),
        notes=notes,
    )


def _common(passes: dict[str, list[Document]], notes: list[str]) -> dict[str, list[Document]]:
    """The documents that all passes have read, in the order of the first."""
    read = {name: {d.id: d for d in docs if not (d.layer and d.layer.skipped)} for name, docs in passes.items()}
    common = set.intersection(*(set(documents) for documents in read.values()))
    left_out = sorted({d.id for documents in passes.values() for d in documents} - common)
    if left_out:
        more = " …" if len(left_out) > 20 else ""
        left = counted(len(left_out), "document")
        notes.append(f"left out, as not all passes have read them: {left}, {', '.join(left_out[:20])}{more}")
    order = [name for name in next(iter(read.values())) if name in common]
    for name in order:
        if len({documents[name].sealed().text_sha256 for documents in read.values()}) > 1:
            fix = "compare passes over the same texts"
            raise DataError(Problem("the text is not the same in all passes", fix, document=name))
    zones = {name: next(iter(read.values()))[name].zones for name in order}
    return {name: [without_zoned(documents[i], zones[i]) for i in order] for name, documents in read.items()}


def _pair(a: str, b: str, found: Scores) -> dict[str, Any]:
    spans = found.systems[0].spans
    return {
        "a": a,
        "b": b,
        "strict_f1": spans["strict"]["micro"]["f1"],
        "partial_f1": spans["partial"]["micro"]["f1"],
        "labels": {label: figures["f1"] for label, figures in spans["strict"]["labels"].items()},
    }


def _alpha(layers: Mapping[str, list[Document]], scheme: Scheme, notes: list[str]) -> float | None:
    """Alpha-u over the documents laid end to end."""
    observers: list[dict[str, list[tuple[int, int]]]] = []
    length = sum(document.length for document in next(iter(layers.values())))
    for documents in layers.values():
        units: dict[str, list[tuple[int, int]]] = {label: [] for label in scheme.labels}
        origin = 0
        for document in documents:
            for span in sorted(document.spans, key=lambda s: (s.start, s.end)):
                row = units[span.label]
                if row and origin + span.start < row[-1][1]:
                    notes.append(f"alpha_u is null: spans of {span.label} overlap in {document.id}")
                    return None
                row.append((origin + span.start, origin + span.end))
            origin += document.length
        observers.append(units)
    value = number(alpha_u(observers, length))
    if value is None:
        notes.append("alpha_u is null: nothing was marked")
    return value


def _kappa(layers: Mapping[str, list[Document]], notes: list[str]) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    first = next(iter(layers.values()))
    if any(document.text is None for document in first):
        notes.append("token_kappa is null: the documents are text-free")
        return None
    offsets = [
        token_offsets(same[0].text or "", next((d.meta.language for d in same if d.meta.language), None))
        for same in zip(*layers.values(), strict=True)
    ]
    notes += tokenizer_notes(document for documents in layers.values() for document in documents)
    tags = [
        [tag for tokens, d in zip(offsets, docs, strict=True) for tag in _token_labels(tokens, d.spans)]
        for docs in layers.values()
    ]
    pairs = [(a, b) for a, b in combinations(tags, 2) if len({*a, *b}) > 1]
    if len(pairs) < len(tags) * (len(tags) - 1) // 2:
        notes.append("token_kappa: pairs of passes in which every token has the same label are left out")
    return float(np.mean([cohen_kappa_score(a, b) for a, b in pairs])) if pairs else None


def _token_labels(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> list[str]:
    """The label of the span that each token overlaps, the longest where there are several; `O` for none."""
    labels = ["O"] * len(offsets)
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    for span in sorted(spans, key=lambda s: (s.end - s.start, s.start, s.label)):
        first, beyond = np.searchsorted(ends, span.start, side="right"), np.searchsorted(starts, span.end, side="left")
        labels[first:beyond] = [span.label] * max(0, int(beyond - first))
    return labels


def _values(scored: Sequence[Scores], scheme: Scheme) -> dict[str, dict[str, Any]]:
    told = {}
    for label in scheme.labels:
        found = [s.systems[0].values[label] for s in scored if label in s.systems[0].values]
        compared = [item for item in found if item["value_accuracy"] is not None]
        support = sum(item["support"] for item in compared)
        right = sum(item["value_accuracy"] * item["support"] for item in compared)
        told[label] = {"value_accuracy": right / support if support else None, "support": support}
    return told


def _disagreements(
    layers: Mapping[str, list[Document]], rules: Mapping[tuple[str, str], ValueRules]
) -> tuple[list[dict[str, Any]], int]:
    """What passes read differently, and how many stretches differ only in what leaves values right."""
    told, minor = [], 0
    for documents in zip(*layers.values(), strict=True):
        _, conflicts = find_conflicts(dict(zip(layers, documents, strict=True)))
        for conflict in conflicts:
            kind: str | None = conflict.kind
            if kind == "value" and _values_agree(conflict.readings, rules):
                kind = None if all(conflict.readings.values()) else "missing"
            if kind is None:
                minor += 1
                continue
            readings = {name: [_plain(span) for span in spans] for name, spans in conflict.readings.items()}
            told.append(
                {
                    "document": conflict.document,
                    "start": conflict.start,
                    "end": conflict.end,
                    "kind": kind,
                    "readings": readings,
                }
            )
    return told, minor


def _values_agree(readings: Mapping[str, Sequence[Span]], rules: Mapping[tuple[str, str], ValueRules]) -> bool:
    """Whether the values of each two readings that have spans here are right for each other."""
    return all(
        rules[a, b].same(ours, theirs)
        for a, b in combinations(readings, 2)
        if readings[a] and readings[b]
        for pair in align(readings[a], readings[b], rules[a, b].likeness)
        if (ours := pair.a) and (theirs := pair.b)
    )


def _plain(span: Span) -> dict[str, Any]:
    from msgspec import to_builtins

    return {"start": span.start, "end": span.end, "label": span.label, "value": to_builtins(span.value)}
