"""Texts ranked by their similarity to another."""

from __future__ import annotations

import pytest

from goldspan.corpus.inspection.similar_texts import SimilarTexts

TEXTS = [
    "Rockets hit a market in Kharkiv on Monday.",
    "The central bank raised its interest rate.",
    "ضربت صواريخ سوقا في خاركيف يوم الاثنين",
    "周一,火箭弹击中了哈尔科夫的一个市场。",
    "no",
]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ROCKETS  hit\nmarkets near Kharkiv.", 0),
        ("Interest rates are raised by the bank", 1),
        ("صواريخ في خاركيف", 2),
        ("火箭弹击中了一个市场", 3),
        ("No", 4),
        ("", 0),
        ("🙂🙂🙂🙂🙂", 0),
    ],
)
def test_the_most_similar_text_is_first(text: str, first: int) -> None:
    ranked = SimilarTexts(TEXTS).ranked(text)
    assert ranked[0] == first and sorted(ranked) == list(range(len(TEXTS)))


def test_rare_words_count_for_more_than_common_ones() -> None:
    texts = ["the army said that the town", "the army said that the ship", "a frigate"]
    assert SimilarTexts(texts).ranked("the army said that the frigate")[0] != 2
    assert SimilarTexts([*texts, *texts[:2] * 20]).ranked("army frigate")[0] == 2


def test_equally_similar_texts_keep_their_order_and_none_are_no_error() -> None:
    assert SimilarTexts(["abc def", "abc def", "abc def"]).ranked("abc def") == [0, 1, 2]
    assert SimilarTexts([]).ranked("x") == []
