"""File and folder names for ids: valid on every system, and never outside their folder."""

from __future__ import annotations

import re

from ....schema import sha256_hex

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|goldspan)(\..*)?", re.I)  # by Windows, and for brat's index
_MAX_STEM = 60


class FileNames:
    """Assigns each id a file name that is valid on every system, and unique even where case is ignored."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def assign(self, identifier: str) -> str:
        """Assign a file name to an id: the id itself if it is safe and unused, otherwise a part of it and a hash."""
        name = identifier
        if not self.is_safe(name) or name.endswith(".") or _RESERVED.fullmatch(name) or name.lower() in self._taken:
            prefix = _UNSAFE_CHARACTERS.sub("_", identifier)[:_MAX_STEM].lstrip("-") or "_"
            stem = f"{prefix}-{sha256_hex(identifier)[:12]}"
            name, number = stem, 1
            while name.lower() in self._taken:
                number += 1
                name = f"{stem}-{number}"
        self._taken.add(name.lower())
        return name

    @staticmethod
    def is_safe(name: str) -> bool:
        """Return whether a name is plain and cannot lead out of its folder."""
        return _SAFE.fullmatch(name) is not None
