"""Agreement between annotators, or passes: of each two over what both have read, of all over what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from ..corpus.adjudication.conflicts import find_conflicts
from ..corpus.spans.span_alignment import align
from ..corpus.spans.tokenisation import token_offsets
from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, conflict_scheme, pluralize
from .scoring import score
from .shared_documents import Reading, readings_of, shared
from .statistics.agreement_coefficients import Coefficients, Tokens
from .suggestion_bias import suggestion_effect
from .token_measure import tokenizer_notes
from .value_rules import ValueRules, given_fields

_NAMED = 20


@dataclass(frozen=True)
class Agreement:
    """How far passes agree.

    Attributes:
        documents: How many two or more passes have read.
        alone: How many one pass alone has read; they are in no figure.
        passes: Names.
        pairwise: Of each two, over the documents that both have read: how many these are, strict and partial micro F1,
            strict F1 by label (F1 does not mind which is the gold), and the figures below. The same as those of the
            agreement of these two passes alone; null where they share no document.
        alpha_u: Krippendorff's alpha for unitising over all passes, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels (nominal), over all passes.
        token_kappa: Cohen's kappa over tokens and their labels, the mean over pairs (Light's kappa) of more than two.
        values: By label, how often the values of strictly matched spans agree, over all pairs of passes that both give
            values of the label; null where no pair does.
        disagreements: Each stretch that its readers read differently, with its kind and readings. Values differ here as
            they do in `values`: what leaves a value right is left out, and counted in the notes.
        suggestions: What suggestions saved and bent, as `suggestion_effect` tells it; None where no pass saw any.
        notes: What could not be computed, and why.
    """

    documents: int
    alone: int
    passes: list[str]
    pairwise: list[dict[str, Any]]
    alpha_u: float | None
    token_alpha: float | None
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

    Each two are compared over the documents that both have read; coefficients of all count each document with those
    who have read it. One that a pass skipped it has not read. Documents that fewer than two have read are left out and
    noted. Of the passes that are compared the zones of the first rule.

    Raises:
        DataError: A document's text is not the same in all passes, a pass has a draft, or no two passes have read the
            same document.
        UsageError: Fewer than two passes.
    """
    scheme = scheme or conflict_scheme()
    if len(passes) < 2:
        raise UsageError("agreement takes two passes or more. Fix: name a file for each")
    read = {name: list(documents) for name, documents in passes.items()}
    made_by = {name: d.extractor for name, documents in read.items() for d in documents if d.extractor}
    notes = [
        f"{name} was made by the extractor {extractor}: what it shares with others is no agreement between annotators"
        for name, extractor in made_by.items()
    ]
    everything = readings_of(read)
    readings = shared(everything)
    if not readings:
        fix = "give passes over the same documents, as `studio push --overlap` plans them"
        raise DataError(Problem("no two of the passes have read the same document", fix))
    tokens = cache(token_offsets)
    pairs = [_Pair(a, b, shared(everything, (a, b)), scheme, tokens) for a, b in combinations(read, 2)]
    notes += _left_out(read, everything, pairs)
    one = pairs[0] if len(pairs) == 1 else None
    for pair in pairs:
        named = "" if one else f"{pair.a} - {pair.b}: "
        notes += [f"{named}{note}" for note in pair.notes]
        notes += [note for note in pair.value_notes if note not in notes]
    whole = one.coefficients if one else Coefficients.of(readings, scheme, tokens)
    notes += [note for note in whole.notes if note not in notes]
    if whole.tags is not None:
        notes += tokenizer_notes(document for reading in readings for document in reading.values())
    kappas = [pair.token_kappa for pair in pairs if pair.token_kappa is not None]
    if lacking := [f"{p.a} - {p.b}" for p in pairs if p.token_kappa is None] if kappas else []:
        notes.append(f"token_kappa: pairs that have none are left out of the mean: {', '.join(lacking)}")
    disagreements, minor = _disagreements(readings, {(pair.a, pair.b): pair.rules for pair in pairs})
    if minor:
        notes.append(
            f"{pluralize(minor, 'further difference')} of values that no figure counts (fields that decide nothing, "
            "values that a pass does not give): adjudicate lists them"
        )
    by_people = {name: [r[name] for r in readings if name in r] for name in read if name not in made_by}
    return Agreement(
        documents=len(readings),
        alone=sum(len(reading) == 1 for reading in everything),
        passes=list(read),
        pairwise=[pair.to_dict() for pair in pairs],
        alpha_u=whole.alpha_u,
        token_alpha=whole.token_alpha,
        token_kappa=float(np.mean(kappas)) if kappas else None,
        values=_pooled([pair.values for pair in pairs]),
        disagreements=disagreements,
        suggestions=suggestion_effect(by_people, scheme),
        notes=notes,
    )


