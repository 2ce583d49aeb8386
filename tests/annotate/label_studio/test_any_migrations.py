"""A property on the real server: any migrations of a project, forth and back, lose nothing of what people did in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.migration.name_reuse import check_reused_names
from goldspan.corpus import read_records
from goldspan.schema import (
    DataError,
    Document,
    Layer,
    Migration,
    RecordCodec,
    Scheme,
    Span,
    parse_migration,
    parse_scheme,
    save_scheme,
)

from ...schema.scheme_changes import TEXT, answered, changes, scheme_tables, spans_of
from ...studio_server import Studio

pytestmark = pytest.mark.server

EXAMPLES = 2
"""Each takes three seconds of the processor; more were tried once."""


@dataclass(frozen=True)
class Life:
    """What a project has and goes through.

    Attributes:
        migrations: One after the other.
        maps: The map of each, as TOML.
        documents: The documents, with suggestions.
        told_apart: Whether all that an open page sends afterwards can be told from what is marked then.
    """

    migrations: list[Migration]
    maps: list[str]
    documents: list[Document]
    told_apart: bool


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Return two migrations that a project can have one after the other, and its documents."""
    tables = draw(scheme_tables())
    schemes, maps, migrations = [parse_scheme(tables)], [], []
    remarks: list[str] = []
    for _ in range(2):
        tables, lines = draw(changes(tables))
        schemes.append(parse_scheme(tables))
        maps.append("".join(f"{key} = {inline(item)}\n" for key, item in lines.items()))
        migrations.append(parse_migration(lines, *schemes[-2:]))
        try:
            remarks += check_reused_names(migrations)
        except DataError:
            reject()
    layer = Layer(annotator="rules", scheme=schemes[0].ref)
    documents = [Document(id=name, text=TEXT, spans=draw(layers(schemes[0])), layer=layer) for name in "abc"]
    return Life(migrations, maps, documents, told_apart=not remarks)


@st.composite
def layers(draw: st.DrawFn, scheme: Scheme) -> tuple[Span, ...]:
    """Return spans that the scheme allows together, none with blanks at its ends, which a pull would trim."""
    chosen: list[Span] = []
    for span in draw(spans_of(scheme)):
        surface = TEXT[span.start : span.end]
        place = (span.start + len(surface) - len(surface.lstrip()), span.start + len(surface.rstrip()))
        clear = all(place[1] <= other.start or other.end <= place[0] for other in chosen)
        alone = place not in {(other.start, other.end) for other in chosen}
        if surface.strip() and (clear or (scheme.overlap and alone)):
            chosen.append(replace(span, start=place[0], end=place[1]))
    return tuple(chosen)


