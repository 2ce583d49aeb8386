"""Withdrawal on the real server: of a withdrawn document nothing is left there, and nothing comes back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.corpus import read_records
from goldspan.schema import Document, Scheme
from goldspan.schema.files.scheme_writer import scheme_toml
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio

from .test_push_pull import Desk

pytestmark = pytest.mark.server

SECRET = "Zephyrina Quillfeather told the Ostrogothic Lancers near Wexcombe that the granary had burnt to the ground."
OTHER = "Iran struck three bases near Kyiv on Friday."
WORDS = (b"Quillfeather", b"Ostrogothic", b"Wexcombe", b"granary", b"wexcombe-lancers", b"secret-id-77")


@pytest.fixture
def desk(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    Path("goldspan.toml").touch()
    desk = Desk(studio, tmp_path / "project")
    yield desk
    desk.api.close()


def withdraw(desk: Desk, *arguments: str, status: int = 0) -> CompletedProcess[str]:
    call = ("withdraw", *arguments, "--reason", "the publisher asked", "--project", desk.title)
    done = run_here(*call, env=desk.surroundings)
    assert done.returncode == status, done.stderr
    return done


def marked(document: Document, scheme: Scheme) -> list[dict[str, Any]]:
    """What an annotator leaves who names an actor that no list has."""
    named = scheme.span(32, 51, "ACTOR", id="wexcombe-lancers", kind="armed_group")
    return [item | {"origin": "manual"} for item in results_of(document, [named], scheme)]


def test_a_withdrawn_document_leaves_the_server_the_folder_and_the_next_push(
    desk: Desk, studio: Studio, scheme: Scheme
) -> None:
    actor = span(32, 51, "ACTOR", None)
    secret = record("secret-id-77", SECRET, spans=[actor], layer={"annotator": "rules"})
    rest = [record("b", OTHER, spans=[]), record("copy", f"  {SECRET.replace(' ', '  ')}\n", spans=[])]
    corpus = write_lines(desk.folder / "corpus.jsonl", secret, *rest)
    aside = desk.folder.parent / "aside.jsonl"
    aside.write_bytes(corpus.read_bytes())
    desk.push(corpus)
    tasks = desk.tasks()
    document = next(item for item in read_records(corpus, scheme) if item.id == "secret-id-77")
    desk.annotate(tasks["secret-id-77"]["id"], marked(document, scheme))
    desk.draft(tasks["secret-id-77"]["id"], result=marked(document, scheme))
    desk.annotate(tasks["b"]["id"], [])
    remarks = desk.pull()["remarks"]
    assert any("1 new id in its lists" in remark for remark in remarks)
    assert left_in(desk.folder, studio.folder)

    planned = withdraw(desk, "secret-id-77", "--dry-run", "--json")
    assert set(desk.tasks()) == {"secret-id-77", "b", "copy"}
    [project] = json.loads(planned.stdout)["projects"]
    assert (project["tasks"], project["annotated"], project["drafts"]) == (2, 1, 1)
    done = json.loads(withdraw(desk, "secret-id-77", "--json").stdout)
    assert done["projects"][0]["list_entries"] == 1
    assert set(desk.tasks()) == {"b"}
    assert left_in(desk.folder, studio.folder) == {"withdrawn.jsonl": {b"secret-id-77"}}

    (desk.folder / "again.jsonl").write_bytes(aside.read_bytes())
    pushed = desk.run("push", desk.folder / "again.jsonl")
    assert "left out: 2 withdrawn documents" in pushed.stderr
    assert "the text of 'secret-id-77' under another id" in pushed.stderr
    assert set(desk.tasks()) == {"b"}
    assert not desk.pull()["whole"]  # what the cache has is what the server has
    (desk.folder / "again.jsonl").unlink()
    assert left_in(desk.folder, studio.folder) == {"withdrawn.jsonl": {b"secret-id-77"}}


def test_work_on_a_withdrawn_document_that_a_server_still_has_is_not_pulled(desk: Desk, studio: Studio) -> None:
    corpus = write_lines(desk.folder / "corpus.jsonl", record("secret-id-77", SECRET), record("b", OTHER))
    desk.push(corpus)
    for task in desk.tasks().values():
        desk.annotate(task["id"], [])
    call = ("withdraw", "secret-id-77", "--reason", "the publisher asked", "--project", f"{desk.title}-x")
    assert "has no project" in run_here(*call, env=desk.surroundings).stderr
    other = write_lines(desk.folder / "b.jsonl", record("b", OTHER))
    pushed = run_here("studio", "push", other, "--project", f"{desk.title}-x", env=desk.surroundings)
    assert pushed.returncode == 0, pushed.stderr
    told = run_here(*call, env=desk.surroundings)
    assert f"project {desk.title!r} at {desk.project.url}, which holds the document too" in told.stderr
    assert set(desk.tasks()) == {"secret-id-77", "b"}
    pulled = desk.pull()
    assert any("left out work on 1 withdrawn document" in remark for remark in pulled["remarks"])
    assert [file["documents"] for file in pulled["files"]] == [1]
    assert set(left_in(desk.folder)) == {"withdrawn.jsonl"}
    withdraw(desk, "secret-id-77")  # the list alone knows the text by now
    assert set(desk.tasks()) == {"b"}


def test_projects_are_those_of_the_scheme_unless_they_are_named(desk: Desk, scheme: Scheme) -> None:
    own = desk.folder / "own.toml"
    own.write_text(scheme_toml(dataclasses.replace(scheme, name=desk.title)), encoding="utf-8")
    corpus = write_lines(desk.folder / "corpus.jsonl", record("secret-id-77", SECRET), record("b", OTHER))
    done = run_here("studio", "push", corpus, "--scheme", own, env=desk.surroundings)
    assert done.returncode == 0, done.stderr
    call = ("withdraw", "secret-id-77", "--reason", "x", "--dry-run", "--json")
    elsewhere = json.loads(run_here(*call, env=desk.surroundings).stdout)
    here = json.loads(run_here(*call, "--scheme", own, env=desk.surroundings).stdout)
    assert [item["title"] for item in elsewhere["projects"]] == []
    assert [item["title"] for item in here["projects"]] == [f"{desk.title}@{scheme.version}"]


def left_in(*folders: Path) -> dict[str, set[bytes]]:
    """The words that tell of the document, by the file whose bytes have them, unpacked if they are packed."""
    found: dict[str, set[bytes]] = {}
    for folder in folders:
        for path in (path for path in folder.rglob("*") if path.is_file()):
            data = path.read_bytes()
            if path.suffix == ".zst":
                import pyarrow as pa

                data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
            if words := {word for word in WORDS if word in data}:
                found[path.name] = words
    return found
