"""Answers of models that are cached in the user's folder, and quote a withdrawn text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ...annotate.adapters.llm_schema import read_answer
from ...annotate.user_folders import user_cache_folder
from ...corpus.withdrawal.same_text import letters_of
from ...schema import DataError

_SUFFIX = "*.json"


def find_answers(texts: Collection[str]) -> list[Path]:
    """Return the files of cached answers all of whose quotes stand in one of the texts.

    An answer to a question about another text may be among them, if it quotes a few common words; it is asked again.
    """
    folder = user_cache_folder() / "llm"
    letters = list(map(letters_of, texts))
    if not letters or not folder.is_dir():
        return []
    return [path for path in sorted(folder.glob(_SUFFIX)) if _quotes(path, letters)]


def _quotes(path: Path, letters: Collection[str]) -> bool:
    try:
        quotes = [letters_of(quote.text) for quote in read_answer(path.read_bytes())]
    except (DataError, OSError):
        return False
    return bool(quotes) and any(all(quote in text for quote in quotes) for text in letters)
