"""Extractors over the gold's texts: what they find, how fast, in how much memory; then their scores."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from ..annotate import load_extractor
from ..annotate.adapters.llm import CACHED
from ..annotate.registry import check_spec
from ..annotate.runner.extractor_run import ExtractorRun
from ..annotate.runner.memory import peak_megabytes
from ..annotate.runner.readiness import load_extractor_model, warm_up
from ..annotate.runner.worker_process import spawn, terminate, worker_main
from ..corpus import read_records, write_records
from ..corpus.adjudication.drafts import read_gold
from ..eval import score
from ..eval.scores import Scores
from ..schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    GoldspanError,
    Problem,
    RecordCodec,
    Scheme,
    for_each,
    pluralize,
)


@dataclass(frozen=True, slots=True)
class ExtractorCost:
    """What an extractor took for the gold's texts, in a process of its own.

    Attributes:
        load: Seconds until it was ready: made, with everything loaded that it needs for its first document.
        seconds: Wall time of the reading alone.
        restarts: Seconds within the reading, and not counted in it, that went into starting a program again.
        words: Words that it has read, by white space: not those of documents that it failed on.
        memory: Peak resident memory of its largest process, megabytes of a million bytes; None where the system does
            not tell, or the model runs elsewhere.
        failed: Documents that it failed on; they count as empty in the scores.
        tally: What it counted.
    """

    name: str
    load: float
    seconds: float
    restarts: float
    words: int
    memory: float | None
    failed: tuple[Problem, ...]
    tally: Mapping[str, int]

    @property
    def words_per_second(self) -> float | None:
        """Of one process; None where the texts have no words, took no time, or answers had been kept."""
        return self.words / self.seconds if self.words and self.seconds > 0 and not self.tally.get(CACHED) else None


@dataclass(frozen=True, slots=True)
class FailedExtractor:
    """An extractor that has no scores.

    Attributes:
        name: As it was named in the call.
        error: Why.
    """

    name: str
    error: GoldspanError


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """Extractors over a gold's texts.

    Attributes:
        scores: Of what they found; None where all failed.
        ran: What each took, or why it failed, in the order of the call.
        gold: The documents.
        answers: What each that did not fail found.
    """

    scores: Scores | None
    ran: list[ExtractorCost | FailedExtractor]
    gold: list[Document]
    answers: list[list[Document]]

    @property
    def costs(self) -> list[ExtractorCost]:
        """In the order of the scores."""
        return [item for item in self.ran if isinstance(item, ExtractorCost)]

    @property
    def failures(self) -> list[FailedExtractor]:
        """In the order of the call."""
        return [item for item in self.ran if isinstance(item, FailedExtractor)]


def run_bench(gold: str, specs: list[str], scheme: Scheme, *, resamples: int = 1000, seed: int = 0) -> BenchmarkResult:
    """Runs extractors one after the other over a gold's texts and scores what they find.

    Args:
        gold: A records file with gold spans.
        specs: Extractors as `load_extractor` takes them.
        scheme: Of both.
        resamples: Of the bootstrap.
        seed: Of the same.

    Raises:
        DataError: The gold cannot be read.
        UsageError: Names or arguments of extractors are wrong, before any is run.
    """
    for_each(_check, specs)
    documents = list(read_gold(gold, scheme))
    ran: list[ExtractorCost | FailedExtractor] = []
    systems: list[list[Document]] = []
    with TemporaryDirectory() as folder:
        for number, spec in enumerate(specs):
            out = Path(folder) / f"{number}.jsonl"
            ran.append(_measured(gold, spec, scheme, out))
            if isinstance(ran[-1], ExtractorCost):
                systems.append(list(read_records(out, scheme)))
    names = _distinct([item.name for item in ran if isinstance(item, ExtractorCost)])
    scores = None
    if systems:
        scores = score(documents, *systems, scheme=scheme, names=names, resamples=resamples, seed=seed, path=gold)
    return BenchmarkResult(scores, ran, documents, systems)


def _check(spec: str) -> None:
    with suppress(DependencyError):  # its own process tells of it, and the others are run
        check_spec(spec)


def _measured(gold: str, spec: str, scheme: Scheme, out: Path) -> ExtractorCost | FailedExtractor:
    # a process of its own, started afresh: its peak of memory is the extractor's alone
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, gold, spec, scheme, out), daemon=True)
    with ours:
        spawn(process)
        try:
            theirs.close()  # the process's end is then the end of the pipe
            answer: ExtractorCost | GoldspanError = ours.recv()
        except EOFError:
            what = f"the extractor {spec!r} ended the process that it ran in"
            answer = DependencyError(f"{what}. Fix: see whether the memory is enough, or tell its authors")
        finally:
            terminate(process)
    return answer if isinstance(answer, ExtractorCost) else FailedExtractor(spec, answer)


def _answer(pipe: Connection, gold: str, spec: str, scheme: Scheme, out: Path) -> None:
    with worker_main(), suppress(BrokenPipeError):
        try:
            pipe.send(measure(gold, spec, scheme, out))
        except GoldspanError as error:
            pipe.send(error)
        except Exception as error:  # whatever another package does
            pipe.send(DependencyError(f"the extractor {spec!r} failed: {type(error).__name__}: {error}"))


def measure(gold: str, spec: str, scheme: Scheme, out: Path) -> ExtractorCost:
    """Makes an extractor, lets it load, times its reading of a gold's texts, and writes what it finds.

    No time before the reading counts as reading, and none that is known to be spent on loading: see `Extractor`.

    Args:
        gold: A records file.
        spec: The extractor.
        scheme: Of the records.
        out: Where what it finds is written.

    Raises:
        DataError: The extractor failed on every document.
        GoldspanError: It cannot be made or loaded, cannot go on, or uses labels that nobody knows.
    """
    documents = list(read_gold(gold, scheme))
    began = time.perf_counter()
    extractor = load_extractor(spec, scheme)
    load_extractor_model(extractor)
    warm_up(extractor)
    before = _restarting(extractor)
    ready = time.perf_counter()
    outcomes = ExtractorRun(extractor, scheme).annotate_all(documents)
    restarts = _restarting(extractor) - before
    seconds = time.perf_counter() - ready - restarts
    failed = tuple(outcome.problem for outcome in outcomes if outcome.problem is not None)
    if failed and len(failed) == len(documents):
        what = (
            f"the extractor {spec!r} failed on {'all ' if len(failed) > 1 else ''}{pluralize(len(failed), 'document')}"
        )
        raise DataError(Problem(f"{what}, first {failed[0].document!r}: {failed[0].what}", failed[0].fix))
    words = sum(len((d.text or "").split()) for d, o in zip(documents, outcomes, strict=True) if o.problem is None)
    decode = RecordCodec(scheme).decode
    write_records(out, (decode(outcome.line) for outcome in outcomes if outcome.problem is None), scheme)
    return ExtractorCost(
        name=extractor.name,
        load=ready - began - before,
        seconds=seconds,
        restarts=restarts,
        words=words,
        memory=None if getattr(extractor, "elsewhere", False) else peak_megabytes(),
        failed=failed,
        tally=sum((Counter(outcome.tally) for outcome in outcomes if outcome.tally), Counter()),
    )


def _restarting(extractor: Extractor) -> float:
    seconds: float = getattr(extractor, "restarting", 0.0)
    return seconds


def _distinct(names: list[str]) -> list[str]:
    """Names of which no two are equal: a second of a name is numbered."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result
