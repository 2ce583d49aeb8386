"""A text as words with offsets: what all rules read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ...schema.names.spelling import fold
from .counts.numerals import begins_number
from .word_lists import not_names, word_classes, word_list

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.strings import StringStore

_ARTICLES = word_list("arabic_articles")
_HYPHENS = frozenset("-‐‑–")
_SENTENCE_END = frozenset((".", "!", "?", "…", "...", "!!", "?!", "??"))
_CLOSING = frozenset("\"'”’)]»")
_MOST_WORDS = 200_000
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a word by itself.

    Attributes:
        text: As it stands.
        low: In lower case.
        key: As `goldspan.schema.names.spelling.fold` has it: a name's key where the name is this word alone.
        part: The key as part of a longer name.
        capital: Whether it starts with a capital letter.
        upper: Whether it is in capitals throughout, of two letters at least.
        digits: Whether it starts with a digit.
        hyphen: Whether it joins its neighbours.
        blank: Whether it is white space.
        stop: Whether it ends a sentence.
        number: Whether it is a number, in digits or as a word.
        classes: The classes of words.toml that it is in.
    """

    text: str
    low: str
    key: str
    part: str
    capital: bool
    upper: bool
    digits: bool
    hyphen: bool
    blank: bool
    stop: bool
    number: bool
    classes: frozenset[str]

    @property
    def name_like(self) -> bool:
        """Whether it may be a name that no list has: a capitalised word that is not a common one."""
        return self.capital and not self.classes and self.low not in FUNCTION_WORDS


FUNCTION_WORDS = word_list("function_words")


class Words:
    """Words by their text, each worked out once; forgotten when there are too many, so that memory stays flat."""

    def __init__(self) -> None:
        self._words: dict[int | str, Word] = {}

    def __getitem__(self, text: str) -> Word:
        return self._words.get(text) or self._learn(text, text)

    def hashed(self, orth: int, strings: StringStore) -> Word:
        """The word that spaCy's hash stands for."""
        return self._words.get(orth) or self._learn(orth, strings[orth])

    def _learn(self, key: int | str, text: str) -> Word:
        if len(self._words) >= _MOST_WORDS:
            self._words.clear()
        word = self._words[key] = _word(text)
        return word


def _word(text: str) -> Word:
    low = text.lower()
    key = fold(text) if len(text) < 100 else ""
    letters = [c for c in text if c.isalpha()]
    classes = word_classes().get(low.rstrip(".") if len(low) > 2 else low, _NOTHING)
    if not classes and not text.isascii() and "given" in word_classes().get(key.lower(), _NOTHING):
        classes = frozenset(("given",))
    if text in not_names() or (text.isupper() and text.capitalize() in not_names()):
        classes = classes | {"not_name"}
    return Word(
        text=text,
        low=low,
        key=key,
        part=key.lower(),
        capital=text[0].isupper() or (len(text) > 2 and text[0] in "'‘’ʿʻ" and text[1].isupper()),
        upper=len(letters) > 1 and all(c.isupper() for c in letters),
        digits=text[0].isdigit(),
        hyphen=text in _HYPHENS,
        blank=text.isspace(),
        stop=text in _SENTENCE_END,
        number=begins_number(low.partition("-")[0]),
        classes=classes,
    )


@dataclass(slots=True)
class Tokens:
    """The words of a text in order, blanks left out.

    Attributes:
        words: What is known of each word.
        starts: First code point of each, in the document's text.
        ends: Code point behind each.
        sentence: Number of the sentence that each stands in.
        headline: For each sentence, whether most of its words are capitalised, so that capitals say little.
        text: The document's whole text.
    """

    text: str
    words: list[Word] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    headline: list[bool] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)

    def low(self, index: int) -> str:
        """The word at an index in lower case; empty beyond the ends."""
        return self.words[index].low if 0 <= index < len(self.words) else ""

    def classes(self, index: int) -> frozenset[str]:
        """The classes of the word at an index; none beyond the ends."""
        return self.words[index].classes if 0 <= index < len(self.words) else _NOTHING

    def joined(self, index: int) -> bool:
        """Whether a word follows the one before it without a blank."""
        return 0 < index < len(self.starts) and self.starts[index] == self.ends[index - 1]

    def opens(self, index: int) -> bool:
        """Whether a word is the first of its sentence, quotation marks aside."""
        while index > 0 and self.sentence[index - 1] == self.sentence[index]:
            index -= 1
            if self.words[index].low[:1].isalnum():
                return False
        return True

    def same_sentence(self, a: int, b: int) -> bool:
        """Whether two words stand in one sentence."""
        return 0 <= a < len(self.words) and 0 <= b < len(self.words) and self.sentence[a] == self.sentence[b]


@cache
def tokenizer() -> Language:
    """A blank English pipeline: only its tokeniser is used."""
    return blank_pipeline("en")


