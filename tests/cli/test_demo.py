"""`goldspan demo`: the loop from articles to scores, whose account is held against the files it names."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.corpus import load, read_records
from goldspan.corpus.formats import export_documents
from goldspan.corpus.formats.huggingface.hub_format import HUB
from goldspan.corpus.release.editions import edition
from goldspan.eval.matching.match_counts import MEASURES
from goldspan.schema import DataError, Document, Scheme, Span, UsageError
from goldspan.workflows.cross_validation import predict_held_out
from goldspan.workflows.demo import demo_steps
from goldspan.workflows.demo.artifact_cache import MADE, ArtifactCache, code_sha256
from goldspan.workflows.demo.dataset_loading import load_in_clean_environment
from goldspan.workflows.demo.run_demo import STEPS
from tests.command import GOLDSPAN, run_here
from tests.conftest import Run
from tests.studio_server import Studio

Done = subprocess.CompletedProcess[str]


def demo(folder: Path, *more: str, **surroundings: Any) -> Done:
    done = run_here("demo", *more, cwd=folder, **surroundings)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def short_training() -> Iterator[None]:
    """The demo trains for one epoch only: what is tested is what becomes of the pipelines, not how good they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_steps, "EPOCHS", 1)
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, short_training: None) -> tuple[Path, Done]:
    """A folder with a demo that was interrupted while it trained, and then done; and what the second command said."""
    folder = tmp_path_factory.mktemp("first")
    command = [str(GOLDSPAN), "demo", "--no-studio"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " train: " in line:  # the step that takes longest is the one that people interrupt
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
    assert process.returncode == 130
    assert "to continue: goldspan demo --out demo --no-studio" in rest and "Traceback" not in rest
    assert not [path for path in folder.rglob("*") if path.name.endswith((".part", ".old"))]
    return folder, demo(folder, "--no-studio", "--json")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def hold_against_files(account: dict[str, Any], folder: Path) -> None:
    """Every word of an account that a file or another command can vouch for."""

    def said(*arguments: object) -> Any:
        done = run_here(*arguments, "--json", cwd=folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    files = account["files"]
    assert all((folder / path).exists() for path in files.values())
    stats = said("corpus", "stats", files["gold"])
    assert account["spans"] == {label: told["spans"] for label, told in stats["labels"].items()}
    assert (account["articles"], account["words"]) == (stats["documents"], stats["words"])
    scores = said("score", files["gold"], files["suggestions"], files["trained"], "--html", "again.html")
    assert scores == json.loads((folder / files["scores"]).read_text("utf-8"))
    assert (folder / "again.html").read_bytes() == (folder / files["report"]).read_bytes()
    assert account["scores"] == {
        system["name"]: {
            **{measure: system["spans"][measure]["micro"]["f1"] for measure in MEASURES},
            "values": {label: told["value_f1"] for label, told in system["values"].items()},
        }
        for system in scores["systems"]
    }
    agreement = said("agree", *sorted((folder / files["passes"]).iterdir()))
    assert agreement == json.loads((folder / files["agreement"]).read_text("utf-8"))
    [pair] = agreement["pairwise"]
    figures = {"strict F1": pair["strict_f1"], "alpha-u": agreement["alpha_u"], "kappa": agreement["token_kappa"]}
    assert account["agreement"] == figures
    dataset = load(folder / files["dataset"])
    assert dataset.fingerprint == load(folder / files["gold"]).fingerprint == edition().sha256
    assert sum(account["dataset"]["spans"].values()) == len(dataset)
    assert sum(account["dataset"]["passes"].values()) == len(dataset) * len(list((folder / files["passes"]).iterdir()))
    for command in account["next"]:
        words = command.split()
        assert words[0] == "goldspan"
        assert all((folder / word).exists() for word in words if word.startswith("demo/"))


@pytest.mark.slow
def test_a_demo_that_was_interrupted_goes_on_and_a_second_one_changes_nothing(first: tuple[Path, Done]) -> None:
    folder, done = first
    account = json.loads(done.stdout)
    assert account["studio"] is None and "pulled" not in account["files"]
    steps = [step for step in STEPS if not step.server]
    assert all(
        f"{n}/{len(steps)} {step.name}: {step.description}\n" in done.stderr for n, step in enumerate(steps, start=1)
    )
    hold_against_files(account, folder)

    before = contents(folder / "demo")
    second = demo(folder, "--no-studio")
    assert "reused from an earlier run" in second.stderr and "reused from an earlier run" not in done.stderr
    assert contents(folder / "demo") == before
    for name, figures in account["scores"].items():
        cells = [f"{figures[measure]:.3f}" for measure in MEASURES]
        assert [name, *cells] == next(x for x in map(str.split, second.stdout.splitlines()) if x and x[0] == name)[:5]
    assert all(path in second.stdout for path in [*account["files"].values(), *account["next"]])


@pytest.mark.server
@pytest.mark.slow
def test_the_gold_goes_through_the_server_and_peoples_work_is_left_alone(
    own_studio: Studio, first: tuple[Path, Done], tmp_path: Path
) -> None:
    shutil.copytree(first[0] / "demo", tmp_path / "demo")
    done = demo(tmp_path, env=own_studio.surroundings)
    told = done.stdout + done.stderr
    assert "280 spans came back unchanged" in told and own_studio.url in told
    assert own_studio.token not in told and own_studio.credentials["password"] not in told
    pulled = load(tmp_path / "demo" / "pulled.jsonl")
    assert pulled.fingerprint == edition().sha256
    before = contents(tmp_path / "demo")
    second = demo(tmp_path, "--json", env=own_studio.surroundings)
    assert "5 unchanged" in second.stderr
    assert contents(tmp_path / "demo") == before
    account = json.loads(second.stdout)
    hold_against_files(account, tmp_path)
    assert account["studio"]["running"] and own_studio.run("status").returncode == 0
    with studio_client(Connection(own_studio.url, own_studio.token)) as api:
        [project] = api.http.get("/api/projects/").json()["results"]
        assert account["studio"]["project"] == f"{own_studio.url}/projects/{project['id']}"
        assert account["studio"]["username"] == own_studio.credentials["username"]
        task = next(
            iter(api.http.get("/api/tasks/", params={"project": project["id"], "fields": "all"}).json()["tasks"])
        )
        [work] = api.http.get(f"/api/tasks/{task['id']}/annotations/").json()
        api.http.patch(f"/api/annotations/{work['id']}/", json={"result": work["result"][:1]})
        stopped = demo(tmp_path, "--stop-studio", env=own_studio.surroundings)
        assert "1 article annotated differently by a person since" in stopped.stderr
    assert "the server was stopped" in stopped.stdout and own_studio.run("status").returncode == 3


def short(scheme: Scheme) -> list[Document]:
    said = ["Iran struck Kyiv.", "Mali struck Goma.", "Iran left Goma.", "Mali left Kyiv."]
    spans = (Span(0, 4, "ACTOR"),)
    return [Document(id=f"d{n}", text=text, spans=spans) for n, text in enumerate(said)]


def test_no_article_is_read_by_a_pipeline_that_has_seen_its_gold(scheme: Scheme) -> None:
    gold = short(scheme)
    found = {d.id: d.spans for d in predict_held_out(gold, scheme, len(gold), seed=0, epochs=20)}
    assert any(found.values())
    for number, document in enumerate(gold):
        other = [*gold[:number], replace(document, spans=(Span(5, 9, "DATE"),)), *gold[number + 1 :]]
        again = {d.id: d.spans for d in predict_held_out(other, scheme, len(gold), seed=0, epochs=20)}
        assert again[document.id] == found[document.id]


def test_a_costly_file_is_kept_only_while_it_and_all_it_was_made_of_are_the_same(tmp_path: Path) -> None:
    of, path = {"gold": "a", "spacy": "1"}, tmp_path / "demo" / "trained.jsonl"
    kept = ArtifactCache(tmp_path / "demo")
    assert not kept.holds(path.name, of)
    path.write_text("x")
    assert not kept.holds(path.name, of)
    kept.note(path.name, of)
    assert ArtifactCache(tmp_path / "demo").holds(path.name, of)
    assert not kept.holds(path.name, {**of, "spacy": "2"})
    path.write_text("y")
    assert not kept.holds(path.name, of)
    (tmp_path / "demo" / MADE).write_text("[]")
    assert not ArtifactCache(tmp_path / "demo").holds(path.name, of)
    assert code_sha256("goldspan.seeds") == code_sha256("goldspan.seeds") != code_sha256("goldspan.docs")


def test_a_folder_of_someone_elses_files_is_left_as_it_is(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "mine").write_text("mine")
    done = goldspan("demo", "--no-studio", "--out", tmp_path)
    assert done.returncode == 2 and "holds files that no demo made. Fix: another folder for --out" in done.stderr
    assert contents(tmp_path) == {tmp_path / "dataset" / "mine": b"mine"}
    with pytest.raises(UsageError):
        ArtifactCache(tmp_path)
    blocked = tmp_path / "dataset" / "mine"
    done = goldspan("demo", "--no-studio", "--out", blocked)
    assert done.returncode == 3 and "Fix: another folder for --out" in done.stderr


def test_a_dataset_that_is_not_the_gold_is_noticed(scheme: Scheme, tmp_path: Path) -> None:
    gold = list(read_records(str(edition().folder.joinpath("gold.jsonl")), scheme))
    less = [replace(gold[0], spans=gold[0].spans[1:]), *gold[1:]]
    export_documents(less, HUB, tmp_path / "dataset", scheme)
    loaded = load_in_clean_environment(tmp_path / "dataset", less)
    assert (loaded.documents, loaded.spans, loaded.rows["spans"]) == (5, 279, {"test": 5})
    with pytest.raises(DataError, match="differs from the gold"):
        load_in_clean_environment(tmp_path / "dataset", gold)
    next((tmp_path / "dataset" / "spans").iterdir()).write_bytes(b"no Parquet")
    with pytest.raises(DataError, match="load_dataset failed"):
        load_in_clean_environment(tmp_path / "dataset", gold)
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]  # the cache is gone
