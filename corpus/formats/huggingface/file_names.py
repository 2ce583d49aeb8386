"""Names of files and folders that stand for ids: plain on every system, never outside their folder."""

from __future__ import annotations

import re

from ....schema import sha256_hex

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|goldspan)(\..*)?", re.I)  # by Windows, and our own file
_LENGTH = 60


class FileNames:
    """Gives each id a file name that any system takes, and no two the same one even where case is ignored."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def assign(self, id: str) -> str:  # noqa: A002 - the records' own word
        """A name for the files of an id: itself where that is a plain name, else made of it and a hash."""
        name = id
        if not self.is_safe(name) or name.endswith(".") or _RESERVED.fullmatch(name) or name.lower() in self._taken:
            stem = f"{_OTHER.sub('_', id)[:_LENGTH].lstrip('-') or '_'}-{sha256_hex(id)[:12]}"
            name, number = stem, 1
            while name.lower() in self._taken:
                number += 1
                name = f"{stem}-{number}"
        self._taken.add(name.lower())
        return name

    @staticmethod
    def is_safe(name: str) -> bool:
        """Whether a name stays in its folder and is plain."""
        return _PLAIN.fullmatch(name) is not None
