"""Layers of people's work as the server gives it: whose counts, and where all that is not a span goes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec import to_builtins

from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync.annotated_tasks import AnnotatedTask, RemoteAnnotation
from goldspan.annotate.label_studio.sync.pull import PulledLayers, owner_first, read_annotations
from goldspan.corpus.adjudication.resolution import resolve_passes
from goldspan.corpus.adjudication.review import review_decisions
from goldspan.eval import agreement
from goldspan.schema import DataError, Document, InvalidAnnotation, Layer, Scheme, Span

TEXT = "Iran struck Kyiv on Friday."
IRAN, KYIV = Span(0, 4, "ACTOR"), Span(12, 16, "LOCATION")
PROJECT = Project(3, "team", "http://127.0.0.1:1/projects/3", 1)
NAMES = {1: "annotator", 2: "ann", 3: "ben", 4: "cy"}


def work(scheme: Scheme, *annotations: RemoteAnnotation, task: int = 7, name: str = "a") -> AnnotatedTask:
    document = Document(id=name, text=TEXT, spans=())
    return AnnotatedTask(task, name, make_task(document, {}, scheme).data(), list(annotations), annotations[-1].updated)


def by(user: int, results: list[Any], *, id: int = 1, day: int = 1, skipped: bool = False) -> RemoteAnnotation:
    return RemoteAnnotation(id, user, results, 2.0, skipped, f"2026-03-{day:02}T09:30:00.000000Z")


def marks(scheme: Scheme, *spans: Span) -> list[dict[str, Any]]:
    return results_of(Document(id="a", text=TEXT, spans=()), spans, scheme)


def studio(pulled: PulledLayers, who: str, name: str = "a") -> dict[str, Any]:
    layer = pulled.layers[who][name].layer
    assert layer is not None
    return dict((layer.extra or {}).get("studio", {}))


def test_relations_and_meta_go_with_the_layer_and_are_counted(scheme: Scheme) -> None:
    first, second = marks(scheme, IRAN, KYIV)
    second["meta"] = {"text": ["the town or the district?"]}
    relation = {"from_id": "s0", "to_id": "s1", "type": "relation", "direction": "right"}
    pulled = read_annotations([work(scheme, by(2, [first, second, relation]))], PROJECT, NAMES, scheme)
    assert len(pulled.layers["ann"]["a"].spans) == 2 and pulled.problems == []
    kept = studio(pulled, "ann")
    assert kept["relations"] == [relation] and kept["meta"] == [second]
    assert pulled.kept == {"relations": 1, "meta": 1}
    [remark] = pulled.remarks
    assert "data?task=7" in remark and "'a': ann: stored in extra.studio: 1 relation, 1 region note" in remark


def test_spans_on_a_skipped_document_are_kept_but_count_as_none(scheme: Scheme) -> None:
    note = {"id": "n", "from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["why", "so"]}}
    annotation = by(2, [*marks(scheme, IRAN, KYIV), note], skipped=True)
    pulled = read_annotations([work(scheme, annotation)], PROJECT, NAMES, scheme)
    document = pulled.layers["ann"]["a"]
    assert document.spans == () and document.layer is not None and document.layer.skipped
    kept = studio(pulled, "ann")
    assert [(span["start"], span["label"]) for span in kept["skipped"]] == [(0, "ACTOR"), (12, "LOCATION")]
    assert document.layer.note == "why\nso" and pulled.kept == {"skipped": 2}
    assert "2 skipped spans" in pulled.remarks[-1]


def test_a_mark_made_on_another_text_is_a_problem_with_its_task_and_kept(scheme: Scheme) -> None:
    [shifted] = marks(scheme, Span(5, 9, "ACTOR"))
    shifted["value"]["text"] = "Iran"
    pulled = read_annotations([work(scheme, by(2, [shifted]))], PROJECT, NAMES, scheme)
    assert pulled.layers["ann"]["a"].spans == ()
    [problem] = pulled.problems
    assert str(problem.path).endswith("/data?task=7") and "'Iran'" in problem.what and "'stru'" in problem.what
    layer = pulled.layers["ann"]["a"].layer
    assert layer is not None and layer.extra is None
    assert layer.invalid_annotations == (InvalidAnnotation((shifted,), problem.what.partition(": ")[2]),)


def test_earlier_annotations_of_the_same_person_are_kept(scheme: Scheme) -> None:
    old, new = by(2, marks(scheme, IRAN), id=1), by(2, marks(scheme, KYIV), id=2, day=2)
    pulled = read_annotations([work(scheme, new, old)], PROJECT, NAMES, scheme)
    assert [span.label for span in pulled.layers["ann"]["a"].spans] == ["LOCATION"]
    [other] = studio(pulled, "ann")["others"]
    assert other["account"] == "ann" and other["results"] == old.results
    assert any("annotated more than once by ann: the newest annotation is used" in remark for remark in pulled.remarks)


def planned(scheme: Scheme, owner: str, *items: AnnotatedTask) -> PulledLayers:
    tasks: dict[int, int] = {}
    for item in items:
        for user in {one.user for one in item.annotations}:
            tasks[user] = tasks.get(user, 0) + 1
    accounts = owner_first(owner, NAMES, tasks)
    return read_annotations(items, PROJECT, NAMES, scheme, owner=owner, accounts=accounts)


def test_in_a_planned_project_the_owners_work_goes_before_that_of_others(scheme: Scheme) -> None:
    own, later = by(2, marks(scheme, IRAN), id=1), by(3, marks(scheme, KYIV), id=2, day=5)
    only_ben = work(scheme, by(3, marks(scheme, KYIV), id=3), task=8, name="b")
    more = work(scheme, by(3, [], id=4), task=9, name="c")
    pulled = planned(scheme, "ann", work(scheme, own, later), only_ben, more)
    assert list(pulled.layers) == ["ann"]
    assert [span.label for span in pulled.layers["ann"]["a"].spans] == ["ACTOR"]
    [other] = studio(pulled, "ann")["others"]
    assert other["account"] == "ben" and other["results"] == later.results and pulled.kept == {"others": 1}
    told = "\n".join(pulled.remarks)
    assert "also annotated by ben (1 span): the work of ann is used" in told
    assert [span.label for span in pulled.layers["ann"]["b"].spans] == ["LOCATION"]
    assert studio(pulled, "ann", "b")["account"] == "ben" and "annotated only by the account ben" in told


def test_without_an_account_of_the_owners_name_the_one_that_did_most_is_the_owners(scheme: Scheme) -> None:
    both = [by(1, marks(scheme, IRAN), id=1), by(3, marks(scheme, KYIV), id=2, day=5)]
    alone = work(scheme, by(1, [], id=3), task=8, name="b")
    pulled = planned(scheme, "dan", work(scheme, *both), alone)
    assert [span.label for span in pulled.layers["dan"]["a"].spans] == ["ACTOR"]
    layer = pulled.layers["dan"]["b"].layer
    assert layer is not None and layer.suggestions_shown == () and layer.extra is None


def test_the_owner_is_found_by_name_address_or_work() -> None:
    tasks = {1: 5, 2: 1, 3: 5}
    assert owner_first("ann", NAMES, tasks) == [2, 1, 3]
    assert owner_first("Ann", NAMES, tasks) == [2, 1, 3]
    assert owner_first("ann@example.org", NAMES, tasks) == [2, 1, 3]
    assert owner_first("dan", NAMES, tasks) == [1, 3, 2]
    assert owner_first("ann", NAMES, {3: 1}) == [3]


def test_nothing_that_the_server_says_of_an_annotation_is_lost(scheme: Scheme) -> None:
    """Whatever a result is: a span, part of one, or kept as it stands."""
    mark = marks(scheme, IRAN)[0]
    words = {"start": 0, "end": 4, "text": ["seen only here"]}
    strange: list[dict[str, Any]] = [
        {"type": "relation", "from_id": "s0", "to_id": "z", "labels": ["seen only here"]},
        {**mark, "id": "m", "meta": {"text": "seen only here"}},
        {"id": "s0", "from_name": "LOCATION.id", "to_name": "text", "type": "textarea", "value": words},
        {"id": "s0", "from_name": "ACTOR.id", "to_name": "text", "type": "textarea", "value": {**words, "text": ["x", "seen only here"]}},
        {"id": "s0", "from_name": "unknown", "to_name": "text", "type": "rating", "value": {"rating": "seen only here"}},
        {"id": "s0", "from_name": "span_note", "to_name": "text", "type": "textarea", "value": {**words, "text": ["x", "seen only here"]}},
        {"id": "q", "from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["x", "seen only here"]}},
        {"id": "q", "from_name": "tone", "to_name": "text", "type": "choices", "value": {"choices": ["seen only here"]}},
        {"id": "q", "type": "seen only here"},
    ]  # fmt: skip
    for skipped in (False, True):
        for item in strange:
            pulled = read_annotations([work(scheme, by(2, [mark, item], skipped=skipped))], PROJECT, NAMES, scheme)
            document = pulled.layers["ann"]["a"]
            assert document.layer is not None
            held = json.dumps(to_builtins([[span.note for span in document.spans], document.layer]))
            assert "seen only here" in held, item


PRESENTED: dict[str, tuple[Any, Layer]] = {
    "with suggestions, for a reason": (
        {"suggestions": {"rules": "h", "ner": "h"}, "about": {"chosen_by": "score"}},
        Layer(suggestions_shown=("ner", "rules"), chosen_by=("score",)),
    ),
    "without suggestions": ({"suggestions": {}, "about": {}}, Layer(suggestions_shown=())),
    "with other facts": (
        {"suggestions": {}, "about": {"chosen_by": 3, "batch": "two"}},
        Layer(suggestions_shown=(), extra={"studio": {"chosen_by": 3, "batch": "two"}}),
    ),
    "with a broken record": ({"suggestions": 3, "about": "x"}, Layer(suggestions_shown=())),
    "by another project": (None, Layer()),
}
"""What a task says of how its document is presented, and what the layer states of it."""


@pytest.mark.parametrize("case", PRESENTED)
def test_a_layer_states_what_its_annotator_was_shown_and_why(case: str, scheme: Scheme) -> None:
    record, expected = PRESENTED[case]
    task = work(scheme, by(2, []))
    data = {**task.data, "record": {**task.data["record"], **record} if record else None}
    pulled = read_annotations([replace(task, data=data)], PROJECT, NAMES, scheme)
    layer = pulled.layers["ann"]["a"].layer
    assert layer is not None
    stated = (layer.suggestions_shown, layer.chosen_by, layer.extra)
    assert stated == (expected.suggestions_shown, expected.chosen_by, expected.extra)


def test_layers_of_drafts_say_so(scheme: Scheme) -> None:
    begun = [work(scheme, by(2, marks(scheme, IRAN)))]
    drafts = read_annotations(begun, PROJECT, NAMES, scheme, drafts=True)
    assert drafts.layers["ann"]["a"].draft and drafts.layers["ann"]["a"].spans == (IRAN,)
    assert not read_annotations(begun, PROJECT, NAMES, scheme).layers["ann"]["a"].draft


def test_drafts_are_no_pass_and_no_review(scheme: Scheme) -> None:
    def layer(user: int, *, drafts: bool = False) -> Document:
        found = read_annotations([work(scheme, by(user, []))], PROJECT, NAMES, scheme, drafts=drafts)
        return found.layers[NAMES[user]]["a"]

    draft, ann, ben = layer(2, drafts=True), layer(2), layer(3)
    for read in (
        lambda: agreement({"ann": [draft], "ben": [ben]}, scheme),
        lambda: resolve_passes({"ben": [ben], "ann": [draft]}, scheme),
        lambda: review_decisions({"ann": [ann], "ben": [ben]}, [draft]),
    ):
        with pytest.raises(DataError, match="has a draft, which nobody submitted"):
            read()
