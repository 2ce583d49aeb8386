"""Whether the scores of the rules mean what they say: `python -m benchmarks.extractors.calibration [--write] FILE…`.

A file holds gold. A span of the rules is right if the gold has one of the same bounds, label and value. The first table
shows, for each kind of evidence, how many spans rest on it, how many of them the gold has with any value, how many are
right, and their score. The reliability curve compares scores with shares of right spans. The Brier score is the mean
squared difference of score and outcome, the expected calibration error the mean difference of score and share over the
bins of the curve.

With `--write` the scores are computed from the files and written to the table of the rules. Give it texts that the
rules were not written with, and judge the scores on others.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from goldspan.annotate.rules.document_reader import DocumentReader
from goldspan.annotate.rules.lexicon import shipped_lexicon
from goldspan.annotate.rules.span_evidence import Evidence, evidence_name, evidence_score
from goldspan.corpus import read_records
from goldspan.eval.value_comparison import ValueRules, filled_fields
from goldspan.schema import conflict_scheme

_TABLE = Path(__file__).parents[2] / "annotate" / "rules" / "words" / "scores.toml"
_PARENT_WEIGHT = 5
"""How many spans the share of the more common evidence counts for."""

_LEAST = 5
"""Evidence of three parts or more that fewer spans rest on has the score of the more common evidence."""

_BINS = (0.0, 0.6, 0.8, 0.9, 0.95, 1.0)


class Outcome(NamedTuple):
    """The evidence of a span, whether the gold has it, and whether with the same value."""

    evidence: Evidence
    placed: bool
    right: bool


Counts = dict[Evidence, Counter[str]]
"""Of the spans with some evidence: how many there are, are `placed`, and are `right`."""


def main(arguments: list[str]) -> None:
    """Print the shares by evidence and the reliability curve of files; with `--write` compute the scores first."""
    paths = [argument for argument in arguments if argument != "--write"]
    outcomes = [outcome for path in paths for outcome in outcomes_of(path)]
    counts = _counts(outcomes)
    if "--write" in arguments:
        _TABLE.write_text(_written(counts), encoding="utf-8")
        print(f"wrote {_TABLE}")
        return
    print("spans in gold right score")
    for evidence, count in sorted(counts.items()):
        score = f"{evidence_score(evidence):.2f}" if evidence else "    "
        name = evidence_name(evidence) or "all"
        print(f"{count['all']:5} {count['placed']:7} {count['right']:5}  {score}  {name}")
    _print_curve([(evidence_score(outcome.evidence), outcome.right) for outcome in outcomes])


def outcomes_of(path: str) -> Iterator[Outcome]:
    """Yield what became of each span of the rules in a file."""
    scheme = conflict_scheme()
    gold = list(read_records(path, scheme))
    met: list[Evidence] = []

    def number(evidence: Evidence) -> float:
        met.append(evidence)
        return float(len(met) - 1)

    reader = DocumentReader(shipped_lexicon(), scheme, number)
    layers = [reader.read(replace(document, spans=(), layer=None)) for document in gold]
    filled = [
        filled_fields(((span.label, span.value) for spans in side for span in spans), scheme)
        for side in ([document.spans for document in gold], layers)
    ]
    rules = ValueRules(scheme, filled[0], filled[1])
    for document, spans in zip(gold, layers, strict=True):
        annotated = {(span.start, span.end, span.label): span for span in document.spans}
        for span in spans:
            other = annotated.get((span.start, span.end, span.label))
            right = other is not None and rules.same(other, span)
            yield Outcome(met[int(span.score or 0)], other is not None, right)


def _counts(outcomes: Iterable[Outcome]) -> Counts:
    """Count spans by their evidence and by each beginning of it, the empty one included."""
    counts: Counts = defaultdict(Counter)
    for outcome in outcomes:
        for length in range(len(outcome.evidence) + 1):
            counts[outcome.evidence[:length]].update(all=1, placed=outcome.placed, right=outcome.right)
    return counts


def _written(counts: Counts) -> str:
    """Return the table of scores: the share of each kind of evidence, drawn towards that of the more common one."""
    shares: dict[Evidence, float] = {(): counts[()]["right"] / counts[()]["all"]}
    lines = []
    for evidence, count in sorted(counts.items())[1:]:
        above = evidence[:-1]
        alone = count["all"] == counts[above]["all"]  # nothing to tell it from what is above it
        if len(evidence) <= 2 or (count["all"] >= _LEAST and not alone):
            share = (count["right"] + _PARENT_WEIGHT * shares[above]) / (count["all"] + _PARENT_WEIGHT)
            percent = min(99, max(1, round(100 * share)))
            lines.append(f'"{evidence_name(evidence)}" = {percent} # {count["right"]} of {count["all"]}')
        else:
            share = shares[above]
        shares[evidence] = share
    head = (
        "# Scores of spans. For tables see actors.toml.\n\n"
        "# Spans in a hundred that are right in bounds, label and value, by the evidence that they rest on, from the\n"
        "# common to the particular; behind it, how many were of how many.\n"
        "# `python -m benchmarks.extractors.calibration --write` writes this.\n"
        "[values.span_scores]\n"
    )
    return head + "\n".join(lines) + "\n"


def _print_curve(scored: Sequence[tuple[float, bool]]) -> None:
    print("\n| score | spans | mean score | right |\n|---|---|---|---|")
    error = 0.0
    for low, high in pairwise(_BINS):
        inside = [(score, right) for score, right in scored if low <= score < high]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            share = sum(right for _, right in inside) / len(inside)
            error += len(inside) / len(scored) * abs(mean - share)
            print(f"| {low:.2f} to {high:.2f} | {len(inside)} | {mean:.3f} | {share:.3f} |")
    brier = sum((score - right) ** 2 for score, right in scored) / len(scored)
    print(f"\n{len(scored)} spans, Brier score {brier:.3f}, expected calibration error {error:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
