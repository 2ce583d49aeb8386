"""`goldspan bench` on the gold of the seeds: what counts as loading, what as reading, and extractors that fail."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from goldspan.annotate.adapters import command, programs
from goldspan.corpus.release.editions import edition
from goldspan.schema import DataError, GoldspanError, Scheme
from goldspan.workflows.benchmarking.benchmark import measure
from tests.conftest import LONG, Clock, Run, record, span, write_lines
from tests.schema.test_scheme_file import DISASTER

GOLD = Path(str(edition().folder)) / "gold.jsonl"
MARKING = """
import json, re, sys
for line in sys.stdin:
    record = json.loads(line)
    label = sys.argv[1] if len(sys.argv) > 1 else "ACTOR"
    found = re.finditer("Iran|Israel", record["text"])
    record["spans"] = [{"start": m.start(), "end": m.end(), "label": label.replace("?", m[0])} for m in found]
    print(json.dumps(record))
"""


def program(code: str, *arguments: str) -> str:
    return f"command:{shlex.join([sys.executable, '-c', code, *arguments])}"


class _Marking(BaseHTTPRequestHandler):
    """Marks every "Iran", as a service of records or as a chat endpoint."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/chat/completions"):
            text = json.loads(body)["messages"][1]["content"].partition("Text:\n")[2]
            spans = [{"quote": "Iran", "label": "ACTOR"}] * text.count("Iran")
            message = {"role": "assistant", "content": json.dumps({"spans": spans})}
            answer = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]})
        else:
            records = [json.loads(line) for line in body.splitlines()]
            for item in records:
                found = re.finditer("Iran", item["text"])
                item["spans"] = [{"start": m.start(), "end": m.end(), "label": "ACTOR"} for m in found]
            answer = "\n".join(map(json.dumps, records))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Marking)
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def spacy_pipeline(folder: Path) -> Path:
    import spacy

    made = spacy.blank("en")
    ruler: Any = made.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ACTOR", "pattern": "Iran"}])
    made.to_disk(folder)
    return folder


def test_extractors_are_scored_with_their_time_and_memory(goldspan: Run) -> None:
    echo = program("import sys; sys.stdout.write(sys.stdin.read())")
    specs = ("--extractor", "rules", "--extractor", echo, "--extractor", "rules")
    ran = goldspan("bench", GOLD, *specs, "--resamples", 50, "--json")
    assert ran.returncode == 0, ran.stderr
    rules, nothing, again = json.loads(ran.stdout)["systems"]
    assert [system["name"] for system in (rules, again)] == ["rules", "rules#2"]
    assert rules["spans"] == again["spans"]
    told = f"rules {rules['spans']['strict']['micro']['f1']:.3f}\n"
    assert told in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert nothing["spans"]["strict"]["micro"]["matched"] == 0
    assert [system["failure"] for system in (rules, nothing, again)] == [None] * 3
    cost = rules["cost"]
    assert cost["words"] == 2536
    assert cost["words_per_second"] == cost["words"] / cost["seconds"]
    assert cost["peak_megabytes"] is None or cost["peak_megabytes"] > 50
    assert cost["restart_seconds"] == 0 and nothing["cost"]["restart_seconds"] > 0


