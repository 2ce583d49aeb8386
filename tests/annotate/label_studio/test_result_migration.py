"""Results and records are migrated alike: what is pulled afterwards is what the migration makes of what was pulled before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.earlier_schemes import MigrationRecord, migrations_in, with_migrations
from goldspan.annotate.label_studio.mapping.labeling_config import check_labeling_config, labeling_config
from goldspan.annotate.label_studio.mapping.migrated_suggestions import migrate_suggestions
from goldspan.annotate.label_studio.mapping.migrated_work import work_in_scheme
from goldspan.annotate.label_studio.mapping.region_prefixes import UNDECIDED
from goldspan.annotate.label_studio.mapping.result_elements import earlier_elements
from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.annotate.label_studio.mapping.result_migration import MigratedResults, is_late, migrate_results
from goldspan.annotate.label_studio.migration.name_reuse import check_reused_names
from goldspan.schema import (
    DataError,
    Document,
    Layer,
    Migration,
    RecordCodec,
    Scheme,
    Span,
    migrate,
    parse_migration,
    parse_scheme,
)
from goldspan.schema.files.scheme_writer import scheme_toml

from ...schema.scheme_changes import histories

OLD = parse_scheme(
    {
        "name": "disaster",
        "version": 1,
        "labels": {
            "HAZARD": {"definition": "-", "fields": {"type": {"type": "choice", "choices": ["flood", "storm"]}}},
            "STRUCK": {"definition": "-", "fields": {"number": {"type": "interval"}, "how": {"type": "text"}}},
            "RUMOUR": {"definition": "-"},
        },
    }
)
NEW = parse_scheme(
    {
        "name": "disaster",
        "version": 2,
        "labels": {
            "EVENT": {"definition": "-", "fields": {"kind": {"type": "choice", "choices": ["water", "storm"]}}},
            "STRUCK": {"definition": "-", "fields": {"count": {"type": "interval"}}},
        },
    }
)
MAP = """
[labels]
RUMOUR = ""

[labels.HAZARD]
to = "EVENT"
fields = { type = { to = "kind", values = { flood = "water" } } }

