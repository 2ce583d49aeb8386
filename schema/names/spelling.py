"""Normalisation of names: spellings that differ only in case, diacritics or punctuation share a key."""

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
_MARKS = _LETTERS | _DROPPED | _SPACED
_ARTICLE = re.compile(r"(?:\b(?:al|el|ul|ad|ar|as|ash|at|az|an|ed|er|es|esh|ez|en)[-‐‑–]\s*|\b(?:al|el)\s+)(?=\w)")


def fold(name: str) -> str:
    """Return the lookup key of a name.

    Case, diacritics, apostrophes, dots and hyphens are ignored, and all spellings of the Arabic article (el-, ash-,
    ez-) become `al`. Abbreviations of up to five capitals keep their case, so that `US` is not `us`.
    """
    if name.isascii() and name.isalpha():  # fast path for most names: the rules below could only change their case
        return name if name.isupper() and len(name) <= 5 else name.lower()
    if name.isascii() and name.replace(" ", "").isalpha() and name[0] != " " != name[-1]:  # the same for several words
        lowered = name.lower()
        if "al " not in lowered and "el " not in lowered:
            return " ".join(lowered.split())
    plain = name.replace(".", "").strip()
    if plain.isupper() and plain.isalpha() and len(plain) <= 5:
        return plain
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    lowered = _ARTICLE.sub("al ", name.casefold())
    return " ".join(lowered.translate(_MARKS).split())


def strip_articles(key: str) -> str:
    """Return a key without Arabic articles and a leading `the`, so that `al shaddadi` and `shaddadi` match."""
    if "al " not in key and not key.startswith("the "):  # fast path for most of half a million keys
        return key
    words = key.split(" ")
    remaining = [word for i, word in enumerate(words) if word != "al" and not (i == 0 and word == "the")]
    return " ".join(remaining) or key


class NamedEntry(Protocol):
    """An entry of a `NameIndex`."""

    @property
    def id(self) -> str:
        """Id of the entry."""

    @property
    def names(self) -> Iterable[str]:
        """All names of the entry."""


N = TypeVar("N", bound=NamedEntry)


class NameIndex(Generic[N]):
    """An index of entries by name, which looks up the exact key first, then the key without articles."""

    def __init__(self, entries: Iterable[N] = ()) -> None:
        self._exact: dict[str, list[N]] = {}
        self._without_article: dict[str, list[N]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: N) -> None:
        """Add an entry under each of its names."""
        for key in {fold(name) for name in entry.names} - {""}:
            self._exact.setdefault(key, []).append(entry)
            if (short := strip_articles(key)) != key:
                self._without_article.setdefault(short, []).append(entry)

    def find(self, name: str) -> list[N]:
        """Return the entries with a name, in the order in which they were added; empty if there are none."""
        key = fold(name)
        if entries := self._exact.get(key):
            return list(entries)
        short = strip_articles(key)
        entries = [
            *self._exact.get(short, ()),
            *self._without_article.get(short, ()),
            *self._without_article.get(key, ()),
        ]
        return list({entry.id: entry for entry in entries}.values())

    def near(self, name: str, *, limit: int = 3) -> list[str]:
        """Return the keys most similar to a name that was not found, best first."""
        key = strip_articles(fold(name)).casefold()
        keys: Mapping[str, str] = {strip_articles(known).casefold(): known for known in self._exact}
        return [keys[match] for match in get_close_matches(key, list(keys), n=limit, cutoff=0.75)]
