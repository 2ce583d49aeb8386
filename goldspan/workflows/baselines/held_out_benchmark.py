"""A table of baselines: what is trained on one split of a gold, and what needs no training, scored on another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...annotate import suggest
from ...corpus.storage.records import write_records
from ...eval.metric_types.metric_groups import MetricInterval
from ...eval.scoring import score_documents
from ...schema import Document, Scheme
from ...schema.errors import check_resampling
from ...schema.hashing import draw_key
from ...schema.progress import Progress, ignore_progress
from ..benchmarking.benchmark import run_benchmark
from ..benchmarking.benchmark_results import BenchmarkResult
from .trained_systems import TRAINED_SYSTEMS, HeldOutGold, TrainingSettings, check_trained, divide_gold

_SHARES = (8, 4, 2)
"""Divisors of the training documents in the smaller points of a learning curve."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of a learning curve.

    Attributes:
        system: Name of the trained system.
        documents: Number of documents that it was trained on.
        spans: Number of spans in them.
        f1: Strict F1 on the test documents.
        interval: Its 95 % interval; None if there is none.
    """

    system: str
    documents: int
    spans: int
    f1: float | None
    interval: MetricInterval

    def to_dict(self) -> dict[str, Any]:
        """Return the point as JSON-compatible data."""
        interval = None if self.interval is None else list(self.interval)
        counts = {"documents": self.documents, "spans": self.spans}
        return {"system": self.system, **counts, "strict_f1": self.f1, "interval": interval}


@dataclass(frozen=True, slots=True)
class HeldOutBenchmark:
    """A benchmark on the test documents of a gold.

    Attributes:
        result: Scores and costs.
        gold: The gold, divided.
        curve: Points of the learning curves, by system and size; empty if none was asked for.
    """

    result: BenchmarkResult
    gold: HeldOutGold
    curve: list[CurvePoint]


def benchmark_held_out(
    gold: str,
    specs: Sequence[str],
    scheme: Scheme,
    *,
    split: str,
    train: Sequence[str] = (),
    curve: bool = False,
    settings: TrainingSettings | None = None,
    resamples: int = 1000,
    seed: int = 0,
    cache: Path | None = None,
    progress: Progress = ignore_progress,
) -> HeldOutBenchmark:
    """Train systems on the training documents of a gold, and score them with others on its test documents.

    Args:
        gold: A records file with gold spans.
        specs: Extractors that need no training, as in `load_extractor`.
        scheme: Scheme of all.
        split: Field of the documents that states `train` or `test`.
        train: Names of systems to train: `same-surface`, `spacy`.
        curve: Whether to train each on an eighth, a quarter and half of the training documents too.
        settings: How systems are trained.
        resamples: Number of bootstrap resamples.
        seed: Seed of the bootstrap.
        cache: As in `run_benchmark`; None where systems are trained, whose models are new each time.
        progress: Called after each system.

    Raises:
        DataError: The gold cannot be read, has no span to learn from, or no documents in a split.
        UsageError: Names, numbers or the field are wrong; nothing was run.
    """
    check_resampling(resamples, seed)
    check_trained(train)
    chosen = settings or TrainingSettings()
    divided = divide_gold(gold, scheme, split)
    with TemporaryDirectory() as folder:
        test = Path(folder) / "test.jsonl"
        write_records(test, divided.test, scheme)
        made = [_made(name, divided.train, scheme, Path(folder) / name, chosen) for name in train]
        result = run_benchmark(
            str(test), [*specs, *made], scheme, resamples=resamples, seed=seed, cache=cache, progress=progress
        )
        points = _curve(divided, train, made, scheme, Path(folder), chosen, resamples, seed) if curve else []
    if result.scores is not None:
        scores = replace(result.scores, gold=replace(result.scores.gold, path=gold))
        result = replace(result, scores=scores)
    return HeldOutBenchmark(result, divided, points)


def _made(name: str, documents: Sequence[Document], scheme: Scheme, folder: Path, settings: TrainingSettings) -> str:
    folder.mkdir()
    return TRAINED_SYSTEMS[name](documents, scheme, folder, settings)


def _curve(
    gold: HeldOutGold,
    names: Sequence[str],
    made: Sequence[str],
    scheme: Scheme,
    folder: Path,
    settings: TrainingSettings,
    resamples: int,
    seed: int,
) -> list[CurvePoint]:
    """Return the points of each system; a smaller set of documents is a part of each larger one."""
    ordered = sorted(gold.train, key=lambda document: draw_key("curve", document.id))
    sizes = sorted({max(1, len(ordered) // share) for share in _SHARES} - {len(ordered)})
    systems: list[tuple[str, list[Document], str]] = []
    for name, complete in zip(names, made, strict=True):
        for size in sizes:
            part = ordered[:size]
            systems.append((name, part, _made(name, part, scheme, folder / f"{name}-{size}", settings)))
        systems.append((name, ordered, complete))
    layers = [list(suggest(gold.test, spec, scheme=scheme, tally=Counter())) for _, _, spec in systems]
    labels = [f"{name}, {len(part)}" for name, part, _ in systems]
    scores = score_documents(gold.test, layers, scheme, names=labels, resamples=resamples, seed=seed)
    return [
        CurvePoint(
            name,
            len(part),
            sum(len(document.spans) for document in part),
            score.spans.strict.f1,
            score.intervals.spans.strict.f1,
        )
        for (name, part, _), score in zip(systems, scores, strict=True)
    ]
