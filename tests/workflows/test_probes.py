"""`goldspan probe` tells a model that follows its codebook and its texts from one that goes by what it knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from goldspan.corpus.probing.probe_kinds import PROBES
from goldspan.schema import UsageError, conflict_scheme, parse_scheme
from goldspan.workflows.probing.run_probes import probe_extractor
from tests.conftest import Run, write_lines
from tests.local_server import local_server
from tests.played_models import TEXT, FollowingModel, KnowingModel

PAGE = Path(__file__).parents[2] / "docs" / "probe.md"
VERDICTS = {
    FollowingModel: dict.fromkeys("again rename swap shuffle exclude reverse numbers names".split(), "follows"),
    KnowingModel: {
        "again": "follows",
        "rename": "neither",
        "swap": "ignores",
        "shuffle": "follows",
        "exclude": "ignores",
        "reverse": "ignores",
        "numbers": "ignores",
        "names": "ignores",
    },
}


@pytest.fixture(autouse=True)
def _no_other_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOLDSPAN_LLM_URL", "OPENAI_BASE_URL", "GOLDSPAN_LLM_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=VERDICTS, ids=lambda model: model.__name__)
def model(request: pytest.FixtureRequest) -> Iterator[tuple[type[FollowingModel], str]]:
    played: type[FollowingModel] = request.param
    played.requests.clear()
    with local_server(played) as url:
        yield played, url


@pytest.fixture
def follower() -> Iterator[str]:
    FollowingModel.requests.clear()
    with local_server(FollowingModel) as url:
        yield url


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return write_texts(tmp_path, 12)


def write_texts(folder: Path, count: int) -> Path:
    lines: list[dict[str, Any]] = [{"id": f"r{n}", "text": TEXT.format(number=n), "spans": []} for n in range(count)]
    return write_lines(folder / "texts.jsonl", *lines)


def ended(done: CompletedProcess[str], status: int) -> CompletedProcess[str]:
    assert done.returncode == status, done.stderr
    return done


def spec(url: str, folder: Path, *more: str, name: str = "played") -> str:
    return ",".join([f"llm:{name},url={url},cache={folder / 'cache'},retries=0", *more])


def test_the_report_tells_a_model_that_follows_from_one_that_does_not(
    goldspan: Run, model: tuple[type[FollowingModel], str], texts: Path, tmp_path: Path
) -> None:
    played, url = model
    call = ["probe", spec(url, tmp_path, "values=true"), str(texts)]
    report = json.loads(goldspan(*call, "--json").stdout)
    assert {each["probe"]: each["verdict"] for each in report["probes"]} == VERDICTS[played]
    asked = len(played.requests)
    assert report["used"]["requests"] == asked
    answers = tmp_path / "answers.jsonl"
    shown = goldspan(*call, "--out", str(answers))
    assert len(played.requests) == asked  # the second call costs nothing and says the same
    assert shown.stdout in PAGE.read_text("utf-8")
    lines = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert [line["probe"] for line in lines[::12]] == list(VERDICTS[played])
    for figures in report["probes"]:  # the file has what the figures count
        judged = [each for line in lines if line["probe"] == figures["probe"] for each in line["expected"]]
        results = [each["result"] for each in judged if each["concerned"]]
        assert results.count("follows") == figures["spans"]["follow"]["value"] * figures["spans"]["follow"]["of"]
        assert (
            all(each["value"] == "as before" for each in judged if each["concerned"])
            or played is FollowingModel
            or (figures["probe"] not in ("numbers", "names"))
        )
    codebooks = [body["messages"][0]["content"] for body in played.requests]
    assert {codebooks.count(each) for each in set(codebooks)} == {
        12,
        36,
    }  # the unchanged one goes with changed texts too
    assert len(set(codebooks)) == 1 + sum(kind.changes != "text" for kind in PROBES.values())
    assert len({json.dumps(body, sort_keys=True) for body in played.requests}) == asked  # nothing is asked twice
    for told in ("Exception: ", "wherever the text has it right before"):
        assert codebooks and any(each.count(told) > 1 for each in codebooks)  # in the definition and the guidelines
    renamed = [body for body in played.requests if "LABEL_1" in body["messages"][0]["content"]]
    assert renamed and not any("ACTOR" in json.dumps(body) for body in renamed)  # guidelines and answers' schema too


def test_figures_depend_on_nothing_but_what_the_signature_states(follower: str, texts: Path, tmp_path: Path) -> None:
    reports = [
        probe_extractor(spec(follower, tmp_path / name), str(texts), conflict_scheme(), probes=["numbers"], seed=seed)
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    plain = [report.to_dict() for report in reports]
    assert plain[0] == plain[1] and plain[0]["signature"] != plain[2]["signature"]
    assert "values were not asked for" in " ".join(reports[0].notes)
    assert reports[0].probes[1].rates.values.of == 0


def test_a_document_that_fails_is_counted_and_the_others_are_judged(
    goldspan: Run, follower: str, texts: Path, tmp_path: Path
) -> None:
    call = spec(follower, tmp_path, name="fails")
    done = ended(goldspan("probe", call, str(texts), "--probe", "swap", "--json"), 1)
    report = json.loads(done.stdout)
    assert report["failed"] == ["r3"] and [each["documents"] for each in report["probes"]] == [11, 11]
    assert "1 answer failed" in done.stderr and "the model refused" in done.stderr


def test_a_model_that_fails_on_all_is_an_error(goldspan: Run, follower: str, tmp_path: Path) -> None:
    one = write_lines(tmp_path / "one.jsonl", {"id": "r3", "text": TEXT.format(number=3), "spans": []})
    done = ended(goldspan("probe", spec(follower, tmp_path, name="fails"), str(one)), 1)
    assert "one.jsonl: the extractor failed on 1 document, all there are" in done.stderr and not done.stdout


def test_all_probes_share_one_budget_and_continue_from_the_cache(goldspan: Run, follower: str, tmp_path: Path) -> None:
    texts = write_texts(tmp_path, 3)
    call = ["probe", spec(follower, tmp_path, "max_requests=3"), str(texts), "--probe", "shuffle"]
    for done in (3, 6):
        assert "max_requests=3 of all probes is used up" in ended(goldspan(*call), 3).stderr
        assert len(FollowingModel.requests) == done
    goldspan(*call)
    assert len(FollowingModel.requests) == 9


def test_gold_is_changed_as_the_input_is(goldspan: Run, follower: str, tmp_path: Path) -> None:
    text = TEXT.format(number=1)
    gold = [conflict_scheme().span(text.index(word), text.index(word) + len(word), label) for word, label in GOLD]
    spans = [{"start": span.start, "end": span.end, "label": span.label, "value": None} for span in gold]
    path = write_lines(tmp_path / "gold.jsonl", {"id": "r1", "text": text, "spans": spans})
    report = json.loads(goldspan("probe", spec(follower, tmp_path, "values=true"), str(path), "--json").stdout)
    found = {each["probe"]: each["gold"] for each in report["probes"]}
    assert found.pop("exclude") == {"f1_before": 1.0, "f1_after": None}  # nothing is left, in the gold and the answers
    assert all(figures == {"f1_before": 1.0, "f1_after": 1.0} for figures in found.values())
    assert report["probes"][0]["spans"]["follow"] == {"value": 1.0, "interval": None, "of": 4}


GOLD = (("Hamas", "ACTOR"), ("Caracas", "LOCATION"), ("12 May 2024", "DATE"), ("at least 40", "COUNT"))


def test_a_codebook_without_shipped_guidelines_is_probed_with_a_file_of_them(follower: str, tmp_path: Path) -> None:
    labels = {"WHO": {"definition": "Who acts."}, "WHERE": {"definition": "Where something is."}}
    scheme = parse_scheme({"name": "own", "version": 1, "labels": labels})
    guidelines = tmp_path / "rules.md"
    guidelines.write_text("WHO before WHERE.", "utf-8")
    texts = write_texts(tmp_path, 2)
    probed = probe_extractor(spec(follower, tmp_path, f"guidelines={guidelines}"), str(texts), scheme)
    assert [each.name for each in probed.probes] == ["again", "rename", "swap", "shuffle", "exclude"]
    assert {each.verdict.code for each in probed.probes} == {"follows"}
    systems = {body["messages"][0]["content"] for body in FollowingModel.requests}
    for ending in ("WHO before WHERE.", "LABEL_1 before LABEL_2.", "WHERE before WHO."):
        assert any(system.endswith(ending) for system in systems)


def test_what_cannot_follow_a_codebook_is_not_asked_to(goldspan: Run, texts: Path) -> None:
    report = json.loads(goldspan("probe", "rules", str(texts), "--n", "2", "--json").stdout)
    assert [each["probe"] for each in report["probes"]] == ["again", "numbers", "names"]
    assert report["probes"][0]["spans"]["follow"]["value"] == 1.0
    assert any("left out rename, swap, shuffle, exclude, reverse" in note for note in report["notes"])
    refused = ended(goldspan("probe", "rules", str(texts), "--probe", "swap"), 2).stderr
    assert "--probe swap has no effect: the extractor does not read the codebook" in refused


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown probe": ({"probes": ["swop"]}, "did you mean 'swap'"),
    "values of rules": ({"more": ["fill=true"]}, "Fix: leave out fill"),
    "one label": ({"labels": 1, "probes": ["swap"]}, "has one label only"),
    "no words to reverse": ({"labels": 2, "probes": ["reverse"]}, "`not_first`"),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_what_can_have_no_effect_is_refused_before_anything_is_asked(
    given: dict[str, Any], message: str, texts: Path, tmp_path: Path
) -> None:
    labels = {f"L{n}": {"definition": "Who."} for n in range(given.get("labels", 0))}
    scheme = parse_scheme({"name": "own", "version": 1, "labels": labels}) if labels else conflict_scheme()
    call = spec("http://127.0.0.1:9", tmp_path, *given.get("more", ()))
    with pytest.raises(UsageError, match=message):
        probe_extractor(call, str(texts), scheme, probes=given.get("probes", ()))


def test_a_label_map_fixes_the_names_of_labels(goldspan: Run, follower: str, texts: Path, tmp_path: Path) -> None:
    table = tmp_path / "map.toml"
    table.write_text('[labels]\nACTOR = "ACTOR"\n', "utf-8")
    call = spec(follower, tmp_path, f"map={table}")
    done = ended(goldspan("probe", call, str(texts), "--probe", "rename"), 2)
    assert "the extractor has a map, which fixes the names of labels" in done.stderr


def test_examples_from_a_gold_fix_the_names_of_labels(
    goldspan: Run, follower: str, texts: Path, tmp_path: Path
) -> None:
    call = spec(follower, tmp_path, "shots=1", f"gold={texts}")
    done = ended(goldspan("probe", call, str(texts), "--probe", "swap"), 2)
    assert "the extractor shows examples from a gold, whose labels keep their names" in done.stderr
