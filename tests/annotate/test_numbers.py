"""Amounts: what numbers with their modifiers mean, and that none is ever read half."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.annotate.rules.cardinals import parse_integer
from goldspan.annotate.rules.counts.amount_phrases import Amount, find_amounts
from goldspan.annotate.rules.word_lists import word_groups, word_sequence, word_values

CARDINALS = {
    "two and a half thousand": 2500,
    "one and a quarter million": 1_250_000,
    "one and three quarters million": 1_750_000,
    "two and half million": 2_500_000,
    "half a million": 500_000,
    "a half-million": 500_000,
    "a quarter of a million": 250_000,
    "three quarters of a million": 750_000,
    "a million and a half": 1_500_000,
    "1½ million": 1_500_000,
    "½ million": 500_000,
    "2 1/2 million": 2_500_000,
    "3.5 thousand": 3500,
    "one point five million": 1_500_000,
    "3 hundred": 300,
    "12 dozen": 144,
    "2 million and 300 thousand": 2_300_000,
    "a hundred and twenty": 120,
    "one hundred-and-five": 105,
    "twelve hundred": 1200,
    "half a dozen": 6,
    "two dozens": 24,
    "2 crore 20 lakh": 22_000_000,
    "5k": 5000,
    "2.3m": 2_300_000,
    "7bn": 7_000_000_000,
    "5million": 5_000_000,
    "12,34,567": 1_234_567,
    "1'200": 1200,
    "1\u202f200": 1200,
    "0": 0,
    # nobody can tell, so nobody does
    "two two": None,
    "three three hundred": None,
    "twenty twelve": None,
    "nineteen eighty": None,
    "five and twenty": None,
    "two million and a half": None,
    "a third of a million": None,
    "one and a half": None,
    "1.2 million 300 thousand": None,
    "two gazillion": None,
    "2k thousand": None,
    "1.5": None,
    "1.200": None,
    "1.000": None,
    "1.000.000": None,
    "1,2": None,
    "1,2000": None,
    "007": None,
    "1 200": None,
    "20²": None,
    "１２": None,
}


@pytest.mark.parametrize(("text", "value"), CARDINALS.items(), ids=CARDINALS)
def test_a_cardinal_is_read_to_its_last_word_or_not_at_all(text: str, value: int | None) -> None:
    assert parse_integer(text) == value


def shown(text: str, amount: Amount) -> str:
    low, high = ("" if end is None else end for end in (amount.low, amount.high))
    return (
        f"{text[amount.start : amount.end]} = {f'{low}..{high}' if amount.known else '?'}{'~' if amount.approx else ''}"
    )


AMOUNTS = {
    # ranges whose scale is said once
    "six to seven thousand": ["six to seven thousand = 6000..7000"],
    "between 2 and 3 million": ["between 2 and 3 million = 2000000..3000000"],
    "five or six hundred": ["five or six hundred = 500..600"],
    "two-three hundred": ["two-three hundred = 200..300"],
    "10-12k": ["10-12k = 10000..12000"],
    "one and a half to two million": ["one and a half to two million = 1500000..2000000"],
    "1.5-2m": ["1.5-2m = 1500000..2000000"],
    "one hundred to two hundred thousand": ["one hundred to two hundred thousand = 100000..200000"],
    "500 to 1,000": ["500 to 1,000 = 500..1000"],
    "five hundred to two thousand": ["five hundred to two thousand = 500..2000"],
    "between a hundred and twenty and two hundred": ["between a hundred and twenty and two hundred = 120..200"],
    "10-12,000": ["10-12,000 = ?"],
    "two to three thousand five hundred": ["two to three thousand five hundred = ?"],
    "5 to 2": ["5 to 2 = ?"],
    "20~30": ["20~30 = ?"],
    "20±5": ["20±5 = ?"],
    "between 5 and several dozen": ["between 5 and several dozen = ?"],
    "20 or even 30": ["20 or even 30 = ?"],
    "20 to about 30": ["20 to about 30 = ?"],
    "two, maybe three": ["two, maybe three = ?"],
    "two and a bit thousand": ["two and a bit thousand = ?"],
    "20-odd thousand": ["20-odd thousand = 20000..20000~"],
    "10+ million": ["10+ million = 10000000.."],
    "1 to one hundred and one": ["1 to one hundred and one = ?"],
    # numbers side by side
    "5 and 8": ["5 = 5..5", "8 = 8..8"],
    "two hundred and three hundred": ["two hundred = 200..200", "three hundred = 300..300"],
    "three and four hundred": ["three and four hundred = ?"],
    "hundreds or thousands": ["hundreds or thousands = ?"],
    "12\n30": ["12 = 12..12", "30 = 30..30"],
    "12 30": ["12 30 = ?"],
    "two 5-ton trucks": ["two = 2..2", "5 = 5..5"],
    "two 155mm guns": ["two = 2..2"],
    # modifiers and signs
    "~20": ["~20 = 20..20~"],
    "≈ 30": ["≈ 30 = 30..30~"],
    "c. 40": ["c. 40 = 40..40~"],
    "ca 50": ["ca 50 = 50..50~"],
    "approx. 20": ["approx. 20 = 20..20~"],
    "an estimated 20": ["estimated 20 = 20..20~"],
    "some 20": ["some 20 = 20..20~"],
    "20-odd": ["20-odd = 20..20~"],
    "20 or so": ["20 or so = 20..20~"],
    "about 20 to 30": ["about 20 to 30 = 20..30~"],
    "20+": ["20+ = 20.."],
    "10K+": ["10K+ = 10000.."],
    "20-plus": ["20-plus = 20.."],
    "> 50": ["> 50 = 51.."],
    "≥ 5": ["≥ 5 = 5.."],
    "<10": ["<10 = ..9"],
    "<= 10": ["<= 10 = ..10"],
    "at least about 20": ["at least about 20 = 20..~"],
    "at least dozens": ["at least dozens = 24..~"],
    "at least 20 but fewer than 30": ["at least 20 but fewer than 30 = 20..29"],
    "no fewer than 20 and no more than 30": ["no fewer than 20 and no more than 30 = 20..30"],
    "up to dozens": ["up to dozens = ?"],
    "at least 20 to 30": ["at least 20 to 30 = ?"],
    "at least at most 5": ["at least at most 5 = ?"],
    "fewer than 0": ["fewer than 0 = ?"],
    "tens of thousands": ["tens of thousands = 20000..~"],
    "99999999999999999999": ["99999999999999999999 = ?"],
    "more than 9223372036854775807": ["more than 9223372036854775807 = ?"],
    # numbers whose size is open
    "several hundred": ["several hundred = 200..~"],
    "a few dozen": ["a few dozen = 24..~"],
    "several hundred thousand": ["several hundred thousand = 200000..~"],
    "several hundred and twenty": ["several hundred and twenty = ?"],
    "a couple of shells": ["a couple = 2..2~"],
    "a couple of dozen": ["a couple of dozen = 24..24~"],
    # no amounts
    "twenty-first": [],
    "a couple": [],
    "two thirds": [],
    "3-2": [],
    "555-1234-33": [],
    "10:30 24/7 9/11 1990s 5th F-16".removesuffix(" F-16"): [],
}


@pytest.mark.parametrize(("text", "found"), AMOUNTS.items(), ids=AMOUNTS)
def test_an_amount_has_its_whole_span_and_means(text: str, found: list[str]) -> None:
    assert [shown(text, amount) for amount in find_amounts(text)] == found


# a grammar of numbers that knows what it says, written without a look at the reader
UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = {10**9: "billion", 10**6: "million", 10**3: "thousand", 100: "hundred"}


def spelled(number: int, joint: str) -> str:
    """A number in words; `joint` stands before what is left behind the hundreds."""
    for scale, name in SCALES.items():
        if number >= scale:
            rest = f"{joint if scale == 100 else ' '}{spelled(number % scale, joint)}" if number % scale else ""
            return f"{spelled(number // scale, joint)} {name}{rest}"
    if number < 20:
        return UNITS[number]
    return TENS[number // 10 - 2] + (f"-{UNITS[number % 10]}" if number % 10 else "")


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, int]:
    """A number, written in one of many ways, and its value."""
    number = draw(st.integers(1, 200) | st.integers(1, 10**6) | st.integers(1, 10**11))
    scale = draw(st.sampled_from([1000, 10**6, 10**9]))
    coefficient = draw(st.integers(1, 999))
    quarters = draw(st.integers(1, 3))
    part = ["a quarter", "a half", "three quarters"][quarters - 1]
    little = spelled(coefficient % 99 + 1, " and ")
    ways = [
        (str(number), number),
        (f"{number:,}", number),
        (spelled(number, " "), number),
        (spelled(number, " and "), number),
        (f"{coefficient} {SCALES[scale]}", coefficient * scale),
        (f"{coefficient}.{quarters}{' million' if number % 2 else 'm'}", (10 * coefficient + quarters) * 10**5),
        (f"{little} and {part} {SCALES[scale]}", (4 * (coefficient % 99 + 1) + quarters) * scale // 4),
        (f"{part} {'of ' if number % 2 or quarters == 3 else ''}a million", quarters * 250_000),
        (f"{coefficient}k", coefficient * 1000),
    ]
    return draw(st.sampled_from(ways))


ODD = ["gazillion", "umpteen", "zillions", "1.2.3", "12,3", "007", "squillion"]


@given(numbers(), st.sampled_from(["", "at least ", "more than ", "about ", "~", "up to ", "fewer than "]))
def test_every_way_to_write_a_number_means_it(number: tuple[str, int], modifier: str) -> None:
    written, value = number
    text = modifier + written
    [amount] = find_amounts(text)
    assert (amount.start, amount.end) == (0, len(text))
    assert amount.known
    assert (amount.low, amount.high) == {
        "at least ": (value, None),
        "more than ": (value + 1, None),
        "up to ": (None, value),
        "fewer than ": (None, value - 1),
    }.get(modifier, (value, value))


@given(numbers(), st.sampled_from(ODD), st.data())
def test_a_number_with_a_word_that_nobody_knows_in_it_means_nothing(
    number: tuple[str, int], odd: str, data: st.DataObject
) -> None:
    words = number[0].replace("-", " ").split()
    # behind an article digits begin another phrase: "two and a 20-year-old"
    places = [at for at in range(len(words) + 1) if not (at and words[at - 1] == "a" and odd[0].isdigit())]
    words.insert(data.draw(st.sampled_from(places)), odd)
    assert [amount for amount in find_amounts(" ".join(words)) if amount.known] == []


@given(numbers(), st.data())
def test_a_number_with_a_word_doubled_is_not_taken_for_another(number: tuple[str, int], data: st.DataObject) -> None:
    words = number[0].split()
    at = data.draw(st.sampled_from([at for at, word in enumerate(words) if word not in ("a", "and", "of")]))
    words.insert(at, words[at])
    known = [amount for amount in find_amounts(" ".join(words)) if amount.known]
    assert {amount.low for amount in known} <= {number[1]}


@given(numbers(), numbers(), st.sampled_from([" to ", " or "]))
def test_a_range_means_both_its_ends_or_nothing(a: tuple[str, int], b: tuple[str, int], joint: str) -> None:
    text = a[0] + joint + b[0]
    [amount] = find_amounts(text)
    assert (amount.start, amount.end) == (0, len(text))
    shared = {a[1] * scale for scale in (1, *SCALES)}
    assert not amount.known or (amount.low in shared and amount.high == b[1] and a[1] <= amount.low < b[1])
    if a[0].isdigit() and b[0].isdigit() and a[1] < b[1]:
        assert (amount.low, amount.high) == (a[1], b[1])


MODIFIERS = [(phrase, effect) for phrase, effect in word_groups("amount_modifiers").items() if effect != "between"]
FORMS = {"3": 3, "1,200": 1200, "forty-five": 45, "two hundred and five": 205, "half a million": 500_000, "12k": 12_000}
NOUNS = ["raids", "Grad rockets", "fighters of the group", "wounded men", "half-burnt huts"]
INTERVALS = {
    "least": lambda value: (value, None),
    "most": lambda value: (None, value),
    "more": lambda value: (value + 1, None),
    "less": lambda value: (None, value - 1),
    "about": lambda value: (value, value),
}


@pytest.mark.parametrize(("phrase", "effect"), MODIFIERS, ids=[phrase for phrase, _ in MODIFIERS])
def test_a_modifier_a_number_and_a_noun_read_back_to_what_they_were_built_from(phrase: str, effect: str) -> None:
    for (written, value), noun in product(FORMS.items(), NOUNS):
        text = f"{phrase} {written} {noun}"
        [amount] = find_amounts(text)
        assert text[amount.start : amount.end] == f"{phrase} {written}"
        assert (amount.low, amount.high) == INTERVALS[effect](value)
        assert amount.approx == (effect == "about")


_BEFORE_ALONE = ("", "as ", "at least ", "between ")
_ALONE = ("5", "12,000", "1,23", "one", "Twelve", "ninety", "hundred", "dozen", "half", "first", "lakh", "some")
_AFTER_ALONE = sorted(
    {word for phrase in word_groups("amount_modifiers") for word in phrase.split() if word.isalpha()}
    | {word for name in ("small_cardinals", "tens", "ordinals_after_hyphen") for word in word_sequence(name)}
    | {word for name in ("open_words", "closed_words", "vague_words", "doubt_words") for word in word_sequence(name)}
    | {word + end for name in ("scales", "parts") for word in word_values(name) for end in ("", "s")}
    | {"and", "or", "to", "if", "but", "plus", "odd", "up", "through", "of", "point", "counting", "not", "a", "an"}
    | {"people", "strong", "fifth", "twentieth", "millionth", "gazillion", "naught", "Hundred", "AND", "couple", "é"}
)


@pytest.mark.parametrize("before", _BEFORE_ALONE)
def test_a_number_before_a_single_space_is_read_as_before_a_wider_one(before: str) -> None:
    """A number of one word is read once for all places, which must not miss what follows it there."""
    for number, after in product(_ALONE, _AFTER_ALONE):
        text = f"{before}{number}  {after} six men"
        wide = [amount._replace(start=0, end=0) for amount in find_amounts(text)]
        single = f"{before}{number} {after} six men"
        assert [amount._replace(start=0, end=0) for amount in find_amounts(single)] == wide, single


@pytest.mark.parametrize("mark", [".", ";", ")"])
def test_a_number_before_a_mark_has_the_bounds_it_has_alone(mark: str) -> None:
    for number in _ALONE:
        [alone, marked] = [list(find_amounts(f"held {number}{end}")) for end in ("", f"{mark} Six")]
        assert marked[: len(alone)] == alone, number
