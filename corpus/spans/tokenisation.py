"""Tokenisation with the spaCy tokeniser for the language of a text, and conversion of spans to IOB2 tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ...schema import NEUTRAL, Span, primary_language
from ...schema.writing.word_scripts import UNSPACED_LANGUAGES, is_unspaced_language, unspaced_parts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.language import BaseDefaults
    from spacy.tokenizer import Tokenizer
    from spacy.vocab import Vocab


CHARACTERS = "characters"
"""Name of the tokeniser for languages without spaces between words that spaCy has no tokeniser for: that of no language
in particular, with each of their letters a token of its own, together with its marks."""


def tokenizer_name(tag: str | None) -> str:
    """Return the name of the tokeniser for a language, as signatures have it: its spaCy code, or `characters`."""
    code = tokenizer_language(tag)
    return CHARACTERS if code == NEUTRAL and is_unspaced_language(tag) else code


def splits_characters(tag: str | None) -> bool:
    """Check whether the tokens of a language are its characters, because nothing separates its words."""
    return tokenizer_name(tag) == CHARACTERS or tokenizer_language(tag) == "zh"


def tokenizer_language(tag: str | None) -> str:
    """Return the spaCy language code of the tokeniser for a language.

    The result is `xx`, the language-neutral tokeniser, if the language is unknown, if spaCy has no tokeniser for it, if
    the tokeniser requires a package that is not installed or does not preserve the text, and for Chinese or Japanese in
    Latin letters.

    Args:
        tag: A BCP 47 tag, or None if the language is not stated.
    """
    code = NEUTRAL if tag is None else _SPACY_CODES.get(primary_language(tag), primary_language(tag))
    if code in UNSPACED_LANGUAGES and not is_unspaced_language(tag):  # in Latin letters
        return NEUTRAL
    return code if code in ("en", NEUTRAL) else _spacy_code(code)  # spaCy has both, and is slow to import


def lacks_tokenizer(tag: str | None) -> bool:
    """Check whether a stated language has no tokeniser of its own."""
    return tag is not None and primary_language(tag) != "mul" and tokenizer_language(tag) == NEUTRAL


def missing_tokenizer_packages(tag: str) -> str:
    """Return the packages that spaCy's tokeniser for a language needs and lacks, as `pip install` takes them, or "".

    Args:
        tag: A BCP 47 tag.
    """
    code = primary_language(tag)
    in_latin = code in UNSPACED_LANGUAGES and not is_unspaced_language(tag)
    if in_latin or code not in _SPACY_PACKAGES:
        return ""
    try:
        _tokenizer(code)
    except ImportError:
        return _SPACY_PACKAGES[code]
    return ""


def token_offsets(text: str, language: str | None) -> list[tuple[int, int]]:
    """Return the start and end of each token, in code points.

    Args:
        text: The text to tokenise.
        language: The language of the text, which determines the tokeniser; see `tokenizer_name`.
    """
    starts, ends = token_bounds(text, language)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def token_bounds(text: str, language: str | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the starts and the ends of the tokens as arrays; arguments as in `token_offsets`. Shape `(n_tokens,)`."""
    import numpy as np

    tokenizer = _tokenizer(tokenizer_name(language))
    tokens = tokenizer(text)
    if len(tokenizer.vocab.strings) > _MAX_WORDS:
        _tokenizer.cache_clear()  # a vocabulary keeps every word, and a large corpus has millions
    lengths, followed_by_space = tokens.to_array(["LENGTH", "SPACY"]).astype(np.int64).reshape(-1, 2).T
    ends = np.cumsum(lengths + followed_by_space) - followed_by_space
    return ends - lengths, ends


