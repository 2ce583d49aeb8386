"""Scoring of systems against gold: spans, tokens and values, with confidence intervals and significance tests.

Layers are columns. Documents are aligned by id; pairing the spans yields counts per document and label, from which
alone all metrics, intervals and tests are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from ..schema import (
    DataError,
    Document,
    Problem,
    Scheme,
    UsageError,
    for_each,
)
from ..schema.errors import check_resampling
from ..schema.extras import require_extras
from .alignment.document_alignment import names_of_annotators, require_alignment, unique_names
from .alignment.document_matching import match_documents
from .columns.column_alignment import common_layers, excluded_notes, sorted_by_id
from .columns.document_groups import check_keys, checked_groupings
from .columns.layer_columns import LayerColumns, columns_of
from .comparisons.system_runs import repeated_systems, run_names, runs_of
from .matching.measure_registry import find_measures
from .matching.span_measures import SEMEVAL, SpanMeasure
from .score_results import GoldSummary, Scores
from .statistics.significance import checked_tests, compare_systems, notes_on_tests
from .system_scorer import SystemScorer


def score_documents(
    gold: Iterable[Document],
    systems: Sequence[Sequence[Document]],
    scheme: Scheme,
    *,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    tokens: bool = False,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    common: bool = False,
    intervals: bool = False,
    tests: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    by: Sequence[str] = (),
    remarks: Sequence[str] = (),
    reading: Sequence[str] = (),
) -> Scores:
    """Score the documents of systems, all of which are valid. Other arguments and errors are those of `score`.

    `path` is that of the gold, stored in the scores; `label_map` identifies the map that was applied to the systems'
    labels, and `reading` how files were read, for the signature; `remarks` precede the notes.
    """
    gold = list(gold)
    by = checked_groupings(by)
    if len(names) < len(systems):
        names = unique_names([*names, *map(_annotator, systems[len(names) :])])
    of_runs = run_names(names)
    matched = [match_documents(gold, system, name) for system, name in zip(systems, of_runs, strict=True)]
    ids = {document.id for document in gold}
    predictions = [[d for d in m.documents if not common or d.id in ids] for m in matched]
    excluded = [len(m.documents) - len(p) for m, p in zip(matched, predictions, strict=True)]
    for_each(
        lambda item: require_alignment(gold, item[0], item[1], item[2].partings),
        zip(predictions, of_runs, matched, strict=True),
    )
    return score_columns(
        columns_of(gold, scheme, by),
        [columns_of(documents, scheme) for documents in predictions],
        scheme,
        names=names,
        labels=labels,
        texts={document.id: document for document in gold} if tokens else None,
        resamples=resamples,
        seed=seed,
        warn=warn,
        path=path,
        label_map=label_map,
        reading=reading,
        common=common,
        excluded=excluded,
        intervals=intervals,
        tests=tests,
        measures=measures,
        remarks=[*remarks, *(note for system in matched for note in system.notes)],
    )


def score_columns(
    gold: LayerColumns,
    systems: Sequence[LayerColumns],
    scheme: Scheme,
    *,
    names: Sequence[str],
    labels: Sequence[str] = (),
    texts: Mapping[str, Document] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    reading: Sequence[str] = (),
    common: bool = False,
    excluded: Sequence[int] = (),
    intervals: bool = False,
    tests: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    remarks: Sequence[str] = (),
) -> Scores:
    """Score layers that are aligned (`are_aligned`). Other arguments and errors are those of `score_documents`.

    Args:
        gold: The gold, in groups where scores are sliced.
        systems: The systems.
        scheme: Scheme of all layers.
        names: Names of the systems; the same name several times is for runs of one system.
        labels: Labels to score; all by default.
        texts: The gold documents by id, whose texts token metrics require; None for no token metrics.
        resamples: As in `score`.
        seed: As in `score`.
        warn: As in `score`.
        path: Path of the gold.
        label_map: As in `score_documents`.
        reading: As in `score_documents`.
        common: As in `score`.
        excluded: Number of documents of each system that are left out because the gold lacks them.
        intervals: As in `score`.
        tests: As in `score`.
        measures: As in `score`.
        remarks: What precedes the notes.
    """
    of_systems, names = list(names), run_names(names)
    tests = checked_tests(tests, set(of_systems))
    selected = list(dict.fromkeys(labels or scheme.labels))
    for label in selected:
        scheme.label(label)
    further = find_measures(measures)
    if len(gold):
        check_keys(gold.groups, gold.extra_keys)
    check_resampling(resamples, seed)
    if not systems:
        raise UsageError("scoring requires at least one system. Fix: give a system")
    if texts is not None:
        require_extras("a metric of tokens", "rules", "tokens")
        if without := next((document.id for document in texts.values() if document.text is None), None):
            raise DataError(
                Problem(
                    "there are no tokens: the gold is text-free", "score it without token metrics", document=without
                )
            )
    notes = [*remarks]
    sides = list(zip(("the gold", *names), (gold, *systems), strict=True))
    if common:
        gold, *systems = common_layers(gold, systems)
        more = (0, *(excluded or [0] * len(systems)))
        sizes = [(name, len(layer) + count) for (name, layer), count in zip(sides, more, strict=True)]
        notes += excluded_notes(sizes, len(gold))
    unchecked = [name for name, layer in sides if layer.without_text]
    if unchecked:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    places = list(scheme.labels)
    chosen = np.array([places.index(label) for label in selected], dtype=np.int64)
    # sorted by id, so that resampling does not depend on the order of a file
    gold = sorted_by_id(gold.with_labels(chosen).outside(gold.zones))
    scorer = SystemScorer(
        scheme, selected, gold, texts, resamples, seed, warn or (lambda _: None), label_map, common, intervals,
        measures=(*SEMEVAL, *further),
        unchecked=bool(unchecked), reading=reading, tests=tests,
    )  # fmt: skip
    system_scores = [
        scorer.score(system.with_labels(chosen), name) for system, name in zip(systems, names, strict=True)
    ]
    gold_summary = GoldSummary(
        path=path,
        documents=len(gold),
        spans=len(gold.spans),
        sha256=scorer.fingerprint,
        scheme=scheme.ref,
    )
    groups = runs_of(of_systems, scorer.compared)
    comparisons = compare_systems(groups, tests, resamples=resamples, seed=seed)
    notes += [*scorer.notes, *(notes_on_tests(groups, tests, comparisons) if scorer.interval_resamples else ())]
    runs = repeated_systems(of_systems, system_scores)
    return Scores(gold_summary, system_scores, comparisons, notes, runs, scorer.settings)


def _annotator(documents: Sequence[Document]) -> str:
    """Return the name of the annotator if there is a single one, else `system`."""
    annotators = names_of_annotators(documents)
    return annotators.pop() if len(annotators) == 1 else "system"
