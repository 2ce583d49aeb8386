"""Scores of systems against gold: spans, tokens and values, with intervals and tests, as one object.

Data flow: documents are put side by side by id; spans become columns; counts per document and label come of pairing
them; figures, intervals and tests are made of those counts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..schema import (
    Document,
    Scheme,
    Span,
    UsageError,
    conflict_scheme,
    counted,
    layer_fingerprint,
)
from .beside import asides, beside_gold, in_common, names_of, restricted
from .comparisons import compared
from .counts import MEASURES, count_matches
from .figures import Floats, interval_tree, number, ratio, span_tree
from .inputs import Source, as_documents
from .resampling import (
    LEAST_DOCUMENTS,
    percentile_interval,
    resampled_medians,
    resampled_sums,
)
from .scores import Scores, SystemScore
from .spans import outside_zones, span_columns
from .tokens import TokenCounts, count_tokens
from .values import ValueCounts, b_cubed, by_label, count_values, error_area, unlisted_pairs
from .zones import without_zoned

MATCHING = 1
"""Version of the pairing rules; a change of it is a change of scores."""


def score(
    gold: Source,
    *systems: Source,
    scheme: Scheme | None = None,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    common: bool = False,
) -> Scores:
    """Scores systems against gold.

    Args:
        gold: Documents with gold spans, whose zones rule; or what `goldspan.eval.inputs` makes documents of: a path,
            spaCy's Docs, rows of a loaded dataset.
        systems: The same with each system's spans, by the same ids and texts.
        scheme: Of both; conflict news where none is given.
        names: Of the systems; else what their layers state, else `system`, numbered.
        labels: Only these, both sides.
        resamples: Of the bootstrap and the tests; 0 for none.
        seed: Of the same.
        warn: Called with what a person should know at once, such as a document that a system left out.
        path: Of the gold, for the record.
        label_map: What stands in the signature for the map that the systems' labels went through.
        common: Score what `in_common` leaves: a system that read a part only, or more, is no fault then.

    Raises:
        DataError: A system has a document that the gold lacks, or another text under its id; with `common`, no document
            is common to all.
        UsageError: A label is unknown, or a count is negative.
    """
    scheme = scheme or conflict_scheme()
    chosen = list(dict.fromkeys(labels or scheme.labels))
    for label in chosen:
        scheme.label(label)
    if resamples < 0 or not systems:
        raise UsageError("scoring takes a system, and 0 resamples or more")
    # by id, so that the draws of resampling do not hang on the order of a file
    gold_documents = sorted(
        (without_zoned(restricted(d, chosen), d.zones) for d in as_documents(gold, scheme)), key=lambda d: d.id
    )
    answers = [list(as_documents(system, scheme)) for system in systems]
    names = names_of(answers, names)
    notes: list[str] = []
    if common:
        sides = list(zip(("the gold", *names), (gold_documents, *answers), strict=True))
        gold_documents, *answers = in_common(gold_documents, *answers)
        notes += asides(sides, len(gold_documents))
    scorer = _Scorer(scheme, chosen, gold_documents, resamples, seed, warn or (lambda _: None), label_map, common)
    scored = [scorer.system(documents, name) for documents, name in zip(answers, names, strict=True)]
    facts = {
        "path": path,
        "documents": len(gold_documents),
        "spans": sum(len(document.spans) for document in gold_documents),
        "sha256": scorer.fingerprint,
        "scheme": scheme.ref,
    }
    comparisons = compared(scored, resamples=resamples, seed=seed)
    return Scores(facts, scored, comparisons, notes + scorer.notes)


class _Scorer:
    """Scores systems one by one against the same gold."""

    def __init__(
        self,
        scheme: Scheme,
        labels: list[str],
        gold: list[Document],
        resamples: int,
        seed: int,
        warn: Callable[[str], None],
        label_map: str,
        common: bool,
    ) -> None:
        from importlib.metadata import version

        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn = resamples, seed, warn
        self.index = {label: i for i, label in enumerate(labels)}
        self.fingerprint = layer_fingerprint(gold)
        self.notes: list[str] = []
        self.signature = "|".join(
            [
                f"gold:{self.fingerprint[:12]}",
                f"scheme:{scheme.ref}+{scheme.fingerprint[:8]}",
                f"labels:{','.join(labels) if len(labels) < len(scheme.labels) else 'all'}",
                *(["documents:common"] if common else []),
                f"map:{label_map}",
                "zones:gold",
                "offsets:codepoint",
                f"match:{MATCHING}",
                f"boot:{resamples}",
                f"seed:{seed}",
                f"goldspan:{version('goldspan')}",
            ]
        )
        self.gold_spans = _in_order(gold)
        self.gold_columns = span_columns(self.gold_spans, self.index)
        if not self.gold_spans:
            what = "no spans of these labels" if gold else "no documents"
            self.notes.append(f"the gold has {what}: there is nothing to find")
        if len(gold) < LEAST_DOCUMENTS:
            few = counted(len(gold), "document")
            intervals = "for intervals, and " if len(gold) == 1 else ""
            self.notes.append(f"{few}: too few {intervals}to test differences (at least {LEAST_DOCUMENTS})")

    def system(self, documents: list[Document], name: str) -> SystemScore:
        """Scores one system."""
        names = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        if seen := sorted(names & {shown for d in self.gold for shown in d.saw}):
            self._note_once(f"the gold was made from suggestions of {', '.join(seen)}: people keep what they are shown")
        answers = beside_gold(self.gold, documents, name, self.labels, self._left_out)
        spans = _in_order(answers)
        columns = span_columns(spans, self.index)
        kept = outside_zones(columns, ((i, document.zones) for i, document in enumerate(self.gold)))
        spans = [item for item, keep in zip(spans, kept.tolist(), strict=True) if keep]
        columns = columns.take(kept)
        matches = count_matches(self.gold_columns, columns, documents=len(self.gold), labels=len(self.labels))
        counts = {measure: matches.counts[measure].stacked() for measure in MEASURES}
        tokens = self._tokens(spans)
        pairs = [
            (self.gold_spans[g][0], self.gold_spans[g][1].label, self.gold_spans[g][1].value, spans[s][1].value)
            for g, s in zip(matches.strict.gold.tolist(), matches.strict.system.tolist(), strict=True)
        ]
        sorted_pairs = by_label([self.scheme.labels[label] for label in self.labels], pairs)
        values = {
            label: count_values(self.scheme, self.scheme.labels[label], sorted_pairs[label], len(self.gold))
            for label in self.labels
            if self.scheme.labels[label].fields
        }
        token_tree = None if tokens is None else _token_tree(tokens, self.labels)
        return SystemScore(
            name=name,
            signature=self.signature,
            spans={measure: span_tree(counts[measure].sum(axis=0), self.labels) for measure in MEASURES},
            tokens=token_tree,
            values={
                label: self._value_figures(label, found, counts["strict"], sorted_pairs[label])
                for label, found in values.items()
            },
            interval=self._intervals(counts, tokens, values, name) if self.resamples and len(self.gold) > 1 else {},
            matches=matches,
        )

    def _tokens(self, spans: list[tuple[int, Span]]) -> TokenCounts | None:
        texts = [document.text for document in self.gold]
        if any(text is None for text in texts):
            self._note_once("no token measure: the gold is text-free")
            return None
        answers: list[list[Span]] = [[] for _ in self.gold]
        for document, span in spans:
            answers[document].append(span)
        return count_tokens([t or "" for t in texts], [d.spans for d in self.gold], answers, self.labels)

    def _left_out(self, said: str) -> None:
        self.notes.append(said)
        self.warn(said)

    def _note_once(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _value_figures(self, label: str, found: ValueCounts, strict: Any, pairs: Any) -> dict[str, Any]:
        counts = strict.sum(axis=0)[self.index[label]]
        sums, matched = found.counts.sum(axis=0), found.matched.sum()
        told: dict[str, Any] = {
            "value_accuracy": number(_over(sums[0], matched)),
            "value_f1": number(_over(2 * sums[0], counts[2] + counts[3])),
        }
        told |= {name: number(_over(total, matched)) for name, total in zip(found.names[1:], sums[1:], strict=True)}
        if "acc_25km" in found.names:
            errors = [error for _, error in found.errors_km]
            told |= {
                "median_km": number(float(np.median(errors)) if errors else np.nan),
                "auc": number(error_area(errors)),
            }
        unlisted = unlisted_pairs(self.scheme, self.scheme.labels[label], pairs)
        if unlisted is not None:
            figures = zip(("precision", "recall", "f1"), b_cubed(unlisted), strict=True)
            told["b_cubed"] = {**{name: number(value) for name, value in figures}, "support": len(unlisted)}
        return told | {"support": int(matched)}

    def _intervals(
        self, counts: dict[str, Any], tokens: TokenCounts | None, values: Mapping[str, ValueCounts], name: str
    ) -> dict[str, Any]:
        """Intervals of every additive figure: one set of draws for all."""
        dropped: dict[str, int] = {}

        def bounds(column: Floats, path: str) -> list[float] | None:
            interval, lost = percentile_interval(column)
            if lost and interval is not None:  # of what is undefined for all documents too there is nothing to say
                dropped[path] = lost
            return interval

        parts = [counts[measure].reshape(len(self.gold), -1) for measure in MEASURES]
        parts += [] if tokens is None else [tokens.counts.reshape(len(self.gold), -1)]
        parts += [np.column_stack([found.log_errors(), found.counts, found.matched]) for found in values.values()]
        sums = resampled_sums(np.hstack(parts), resamples=self.resamples, seed=self.seed)
        pieces = iter(np.split(sums, np.cumsum([part.shape[1] for part in parts])[:-1], axis=1))
        shape = (self.resamples, len(self.labels) + 1, 4)
        strict = None
        tree: dict[str, Any] = {"spans": {}}
        for measure in MEASURES:
            resampled = next(pieces).reshape(shape)
            strict = resampled if strict is None else strict
            tree["spans"][measure] = interval_tree(resampled, self.labels, bounds, f"spans.{measure}")
        if tokens is not None:
            whole = interval_tree(next(pieces).reshape(shape), self.labels, bounds, "tokens")
            tree["tokens"] = {"micro": whole["micro"], "labels": whole["labels"]}
        tree["values"] = {}
        for label, found in values.items():
            errors, drawn = np.split(next(pieces), [2], axis=1)
            matched, right = drawn[:, -1], drawn[:, 0]
            spans = strict[:, self.index[label], 2:].sum(axis=1) if strict is not None else matched
            columns = {"value_accuracy": ratio(right, matched), "value_f1": ratio(2 * right, spans)}
            columns |= {part: ratio(drawn[:, i], matched) for i, part in enumerate(found.names) if i}
            if found.points:
                columns["auc"] = ratio(errors[:, 0], errors[:, 1])
                columns["median_km"] = resampled_medians(
                    found.errors_km, documents=len(self.gold), resamples=self.resamples, seed=self.seed
                )
            tree["values"][label] = {part: bounds(c, f"values.{label}.{part}") for part, c in columns.items()}
        if dropped:
            worst = max(dropped, key=lambda path: dropped[path])
            self.notes.append(
                f"{name}: resamples in which a figure is undefined are left out of its interval: "
                f"{dropped[worst]} of {self.resamples} at the most, of {worst}"
            )
        return tree


def _in_order(documents: Iterable[Document]) -> list[tuple[int, Span]]:
    """Every span with the index of its document, in the order of columns; equal spans by their value."""
    spans = [(i, span) for i, document in enumerate(documents) for span in document.spans]
    return sorted(spans, key=lambda item: (item[0], item[1].start, item[1].end, item[1].label, repr(item[1].value)))


def _token_tree(tokens: TokenCounts, labels: Sequence[str]) -> dict[str, Any]:
    tree = span_tree(tokens.counts.sum(axis=0), labels)
    untagged = {"gold": tokens.untagged_gold, "system": tokens.untagged_system}
    return {"micro": tree["micro"], "labels": tree["labels"], "untagged": untagged}


def _over(numerator: Any, denominator: Any) -> float:
    return float(ratio(np.array(numerator, dtype=np.float64), np.array(denominator, dtype=np.float64)))
