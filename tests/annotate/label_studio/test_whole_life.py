"""The life of a gold on the real server, from texts to the next edition, with what each person relies on at each step.

A document is withdrawn meanwhile, an annotator wants their name out, and Label Studio is upgraded between two releases.
`make test` has it on SQLite, and `make soak` on PostgreSQL too.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.server.databases.database_choice import POSTGRES, SQLITE
from goldspan.annotate.label_studio.server.installation import pinned_version
from goldspan.corpus import read_records
from goldspan.schema import Document, conflict_scheme

from ...command import run_here
from ...conftest import write_lines
from ...earlier_release import EARLIER, both_releases, earlier_goldspan
from ...postgres import open_folder
from ...studio_server import Studio, serving
from ...workflows.test_withdrawal import unpacked
from .asked import Asked, Person, Task, http

pytestmark = pytest.mark.server

ID = "secret-id-77"
ARTICLES = {
    ID: "Zephyrina Quillfeather told the Ostrogothic Lancers near Wexcombe that the granary had burnt to the ground.",
    "erbil-1": "Iran struck Erbil on Monday, and three houses were destroyed there.",
    "goma-2": "M23 rebels entered Goma on Friday, and the army left the town.",
    "tyre-3": "Israel struck Tyre in the night, and nobody was hurt there.",
}
LATER = {"kyiv-4": "Russia shelled Kyiv on Sunday, and two people were killed."}
WORDS = ("Quillfeather", "Ostrogothic", "Wexcombe", "granary")
PLACES = dict.fromkeys(("Wexcombe", "Erbil", "Goma", "Tyre", "Kyiv"), "LOCATION")
ACTORS = dict.fromkeys(("Ostrogothic Lancers", "Iran", "M23 rebels", "Israel", "Russia"), "ACTOR")
ADA, HERON, BEN = "adalonde", "heronette", "benthoven"
"""Names that occur nowhere by chance; the second is the new one of the first."""


class Project:
    """The folder of a project, the commands that its owner runs there, and the people who annotate."""

    def __init__(self, folder: Path, studio: Studio, *, erases: bool) -> None:
        self.folder, self.studio, self.scheme = folder, studio, conflict_scheme()
        # the key to the pseudonyms is that of the project, and the answers of models are nobody else's
        self._surroundings = {name: text for name, text in studio.surroundings.items() if name != "GOLDSPAN_NAME_KEY"}
        self._surroundings |= {"XDG_CACHE_HOME": str(folder.parent / "cache")}
        self._tokens: dict[str, str] = {}
        self.names = {ADA: ADA, BEN: BEN}
        self._erases = erases
        (folder / "articles").mkdir(parents=True)
        for name in ("editions", "passes"):
            (folder / name).mkdir()
        (folder / "goldspan.toml").touch()

    def run(self, *words: Any, status: int = 0) -> CompletedProcess[str]:
        done = run_here(*words, cwd=self.folder, env=self._surroundings)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def told(self, *words: Any) -> dict[str, Any]:
        return dict(json.loads(self.run(*words, "--json").stdout))

    def write_articles(self, articles: dict[str, str]) -> None:
        for name, text in articles.items():
            (self.folder / "articles" / f"{name}.txt").write_text(text, "utf-8")

    def records(self, name: str) -> dict[str, Document]:
        return {document.id: document for document in read_records(self.folder / name, self.scheme)}

    def annotate(self, name: str, labels: dict[str, str], note: str, documents: dict[str, Document]) -> None:
        """Has somebody mark words, wherever they stand, with a note on each, and submit that."""
        if name not in self._tokens:
            with closing(Person.invited(self.studio, f"{name}@example.org")) as invited:
                self._tokens[name] = invited.token
        with closing(Person(self.studio, self._tokens[name])) as person:  # an upgraded server may have another port
            self._annotate(person, labels, note, documents)

    def _annotate(self, person: Person, labels: dict[str, str], note: str, documents: dict[str, Document]) -> None:
        tasks = self.tasks()
        for document in documents.values():
            page = person.open(tasks[document.id][0].id, "rules")
            assert page.text == document.text
            found = sorted((document.text.index(word), word) for word in labels if word in document.text)
            spans = [self.scheme.span(start, start + len(word), labels[word]) for start, word in found]
            results = results_of(document, [replace(span, note=note) for span in spans], self.scheme)
            person.submit(page, [part | {"origin": "manual"} for part in results])

    def pull(self) -> None:
        """Pulls the passes; that of an account whose owner wants another name gets it."""
        pulled = self.told("studio", "pull", "--out", "pulled")
        assert {file["annotator"] for file in pulled["files"]} == {ADA, BEN} and not pulled["problems"]
        for name, new in self.names.items():
            self.rename(f"pulled/{name}.jsonl", f"passes/{new}.jsonl")

    def rename(self, name: str, out: str) -> None:
        """Gives the annotators in a file of records the names that they have now."""
        known = {by for document in self.records(name).values() for by in named(document)}
        new = [part for old, new in self.names.items() if old in known for part in ("--annotator", f"{old}={new}")]
        self.run("corpus", "rename", name, *new, "--out", out)

    def tasks(self) -> dict[str, list[Task]]:
        """What the server holds, asked without goldspan."""
        asked = Asked(self.studio)
        try:
            [project] = asked.projects(self.scheme.ref)
            return asked.tasks(project)
        finally:
            asked.close()

    def adjudicate(self, surer: str, other: str) -> None:
        """Makes the gold of two passes; where they differ, one of them decides."""
        call = ("adjudicate", f"passes/{surer}.jsonl", f"passes/{other}.jsonl", "--out", "gold.jsonl")
        self.run(*call, "--conflicts", "conflicts.jsonl", status=1)
        lines = [json.loads(line) for line in (self.folder / "conflicts.jsonl").read_text("utf-8").splitlines()]
        decided = {"choose": surer, "by": surer, "reason": f"{other} has not seen it"}
        write_lines(self.folder / "decisions.jsonl", *({**line, **decided} for line in lines))
        self.run(*call, "--decisions", "decisions.jsonl")

    def publish(self, version: str, *names: str) -> None:
        """Makes an edition: the gold as a dataset with its passes, the gold as records, and what a system found."""
        folder = self.folder / "editions" / version
        folder.mkdir()
        passes = [part for name in names for part in ("--pass", f"passes/{name}.jsonl")]
        self.run("export", "gold.jsonl", "--to", "hf", "--out", folder / "dataset", *passes)
        self.run("export", "gold.jsonl", "--to", "jsonl", "--out", folder / "gold.jsonl")
        self.run("export", "suggestions.jsonl", "--to", "jsonl", "--out", folder / "rules.jsonl")
        with (self.folder / "editions" / "editions.toml").open("a", encoding="utf-8") as file:
            file.write(f'[[edition]]\nversion = "{version}"\n')

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a folder, unpacked if they are packed."""
        folder = self.folder / name
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): b"\n".join(unpacked(path)) for path in paths}

    def words_left(self) -> dict[str, list[str]]:
        """The words that tell of the withdrawn document, by the file that has them, in the project and in its server.

        Apart from what is published, and from the source, which its owner deletes.
        """
        apart = ("articles/", "editions/1.0.0/")
        held = {name: data for name, data in self.files(".").items() if not name.startswith(apart)}
        if self._erases:
            held |= {f"server: {path}": path.read_bytes() for path in self.studio.folder.rglob("*") if path.is_file()}
        found = {name: [word for word in WORDS if word.encode() in data] for name, data in held.items()}
        return {name: words for name, words in found.items() if words}


