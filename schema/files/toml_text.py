"""Parsing of untrusted TOML, in which every error is a ValueError."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_MAX_DEPTH = 50
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]++[ \t]*+\.[ \t]*+){200}""")  # tomllib takes minutes for such keys


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ValueError: The text is not TOML (a `tomllib.TOMLDecodeError`, which states the position), is nested too deeply,
            or has a number with thousands of digits.
    """
    if _LONG_KEY.search(text):
        raise ValueError("a key has hundreds of parts")
    try:
        table = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    level: list[Any] = [table]
    for _ in range(_MAX_DEPTH):
        level = [part for item in level for part in (item.values() if isinstance(item, dict) else item)]
        level = [part for part in level if isinstance(part, dict | list)]
    if level:  # dotted keys nest without brackets, beyond Python's recursion limit for repr
        raise ValueError("nested too deeply")
    return table
