"""Tokens of texts, by spaCy's tokeniser for the language of each, and spans as tags of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ...schema import NEUTRAL, Span, primary_language

if TYPE_CHECKING:
    from spacy.language import Language


def tokenizer_language(tag: str | None) -> str:
    """What spaCy calls the tokeniser for texts of a language.

    `xx`, which is for no language in particular, where the language is unknown, spaCy has no tokeniser for it, the
    tokeniser needs a package that is not installed, or its tokens do not give the text back.

    Args:
        tag: BCP 47; None where nobody stated the language.
    """
    code = NEUTRAL if tag is None else primary_language(tag)
    return code if code in ("en", NEUTRAL) else _spacy_code(code)  # spaCy, which loads slowly, has these two


def lacks_tokenizer(tag: str | None) -> bool:
    """Whether a language is stated for which there is no tokeniser here."""
    return tag is not None and primary_language(tag) != "mul" and tokenizer_language(tag) == NEUTRAL


def token_offsets(text: str, language: str | None) -> list[tuple[int, int]]:
    """Start and end of each token, code points.

    Args:
        text: What is tokenised.
        language: Of the text, which chooses the tokeniser as `tokenizer_language` has it.
    """
    return [(token.idx, token.idx + len(token)) for token in _tokenizer(tokenizer_language(language))(text)]


def iob2(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> tuple[list[str], list[str]]:
    """IOB2 tags of spans over tokens, and the labels of the spans that have none.

    Of spans that overlap the longest has its tags, of equally long ones the first.

    Args:
        offsets: Start and end of each token, code points.
        spans: In any order.
    """
    tags = ["O"] * len(offsets)
    starts = {start: i for i, (start, _) in enumerate(offsets)}
    ends = {end: i + 1 for i, (_, end) in enumerate(offsets)}
    left_out = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        first, beyond = starts.get(span.start), ends.get(span.end)
        if first is None or beyond is None or any(tag != "O" for tag in tags[first:beyond]):
            left_out.append(span.label)
        else:
            tags[first:beyond] = [f"B-{span.label}", *[f"I-{span.label}"] * (beyond - first - 1)]
    return tags, left_out


def cut_tokens(text: str, edges: Iterable[int], language: str | None) -> list[tuple[int, int]]:
    """The tokens of a text, cut at further places.

    Args:
        text: What is tokenised.
        language: As for `token_offsets`.
        edges: Offsets at which no token goes on, such as the ends of spans; code points.
    """
    places = sorted(set(edges))
    cut: list[tuple[int, int]] = []
    at = 0
    for start, end in token_offsets(text, language):
        while at < len(places) and places[at] <= start:
            at += 1
        bounds = [start]
        while at < len(places) and places[at] < end:
            bounds.append(places[at])
            at += 1
        cut += pairwise([*bounds, end])
    return cut


_PROBE = " a\n\nb  c\u2009d. "


@cache
def _spacy_code(language: str) -> str:
    try:
        made = _tokenizer(language)
    except ImportError:  # spaCy's word for no such language, too
        return NEUTRAL
    # the tokenisers of some languages drop or add blanks, and offsets would shift
    return str(made.lang) if made(_PROBE).text == _PROBE else NEUTRAL


@cache
def _tokenizer(language: str) -> Language:
    import spacy

    nlp = spacy.blank(language)
    nlp.max_length = 2**31  # the tokeniser alone needs no memory to speak of
    return nlp
