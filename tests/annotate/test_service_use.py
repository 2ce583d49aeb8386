"""Services that are asked by several requests at a time, within a budget, each a real server on loopback."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.services.concurrent_calls import call_in_order
from goldspan.annotate.adapters.services.kept_answers import kept_answers
from goldspan.annotate.adapters.services.retrying_service import RetryingService
from goldspan.annotate.adapters.services.service_usage import Price, ServiceUsage
from goldspan.annotate.extractor_specs import spec_for_workers, spec_of_result
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.schema import DataError, DependencyError, Document, Scheme, UsageError
from tests.conftest import Run, record, write_lines

from ..local_server import QuietHandler, local_server

PATIENCE = 20.0  # seconds until a test that waits for something else fails


class Service:
    """A chat endpoint, and at /records a service of records; both find "Iran".

    Attributes:
        texts: The texts of the requests, in the order in which they came.
        most: The largest number of requests at a time.
        answer_when: Called with the text of each request before it is answered; may wait, or return a status.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.most = 0
        self.states_usage = True
        self.answer_when: Callable[[str], int | None] = lambda _text: None
        self._now = 0
        self._lock = threading.Lock()

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            if path == "/records":
                records = [json.loads(line) for line in body.splitlines()]
                text = " ".join(item["text"] for item in records)
            else:
                text = json.loads(body)["messages"][1]["content"].partition("Text:\n")[2]
            with self._lock:
                self.texts.append(text)
            if status := self.answer_when(text):
                return status, b"no"
            if path == "/records":
                for item in records:
                    item["spans"] = [{"start": 0, "end": 4, "label": "ACTOR"}]
                return 200, "\n".join(map(json.dumps, records)).encode()
            spans = {"spans": [{"quote": "Iran", "label": "ACTOR"}]}
            usage = {"usage": {"prompt_tokens": 100, "completion_tokens": 10}} if self.states_usage else {}
            message = {"message": {"content": json.dumps(spans)}, "finish_reason": "stop"}
            return 200, json.dumps({"choices": [message], **usage}).encode()
        finally:
            with self._lock:
                self._now -= 1


@contextmanager
def served(service: Service) -> Iterator[str]:
    class Handler(QuietHandler):
        def respond(self) -> None:
            status, content = service.answer(self.path, self.body())
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with local_server(Handler) as url:
        yield url


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("GOLDSPAN_LLM_KEY", raising=False)
    return Service()


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with served(service) as url:
        yield url


def llm(url: str, cache: Path, *more: str) -> str:
    return ",".join([f"llm:m,url={url}/v1,cache={cache},retries=0,fill=false", *more])


def articles(number: int) -> list[Document]:
    return [Document(id=f"d{n}", text=f"Iran spoke on day {n}.", spans=()) for n in range(number)]


def test_as_many_requests_as_allowed_are_under_way_and_never_more(
    scheme: Scheme, service: Service, url: str, tmp_path: Path
) -> None:
    meeting = threading.Barrier(3)

    def meet(_text: str) -> None:
        meeting.wait(PATIENCE)  # no request is answered before three are there

    service.answer_when = meet
    for spec in (llm(url, tmp_path, "concurrency=3"), f"http:{url}/records,fill=false,concurrency=3"):
        layers = load_extractor(spec, scheme).extract(articles(9))
        assert [len(layer) for layer in layers] == [1] * 9
        assert service.most == 3
    assert len(service.texts) == 9 + 3  # a text each, and a batch in three parts


def test_spans_do_not_depend_on_the_number_of_requests_or_the_order_of_the_answers(
    scheme: Scheme, service: Service, url: str, tmp_path: Path
) -> None:
    last_answered = threading.Event()

    def last_first(text: str) -> None:
        if "day 0" in text:
            last_answered.wait(PATIENCE)
        elif "day 3" in text:
            last_answered.set()

    lines = {}
    for number in (1, 4):
        service.answer_when = last_first if number == 4 else lambda _text: None
        for kind, spec in (("llm", llm(url, tmp_path / str(number))), ("http", f"http:{url}/records,fill=false")):
            last_answered.clear()
            extractor = load_extractor(f"{spec},concurrency={number}", scheme)
            lines[kind, number] = [o.line for o in annotate_documents(articles(4), extractor, scheme)]
    for kind in ("llm", "http"):
        assert lines[kind, 1] == lines[kind, 4] and all(lines[kind, 1])


