"""Spans of text from the tags of tokens: reading tags, choosing the tag of each word, joining words into spans."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .normalisation import ForeignSpan

_PREFIXED = re.compile(r"([BILUES])[-_](.+)", re.DOTALL)
_OUTSIDE = ("O", "o", "")
_START_PREFIXES, _END_PREFIXES = frozenset("BUS"), frozenset("LEUS")
_WORD = re.compile(r"\w+|[^\w\s]")
_PARAGRAPH = re.compile(r"\n\s*\n|\r\s*\r|\u2029")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Tag:
    """The meaning of a word's tag.

    Attributes:
        label: The label; empty outside of spans.
        starts: Whether a new span starts here.
        ends: Whether the span ends here.
    """

    label: str
    starts: bool = False
    ends: bool = False

    def continues_into(self, following: Tag) -> bool:
        """Check whether a span that contains a word with this tag also contains a next word tagged `following`."""
        return self.label == following.label != "" and not self.ends and not following.starts


def read_tags(names: Sequence[str]) -> list[Tag]:
    """Parse the names of a model's tags, in order: IOB (1 and 2), BILOU and BIOES, or labels without a prefix.

    Tags are treated as prefixed if all but `O` have a prefix (`B-PER`, `I_PER`). Adjacent words with the same label
    and no prefix form one span.
    """
    inside = [name for name in names if name not in _OUTSIDE]
    matches = {name: _PREFIXED.fullmatch(name) for name in inside}
    if not all(matches.values()):
        return [Tag("" if name in _OUTSIDE else name) for name in names]
    return [
        Tag(m[2], m[1] in _START_PREFIXES, m[1] in _END_PREFIXES) if (m := matches.get(name)) else Tag("")
        for name in names
    ]


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word or symbol at `[start, end)` in code points, with the index of the token that provides its tag."""

    start: int
    end: int
    token: int


def align_words(text: str, offsets: Sequence[tuple[int, int]]) -> list[TaggedWord]:
    """Align the words of a text with tokens: each word with its first token, words that share a token as one word.

    A word is a run of letters, digits and marks; any other character except white space is a word of its own. Words
    that no token covers are left out.

    Args:
        text: The text.
        offsets: The bounds of the tokens in the text, in order; empty ones are skipped.
    """
    words: list[TaggedWord] = []
    token = 0
    for start, end in _word_bounds(text):
        while token < len(offsets) and (offsets[token][1] <= start or offsets[token][0] == offsets[token][1]):
            token += 1
        if token == len(offsets):
            break
        if offsets[token][0] >= end:
            continue
        if words and words[-1].token == token:
            words[-1] = TaggedWord(words[-1].start, end, token)
        else:
            words.append(TaggedWord(start, end, token))
    return words


def _word_bounds(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of words and symbols; a combining mark and what follows it belong to the letter before it."""
    current: tuple[int, int] | None = None
    after_mark = False
    for match in _WORD.finditer(text):
        start, end = match.span()
        is_mark = unicodedata.category(text[start])[0] == "M" or text[start] in _JOINERS
        if current is not None and current[1] == start and (is_mark or (after_mark and text[start].isalnum())):
            current = (current[0], end)
        else:
            if current is not None:
                yield current
            current = (start, end)
        after_mark = is_mark
    if current is not None:
        yield current


def spans_from_tags(text: str, words: Sequence[TaggedWord], tags: Sequence[tuple[Tag, float]]) -> Iterator[ForeignSpan]:
    """Yield the spans formed by the tags of words, in order; no span crosses a blank line.

    Args:
        text: The text.
        words: Its words.
        tags: The tag of each word and the tag's probability. The score of a span is the mean over its words.
    """
    first = 0
    for index, (word, (tag, _)) in enumerate(zip(words, tags, strict=True)):
        if index + 1 < len(words):
            gap = text[word.end : words[index + 1].start]
            if tag.continues_into(tags[index + 1][0]) and not _PARAGRAPH.search(gap):
                continue
        if tag.label:
            scores = [score for _, score in tags[first : index + 1]]
            # digits beyond the fourth differ between processors
            yield ForeignSpan(words[first].start, word.end, tag.label, round(min(1.0, sum(scores) / len(scores)), 4))
        first = index + 1
