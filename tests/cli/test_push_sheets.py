"""What a push reads before it sends anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus import check_records
from goldspan.schema import DataError, Problem, Scheme, sha256_hex
from goldspan.workflows.studio.document_suggestions import read_suggestions
from tests.conftest import record, span, write_lines

TEXT = "Gunmen struck Kouré-Bèrè, the town."
BROKEN = {
    "cut at a hyphen": [span(14, 20, "LOCATION")],
    "an outer blank": [span(13, 24, "LOCATION")],
    "overlapping": [span(14, 24, "LOCATION"), span(14, 19, "ACTOR")],
    "an article": [span(26, 34, "LOCATION")],
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("beside", [False, True])
def test_suggestions_that_the_check_would_name_are_refused_in_its_words(
    name: str, beside: bool, scheme: Scheme, tmp_path: Path
) -> None:
    texts = write_lines(tmp_path / "texts.jsonl", record("a", TEXT))
    broken = write_lines(tmp_path / "broken.jsonl", record("a", TEXT, spans=BROKEN[name], layer={"annotator": "x"}))
    told: list[Problem] = []
    check_records(broken, scheme, told.append)
    with pytest.raises(DataError) as refused:
        read_suggestions(str(texts if beside else broken), [str(broken)] if beside else [], scheme)
    said = [(problem.what, problem.fix, problem.path) for problem in refused.value.problems]
    assert said == [(problem.what, problem.fix, str(broken)) for problem in told] != []


def test_suggestions_in_a_zone_of_the_document_that_is_pushed_are_refused(scheme: Scheme, tmp_path: Path) -> None:
    zones = [{"start": 14, "end": 24, "kind": "byline"}]
    texts = write_lines(tmp_path / "texts.jsonl", record("a", TEXT, zones=zones))
    other = write_lines(tmp_path / "more.jsonl", record("a", TEXT, spans=[span(14, 24, "LOCATION")]))
    with pytest.raises(DataError, match="overlaps a zone"):
        read_suggestions(str(texts), [str(other)], scheme)


def test_a_review_takes_every_document_that_any_pass_has_from_those_who_have_read_it(
    scheme: Scheme, tmp_path: Path
) -> None:
    def read(name: str, *ids: str, skipped: str = "", **more: Any) -> str:
        lines = [
            record(n, more.get("text", TEXT), spans=[] if n == skipped else [span(14, 24, "LOCATION")],
                   layer={"annotator": name, "skipped": n == skipped})
            for n in ids
        ]  # fmt: skip
        return str(write_lines(tmp_path / f"{name}.jsonl", *lines))

    ann, ben, cy = read("ann", "a", "b"), read("ben", "c", "b", skipped="b"), read("cy", "a", "c")
    sheets = {s.document.id: s for s in read_suggestions(ann, [ben, cy], scheme, review=True)}
    assert {name: sorted(sheet.suggestions) for name, sheet in sheets.items()} == {
        "a": ["ann", "cy"],
        "b": ["ann"],
        "c": ["ben", "cy"],
    }
    assert [sheet.document.text for sheet in sheets.values()] == [TEXT] * 3
    with pytest.raises(DataError, match="suggestions for a document that is not pushed"):
        read_suggestions(ann, [ben, cy], scheme)
    other = read("dora", "c", text=f"{TEXT} And so on.")
    with pytest.raises(DataError, match="the text differs between passes") as refused:
        read_suggestions(ann, [ben, other], scheme, review=True)
    assert [problem.document for problem in refused.value.problems] == ["c"]


def test_the_text_of_a_document_is_that_of_whichever_pass_has_it(scheme: Scheme, tmp_path: Path) -> None:
    bare = {"id": "a", "text_sha256": sha256_hex(TEXT), "text_length": len(TEXT), "spans": []}
    one = write_lines(tmp_path / "one.jsonl", bare | {"layer": {"annotator": "one"}})
    two = write_lines(tmp_path / "two.jsonl", record("a", TEXT, layer={"annotator": "two"}))
    [sheet] = read_suggestions(str(one), [str(two)], scheme, review=True)
    assert sheet.document.text == TEXT and sorted(sheet.suggestions) == ["one", "two"]
