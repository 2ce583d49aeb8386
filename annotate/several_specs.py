"""Specs of several extractors as one: `patterns + dictionary:FILE;label=PLACE`.

A semicolon stands for the comma between the arguments of one of them, since a comma ends an argument of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..schema import UsageError

_PLUS = "+"


def split_specs(text: str) -> list[str]:
    """Return the specs in a text, which is split at each + but for one within the name of a file that is there."""
    pieces = text.split(_PLUS)
    specs: list[str] = []
    while pieces:
        ends = (end for end in range(len(pieces), 1, -1) if _names_file(_PLUS.join(pieces[:end])))
        end = next(ends, 1)
        specs.append(_PLUS.join(pieces[:end]).strip().replace(";", ","))
        pieces = pieces[end:]
    return specs


def join_specs(specs: Sequence[str]) -> str:
    """Return the text that `split_specs` reads as these specs.

    Raises:
        UsageError: A spec contains a semicolon, or a + that is not in the name of a file.
    """
    for spec in specs:
        if split_specs(spec.replace(",", ";")) != [spec]:
            what = f"extractor {spec!r} contains a semicolon or a +, which several extractors together cannot have"
            raise UsageError(f"{what}. Fix: a file or program whose name has neither")
    return f" {_PLUS} ".join(spec.replace(",", ";") for spec in specs)


def _names_file(spec: str) -> bool:
    """Check whether each argument of a spec that has a + is a file."""
    name, _, arguments = spec.partition(":")
    values = [argument.rpartition("=")[2].strip() for argument in arguments.split(";")]
    cut = [value for value in values if _PLUS in value]
    return _PLUS not in name and bool(cut) and all(map(_exists, cut))


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or with a null character
        return False
