"""What large corpora need: the tables of docs/scale.md are those that the benchmark computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.capacity import STEPS, WORDS, Assumptions, Step, main, needs, table

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"


@pytest.mark.parametrize(
    "given", [Assumptions(), Assumptions(articles=1e9, cores=256)], ids=["ten million", "a billion"]
)
def test_the_tables_of_the_page_are_computed(given: Assumptions) -> None:
    assert "\n".join(table(STEPS, given)) in PAGE.read_text("utf-8")


def test_what_a_step_needs_follows_from_its_rate() -> None:
    given = Assumptions(articles=7_200_000, words=2 * WORDS, cores=10, core_hour=0.5, gigabyte_month=0.1)
    # 7.2 million articles of twice the length at 1,000 a second are 4 core hours, and 14.4 GB at 1 kB for each length
    assert needs(Step("a", 1000, 1000, cores=True), given) == pytest.approx((4, 0.4, 2, 14.4, 1.44))
    assert needs(Step("b", 1000, 0), given) == pytest.approx((4, 4, 2, 0, 0))


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ("articles=-5", "articles=-5: not a number that this can be. Fix: a number of at least 1"),
        ("words=0", "at least 1"),
        ("cores=nan", "at least 1"),
        ("articles=inf", "at least 1"),
        ("words=many", "at least 1"),
        ("words", "at least 1"),
        ("core_hour=-1", "at least 0"),
        ("articles=5 articles=6", "articles=6: articles is stated twice. Fix: state it once"),
    ],
)
def test_what_cannot_be_assumed_is_refused(arguments: str, what: str) -> None:
    with pytest.raises(SystemExit, match=what):
        main(arguments.split())


def test_prices_may_be_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["core_hour=0", "articles=1"])
    assert "core_hour=0.0" in capsys.readouterr().out
