"""Scoring of systems against gold: spans, tokens and values, with confidence intervals and significance tests.

Layers are columns. Documents are aligned by id; pairing the spans yields counts per document and label, from which
alone all metrics, intervals and tests are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..corpus.queries.document_groups import check_keys, checked_groupings
from ..schema import DataError, Document, Problem, Scheme, UsageError, for_each
from ..schema.errors import check_resampling
from ..schema.extras import require_extras
from .alignment.document_alignment import names_of_annotators, require_alignment, unique_names
from .alignment.document_matching import match_documents
from .columns.column_alignment import common_layers, excluded_notes
from .columns.layer_columns import LayerColumns, columns_of
from .columns.shard_parts import DifferingParts, shard_parts
from .comparisons.system_runs import repeated_systems, run_names, runs_of
from .matching.cluster_measures import ClusterMeasure
from .matching.measure_registry import find_measures, lies_across_documents
from .matching.span_measures import SEMEVAL, SpanMeasure
from .score_results import GoldSummary, Scores
from .statistics.part_counts import Counted, GoldCounts, Parts, SystemCounts, count_parts
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
    what = _counted(scheme, labels, measures, texts)
    check_resampling(resamples, seed)
    checked_tests(tests, set(names))
    if not systems:
        raise UsageError("scoring requires at least one system. Fix: give a system")
    if len(gold):
        check_keys(gold.groups, gold.extra_keys)
    if texts is not None:
        require_extras("a metric of tokens", "rules", "tokens")
        if without := next((document.id for document in texts.values() if document.text is None), None):
            raise DataError(
                Problem(
                    "there are no tokens: the gold is text-free", "score it without token metrics", document=without
                )
            )
    notes = [*remarks]
    sides = list(zip(("the gold", *run_names(names)), (gold, *systems), strict=True))
    if common:
        gold, *systems = common_layers(gold, systems)
        more = (0, *(excluded or [0] * len(systems)))
        sizes = [(name, len(layer) + count) for (name, layer), count in zip(sides, more, strict=True)]
        notes += excluded_notes(sizes, len(gold))
    gold_counts, system_counts = count_parts(lambda: [[gold, *systems]], what)
    gold_counts.without_text, *of_systems = (layer.without_text for _, layer in sides)  # not only of common documents
    for counts, lacks in zip(system_counts, of_systems, strict=True):
        counts.without_text = lacks
    return _scores(
        what, gold_counts, system_counts, names, notes,
        resamples=resamples, seed=seed, warn=warn, path=path, label_map=label_map, reading=reading, common=common,
        intervals=intervals, tests=tests,
    )  # fmt: skip


def score_parts(
    parts: Parts,
    scheme: Scheme,
    *,
    names: Callable[[list[set[str]]], Sequence[str]],
    labels: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    **settings: Any,
) -> Scores:
    """Score systems part by part, so that only one part is in memory; the scores are those of `score_columns`.

    Args:
        parts: Reads the parts.
        scheme: Scheme of all layers.
        names: Returns the names of the systems, given the annotators of each.
        labels: As in `score_columns`.
        measures: As in `score_columns`; none that `lies_across_documents`.
        settings: Those of resampling, tests and notes of `score_columns`.

    Raises:
        DataError: A record is invalid.
        DifferingParts: Gold and systems are not cut into the same parts.
        UsageError: As in `score_columns`.
    """
    what = _counted(scheme, labels, measures, None)
    gold, systems = count_parts(parts, what)
    if len(gold):
        check_keys(gold.groups, gold.extra_keys)
    return _scores(what, gold, systems, names([system.annotators for system in systems]), [], **settings)


def score_shards(
    paths: Sequence[str],
    scheme: Scheme,
    *,
    by: Sequence[str] = (),
    common: bool = False,
    measures: Sequence[str | SpanMeasure] = (),
    remark: Callable[[str], None] = lambda _: None,
    read: Callable[[int, int], None] = lambda _number, _of: None,
    **settings: Any,
) -> Scores | None:
    """Score corpora of shards shard by shard; None if there are none, or they have to be read as a whole.

    Args:
        paths: The gold and the systems.
        scheme: Scheme of the records.
        by: Fields by which the gold's documents are sliced.
        common: As in `score`.
        measures: As in `score`.
        remark: Told why they have to be read as a whole.
        read: Told after each shard how many have been read, and of how many.
        settings: As in `score_parts`.
    """
    try:
        parts = shard_parts(paths, scheme, by, read)
        across = [measure.name for measure in find_measures(measures) if lies_across_documents(measure)]
        if parts is None:
            return None
        if not common and not across:
            return score_parts(parts, scheme, measures=measures, **settings)
        why = f"the measure {across[0]} may depend on several documents" if across else "`common` compares all ids"
    except DifferingParts as differing:
        why = str(differing)
    remark(f"read as a whole, not shard by shard, which takes more memory: {why}")
    return None


def _counted(
    scheme: Scheme,
    labels: Sequence[str],
    measures: Sequence[str | SpanMeasure],
    texts: Mapping[str, Document] | None,
) -> Counted:
    selected = list(dict.fromkeys(labels or scheme.labels))
    for label in selected:
        scheme.label(label)
    found = [*SEMEVAL, *find_measures(measures)]
    clusters = [measure for measure in found if isinstance(measure, ClusterMeasure)]
    return Counted(scheme, selected, [m for m in found if not isinstance(m, ClusterMeasure)], clusters, texts)


def _scores(
    what: Counted,
    gold: GoldCounts,
    systems: Sequence[SystemCounts],
    names: Sequence[str],
    notes: list[str],
    *,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    reading: Sequence[str] = (),
    common: bool = False,
    intervals: bool = False,
    tests: Sequence[str] = (),
) -> Scores:
    """Return the scores that counts give; arguments as in `score_columns`."""
    of_systems, names = list(names), run_names(names)
    tests = checked_tests(tests, set(of_systems))
    without_text = [gold.without_text, *(system.without_text for system in systems)]
    unchecked = [name for name, lacks in zip(("the gold", *names), without_text, strict=True) if lacks]
    if unchecked:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    scorer = SystemScorer(
        what, gold, resamples, seed, warn or (lambda _: None), label_map, common, intervals,
        unchecked=bool(unchecked), reading=reading, tests=tests,
    )  # fmt: skip
    system_scores = [scorer.score(system, name) for system, name in zip(systems, names, strict=True)]
    gold_summary = GoldSummary(
        path=path, documents=len(gold), spans=gold.spans, sha256=gold.fingerprint, scheme=what.scheme.ref
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