def inline(item: Any) -> str:
    """Return what a map has, in one line of TOML."""
    if isinstance(item, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {inline(part)}' for key, part in item.items())} }}"
    if isinstance(item, list):
        return f"[{', '.join(map(inline, item))}]"
    return json.dumps(item, ensure_ascii=False)


class LivingProject:
    """A project in which somebody has an annotation with a draft of it, and a draft of another task."""

    def __init__(self, studio: Studio, client: StudioClient, folder: Path, documents: list[Document], scheme: Scheme):
        self.studio, self.client, self.folder = studio, client, folder
        self.title = f"any {uuid4().hex[:12]}"
        codec = RecordCodec(scheme)
        (folder / "in.jsonl").write_bytes(b"".join(codec.encode(document) + b"\n" for document in documents))
        self.run("push", folder / "in.jsonl", "--scheme", self.file(scheme))
        project = find_project(client, title=self.title)
        assert project is not None
        params = {"project": project.id, "fields": "all"}
        tasks = {task["data"]["doc_id"]: task for task in client.http.get("/api/tasks/", params=params).json()["tasks"]}
        self.results = {
            name: [{**item, "origin": "prediction"} for found in task["predictions"] for item in found["result"]]
            for name, task in tasks.items()
        }
        path = f"/api/tasks/{tasks['a']['id']}"
        done = self.post(f"{path}/annotations/", self.results["a"])
        half = self.results["a"][: len(self.results["a"]) // 2]
        self.post(f"{path}/annotations/{done}/drafts", half)
        self.draft = self.post(f"/api/tasks/{tasks['b']['id']}/drafts", self.results["b"])

    def post(self, path: str, results: list[Any]) -> int:
        return int(self.client.http.post(path, json={"result": results, "lead_time": 9.0}).json()["id"])

    def save_page(self) -> None:
        """Do what a page does that was open before all migrations: save the draft as it has it."""
        self.client.http.patch(f"/api/drafts/{self.draft}/", json={"result": self.results["b"]}).raise_for_status()

    def file(self, scheme: Scheme) -> Path:
        path = self.folder / f"{scheme.version}.toml"
        if not path.exists():
            save_scheme(scheme, path)
        return path

    def run(self, command: str, *arguments: object) -> int:
        done = self.studio.run(command, *map(str, arguments), "--project", self.title, "--json")
        assert done.returncode in (0, 1), done.stderr
        self.told = done.stderr
        return done.returncode

    def migrate(self, migration: Migration, number: int) -> int:
        """Migrate it, answer all questions with their first option, and return how often there were any."""
        forth = migration.reversed if migration.is_reverse else migration
        asked = self.folder / f"asked-{number}-{migration.is_reverse}.jsonl"
        call = [self.file(forth.old), self.file(forth.new), "--map", self.folder / f"{number}.map"]
        call += ["--backup", self.folder / "backups", "--questions", asked]
        call += ["--reverse"] if migration.is_reverse else []
        times = 0
        while self.run("migrate", *call):
            times += 1
            lines = [json.loads(line) for line in asked.read_text("utf-8").splitlines()]
            assert any(line["answer"] is None for line in lines), self.told
            for line in lines:
                line["answer"] = [1] if line["kind"] == "overlap" else (line["options"] or [""])[0]
            asked.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        return times

    def pull(self, scheme: Scheme) -> dict[tuple[str, str], Document]:
        folder = self.folder / uuid4().hex
        assert self.run("pull", "--out", folder, "--drafts", "--scheme", self.file(scheme)) == 0, self.told
        return {
            (path.name, document.id): document
            for path in folder.glob("*.jsonl")
            for document in read_records(path, scheme)
        }


@given(lives())
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], derandomize=True)
def test_any_migrations_lose_nothing_while_annotators_hold_drafts(
    studio: Studio, tmp_path_factory: pytest.TempPathFactory, life: Life
) -> None:
    folder, migrations = tmp_path_factory.mktemp("life"), list(enumerate(life.migrations))
    for number, text in enumerate(life.maps):
        (folder / f"{number}.map").write_text(text, "utf-8")
    first, last = life.migrations[0].old, life.migrations[-1].new
    with studio_client(Connection(studio.url, studio.token)) as client:
        project = LivingProject(studio, client, folder, life.documents, first)
        expected = before = project.pull(first)
        assert len(before) == 3
        for number, migration in migrations:
            asked = project.migrate(migration, number)
            expected = {key: answered(document, migration).document for key, document in expected.items()}
            pulled = project.pull(migration.new)
            assert spans(pulled) == spans(expected)
            # what was set aside is the same too, in one list where nothing was asked and written later
            assert asked or pulled == expected
        if life.told_apart:
            project.save_page()
            project.migrate(*reversed(migrations[-1]))
            assert spans(project.pull(last)) == spans(expected)
        for number, migration in reversed(migrations):
            project.migrate(migration.reversed, number)
        assert spans(project.pull(first)) == spans(before)


def spans(pulled: dict[tuple[str, str], Document]) -> dict[tuple[str, str], tuple[Span, ...]]:
    return {key: document.spans for key, document in pulled.items()}
