"""Faults at random moments of push and pull, with the real server: after a rerun all is there, each exactly once.

The runs are seeded. `make test` makes 50, `make soak` 400; `--fault-runs N` makes as many as you like.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from goldspan.annotate.studio.results import results_of
from goldspan.corpus import read_records
from goldspan.schema import Scheme, Span

from ...studio_server import GOLDSPAN, Studio, serving
from .asked import Asked, Mark, Task
from .corpora import Corpus, corpus, drawn, other_suggestions, write_corpus
from .proxy import Plan, Proxy

pytestmark = pytest.mark.server

IMPATIENT = Path(__file__).with_name("impatient.py")

KINDS = {
    "connections cut": ("cut_before", "cut_after", "cut_within"),
    "the server killed": ("struck",),
    "time-outs after commit": ("silent",),
    "requests that come late": ("late",),
    "the server's errors": ("refused", "refused_after"),
    "the command killed": ("struck",),
    "the token refused": ("unauthorized", "cut_after"),
    "the project deleted": ("struck",),
    "disk full": (),
    "all sorts": ("cut_before", "cut_after", "cut_within", "late", "refused", "refused_after", "garbled"),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        kinds = list(KINDS)
        runs = metafunc.config.getoption("--fault-runs")
        cases = [(kinds[seed % len(kinds)], seed) for seed in range(runs)]
        metafunc.parametrize(("kind", "seed"), cases, ids=[f"{kind} {seed}" for kind, seed in cases])


@pytest.fixture(scope="module")
def victim(server_environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server that is killed again and again; its data stays."""
    with serving(tmp_path_factory.mktemp("victim"), server_environments) as studio:
        studio.up()
        yield studio


