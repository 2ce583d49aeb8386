"""Spans where extractors agree against the gold, ranked by how likely the gold is wrong.

Each extractor's word weighs as much as it has been right on the other documents of the same gold (naive Bayes with
add-one smoothing, by label): one that finds all and invents nothing speaks loudly, one that marks everything says
nothing. Extractors are taken as independent, which they are not, so the figure ranks; it is no calibrated probability.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import exp, log

from ...schema import Document, Scheme, Span, Value, Zone, canonical_value, value_text
from .suspicious import SuspiciousAnnotation

GOLD_ERROR = 0.02
"""How often a span of the gold is taken to be wrong before any extractor is heard."""

_Key = tuple[int, int, str]
_Tally = Counter[tuple[str, str, str]]  # by extractor, label and what is counted


def extractor_disagreement(
    gold: Sequence[Document], layers: Mapping[str, Sequence[Document]], scheme: Scheme
) -> list[SuspiciousAnnotation]:
    """What most extractors say and the gold does not: spans it lacks, spans only it has, other values.

    Args:
        gold: Documents with gold spans; what lies in their zones is left aside.
        layers: What each extractor found in the same documents, by its name.
        scheme: Says when values are the same.

    Returns:
        The most likely first.
    """
    zones = {d.id: d.zones for d in gold}
    read = {name: {d.id: _by_key(d, zones.get(d.id, ())) for d in documents} for name, documents in layers.items()}
    tallies = {
        d.id: _tally(_by_key(d, d.zones), {name: read[name].get(d.id, {}) for name in layers}, scheme) for d in gold
    }
    whole: _Tally = sum(tallies.values(), Counter())
    findings: list[SuspiciousAnnotation] = []
    for document in gold:
        # a document does not speak on how far to trust what is said of it
        rates = _Rates(whole, tallies[document.id] if len(gold) > 1 else Counter())
        answers = {name: read[name].get(document.id, {}) for name in layers}
        findings += _of_document(document, answers, rates, scheme)
    return sorted(findings, key=lambda f: (-(f.likelihood or 0.0), f.document, f.start, f.end, f.what))


class _Rates:
    """How far each extractor is to be trusted: counts over all documents but one."""

    def __init__(self, whole: _Tally, without: _Tally) -> None:
        self._counts = whole
        self._without = without

    def mark(self, name: str, label: str, marked: bool) -> float:
        """Log of how much likelier this answer is where there is such a span than where there is none."""
        found = self._share(name, label, "found", "gold")
        invented = self._share(name, label, "invented", "other")
        return log(found / invented) if marked else log((1 - found) / (1 - invented))

    def value(self, name: str, label: str) -> float:
        """Log odds that its value is right."""
        right = self._share(name, label, "right", "matched")
        return log(right / (1 - right))

    def _share(self, name: str, label: str, part: str, of: str) -> float:
        part_count, whole_count = (
            self._counts[name, label, key] - self._without[name, label, key] for key in (part, of)
        )
        return (part_count + 1) / (whole_count + 2)


def _by_key(document: Document, zones: Sequence[Zone]) -> dict[_Key, Span]:
    return {
        (span.start, span.end, span.label): span
        for span in sorted(document.spans, key=lambda s: repr(s.value))  # of equal spans the same one in every layer
        if not any(zone.start <= span.start and span.end <= zone.end for zone in zones)
    }


def _tally(gold: Mapping[_Key, Span], answers: Mapping[str, Mapping[_Key, Span]], scheme: Scheme) -> _Tally:
    tally: _Tally = Counter()
    others = {key for found in answers.values() for key in found} - gold.keys()
    for name, found in answers.items():
        for key, span in gold.items():
            tally[name, key[2], "gold"] += 1
            if key in found:
                tally[name, key[2], "found"] += 1
                tally[name, key[2], "matched"] += 1
                tally[name, key[2], "right"] += _same(span.value, found[key].value, key[2], scheme)
        for key in others:
            tally[name, key[2], "other"] += 1
            tally[name, key[2], "invented"] += key in found
    return tally


def _of_document(
    document: Document, answers: Mapping[str, Mapping[_Key, Span]], rates: _Rates, scheme: Scheme
) -> Iterator[SuspiciousAnnotation]:
    gold = _by_key(document, document.zones)
    keys = sorted({key for found in answers.values() for key in found} | gold.keys())
    agreed = {key: [name for name, found in answers.items() if key in found] for key in keys}
    told: set[_Key] = set()
    for key in keys:
        if key in gold or 2 * len(agreed[key]) <= len(answers):
            continue
        weight = _votes(key, answers, rates)
        rivals = [k for k in gold if _overlap(k, key) and 2 * len(agreed[k]) < len(answers)]
        # what most extractors have too stands beside this span, not in its place
        instead = ", ".join(_shown(document, k) for k in rivals or gold if _overlap(k, key)) or "nothing"
        only = "only " if instead != "nothing" and not rivals else ""
        what = f"{_names(agreed[key])} {_shown(document, key)}, the gold {only}{instead}"
        for finding in _finding(document, key, what, weight):
            told.update(rivals)  # told with it; where this is too weak to be told they stand for themselves
            yield finding
    for key, span in gold.items():
        if not agreed[key] and key not in told:
            what = f"only the gold has {_shown(document, key)}"
            yield from _finding(document, key, what, -_votes(key, answers, rates))
        yield from _values(document, key, span, answers, rates, scheme)


def _values(
    document: Document,
    key: _Key,
    span: Span,
    answers: Mapping[str, Mapping[_Key, Span]],
    rates: _Rates,
    scheme: Scheme,
) -> Iterator[SuspiciousAnnotation]:
    given: dict[str, list[str]] = defaultdict(list)
    weights: dict[str, float] = defaultdict(float)
    for_gold = 0.0
    for name, found in answers.items():
        if key in found and found[key].value is not None:
            told = value_text(found[key].value)
            given[told].append(name)
            if _same(span.value, found[key].value, key[2], scheme):
                for_gold += rates.value(name, key[2])
            else:
                weights[told] += rates.value(name, key[2])
    for told, against in weights.items():
        weight = against - for_gold
        if 2 * len(given[told]) > len(answers):
            what = f"{_names(given[told])} {_shown(document, key)} as {told!r}, the gold as {value_text(span.value)!r}"
            yield from _finding(document, key, what, weight)


def _votes(key: _Key, answers: Mapping[str, Mapping[_Key, Span]], rates: _Rates) -> float:
    return sum(rates.mark(name, key[2], key in found) for name, found in answers.items())


def _finding(document: Document, key: _Key, what: str, weight: float) -> Iterator[SuspiciousAnnotation]:
    """What the extractors say by their weight (log of how much likelier it is where the gold is wrong), if anything."""
    if weight > 0:
        odds = weight + log(GOLD_ERROR / (1 - GOLD_ERROR))
        yield SuspiciousAnnotation("dissent", document.id, key[0], key[1], what, 1 / (1 + exp(-min(500.0, odds))))


def _same(gold: Value | None, other: Value | None, label: str, scheme: Scheme) -> bool:
    kind = scheme.label(label)
    return kind.same(canonical_value(gold, kind, scheme), canonical_value(other, kind, scheme))


def _overlap(one: _Key, other: _Key) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _names(names: Sequence[str]) -> str:
    return f"{names[0]} has" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} have"


def _shown(document: Document, key: _Key) -> str:
    surface = (document.text or "")[key[0] : key[1]]
    return f"{key[2]} {surface!r} [{key[0]}, {key[1]})"
