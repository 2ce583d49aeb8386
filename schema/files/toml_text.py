"""TOML of strangers: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_DEEPEST = 50
_ENDLESS_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]++[ \t]*+\.[ \t]*+){200}""")  # on which tomllib spends minutes


def parse_toml(text: str) -> dict[str, Any]:
    """The table that a text is.

    Raises:
        ValueError: It is no TOML (a `tomllib.TOMLDecodeError`, which says where), nests too deeply, or has a number of
            thousands of digits.
    """
    if _ENDLESS_KEY.search(text):
        raise ValueError("it has a key of hundreds of parts")
    try:
        table = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        level = [part for item in level for part in (item.values() if isinstance(item, dict) else item)]
        level = [part for part in level if isinstance(part, dict | list)]
    if level:  # a dotted key nests without a bracket, deeper than Python can show
        raise ValueError("it nests too deeply")
    return table
