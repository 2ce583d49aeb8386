"""Fixtures that the tests share: records as people write them, and the installed command."""

from __future__ import annotations

import gc
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock
from xdist.scheduler.loadfile import LoadFileScheduling

from goldspan.schema import RecordCodec, Scheme, conflict_scheme

from .command import GOLDSPAN, run_here
from .dask_cluster import DaskCluster
from .studio_server import Studio, installed, serving
from .windows import NOT_ON_WINDOWS

SEEDS = Path(__file__).parents[1] / "seeds"
PLUGIN = Path(__file__).parent / "annotate" / "plugin"

collect_ignore = list(NOT_ON_WINDOWS) if sys.platform == "win32" else []

Run = Callable[..., subprocess.CompletedProcess[str]]
Shared = Callable[[str, Callable[[Path], object]], Path]


# an example may take as long as a busy machine needs
hypothesis.settings.register_profile("without a deadline", deadline=None)
hypothesis.settings.load_profile("without a deadline")

for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    # there are more processes than processors already, and threads of torch and numpy that wait for each other burn the
    # time of those; read when either is first imported, also by the processes that tests start
    os.environ.setdefault(pool, "1")

# the modules and thousands of tests that a process holds stay; with Python's own limits it looks through them again and
# again, in a sixth of its time
gc.set_threshold(100_000, 20, 10)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # as in the background of a shell; the commands that tests interrupt would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


FAULT_RUNS = 10
"""One of each kind of faults, and among them all that happens beside; `make soak` makes 500."""

SHARD_FAULT_RUNS = 6
"""Of which `make soak` makes more, too."""

FUZZ_FILES = 60
"""A share of what `make fuzz` reads."""


FUZZ_TEXTS = 2_000
"""The first of the texts that `make fuzz` has the rules read."""


