"""Processes and executors: the same bytes from each, and a process that dies takes nothing else along."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from multiprocessing import active_children, get_context
from pathlib import Path

import psutil
import pytest

from goldspan.annotate import load_extractor, suggest
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.annotate.runner.outcome import AnnotationOutcome
from goldspan.annotate.runner.worker_pool import WorkerPool
from goldspan.schema import DependencyError, Document, Scheme, UsageError

EXECUTORS: dict[str, Callable[[], Executor]] = {
    "threads": lambda: ThreadPoolExecutor(2),
    "processes": lambda: ProcessPoolExecutor(2, get_context("spawn")),
}


def documents(*texts: str) -> list[Document]:
    return [Document(id=f"d{number}", text=text, spans=()) for number, text in enumerate(texts)]


def results(outcomes: list[AnnotationOutcome]) -> list[object]:
    return [outcome.line or str(outcome.problem) for outcome in outcomes]


@pytest.mark.parametrize("make", EXECUTORS.values(), ids=EXECUTORS)
def test_any_executor_gives_the_same_bytes_and_is_left_to_its_owner(
    plugin: dict[str, str], scheme: Scheme, make: Callable[[], Executor]
) -> None:
    texts = [f"Iran {number} {'RAISE' if number % 400 == 3 else ''}" for number in range(1000)]  # four batches
    moody = load_extractor("moody", scheme)
    before, stdout = results(list(annotate_documents(documents(*texts), moody, scheme))), sys.stdout
    with make() as executor:
        for workers in (1, 2):
            made = list(
                annotate_documents(documents(*texts), moody, scheme, workers=workers, executor=executor, spec="moody")
            )
            assert results(made) == before
        assert executor.submit(len, "abc").result() == 3
        assert [len(document.spans) for document in suggest(documents("Iran"), "moody", executor=executor)] == [1]
    assert sys.stdout is stdout  # although the extractor prints, in two threads at a time


def test_an_executor_that_broke_ends_the_run_after_what_it_had_done(plugin: dict[str, str], scheme: Scheme) -> None:
    moody = load_extractor("moody", scheme)
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        run = annotate_documents(
            documents(*["Iran"] * 256, "DIE"), moody, scheme, workers=1, executor=executor, spec="moody"
        )
        assert len(list(islice(run, 256))) == 256
        with pytest.raises(DependencyError, match=r"executor cannot continue.*`workers` instead"):
            next(run)


def test_an_executor_needs_the_name_of_an_extractor(plugin: dict[str, str], scheme: Scheme) -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(UsageError, match="give spec"):
        list(annotate_documents([], load_extractor("moody", scheme), scheme, executor=executor))


def test_an_extractor_that_ends_its_process_while_it_loads_ends_the_run(plugin: dict[str, str], scheme: Scheme) -> None:
    falling = load_extractor("falling", scheme)
    with pytest.raises(DependencyError, match="'falling' cannot be started in a separate process"):
        list(annotate_documents(documents("Iran"), falling, scheme, workers=2, spec="falling"))
    assert not active_children()


@pytest.mark.unmeasured
def test_a_process_that_dies_takes_no_other_work_along() -> None:
    with WorkerPool(2, os.getpid, "cannot be started") as workers:
        works = [workers.submit(*call) for call in ((time.sleep, 1), (os._exit, 3), (os.getpid,), (os.getpid,))]
        with pytest.raises(BrokenExecutor):
            works[1].result()
        assert works[0].result() is None
        assert os.getpid() not in {work.result() for work in works[2:]}


def test_a_pool_ends_at_once_whatever_its_processes_are_doing() -> None:
    started = time.monotonic()
    with WorkerPool(2, os.getpid, "cannot be started") as workers:
        works = [workers.submit(time.sleep, 1000) for _ in range(3)]
        while len(active_children()) < 2:
            time.sleep(0.01)
    assert not active_children()
    assert time.monotonic() - started < 500
    assert all(work.cancelled() or isinstance(work.exception(), BrokenExecutor) for work in works)


@pytest.mark.unmeasured
def test_processes_that_died_leave_nothing_open() -> None:
    with WorkerPool(1, os.getpid, "cannot be started") as workers:
        opened = []
        for _ in range(4):
            with pytest.raises(BrokenExecutor):
                workers.submit(os._exit, 3).result()
            opened.append(psutil.Process().num_fds())
    assert len(set(opened[1:])) == 1


def test_an_executor_that_was_shut_down_is_told_as_that(plugin: dict[str, str], scheme: Scheme) -> None:
    executor = ThreadPoolExecutor(1)
    run = suggest(documents(*["Iran"] * 900), "moody", executor=executor, workers=1)
    next(run)
    executor.shutdown(cancel_futures=True)
    for broken in (run, suggest(documents("Iran"), "moody", executor=executor)):
        with pytest.raises(DependencyError, match=r"the executor cannot continue: .*Fix: a new `executor`"):
            list(broken)


def test_a_program_that_ends_before_its_documents_waits_for_none(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import sys, time, goldspan\n"
        "if __name__ == '__main__':\n"
        "    documents = [{'id': str(number), 'text': 'Iran', 'spans': []} for number in range(512)]\n"
        "    run = goldspan.suggest(documents, 'command:sh -c \"sleep 600\"', workers=2, lenient=lambda _: None)\n"
        "    import threading\n"
        "    threading.Thread(target=next, args=(run,), daemon=True).start()\n"
        "    import multiprocessing\n"
        "    while len(multiprocessing.active_children()) < 2:\n"
        "        time.sleep(0.01)\n"
        "    raise SystemExit(7)\n"
    )
    assert subprocess.run([sys.executable, tmp_path / "script.py"], timeout=60).returncode == 7


def test_a_process_whose_parent_died_with_results_unread_ends_without_a_word() -> None:
    code = (
        "from multiprocessing import Pipe; from goldspan.annotate.runner.worker_process import _serve; "
        "ours, theirs = Pipe(); theirs.send('unread'); ours.close(); _serve(theirs)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
