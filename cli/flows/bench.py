"""Extractors over the gold's texts: what they find, how fast, in how much memory; then their scores."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from ...annotate import annotate, load_extractor
from ...annotate.peak import peak_megabytes
from ...annotate.underling import end, obeying, start
from ...corpus import read_records, write_records
from ...eval import score
from ...eval.scores import Scores
from ...schema import Document, GoldspanError, Problem, RecordCodec, Scheme, SurroundingsError


@dataclass(frozen=True, slots=True)
class Cost:
    """What an extractor took for the gold's texts, in a process of its own.

    Attributes:
        load: Seconds until it was ready.
        seconds: Wall time of the extraction, the extractor being ready.
        words: Words of the texts, by white space.
        memory: Peak resident memory of the process, megabytes of a million bytes; None where the system does not tell.
        failed: Documents that it failed on; they count as empty in the scores.
    """

    name: str
    load: float
    seconds: float
    words: int
    memory: float | None
    failed: tuple[Problem, ...]

    @property
    def words_per_second(self) -> float | None:
        """None where the texts have no words or took no time."""
        return self.words / self.seconds if self.words and self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Bench:
    """Extractors over a gold's texts.

    Attributes:
        scores: Of what they found.
        costs: In the order of the scores.
        gold: The documents.
        answers: What each extractor found.
    """

    scores: Scores
    costs: list[Cost]
    gold: list[Document]
    answers: list[list[Document]]


def run_bench(gold: str, specs: list[str], scheme: Scheme, *, resamples: int = 1000, seed: int = 0) -> Bench:
    """Runs extractors one after the other over a gold's texts and scores what they find.

    Args:
        gold: A records file with gold spans.
        specs: Extractors as `load_extractor` takes them.
        scheme: Of both.
        resamples: Of the bootstrap.
        seed: Of the same.

    Raises:
        GoldspanError: The gold cannot be read, or an extractor cannot be made.
        SurroundingsError: An extractor ended its process.
    """
    documents = list(read_records(gold, scheme))
    costs: list[Cost] = []
    systems: list[list[Document]] = []
    with TemporaryDirectory() as folder:
        for number, spec in enumerate(specs):
            out = Path(folder) / f"{number}.jsonl"
            costs.append(_measured(gold, spec, scheme, out))
            systems.append(list(read_records(out, scheme)))
    names = _distinct([cost.name for cost in costs])
    scores = score(documents, *systems, scheme=scheme, names=names, resamples=resamples, seed=seed, path=gold)
    return Bench(scores, costs, documents, systems)


def _measured(gold: str, spec: str, scheme: Scheme, out: Path) -> Cost:
    # a process of its own, started afresh: its peak of memory is the extractor's alone
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, gold, spec, scheme, out), daemon=True)
    with ours:
        start(process)
        try:
            theirs.close()  # the process's end is then the end of the pipe
            answer: Cost | GoldspanError = ours.recv()
        except EOFError as error:
            what = f"the extractor {spec!r} ended the process that it ran in"
            raise SurroundingsError(f"{what}. Fix: see whether the memory is enough, or tell its authors") from error
        finally:
            end(process)
    if isinstance(answer, GoldspanError):
        raise answer
    return answer


def _answer(pipe: Connection, gold: str, spec: str, scheme: Scheme, out: Path) -> None:
    with obeying(), suppress(BrokenPipeError):
        try:
            pipe.send(_measure(gold, spec, scheme, out))
        except GoldspanError as error:
            pipe.send(error)


def _measure(gold: str, spec: str, scheme: Scheme, out: Path) -> Cost:
    documents = list(read_records(gold, scheme))
    start = time.perf_counter()
    extractor = load_extractor(spec, scheme)
    ready = time.perf_counter()
    outcomes = list(annotate(documents, extractor, scheme))
    done = time.perf_counter()
    decode = RecordCodec(scheme).decode
    write_records(out, (decode(outcome.line) for outcome in outcomes if outcome.problem is None), scheme)
    return Cost(
        name=extractor.name,
        load=ready - start,
        seconds=done - ready,
        words=sum(len((document.text or "").split()) for document in documents),
        memory=peak_megabytes(),
        failed=tuple(outcome.problem for outcome in outcomes if outcome.problem is not None),
    )


def _distinct(names: list[str]) -> list[str]:
    """Names of which no two are equal: a second of a name is numbered."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result
