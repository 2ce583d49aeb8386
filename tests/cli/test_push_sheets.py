"""What a push reads before it sends anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.cli.flows.sheets import read_sheets
from goldspan.corpus import check_records
from goldspan.schema import DataError, Problem, Scheme
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
        read_sheets(str(texts if beside else broken), [str(broken)] if beside else [], scheme)
    said = [(problem.what, problem.fix, problem.path) for problem in refused.value.problems]
    assert said == [(problem.what, problem.fix, str(broken)) for problem in told] != []


def test_suggestions_in_a_zone_of_the_document_that_is_pushed_are_refused(scheme: Scheme, tmp_path: Path) -> None:
    zones = [{"start": 14, "end": 24, "kind": "byline"}]
    texts = write_lines(tmp_path / "texts.jsonl", record("a", TEXT, zones=zones))
    other = write_lines(tmp_path / "more.jsonl", record("a", TEXT, spans=[span(14, 24, "LOCATION")]))
    with pytest.raises(DataError, match="lies in a zone"):
        read_sheets(str(texts), [str(other)], scheme)