[labels.STRUCK]
fields = { number = "count", how = "" }
"""
MIGRATION = parse_migration(MAP, OLD, NEW)
TEXT = "The flood struck 300 people, they say."


def pulled(document: Document, results: list[Any], scheme: Scheme, history: list[Any]) -> bytes:
    """The record that a pull makes of results."""
    spans = tuple(spans_of(results, document.text or "", scheme).spans)
    extra = {"migrations": history} if history else None
    layer = Layer(annotator="ann", scheme=scheme.ref, scheme_sha256=scheme.fingerprint, extra=extra)
    return RecordCodec(scheme).encode(replace(document, spans=spans, layer=layer))


def answered(
    results: list[Any], document: Document, migration: Migration, history: list[Any]
) -> tuple[MigratedResults, dict[Any, Any]]:
    """Migrates results; each question gets its first option."""
    answers: dict[Any, Any] = {}
    while (found := migrate_results(results, document, migration, answers=answers, history=history)).questions:
        for question in found.questions:
            answers[question.key] = [1] if question.kind == "overlap" else (question.options or ("",))[0]
    return found, answers


@given(histories())
@settings(max_examples=40, deadline=None)
def test_a_pull_after_any_migrations_is_the_migration_of_a_pull_before(
    drawn: tuple[list[Migration], Document],
) -> None:
    migrations, document = drawn
    results: list[Any] = results_of(document, document.spans, migrations[0].old)
    bare = replace(document, spans=(), zones=(), layer=None)
    history: list[Any] = []
    for migration in [*migrations, *(step.reversed for step in reversed(migrations))]:
        record = RecordCodec(migration.old).decode(pulled(bare, results, migration.old, history))
        found, answers = answered(results, bare, migration, history)
        expected = migrate(record, migration, answers).document
        results, history = json.loads(json.dumps(found.results)), found.history
        assert pulled(bare, results, migration.new, history) == RecordCodec(migration.new).encode(expected)
        [earlier] = earlier_elements([migration], migration.new)
        assert found.unread or not is_late(results, earlier)


def mark(region: str, words: str, label: str, *answers: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    start = TEXT.index(words)
    place = {"start": start, "end": start + len(words), "text": words}
    shared = {"id": region, "to_name": "text", "origin": "manual"}
    found = [{**shared, "from_name": "label", "type": "labels", "value": {**place, "labels": [label]}, **more}]
    return found + [{**shared, **answer, "value": {**place, **answer["value"]}} for answer in answers]


def test_what_the_editor_noted_and_what_is_no_value_stays_with_the_region_and_comes_back() -> None:
    document = Document(id="a", text=TEXT, spans=())
    unread = {"from_name": "STRUCK.number", "type": "number", "value": {"number": 7}}
    stray = {"from_name": "HAZARD.type", "type": "choices", "value": {"choices": ["storm"]}}
    kinds = {"from_name": "HAZARD.type", "type": "choices", "value": {"choices": ["flood", "storm"]}}
    note = {"from_name": "note", "to_name": "text", "id": "n", "type": "textarea", "value": {"text": ["a note"]}}
    results = [
        *mark("r1", "flood", "HAZARD", kinds, meta={"text": ["seen"]}, parentID="r0"),
        *mark("r2", "300", "STRUCK", stray, readonly=True),
        *mark("r3", "they", "RUMOUR"),
        *mark("r4", "say", "NOWHERE", unread),
        {"type": "relation", "from_id": "r1", "to_id": "r3"},
        {"type": "relation", "from_id": "r1", "to_id": "r2"},
        note,
    ]
    found = migrate_results(results, document, MIGRATION)
    before, after = spans_of(results, TEXT, OLD), spans_of([*found.results, *found.relations], TEXT, NEW)
    assert [span.label for span in after.spans] == ["EVENT", "STRUCK"]
    assert sorted(map(str, before.problems)) == sorted(map(str, after.problems))
    assert (before.note, sorted(before.unplaced)) == (after.note, sorted(after.unplaced))
    assert before.unplaced["fields"] == after.unplaced["fields"]
    assert sorted(map(str, before.unplaced["relations"])) == sorted(map(str, after.unplaced["relations"]))
    [event] = [item for item in found.results if item.get("value", {}).get("labels") == ["EVENT"]]
    assert (event["id"], event["meta"]["text"], event["parentID"]) == ("r1", ["seen"], "r0")
    assert [problem.message for problem in found.unread] == ["not exactly one label of the scheme: NOWHERE"]
    back = migrate_results(found.results, document, MIGRATION.reversed, history=found.history)
    again = spans_of([*back.results, *found.relations], TEXT, OLD)
    assert again.spans == before.spans
    assert sorted(map(str, again.problems)) == sorted(map(str, before.problems))


def test_only_regions_of_the_earlier_scheme_are_late() -> None:
    document = Document(id="a", text=TEXT, spans=())
    kept = [
        *mark("r1", "flood", "EVENT", {"from_name": "EVENT.kind", "type": "choices", "value": {"choices": ["water"]}}),
        *mark("r2", "300", "STRUCK"),
    ]
    late = mark(
        "r3", "they", "HAZARD", {"from_name": "HAZARD.type", "type": "choices", "value": {"choices": ["storm"]}}
    )
    [earlier] = earlier_elements([MIGRATION], NEW)
    assert not is_late(kept, earlier) and is_late([*kept, *late], earlier)
    found = migrate_results([*kept, *late], document, MIGRATION, earlier=earlier)
    assert found.results[: len(kept)] == kept
    assert [item["value"].get("labels", item["value"].get("choices")) for item in found.results[len(kept) :]] == [
        ["EVENT"],
        ["storm"],
    ]


def test_the_config_tells_of_migrations_and_keeps_earlier_controls_out_of_sight() -> None:
    record = MigrationRecord(scheme_toml(OLD), scheme_toml(NEW), MAP)
    for review in (False, True):
        config = with_migrations(labeling_config(NEW, review=review), NEW, [record])
        check_labeling_config(config)
        [found] = migrations_in(config)
        assert found.load().id == MIGRATION.id
        assert all(f'name="{name}"' in config for name in ("HAZARD.type", "STRUCK.how"))
        hidden = 3 if review else 2  # HAZARD and RUMOUR, and what stands for an open conflict
        assert f"nth-last-child(-n+{hidden})" in config
    assert with_migrations(labeling_config(NEW), NEW, []) == labeling_config(NEW)


def test_suggestions_become_what_a_push_of_the_migrated_records_makes() -> None:
    spans = (
        OLD.span(17, 20, "STRUCK", min=300, max=300),
        OLD.span(34, 37, "RUMOUR"),
        OLD.span(4, 9, "HAZARD", type="flood"),
    )
    scored = tuple(replace(span, score=0.5) for span in spans)
    document = Document(id="a", text=TEXT, spans=scored)

    def prefix(span: Span) -> str:
        return "" if span.label == "RUMOUR" else "faint-"

    sent = results_of(document, [*scored, Span(10, 16, UNDECIDED)], OLD, prefix=prefix)
    expected = migrate(document, MIGRATION).document.spans
    pushed = results_of(document, [*expected, Span(10, 16, UNDECIDED)], NEW, prefix=prefix)
    found = migrate_suggestions(sent, document, MIGRATION)
    assert (found.was, found.plain, found.others, found.left_out) == (sent, pushed, [], 0)


def _steps(lines: str, new: dict[str, Any]) -> list[Migration]:
    return [parse_migration(lines, OLD, parse_scheme({"name": "disaster", "version": 3, "labels": new}))]


HAZARD = {"definition": "-", "fields": {"type": {"type": "choice", "choices": ["flood", "storm"]}}}
STRUCK = {"definition": "-", "fields": {"number": {"type": "interval"}, "how": {"type": "text"}}}
EVENT = {"definition": "-", "fields": {"type": {"type": "text"}}}
REST = '[labels]\nRUMOUR = ""\n'

REUSED = {
    "two labels change places": (
        '[labels]\nRUMOUR = "HAZARD"\nHAZARD = "RUMOUR"\n',
        {"HAZARD": {"definition": "-"}, "RUMOUR": HAZARD, "STRUCK": STRUCK},
        "HAZARD",
    ),
    "two choices change places": (
        f'{REST}[labels.HAZARD]\nfields.type.values = {{ flood = "storm", storm = "flood" }}\n',
        {"HAZARD": HAZARD, "STRUCK": STRUCK},
        "HAZARD.type flood",
    ),
    "a field makes room for another": (
        f'{REST}[labels.STRUCK]\nfields = {{ how = "" }}\n',
        {"HAZARD": HAZARD, "STRUCK": STRUCK},
        "STRUCK.how",
    ),
}


@pytest.mark.parametrize("case", REUSED)
def test_a_map_that_gives_a_name_another_meaning_is_refused_for_a_project(case: str) -> None:
    lines, new, name = REUSED[case]
    with pytest.raises(DataError, match=rf"^{name} is a name of disaster@3 with another meaning\. Fix: "):
        check_reused_names(_steps(lines, new))


def test_a_name_that_is_kept_for_a_part_is_said_and_merged_ones_are_not() -> None:
    split = f'{REST}[labels.HAZARD]\nsplit = [{{ to = "EVENT", words = "storm" }}, {{ to = "HAZARD" }}]\n'
    [remark] = check_reused_names(_steps(split, {"HAZARD": HAZARD, "EVENT": EVENT, "STRUCK": STRUCK}))
    assert remark.startswith("HAZARD keeps its name for a part of its spans") and "does not become EVENT" in remark
    merged = '[labels]\nRUMOUR = "HAZARD"\n'
    steps = _steps(merged, {"HAZARD": HAZARD, "STRUCK": STRUCK})
    assert check_reused_names(steps) == [] == check_reused_names([MIGRATION])
    assert check_reused_names([MIGRATION, MIGRATION.reversed]) == []


def test_late_work_is_taken_from_the_last_scheme_that_had_its_names() -> None:
    third = {
        "HAZARD": {"definition": "-", "fields": {"kind": {"type": "choice", "choices": ["water", "storm"]}}},
        "STRUCK": {"definition": "-", "fields": {"count": {"type": "interval"}}},
    }
    scheme = parse_scheme({"name": "disaster", "version": 3, "labels": third})
    further = parse_migration('[labels]\nEVENT = "HAZARD"\n', NEW, scheme)
    document = Document(id="a", text=TEXT, spans=())
    steps = [MIGRATION, further, further.reversed, MIGRATION.reversed]
    chosen = {"type": "choices", "value": {"choices": ["water"]}}
    for label in ("EVENT", "HAZARD"):  # of the second scheme, and of the third
        results = mark("r", "flood", label, {"from_name": f"{label}.kind", **chosen})
        [span] = spans_of(work_in_scheme(results, "", None, document, steps, OLD).results, TEXT, OLD).spans
        assert (span.label, span.value) == ("HAZARD", OLD.value("HAZARD", type="flood"))


def _chain(*labels: dict[str, Any], overlap: tuple[bool, ...], maps: tuple[str, ...]) -> list[Migration]:
    """Migrations through schemes of these labels, of which each allows overlap or not."""
    schemes = [
        parse_scheme({"name": "disaster", "version": n, "labels": of, "spans": {"overlap": may, "boundaries": "any"}})
        for n, (of, may) in enumerate(zip(labels, overlap, strict=True), 1)
    ]
    return [parse_migration(text, *schemes[n : n + 2]) for n, text in enumerate(maps)]


def test_what_came_late_through_one_migration_goes_through_the_next_though_its_names_stay() -> None:
    kind = {"type": "choice", "choices": ["x", "y"]}
    fields = ({"first": kind}, {"count": kind}, {"count": kind, "sort": kind})
    labels = [{"STRUCK": {"definition": "-", "fields": of}} for of in fields]
    maps = ('[labels.STRUCK]\nfields = { first = "count" }\n', '[labels.STRUCK]\nset = { sort = "y" }\n')
    steps = _chain(*labels, overlap=(False,) * 3, maps=maps)
    answer = {"from_name": "STRUCK.first", "type": "choices", "value": {"choices": ["x"]}}
    document = Document(id="a", text=TEXT, spans=())
    found = work_in_scheme(mark("r", "300", "STRUCK", answer), "", None, document, steps, steps[-1].new)
    [span] = spans_of(found.results, TEXT, steps[-1].new).spans
    assert span.value == steps[-1].new.value("STRUCK", count="x", sort="y")
    [remark] = check_reused_names(steps)
    assert remark.startswith("STRUCK keeps its name and gets a fixed value")


def test_late_spans_that_cannot_stay_together_wait_in_their_scheme_for_the_answer() -> None:
    labels = [{name: {"definition": "-"}} for name in ("ONE", "TWO", "THREE")]
    steps = _chain(*labels, overlap=(True, False, False), maps=('labels.ONE = "TWO"\n', 'labels.TWO = "THREE"\n'))
    late = [*mark("r1", "300 people", "ONE"), *mark("r2", "people", "ONE")]
    document = Document(id="a", text=TEXT, spans=())
    found = work_in_scheme(late, "", None, document, steps, steps[-1].new)
    assert (found.results, [question.kind for question in found.questions]) == (late, ["overlap"])
    answers = {question.key: [1] for question in found.questions}
    done = work_in_scheme(found.results, "", None, document, steps, steps[-1].new, answers=answers)
    [span] = spans_of(done.results, TEXT, steps[-1].new).spans
    assert (span.label, done.questions) == ("THREE", [])
    assert [item["span"]["label"] for entry in done.history for item in entry.get("spans", ())] == ["ONE"]