def load_rules(clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    from goldspan.annotate.rules import document_reader

    class Slow(document_reader.DocumentReader):
        def __init__(self, *given: Any) -> None:
            clock.takes_long()
            super().__init__(*given)

    monkeypatch.setattr(document_reader, "DocumentReader", Slow)
    return "rules"


def load_late(clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setattr(importlib.import_module("moody"), "load_model", clock.takes_long)
    return "late"


OWN_LOADING: dict[str, Callable[[Clock, pytest.MonkeyPatch, Path], str]] = {
    "rules": load_rules,
    "a plugin that loads when it is first called": load_late,
}


@pytest.mark.parametrize("name", OWN_LOADING)
def test_what_an_extractor_loads_itself_is_no_reading(
    name: str, clock: Clock, plugin: object, scheme: Scheme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cost = measure(str(GOLD), OWN_LOADING[name](clock, monkeypatch, tmp_path), scheme, tmp_path / "out.jsonl")
    assert cost.load >= LONG > cost.seconds


FILLED = {
    "command": program(MARKING),
    "http": "http:{service}",
    "llm": "llm:m,url={service},cache={folder}/cache",
    "spacy": "spacy:{folder}/pipeline",
}


@pytest.mark.parametrize("kind", FILLED)
def test_loading_the_filler_of_values_is_no_reading(
    kind: str, slow_filler: None, clock: Clock, scheme: Scheme, service: str, tmp_path: Path
) -> None:
    if kind == "spacy":
        spacy_pipeline(tmp_path / "pipeline")
    spec = FILLED[kind].replace("{service}", service).replace("{folder}", str(tmp_path))
    cost = measure(str(GOLD), spec, scheme, tmp_path / "out.jsonl")
    assert cost.load >= clock.ahead == LONG > cost.seconds
    assert cost.words == 2536


def test_the_start_of_a_program_for_each_batch_is_no_reading(
    clock: Clock, scheme: Scheme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = programs.run_program

    def slow(*given: Any) -> tuple[int, bytes, bytes]:
        clock.takes_long()
        return run(*given)

    monkeypatch.setattr(command, "run_program", slow)
    many = write_lines(tmp_path / "many.jsonl", *(record(f"d{n}", f"Iran {n}") for n in range(600)))  # three batches
    cost = measure(str(many), program(MARKING) + ",fill=false", scheme, tmp_path / "out.jsonl")
    assert LONG <= cost.load < 2 * LONG
    assert cost.restarts == pytest.approx(3 * LONG, abs=LONG / 2)
    assert cost.seconds < LONG


def test_answers_that_were_kept_have_no_speed(scheme: Scheme, service: str, tmp_path: Path) -> None:
    spec = f"llm:m,url={service},fill=false,cache={tmp_path / 'cache'}"
    first, second = (measure(str(GOLD), spec, scheme, tmp_path / "out.jsonl") for _ in range(2))
    assert first.words_per_second and second.words_per_second is None
    assert second.tally["answers from the cache"] >= 5 and first.memory is second.memory is None


def test_every_option_tells_in_what_comes_of_it(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(DISASTER)
    gold = write_lines(tmp_path / "gold.jsonl", record(spans=[span(0, 4, "HAZARD", {"type": "flood"})]))
    specs = ("--extractor", "command:cat", "--scheme", tmp_path / "own.toml")
    heading = ("--title", "Floods & <more>", "--date", "2024-05-31")
    ran = goldspan("bench", gold, *specs, "--seed", 7, "--html", tmp_path / "report.html", *heading, "--json")
    [system] = json.loads(ran.stdout)["systems"]
    assert "seed:7" in system["signature"] and list(system["spans"]["strict"]["labels"]) == ["HAZARD", "LOSS"]
    table = goldspan("bench", gold, *specs, "--resamples", 0, "--format", "markdown")
    assert "| load s | seconds | words/s | peak MB |" in table.stdout and "| command:cat |" in table.stdout
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<h1>Floods &amp; &lt;more&gt;</h1>" in page and "<dd>2024-05-31</dd>" in page


@pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's /proc")
def test_the_peak_of_memory_is_the_extractors_own_and_not_what_its_parent_held() -> None:
    ask = "from goldspan.annotate.runner.memory import peak_megabytes; print(peak_megabytes())"
    parent = f"import subprocess, sys; held = b'x' * 600_000_000; subprocess.run([sys.executable, '-c', {ask!r}], check=True)"
    said = subprocess.run([sys.executable, "-c", parent], check=True, capture_output=True, encoding="utf-8").stdout
    assert 5 < float(said) < 200


@pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's /proc")
def test_the_memory_of_a_program_is_its_own(scheme: Scheme, tmp_path: Path) -> None:
    large = program("import sys; held = b'x' * 900_000_000; sys.stdout.write(sys.stdin.read())")
    cost = measure(str(GOLD), large, scheme, tmp_path / "out.jsonl")
    assert cost.memory is not None and cost.memory > 900


def test_a_gold_with_nothing_in_it_is_told_and_nothing_else_is(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    ran = goldspan("bench", tmp_path / "empty.jsonl", "--extractor", "rules")
    notes = ["the gold has no documents: there is nothing to score"]
    notes += ["0 documents: too few for intervals and tests, which require at least 10"]
    assert (ran.returncode, ran.stderr.splitlines()) == (0, [f"note: {note}" for note in notes])


def test_what_an_extractor_fails_on_counts_as_empty_and_is_told(goldspan: Run, tmp_path: Path) -> None:
    echo = program("import sys; t=sys.stdin.read(); sys.exit('no') if 'BAD' in t else sys.stdout.write(t)")
    gold = write_lines(
        tmp_path / "gold.jsonl",
        record("a", "Iran BAD", spans=[span(0, 4, "ACTOR", {"id": "IRN", "kind": "state"})]),
        record("b", "Nothing."),
    )
    ran = goldspan("bench", gold, "--extractor", f"{echo},fill=false", "--json")
    assert ran.returncode == 1
    assert "document 'a'" in ran.stderr
    [system] = json.loads(ran.stdout)["systems"]
    assert system["cost"]["failed"] == 1 and system["cost"]["words"] == 1
    assert system["spans"]["strict"]["micro"]["missed"] == 1


FAILING = {
    "cannot be imported": ("gone", 3, "cannot be loaded: AttributeError"),
    "ends its process when it is made": ("quitter", 3, "cannot be created: SystemExit: no model"),
    "cannot be made": ("spacy:no_such_pipeline", 3, "cannot be loaded"),
    "dies in the middle": ("moody", 3, "ended its process"),
    "answers rubbish": (
        program("print('Loading the model')") + ",fill=false",
        1,
        "failed on all 2 documents, first 'a'",
    ),
    "takes too long": (
        program("import sys; open(sys.argv[1]).read()", "{fifo}") + ",timeout=0.5,fill=false",
        1,
        "no answer within",
    ),
    "uses labels of its own": (program(MARKING, "GPE ?") + ",fill=false", 2, "labels 'GPE Iran', 'GPE Israel' are not"),
    "is not there": ("http:http://127.0.0.1:9/x,retries=0", 3, "Fix: start it"),
}


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    return write_lines(tmp_path / "gold.jsonl", record("a", "Iran DIE"), record("b", "Israel"))


def test_an_extractor_that_fails_is_a_row_that_says_why_and_the_others_are_kept(
    plugin: dict[str, str], goldspan: Run, hard: Path, tmp_path: Path
) -> None:
    good = program(MARKING) + ",fill=false"
    specs = [good, *(spec.replace("{fifo}", str(tmp_path / "fifo")) for spec, _, _ in FAILING.values()), good]
    calls = [part for spec in specs for part in ("--extractor", spec)]
    page = tmp_path / "page.html"
    ran = goldspan("bench", hard, *calls, "--resamples", 0, "--json", "--html", page, env=plugin)
    assert ran.returncode == max(status for _, status, _ in FAILING.values())
    assert "Traceback" not in ran.stderr
    first, *failed, last = json.loads(ran.stdout)["systems"]
    assert first["spans"] == last["spans"] and first["spans"]["strict"]["micro"]["spurious"] == 2
    for system, spec, (_, _, why) in zip(failed, specs[1:-1], FAILING.values(), strict=True):
        assert (system["name"], system["cost"], why in system["failure"]) == (spec, None, True), system
    assert tomllib.loads(ran.stderr[ran.stderr.index("# replace each") :].split("error:")[0]) == {
        "GPE Iran": "…",
        "GPE Israel": "…",
    }
    told = page.read_text(encoding="utf-8")
    assert "extractors that failed" in told and "no answer within 0.5 seconds" in told


def test_a_table_has_rows_for_all(goldspan: Run, hard: Path) -> None:
    spec, status, why = FAILING["uses labels of its own"]
    ran = goldspan("bench", hard, "--extractor", spec, "--extractor", program(MARKING) + ",fill=false")
    assert ran.returncode == status
    head, row, failed = ran.stdout.splitlines()
    assert head.split()[:3] == ["extractor", "strict", "F1"] and head.endswith("load s  seconds  words/s  peak MB")
    assert row.startswith(f"command:{Path(sys.executable).name} ")
    assert failed.startswith(f"{spec}  failed: ".replace("\n", "\\n")) and why in failed


def test_where_all_fail_there_is_no_report(goldspan: Run, hard: Path) -> None:
    spec, status, why = FAILING["answers rubbish"]
    ran = goldspan("bench", hard, "--extractor", spec, "--html", "page.html", cwd=hard.parent)
    [row] = ran.stdout.splitlines()
    assert (ran.returncode, row.startswith(f"{spec}  failed: "), why in row) == (status, True, True)
    assert "no report written: every extractor failed" in ran.stderr and not (hard.parent / "page.html").exists()


def test_all_unknown_labels_of_the_answers_are_named_whatever_the_batch(scheme: Scheme, tmp_path: Path) -> None:
    said = ["Iran"] * 256 + ["Israel BAD", "Israel"]  # of the second batch a document fails
    gold = write_lines(tmp_path / "gold.jsonl", *(record(f"d{n}", text) for n, text in enumerate(said)))
    marking = MARKING.replace("    record =", "    if 'BAD' in line: sys.exit('bad')\n    record =")
    (tmp_path / "map.toml").write_text('PERSON = "ACTOR"\n')
    for how, status in ((",fill=false", 2), (f",fill=false,map={tmp_path / 'map.toml'}", 1)):
        with pytest.raises(GoldspanError) as refused:
            measure(str(gold), program(marking, "GPE ?") + how, scheme, tmp_path / "out.jsonl")
        assert refused.value.exit_code == status
        assert set(tomllib.loads("\n".join(refused.value.example))) == {"GPE Iran", "GPE Israel"}


def test_what_is_wrong_with_an_extractors_file_is_told_as_it_is(goldspan: Run, tmp_path: Path) -> None:
    table = tmp_path / "actors.tsv"
    table.write_text("hi\n")
    ran = goldspan("bench", GOLD, "--extractor", f"rules:actors={table}")
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"error: {table}:1: unknown column 'hi'. Fix: ") and ran.stderr.count("\n") == 1


def test_a_gold_that_an_extractor_cannot_read_at_all_is_no_score_of_zero(scheme: Scheme, tmp_path: Path) -> None:
    free = {"id": "a", "text_sha256": "0" * 64, "text_length": 5, "spans": []}
    gold = write_lines(tmp_path / "gold.jsonl", free)
    with pytest.raises(DataError, match="failed on 1 document, first 'a': has no text"):
        measure(str(gold), program(MARKING), scheme, tmp_path / "out.jsonl")


def test_wrong_calls_are_refused_before_anything_runs(goldspan: Run, tmp_path: Path) -> None:
    for args, status, lines in (
        ((tmp_path / "none.jsonl", "--extractor", "rules"), 1, 1),
        ((GOLD, "--extractor", "rules", "--extractor", "ruels", "--extractor", "rules:population=3"), 2, 2),
        ((GOLD,), 2, 1),
        (("-", "--extractor", "rules"), 2, 1),
    ):
        ran = goldspan("bench", *args)
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (status, "", lines), ran.stderr
