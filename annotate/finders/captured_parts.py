"""Parts of values from words: what a named group of a pattern captures, or a cell of a dictionary holds.

Numbers are read as the language of the text writes them: 1.200 is one thousand two hundred in German, and in English
no whole number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ...corpus.ingest.publication_dates import parse_publication_date
from ...schema import Field, Key, Label
from ...schema.edtf import edtf_error
from ...schema.names.authorities import registry_of
from ...schema.value_types import TABLE, EdtfDate, Identifier, Interval
from ...schema.writing.date_order import is_day_first
from ...schema.writing.written_numbers import ascii_digits, read_number

_NUMERIC_DATE = re.compile(r"(?P<d>\d{1,2})(?P<mark>[./-])\s?(?P<m>\d{1,2})(?P=mark)\s?(?P<y>\d{4})")
_RANGE = re.compile(r"\s*(?:-|‐|‑|–|—|−|～|〜)\s*")


class UnreadablePartError(Exception):
    """Words that a field cannot hold."""


def targets_of(label: Label) -> Mapping[str, tuple[Field, Key | None]]:
    """Return what a part of a label's value may be named by: its keys, and its fields that are intervals.

    An interval that is named as a whole is both bounds, or two numbers with a dash.
    """
    targets: dict[str, tuple[Field, Key | None]] = {
        item.name: (item, None) for item in label.fields.values() if isinstance(item.type, Interval)
    }
    return targets | {key.name: (item, key) for item in label.fields.values() for key in item.keys}


def read_parts(
    field: Field, key: Key | None, words: str, language: str | None, *, any_id: bool = False
) -> dict[str, object]:
    """Return the parts of a value that words stand for, by key.

    Args:
        field: The field.
        key: The key of the field; None for an interval as a whole.
        words: What was captured.
        language: The language of the words; None if it is not stated.
        any_id: Whether words that a table of ids does not know are an id all the same.

    Raises:
        UnreadablePartError: The field cannot hold them.
        DataError: A table of ids cannot be read.
    """
    words = words.strip()
    if key is None:
        bounds = [_number(part, language, whole=True) for part in _RANGE.split(words)]
        if len(bounds) > 2:
            raise UnreadablePartError(words)
        return {"min": bounds[0], "max": bounds[-1]}
    return {key.name: _part(field, key, words, language, any_id=any_id)}


def _part(field: Field, key: Key, words: str, language: str | None, *, any_id: bool) -> object:
    if key.base is bool:
        return True  # its words are there
    if key.base in (int, float):
        return _number(words, language, whole=key.base is int)
    if key.choices:
        choice = _choice(field, key, words)
        return choice if key.base is str else (choice,)  # a list of choices, in schemes that have one
    if isinstance(field.type, EdtfDate):
        return _date(words, language)
    if isinstance(field.type, Identifier) and field.type.source.startswith(TABLE):
        return _id_in_table(field.type.source, words, any_id=any_id)
    return words


def _id_in_table(authority: str, words: str, *, any_id: bool) -> str:
    """Return the id of the only entity of a table that words are the id or a name of."""
    table = registry_of(authority)
    if table is None or table.get(words) is not None:
        return words
    ids = {entity.id for entity in table.find(words)}
    if len(ids) == 1:
        return ids.pop()
    if any_id and not ids:
        return words
    raise UnreadablePartError(words)


def _number(words: str, language: str | None, *, whole: bool) -> int | float:
    number = read_number(words, language)
    if number is None or (whole and not isinstance(number, int)):
        raise UnreadablePartError(words)
    return number


def _choice(field: Field, key: Key, words: str) -> str:
    """Return the choice that words are, or are a cue of, in any case."""
    cues = {_fold(cue): choice for choice, listed in getattr(field.type, "cues", ()) for cue in listed}
    choices = cues | {_fold(choice): choice for choice in key.choices}
    choice = words if words in key.choices else choices.get(_fold(words))
    if choice is None:
        raise UnreadablePartError(words)
    return choice


def _date(words: str, language: str | None) -> str:
    """Return a date in the form of the profile of EDTF, or as the language writes it in numbers."""
    if edtf_error(words) is None:
        return words
    match = _NUMERIC_DATE.fullmatch(ascii_digits(words))
    # with full stops, no language puts the month first
    if match and (match["mark"] == "." or is_day_first(language)):
        words = f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"
    date = parse_publication_date(words)
    if date is None:
        raise UnreadablePartError(words)
    return date


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