def test_one_request_at_a_time_asks_in_the_order_of_the_documents(
    scheme: Scheme, service: Service, url: str, tmp_path: Path
) -> None:
    load_extractor(llm(url, tmp_path, "concurrency=1"), scheme).extract(articles(5))
    assert service.texts == [document.text for document in articles(5)]
    assert service.most == 1


def test_a_document_that_fails_costs_only_itself_and_is_asked_for_once(
    scheme: Scheme, service: Service, url: str, tmp_path: Path
) -> None:
    service.answer_when = lambda text: 400 if "day 2" in text else None
    for spec in (llm(url, tmp_path, "concurrency=2"), f"http:{url}/records,retries=0,fill=false,concurrency=2"):
        outcomes = list(annotate_documents(articles(5), load_extractor(spec, scheme), scheme))
        assert [outcome.problem is None for outcome in outcomes] == [True, True, False, True, True]
        assert outcomes[2].problem is not None and "status 400: no" in outcomes[2].problem.what
    # of the service that takes several documents at once, those of the part that failed are asked for again
    assert len(service.texts) == 5 + 2 + 3


def test_the_same_text_twice_is_asked_for_once(scheme: Scheme, service: Service, url: str, tmp_path: Path) -> None:
    twice = [Document(id=name, text="Iran spoke.", spans=()) for name in "abcd"]
    [outcome, *others] = annotate_documents(twice, load_extractor(llm(url, tmp_path, "concurrency=4"), scheme), scheme)
    assert len(service.texts) == 1 and not any(other.problem for other in others)
    assert outcome.tally is not None and outcome.tally["answers from the cache"] == 3


def test_no_call_begins_after_an_error_that_ends_all_and_those_under_way_are_awaited() -> None:
    all_there, gone = threading.Barrier(3), threading.Event()
    begun, ended = [], []

    def call(number: int) -> int:
        begun.append(number)
        if number < 3:
            all_there.wait(PATIENCE)
        if number == 1:
            gone.set()
            raise DependencyError("gone")
        gone.wait(PATIENCE)
        ended.append(number)
        return number

    results = list(call_in_order(call, range(100_000), 3))
    assert results[0] == 0 and str(results[1]) == "gone" and len(results) == 2
    assert len(begun) < 100_000 and sorted(begun) == sorted([1, *ended])


def test_a_call_that_nobody_waits_for_sends_nothing_more() -> None:
    abandoned, refused = threading.Event(), threading.Event()

    def call(number: int) -> None:
        if number == 1:
            abandoned.wait(PATIENCE)
            try:
                ServiceUsage().begin_request()
            except DependencyError:
                refused.set()

    results = call_in_order(call, range(2), 2)
    assert next(results) is None
    results.close()  # type: ignore[attr-defined]
    abandoned.set()
    assert refused.wait(PATIENCE)


BUDGETS = {
    "requests": ("max_requests=2", 1),
    "requests, two at a time": ("max_requests=2", 2),
    "tokens": ("max_tokens=220", 1),
}


@pytest.mark.parametrize(("budget", "concurrency"), BUDGETS.values(), ids=BUDGETS)
def test_a_budget_ends_the_run_which_continues_with_another(
    goldspan: Run, service: Service, url: str, tmp_path: Path, budget: str, concurrency: int
) -> None:
    source = write_lines(tmp_path / "in.jsonl", *(record(d.id, d.text or "") for d in articles(5)))
    out, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    meeting = threading.Barrier(concurrency)

    def meet(_text: str) -> None:
        meeting.wait(PATIENCE)

    def run(target: Path, *more: str) -> Any:
        return goldspan("annotate", source, "--extractor", llm(url, tmp_path / "cache", *more), "--out", target)

    service.answer_when = meet
    ended = run(out, budget, "price=1/20", f"concurrency={concurrency}")
    assert (ended.returncode, out.exists()) == (3, False)
    used = "2 requests, 200 tokens sent, 20 tokens answered, cost: 0.0006"
    assert f"the budget {budget} of this run is used up ({used}). Fix: the same command again, " in ended.stderr
    assert "2 documents done; the same command continues from there" in ended.stderr
    assert len(service.texts) == 2
    service.answer_when = lambda _text: None
    continued = run(out, "max_requests=9", "price=1/20")
    assert continued.returncode == 0, continued.stderr
    assert "continuing an interrupted run: 2 documents done already" in continued.stderr
    assert "requests: 3\n" in continued.stderr and "cost: 0.0009\n" in continued.stderr
    assert "from the cache" not in continued.stderr  # the journal has them
    assert run(whole).returncode == 0
    assert whole.read_bytes() == out.read_bytes()


