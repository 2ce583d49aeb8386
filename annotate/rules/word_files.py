"""The word files, `words/*.toml`: what they may hold, and how they are read and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from ...schema import DataError, Problem
from ...schema.data.text_lines import text_lines
from ...schema.files.toml_document import parse_toml

Words = tuple[str, ...]
"""Words or phrases, in the order of the file."""

_IN_LOWER_CASE = ("classes", "lists", "groups", "values")


@dataclass(frozen=True, slots=True)
class WordTables:
    """The tables of one or more word files, by the names of their sets.

    Attributes:
        classes: Kinds of words; a word of a class is not taken for an unknown name.
        lists: Words of a single rule.
        names: Names as they are written.
        groups: Lists that together decide on one thing, by its name.
        values: Words with a number.
    """

    classes: dict[str, Words] = field(default_factory=dict)
    lists: dict[str, Words] = field(default_factory=dict)
    names: dict[str, Words] = field(default_factory=dict)
    groups: dict[str, dict[str, Words]] = field(default_factory=dict)
    values: dict[str, dict[str, int]] = field(default_factory=dict)


@cache
def shipped_words() -> WordTables:
    """Return the tables of all word files.

    Raises:
        DataError: A file is invalid, or two files have a set of the same name.
    """
    merged = WordTables()
    taken: dict[str, str] = {}
    for file in sorted(resources.files(__package__).joinpath("words").iterdir(), key=lambda file: file.name):
        tables = parse_word_file(file.read_text(encoding="utf-8"), file.name)
        for table in WordTables.__dataclass_fields__:
            for name in getattr(tables, table):
                if name in taken:
                    fix = "rename one of them"
                    raise DataError(Problem(f"the set {name} is also in {taken[name]}", fix, file.name))
                taken[name] = file.name
            getattr(merged, table).update(getattr(tables, table))
    return merged


def parse_word_file(text: str, path: str) -> WordTables:
    """Read and check the text of a word file.

    Raises:
        DataError: It is not TOML, or a table is unknown, a set is empty, or a word is a duplicate or not in lower case;
            with the path and line.
    """
    return _WordFile(text, path).read()


class _WordFile:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._document = parse_toml(text, path)

    def read(self) -> WordTables:
        tables = WordTables()
        for table, sets in self._document.values.items():
            if table not in WordTables.__dataclass_fields__ or not isinstance(sets, dict):
                known = ", ".join(WordTables.__dataclass_fields__)
                raise self._error((table,), f"unknown table {table}", f"use one of {known}")
            for name, content in sets.items():
                getattr(tables, table)[name] = self._read_set((table, name), content)
        return tables

    def _read_set(self, key: tuple[str, ...], content: Any) -> Any:
        if key[0] == "values":
            return self._read_values(key, content)
        if key[0] != "groups":
            words = self._read_words(key, content)
            self._check(key, words)
            return words
        if not isinstance(content, dict):
            raise self._error(key, f"{key[-1]} is not a table of lists", "write one list for each name")
        group = {name: self._read_words((*key, name), words) for name, words in content.items()}
        self._check(key, [word for words in group.values() for word in words])
        return group

    def _read_values(self, key: tuple[str, ...], content: Any) -> dict[str, int]:
        if not isinstance(content, dict) or not all(type(value) is int for value in content.values()):
            raise self._error(key, f"{key[-1]} is not a table of numbers", "write one whole number for each word")
        self._check(key, content)
        return content

    def _read_words(self, key: tuple[str, ...], content: Any) -> Words:
        words = content.split() if isinstance(content, str) else content
        if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
            raise self._error(key, f"{key[-1]} has no words", "write words in quotation marks, or a list of phrases")
        return tuple(words)

    def _check(self, key: tuple[str, ...], words: Iterable[str]) -> None:
        seen: set[str] = set()
        for word in words:
            if word in seen:
                raise self._error(key, f"duplicate {word!r} in {key[-1]}", "remove one", word=word, occurrence=2)
            if key[0] in _IN_LOWER_CASE and word != word.lower():
                raise self._error(
                    key, f"{word!r} in {key[-1]} is not in lower case", f"write {word.lower()}", word=word
                )
            seen.add(word)

    def _error(self, key: tuple[str, ...], what: str, fix: str, *, word: str = "", occurrence: int = 1) -> DataError:
        """Return an error at a key, or at an occurrence of a word after it."""
        problem = self._document.problem(key, what, fix)
        for number, line in enumerate(text_lines(self._text)[problem.line - 1 :] if word else (), problem.line):
            content = line.split("=", 1)[-1] if number == problem.line else line
            occurrence -= _occurrences(word, content)
            if occurrence <= 0:
                return DataError(replace(problem, line=number))
        return DataError(problem)


def _occurrences(word: str, line: str) -> int:
    """Return how often a word or phrase occurs in a line of a word file."""
    return line.count(f'"{word}"') or line.replace('"', " ").split().count(word)
