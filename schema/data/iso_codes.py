"""Codes of countries (ISO 3166-1 alpha-3), currencies (ISO 4217) and languages (ISO 639).

They are read from the tables that `make reference` makes.
"""

from __future__ import annotations

from functools import cache

from .text_lines import text_lines
from .tsv import included_table, split_values


@cache
def country_codes() -> tuple[str, ...]:
    """Return all ISO 3166-1 alpha-3 codes, current and withdrawn, and XKX, the user-assigned code for Kosovo."""
    return tuple(included_table("countries.txt").split())


@cache
def currency_codes() -> tuple[str, ...]:
    """Return all ISO 4217 codes of currencies, current and withdrawn."""
    return tuple(included_table("currencies.txt").split())


def two_letter_code(code: str) -> str | None:
    """Return the two-letter code of a language with a three-letter code; empty if it has none, None if unknown."""
    return _two_letter_codes().get(code)


def language_code(name: str) -> str | None:
    """Return the shortest code of the language with an English name or a longer code; None if there is none."""
    return _codes_by_name().get(name.casefold())


def language_name(code: str) -> str | None:
    """Return the English name of the language with an ISO 639 code of two or three letters; None if it is unknown."""
    return _names_by_code().get(code)


@cache
def _names_by_code() -> dict[str, str]:
    return {short or code: split_values(names)[0] for code, short, names in _rows()}


@cache
def _rows() -> list[list[str]]:
    return [line.split("\t") for line in text_lines(included_table("languages.tsv"))]


@cache
def _two_letter_codes() -> dict[str, str]:
    return {code: short for code, short, _ in _rows()}


@cache
def _codes_by_name() -> dict[str, str]:
    codes = {code: short or code for code, short, _ in _rows()}
    for code, short, names in _rows():
        for name in split_values(names):
            codes.setdefault(name.casefold(), short or code)
    return codes