def blank_pipeline(language: str) -> Language:
    """A pipeline without components whose tokeniser parts what the guidelines part.

    Args:
        language: As spaCy calls it. A tokeniser that does not work by patterns is left as it is.
    """
    import spacy
    from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

    made = spacy.blank(language)
    if not hasattr(made.tokenizer, "infix_finditer"):
        return made
    defaults = made.Defaults
    # "U.S.-backed" and "/TASS/" fall into their words
    infixes = [*(defaults.infixes or ()), r"(?<=[.\])])[-‐‑–](?=[A-Za-z])", r"(?<=[A-Za-z])/(?=[A-Z])", r"</?"]
    infixes.append(r"(?<=[A-Za-z])[:=](?=[0-9])")  # "Killed:12"
    tokens: Any = made.tokenizer
    tokens.infix_finditer = compile_infix_regex(infixes).finditer
    tokens.prefix_search = compile_prefix_regex([*(defaults.prefixes or ()), "/", "[~≈≃∼≥≤±]"]).search
    tokens.suffix_search = compile_suffix_regex(
        [*(defaults.suffixes or ()), "/", r"(?<=/)\.", r"(?<=\w)[-‐‑–—]", r"(?<=[.,)’'\"])-"]
    ).search
    for abbreviation in ("approx.", "Approx.", "ca.", "Ca."):
        tokens.add_special_case(abbreviation, [{"ORTH": abbreviation}])
    return made


def limit_vocabulary() -> None:
    """Starts the tokeniser's vocabulary anew when it has grown large: memory stays flat over millions of documents."""
    if len(tokenizer().vocab.strings) > _MOST_WORDS:
        tokenizer.cache_clear()


_LONG_TOKEN = re.compile(r"\S{1000,}")


def tokenize_passage(text: str, start: int, end: int, words: Words) -> Tokens:
    """The words of `text[start:end]`, with offsets of the whole text."""
    tokens = Tokens(text)
    passage = text[start:end] if start or end < len(text) else text
    # no word is that long, and the tokeniser's patterns take ages over it
    passage = _LONG_TOKEN.sub(lambda match: " " * len(match[0]), passage)
    made = tokenizer()
    known, strings = words.hashed, made.vocab.strings
    add_word, add_start, add_end = tokens.words.append, tokens.starts.append, tokens.ends.append
    add_sentence = tokens.sentence.append
    sentence = capitals = lows = 0
    done = True
    begin = start
    rows: Any = made.tokenizer(passage).to_array(["ORTH", "SPACY"])
    for orth, space in rows.tolist():
        word = known(orth, strings)
        behind = begin + len(word.text)
        if word.blank:
            ends = _ends_line(word.text, passage, begin - start)
            if ends and not done:
                sentence += 1
                tokens.headline.append(_headline(capitals, lows))
                capitals = lows = 0
                done = True
            elif not ends and not done and tokens.words[-1].text[-1].isalnum() and behind > tokens.ends[-1] + 1:
                # two blanks in a line stand where punctuation was stripped
                add_word(words[","])
                add_start(begin)
                add_end(begin)
                add_sentence(sentence)
        else:
            add_word(word)
            add_start(begin)
            add_end(behind)
            add_sentence(sentence)
            done = word.stop
            if word.capital:
                capitals += 1
            elif len(word.text) > 3 and word.text[0].isalpha():
                lows += 1
            if done:
                sentence += 1
                tokens.headline.append(_headline(capitals, lows))
                capitals = lows = 0
        begin = behind + space
    tokens.headline.append(_headline(capitals, lows))
    _closing_marks(tokens)
    return tokens


_EMPTY_LINE = re.compile(r"\n\s*\n|\r\r|\u2029")


def end_of_paragraph(text: str, start: int, limit: int) -> int:
    """Where the paragraph of a code point ends, or the limit, whichever comes first."""
    found = _EMPTY_LINE.search(text, start, limit)
    return found.start() if found is not None else min(limit, len(text))


def _ends_line(blank: str, passage: str, at: int) -> bool:
    """Whether white space ends a line that was not merely wrapped: an empty line follows, or the line is short."""
    breaks = blank.count("\n") or blank.count("\r") or blank.count("\u2029")
    return breaks > 1 or (breaks == 1 and at - passage.rfind("\n", 0, at) <= 60)


def _headline(capitals: int, lows: int) -> bool:
    return capitals >= 3 and lows * 5 <= capitals


def _closing_marks(tokens: Tokens) -> None:
    """A quotation mark behind a full stop belongs to the sentence that it closes."""
    sentence, words = tokens.sentence, tokens.words
    for index in range(1, len(words)):
        if sentence[index] != sentence[index - 1] and words[index].text in _CLOSING and tokens.joined(index):
            sentence[index] = sentence[index - 1]


def is_article(tokens: Tokens, index: int) -> bool:
    """Whether a word is the Arabic article of the name behind it: "al-Assad", "Al Shaddadi", "el-Fasher"."""
    words = tokens.words
    word = words[index]
    if word.low not in _ARTICLES or index + 1 >= len(words):
        return False
    if words[index + 1].hyphen and tokens.joined(index + 1):
        return index + 2 < len(words) and words[index + 2].text[:1].isalpha() and tokens.joined(index + 2)
    return word.text in ("Al", "El", "al", "AL", "EL") and words[index + 1].capital
