"""Names compared as people write them: one key for spellings that differ only in case, diacritics or punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Generic, Protocol, TypeVar

_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼʻʿʾʽ“”\".()ـ"))
_SPACED = dict.fromkeys(map(ord, "-‐‑–—/,_"), " ")
_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "&": " and "}
)
_PUNCTUATION = _DROPPED | _SPACED
_ARTICLE = re.compile(r"(?:\b(?:al|el|ul|ad|ar|as|ash|at|az|an|ed|er|es|esh|ez|en)[-‐‑–]\s*|\b(?:al|el)\s+)(?=\w)")


def fold(name: str) -> str:
    """The key of a name.

    Case, diacritics, apostrophes, dots and hyphens do not matter, and the Arabic article is `al` however it is
    written (el-, ash-, ez-). Abbreviations of up to five capitals keep their case, so that `US` is not `us`.
    """
    if name.isascii() and name.isalpha():  # most names, and no rule below could change more than their case
        return name if name.isupper() and len(name) <= 5 else name.lower()
    plain = name.replace(".", "").strip()
    if plain.isupper() and plain.isalpha() and len(plain) <= 5:
        return plain
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    lowered = _ARTICLE.sub("al ", name.casefold())
    return " ".join(lowered.translate(_LETTERS).translate(_PUNCTUATION).split())


def bare(key: str) -> str:
    """A folded key without its articles and a leading `the`: `al shaddadi` and `shaddadi` meet here."""
    if "al " not in key and not key.startswith("the "):  # most keys: there are half a million of them
        return key
    words = key.split(" ")
    kept = [word for i, word in enumerate(words) if word != "al" and not (i == 0 and word == "the")]
    return " ".join(kept) or key


class NamedEntry(Protocol):
    """An entry that an index can hold."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def names(self) -> Iterable[str]:
        """Every name that stands for it."""


N = TypeVar("N", bound=NamedEntry)


class NameIndex(Generic[N]):
    """Entries by their names, looked up by key, then by key without articles."""

    def __init__(self, entries: Iterable[N] = ()) -> None:
        self._exact: dict[str, list[N]] = {}
        self._bare: dict[str, list[N]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: N) -> None:
        """Adds an entry under each of its names."""
        for key in {fold(name) for name in entry.names} - {""}:
            self._exact.setdefault(key, []).append(entry)
            if (short := bare(key)) != key:
                self._bare.setdefault(short, []).append(entry)

    def find(self, name: str) -> list[N]:
        """The entries of a name, in the order in which they were added; empty where there is none."""
        key = fold(name)
        if found := self._exact.get(key):
            return list(found)
        short = bare(key)
        found = [*self._exact.get(short, ()), *self._bare.get(short, ()), *self._bare.get(key, ())]
        return list({entry.id: entry for entry in found}.values())

    def near(self, name: str, *, most: int = 3) -> list[str]:
        """The nearest keys to a name that was not found, best first."""
        key = bare(fold(name)).casefold()
        keys: Mapping[str, str] = {bare(known).casefold(): known for known in self._exact}
        return [keys[found] for found in get_close_matches(key, list(keys), n=most, cutoff=0.75)]
