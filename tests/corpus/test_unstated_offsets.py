"""Offsets in files that state no words: code points, unless these cut words and another unit does not."""

from __future__ import annotations

import pytest

from goldspan.corpus.spans.offsets import Fragments, MarkedText, OffsetResolution, StatedSpan
from goldspan.corpus.spans.unstated_offsets import resolve_or_guess_offsets
from goldspan.schema import DataError

TEXT = "💥 Militias left Sarn 💥💥 on 9 June, at least 4 hurt, in Élan"
WORDS = ["Militias", "Sarn", "9 June", "at least 4", "Élan"]
POINTS = [(TEXT.index(words), TEXT.index(words) + len(words)) for words in WORDS]


def marked(bounds: list[tuple[int, int]], text: str = TEXT, words: list[str | None] | None = None) -> MarkedText:
    stated = words or [None] * len(bounds)
    return MarkedText(text, [StatedSpan((b,), w, "span") for b, w in zip(bounds, stated, strict=True)], "f", "d")


def resolved(*documents: MarkedText) -> tuple[OffsetResolution, list[list[Fragments]]]:
    resolution = resolve_or_guess_offsets(lambda: documents)
    return resolution, [resolution.fragments(n, each) for n, each in enumerate(documents)]


def in_unit(encoding: str, width: int) -> list[tuple[int, int]]:
    return [(len(TEXT[:s].encode(encoding)) // width, len(TEXT[:e].encode(encoding)) // width) for s, e in POINTS]


@pytest.mark.parametrize(
    ("encoding", "width", "unit"), [("utf-16-le", 2, "UTF-16 code units"), ("utf-8", 1, "UTF-8 bytes")]
)
def test_another_unit_is_taken_where_code_points_cut_words(encoding: str, width: int, unit: str) -> None:
    resolution, fragments = resolved(marked([(0, 1)], "x y"), marked(in_unit(encoding, width)))
    assert fragments == [[((0, 1),)], [(own,) for own in POINTS]]
    assert resolution.converted[unit].spans == resolution.converted[unit].unstated == 5
    # also where the last span ends past the text, counted in code points
    assert [own[0] for own in resolved(marked(in_unit(encoding, width)[-1:] * 3))[1][0]] == POINTS[-1:] * 3


def test_code_points_are_kept_where_they_cut_few_words_or_none() -> None:
    for bounds in (POINTS, [*POINTS, (POINTS[0][0], POINTS[0][1] - 3)], [(s, e + (e < len(TEXT))) for s, e in POINTS]):
        resolution, fragments = resolved(marked(bounds))
        assert fragments == [[(own,) for own in bounds]] and not resolution.converted


def test_words_decide_where_they_are_stated() -> None:
    wrong = in_unit("utf-16-le", 2)
    with pytest.raises(DataError, match="says"):
        resolved(marked(wrong, words=["Nobody", *[None] * 4]))
    assert resolved(marked(wrong, words=["Militias", *[None] * 4]))[1] == [[(own,) for own in POINTS]]


def test_what_cannot_be_told_is_refused_or_said() -> None:
    with pytest.raises(
        DataError, match=r"may be 'ilitias ' \(code points\).* or 'Militias' \(UTF-16 code units\)"
    ) as refused:
        resolved(marked([*in_unit("utf-16-le", 2)[:4], (POINTS[0][0] + 2, POINTS[0][1] - 1)]))
    assert refused.value.problems[0].path == "f"
    text = "💥叛军离开萨尔纳"
    resolution, fragments = resolved(marked([(3, 5)], text), marked([(0, 1)], "x"))
    assert resolution.doubtful == ["d"] and fragments[0] == [((3, 5),)]
    with pytest.raises(DataError, match="is not in the text"):
        resolved(marked([*POINTS, (90, 99)]))
    with pytest.raises(DataError, match="is not in the text"):
        resolved(marked([(0, 9)], "plain"))
