"""Programs that are started once and asked line by line, each a real one."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import psutil
import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.schema import DependencyError, Document, Scheme, UsageError
from tests.conftest import Run, record, write_lines

PROGRAM = """
import json, os, sys, time
starts = sys.argv[1]
with open(starts, "a") as file:
    print(os.getpid(), file=file)
print("warming up", file=sys.stderr)
for number, line in enumerate(sys.stdin):
    record = json.loads(line)
    text = record["text"]
    if "CRASH" in text:
        sys.exit("no memory for " + record["id"])
    if "HANG" in text:
        time.sleep(600)
    if "BABBLE" in text:
        print("Thinking about it", flush=True)
    if "TWICE" in text:
        print(json.dumps(record | {"spans": []}), flush=True)
    if "HARD" in text and number == 0 or "NEVER" in sys.argv:
        sys.exit("cannot start")
    at = text.find("Iran")
    record["spans"] = [{"start": at, "end": at + 4, "label": "ACTOR"}] if at >= 0 else []
    print(json.dumps(record), flush=True)
with open(starts, "a") as file:
    print("ended", file=file)
"""


@pytest.fixture
def starts(tmp_path: Path) -> Path:
    return tmp_path / "starts"


@pytest.fixture
def program(tmp_path: Path, starts: Path) -> str:
    path = tmp_path / "a program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return f"command:{shlex.quote(sys.executable)} {shlex.quote(str(path))} {starts}"


def documents(*texts: str) -> list[Document]:
    return [Document(id=str(number), text=text, spans=()) for number, text in enumerate(texts)]


def problems(spec: str, scheme: Scheme, *texts: str) -> list[str | None]:
    outcomes = annotate_documents(documents(*texts), load_extractor(spec, scheme), scheme)
    return [outcome.problem.what if outcome.problem else None for outcome in outcomes]


def test_a_program_that_stays_is_started_once_and_ends_with_the_run(scheme: Scheme, program: str, starts: Path) -> None:
    texts = [f"On day {number} Iran spoke.\nAnd – “again”." for number in range(300)]  # more than a batch
    layers = {}
    for protocol in ("lines", "batch"):
        extractor = load_extractor(f"{program},protocol={protocol}", scheme)
        layers[protocol] = [outcome.line for outcome in annotate_documents(documents(*texts), extractor, scheme)]
        if protocol == "lines":
            first, ended = starts.read_text("utf-8").split()
            assert ended == "ended" and not psutil.pid_exists(int(first))
    assert layers["lines"] == layers["batch"] and all(layers["lines"])


FAULTS = {
    "it ends": ("CRASH", "the program ended with status 1: no memory for 1"),
    "it does not answer in time": ("HANG", "no answer within 0.5 seconds"),
    "it answers something else": ("BABBLE", "line 1 of the response is not a record"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_document_that_a_program_fails_on_costs_only_itself(
    scheme: Scheme, program: str, starts: Path, text: str, message: str
) -> None:
    first, second, third = problems(f"{program},protocol=lines,timeout=0.5", scheme, "Iran", text, "Iran again")
    assert (first, third) == (None, None)
    assert second is not None and message in second
    before, after, ended = starts.read_text("utf-8").split()
    assert before != after and ended == "ended"
    assert not any(psutil.pid_exists(int(pid)) for pid in (before, after))


def test_an_answer_too_many_is_never_taken_for_that_of_the_next_document(scheme: Scheme, program: str) -> None:
    found = problems(f"{program},protocol=lines", scheme, "TWICE Iran", "Iran", "Iran again")
    assert found[0] is found[2] is None
    assert found[1] is not None and "unexpected document id '0'" in found[1]


def test_a_program_that_never_runs_ends_the_run(scheme: Scheme, program: str, goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record("a", "Iran"), record("b", "Iran"))
    ended = goldspan(
        "annotate", source, "--extractor", f"{program} NEVER,protocol=lines", "--out", tmp_path / "o.jsonl"
    )
    assert ended.returncode == 3 and "Traceback" not in ended.stderr
    assert "does not run: given a plain sentence, the program ended with status 1: cannot start. Fix: " in ended.stderr
    with pytest.raises(DependencyError, match="does not run"):
        load_extractor(f"{program} NEVER,protocol=lines", scheme).load()  # type: ignore[attr-defined]


def test_a_first_document_that_ends_a_program_is_told_from_a_program_that_never_runs(
    scheme: Scheme, program: str
) -> None:
    found = problems(f"{program},protocol=lines", scheme, "HARD", "Iran")
    assert found[0] is not None and "cannot start" in found[0] and found[1] is None


def test_each_worker_has_a_program_of_its_own_which_ends_with_it(
    goldspan: Run, program: str, starts: Path, tmp_path: Path
) -> None:
    source = write_lines(tmp_path / "in.jsonl", *(record(str(n), f"Iran {n} " + "x" * 150_000) for n in range(6)))
    out = tmp_path / "out.jsonl"
    ran = goldspan(
        "annotate", source, "--extractor", f"{program},protocol=lines,fill=false", "--out", out, "--workers", "2"
    )
    assert ran.returncode == 0, ran.stderr
    pids = [int(line) for line in starts.read_text("utf-8").split() if line != "ended"]
    assert len(pids) == 2
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    assert psutil.wait_procs(running, timeout=20)[1] == []


def test_a_time_for_loading_needs_a_program_that_stays(scheme: Scheme, program: str) -> None:
    with pytest.raises(UsageError, match=r"load_timeout has no effect .* Fix: protocol=lines"):
        load_extractor(f"{program},load_timeout=5", scheme)
    with pytest.raises(UsageError, match="one of batch, lines"):
        load_extractor(f"{program},protocol=json", scheme)
