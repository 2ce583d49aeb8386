"""Scores of spans as a metric of the library evaluate, which copies this file: it imports only installed packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import evaluate

import goldspan
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.schema import Scheme, parse_scheme

Spans = Sequence[Mapping[str, Any]]
"""The spans of a document."""

_DESCRIPTION = """\
Precision, recall and F1 of labelled spans: strict, exact, partial and type matches as in SemEval-2013 task 9, with the
best one-to-one pairing, and further measures such as iou@0.5. Spans may be nested or overlap."""

_INPUTS = """\
Args:
    predictions: For each document, a list of spans {"start", "end", "label"}; offsets are half-open.
    references: The gold spans of the same documents, likewise.
    measures: Further measures, such as ["iou@0.5", "characters"].
    labels: Labels to score; all by default.
    scheme: Scheme whose labels the spans may have, or its file; by default any label is one.
Returns:
    Each metric and count by its path, such as "spans.strict.micro.f1" and "spans.partial.labels.PER.recall"; None if it
    is undefined.
Examples:
    >>> import evaluate
    >>> from goldspan.eval import metric_folder
    >>> spans = evaluate.load(metric_folder())
    >>> gold = [[{"start": 0, "end": 4, "label": "PER"}], []]
    >>> found = [[{"start": 0, "end": 6, "label": "PER"}], []]
    >>> spans.compute(predictions=found, references=gold)["spans.partial.micro.f1"]
    0.5
"""

_CITATION = """\
Isabel Segura-Bedmar, Paloma Martinez, Maria Herrero-Zazo (2013): SemEval-2013 Task 9: Extraction of drug-drug
interactions from biomedical texts (DDIExtraction 2013)."""


class GoldspanSpans(evaluate.Metric):  # type: ignore[misc] # evaluate has no types
    """Scores of spans."""

    def _info(self) -> evaluate.MetricInfo:
        spans = [{"start": datasets.Value("int64"), "end": datasets.Value("int64"), "label": datasets.Value("string")}]
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": spans, "references": spans}),
        )

    def _compute(
        self,
        predictions: Sequence[Spans],
        references: Sequence[Spans],
        measures: Sequence[str] = (),
        labels: Sequence[str] = (),
        scheme: Any = None,
    ) -> dict[str, float | None]:
        if scheme is None:
            scheme = _scheme_of([*references, *predictions], labels)
        [system] = goldspan.score(
            references,
            predictions,
            scheme=scheme,
            names=["predictions"],
            labels=labels,
            measures=measures,
            resamples=0,
        )
        return {".".join(path): value for path, value in leaves({"spans": system.spans})}


def _scheme_of(documents: Sequence[Spans], labels: Sequence[str]) -> Scheme:
    """Return a scheme of the labels that occur, and of those that are named."""
    found = sorted({str(span["label"]) for spans in documents for span in spans} | set(labels)) or ["-"]
    return parse_scheme(
        {
            "name": "labels",
            "version": 1,
            "spans": {"overlap": True, "boundaries": "any"},
            "labels": {label: {"definition": "A label of the predictions or references."} for label in found},
        }
    )