def _left_out(
    passes: Mapping[str, Sequence[Document]], readings: Sequence[Reading], pairs: Sequence[_Pair]
) -> list[str]:
    """What is said of documents that no figure is made of, and of pairs that share none."""
    names = sorted({document.id for documents in passes.values() for document in documents})
    few = [name for name, reading in zip(names, readings, strict=True) if len(reading) < 2]
    told = []
    if few:
        listed = ", ".join(few[:_NAMED]) + (" …" if len(few) > _NAMED else "")
        told.append(f"left out, as fewer than two passes have read them: {pluralize(len(few), 'document')}, {listed}")
    if strangers := [f"{pair.a} - {pair.b}" for pair in pairs if not pair.documents]:
        told.append(f"no figures of passes that share no document: {', '.join(strangers)}")
    return told


class _Pair:
    """Two passes over the documents that both have read: the one place where their figures are made."""

    def __init__(self, a: str, b: str, readings: Sequence[Reading], scheme: Scheme, tokens: Tokens) -> None:
        self.a, self.b, self.documents = a, b, len(readings)
        left, right = ([reading[name] for reading in readings] for name in (a, b))
        self._scored = score(left, right, scheme=scheme, names=[b], resamples=0).systems[0]
        spans = [[span for document in side for span in document.spans] for side in (left, right)]
        self.rules = ValueRules(scheme, *(given_fields(side, scheme) for side in spans))
        self.value_notes = self.rules.notes(a, b, *spans)
        self.values = {
            label: {"value_accuracy": found["value_accuracy"], "support": found["support"]}
            if (found := self._scored.values.get(label)) and found["value_accuracy"] is not None
            else {"value_accuracy": None, "support": 0}
            for label in scheme.labels
        }
        self.coefficients = Coefficients.of(readings, scheme, tokens)
        self.token_kappa = self.coefficients.kappa(a, b)
        # of passes that share nothing all is null, which is said once for all
        self.notes = self.coefficients.notes if readings else []
        if readings and self.coefficients.tags is not None and self.token_kappa is None:
            self.notes = [*self.notes, "token_kappa is null: every token has the same label"]

    def to_dict(self) -> dict[str, Any]:
        """As `Agreement.pairwise` has it."""
        spans = self._scored.spans
        return {
            "a": self.a,
            "b": self.b,
            "documents": self.documents,
            "strict_f1": spans["strict"]["micro"]["f1"],
            "partial_f1": spans["partial"]["micro"]["f1"],
            "labels": {label: figures["f1"] for label, figures in spans["strict"]["labels"].items()},
            "alpha_u": self.coefficients.alpha_u,
            "token_alpha": self.coefficients.token_alpha,
            "token_kappa": self.token_kappa,
            "values": self.values,
        }


def _pooled(found: Sequence[Mapping[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The values of pairs together, by label: a pair counts with its matched spans."""
    told = {}
    for label in found[0]:
        compared = [of[label] for of in found if of[label]["value_accuracy"] is not None]
        support = sum(item["support"] for item in compared)
        right = sum(item["value_accuracy"] * item["support"] for item in compared)
        told[label] = {"value_accuracy": right / support if support else None, "support": support}
    return told


def _disagreements(
    readings: Sequence[Reading], rules: Mapping[tuple[str, str], ValueRules]
) -> tuple[list[dict[str, Any]], int]:
    """What readers read differently, and how many stretches differ only in what leaves values right."""
    told, minor = [], 0
    for reading in readings:
        _, conflicts = find_conflicts(reading)
        for conflict in conflicts:
            kind: str | None = conflict.kind
            if kind == "value" and _values_agree(conflict.readings, rules):
                kind = None if all(conflict.readings.values()) else "missing"
            if kind is None:
                minor += 1
                continue
            told.append(
                {
                    "document": conflict.document,
                    "start": conflict.start,
                    "end": conflict.end,
                    "kind": kind,
                    "readings": {name: [_plain(span) for span in had] for name, had in conflict.readings.items()},
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