def iob2_tags(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> tuple[list[str], list[str]]:
    """Convert spans to IOB2 tags of tokens.

    Of overlapping spans, only the longest is tagged; of equally long ones, the first.

    Args:
        offsets: Start and end of each token, in code points.
        spans: The spans, in any order.

    Returns:
        The tag of each token, and the labels of the spans that are not tagged.
    """
    tags = ["O"] * len(offsets)
    starts = {start: i for i, (start, _) in enumerate(offsets)}
    ends = {end: i + 1 for i, (_, end) in enumerate(offsets)}
    untagged = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.label)):
        first, stop = starts.get(span.start), ends.get(span.end)
        if first is None or stop is None or any(tag != "O" for tag in tags[first:stop]):
            untagged.append(span.label)
        else:
            tags[first:stop] = [f"B-{span.label}", *[f"I-{span.label}"] * (stop - first - 1)]
    return tags, untagged


def cut_tokens(text: str, edges: Iterable[int], language: str | None) -> list[tuple[int, int]]:
    """Tokenise a text and split the tokens at additional offsets.

    Args:
        text: The text to tokenise.
        edges: Offsets at which tokens are split, such as the bounds of spans, in code points.
        language: As in `token_offsets`.
    """
    cuts = sorted(set(edges))
    tokens: list[tuple[int, int]] = []
    index = 0
    for start, end in token_offsets(text, language):
        while index < len(cuts) and cuts[index] <= start:
            index += 1
        bounds = [start]
        while index < len(cuts) and cuts[index] < end:
            bounds.append(cuts[index])
            index += 1
        tokens += pairwise([*bounds, end])
    return tokens


def pattern_tokenizer(
    defaults: type[BaseDefaults],
    vocab: Vocab,
    *,
    prefixes: Iterable[str] = (),
    infixes: Iterable[str] = (),
    suffixes: Iterable[str] = (),
) -> Tokenizer:
    """Return spaCy's tokeniser by patterns, without a pipeline around it, which would take longer to make.

    Args:
        defaults: The patterns and exceptions of a language.
        vocab: The vocabulary; an empty one is quickest, for it computes no attributes of words.
        prefixes: Patterns in addition to those of the language.
        infixes: The same, within words.
        suffixes: The same, at the ends of words.
    """
    from spacy.tokenizer import Tokenizer
    from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

    all_prefixes = [*(defaults.prefixes or ()), *prefixes]
    all_infixes = [*(defaults.infixes or ()), *infixes]
    all_suffixes = [*(defaults.suffixes or ()), *suffixes]
    return Tokenizer(
        vocab,
        rules=defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(all_prefixes).search if all_prefixes else None,
        suffix_search=compile_suffix_regex(all_suffixes).search if all_suffixes else None,
        infix_finditer=compile_infix_regex(all_infixes).finditer if all_infixes else None,
        token_match=defaults.token_match,
        url_match=defaults.url_match,
    )


_MAX_WORDS = 200_000
_BY_PATTERNS = "spacy.Tokenizer.v1"
_SPACY_CODES = {"no": "nb", "cmn": "zh", "yue": "zh"}
"""Codes of spaCy for languages that it has under another one."""

_SPACY_PACKAGES = {"ja": "sudachipy sudachidict_core", "ko": "natto-py", "th": "pythainlp", "vi": "pyvi"}
"""What spaCy's tokenisers of some languages need; Korean also needs MeCab with its dictionary, which is no package."""

_PROBE = " a\n\nb  c\u2009d. "


@cache
def _spacy_code(language: str) -> str:
    from spacy.util import get_lang_class

    try:
        tokenizer = _tokenizer(language)
    except ImportError:  # also raised by spaCy for an unknown language
        return NEUTRAL
    # the tokenisers of some languages drop or add white space, which would shift offsets
    return str(get_lang_class(language).lang) if tokenizer(_PROBE).text == _PROBE else NEUTRAL


@cache
def _tokenizer(language: str) -> Tokenizer:
    import spacy
    from spacy.vocab import Vocab

    language_class = spacy.util.get_lang_class(NEUTRAL if language == CHARACTERS else language)
    if language_class.default_config["nlp"]["tokenizer"]["@tokenizers"] != _BY_PATTERNS:
        return spacy.blank(language).tokenizer
    infixes = unspaced_parts() if language == CHARACTERS else ()
    return pattern_tokenizer(language_class.Defaults, Vocab(), infixes=infixes)
