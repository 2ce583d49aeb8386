"""Sentences and their texts: the words with blanks where its lines or a comment say, else joined by single blanks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from ..foreign.token_texts import join_tokens, leading_tokens

_OTHER_TEXT = "sentences with another text in a comment, read as their words are"


@dataclass(slots=True)
class Sentence:
    """The words of a sentence.

    Attributes:
        tokens: The words.
        tags: The cell of the column of tags, by word.
        lines: The line, by word.
        gaps: What follows, by word; empty if the file does not say.
        surfaces: Words that others make up, as in CoNLL-U: index of the first of these, their number, the word as it is
            in the text, and what follows.
        empty_nodes: Number of empty nodes of CoNLL-U, which are no part of the text.
        text: Its text, as a comment states it; None if none does.
        id: Its id, as a comment states it; empty if none does.
    """

    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lines: Sequence[int] = ()
    gaps: list[str] = field(default_factory=list)
    surfaces: list[tuple[int, int, str, str]] = field(default_factory=list)
    empty_nodes: int = 0
    text: str | None = None
    id: str = ""


def joined_words(sentence: Sentence, changed: Counter[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a sentence and the bounds of its tokens; no bounds if it is joined by single blanks.

    Args:
        sentence: The sentence.
        changed: Receives the number of sentences whose comment states a text of other words.
    """
    if not (sentence.surfaces or set(sentence.gaps) - {" "}):
        text = " ".join(sentence.tokens)
        if sentence.text is None or sentence.text == text:
            return text, []
    numbers, words, gaps = zip(*_words(sentence), strict=True)
    text, bounds = join_tokens(words, [*gaps[:-1], ""])
    if sentence.text is not None and sentence.text != text:
        places = leading_tokens(sentence.text, words)
        if len(places) < len(words) or sentence.text[places[-1][1] :].strip():
            changed[_OTHER_TEXT] += 1
        else:
            text, bounds = sentence.text, places
    return text, list(chain.from_iterable(map(repeat, bounds, numbers)))


def _words(sentence: Sentence) -> Iterator[tuple[int, str, str]]:
    """Yield the words of the text: of how many tokens each consists, the word, and what follows."""
    surfaces = {first: (number, word, gap) for first, number, word, gap in sentence.surfaces}
    index = 0
    while index < len(sentence.tokens):
        gap = sentence.gaps[index] if sentence.gaps else " "
        number, word, gap = surfaces.get(index, (1, sentence.tokens[index], gap))
        number = min(number, len(sentence.tokens) - index)
        yield number, word, gap
        index += number