def pytest_addoption(parser: pytest.Parser) -> None:
    told = f"seeded runs with faults; {FAULT_RUNS} if not given"
    parser.addoption("--fault-runs", type=int, default=FAULT_RUNS, metavar="N", help=told)
    told = f"seeded runs over shards with faults; {SHARD_FAULT_RUNS} if not given"
    parser.addoption("--shard-fault-runs", type=int, default=SHARD_FAULT_RUNS, metavar="N", help=told)
    told = f"seeded files with faults; {FUZZ_FILES} if not given"
    parser.addoption("--fuzz-files", type=int, default=FUZZ_FILES, metavar="N", help=told)
    told = f"seeded texts for the rules; {FUZZ_TEXTS} if not given"
    parser.addoption("--fuzz-texts", type=int, default=FUZZ_TEXTS, metavar="N", help=told)
    kinds = ["sqlite", "postgresql"]
    parser.addoption(
        "--database", choices=kinds, default="sqlite", help="of the server in these runs; sqlite if not given"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors, as who works with the server waits for it half of the time."""
    return (os.cpu_count() or 1) + 1


class ByFile(LoadFileScheduling):
    """Hands files to processes, as the tests of a file share what is costly; the long one of faults in two parts."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        seed = re.search(r"_shifted\[\D+ (\d+)\]$", nodeid)
        # a kind has its seeds ten apart, and all of them in one part
        return f"{file} {int(seed[1]) % 2}" if seed else file


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with tests of the real server come first: they take longest, and short ones fill the end of a run."""
    long = {item.path for item in items if item.get_closest_marker("server") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """What there is by now stays, and is left out when Python looks for what nobody holds any longer."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """An account of the runs and of the files with faults, all workers' together."""
    calls = [one for found in terminalreporter.stats.values() for one in found if getattr(one, "when", "") == "call"]
    tell_of_files(
        [item for call in calls for name, item in call.user_properties if name == "fuzz file"], terminalreporter
    )
    told = [(call, account) for call in calls for name, account in call.user_properties if name == "fault run"]
    runs = [account for _, account in told]
    if runs:
        where = Counter(run["database"] for run in runs)
        on = " and ".join(f"{number} on {database}" for database, number in sorted(where.items()))
        terminalreporter.section(f"runs with faults: {on}")
        kinds = Counter(run["kind"] for run in runs)
        ways = Counter(way for run in runs for way in run["ways"])
        done: Counter[str] = Counter()
        for run in runs:
            done.update(run["done"])
        failed = sum(call.failed for call, _ in told)
        verdict = {"failed runs": failed, **{key: done.pop(key, 0) for key in ("lost", "doubled", "shifted")}}
        for name, counts in (("faults", kinds), ("beside them", ways), ("done", done), ("verdict", verdict)):
            terminalreporter.write_line(f"{name}: {', '.join(f'{key} {count:,}' for key, count in counts.items())}")


def tell_of_files(readings: list[dict[str, str]], terminalreporter: pytest.TerminalReporter) -> None:
    """An account of files with faults, by format and by fault: read whole, with what was said, refused or failed."""
    if not readings:
        return
    files = len({reading["seed"] for reading in readings})
    terminalreporter.section(f"{files:,} files with faults, each read with the name of its format and without")
    kinds = ("whole", "with what was said", "refused", "failed")
    for part in ("form", "fault"):
        counts = Counter((reading[part], reading["kind"]) for reading in readings)
        names = sorted({name for name, _ in counts})
        for name in [*names, "all of them"]:
            row = [sum(n for (a, b), n in counts.items() if b == kind and name in (a, "all of them")) for kind in kinds]
            shown = ", ".join(f"{kind} {number:,}" for kind, number in zip(kinds, row, strict=True))
            terminalreporter.write_line(f"{name}: {shown}")


@pytest.fixture
def scheme() -> Scheme:
    return conflict_scheme()


@pytest.fixture
def codec(scheme: Scheme) -> RecordCodec:
    return RecordCodec(scheme)


@pytest.fixture(autouse=True)
def _own_name_key(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Gives each test a key to pseudonyms of its own, which is made when it needs one."""
    place = tmp_path_factory.getbasetemp() / "name-keys" / secrets.token_hex(8)
    monkeypatch.setenv("GOLDSPAN_NAME_KEY", str(place / "names.json"))


@pytest.fixture
def goldspan() -> Run:
    """Runs the command as a user does, within this process."""
    return run_here


@pytest.fixture
def goldspan_process() -> Run:
    """Runs the installed command in a process of its own; never more than two minutes."""

    def run(*args: object, stdin: str | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [str(GOLDSPAN), *map(str, args)]
        return subprocess.run(command, capture_output=True, input=stdin, timeout=120, encoding="utf-8", **more)

    return run


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Makes a folder once in a run of the tests, whichever of its processes needs it first; who reads it leaves it so."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    place.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, part = place / name, place / f"{name}.part"
        with FileLock(place / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(part, ignore_errors=True)
                make(part)
                part.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def server_environments() -> Path:
    """The installed Label Studio, shared by all tests and kept for the next ones."""
    return installed()


@pytest.fixture(scope="session")
def studio(server_environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running server that the tests share: make projects of your own in it, and leave it up."""
    with serving(tmp_path_factory.mktemp("studio"), server_environments) as shared:
        shared.up()
        yield shared


@pytest.fixture
def own_studio(server_environments: Path, tmp_path: Path) -> Iterator[Studio]:
    """A home for a server of the test's own, which does not run yet."""
    with serving(tmp_path / "home", server_environments) as own:
        yield own


def record(id: str = "a", text: str = "Iran struck three bases.", **more: Any) -> dict[str, Any]:
    return {"id": id, "text": text, "spans": [], **more}


def span(start: object, end: object, label: str, value: object = None, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "value": value, **more}


def write_lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in records), encoding="utf-8")
    return path


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A package with extractors of its own, installed as pip would: on the path, with entry points."""
    site = install_plugin(tmp_path / "site")
    monkeypatch.syspath_prepend(site)
    yield {**os.environ, "PYTHONPATH": str(site)}
    sys.modules.pop("moody", None)


def install_plugin(site: Path) -> Path:
    """Puts that package into a folder, which is returned."""
    info = site / "moody-0.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: moody\nVersion: 0.9\n")
    lines = [f"{name} = moody:{name.upper()}\n" for name in ("moody", "needy", "gone", "late", "quitter", "falling")]
    (info / "entry_points.txt").write_text(f"[goldspan.extractors]\n{''.join(lines)}lost = nowhere_at_all:X\n")
    (site / "moody.py").write_text((PLUGIN / "moody.py").read_text(encoding="utf-8"), encoding="utf-8")
    return site


@pytest.fixture(scope="session")
def dask_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    folder = tmp_path_factory.mktemp("dask")
    cluster = DaskCluster(folder, install_plugin(folder / "site"))
    yield cluster
    cluster.down()


@pytest.fixture
def dask_cluster(dask_processes: DaskCluster) -> DaskCluster:
    """A Dask cluster of three workers, which all tests of a process share: kill what you like of it."""
    dask_processes.up()
    return dask_processes


LONG = 1000.0
"""Seconds that something takes by a `Clock`."""


class Clock:
    """Python's clock, which what is slow puts forward instead of taking the time."""

    def __init__(self) -> None:
        self._now, self.ahead = time.perf_counter, 0.0

    def __call__(self) -> float:
        return self._now() + self.ahead

    def takes_long(self) -> None:
        self.ahead += LONG


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "perf_counter", made)
    return made


@pytest.fixture
def slow_filler(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What fills values takes long to load."""
    from goldspan.annotate.adapters import value_filling as filling

    class Slow(filling.ValueFiller):
        def __init__(self, scheme: Scheme) -> None:
            clock.takes_long()
            super().__init__(scheme)

    filling.shared_filler.cache_clear()
    monkeypatch.setattr(filling, "ValueFiller", Slow)
    yield
    filling.shared_filler.cache_clear()
