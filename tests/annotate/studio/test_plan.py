"""Who reads what: even, the same whatever the order, and never changed by what is added."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from goldspan.annotate.studio.plan import Plan, loads, make_plan, read_plan, write_plan
from goldspan.schema import DataError, Document, UsageError


def documents(count: int, start: int = 0) -> list[Document]:
    return [Document(id=f"d{i}", text="word " * (50 + i * 37 % 400), spans=()) for i in range(start, start + count)]


def plan_of(count: int = 100, names: str = "ann ben cy", **more: float) -> Plan:
    return make_plan(documents(count), names.split(), title="t", **more)


def test_everybody_reads_about_as_much_and_each_document_is_read_as_often_as_planned() -> None:
    plan = plan_of(overlap=1.2, blind=0.25)
    readers = Counter(len(reading.annotators) for reading in plan.documents.values())
    assert readers == {1: 80, 2: 20}
    assert sum(reading.blind for reading in plan.documents.values()) == 25
    words = {d.id: len((d.text or "").split()) for d in documents(100)}
    load = {name: sum(words[d] for d in plan.of(name)) for name in plan.annotators}
    assert max(load.values()) - min(load.values()) < 450  # about the longest document
    pairs = Counter(reading.annotators for reading in plan.documents.values() if len(reading.annotators) == 2)
    assert len(pairs) == 3  # each two read something together


def test_the_order_of_the_documents_does_not_matter() -> None:
    shuffled = documents(60)
    random.Random(1).shuffle(shuffled)
    assert make_plan(shuffled, ["ann", "ben"], title="t", overlap=1.5, blind=0.1) == make_plan(
        documents(60), ["ann", "ben"], title="t", overlap=1.5, blind=0.1
    )


def test_documents_and_annotators_that_come_later_change_nothing_for_the_others() -> None:
    before = make_plan(documents(40), ["ann", "ben"], title="t", overlap=1.2, blind=0.2)
    after = make_plan(documents(100), ["ann", "ben", "cy"], title="t", overlap=1.2, blind=0.2, before=before)
    assert {name: after.documents[name] for name in before.documents} == before.documents
    told = loads(after)
    assert sum(shared for _, shared, _ in told.values()) == 40 and sum(r.blind for r in after.documents.values()) == 20
    assert told["cy"][0] > 30  # who comes late gets the new ones first
    assert make_plan(documents(100), ["ann", "ben", "cy"], title="t", overlap=1.2, blind=0.2, before=after) == after


def test_a_plan_comes_back_from_its_file_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, plan_of())
    assert read_plan(path) == plan_of()
    for content in (b"", b"{}", b'{"version": 9', path.read_bytes().replace(b'"version": 1', b'"version": 2')):
        path.write_bytes(content)
        with pytest.raises(DataError):
            read_plan(path)
    with pytest.raises(DataError):
        read_plan(tmp_path / "none.json")


BAD = {
    "nobody": ([], {}),
    "a name twice": (["a", "a"], {}),
    "a blank name": (["a", " "], {}),
    "more readers than annotators": (["a", "b"], {"overlap": 2.5}),
    "fewer than one": (["a"], {"overlap": 0.5}),
    "a share above one": (["a"], {"blind": 1.5}),
}


@pytest.mark.parametrize(("names", "more"), BAD.values(), ids=BAD)
def test_what_cannot_be_planned_is_refused(names: list[str], more: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        make_plan(documents(3), names, title="t", **more)


def test_a_plan_keeps_its_projects_and_its_annotators() -> None:
    before = plan_of()
    with pytest.raises(UsageError, match="another --plan"):
        make_plan(documents(3), ["ann", "ben", "cy"], title="other", before=before)
    with pytest.raises(UsageError, match="cy of the plan"):
        make_plan(documents(3), ["ann", "ben"], title="t", before=before)
