"""The field's open gold: what is stated of each set, and the readers of their forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from goldspan.corpus.formats import ReadRequest, installed_formats
from goldspan.corpus.formats.conversion import read_as
from goldspan.corpus.formats.format_registry import DetectedFormat
from goldspan.corpus.gold_sets.catalogue import catalogue, find_gold_set
from goldspan.corpus.gold_sets.gold_set import STATED, SUITES, is_fetchable, is_safe_path, read_gold_set
from goldspan.corpus.gold_sets.readers import SET_READERS
from goldspan.corpus.storage.label_map import CATCH_ALL, LabelMap, read_label_map
from goldspan.eval import score
from goldspan.schema import DataError, Document, GoldspanError, Span, UsageError, conflict_scheme

from .gold_files import (
    SMALL_SETS,
    entity_roles,
    events,
    numbers,
    quantities,
    re3d,
    role_fillers,
    timex2,
    typed_toponyms,
)

SCHEME = conflict_scheme()
GOLD = Document(id="d", text="Iran struck 3 sites in Erbil today.", spans=(
    Span(0, 4, "ACTOR", SCHEME.value("ACTOR", kind="state", id="IRN")),
    Span(12, 13, "COUNT", SCHEME.value("COUNT", min=3, max=3, unit="site")),
    Span(23, 28, "LOCATION", SCHEME.value("LOCATION", lat=36.19, lon=44.01)),
    Span(29, 34, "DATE", SCHEME.value("DATE", edtf="2024-01-01")),
))  # fmt: skip


def test_all_that_is_stated_of_the_sets_can_be_used() -> None:
    perfect = score([GOLD], [GOLD], resamples=0)
    assert {suite for each in catalogue() for suite in each.suites} == set(SUITES)
    for each in catalogue():
        assert each.licence and each.home and each.paper and each.protocol.match, each.name
        assert each.form in {*SET_READERS, *installed_formats(), ""}, each.name
        read_label_map(each.label_map, SCHEME)
        for figure in each.protocol.figures:
            if not figure.path.startswith(STATED):
                assert perfect.metric(figure.path) in (1.0, 0.0), (each.name, figure.path)
        for file in each.files:
            assert len(file.url.split("/")[5]) == 40, f"{each.name}: the address names no commit"
            assert file.size is not None, file.url
        assert all(0 <= each.value <= 1 and "http" in each.source for each in each.published)


def test_each_set_with_a_reader_has_a_small_file_that_is_read() -> None:
    unreadable = {"tagwar"}  # the names of its labels are not known
    assert {each.name for each in catalogue()} == SMALL_SETS.keys() | unreadable
    assert read_label_map(find_gold_set("tagwar").label_map, SCHEME).labels == {}


def read(form: str, path: Path, labels: dict[str, str] | None = None) -> list[Document]:
    request = ReadRequest(SCHEME, labels=LabelMap(labels or {CATCH_ALL: "ACTOR"}))
    return list(read_as(DetectedFormat(SET_READERS[form]), path, request))


def values(documents: list[Document]) -> list[dict[str, Any]]:
    return [
        {key: getattr(span.value, key) for key in ("min", "max", "edtf") if getattr(span.value, key, None) is not None}
        for document in documents
        for span in document.spans
    ]


def test_values_are_read_where_the_scheme_can_hold_them(tmp_path: Path) -> None:
    assert values(read("number-specifications", numbers(tmp_path), {"number": "COUNT"})) == [
        {"min": 20, "max": 20},
        {"min": 2, "max": 2},
        {},
    ]
    dates = read(
        "timex2", timex2(tmp_path), {"DATE": "DATE", "TIME": "DATE", "DURATION": "", "SET": "", "TIMEX2": "DATE"}
    )
    assert values(dates) == [{"edtf": "1939-09"}, {"edtf": "1939"}, {}, {}]
    assert dates[0].meta.published == "2010-02-03"
    stated = read("stated-quantities", quantities(tmp_path))
    assert [document.extra for document in stated] == [
        {"stated_values": [[20, 20], [2, 3]]},
        {"stated_values": [[1.5, 1.5]]},
        {"stated_values": []},
    ]


def test_a_toponym_has_the_point_and_the_id_of_its_place(tmp_path: Path) -> None:
    labels = {"Literal": "LOCATION", CATCH_ALL: ""}
    [document] = read("typed-toponyms", typed_toponyms(tmp_path), labels)
    value: Any = document.spans[0].value
    assert (value.id, value.lat, value.lon) == ("geonames:170654", 33.51, 36.29)


def test_an_event_is_kept_and_the_number_of_fatalities_is_its_value(tmp_path: Path) -> None:
    first, second, third = read("event-calls", events(tmp_path))
    assert [document.meta.language for document in (first, second, third)] == ["en", "en", "uk"]
    assert first.extra == {
        "event": {
            "type": "Attack",
            "location": {"type": "Location", "country": "Ukraine", "address": "Kyiv, Ukraine's capital"},
            "women_targeted": ["WomenTargetedCategory.GIRLS"],
            "fatalities": 20,
            "attackers": ["Police"],
            "targeted_entities": [],
        },
        "stated_values": [[20, 20]],
    }
    for other in (second, third):  # unknown, and none at all, which the authors do not compare either
        assert other.extra is not None and other.extra["stated_values"] == []


def test_a_range_may_have_blanks_around_its_hyphen(tmp_path: Path) -> None:
    file = tmp_path / "set.json"
    file.write_text('[{"text": "x", "quantities": [{"value": "3.0 - 4.0"}]}]', "utf-8")
    [stated] = read("stated-quantities", file)
    assert stated.extra == {"stated_values": [[3, 4]]}


@pytest.mark.parametrize("after", [0, 1])
def test_ends_of_roles_are_those_that_fit_the_words(after: int, tmp_path: Path) -> None:
    first, _ = read("entity-roles", entity_roles(tmp_path, after=after))
    assert [first.surface(span) for span in first.spans] == ["Russia", "Kyiv"]
    assert [span.note for span in first.spans] == ["Tyrant; Saboteur", "Victim"]


def test_mentions_of_an_entity_have_its_number_and_confidence_is_the_score(tmp_path: Path) -> None:
    [document] = read("role-fillers", role_fillers(tmp_path))
    assert {span.note for span in document.spans} == {"entity 1"}
    first, second = read("re3d", re3d(tmp_path))
    assert [span.score for span in first.spans] == [0.9] * 4 and second.spans[0].score is None
    assert (first.meta.title, first.meta.publisher, first.meta.url) == ("Strike", "BBC", "https://example.org/1")


FAULTS = {
    "no such folder of re3d": ("re3d", {"x.json": "{}"}, "no documents.json in the folder. Fix: name the folder of re3d"),
    "an entity without a document": ("re3d", {"documents.json": '{"_id": "a", "text": "x"}\n', "entities.json": '{"documentId": "b", "begin": 0, "end": 1, "type": "T", "value": "x"}\n'}, "entities.json:1: entities of the document 'b', which is not there"),
    "an entity without a type": ("re3d", {"documents.json": '{"_id": "a", "text": "x"}\n', "entities.json": '{"documentId": "a", "begin": 0, "end": 1}\n'}, "entities.json:1: the entity on line 1: `type` is null"),
    "words that are elsewhere": ("role-fillers", {"": '{"docid": "a", "doctext": "the army", "extracts": {"PerpOrg": [[["army", 3]]]}}'}, "says 'army', but the text has ' arm'"),
    "a mention of another form": ("role-fillers", {"": '{"docid": "a", "doctext": "the army", "extracts": {"PerpOrg": [["army", 4]]}}'}, "is not a mention. Fix: give each as [words, offset]"),
    "a value that is no number": ("stated-quantities", {"": '[{"text": "x", "quantities": [{"value": "many"}]}]'}, 'quantity 1: the value "many" is not a number'),
    "an infinite value": ("stated-quantities", {"": '[{"text": "x", "quantities": [{"value": "1e999"}]}]'}, "is not a number"),
    "no roles": ("entity-roles", {"subtask-1-annotations.txt": "a.txt\tx\t0\n", "raw-documents/a.txt": "x"}, "subtask-1-annotations.txt:1: the line is not an article"),
    "no articles": ("entity-roles", {"subtask-1-annotations.txt": "a.txt\tx\t0\t1\tVictim\n"}, "the articles are missing. Fix: name a folder"),
    "an article that is not there": ("entity-roles", {"subtask-1-annotations.txt": "a.txt\tx\t0\t1\tVictim\n", "raw-documents/b.txt": "x"}, "subtask-1-annotations.txt:1: there is no article 'a.txt'"),
    "no text": ("timex2", {"": "<DOC><BODY>x</BODY></DOC>"}, "the document has no <TEXT>. Fix: name a file of WikiWars"),
    "a toponym without a type": ("typed-toponyms", {"": "<articles><article><text>Goma</text><toponyms><toponym><start>0</start><end>4</end></toponym></toponyms></article></articles>"}, "file.json:1: toponym on line 1 has no type. Fix: name GWN.xml"),
    "a label that is run": ("event-calls", {"": '{"event_id_in_acled": "a", "language": "en", "plain_text": "x", "gold_label": "__import__(\'os\').abort()"}'}, "file.json:1: gold_label is not the call of an event"),
    "a field that is stated twice": ("event-calls", {"": '{"event_id_in_acled": "a", "language": "en", "plain_text": "x", "gold_label": "Attack(fatalities=1, fatalities=2)"}'}, "file.json:1: gold_label is not the call of an event"),
    "deaths that are no number": ("event-calls", {"": '{"event_id_in_acled": "a", "language": "en", "plain_text": "x", "gold_label": "Attack(fatalities=True)"}'}, "the number of fatalities is true. Fix: give gold_label"),
    "no JSON": ("number-specifications", {"": "ten"}, "not a JSON file of sentences. Fix: name a specification"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_what_to_do(name: str, tmp_path: Path) -> None:
    form, files, message = FAULTS[name]
    for own, text in files.items():
        path = tmp_path / "set" / own if own else tmp_path / "file.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        read(form, tmp_path / ("file.json" if "" in files else "set"))
    assert message in str(caught.value), str(caught.value)


ATOMS = st.sampled_from([None, True, -3, 2, 9**30, 2.5, "", "x", "20", "2-3"])
KEYS = st.sampled_from(["text", "value", "Text", "Start", "End", "TypeName", "Resolution"])
JSON = st.recursive(ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=6)  # fmt: skip


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    JSON,
    st.sampled_from(
        [
            ("role-fillers", "docid", "doctext", "extracts"),
            ("stated-quantities", "id", "text", "quantities"),
            ("number-specifications", "id", "Input", "Results"),
            ("event-calls", "event_id_in_acled", "plain_text", "gold_label"),
        ]
    ),
)
@example(
    [{"Text": "x", "TypeName": "number", "Start": -3, "End": 9**30}],
    ("number-specifications", "id", "Input", "Results"),
)
def test_whatever_a_file_holds_a_reader_reads_it_or_says_why_not(
    tmp_path: Path, data: Any, keys: tuple[str, str, str, str]
) -> None:
    form, name, text, marks = keys
    path = tmp_path / "file.json"
    path.write_text(json.dumps([{name: "a", text: "x 🙂 20 y", marks: data}]), "utf-8")
    try:
        [document] = read(form, path)
    except GoldspanError as error:
        assert all("file.json" in line for line in error.lines), error.lines
    else:
        assert all(document.surface(span).strip() for span in document.spans)


DESCRIPTION = """
name = "mine"
title = "Mine"
suites = ["places"]
languages = ["en"]
licence = "CC0"
home = "https://example.org"
paper = "none"
form = "toponyms"
map = "labels.toml"
obtain = "ask"