def test_a_budget_of_a_service_of_records_keeps_the_parts_that_came(
    goldspan: Run, service: Service, url: str, tmp_path: Path
) -> None:
    source = write_lines(tmp_path / "in.jsonl", *(record(d.id, d.text or "") for d in articles(4)))
    spec = f"http:{url}/records,fill=false,concurrency=2,max_requests=1"
    ended = goldspan("annotate", source, "--extractor", spec, "--out", tmp_path / "out.jsonl")
    assert ended.returncode == 3 and "(1 request). Fix: " in ended.stderr
    assert "2 documents done" in ended.stderr
    again = goldspan("annotate", source, "--extractor", spec, "--out", tmp_path / "out.jsonl")
    assert "2 documents done already" in again.stderr
    assert len(service.texts) == 2


def test_repetitions_count_and_each_run_has_the_whole_budget(scheme: Scheme, service: Service, url: str) -> None:
    service.answer_when = lambda _text: 503 if len(service.texts) == 1 else None
    extractor = load_extractor(f"http:{url}/records,max_requests=2,concurrency=1,fill=false", scheme)
    for _ in range(2):
        [outcome] = annotate_documents(articles(1), extractor, scheme)
        assert outcome.problem is None
    assert len(service.texts) == 3
    extractor.extract(articles(1))
    extractor.extract(articles(1))
    with pytest.raises(DependencyError, match=r"max_requests=2 of this run is used up \(2 requests\)"):
        extractor.extract(articles(1))


def test_a_budget_that_cannot_be_kept_is_refused(
    scheme: Scheme, service: Service, url: str, tmp_path: Path, goldspan: Run
) -> None:
    service.states_usage = False
    extractor = load_extractor(llm(url, tmp_path, "max_tokens=500"), scheme)
    with pytest.raises(DependencyError, match=r"does not state how many tokens it used.*Fix: max_requests=N"):
        extractor.extract(articles(1))
    priced = load_extractor(llm(url, tmp_path / "other", "price=1/2"), scheme)
    [outcome] = annotate_documents(articles(1), priced, scheme)
    assert outcome.tally is not None
    assert outcome.tally["answers that state no tokens, which are missing in tokens and cost"] == 1
    source = write_lines(tmp_path / "in.jsonl", record("a", "Iran"))
    for spec in (llm(url, tmp_path, "max_requests=5"), f"http:{url}/records,max_requests=5"):
        refused = goldspan("annotate", source, "--extractor", spec, "--out", tmp_path / "o.jsonl", "--workers", "2")
        assert refused.returncode == 2 and "max_requests can be kept by one process only. Fix: 1 as " in refused.stderr


def test_workers_share_the_requests_at_a_time(scheme: Scheme) -> None:
    spec = "http:http://127.0.0.1:9/a,b,concurrency=6,retries=1"
    extractor = load_extractor(spec, scheme)
    assert spec_for_workers(spec, extractor, 1) == spec
    assert spec_for_workers(spec, extractor, 4) == "http:http://127.0.0.1:9/a,b,retries=1,concurrency=1"
    assert spec_for_workers("rules", load_extractor("rules", scheme), 9) == "rules"
    with pytest.raises(UsageError, match="6 requests at a time are too few for 7 workers"):
        list(annotate_documents([], extractor, scheme, workers=7, spec=spec))


def test_what_no_span_depends_on_does_not_tell_runs_apart() -> None:
    assert spec_of_result("llm:m,url=u,concurrency=9,price=1/2,piece=300,max_tokens=7") == "llm:m,url=u,piece=300"
    assert spec_of_result("http:http://x/y,max_requests=9") == "http:http://x/y"
    assert spec_of_result("rules:population=500") == "rules:population=500"


