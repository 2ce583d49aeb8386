"""Spans of sets whose words are not at their offsets: what is moved, what is left out, and that both are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from goldspan.corpus.formats import ReadReport, ReadRequest
from goldspan.corpus.formats.conversion import read_as
from goldspan.corpus.formats.foreign.stated_documents import LabelledStatement, StatedDocument
from goldspan.corpus.formats.format_registry import DetectedFormat
from goldspan.corpus.gold_sets.catalogue import find_gold_set
from goldspan.corpus.gold_sets.misplaced_spans import LOST, MOVED, REQUOTED, NearbySpans, move_to_words
from goldspan.corpus.gold_sets.readers import SET_READERS
from goldspan.corpus.gold_sets.set_reader import set_reader
from goldspan.corpus.spans.offset_units import OffsetUnit
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, UsageError, conflict_scheme

from .gold_files import re3d

TEXT = "In Goma and Goma, Beni left Gomas with “J.D.” Doe."
"""Goma at 3 and 12, Beni at 18, the name with its quotation marks at 39."""

CASES: dict[str, tuple[int, int, str, tuple[int, int] | None, str]] = {
    "right": (3, 7, "Goma", (3, 7), ""),
    "one too early": (17, 21, "Beni", (18, 22), MOVED),
    "as many as may be": (21, 25, "Beni", (18, 22), MOVED),
    "one more": (22, 26, "Beni", None, LOST),
    "an end that is too late": (18, 24, "Beni", (18, 22), MOVED),
    "an end beyond the text": (18, 99, "Beni", (18, 22), MOVED),
    "a place before the text": (-1, 1, "In", (0, 2), MOVED),
    "only one of the places is near": (9, 13, "Goma", (12, 16), MOVED),
    "words that stand nowhere": (18, 22, "Bukavu", None, LOST),
    "words that are a part of one": (27, 31, "Goma", None, LOST),
    "other letters of the same kind": (18, 22, "beni", None, LOST),
    "other quotation marks": (39, 49, "'J.D.' Doe", (39, 49), REQUOTED),
    "other quotation marks, elsewhere": (41, 51, '"J.D." Doe', (39, 49), MOVED),
    "other white space": (38, 48, "“J.D.”\nDoe", (39, 49), MOVED),
    "letters that mean something in patterns": (39, 44, ".....", None, LOST),
    "nothing but blanks": (8, 10, " ", None, LOST),
}


def state(*spans: tuple[int, int, str | None], text: str = TEXT) -> StatedDocument:
    marks = [LabelledStatement("LOCATION", ((start, end),), words) for start, end, words in spans]
    return StatedDocument(text, marks)


@pytest.mark.parametrize("name", CASES)
def test_a_span_is_moved_where_its_words_are_plain_and_else_left_out(name: str) -> None:
    start, end, words, place, kind = CASES[name]
    stated = state((start, end, words))
    assert move_to_words(stated, 3) == (kind != "")
    assert [span.fragments for span in stated.spans] == ([] if place is None else [(place,)])
    assert [reason for _, reason in stated.unplaced] == [LOST] * (place is None)
    assert dict(stated.changed) == ({kind: 1} if place and kind else {})


def test_words_that_stand_twice_nearby_are_left_out_unless_another_span_has_one_of_the_places() -> None:
    alone = state((8, 12, "Goma"))
    assert move_to_words(alone, 5) == 1 and alone.spans == [] and alone.unplaced[0][1] == LOST
    beside = state((8, 12, "Goma"), (3, 7, "Goma"))
    assert move_to_words(beside, 5) == 1 and [span.fragments[0] for span in beside.spans] == [(12, 16), (3, 7)]
    twice = state((17, 21, "Beni"), (16, 20, "Beni"))
    assert move_to_words(twice, 5) == 2 and [span.fragments[0] for span in twice.spans] == [(18, 22)]


def test_a_span_without_words_and_offsets_of_another_unit_are_left_alone() -> None:
    unstated = state((17, 21, None), (17, 21, "Beni"))
    assert move_to_words(unstated, 3) == 1 and unstated.spans[0].fragments == ((17, 21),)
    units = state((3, 7, "Goma"), (11, 15, "Beni"), text="🙂 Goma 🙂 Beni")  # UTF-16 code units
    assert move_to_words(units, 3) == 0 and units.spans[0].fragments == ((3, 7),)
    declared = state((4, 8, "Goma"), text="In Goma")
    declared.unit = OffsetUnit("UTF-8 bytes")
    assert move_to_words(declared, 3) == 0 and len(declared.spans) == 1


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.lists(st.sampled_from(["Goma", "Beni", "گوما", "北京", "🙂", "é", "“", "'", "\n", "-", "a"]), max_size=12),
    st.data(),
)
def test_spans_that_are_moved_have_their_words_and_are_near_and_none_is_lost_unseen(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    offsets = st.integers(-3, len(text) + 3)
    kinds = st.tuples(offsets, offsets, st.one_of(st.none(), st.sampled_from(["Goma", "北京", "a", "'", "“ -", ""])))
    stated = state(*data.draw(st.lists(kinds, max_size=5)), text=text)
    before = [(id(span), span.fragments) for span in stated.spans]
    nearby = data.draw(st.integers(1, 6))
    misplaced = move_to_words(stated, nearby)
    assert {id(span) for span in stated.spans} | {id(span) for span, _ in stated.unplaced} == {one for one, _ in before}
    assert len(stated.unplaced) + sum(stated.changed.values()) == misplaced
    for span in stated.spans:
        was = dict(before)[id(span)]
        if span.fragments != was:
            assert abs(span.fragments[0][0] - was[0][0]) <= nearby
            assert text[slice(*span.fragments[0])] == span.words
    moved = [span.fragments for span in stated.spans if span.fragments != dict(before)[id(span)]]
    assert len(set(moved)) == len(moved)


def damaged_re3d(folder: Path, begins: list[int]) -> Path:
    """A copy of re3d whose first entities are as many characters too late."""
    source = re3d(folder)
    path = source / "BBC Online" / "entities.json"
    items = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for item, begin in zip(items, begins, strict=False):
        item["begin"], item["end"] = item["begin"] + begin, item["end"] + begin
    path.write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    return source


def test_a_set_says_how_far_and_the_account_how_many(tmp_path: Path) -> None:
    report = ReadReport()
    labels = {"Organisation": "ACTOR", "Location": "LOCATION", "Temporal": "DATE", "Weapon": ""}
    request = ReadRequest(conflict_scheme(), report, LabelMap(labels))
    source = damaged_re3d(tmp_path / "a", [0, 2])
    documents = list(read_as(DetectedFormat(NearbySpans(SET_READERS["re3d"], 3)), source, request))
    assert [documents[0].surface(span) for span in documents[0].spans] == ["US forces", "Raqqa", "Tuesday"]
    assert report.changed.counts[MOVED] == 1 and any(f"{MOVED}: 1" in line for line in report.summary())
    strict = ReadRequest(conflict_scheme(), labels=LabelMap(labels))
    with pytest.raises(DataError, match="says 'Raqqa', but the text has"):
        list(read_as(DetectedFormat(SET_READERS["re3d"]), source, strict))
    wrong = damaged_re3d(tmp_path / "b", [1, 2])
    with pytest.raises(DataError, match="2 of 5 spans are not at their offsets, which is more than a quarter"):
        list(read_as(DetectedFormat(NearbySpans(SET_READERS["re3d"], 3)), wrong, strict))


def test_a_set_whose_spans_are_never_moved_may_not_say_how_far(tmp_path: Path) -> None:
    own = structs.replace(find_gold_set("lgl"), form="jsonl", nearby=3)
    with pytest.raises(UsageError, match="of the form jsonl are never moved, so `nearby` has no effect"):
        set_reader(own, tmp_path)
