"""The words of a text with their offsets, which all rules read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from ...schema.names.spelling import fold
from .guideline_tokenizer import split_chunks
from .numerals import begins_number
from .word_lists import NOT_NAME, PLACE_NOUNS, word_classes, word_list, written_names

ARTICLES = word_list("arabic_articles")
"""Transliterations of the Arabic article."""

_HYPHENS = frozenset("-‐‑–")
_SENTENCE_END = frozenset((".", "!", "?", "…", "...", "!!", "?!", "??"))
_CLOSING = frozenset("\"'”’)]»")
_MAX_WORDS = 200_000
_MAX_CHUNKS = 50_000
_NO_CLASSES: frozenset[str] = frozenset()
_NOT_NAMES = frozenset(written_names("not_names"))
_SMALL_IN_HEADINGS = word_list("small_in_headings", "name_particles", "arabic_articles")
_PROSE_ONLY = 100


@dataclass(frozen=True, slots=True)
class Word:
    """The properties of a word out of context.

    Attributes:
        text: The word as written.
        length: The number of its characters.
        lower: The word in lower case.
        key: The word folded by `goldspan.schema.names.spelling.fold`: the lexicon key of a name of this word alone.
        part: The key of the word within a longer name.
        capital: Whether it starts with a capital letter.
        upper: Whether it has at least two letters, all of them capitals.
        digits: Whether it starts with a digit.
        numbered: Whether a digit is in it.
        hyphen: Whether it is a hyphen.
        prose: How much it speaks against a heading in capitals: not at all if headings have it in lower case.
        stop: Whether it ends a sentence.
        number: Whether it is a number, in digits or in words.
        article: Whether it may be a transliteration of the Arabic article.
        classes: Its classes in the word files.
        place_noun: Whether it is a noun that may be in the name of a place: "Road", "province".
        name_like: Whether it may be an unknown name: a capitalised word that is in no class and not a function word.
    """

    text: str
    length: int
    lower: str
    key: str
    part: str
    capital: bool
    upper: bool
    digits: bool
    numbered: bool
    hyphen: bool
    prose: int
    stop: bool
    number: bool
    article: bool
    classes: frozenset[str]
    place_noun: bool
    name_like: bool


FUNCTION_WORDS = word_list("function_words")


class Vocabulary:
    """A cache of words by their text, and of the words of chunks of text without white space.

    It is cleared when it is full, so that memory use stays constant.
    """

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}
        self._chunks: dict[str, tuple[Word, ...]] = {"": ()}

    def __getitem__(self, text: str) -> Word:
        word = self._words.get(text)
        if word is None:
            if len(self._words) >= _MAX_WORDS:
                self._words.clear()
            word = self._words[text] = _make_word(text)
        return word

    def words_of(self, chunks: Set[str]) -> Mapping[str, tuple[Word, ...]]:
        """Return the words of chunks of text, by chunk; those of other chunks may be among them."""
        known = self._chunks
        new = sorted(chunks - known.keys())
        if len(known) + len(new) > _MAX_CHUNKS:
            known = self._chunks = {"": ()}
            new = sorted(chunks - known.keys())
        if new:
            for chunk, words in zip(new, split_chunks(new), strict=True):
                known[chunk] = tuple([self[text] for text in words])
        return known


def _make_word(text: str) -> Word:
    low = text.lower()
    key = fold(text) if len(text) < 100 else ""
    letters = [c for c in text if c.isalpha()]
    classes = word_classes().get(low.rstrip(".") if len(low) > 2 else low, _NO_CLASSES)
    if not classes and not text.isascii() and "given" in word_classes().get(key.lower(), _NO_CLASSES):
        classes = frozenset(("given",))
    if text in _NOT_NAMES or (text.isupper() and text.capitalize() in _NOT_NAMES):
        classes = classes | {NOT_NAME}
    capital = _is_capitalised(text)
    return Word(
        text=text,
        length=len(text),
        lower=low,
        key=key,
        part=key.lower(),
        capital=capital,
        upper=len(letters) > 1 and all(c.isupper() for c in letters),
        digits=text[0].isdigit(),
        numbered=any(c.isdigit() for c in text),
        hyphen=text in _HYPHENS,
        prose=_against_heading(text, low, classes),
        stop=text in _SENTENCE_END,
        number=begins_number(low.partition("-")[0]),
        article=low in ARTICLES,
        classes=classes,
        place_noun=not classes.isdisjoint(PLACE_NOUNS),
        name_like=capital and not classes and low not in FUNCTION_WORDS,
    )


def _against_heading(text: str, lower: str, classes: frozenset[str]) -> int:
    """Return how much a word speaks against a heading: verbs of speech in lower case, and full stops, exclude one."""
    if text == "." or (text == lower and "speech" in classes):
        return _PROSE_ONLY
    return int(text[0].isalpha() and lower not in _SMALL_IN_HEADINGS)


def _is_capitalised(text: str) -> bool:
    return text[0].isupper() or (len(text) > 2 and text[0] in "'‘’ʿʻ" and text[1].isupper())


@dataclass(slots=True)
class Tokens:
    """The words of a text in order, without white space.

    Attributes:
        text: The whole text of the document.
        words: The words.
        starts: The offset of the start of each word, in code points.
        ends: The offset after the end of each word.
        sentence: The number of the sentence of each word.
        headline: For each sentence, whether most of its words are capitalised, so that capitals mean little.
    """

    text: str
    words: list[Word] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    headline: list[bool] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)

    def lower(self, index: int) -> str:
        """Return the word at an index in lower case; empty if the index is out of range."""
        try:
            return self.words[index].lower if index >= 0 else ""
        except IndexError:
            return ""

    def classes(self, index: int) -> frozenset[str]:
        """Return the classes of the word at an index; none if the index is out of range."""
        try:
            return self.words[index].classes if index >= 0 else _NO_CLASSES
        except IndexError:
            return _NO_CLASSES

    def is_joined(self, index: int) -> bool:
        """Check whether a word follows the one before it without white space."""
        return 0 < index < len(self.starts) and self.starts[index] == self.ends[index - 1]

    def starts_line(self, index: int) -> bool:
        """Check whether a line ends between a word and the word before it."""
        return 0 < index < len(self.starts) and "\n" in self.text[self.ends[index - 1] : self.starts[index]]

    def starts_sentence(self, index: int) -> bool:
        """Check whether a word is the first of its sentence, apart from punctuation."""
        while index > 0 and self.sentence[index - 1] == self.sentence[index]:
            index -= 1
            if self.words[index].lower[:1].isalnum():
                return False
        return True

    def same_sentence(self, a: int, b: int) -> bool:
        """Check whether two words are in the same sentence; False if an index is out of range."""
        try:
            return a >= 0 and b >= 0 and self.sentence[a] == self.sentence[b]
        except IndexError:
            return False


_LONG_TOKEN = 1000
_WHITE_SPACE = re.compile(r"(\s+)")
_ORDINARY_SPACES = frozenset(("", " "))


def tokenize_passage(text: str, start: int, end: int, words: Vocabulary) -> Tokens:
    """Return the words of `text[start:end]`, with offsets into the whole text."""
    tokens = Tokens(text)
    passage = text[start:end] if start or end < len(text) else text
    chunks = [*_WHITE_SPACE.split(passage), ""]
    different = set(chunks[::2])
    if max(map(len, different)) >= _LONG_TOKEN:
        # not words, and too slow for the tokeniser's patterns
        passage = "".join([" " * len(chunk) if len(chunk) >= _LONG_TOKEN else chunk for chunk in chunks])
        chunks = [*_WHITE_SPACE.split(passage), ""]
        different = set(chunks[::2])
    words_of = words.words_of(different)
    add_word, add_start, add_end = tokens.words.append, tokens.starts.append, tokens.ends.append
    add_sentence = tokens.sentence.append
    firsts: list[int] = []  # words of the sentences after the first
    sentence = capitals = lowercase = 0
    sentence_ended, begin = True, start
    for chunk, space in zip(chunks[::2], chunks[1::2], strict=True):
        for word in words_of[chunk]:
            add_word(word)
            add_start(begin)
            begin += word.length
            add_end(begin)
            add_sentence(sentence)
            if word.capital:
                capitals += 1
            else:
                lowercase += word.prose
            sentence_ended = word.stop
            if sentence_ended:
                sentence += 1
                firsts.append(len(tokens.words))
                tokens.headline.append(_is_headline(capitals, lowercase))
                capitals = lowercase = 0
        if not sentence_ended and space not in _ORDINARY_SPACES:
            first = begin + (space[0] == " ")
            blank = space[first - begin :]
            if _ends_line(blank, passage, first - start):
                sentence += 1
                firsts.append(len(tokens.words))
                tokens.headline.append(_is_headline(capitals, lowercase))
                capitals = lowercase = 0
                sentence_ended = True
            elif len(space) > 1 and "\n" not in space and tokens.words[-1].text[-1].isalnum():
                # two spaces within a line indicate that punctuation was stripped
                add_word(words[","])
                add_start(first)
                add_end(first)
                add_sentence(sentence)
        begin += len(space)
    tokens.headline.append(_is_headline(capitals, lowercase))
    _attach_closing_marks(tokens, firsts)
    return tokens


def _ends_line(space: str, passage: str, position: int) -> bool:
    """Check whether white space ends a line that is not merely wrapped: a blank line follows, or the line is short.

    A line that continues in lower case is wrapped, however short it is.
    """
    breaks = space.count("\n") or space.count("\r") or space.count("\u2029")
    if breaks == 1 and passage[position + len(space) : position + len(space) + 1].islower():
        return False
    return breaks > 1 or (breaks == 1 and position - passage.rfind("\n", 0, position) <= 60)


def _is_headline(capitals: int, lowercase: int) -> bool:
    return capitals >= 3 and lowercase * 5 <= capitals


def _attach_closing_marks(tokens: Tokens, firsts: Iterable[int]) -> None:
    """Assign the quotation marks at the start of sentences, whose first words are given, to those that they close."""
    sentence, words = tokens.sentence, tokens.words
    for index in firsts:
        while index < len(words) and words[index].text in _CLOSING and tokens.is_joined(index):
            sentence[index] = sentence[index - 1]
            index += 1


def is_article(tokens: Tokens, index: int) -> bool:
    """Check whether a word is the Arabic article of the name after it: "al-Assad", "Al Shaddadi", "el-Fasher"."""
    words = tokens.words
    word = words[index]
    if not word.article or index + 1 >= len(words):
        return False
    if words[index + 1].hyphen and tokens.is_joined(index + 1):
        return index + 2 < len(words) and words[index + 2].text[:1].isalpha() and tokens.is_joined(index + 2)
    return word.text in ("Al", "El", "al", "AL", "EL") and words[index + 1].capital
