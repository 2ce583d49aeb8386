"""The function `score`: systems against gold, from any source of documents or spans."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..corpus.adjudication.drafts import require_submitted
from ..corpus.document_sources import SchemeLike, SpanSource, documents_from, positional_length, resolve_scheme
from ..corpus.queries.document_groups import checked_groupings
from ..corpus.storage.shards.shard_listing import holds_shards
from ..schema import GoldspanError, Scheme, UsageError, pluralize
from .alignment.document_alignment import names_of_annotators, unique_names
from .columns.column_files import read_layers
from .columns.layer_columns import LayerColumns
from .matching.span_measures import SpanMeasure
from .score_results import Scores
from .scoring import score_columns, score_documents, score_shards


def score(
    gold: SpanSource,
    *systems: SpanSource,
    scheme: SchemeLike | None = None,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    tokens: bool = False,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    common: bool = False,
    intervals: bool = False,
    tests: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    by: Sequence[str] = (),
) -> Scores:
    """Score systems against gold.

    Args:
        gold: Gold spans, as any source that `goldspan.corpus.load` accepts; its zones apply. Or spans without texts:
            `{id: spans}`, a list with the spans of each document, tuples `(id, start, end, label)`, or a data frame
            with a span in each row (`document`, `start`, `end`, `label`). A span is a `Span`, a tuple
            `(start, end, label)` or `(start, end, label, value)`, or a mapping with these keys. Only `{id: spans}` and
            lists can hold a document that has no spans: an empty list.
        systems: The spans of each system for the same documents; ids and texts must match.
        scheme: Scheme of gold and systems, or the path of its file. Defaults to that of a corpus among them, or else to
            the conflict news scheme.
        names: Names of the systems; by default the annotator of the layers, else the name of the file, else `system`.
            A name that is given several times is that of one system, whose runs these are, for instance with several
            seeds: tests then take into account how much its runs differ.
        labels: Labels to score; all by default.
        tokens: Compute token metrics too, by seqeval; they need spaCy's tokenizers and the gold's texts.
        resamples: Number of resamples for bootstrap intervals and tests; 0 to omit both.
        seed: Random seed for resampling.
        warn: Called with warnings, for example if a system lacks documents; by default they are Python's warnings.
        common: Score only the common documents, so that systems may have fewer or more documents than the gold.
        intervals: Compute intervals even for fewer than 10 documents; they contain the true value less often than their
            nominal level.
        tests: Paths of the metrics by which systems are compared; strict micro F1 by default. They must be functions of
            counts that are summed over documents, as all are except counts, medians and clusters.
        measures: Further span measures, by name or as `SpanMeasure`: `iou@0.5`, `overlap@0.5`, `tolerance@1`,
            `characters`, `linked.strict`, `linked.relaxed`, `clusters` or one of these, such as `clusters.lea` (with
            `@nil` also spans without an id), and those of other packages.
        by: Fields of the gold by whose values the documents are sliced: `meta.publisher` and the other metadata,
            `month` and `year` (of `meta.published`), `zone` (the kinds of the document's zones) or `extra.KEY`.

    Raises:
        DataError: A system has a document that the gold lacks, or a different text with the same id; with `common`,
            there is no common document.
        DependencyError: What token metrics need is not installed.
        UsageError: There are no systems, a label, measure or field is unknown, `resamples` or `seed` is not a whole
            number from 0 up, `names` are too many or few, or a metric of `tests` does not exist or cannot be tested.

    Warns:
        UserWarning: A system lacks documents, which count as empty.

    Examples:
        >>> import goldspan
        >>> gold = {"a": [(0, 4, "ACTOR"), (12, 17, "LOCATION")], "b": []}
        >>> tagger = {"a": [(0, 4, "ACTOR"), (12, 20, "LOCATION")], "b": []}
        >>> scores = goldspan.score(gold, tagger, names=["tagger"], resamples=0)
        >>> scores["tagger"].spans.strict.f1
        0.5
        >>> scores["tagger"].spans.partial.labels["LOCATION"].f1
        0.5
    """
    if isinstance(labels, str):
        raise UsageError(f"`labels` is a string. Fix: a list, [{labels!r}]")
    lengths = [positional_length(source) for source in (gold, *systems)]
    if lengths[0] is not None and any(length not in (None, lengths[0]) for length in lengths):
        raise UsageError(
            f"the lists have different lengths, {', '.join(map(str, lengths))}. Fix: a list for each document"
        )
    resolved = resolve_scheme(scheme, gold, *systems)
    if names and (isinstance(names, str) or len(names) != len(systems)):
        count = pluralize(len(systems), "system")
        raise UsageError(f"`names` are not one for each system. Fix: a list of names for {count}")
    messages: list[str] = []
    settings: dict[str, Any] = {
        "labels": labels,
        "resamples": resamples,
        "seed": seed,
        "warn": warn or messages.append,
        "path": str(gold) if isinstance(gold, str | Path) else None,
        "common": common,
        "intervals": intervals,
        "tests": tests,
        "measures": measures,
    }
    by_columns = not tokens and bool(systems)
    scores = _scores_of_shards((gold, *systems), resolved, by, names, settings) if by_columns else None
    layers = None
    if by_columns and scores is None:
        layers = _layers((gold, *systems), resolved, checked_groupings(by), common)
    if layers is not None:
        inferred = [_name(*item) for item in zip(systems, (layer.annotator_names for layer in layers[1:]), strict=True)]
        scores = score_columns(layers[0], layers[1:], resolved, names=names or unique_names(inferred), **settings)
    if scores is None:
        documents = [
            require_submitted("the gold", document) for document in documents_from(gold, resolved, without_text=True)
        ]
        predictions = [list(documents_from(system, resolved, without_text=True)) for system in systems]
        inferred = [_name(*item) for item in zip(systems, map(names_of_annotators, predictions), strict=True)]
        scores = score_documents(
            documents,
            predictions,
            resolved,
            names=names or unique_names(inferred),
            tokens=tokens,
            by=by,
            **settings,
        )
    for message in messages:
        warnings.warn(message, stacklevel=2)
    files = {one.name: str(file) for one, file in zip(scores, systems, strict=True) if isinstance(file, str | Path)}
    return replace(scores, sources=files)


def _scores_of_shards(
    sources: Sequence[SpanSource], scheme: Scheme, by: Sequence[str], names: Sequence[str], settings: dict[str, Any]
) -> Scores | None:
    """Return the scores of corpora of shards, counted shard by shard; None if they have to be read as a whole."""
    paths = [str(source) for source in sources if isinstance(source, str | Path)]
    if len(paths) < len(sources):
        return None

    def inferred(annotators: Sequence[set[str]]) -> Sequence[str]:
        return names or unique_names([_name(*item) for item in zip(paths[1:], annotators, strict=True)])

    return score_shards(paths, scheme, by=checked_groupings(by), names=inferred, remark=settings["warn"], **settings)


def _layers(
    sources: Sequence[SpanSource], scheme: Scheme, by: Sequence[str], common: bool
) -> list[LayerColumns] | None:
    """Return the columns of records files; None if documents are needed, which also say what is wrong with a file."""
    paths = [str(source) for source in sources if isinstance(source, str | Path)]
    layers = None
    # anything else, such as a pipe, can be read once, and this may be the first of two times
    if len(paths) == len(sources) and all(Path(path).is_file() or holds_shards(path) for path in paths):
        with suppress(GoldspanError):
            layers = read_layers(paths, scheme, by, common=common)
    return None if layers is None or layers[0].drafts.any() else layers


def _name(source: SpanSource, annotators: set[str]) -> str:
    if len(annotators) == 1:
        return next(iter(annotators))
    return Path(source).name.partition(".")[0] if isinstance(source, str | Path) else "system"
