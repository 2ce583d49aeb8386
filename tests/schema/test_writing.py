"""How languages write words, numbers, dates and lines: read where that is certain, and never misread."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.schema import Document, Scheme, Span
from goldspan.schema.writing.date_order import is_day_first
from goldspan.schema.writing.line_layout import align_left, align_right, display_width, isolate_directions
from goldspan.schema.writing.word_scripts import same_word, split_words, within_word
from goldspan.schema.writing.written_numbers import ascii_digits, read_number

NUMBERS: dict[tuple[str, str | None], float | None] = {
    # one mark and three digits: thousands or thousandths
    ("1.234", "de"): 1234,
    ("1,234", "de"): 1.234,
    ("1.234", "en"): 1.234,
    ("1,234", "en-GB"): 1234,
    ("1.234", "de-CH"): 1.234,
    ("1.234", "es-MX"): 1.234,
    ("1.234", "es-ES"): 1234,
    ("1.234", "es"): None,
    ("1.234", None): None,
    ("1,234", None): None,
    ("1,234", "ar"): None,
    # other marks leave no doubt
    ("1.234,5", "de"): 1234.5,
    ("1.234,5", None): 1234.5,
    ("1.234,5", "en"): None,
    ("1.234.567", None): 1234567,
    ("1.234.567", "en"): None,
    ("12,5", "uk"): 12.5,
    ("12,5", "en"): None,
    ("12.5", "de"): None,
    ("0.125", None): 0.125,
    # blanks and apostrophes
    ("1\u202f234,5", "fr"): 1234.5,
    ("1\u00a0234\u00a0567", "uk"): 1234567,
    ("1 234", None): 1234,
    ("12 34", "fr"): None,
    ("1’234.5", "de-CH"): 1234.5,
    # lakh and crore
    ("12,34,567", "hi"): 1234567,
    ("1,23,45,678.5", "en-IN"): 12345678.5,
    ("12,34,567", "de"): None,
    # digits and marks of other scripts
    ("\u0661\u066c\u0662\u0663\u0664\u066b\u0665", "ar"): 1234.5,
    ("\u0662\u0660", "ar"): 20,
    ("\u1042\u1040", "my"): 20,
    ("\u0967\u0968,\u0969\u096a,\u096b\u096c\u096d", "hi"): 1234567,
    ("\u06f1\u06f2\u066b\u06f5", "fa"): 12.5,
    # signs, and what is no number
    ("\u221220", "de"): -20,
    ("+20", None): 20,
    ("20,", "de"): None,
    ("1.2.3", "de"): None,
    ("1_000", "en"): None,
    ("²", "en"): None,
    ("二十", "zh"): None,
    ("", None): None,
    ("9" * 61, None): None,
}


@pytest.mark.parametrize(("written", "number"), NUMBERS.items(), ids=[f"{t} {tag}" for t, tag in NUMBERS])
def test_a_number_is_read_as_its_language_writes_it_or_not_at_all(
    written: tuple[str, str | None], number: float | None
) -> None:
    found = read_number(*written)
    assert found == number and isinstance(found, type(number))


@given(st.integers(0, 10**12), st.sampled_from(["de", "en", "fr", "hi", "es-ES", "de-CH", "uk", None]))
def test_what_a_computer_writes_is_read(number: int, tag: str | None) -> None:
    assert read_number(str(number), tag) == number
    mark = {"de": ".", "es-ES": ".", "en": ",", "hi": ",", "de-CH": "’"}.get(tag or "", "\u202f")
    assert read_number(f"{number:,}".replace(",", mark), tag) == number


@given(st.text(alphabet="0123456789.,' \u202f\u066b\u0662-", max_size=12), st.sampled_from(["de", "en", "ar", None]))
def test_a_number_has_the_digits_that_are_written(text: str, tag: str | None) -> None:
    number = read_number(text, tag)
    written = re.sub(r"\D", "", ascii_digits(text))
    assert number is None or re.sub(r"\D", "", f"{Decimal(repr(number)):f}").strip("0") == written.strip("0")


WORDS = {
    # certainly within: "|" is the place
    "Hau|s": (True, True),
    "cafe|\u0301": (True, True),
    "2|0": (True, True),
    "\u1042|\u1040": (True, True),
    "U|2": (True, True),
    # within a character
    "\u1000|\u102d": (True, True),
    "\u1019\u1039|\u1019": (True, True),
    "\u0915|\u093e": (True, True),
    "\u0645|\u064f": (True, True),
    # words that may be written together: within as far as spaces tell
    "و|حلب": (False, True),
    "ה|גפן": (False, True),
    "서울|에서": (False, True),
    "राम|पुर": (False, True),
    "الـ|UN": (False, True),
    # scripts without spaces
    "青河|村": (False, False),
    "有|20": (False, False),
    "\u101c\u1030|\u1042\u1040": (False, False),  # a mark, and a digit
    "サッカー|2": (False, False),
    "ปี|2566": (False, False),
    # two words
    "a |b": (False, False),
    "l’|Iran": (False, False),
}


@pytest.mark.parametrize(("marked", "expected"), WORDS.items(), ids=WORDS)
def test_where_a_word_goes_on(marked: str, expected: tuple[bool, bool]) -> None:
    at, text = marked.index("|"), marked.replace("|", "")
    assert (same_word(text[at - 1], text[at]), within_word(text, at)) == expected


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert split_words("Der Iran, z. B.") == ["Der", "Iran", "z", "B"]
    assert split_words("在ABC村20人") == ["在", "ABC", "村", "20", "人"]


def test_a_part_of_a_word_can_be_named_where_words_are_written_together(scheme: Scheme) -> None:
    text = "نزح أهل حلبون بعد قصف وحلب، وفي حلب هدوء."
    [span] = Document(id="a", text=text, spans=()).add("حلب", "LOCATION").spans
    assert span.start == text.index(" حلب ") + 1  # the whole word, of three places
    [span] = Document(id="b", text="قصف بحلب.", spans=()).add("حلب", "LOCATION").spans
    assert span == Span(5, 8, "LOCATION")
    [span] = Document(id="c", text="洪水冲毁青河村。", spans=()).add("青河村", "LOCATION").spans
    assert span == Span(4, 7, "LOCATION")


def test_the_order_of_day_and_month_is_certain_in_most_languages_and_not_in_english() -> None:
    tags = ("de-AT", "ar", "fr", "en", "en-GB", "es-US", "zh", None)
    assert [is_day_first(tag) for tag in tags] == [True, True, True, False, False, False, False, False]


def test_columns_are_as_wide_as_a_terminal_shows_them() -> None:
    for text, width in (("abc", 3), ("地點", 4), ("e\u0301", 1), ("\u1000\u102d", 1), ("مكان", 4), ("", 0)):
        assert display_width(text) == width
        assert align_left(text, 5) == text + " " * (5 - width) and align_right(text, 5) == " " * (5 - width) + text


@given(st.text(alphabet="aב1م ,(:", max_size=20))
def test_isolates_change_nothing_but_the_direction(line: str) -> None:
    isolated = isolate_directions(line)
    assert re.sub("[\u200e\u2068\u2069]", "", isolated) == line
    assert isolated.count("\u2068") == isolated.count("\u2069") and (isolated == line) == (
        not re.search("[בם-م]", line)
    )


def test_a_phrase_is_isolated_as_a_whole_and_columns_apart() -> None:
    assert isolate_directions("عدد 20 قتيلا  مكان  0.5") == "\u200e\u2068عدد 20 قتيلا\u2069  \u2068مكان\u2069  0.5"
