"""Lines of CLUENER: words and their places by label, in the unit in which the words are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.formats import ReadReport, read_any
from goldspan.corpus.formats.format_registry import recognised_formats
from goldspan.schema import DataError

from .written import SCHEME

TEXT = "😊 M23 left Goma, M23 came."
INCLUSIVE = {"ACTOR": {"M23": [[2, 4], [17, 19]]}, "LOCATION": {"Goma": [[11, 14]]}}
EXCLUSIVE = {"ACTOR": {"M23": [[2, 5], [17, 20]]}, "LOCATION": {"Goma": [[11, 15]]}}


def lines(folder: Path, *items: Any, end: str = "\n") -> Path:
    path = folder / "dev.json"
    path.write_bytes("".join(json.dumps(item, ensure_ascii=False) + end for item in items).encode())
    return path


@pytest.mark.parametrize("label", [INCLUSIVE, EXCLUSIVE])
def test_words_are_at_their_places(label: dict[str, Any], tmp_path: Path) -> None:
    path = lines(
        tmp_path, {"id": 3, "text": TEXT, "label": label, "x": 1}, {"id": 4, "text": "", "label": {}}, end="\r\n"
    )
    assert [form.name for form in recognised_formats(path)] == ["cluener"]
    first, second = read_any(path, SCHEME, ReadReport())
    assert [(first.surface(s), s.start, s.label) for s in first.spans] == [
        ("M23", 2, "ACTOR"),
        ("Goma", 11, "LOCATION"),
        ("M23", 17, "ACTOR"),
    ]
    assert (first.id, first.extra, second.id, second.spans) == ("3", {"x": 1}, "4", ())


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ({"ACTOR": {"M23": [[6, 9]]}}, "dev.json:1: document 'dev'.*M23"),
        ({"ACTOR": {"M23": [[2]]}}, r"dev.json:1: a place of 'M23' is \[2\]"),
        ({"ACTOR": {"M23": [["a", 4]]}}, "dev.json:1: 'M23': the offset"),
        ({"ACTOR": ["M23"]}, "`label`: 'ACTOR' is"),
        (None, "`label` is null"),
    ],
)
def test_broken_places_are_refused(label: Any, what: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=what):
        list(read_any(lines(tmp_path, {"text": TEXT, "label": label}), SCHEME, ReadReport(), name="cluener"))


@pytest.mark.parametrize(
    "item",
    [
        {"id": 1, "text": TEXT, "label": [[2, 5, "ACTOR"]]},
        {"text": TEXT, "label": {"tone": "bad"}},
        {"text": TEXT, "label": {}},
        {"id": "a", "text": TEXT, "spans": []},
    ],
)
def test_other_lines_are_not_taken_for_it(item: Any, tmp_path: Path) -> None:
    assert "cluener" not in [form.name for form in recognised_formats(lines(tmp_path, item))]
