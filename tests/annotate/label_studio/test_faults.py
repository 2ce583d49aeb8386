"""Faults at random moments of push and pull, with the real server and people at work: nothing lost, doubled or shifted.

The runs are seeded. `make test` makes 10, `make soak` 500 on each database; `--fault-runs N` makes as many as you like.
What is held against what people made and against the layers is what the server's own API says.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from goldspan.schema import Scheme, Span

from ...conftest import FAULT_RUNS
from ...postgres import postgres
from ...studio_server import Stage, staged
from .asked import Asked, Mark, Person, Task
from .corpora import Corpus, corpus, other_suggestions, other_texts, with_text_of, write_corpus
from .impatient import PATIENCE, Command
from .layers import Layers, brought, wanted
from .people import People
from .proxy import Plan, Proxy

pytestmark = pytest.mark.server

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

WAYS = (
    "drafts",
    "late pages",
    "two annotators",
    "two pushes at once",
    "skips",
    "relations",
    "a wandering clock",
    "work during a push",
    "other texts",
)
"""What happens beside the faults. Their number and that of the kinds have no common divisor, so that each meets each."""


_NOBODY_THERE = ("the server killed", "the project deleted")
"""Kinds of faults in which nobody can work while they strike: what they did then would be gone, as it should be."""


def ways_of(seed: int) -> frozenset[str]:
    """What happens in a run: one thing by turns, and half of the others by the draw."""
    rng = random.Random(f"ways {seed}")
    return frozenset({WAYS[seed % len(WAYS)], *(way for way in WAYS if rng.random() < 0.5)})


def kind_of(seed: int) -> str:
    """The kind of faults of a run, by turns."""
    return list(KINDS)[seed % len(KINDS)]


def marks_once(seed: int) -> bool:
    """Whether the service that marks the same words runs beside the server, as in every other run of each kind."""
    return (seed + seed // len(KINDS)) % 2 == 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = range(metafunc.config.getoption("--fault-runs"))
        metafunc.parametrize("seed", seeds, ids=[f"{kind_of(seed)} {seed}" for seed in seeds])


Theatre = tuple[Stage, list[Person]]
"""A server and its accounts."""


@pytest.fixture(scope="module")
def theatre(
    server_environments: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Theatre]:
    """One for all runs, on the database of `--database`."""
    on_postgres = request.config.getoption("--database") == "postgresql"
    with theatre_on(on_postgres, tmp_path_factory.mktemp("stage"), server_environments) as made:
        yield made


@contextmanager
def theatre_on(on_postgres: bool, folder: Path, environments: Path) -> Iterator[Theatre]:
    """A server with its accounts; whoever kills the server starts it again with its data."""
    with ExitStack() as stack:
        variables = stack.enter_context(postgres(environments)).server_variables() if on_postgres else {}
        stage = stack.enter_context(staged(folder, environments, variables))
        people = [Person(stage, stage.token), Person.invited(stage, "ben@example.org")]
        yield stage, people
        for person in people:
            person.close()


class Run:
    """A corpus on its way through a project, with people at work in between.

    Attributes:
        corpus: As it was last pushed.
        people: What they made.
        tally: What was done, and how much of it is lost, doubled or shifted.
    """

    def __init__(self, seed: int, theatre: Theatre, folder: Path, scheme: Scheme) -> None:
        self.kind, self.ways = kind_of(seed), ways_of(seed)
        self.marks_once = marks_once(seed)
        self.bulk = bool(seed % 2)  # every other run is as on a server of the user's own
        self.rng = random.Random(seed)
        self.studio, everybody = theatre
        self.folder = folder
        self.scheme = scheme
        self.title = f"run {seed:04}"
        self.asked = Asked(self.studio)
        self.corpus: Corpus = corpus(self.rng, scheme)
        self.out = folder / "passes"
        self.tally: Counter[str] = Counter(lost=0, doubled=0, shifted=0)
        accounts = everybody if "two annotators" in self.ways else everybody[:1]
        ways = {*self.ways, *(["marking once"] if self.marks_once else [])}
        self.people = People(accounts, random.Random(seed), scheme, frozenset(ways), self._before_work)
        self._commands: list[Command] = []
        self._struck = False

    def push_under_faults(self, before: Corpus | None = None) -> None:
        """Pushes until it is done, and asks the server what it holds then.

        Args:
            before: The corpus as it was pushed last, where there was a push already.
        """
        at_once = 2 if "two pushes at once" in self.ways else 1
        if before is not None and "work during a push" in self.ways:
            self.people.leave_open(self._held(), before, 2)
        with self._faults() as proxy:
            for _ in range(self.rng.randint(1, 2)):
                with self._work_meanwhile(), self._marking_meanwhile():
                    statuses = self._together([self._push_arguments()] * at_once, proxy)
                if not any(statuses):
                    break
        if any(statuses) or self._stray(proxy):
            self._push_again(before)
        self.check()
        self._check_marking()

    def _push_again(self, before: Corpus | None) -> None:
        """The same push once more, without faults. Whoever worked on a text meanwhile keeps it."""
        status, said = self._run(self._push_arguments())
        if status == 1:
            assert before is not None and "the text differs from the one that people have worked on" in said
            held, worked = self._held(), self.people.documents
            kept = {name for name in worked if held[name][0].text == before.documents[name].text}
            assert all(f"{name!r}" in said for name in kept if self.corpus.documents[name] != before.documents[name])
            self.corpus = with_text_of(self.corpus, before, kept)
            status, said = self._run(self._push_arguments())
        assert status == 0, said

    def work(self) -> None:
        """People work for a while, and some leave pages open."""
        if self.marks_once:
            self.studio.start_marking(ready=True)
        self.people.work(self._held(), self.corpus)
        self.check()

    def change(self) -> Corpus:
        """Suggestions get better, and texts that nobody has worked on are mended; answers what was before."""
        before, self.corpus = self.corpus, other_suggestions(self.rng, self.corpus)
        if "other texts" in self.ways:
            opened = {page.document for page in self.people.pages}
            free = sorted(set(self.corpus.documents) - self.people.documents)
            chosen = {name for name in free if self.rng.random() < (0.7 if name in opened else 0.1)}
            self.corpus = other_texts(self.rng, self.corpus, chosen)
        return before

    def refuse_other_texts(self) -> None:
        """A push that would shift work is refused, and changes nothing."""
        worked = self.people.documents
        if not worked or "other texts" not in self.ways:
            return
        before, self.corpus = self.corpus, other_texts(self.rng, self.corpus, self.corpus.documents)
        status, said = self._run(self._push_arguments())
        self.corpus = before
        self.check()  # a text that changed under work is counted as that
        assert status == 1 and all(f"document {name!r}: the text differs from the one" in said for name in worked)
        assert said.count("the text differs from the one that people have worked on") == len(worked)
        self.tally["refused pushes"] += 1

    def pull_under_faults(self) -> None:
        before = brought(self.out, self.scheme)
        largest = self.rng.randrange(1, 4000) if self.kind == "disk full" else 0
        with self._faults() as proxy:
            [status] = self._together([self._pull_arguments(self.out)], proxy, largest)
        assert not list(self.folder.rglob(".*.part")) or self.kind == "the command killed"
        if not self.asked.projects(self.title):
            return
        if status not in (0, 1):
            after, due = brought(self.out, self.scheme), self._due()
            files = {*before, *after, *due}
            assert all(after.get(name) in (before.get(name), due.get(name)) for name in files)
        self.pull()

    def pull(self) -> None:
        """What comes back is what the server holds, the same with what an earlier pull has kept and without."""
        anew = self.folder / "anew"
        shutil.rmtree(anew, ignore_errors=True)
        due = self._due()
        faults = sum(len(layer.faults) for layers in due.values() for layer in layers.values())
        for folder in (self.out, anew):
            status, said = self._run(self._pull_arguments(folder))
            assert status == (1 if faults else 0), said
            there = brought(folder, self.scheme)
            self._compare(there, due)
            assert there == due
            assert said.count('"what":') == faults
        self.tally["faults listed"] += faults

    def _due(self) -> dict[str, Layers]:
        held, people = self._held(), self.people
        return wanted(held, people.annotations, drafts=False) | wanted(held, people.drafts, drafts=True)

    def _compare(self, there: dict[str, Layers], due: dict[str, Layers]) -> None:
        """Counts what a pull has lost, and what it has brought that nobody marked."""
        for file, layers in due.items():
            for name, layer in layers.items():
                found = there.get(file, {}).get(name)
                if found is None:
                    self.tally["lost"] += 1
                    continue
                own, other = layer.spans + layer.aside, found.spans + found.aside
                self.tally["lost"] += sum(span not in other for span in own)
                self.tally["shifted"] += sum(span not in own for span in other)

    def check(self) -> None:
        """Every document once, its suggestions once, all work there as it was made: the server says so."""
        held, tally = self._held(), self.tally
        people, documents = self.people, self.corpus.documents
        tasks = [task for found in held.values() for task in found]
        annotations = {number: work for task in tasks for number, work in task.annotations.items()}
        drafts = {number: work for task in tasks for number, work in task.drafts.items()}
        tally["lost"] += len(documents.keys() - held.keys())
        tally["doubled"] += sum(len(found) - 1 for found in held.values())
        for there, made in ((annotations, people.annotations), (drafts, people.drafts)):
            tally["lost"] += sum(n not in there or there[n].results != one.results for n, one in made.items())
            tally["doubled"] += len(there.keys() - made.keys())
        tally["shifted"] += sum(
            found[0].text != documents[name].text for name, found in held.items() if name in documents
        )
        assert sorted(held) == sorted(documents)
        assert {name: len(found) for name, found in held.items() if len(found) != 1} == {}
        for name, (task,) in held.items():
            assert task.text == documents[name].text
            suggested = [(extractor, _marks(found[name])) for extractor, found in self.corpus.suggestions.items()]
            tally["lost" if len(task.suggestions) < len(suggested) else "doubled"] += abs(
                len(task.suggestions) - len(suggested)
            )
            assert task.suggestions == sorted(suggested), name
            for there, made in ((task.annotations, people.annotations), (task.drafts, people.drafts)):
                mine = {number: one for number, one in made.items() if one.document == name}
                assert {n: (w.user, w.results, w.skipped, w.annotation) for n, w in there.items()} == {
                    n: (m.user, m.results, m.skipped and made is people.annotations, m.annotation)
                    for n, m in mine.items()
                }

    def _check_marking(self) -> None:
        """The pages of a project ask the service once, and show the suggestions of its extractors as before."""
        [project, *_] = self.asked.projects(self.title)
        registered = self.asked.registered(project)
        assert len(registered) <= 1 and self.asked.extractor(project) in self.corpus.suggestions
        self.tally["projects that ask for marks"] += len(registered)

    @contextmanager
    def _marking_meanwhile(self) -> Iterator[None]:
        """The service is there when a push begins, and sometimes dies before it ends."""
        if not self.marks_once:
            yield
            return
        self.studio.start_marking(ready=False)
        killer = threading.Timer(self.rng.uniform(0, 1), self._kill_marking)
        if struck := self.rng.random() < 0.3:
            killer.start()
        yield
        if struck:
            killer.cancel()
            killer.join()

    def _before_work(self) -> None:
        self._move_clock()
        if self.marks_once and self.rng.random() < 0.05:
            self._kill_marking()

    def _kill_marking(self) -> None:
        self.studio.kill_marking()
        self.tally["kills of the service"] += 1

    def _move_clock(self) -> None:
        """Before most things that people do the clock is put somewhere, and now and then it stands still there."""
        if "a wandering clock" in self.ways and self.rng.random() < 0.7:
            ahead = self.rng.choice((0.0, -2.0, self.rng.uniform(-9999, 9999), self.rng.uniform(-9, 9)))
            self.studio.set_clock(ahead, still=self.rng.random() < 0.5)
            self.tally["moves of the clock"] += 1

    @contextmanager
    def _work_meanwhile(self) -> Iterator[None]:
        """What is done while a push is at work: pages that are open are submitted."""
        if not self.people.pages or "work during a push" not in self.ways or self.kind in _NOBODY_THERE:
            yield
            return
        failed: list[BaseException] = []

        def submit() -> None:
            try:
                time.sleep(self.people.rng.uniform(0.1, 1))  # anywhere from the first question to the last request
                self.people.submit_late(2)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=submit)
        thread.start()
        yield
        thread.join()
        self.tally["pushes with work meanwhile"] += 1
        if failed:
            raise failed[0]

    def _held(self) -> dict[str, list[Task]]:
        first, *twins = self.asked.projects(self.title)
        # a project whose making came late stays empty: the oldest of a title is used
        self.tally["doubled"] += sum(bool(self.asked.tasks(twin)) for twin in twins)
        assert not any(self.asked.tasks(twin) for twin in twins)
        return self.asked.tasks(first)

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
        self.tally["faults met"] += len(plan.met)
        if self._struck and self.kind == "the server killed":
            self.studio.up()
        self._struck = False

    @staticmethod
    def _stray(proxy: Proxy) -> bool:
        """Whether something may have happened after the command had ended."""
        return any(met.startswith(("late", "struck", "silent")) for met in proxy.plan.met)

    def _strike(self) -> None:
        self._struck = True
        if self.kind == "the server killed":
            self.studio.kill()
        elif self.kind == "the project deleted":
            self.asked.delete(self.title)
            self.people.forget()
        elif self._commands:
            self._commands[0].kill()

    def _push_arguments(self) -> list[str]:
        return ["push", *write_corpus(self.corpus, self.folder, self.scheme), "--project", self.title]

    def _pull_arguments(self, out: Path) -> list[str]:
        return ["pull", "--out", str(out), "--project", self.title, "--drafts", "--json"]

    def _run(self, arguments: list[str]) -> tuple[int, str]:
        """Ends of the command: its status and what it said."""
        status, said = self._end(self._start(arguments, self.studio.url))
        assert status in (0, 1), said
        return status, said

    def _together(self, commands: list[list[str]], proxy: Proxy, largest: int = 0) -> list[int]:
        """Ends of commands that are run at once, in a hurry and by the way that spoils exchanges."""
        self._commands = [self._start(one, proxy.url, hurried=True, largest=largest) for one in commands]
        ends = [self._end(command) for command in self._commands]
        for status, said in ends:
            allowed = {0, 1, 3}
            if self.kind == "the command killed":
                allowed.add(-signal.SIGKILL)
            if self.kind == "the project deleted":
                allowed.add(2)  # no project to pull from
            assert status in allowed, said
            assert status != 3 or "Fix:" in said or "cannot be written" in said
            if status == 3 and self.kind == "the project deleted" and len(commands) == 1:
                # where the connection breaks in the same moment, the project may still be there when it is asked for
                told = (
                    "was deleted in the meantime",
                    "could not be created, or was deleted meanwhile",
                    "connection broke",
                )
                assert any(words in said for words in told)
            if status == 3 and largest:
                assert "cannot be written" in said
        return [status for status, _ in ends]

    def _start(self, arguments: list[str], url: str, *, hurried: bool = False, largest: int = 0) -> Command:
        surroundings = {**self.studio.surroundings, "GOLDSPAN_STUDIO_TOKEN": self.studio.token}
        if self.marks_once:  # a push registers the service in projects of goldspan's own server only
            self.studio.serve_commands(url)
        patience = PATIENCE if self.kind == "time-outs after commit" else 60.0
        command = ["studio", *arguments, *([] if self.marks_once else ["--url", url])]
        return Command(command, surroundings, hurried=hurried, patience=patience, largest=largest, bulk=self.bulk)

    def _end(self, command: Command) -> tuple[int, str]:
        status, said = command.end()
        sys.stderr.write(f"{status}: {said}\n")
        assert self.studio.token not in said
        assert "Traceback" not in said
        return status, said


def test_nothing_is_lost_doubled_or_shifted(
    seed: int, theatre: Theatre, tmp_path: Path, scheme: Scheme, request: pytest.FixtureRequest
) -> None:
    play(seed, theatre, tmp_path, scheme, request)


def play(seed: int, theatre: Theatre, tmp_path: Path, scheme: Scheme, request: pytest.FixtureRequest) -> None:
    """A run from the first push to the last pull, with its account."""
    run = Run(seed, theatre, tmp_path, scheme)
    try:
        run.push_under_faults()
        run.work()
        if run.rng.random() < 0.7:
            run.pull()
        if run.rng.random() < 0.8:
            run.push_under_faults(run.change())
            run.refuse_other_texts()
        run.people.submit_late()
        run.work()
        run.pull_under_faults()
        if not run.asked.projects(run.title):
            assert run.kind == "the project deleted"
            run.push_under_faults()
    finally:
        run.studio.set_clock()
        run.asked.close()
        account = {
            "database": run.studio.database,
            "kind": run.kind,
            "ways": sorted(run.ways),
            "done": {**run.people.done, **run.tally},
        }
        request.node.user_properties.append(("fault run", account))


def test_all_kinds_of_faults_and_all_that_happens_beside_them_are_among_the_runs() -> None:
    assert {kind_of(seed) for seed in range(FAULT_RUNS)} == set(KINDS)
    assert {way for seed in range(FAULT_RUNS) for way in ways_of(seed)} == set(WAYS)
    assert {kind_of(seed) for seed in range(2 * len(KINDS)) if marks_once(seed)} == set(KINDS)
    assert sum(map(marks_once, range(FAULT_RUNS))) >= FAULT_RUNS // 2


def _marks(spans: tuple[Span, ...]) -> list[Mark]:
    return [(span.start, span.end, span.label) for span in spans]
