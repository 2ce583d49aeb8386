"""Scores of spans as a metric of the library evaluate, which copies this file: it imports only installed packages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from numbers import Integral
from typing import Any

import datasets
import evaluate

import goldspan
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.schema import Scheme, UsageError, did_you_mean, parse_scheme

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

    def add_batch(self, *, predictions: Any = None, references: Any = None, **more: Any) -> None:
        """Add documents, after a check of their spans, which would otherwise be converted in silence."""
        for name, documents in (("predictions", predictions), ("references", references)):
            if isinstance(documents, str | Mapping) or not isinstance(documents, Collection):
                raise UsageError(f"`{name}` are not lists of spans. Fix: a list for each document")
            for number, spans in enumerate(documents):
                _check_spans(spans, f"{name}[{number}]")
        super().add_batch(predictions=predictions, references=references, **more)

    def add(self, *, prediction: Any = None, reference: Any = None, **more: Any) -> None:
        """Add a document, likewise."""
        for name, spans in (("prediction", prediction), ("reference", reference)):
            _check_spans(spans, name)
        super().add(prediction=prediction, reference=reference, **more)

    def _compute(
        self,
        predictions: Sequence[Spans],
        references: Sequence[Spans],
        measures: Sequence[str] = (),
        labels: Sequence[str] = (),
        scheme: Any = None,
    ) -> dict[str, float | None]:
        if valued := [name for name in measures if str(name).split(".")[0] in ("linked", "clusters")]:
            what = f"`measures`: {valued[0]} compares ids, and the spans of this metric have no values"
            raise UsageError(f"{what}. Fix: leave it out, or call goldspan.score with values")
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


def _check_spans(spans: Any, place: str) -> None:
    """Check that spans have an integer `start`, an integer `end` and a `label`, and nothing else.

    Raises:
        UsageError: They have not.
    """
    fix = 'a list of {"start": 0, "end": 4, "label": "PER"} for each document'
    if isinstance(spans, str | Mapping) or not isinstance(spans, Collection):
        raise UsageError(f"{place} is not a list of spans. Fix: {fix}")
    for number, span in enumerate(spans):
        if not isinstance(span, Mapping) or set(span) != {"start", "end", "label"}:
            raise UsageError(f"{place}[{number}] does not have just start, end and label. Fix: {fix}")
        for name in ("start", "end"):
            if isinstance(span[name], bool) or not isinstance(span[name], Integral):
                raise UsageError(f"{place}[{number}]: {name} {span[name]!r} is not an integer. Fix: {fix}")
        if not isinstance(span["label"], str) or not span["label"]:
            raise UsageError(f"{place}[{number}]: label {span['label']!r} is not a name. Fix: {fix}")


def _scheme_of(documents: Sequence[Spans], labels: Sequence[str]) -> Scheme:
    """Return a scheme of the labels that occur.

    Raises:
        UsageError: One of the labels to score does not occur.
    """
    if isinstance(labels, str):
        raise UsageError(f"`labels` is a string. Fix: a list, [{labels!r}]")
    found = sorted({span["label"] for spans in documents for span in spans})
    if unknown := [label for label in labels if label not in found]:
        what = f"`labels`: no prediction and no reference has the label {unknown[0]!r}"
        raise UsageError(
            f"{what}: {did_you_mean(unknown[0], found)}. Fix: leave it out, or give a `scheme` that has it"
        )
    found = found or ["-"]
    return parse_scheme(
        {
            "name": "labels",
            "version": 1,
            "spans": {"overlap": True, "boundaries": "any"},
            "labels": {label: {"definition": "A label of the predictions or references."} for label in found},
        }
    )
