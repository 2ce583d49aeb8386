"""Possessives of texts that have lost their apostrophes, split from their names: "Libyas army"."""

from __future__ import annotations

from ..lexicon import Lexicon
from ..tokens import Tokens

_POSSESSIVES = ("'s", "’s")
_SHORTEST = 5


def split_lost_possessives(tokens: Tokens, lexicon: Lexicon) -> None:
    """Split the s from the names of countries and persons in a text without any possessive (guidelines, rule 3)."""
    words = tokens.words
    if any(word.text in _POSSESSIVES for word in words):
        return
    for index in range(len(words) - 1, -1, -1):
        word = words[index]
        if not word.name_like or word.text[-1] != "s" or len(word.text) < _SHORTEST or not word.text.isalpha():
            continue
        if _is_possessive(word.text, lexicon) and not (index and words[index - 1].lower == "the"):
            end = tokens.ends[index]
            words[index : index + 1] = [lexicon.words[word.text[:-1]], lexicon.words[_POSSESSIVES[0]]]
            tokens.starts.insert(index + 1, end - 1)
            tokens.ends[index : index + 1] = [end - 1, end]
            tokens.sentence.insert(index, tokens.sentence[index])


def _is_possessive(text: str, lexicon: Lexicon) -> bool:
    """Check whether a word is unknown, but would be the name of a country, capital or person without its s."""
    if lexicon.get(text) is not None:
        return False
    entry = lexicon.get(text[:-1])
    if entry is None:
        return False
    persons = any(actor.kind == "person" for actor in entry.nouns)
    return entry.state is not None or persons or bool(entry.capitals)