[protocol]
spans = "places"
match = "exact"
[[protocol.figures]]
name = "F1"
path = "spans.strict.labels.LOCATION.f1"
"""
FILE = '[[files]]\nurl = "https://example.org/x"\npath = "x"\n'
WRONG = {
    "a missing key": (DESCRIPTION.replace('licence = "CC0"\n', ""), "mine.toml:1: object missing required field `licence`"),
    "an unknown key": (DESCRIPTION + 'colour = "red"\n', "mine.toml:16: object contains unknown field `colour`"),
    "a wrong type": (DESCRIPTION.replace('["en"]', '"en"'), "mine.toml:5: expected `array`, got `str`"),
    "a suite that there is not": (DESCRIPTION.replace('"places"]', '"planes"]'), "mine.toml:4: unknown suite 'planes'. Fix: one of conflict"),
    "a name that is a path": (DESCRIPTION.replace('"mine"', '"../mine"'), "mine.toml:2: the name '../mine' is not one of a folder"),
    "a path that leaves the folder": (DESCRIPTION + FILE.replace('path = "x"', 'path = "../x"'), "mine.toml:21: '../x' is not a path of its own below a folder"),
    "a path that is there twice": (DESCRIPTION + FILE + FILE, "mine.toml:21: 'x' is not a path of its own below a folder"),
    "a path that is there twice, written otherwise": (DESCRIPTION + FILE + FILE.replace('path = "x"', 'path = "./X"'), "mine.toml:21: 'x' is not a path of its own below a folder"),
    "a path that is a file and a folder": (DESCRIPTION + FILE + FILE.replace('path = "x"', 'path = "x/y"'), "mine.toml:21: 'x' is a file, and the folder of another. Fix: "),
    "a language that is none": (DESCRIPTION.replace('["en"]', '["no tongue"]'), "mine.toml:5: 'no tongue' is not a language tag. Fix: "),
    "an address without TLS": (DESCRIPTION + FILE.replace("https", "http"), "mine.toml:20: 'http://example.org/x' is not an address that can be fetched"),
    "a hash that is none": (DESCRIPTION + FILE + 'sha256 = "abc"\n', "mine.toml:22: 'abc' is not a SHA-256. Fix: 64 hexadecimal digits"),
    "no way to get it": (DESCRIPTION.replace('obtain = "ask"\n', ""), "the set has neither `files` nor `obtain`"),
    "an unknown fact": (DESCRIPTION + '[unverified]\nlicense = "not read"\n', "mine.toml:20: 'license' is no fact that can be unverified. Fix: one of title"),
    "a doubt without a word": (DESCRIPTION + '[unverified]\nlicence = ""\n', "mine.toml:20: nothing is said of 'licence'. Fix: say what"),
    "a distance of more than a few characters": (DESCRIPTION.replace('obtain = "ask"', 'obtain = "ask"\nnearby = 21'), "mine.toml:12: 21 is not a distance of a few characters. Fix: from 0 to 20"),
    "a unit of spans": (DESCRIPTION + 'unit = "killed"\n', "mine.toml:19: `unit` has no effect here. Fix: a path such as stated.recall"),
    "an unknown figure of values": (DESCRIPTION.replace("spans.strict.labels.LOCATION.f1", "stated.recal"), "mine.toml:18: unknown figure 'stated.recal'. Fix: one of stated.f1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_description_that_cannot_be_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, message = WRONG[name]
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        read_gold_set(path)
    assert message in str(caught.value) and "Fix: " in str(caught.value), str(caught.value)


def test_what_is_not_verified_is_never_stated_as_certain(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DESCRIPTION + '[unverified]\nlicence = "not read"\n', "utf-8")
    mine = read_gold_set(path)
    assert (mine.shown("licence"), mine.shown("paper")) == ("CC0 (not verified)", "none")
    assert mine.doubts == ["not verified: licence: not read"]


def test_all_parts_of_re3d_come_with_their_terms_and_whom_to_name() -> None:
    paths = {file.path for file in find_gold_set("re3d").files}
    parts = {path.partition("/")[0] for path in paths}
    assert len(parts) == 7
    assert paths >= {f"{part}/{name}" for part in parts for name in ("ATTRIBUTION", "LICENSE", "documents.json")}


def test_a_published_figure_of_a_part_says_of_which_and_those_of_a_table_fit_together() -> None:
    parts = {"geowebnews": "474", "lgl": "967", "tr-news": "274"}
    for name, count in parts.items():
        assert all(f"held-out part, N = {count} places" in each.note for each in find_gold_set(name).published), name
    published = find_gold_set("newsquant").published
    found = {(each.system, each.figure): each.value for each in published}
    assert found["CQE", "value F1"] == 0.92 and len(found) == len(published) == 15
    for system in {each.system for each in published}:
        precision, recall, f1 = (found[system, f"value {name}"] for name in ("precision", "recall", "F1"))
        assert f1 == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-3), system


def test_a_set_is_named_or_described_by_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DESCRIPTION, "utf-8")
    mine = find_gold_set(str(path))
    assert (mine.name, mine.label_map, mine.size) == ("mine", tmp_path / "labels.toml", None)
    with pytest.raises(UsageError, match="unknown set 'lgi': did you mean 'lgl'"):
        find_gold_set("lgi")


@pytest.mark.parametrize(
    ("url", "can_be"),
    [
        ("https://example.org/a", True), ("http://127.0.0.1:8/a", True), ("http://[::1]/a", True), ("http://example.org/a", False),
        ("https://me:secret@example.org/a", False), ("file:///etc/passwd", False), ("https:///a", False), ("http://127.0.0.1.example.org/", False),
        ("https://example.org:99999/", False), ("https://[x/", False),
    ],
)  # fmt: skip
def test_only_addresses_over_tls_or_of_this_machine_are_fetched(url: str, can_be: bool) -> None:
    assert is_fetchable(url) is can_be


@pytest.mark.parametrize("path", ["", "/x", "../x", "a/../../x", "C:x", "a\\b", "x\0", "a|b"])
def test_a_path_stays_below_its_folder_on_every_system(path: str) -> None:
    assert not is_safe_path(path) and is_safe_path("BBC Online/documents.json")
