"""The commands of docs/another-field.md as they stand there: from an empty folder to a dataset, on the real server."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.sync.assignment import read_plan
from goldspan.corpus import read_records
from goldspan.eval import score
from goldspan.schema import Document, Scheme, Span, load_scheme
from goldspan.workflows.demo.dataset_loading import load_in_clean_environment
from tests.command import run_here
from tests.document_blocks import blocks
from tests.studio_server import Studio

pytestmark = pytest.mark.server

PAGE = (Path(__file__).parents[3] / "docs" / "another-field.md").read_text("utf-8")


def calls() -> Iterator[list[str]]:
    """All that the page has somebody type, in its order."""
    for block in blocks(PAGE):
        lines = block.body.splitlines()
        if block.language == "console":
            yield from (shlex.split(line[2:]) for line in lines if line.startswith("$ "))
        elif block.language == "sh":
            yield from map(shlex.split, lines)


class Project:
    """The page's folder and its people."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio, self.folder = studio, folder
        self.title = f"another field {uuid4().hex[:8]}"

    def run(self, words: list[str], status: int = 0) -> str:
        assert words[0] == "goldspan"
        done = run_here(*words[1:], env=self.studio.surroundings, cwd=self.folder)
        assert done.returncode == status, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    @property
    def scheme(self) -> Scheme:
        return load_scheme(self.folder / "scheme.toml")

    def documents(self, name: str) -> dict[str, Document]:
        return {document.id: document for document in read_records(self.folder / name, self.scheme)}

    def annotate(self, api: StudioClient, who: str, wanted: dict[str, Document]) -> None:
        """Submits what an annotator makes of each document."""
        project = find_project(api, read_plan(self.folder / "plan.json").project(who))
        assert project is not None
        for task in list(select_tasks(api, project, [], include="id,data", page_size=100)):
            document = wanted[task["data"]["doc_id"]]
            results = results_of(document, document.spans, self.scheme)
            api.http.post(f"/api/tasks/{task['id']}/annotations/", json={"result": results, "lead_time": 20})


def as_ben_reads(document: Document) -> Document:
    """Ben takes no name of a river for a place, and knows nothing of floods by storms."""
    spans: list[Span] = []
    for span in document.spans:
        if document.surface(span) == "Sturmflut" and span.value is not None:
            spans.append(replace(span, value=replace(span.value, art=("sturm",))))
        elif document.surface(span) != "Grauna":
            spans.append(span)
    return replace(document, spans=tuple(spans))


def test_the_commands_of_the_page_lead_from_an_empty_folder_to_a_dataset(studio: Studio, tmp_path: Path) -> None:
    project = Project(studio, tmp_path)
    for words in calls():
        match words[1:3]:
            case ["studio", "up" | "invite"]:  # it runs, and they have come
                continue
            case ["studio", "push"]:
                project.run([*words, "--project", project.title])
                told = project.documents("example-gold.jsonl")
                with studio_client(Connection(studio.url, studio.token)) as api:
                    project.annotate(api, "ann", told)
                    project.annotate(api, "ben", {name: as_ben_reads(one) for name, one in told.items()})
            case ["studio", "pull"]:
                project.run(words)
                passes = [project.documents(f"passes/{who}.jsonl") for who in ("ann", "ben")]
                assert [
                    {name: document.spans for name, document in one.items()} for one in passes
                ] == [
                    {name: one.spans for name, one in told.items()},
                    {name: as_ben_reads(one).spans for name, one in told.items()},
                ]  # fmt: skip
            case ["agree", _]:
                [pair] = json.loads(project.run([*words, "--json"]))["pairwise"]
                rivers = sum(one.surface(span) == "Grauna" for one in told.values() for span in one.spans)
                spans = sum(len(one.spans) for one in told.values())
                assert rivers == 5 and pair["strict_f1"] == pytest.approx(2 * (spans - rivers) / (2 * spans - rivers))
            case ["adjudicate", _] if "--conflicts" in words:
                project.run(words, status=1)
                path = tmp_path / "conflicts.jsonl"
                lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
                assert len(lines) == rivers + 2  # and the two of a storm surge
                decided = [{**line, "by": "cy", "reason": "as the guidelines say", "choose": "ann"} for line in lines]
                path.write_text("".join(f"{json.dumps(line)}\n" for line in decided), "utf-8")
            case _:
                project.run(words)
    gold = project.documents("gold.jsonl")
    assert {n: [(s.start, s.end, s.label, s.value) for s in one.spans] for n, one in gold.items()} == {
        n: [(s.start, s.end, s.label, s.value) for s in one.spans] for n, one in told.items()
    }
    loaded = load_in_clean_environment(tmp_path / "dataset", list(gold.values()))
    assert (loaded.documents, loaded.spans) == (12, spans)
    # what only one document has is not known from the others
    learnt = project.documents("learnt.jsonl")
    words_of = {n: {one.surface(span).casefold() for span in one.spans} for n, one in gold.items()}
    for name, document in learnt.items():
        others = set(chain.from_iterable(words for other, words in words_of.items() if other != name))
        assert {document.surface(span).casefold() for span in document.spans} <= others
    scores = score(tmp_path / "gold.jsonl", tmp_path / "learnt.jsonl", scheme=project.scheme, resamples=0)
    assert scores[0].spans.strict.labels["ORT"].f1 == pytest.approx(0.976, abs=0.001)
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "BETROFFENE" in report and "Überschwemmung" in report
