"""spaCy's tokeniser, with patterns that split words as the guidelines require."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ...corpus.spans.tokenisation import CHARACTERS, pattern_tokenizer
from ...schema import NEUTRAL
from ...schema.writing.word_scripts import unspaced_parts
from .word_lists import written_names

if TYPE_CHECKING:
    from spacy.language import BaseDefaults, Language
    from spacy.tokenizer import Tokenizer
    from spacy.vocab import Vocab

_MAX_WORDS = 200_000
_PREFIXES = ("/", "[~≈≃∼≥≤±]")
_INFIXES = (
    r"(?<=[.\])])[-‐‑–](?=[A-Za-z])",  # "U.S.-backed"
    r"(?<=[A-Za-z])/(?=[A-Z])",  # "/TASS/"
    r"</?",
    r"(?<=[A-Za-z])[:=](?=[0-9])",  # "Killed:12"
    r"(?<=[A-Za-z)])--+(?=[A-Za-z(])",  # "KABUL--(Reuters"
)
_SUFFIXES = ("/", r"(?<=/)\.", r"(?<=\w)[-‐‑–—]", r"(?<=[.,)’'\"])-", r"(?<=[\w)])--+")


@cache
def tokenizer() -> Tokenizer:
    """Return spaCy's tokeniser for English, which splits words as the guidelines require."""
    from spacy.lang.en import English
    from spacy.vocab import Vocab

    return _guideline_tokenizer(English.Defaults, Vocab())


def split_chunks(chunks: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words of each chunk of text; the tokeniser looks at chunks without white space one by one."""
    words: list[str] = []
    # a line break is a token of its own, so that no exception of the tokeniser extends over two chunks
    for token in tokenizer()("\n".join(chunks)):
        if token.text != "\n":
            words.append(token.text)
        else:
            yield words
            words = []
    yield words


def blank_pipeline(language: str) -> Language:
    """Return a pipeline without components whose tokeniser splits words as the guidelines require.

    Args:
        language: The spaCy language code, or `characters`. A tokeniser that does not use patterns is left unchanged.
    """
    import spacy

    pipeline = spacy.blank(NEUTRAL if language == CHARACTERS else language)
    if hasattr(pipeline.tokenizer, "infix_finditer"):
        infixes = unspaced_parts() if language == CHARACTERS else ()
        pipeline.tokenizer = _guideline_tokenizer(pipeline.Defaults, pipeline.vocab, infixes)
    return pipeline


def _guideline_tokenizer(defaults: type[BaseDefaults], vocab: Vocab, infixes: tuple[str, ...] = ()) -> Tokenizer:
    infixes = (*_INFIXES, *infixes)
    tokenizer = pattern_tokenizer(defaults, vocab, prefixes=_PREFIXES, infixes=infixes, suffixes=_SUFFIXES)
    for abbreviation in ("approx.", "Approx.", "ca.", "Ca.", "Wed", "Wed.", *written_names("abbreviated_titles")):
        tokenizer.add_special_case(abbreviation, [{"ORTH": abbreviation}])
    return tokenizer


def limit_vocabulary() -> None:
    """Reset the tokeniser's vocabulary once it is large, so that memory use stays constant."""
    if len(tokenizer().vocab.strings) > _MAX_WORDS:
        tokenizer.cache_clear()
