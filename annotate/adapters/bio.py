"""Tags of tokens read as spans of text: what a tag says, which token speaks for a word, which words make a span."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .normalisation import ForeignSpan

_PREFIXED = re.compile(r"([BILUES])[-_](.+)", re.DOTALL)
_OUTSIDE = ("O", "o", "")
_STARTS, _ENDS = frozenset("BUS"), frozenset("LEUS")
_WORD = re.compile(r"\w+|[^\w\s]")
_PARAGRAPH = re.compile(r"\n\s*\n|\r\s*\r|\u2029")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag says of a word.

    Attributes:
        label: The label; empty outside of spans.
        starts: Whether no span that began before goes on here.
        ends: Whether the span ends here.
    """

    label: str
    starts: bool = False
    ends: bool = False

    def goes_on(self, after: Tag) -> bool:
        """Whether a span of words tagged so goes on with a next word tagged `after`."""
        return self.label == after.label != "" and not self.ends and not after.starts


def read_tags(names: Sequence[str]) -> list[Tag]:
    """What a model's tags say, in their order: IOB (1 and 2), BILOU and BIOES, or labels without a prefix.

    Tags count as prefixed where all but `O` are (`B-PER`, `I_PER`). Words next to each other that have the same label
    without a prefix are one span.
    """
    inside = [name for name in names if name not in _OUTSIDE]
    matches = {name: _PREFIXED.fullmatch(name) for name in inside}
    if not all(matches.values()):
        return [Tag("" if name in _OUTSIDE else name) for name in names]
    return [Tag(m[2], m[1] in _STARTS, m[1] in _ENDS) if (m := matches.get(name)) else Tag("") for name in names]


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """A word, or another sign, at `[start, end)` in code points, and the token whose tag is the word's."""

    start: int
    end: int
    token: int


def align_words(text: str, offsets: Sequence[tuple[int, int]]) -> list[TaggedWord]:
    """The words of a text, each with the first of its tokens; words that begin in one token are one word.

    A word is a run of letters, digits and marks; any other sign but a blank is a word of its own. What no token covers
    is left out.

    Args:
        text: The text.
        offsets: The tokens' places in it, in order; empty ones are passed over.
    """
    words: list[TaggedWord] = []
    token = 0
    for start, end in _runs(text):
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


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Words and signs; a mark and what follows it stay with the letter before it."""
    begun: tuple[int, int] | None = None
    glued = False
    for match in _WORD.finditer(text):
        start, end = match.span()
        mark = unicodedata.category(text[start])[0] == "M" or text[start] in _JOINERS
        if begun is not None and begun[1] == start and (mark or (glued and text[start].isalnum())):
            begun = (begun[0], end)
        else:
            if begun is not None:
                yield begun
            begun = (start, end)
        glued = mark
    if begun is not None:
        yield begun


def spans_from_tags(text: str, words: Sequence[TaggedWord], tags: Sequence[tuple[Tag, float]]) -> Iterator[ForeignSpan]:
    """The spans that the words' tags make, in order; none goes over a blank line.

    Args:
        text: The text.
        words: Its words.
        tags: Of each word its tag and the tag's probability; a span's score is their mean.
    """
    begun = 0
    for here, (word, (tag, _)) in enumerate(zip(words, tags, strict=True)):
        if here + 1 < len(words):
            gap = text[word.end : words[here + 1].start]
            if tag.goes_on(tags[here + 1][0]) and not _PARAGRAPH.search(gap):
                continue
        if tag.label:
            scores = [score for _, score in tags[begun : here + 1]]
            # digits beyond the fourth differ between processors
            yield ForeignSpan(words[begun].start, word.end, tag.label, round(min(1.0, sum(scores) / len(scores)), 4))
        begun = here + 1
