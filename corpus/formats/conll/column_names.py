"""How columns are named: by the option `columns`, or by a line of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....schema import UsageError
from .tag_notation import CANONICAL

COLUMN_KEYS = ("tokens", "tags")
"""What the option `columns` may name."""

_NAMES_OF_TOKENS = frozenset("token tokens word words form text surface".split())
_NAMES_OF_TAGS = re.compile(
    r"(?:ne|ner|tags?|labels?|iob2?|bio|entit|ents?|named|pred|gold)(?![a-z])|.*[-_](?:ne|ner|tags?|iob)", re.IGNORECASE
)


def is_header(row: Sequence[str]) -> bool:
    """Return whether a line names columns: one of tokens and one of tags, and no tag is in it."""
    cells = [cell.strip() for cell in row]
    return (
        any(cell.casefold() in _NAMES_OF_TOKENS for cell in cells)
        and any(_NAMES_OF_TAGS.match(cell) for cell in cells)
        and not any(CANONICAL.split(cell) for cell in cells)
        and len(set(cells)) == len(cells)
    )


def parse_columns(spec: str) -> dict[str, str]:
    """Return the columns that the option names, by key.

    Raises:
        UsageError: The option is invalid.
    """
    wanted: dict[str, str] = {}
    for part in spec.split(",") if spec else ():
        key, equals, value = (item.strip() for item in part.partition("="))
        if key not in COLUMN_KEYS or not equals or not value or key in wanted:
            raise UsageError(f"cannot read {spec!r} as `columns`. Fix: such as tokens=2,tags=4, with numbers or names")
        wanted[key] = value
    return wanted