def named(document: Document) -> set[str]:
    """Whom a record names as having made or decided something."""
    layer = document.layer
    found = {layer.annotator, *(layer.passes or ())} if layer else set()
    for span in document.spans:
        found |= {*(span.passes or ()), span.decision.by if span.decision else None}
    return {name for name in found if name}


@pytest.fixture
def project(server_environments: Path, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A project with a server of the earlier release, on the database that the option of the run names."""
    database = POSTGRES if request.config.getoption("--database") == "postgresql" else SQLITE
    with open_folder() as folder:
        environments = both_releases(folder / "environments", server_environments)
        with serving(folder / "home", environments) as studio:
            with earlier_goldspan():
                studio.up("--database", database)
            # PostgreSQL keeps deleted rows until an administrator has it rewrite its files, as the command says
            yield Project(folder / "project", studio, erases=database == SQLITE)


def test_gold_outlives_a_withdrawal_a_person_who_leaves_and_an_upgrade(project: Project) -> None:
    first_edition(project)
    published = project.files("editions/1.0.0")
    withdraw(project)
    take_a_name_out(project)
    upgrade(project)
    next_edition(project)
    replay(project)
    assert project.files("editions/1.0.0") == published


def first_edition(project: Project) -> None:
    """Texts become records, tasks, two passes, gold, an edition, and the scores of a system on it."""
    project.write_articles(ARTICLES)
    project.run("corpus", "build", "articles", "--out", "corpus.jsonl")
    project.run("annotate", "corpus.jsonl", "--out", "suggestions.jsonl")
    assert project.told("studio", "push", "suggestions.jsonl")["created"] == len(ARTICLES)
    documents = project.records("corpus.jsonl")
    project.annotate(ADA, PLACES | ACTORS, f"as {BEN} says", documents)
    project.annotate(BEN, PLACES, f"{ADA} is sure", documents)
    project.pull()
    for name, made in project.records(f"passes/{ADA}.jsonl").items():
        assert made.text == ARTICLES[name] and len(made.spans) == 2
    project.adjudicate(ADA, BEN)
    assert set(project.records("gold.jsonl")) == set(ARTICLES)

    project.publish("1.0.0", ADA, BEN)
    edition = "editions/1.0.0"
    score = ("score", f"{edition}/gold.jsonl", f"rules={edition}/rules.jsonl", "--resamples", "50")
    project.run(*score, "--out", "scores.json")
    replayed = project.run("score", "--replay", "scores.json")
    assert "all equal to the last digit" in replayed.stdout


def withdraw(project: Project) -> None:
    """A person in the text asks; nothing of it is left in the project, on the server or in what is built again."""
    shutil.copy(project.folder / "suggestions.jsonl", project.folder.parent / "aside.jsonl")
    done = project.told("withdraw", ID, "--reason", "asked by a person in the text", "--asked-by", "person")
    [place] = done["projects"]
    assert (place["tasks"], place["annotated"]) == (1, 1)
    assert set(project.tasks()) == set(ARTICLES) - {ID}
    assert project.words_left() == {}
    changelog = (project.folder / "editions" / "CHANGELOG.md").read_text("utf-8")
    assert f"- Left out: `{ID}`, withdrawn on" in changelog and "asked by a person in the text" in changelog

    again = project.run("corpus", "build", "articles", "--out", "again.jsonl")
    assert "left out: 1 withdrawn document" in again.stderr
    pushed = project.run("studio", "push", project.folder.parent / "aside.jsonl")
    assert "left out: 1 withdrawn document" in pushed.stderr and ID not in project.tasks()
    project.pull()
    assert set(project.records(f"passes/{BEN}.jsonl")) == set(ARTICLES) - {ID}
    assert project.words_left() == {}
    (project.folder / "articles" / f"{ID}.txt").unlink()


def take_a_name_out(project: Project) -> None:
    """No record of the project says any more that ada made it; the editions show one person throughout."""
    [pseudonym] = [of for of, names in project.told("corpus", "names")["names"].items() if names == [ADA]]
    project.run("corpus", "names", "--assign", f"{HERON}={pseudonym}")
    project.names = {ADA: HERON, BEN: BEN}
    project.pull()
    project.rename("gold.jsonl", "renamed.jsonl")
    (project.folder / "renamed.jsonl").replace(project.folder / "gold.jsonl")
    (project.folder / "passes" / f"{ADA}.jsonl").unlink()
    for name in ("gold.jsonl", f"passes/{HERON}.jsonl", f"passes/{BEN}.jsonl"):
        assert all(ADA not in named(document) for document in project.records(name).values())


def upgrade(project: Project) -> None:
    """The server goes to the next release with all that people made; the way back has nothing of what is withdrawn."""
    studio = project.studio
    before, accounts = project.tasks(), studio.credentials
    assert studio.run("down").returncode == 0
    refused = studio.run("up")
    assert (refused.returncode, "Fix: goldspan studio upgrade" in refused.stderr) == (2, True)
    done = studio.run("upgrade", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["before"], told["after"]) == (EARLIER, pinned_version())
    assert (told["counts"]["tasks"], told["counts"]["annotations"]) == (3, 6)
    studio.up()
    with http(studio, studio.token) as owner:
        assert owner.get("/api/version").json()["release"] == pinned_version()
    assert (project.tasks(), studio.credentials) == (before, accounts)
    assert project.words_left() == {}
    passes = {name: project.records(f"passes/{name}.jsonl") for name in (HERON, BEN)}
    project.pull()
    assert {name: project.records(f"passes/{name}.jsonl") for name in passes} == passes
    assert studio.run("upgrade", "--forget").stdout.count("deleted: ") == 3


def next_edition(project: Project) -> None:
    """One more article; whoever takes the edition has neither the withdrawn document nor a name."""
    project.write_articles(LATER)
    project.run("corpus", "build", "articles", "--out", "corpus.jsonl")
    project.run("annotate", "corpus.jsonl", "--out", "suggestions.jsonl")
    assert project.told("studio", "push", "suggestions.jsonl")["created"] == 1
    later = {name: document for name, document in project.records("corpus.jsonl").items() if name in LATER}
    project.annotate(ADA, PLACES | ACTORS, f"as {BEN} says", later)
    project.annotate(BEN, PLACES, f"{HERON} is sure", later)
    project.pull()
    project.adjudicate(HERON, BEN)
    project.publish("1.1.0", HERON, BEN)

    earlier, later_gold = (project.records(f"editions/{version}/gold.jsonl") for version in ("1.0.0", "1.1.0"))
    assert set(later_gold) == (set(ARTICLES) | set(LATER)) - {ID}
    for name in set(earlier) & set(later_gold):  # a person is the same one in both editions
        assert named(earlier[name]) == named(later_gold[name])
    files = project.files("editions/1.1.0")
    assert [
        name for name, data in files.items() if any(word.encode() in data for word in (*WORDS, ADA, HERON, BEN))
    ] == []
    assert {name for name, data in files.items() if ID.encode() in data} == {"dataset/README.md"}
    assert project.words_left() == {}


def replay(project: Project) -> None:
    """A score of the first edition is doubted: it is made again, and on the next edition it is said what changed."""
    assert "all equal to the last digit" in project.run("score", "--replay", "scores.json").stdout
    moved = ("editions/1.1.0/gold.jsonl", "rules=editions/1.1.0/rules.jsonl")
    changed = project.run("score", "--replay", "scores.json", *moved, status=1)
    assert "gold differs" in changed.stdout
    assert project.words_left() == {}
