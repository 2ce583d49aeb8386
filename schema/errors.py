"""One exception tree and the problems it carries.

```
GoldspanError
├── DataError           exit 1: the data is at fault; carries one Problem or more
├── UsageError          exit 2: the call is at fault
└── SurroundingsError   exit 3: something outside is missing (a server, disk space, an extra)
```

The core raises without a place; the reader that knows the file and the line adds it (`Problem.at`).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with data: what, how to mend it, and where.

    Attributes:
        what: The fault, naming the span or key it is in.
        fix: How a person mends it; empty where the fault says it all.
        path: The file as the user named it, empty where unknown.
        line: 1-based line of a text file, row of a table; 0 where unknown.
        document: Id of the document, empty where unknown.
        span: Index into the record's `spans`, where the fault is confined to one span.
        zone: Index into the record's `zones`, where the fault is confined to one zone.
    """

    what: str
    fix: str = ""
    path: str = ""
    line: int = 0
    document: str = ""
    span: int | None = None
    zone: int | None = None

    def at(self, path: str, line: int = 0) -> Problem:
        """The same problem with its place."""
        return replace(self, path=path, line=line)

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        document = f"document {self.document!r}: " if self.document else ""
        fix = f" Fix: {self.fix}" if self.fix else ""
        return f"{where}{document}{self.what.removesuffix('.')}.{fix}"


class GoldspanError(Exception):
    """Anything goldspan refuses; `exit_code` is the status of a command that meets it."""

    exit_code: ClassVar[int] = 1

    @property
    def lines(self) -> list[str]:
        """What is said of it, a line for each fault; a line end within one is part of what is told of."""
        return [str(self)]


class DataError(GoldspanError):
    """The data is at fault.

    Attributes:
        problems: At least one.
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """A line for each problem."""
        return list(map(str, self.problems))

    def __reduce__(self) -> tuple[type[DataError], tuple[list[Problem]]]:
        return type(self), (self.problems,)  # on its way between processes

    def at(self, path: str, line: int = 0) -> DataError:
        """The same error with its place."""
        return DataError([problem.at(path, line) for problem in self.problems])


class UsageError(GoldspanError):
    """The call is at fault: an unknown option, name or format.

    Args:
        faults: A line for each.
    """

    exit_code = 2

    def __init__(self, *faults: str) -> None:
        self._faults = list(faults)
        super().__init__("\n".join(faults))

    @property
    def lines(self) -> list[str]:
        """A line for each fault."""
        return self._faults


class SurroundingsError(GoldspanError):
    """Something outside the data and the call is missing: a server, disk space, an optional package."""

    exit_code = 3


_REMEDIES = {
    errno.ENOENT: "name one that is there",
    errno.ENOTDIR: "name a folder where the path wants one",
    errno.EISDIR: "name a file, this is a folder",
    errno.EACCES: "get the right to it, or name another",
    errno.EPERM: "get the right to it, or name another",
    errno.EROFS: "name a place that can be written",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: your share of the disk is full",
    errno.EFBIG: "make room: a limit of the system for files is reached",
    errno.ENAMETOOLONG: "a shorter name",
    errno.ELOOP: "mend the link, it leads to itself",
}


def remedy(error: OSError, *, writing: bool = False) -> str:
    """What a person can do about a file that the system refuses.

    Args:
        error: The refusal.
        writing: Whether the file was to be written, and so only its folder need be there.
    """
    if writing and error.errno == errno.ENOENT:
        return "make the folder first, or name another"
    return _REMEDIES.get(error.errno or 0, "name another, or see what is wrong with the disk")


def bounded(problems: Sequence[Problem], what: str, most: int = 20) -> list[Problem]:
    """The first of many problems, and one more that counts the rest.

    Args:
        problems: All of them.
        what: What the rest are called: `spans`, `tasks at fault`.
        most: How many are listed.
    """
    if len(problems) <= most:
        return list(problems)
    rest = Problem(f"and {len(problems) - most:,} more {what}", path=problems[-1].path)
    return [*problems[:most], rest]


def counted(number: int, noun: str) -> str:
    """A number of things: `1 pass`, `2 passes`; thousands are parted by commas."""
    return f"{number:,} {noun}{'' if number == 1 else 'es' if noun.endswith('s') else 's'}"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint for a name that is not in a closed list: the nearest one, and the list where it is short."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return hint + (f"known: {', '.join(sorted(known))}" if len(known) <= 20 else "").strip()