WRONG = {
    "price=1": "price of tokens sent and answered. Fix: price=0.15/0.60",
    "price=1/-2": "price of tokens",
    "price=nan/1": "price of tokens",
    "concurrency=0": "concurrency=0 is less than 1",
    "max_requests=0": "max_requests=0 is less than 1",
    "max_tokens=-5": "max_tokens=-5 is less than 1",
}


@pytest.mark.parametrize(("argument", "message"), WRONG.items(), ids=WRONG)
def test_wrong_numbers_are_refused(scheme: Scheme, tmp_path: Path, argument: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_extractor(llm("http://127.0.0.1:9", tmp_path, argument), scheme)


def test_a_wait_that_a_service_asks_for_is_said_and_counted(service: Service) -> None:
    waits: list[float] = []
    notes: list[str] = []
    tally: Counter[str] = Counter()

    class Busy(QuietHandler):
        def respond(self) -> None:
            self.body()
            service.texts.append("")
            self.send_response(429 if len(service.texts) < 3 else 200)
            self.send_header("Retry-After", ["20", "3600", "0"][len(service.texts) - 1])
            self.send_header("Content-Length", "0")
            self.end_headers()

    usage = ServiceUsage(price=Price(1, 1))
    with local_server(Busy) as url:
        busy = RetryingService(url, timeout=PATIENCE, retries=4, usage=usage, sleep=waits.append)
        busy.note = notes.append
        busy.post(b"", content_type="text/plain")
    usage.report(tally)
    assert waits == [20, 60]
    assert notes == [
        "the service asks to wait 20 seconds: waiting that long, then asking again",
        "the service asks to wait 3,600 seconds: waiting 60 of these seconds, then asking again",
    ]
    assert tally == {"requests": 3, "seconds waited as the service asked": 80}


def test_a_budget_holds_for_a_run_over_shards(goldspan: Run, service: Service, url: str, tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    for shard in range(3):
        texts = (document.text or "" for document in articles(2 * shard + 2)[2 * shard :])
        write_lines(corpus / f"{shard}.jsonl", *(record(f"{shard}-{n}", text) for n, text in enumerate(texts)))

    def run(*more: str, workers: int = 1) -> Any:
        spec = llm(url, tmp_path / "cache", *more)
        return goldspan("annotate", corpus, "--extractor", spec, "--out", out, "--workers", workers)

    assert "max_requests can be kept by one process only" in run("max_requests=3", workers=2).stderr
    ended = run("max_requests=3")
    assert ended.returncode == 3 and "max_requests=3 of this run is used up (3 requests" in ended.stderr
    continued = run("max_requests=3", "price=1/1")  # with the whole budget again, as in another process
    assert continued.returncode == 0, continued.stderr
    assert "1 shard done already" in continued.stderr and "answers from the cache: 1" in continued.stderr
    assert "requests: 3" in continued.stderr  # of this run; those before are told by the error
    assert len(service.texts) == 6


def test_no_answer_to_an_unfinished_shard_is_asked_for_twice(
    service: Service, url: str, tmp_path: Path, goldspan: Run
) -> None:
    corpus, out = tmp_path / "news", tmp_path / "out"
    corpus.mkdir()
    for shard in "ab":
        write_lines(corpus / f"{shard}.jsonl", *(record(f"{shard}{n}", f"Iran spoke on {shard}{n}.") for n in range(4)))
    spec = f"http:{url}/records,fill=false,concurrency=4,retries=0"
    service.answer_when = lambda text: 503 if text == "Iran spoke on b3." else None
    call = ("annotate", corpus, "--out", out, "--extractor")
    assert goldspan(*call, f"{spec},max_requests=7").returncode == 3  # the budget ends the run before the last document
    asked = Counter(service.texts)
    assert sum(asked.values()) == 7 and max(asked.values()) == 1
    kept = out / "_goldspan" / "b.jsonl.answers"
    assert kept.is_file() and not (out / "_goldspan" / "a.jsonl.answers").exists()
    kept.write_bytes(kept.read_bytes() + b"cut")  # as by a process that was killed while it wrote
    service.answer_when = lambda _text: None
    done = goldspan(*call, spec)
    assert done.returncode == 0, done.stderr
    told = r"answers of 20\d\d-\d\d-\d\d kept from an interrupted run \(if .*: version=NAME with --overwrite .*\): 3\n"
    assert re.search(told, done.stderr)
    assert Counter(service.texts) == Counter(dict.fromkeys(asked, 1)) + Counter(["Iran spoke on b3."])
    assert not kept.exists()
    assert goldspan("annotate", corpus, "--out", tmp_path / "new", "--extractor", spec).returncode == 0
    assert (tmp_path / "new" / "b.jsonl").read_bytes() == (out / "b.jsonl").read_bytes()
    assert sum(service.texts.count(text) for text in asked) == 14  # finished shards keep no answers


def test_another_version_of_a_service_is_asked_again_for_what_was_kept(
    service: Service, url: str, tmp_path: Path, goldspan: Run
) -> None:
    corpus, out = tmp_path / "news", tmp_path / "out"
    corpus.mkdir()
    for shard in "ab":
        write_lines(corpus / f"{shard}.jsonl", *(record(f"{shard}{n}", f"Iran spoke on {shard}{n}.") for n in range(2)))
    spec = f"http:{url}/records,fill=false,concurrency=2,retries=0"
    call = ("annotate", corpus, "--out", out, "--extractor")
    assert goldspan(*call, f"{spec},max_requests=3").returncode == 3  # one answer to the second shard is kept
    assert (out / "_goldspan" / "b.jsonl.answers").stat().st_size
    asked = Counter(service.texts)
    refused = goldspan(*call, f"{spec},version=2")
    assert refused.returncode == 2
    assert "holds the result of other work" in refused.stderr and Counter(service.texts) == asked
    done = goldspan(*call, f"{spec},version=2", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert "kept" not in done.stderr
    assert Counter(service.texts) - asked == Counter(f"Iran spoke on {name}." for name in ("a0", "a1", "b0", "b1"))
    assert not list((out / "_goldspan").glob("*.answers"))


def test_a_run_says_where_no_answers_are_kept(service: Service, url: str, tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "news").mkdir()
    write_lines(tmp_path / "news" / "a.jsonl", record("a", "Iran spoke."))
    call = ("annotate", tmp_path / "news", "--out", f"file://{tmp_path}/out", "--extractor")
    spec = f"http:{url}/records,fill=false"
    for extractor, told in (
        (spec, True),
        ("command:cat", False),
        (f"combined:command:cat + {spec.replace(',', ';')}", True),
    ):
        ran = goldspan(*call, extractor, "--overwrite")
        assert ran.returncode == 0, ran.stderr
        assert ("all of it is asked for again, as files cannot grow at addresses" in ran.stderr) == told


def test_an_answer_kept_by_an_earlier_version_has_no_day(tmp_path: Path) -> None:
    kept = tmp_path / "answers"
    kept.write_bytes(sha256(b"asked").digest() + (3).to_bytes(8) + b"yes")
    with kept_answers(kept) as answers:
        answers.add(b"now", b"no")
        earlier, later = answers.get(b"asked"), answers.get(b"now")
    assert earlier is not None and earlier.answer == b"yes" and earlier.event.startswith("answers kept from")
    assert later is not None and later.answer == b"no" and later.event.startswith("answers of 20")


def test_an_answer_that_cannot_be_used_is_not_kept(scheme: Scheme, service: Service, url: str, tmp_path: Path) -> None:
    extractor = load_extractor(f"http:{url}/records,fill=false,concurrency=1,retries=0", scheme)
    loading = iter([200])
    service.answer_when = lambda _text: next(loading, None)  # a body that is no record
    found = []
    for _ in range(3):
        with extractor.keeping_answers(tmp_path / "answers"):  # type: ignore[attr-defined]
            found += extractor.extract_each(articles(1))  # type: ignore[attr-defined]
    assert isinstance(found[0], DataError) and found[1] == found[2] and len(found[1]) == 1
    assert len(service.texts) == 2


def test_services_that_are_combined_keep_their_answers_apart(
    scheme: Scheme, service: Service, url: str, tmp_path: Path
) -> None:
    urls = (url, url.replace("127.0.0.1", "localhost"))
    spec = "combined:" + " + ".join(f"http:{each}/records;fill=false;concurrency=1" for each in urls)
    answers, kept = [], tmp_path / "answers"
    for _ in range(2):
        extractor = load_extractor(spec, scheme)
        with extractor.keeping_answers(kept):  # type: ignore[attr-defined]
            answers.append(extractor.extract(articles(2)))
    assert answers[0] == answers[1]
    assert len(service.texts) == 2