class Run:
    """A corpus on its way through a project, with people at work in between.

    Attributes:
        corpus: As it was last pushed.
        annotations: What people marked, by document.
    """

    def __init__(self, kind: str, seed: int, studio: Studio, folder: Path, scheme: Scheme) -> None:
        self.kind = kind
        self.rng = random.Random(seed)
        self.studio = studio
        self.folder = folder
        self.scheme = scheme
        self.title = f"run {seed}"
        self.asked = Asked(studio)
        self.corpus: Corpus = corpus(self.rng, scheme)
        self.annotations: dict[str, tuple[Span, ...]] = {}
        self.out = folder / "annotations.jsonl"
        self._process: subprocess.Popen[str] | None = None
        self.struck = False

    def push_under_faults(self) -> None:
        arguments = ["push", *write_corpus(self.corpus, self.folder, self.scheme), "--project", self.title]
        with self._faults() as proxy:
            for _ in range(self.rng.randint(1, 2)):
                status, _ = self._run(arguments, proxy)
                if status == 0:
                    break
        if status or self._stray(proxy):
            self._settle()
            assert self._run(arguments)[0] == 0
        self.check()

    def pull_under_faults(self) -> None:
        arguments = ["pull", "--out", str(self.out), "--project", self.title]
        if self.rng.random() < 0.4:
            assert self._run(arguments)[0] == 0
            self.annotate()
        before = self.out.read_bytes() if self.out.exists() else None
        largest = self.rng.randrange(1, 4000) if self.kind == "disk full" else 0
        with self._faults() as proxy:
            status, said = self._run(arguments, proxy, largest)
        after = self.out.read_bytes() if self.out.exists() else None
        assert not list(self.folder.glob(".*.part")) or self.kind == "the command killed"
        if self.kind == "disk full" and status:
            assert "cannot be written" in said
        if status:
            assert after == before or self._pulled() == self._wanted()
        if status or self._stray(proxy):
            if not self.asked.projects(self.title):
                return
            self._settle()
            assert self._run(arguments)[0] == 0
        assert self._pulled() == self._wanted()

    def annotate(self) -> None:
        """People mark spans in some of the documents that nobody has worked on."""
        held = self._held()
        free = sorted(set(held) - set(self.annotations))
        for name in self.rng.sample(free, min(len(free), self.rng.randint(3, 8))):
            spans = drawn(self.rng, self.corpus.names[name])
            self.asked.annotate(held[name][0].id, results_of(self.corpus.documents[name], spans, self.scheme))
            self.annotations[name] = spans

    def check(self) -> None:
        """Every document once, its suggestions once, all work there, nothing shifted: the server says so."""
        held = self._held()
        assert sorted(held) == sorted(self.corpus.documents)
        assert {name: len(tasks) for name, tasks in held.items() if len(tasks) != 1} == {}
        for name, (task,) in held.items():
            assert task.text == self.corpus.documents[name].text
            wanted = [(extractor, _marks(found[name])) for extractor, found in self.corpus.suggestions.items()]
            assert task.suggestions == sorted(wanted), name
            assert task.annotations == ([_marks(self.annotations[name])] if name in self.annotations else []), name

    def _settle(self) -> None:
        """Waits until the server has done what it was still at when the command ended, as a person does."""
        time.sleep(4)  # a late request may still be on its way
        before = None
        for _ in range(20):
            now = repr([self.asked.tasks(project) for project in self.asked.projects(self.title)])
            if now == before:
                return
            before = now
            time.sleep(0.7)

    def _held(self) -> dict[str, list[Task]]:
        first, *twins = self.asked.projects(self.title)
        # a project whose making came late stays empty: the oldest of a title is used
        assert not any(self.asked.tasks(twin) for twin in twins)
        return self.asked.tasks(first)

    def _wanted(self) -> dict[str, tuple[str | None, list[tuple[object, ...]]]]:
        documents = self.corpus.documents
        return {name: (documents[name].text, _valued(spans)) for name, spans in self.annotations.items()}

    def _pulled(self) -> dict[str, tuple[str | None, list[tuple[object, ...]]]]:
        records = list(read_records(str(self.out), self.scheme))
        assert len({record.id for record in records}) == len(records)
        return {record.id: (record.text, _valued(record.spans)) for record in records}

    @contextmanager
    def _faults(self) -> Iterator[Proxy]:
        address = urlsplit(self.studio.url)
        once = "struck" in KINDS[self.kind]
        plan = Plan(KINDS[self.kind], 1 if once else self.rng.randint(1, 3), self.rng.randrange(1 << 30))
        if not KINDS[self.kind]:
            plan = Plan((), 0, 0)
        with Proxy((address.hostname or "", address.port or 0), plan, self._strike) as proxy:
            yield proxy
        sys.stderr.write(f"met: {plan.met}\n")
        if self.struck and self.kind == "the server killed":
            self.studio.up()

    @staticmethod
    def _stray(proxy: Proxy) -> bool:
        """Whether something may have happened after the command had ended."""
        return any(met.startswith(("late", "struck")) for met in proxy.plan.met)

    def _strike(self) -> None:
        self.struck = True
        if self.kind == "the server killed":
            os.killpg(self.studio.state["pid"], signal.SIGKILL)
        elif self.kind == "the project deleted":
            self.asked.delete(self.title)
            self.annotations.clear()
        elif self._process is not None:
            self._process.kill()

    def _run(self, arguments: list[str], proxy: Proxy | None = None, largest: int = 0) -> tuple[int, str]:
        """Ends of the command, itself or, with a proxy, in a hurry: its status and what it said."""
        command = [str(GOLDSPAN)] if proxy is None else [sys.executable, str(IMPATIENT), str(largest)]
        command += ["studio", *arguments, "--url", proxy.url if proxy else self.studio.url]
        surroundings = {**self.studio.surroundings, "GOLDSPAN_STUDIO_TOKEN": self.studio.token}
        self._process = subprocess.Popen(
            command, env=surroundings, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        result, said = self._process.communicate(timeout=120)
        status = self._process.returncode
        sys.stderr.write(f"{arguments[0]}: {status}: {result}{said}\n")
        assert self.studio.token not in result + said
        assert "Traceback" not in said
        allowed = {0, 3}
        if proxy and self.kind == "the command killed":
            allowed.add(-signal.SIGKILL)
        if proxy and self.kind == "the project deleted":
            allowed.add(2)  # no project to pull from
        assert status in allowed
        assert status != 3 or "Fix:" in said or "cannot be written" in said
        if status == 3 and self.kind == "the project deleted":
            # where the connection breaks in the same moment, the project may still be there when it is asked for
            assert "was removed meanwhile" in said or "the connection broke" in said
        return status, said


def test_after_a_rerun_all_is_there_exactly_once(
    kind: str, seed: int, tmp_path: Path, scheme: Scheme, request: pytest.FixtureRequest
) -> None:
    studio: Studio = request.getfixturevalue("victim" if kind == "the server killed" else "studio")
    run = Run(kind, seed, studio, tmp_path, scheme)
    try:
        run.push_under_faults()
        run.annotate()
        if run.rng.random() < 0.4 and kind != "disk full":
            run.corpus = other_suggestions(run.rng, run.corpus)
            run.push_under_faults()
            run.annotate()
        run.pull_under_faults()
        if not run.asked.projects(run.title):
            assert kind == "the project deleted"
            run.push_under_faults()
    finally:
        run.asked.close()


def _marks(spans: tuple[Span, ...]) -> list[Mark]:
    return [(span.start, span.end, span.label) for span in spans]


def _valued(spans: tuple[Span, ...]) -> list[tuple[object, ...]]:
    return [(span.start, span.end, span.label, span.value) for span in spans]
