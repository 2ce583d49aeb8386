from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from goldspan.corpus.storage.json_lines import numbered_lines, parse_lines
from goldspan.schema import DataError, Problem


class _Line(msgspec.Struct):
    a: int


def _positive(line: _Line) -> int:
    if line.a < 1:
        raise DataError(Problem(f"{line.a} is not positive"))
    return line.a


def test_lines_are_counted_with_the_blank_ones_and_lose_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n \n\n{"a": "\xe2\x80\xa8"}')
    assert list(numbered_lines(str(path))) == [(1, b'{"a": 1}\n'), (4, b'{"a": "\xe2\x80\xa8"}')]


FAULTS = {
    "another type": (b'{"a": "x"}', "not a number: Expected `int`, got `str` - at `$.a`. Fix: write {}"),
    "no JSON": (b"{", "not a number: Input data was truncated. Fix: write {}"),
    "refused by its reader": (b'{"a": 0}', "0 is not positive."),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_line_that_is_wrong_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 5}\n\n' + FAULTS[name][0])
    lines = parse_lines(path, _Line, _positive, noun="a number", fix="write {}")
    assert next(lines) == 5
    with pytest.raises(DataError) as refused:
        next(lines)
    assert str(refused.value) == f"{path}:3: {FAULTS[name][1]}"
