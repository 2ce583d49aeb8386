"""One exception tree and the problems it carries.

```
GoldspanError
├── DataError           exit 1: the data is at fault; carries one Problem or more
├── UsageError          exit 2: the call is at fault
├── DependencyError   exit 3: something outside is missing (a server, disk space, an extra)
└── CombinedError       some of these together; exits as the worst of them
```

The core raises without a place; the reader that knows the file and the line adds it (`Problem.at`).
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


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
        label: The label, where the fault is that nobody knows it.
        example: Lines to copy into a file, which mend it.
    """

    what: str
    fix: str = ""
    path: str = ""
    line: int = 0
    document: str = ""
    span: int | None = None
    zone: int | None = None
    label: str | None = None
    example: tuple[str, ...] = ()

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

    exit_code: int = 1

    @property
    def lines(self) -> list[str]:
        """What is said of it, a line for each fault; a line end within one is part of what is told of."""
        return [str(self)]

    @property
    def example(self) -> list[str]:
        """Lines to copy into a file, shown after `lines`; empty where there are none."""
        return []


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

    @property
    def example(self) -> list[str]:
        """Those of the problems."""
        return [line for problem in self.problems for line in problem.example]

    def __reduce__(self) -> tuple[type[DataError], tuple[list[Problem]]]:
        return type(self), (self.problems,)  # on its way between processes

    def at(self, path: str, line: int = 0) -> DataError:
        """The same error with its place."""
        return DataError([problem.at(path, line) for problem in self.problems])


class UsageError(GoldspanError):
    """The call is at fault: an unknown option, name or format.

    Args:
        faults: A line for each.
        example: Lines to copy into a file.
    """

    exit_code = 2

    def __init__(self, *faults: str, example: Sequence[str] = ()) -> None:
        self._faults = list(faults)
        self._example = list(example)
        super().__init__("\n".join(faults))

    @property
    def lines(self) -> list[str]:
        """A line for each fault."""
        return self._faults

    @property
    def example(self) -> list[str]:
        """As given."""
        return self._example


class DependencyError(GoldspanError):
    """Something outside the data and the call is missing: a server, disk space, an optional package."""

    exit_code = 3


class CombinedError(GoldspanError):
    """Faults of several files or extractors, told together.

    Args:
        errors: One or more; the highest `exit_code` of them counts.
    """

    def __init__(self, errors: Sequence[GoldspanError]) -> None:
        self.errors = list(errors)
        self.exit_code = max(error.exit_code for error in self.errors)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[CombinedError], tuple[list[GoldspanError]]]:
        return type(self), (self.errors,)

    @property
    def lines(self) -> list[str]:
        """Those of all errors."""
        return [line for error in self.errors for line in error.lines]

    @property
    def example(self) -> list[str]:
        """Those of all errors, each line once."""
        return list(dict.fromkeys(line for error in self.errors for line in error.example))


def for_each(do: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """What `do` answers for each item.

    Raises:
        GoldspanError: It refuses an item; where it refuses several, `CombinedError` tells of all.
    """
    answers: list[R] = []
    errors: list[GoldspanError] = []
    for item in items:
        try:
            answers.append(do(item))
        except GoldspanError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else CombinedError(errors)
    return answers


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


def os_error_hint(error: OSError, *, writing: bool = False) -> str:
    """What a person can do about a file that the system refuses.

    Args:
        error: The refusal.
        writing: Whether the file was to be written, and so only its folder need be there.
    """
    if writing and error.errno == errno.ENOENT:
        return "make the folder first, or name another"
    return _REMEDIES.get(error.errno or 0, "name another, or see what is wrong with the disk")


def truncate_problems(problems: Sequence[Problem], what: str, most: int = 20) -> list[Problem]:
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


def pluralize(number: int, noun: str) -> str:
    """A number of things: `1 pass`, `2 passes`; thousands are parted by commas."""
    return f"{number:,} {noun}{'' if number == 1 else 'es' if noun.endswith('s') else 's'}"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint for a name that is not in a closed list: the nearest one, and the list where it is short."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return hint + (f"known: {', '.join(sorted(known))}" if len(known) <= 20 else "").strip()
