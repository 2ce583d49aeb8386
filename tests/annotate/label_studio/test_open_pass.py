"""A pass of one's own over the open edition, as docs/open.md has it: two accounts of a server, beside the published passes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.corpus import Corpus, read_records
from goldspan.schema import Scheme
from tests.command import run_here
from tests.studio_server import Studio

from .asked import Asked, Person

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[3]
PASSES = ROOT / "corpus" / "open" / "passes"
DOCUMENTS = ("open-036", "open-037")


def documented(beginning: str, folder: Path) -> list[str]:
    """The words of the only command of docs/open.md that begins so, as a shell in a folder passes them."""
    lines = (ROOT / "docs" / "open.md").read_text("utf-8").splitlines()
    [line] = [line for line in lines if line.startswith(beginning)]
    words = shlex.split(line)[1:]
    return [name for word in words for name in (_matching(word, folder) if "*" in word else [word])]


def _matching(pattern: str, folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


@pytest.fixture
def people(studio: Studio) -> Iterator[list[Person]]:
    with ExitStack() as stack:
        emails = [f"{name}-{uuid4().hex[:8]}@example.org" for name in ("ann", "ben")]
        yield [stack.enter_context(closing(Person.invited(studio, email))) for email in emails]


def test_two_people_add_passes_that_are_compared_and_decided_with_the_published_ones(
    studio: Studio, people: list[Person], scheme: Scheme, tmp_path: Path
) -> None:
    title = f"open {uuid4().hex[:8]}"

    def run(beginning: str, *more: object, status: int = 0) -> str:
        done = run_here(*documented(beginning, tmp_path), *more, env=studio.surroundings, cwd=tmp_path)
        assert done.returncode == status, done.stderr
        return done.stdout

    (tmp_path / "corpus/open/passes").mkdir(parents=True)
    for name in ("reader-2", "reader-1"):  # of these documents alone, which takes a moment instead of seconds
        read = [each for each in read_records(PASSES / f"{name}.jsonl", scheme) if each.id in DOCUMENTS]
        Corpus(read).save(tmp_path / f"corpus/open/passes/{name}.jsonl")
    published = {document.id: document for document in read}
    texts = [replace(document, spans=(), layer=None) for document in published.values()]
    Corpus(texts).save(tmp_path / "texts.jsonl")
    run("goldspan studio push", "--project", title)
    with closing(Asked(studio)) as asked:
        [project] = asked.projects(title)
        tasks = asked.tasks(project)
    ann, ben = people
    for person, name, left_out in ((ann, DOCUMENTS[0], 0), (ann, DOCUMENTS[1], 0), (ben, DOCUMENTS[0], 1)):
        page = person.open(tasks[name][0].id, "")
        assert page.prediction is None  # nothing is suggested
        person.submit(page, results_of(published[name], published[name].spans[left_out:], scheme))
    run("goldspan studio pull", "--project", title)
    files = (tmp_path / "passes").glob("*.jsonl")
    pulled = {path.stem: {each.id: len(each.spans) for each in read_records(path, scheme)} for path in files}
    first, second = (len(published[name].spans) for name in DOCUMENTS)
    assert sorted(pulled.values(), key=len) == [
        {DOCUMENTS[0]: first - 1},
        dict(zip(DOCUMENTS, (first, second), strict=True)),
    ]
    agreed = json.loads(run("goldspan agree", "--json"))
    same = {(pair["a"], pair["b"]): pair["strict_f1"] for pair in agreed["pairwise"]}
    of_ann, of_ben = agreed["passes"][2:]  # pseudonyms, in the order of the files
    assert (agreed["documents"], agreed["passes"][:2]) == (2, ["reader-1", "reader-2"])
    assert same["reader-1", of_ann] == 1  # and ben is compared on what they read
    assert same["reader-1", of_ben] == pytest.approx(2 * (first - 1) / (2 * first - 1))
    run("goldspan adjudicate", status=1)  # there are conflicts
    lines = [json.loads(line) for line in (tmp_path / "conflicts.jsonl").read_text("utf-8").splitlines()]
    assert any(line["document"] == DOCUMENTS[0] and [] in line["readings"].values() for line in lines)
    assert len(list(read_records(tmp_path / "third.jsonl", scheme))) == 2
