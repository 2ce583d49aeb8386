"""Detection of spans where extractors agree against the gold, ranked by the likelihood that the gold is wrong.

Each extractor is weighted by its accuracy on the other documents of the same gold (naive Bayes with add-one smoothing,
by label): an extractor that finds everything and adds nothing has a high weight, one that marks everything has none.
Extractors are assumed to be independent, which they are not, so the likelihood is a ranking score rather than a
calibrated probability.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import exp, log

from ...schema import Document, Scheme, Span, Value, Zone, canonical_value, value_text
from ...schema.overlap import overlaps
from ..spans.span_keys import LabelledSpan, labelled_span
from .suspicious_annotations import SuspiciousAnnotation

PRIOR_GOLD_ERROR = 0.02
"""Prior probability that a span of the gold is wrong."""

_Spans = Mapping[LabelledSpan, Span]
_Tally = Counter[tuple[str, str, str]]  # by extractor, label and type of count


def extractor_disagreement(
    gold: Sequence[Document], layers: Mapping[str, Sequence[Document]], scheme: Scheme
) -> list[SuspiciousAnnotation]:
    """Find where most extractors disagree with the gold: missing spans, spans only in the gold, other values.

    Args:
        gold: Documents with gold spans; spans in their zones are ignored.
        layers: The documents with the spans of each extractor, by its name.
        scheme: The scheme, which defines when values are equal.

    Returns:
        The findings, the most likely mistakes first.
    """
    zones = {d.id: d.zones for d in gold}
    spans = {name: {d.id: _by_key(d, zones.get(d.id, ())) for d in documents} for name, documents in layers.items()}
    tallies = {
        d.id: _tally(_by_key(d, d.zones), {name: spans[name].get(d.id, {}) for name in layers}, scheme) for d in gold
    }
    total: _Tally = sum(tallies.values(), Counter())
    findings: list[SuspiciousAnnotation] = []
    for document in gold:
        # leave-one-out: a document has no influence on the weights of the extractors for itself
        rates = _Rates(total, tallies[document.id] if len(gold) > 1 else Counter())
        predictions = {name: spans[name].get(document.id, {}) for name in layers}
        findings += _check_document(document, predictions, rates, scheme)
    return sorted(findings, key=lambda f: (-f.likelihood, f.document, f.start, f.end, f.what))


class _Rates:
    """Accuracy of each extractor, from the counts over all documents except one."""

    def __init__(self, total: _Tally, excluded: _Tally) -> None:
        self._total = total
        self._excluded = excluded

    def mark(self, name: str, label: str, marked: bool) -> float:
        """Return the log likelihood ratio of a span being correct, given that the extractor marked it or not."""
        recall = self._share(name, label, "found", "gold")
        false_positives = self._share(name, label, "invented", "other")
        return log(recall / false_positives) if marked else log((1 - recall) / (1 - false_positives))

    def value(self, name: str, label: str) -> float:
        """Return the log odds that a value of the extractor is correct."""
        right = self._share(name, label, "right", "matched")
        return log(right / (1 - right))

    def _share(self, name: str, label: str, part: str, of: str) -> float:
        part_count, of_count = (self._total[name, label, key] - self._excluded[name, label, key] for key in (part, of))
        return (part_count + 1) / (of_count + 2)


def _by_key(document: Document, zones: Sequence[Zone]) -> dict[LabelledSpan, Span]:
    return {
        labelled_span(span): span
        for span in sorted(
            document.spans, key=lambda s: repr(s.value)
        )  # so that the same one of equal spans is used in each layer
        if not any(zone.start <= span.start and span.end <= zone.end for zone in zones)
    }


def _tally(gold: _Spans, predictions: Mapping[str, _Spans], scheme: Scheme) -> _Tally:
    tally: _Tally = Counter()
    others = {key for spans in predictions.values() for key in spans} - gold.keys()
    for name, spans in predictions.items():
        for key, span in gold.items():
            tally[name, key.label, "gold"] += 1
            if key in spans:
                tally[name, key.label, "found"] += 1
                tally[name, key.label, "matched"] += 1
                tally[name, key.label, "right"] += _same_value(span.value, spans[key].value, key.label, scheme)
        for key in others:
            tally[name, key.label, "other"] += 1
            tally[name, key.label, "invented"] += key in spans
    return tally


def _check_document(
    document: Document, predictions: Mapping[str, _Spans], rates: _Rates, scheme: Scheme
) -> Iterator[SuspiciousAnnotation]:
    gold = _by_key(document, document.zones)
    keys = sorted({key for spans in predictions.values() for key in spans} | gold.keys())
    extractors = {key: [name for name, spans in predictions.items() if key in spans] for key in keys}
    reported: set[LabelledSpan] = set()
    for key in keys:
        if key in gold or 2 * len(extractors[key]) <= len(predictions):
            continue
        # gold spans that most extractors have too are not alternatives to this span
        rivals = [k for k in gold if overlaps(k, key) and 2 * len(extractors[k]) < len(predictions)]
        instead = ", ".join(_describe(document, k) for k in rivals or gold if overlaps(k, key)) or "nothing"
        only = "only " if instead != "nothing" and not rivals else ""
        what = f"{_join_names(extractors[key])} {_describe(document, key)}, the gold {only}{instead}"
        for finding in _findings(document, key, what, _vote(key, predictions, rates), "not in the gold"):
            reported.update(rivals)  # only if there is a finding; otherwise they are checked on their own
            yield finding
    for key, span in gold.items():
        if not extractors[key] and key not in reported:
            what = f"only the gold has {_describe(document, key)}"
            weight = -_vote(key, predictions, rates)
            yield from _findings(document, key, what, weight, "only in the gold", span)
        yield from _check_value(document, key, span, predictions, rates, scheme)


def _check_value(
    document: Document,
    key: LabelledSpan,
    span: Span,
    predictions: Mapping[str, _Spans],
    rates: _Rates,
    scheme: Scheme,
) -> Iterator[SuspiciousAnnotation]:
    extractors: dict[str, list[str]] = defaultdict(list)
    weights: dict[str, float] = defaultdict(float)
    gold_weight = 0.0
    for name, spans in predictions.items():
        if key in spans and spans[key].value is not None:
            value = value_text(spans[key].value)
            extractors[value].append(name)
            if _same_value(span.value, spans[key].value, key.label, scheme):
                gold_weight += rates.value(name, key.label)
            else:
                weights[value] += rates.value(name, key.label)
    for value, weight in weights.items():
        if 2 * len(extractors[value]) > len(predictions):
            what = f"{_join_names(extractors[value])} {_describe(document, key)} as {value!r}"
            what += f", the gold as {value_text(span.value)!r}"
            yield from _findings(document, key, what, weight - gold_weight, "with another value", span)


def _vote(key: LabelledSpan, predictions: Mapping[str, _Spans], rates: _Rates) -> float:
    return sum(rates.mark(name, key.label, key in spans) for name, spans in predictions.items())


def _findings(
    document: Document, key: LabelledSpan, what: str, weight: float, kind: str, span: Span | None = None
) -> Iterator[SuspiciousAnnotation]:
    """Yield a finding if `weight`, the log likelihood ratio of the gold being wrong, is positive.

    Args:
        document: The document.
        key: The span in question.
        what: The reason for suspicion.
        weight: The log likelihood ratio.
        kind: How the gold differs.
        span: The gold's span, if it has one.
    """
    if weight > 0:
        odds = weight + log(PRIOR_GOLD_ERROR / (1 - PRIOR_GOLD_ERROR))
        yield SuspiciousAnnotation(
            check="dissent",
            document=document.id,
            start=key.start,
            end=key.end,
            what=what,
            likelihood=1 / (1 + exp(-min(500.0, odds))),
            subject=f"{key.label} {kind}",
            surface=(document.text or "")[key.start : key.end],
            label=None if span is None else span.label,
            value=None if span is None or span.value is None else value_text(span.value),
        )


def _same_value(gold: Value | None, other: Value | None, label: str, scheme: Scheme) -> bool:
    kind = scheme.label(label)
    return kind.same(canonical_value(gold, kind, scheme), canonical_value(other, kind, scheme))


def _join_names(names: Sequence[str]) -> str:
    return f"{names[0]} has" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} have"


def _describe(document: Document, key: LabelledSpan) -> str:
    surface = (document.text or "")[key.start : key.end]
    return f"{key.label} {surface!r} [{key.start}, {key.end})"
