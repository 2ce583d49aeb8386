"""Benchmark extractors on the gold's texts: speed, memory and scores."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ...annotate import load_extractor
from ...annotate.registry import check_spec
from ...annotate.runner.extractor_run import ExtractorRun
from ...annotate.runner.memory import peak_megabytes
from ...annotate.runner.readiness import close_extractor, load_extractor_model, warm_up
from ...annotate.runner.worker_process import WorkerProcess
from ...corpus import read_records, write_records
from ...corpus.adjudication.drafts import read_gold
from ...corpus.storage.checked import CheckedDocuments
from ...eval.scoring import score_documents
from ...schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    GoldspanError,
    Problem,
    Scheme,
    for_each,
    pluralize,
)
from ...schema.errors import check_resampling
from ...schema.progress import Progress, ignore_progress
from .benchmark_results import BenchmarkResult, ExtractorCost, FailedExtractor
from .kept_runs import KeptRun, run_key


def run_benchmark(
    gold: str,
    specs: Sequence[str],
    scheme: Scheme,
    *,
    resamples: int = 1000,
    seed: int = 0,
    labels: Sequence[str] = (),
    cache: Path | None = None,
    progress: Progress = ignore_progress,
) -> BenchmarkResult:
    """Run extractors over a gold's texts, one after the other, and score their predictions.

    Args:
        gold: A records file with gold spans.
        specs: Extractors, as in `load_extractor`.
        scheme: Scheme of both.
        resamples: Number of bootstrap resamples.
        seed: Seed of the bootstrap.
        labels: Labels to score; all by default.
        cache: A folder that keeps what each extractor predicted for these texts and took for it. What is there is not
            run again, so that the same call gives the same bytes.
        progress: Called after each extractor.

    Raises:
        DataError: The gold cannot be read.
        DependencyError: The folder cannot be written.
        UsageError: Names or arguments of extractors, `resamples` or `seed` are wrong; none was run.
    """
    check_resampling(resamples, seed)
    check_extractors(specs)
    documents = list(read_gold(gold, scheme))
    outcomes: list[ExtractorCost | FailedExtractor] = []
    predictions: list[list[Document]] = []
    with TemporaryDirectory() as folder:
        for number, spec in enumerate(specs):
            out = Path(folder) / f"{number}.jsonl"
            outcomes.append(_measure_in_process(gold, spec, scheme, out, cache))
            if isinstance(outcomes[-1], ExtractorCost):
                predictions.append(list(read_records(out, scheme)))
            progress("running extractors", number + 1, len(specs))
    names = _distinct([item.name for item in outcomes if isinstance(item, ExtractorCost)])
    scores = None
    if predictions:
        scores = score_documents(
            documents, predictions, scheme, names=names, labels=labels, resamples=resamples, seed=seed, path=gold
        )
    return BenchmarkResult(scores, outcomes, documents, predictions, scheme)


def check_extractors(specs: Sequence[str]) -> None:
    """Check the names and arguments of extractors, without loading them.

    Raises:
        UsageError: Some are wrong; all of these are named.
    """
    for_each(_check_spec, specs)


def _check_spec(spec: str) -> None:
    with suppress(DependencyError):  # its own process reports it, and the others are run
        check_spec(spec)


def _measure_in_process(
    gold: str, spec: str, scheme: Scheme, out: Path, cache: Path | None
) -> ExtractorCost | FailedExtractor:
    # a new process, so that its peak memory is the extractor's alone
    with closing(WorkerProcess()) as process:
        try:
            return process.call(_measure_any, gold, spec, scheme, out, cache)
        except BrokenExecutor:
            what = f"the extractor {spec!r} ended its process"
            fix = "check whether there is enough memory, or tell its authors"
            return FailedExtractor(spec, DependencyError(f"{what}. Fix: {fix}"))
        except GoldspanError as error:
            return FailedExtractor(spec, error)


def _measure_any(gold: str, spec: str, scheme: Scheme, out: Path, cache: Path | None) -> ExtractorCost:
    try:
        return measure(gold, spec, scheme, out, cache)
    except GoldspanError:
        raise
    except Exception as error:  # another package may raise anything
        raise DependencyError(f"the extractor {spec!r} failed: {type(error).__name__}: {error}") from error


def measure(gold: str, spec: str, scheme: Scheme, out: Path, cache: Path | None = None) -> ExtractorCost:
    """Load an extractor, time its annotation of a gold's texts, and write its predictions.

    Time spent on loading is not counted as annotation, as far as the extractor reports it: see `Extractor`.

    Args:
        gold: A records file.
        spec: The extractor.
        scheme: Scheme of the records.
        out: File for the predictions.
        cache: A folder with predictions and costs of earlier runs, which are used; None to run the extractor.

    Raises:
        DataError: The extractor failed on every document.
        GoldspanError: The extractor cannot be created or loaded, cannot continue, or uses unknown labels.
    """
    documents = list(read_gold(gold, scheme))
    started = time.perf_counter()
    extractor = load_extractor(spec, scheme)
    run = None if cache is None else KeptRun(cache, run_key(documents, spec, extractor, scheme))
    if run is not None and (earlier := run.restore(documents, out, scheme)) is not None:
        close_extractor(extractor)
        return earlier
    load_extractor_model(extractor)
    warm_up(extractor)
    before = _restart_seconds(extractor)
    ready = time.perf_counter()
    outcomes = ExtractorRun(extractor, scheme).annotate_all(documents)
    restarts = _restart_seconds(extractor) - before
    seconds = time.perf_counter() - ready - restarts
    close_extractor(extractor)  # the memory of a program is known once it has ended
    failed = tuple(outcome.problem for outcome in outcomes if outcome.problem is not None)
    if failed and len(failed) == len(documents):
        what = (
            f"the extractor {spec!r} failed on {'all ' if len(failed) > 1 else ''}{pluralize(len(failed), 'document')}"
        )
        raise DataError(Problem(f"{what}, first {failed[0].document!r}: {failed[0].what}", failed[0].fix))
    words = sum(len((d.text or "").split()) for d, o in zip(documents, outcomes, strict=True) if o.problem is None)
    annotated = CheckedDocuments((outcome.document for outcome in outcomes if outcome.document is not None), scheme)
    write_records(out, annotated, scheme)
    cost = ExtractorCost(
        name=extractor.name,
        load=ready - started - before,
        seconds=seconds,
        restarts=restarts,
        words=words,
        memory=None if getattr(extractor, "elsewhere", False) else peak_megabytes(),
        failed=failed,
        tally=sum((Counter(outcome.tally) for outcome in outcomes if outcome.tally), Counter()),
    )
    if run is not None and not failed:  # what failed is tried again
        run.keep(cost, out, scheme)
    return cost


def _restart_seconds(extractor: Extractor) -> float:
    seconds: float = getattr(extractor, "restarting", 0.0)
    return seconds


def _distinct(names: list[str]) -> list[str]:
    """Make names distinct by numbering repeated ones."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result
