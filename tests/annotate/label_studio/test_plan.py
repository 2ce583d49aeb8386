"""Who reads what: even, the same whatever the order, and never changed by what is added."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from goldspan.annotate.label_studio.sync.assignment import (
    Plan,
    documents_per_annotator,
    make_plan,
    read_plan,
    reassign_documents,
    restore_annotator,
    write_plan,
)
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


@pytest.mark.parametrize("names", ["ann ben cy", "ann ben cy dora", "ann ben cy dora eva finn"])
@pytest.mark.parametrize("overlap", [1.2, 1.5, 2, 3])
def test_everybody_reads_about_as_much_with_everybody(names: str, overlap: float) -> None:
    plan = plan_of(200, names, overlap=overlap)
    words = {d.id: len((d.text or "").split()) for d in documents(200)}
    load = Counter(dict.fromkeys(plan.annotators, 0))
    pairs = Counter(dict.fromkeys(combinations(plan.annotators, 2), 0))
    for name, reading in plan.documents.items():
        load.update(dict.fromkeys(reading.annotators, words[name]))
        pairs.update(dict.fromkeys(combinations(reading.annotators, 2), words[name]))
    longest = max(words.values())
    assert max(load.values()) - min(load.values()) < 2 * longest
    assert max(pairs.values()) - min(pairs.values()) < 2 * longest


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
    told = documents_per_annotator(after)
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
    with pytest.raises(UsageError, match="another `plan`"):
        make_plan(documents(3), ["ann", "ben", "cy"], title="other", before=before)
    with pytest.raises(UsageError, match="cy of the plan"):
        make_plan(documents(3), ["ann", "ben"], title="t", before=before)


def open_of(plan: Plan, who: str, done: int = 0) -> dict[str, int]:
    """Words of the documents that an annotator has open: all but the first."""
    lengths = {d.id: len((d.text or "").split()) for d in documents(200)}
    return {name: lengths[name] for name in sorted(plan.of(who))[done:]}


@pytest.mark.parametrize("overlap", [1, 1.2, 1.5, 2])
def test_what_is_open_of_who_leaves_is_shared_out_by_words_and_nobody_reads_a_document_twice(overlap: float) -> None:
    plan = plan_of(names="ann ben cy dora", overlap=overlap, blind=0.25)
    words = open_of(plan, "ann", done=5)
    made = reassign_documents(plan, "ann", words, ["ben", "cy", "dora"], {})
    assert set(made.of("ann")) == plan.of("ann").keys() - words.keys() and made.left == ("ann",)
    assert made.working == ("ben", "cy", "dora")
    for name, reading in made.documents.items():
        assert (len(reading.annotators), reading.blind) == (
            len(plan.documents[name].annotators),
            plan.documents[name].blind,
        )
        if name not in words:
            assert reading == plan.documents[name]
    got = {who: sum(words[name] for name in made.of(who).keys() - plan.of(who).keys()) for who in made.working}
    assert sum(got.values()) == sum(words.values()) and max(got.values()) - min(got.values()) < 450  # the longest
    backwards = reassign_documents(plan, "ann", dict(reversed(words.items())), ["dora", "ben", "cy"], {})
    assert backwards.documents == made.documents


def test_who_has_a_document_at_the_server_does_not_get_it_again() -> None:
    plan = plan_of(20)
    words = open_of(plan, "ann")
    made = reassign_documents(plan, "ann", words, ["ben", "cy"], {"ben": set(words)})
    assert all(made.documents[name].annotators == ("cy",) for name in words)
    # where nobody else reads it, whoever has it is its reader
    alone = reassign_documents(plan, "ann", words, ["ben"], {"ben": set(words)})
    assert all(alone.documents[name].annotators == ("ben",) for name in words)


def test_later_documents_are_planned_among_who_is_left() -> None:
    plan = reassign_documents(plan_of(20, overlap=3), "ann", {}, ["ben", "cy"], {})
    later = make_plan(documents(20, start=20), ["ben", "cy"], title="t", overlap=3, before=plan)
    fresh = {name: later.documents[name].annotators for name in later.documents.keys() - plan.documents.keys()}
    assert len(fresh) == 20 and set(fresh.values()) == {("ben", "cy")}
    assert (later.left, later.annotators) == (("ann",), ("ann", "ben", "cy"))
    assert {name: later.documents[name] for name in plan.documents} == plan.documents
    with pytest.raises(UsageError, match="ann left this plan"):
        make_plan(documents(3), ["ann", "ben", "cy"], title="t", before=plan)
    back = restore_annotator(
        reassign_documents(plan_of(9), "ann", open_of(plan_of(9), "ann"), ["ben", "cy"], {}), "ann", ["d0"]
    )
    assert "ann" in back.documents["d0"].annotators


def test_a_plan_from_before_somebody_could_leave_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, plan_of())
    path.write_text(path.read_text().replace(',\n "left": []', ""))
    assert '"left"' not in path.read_text() and read_plan(path) == plan_of()
