"""Exception hierarchy of goldspan and the problems that its exceptions carry.

```
GoldspanError
├── DataError           exit 1: invalid data; carries one or more `Problem`s
├── UsageError          exit 2: invalid call
├── DependencyError     exit 3: a missing dependency (a server, disk space, an optional package)
└── CombinedError       several of these; exits with the highest status among them
```

Code that checks data raises without a location; the reader that knows file and line adds it (`Problem.with_location`).
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from numbers import Integral
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Problem:
    """A single error in the data: what is wrong, where, and how to fix it.

    Attributes:
        what: What is wrong, including the span or key concerned.
        fix: How to fix it; empty if that is obvious from `what`.
        path: The file as the user named it; empty if unknown.
        line: 1-based line of a text file or row of a table; 0 if unknown.
        document: Id of the document; empty if unknown.
        span: Index into the record's `spans` if the problem is confined to one span.
        zone: Index into the record's `zones` if the problem is confined to one zone.
        label: The label if the problem is that the scheme does not define it.
        example: Lines to copy into a file to fix the problem.
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

    def with_location(self, path: str, line: int = 0) -> Problem:
        """Return the same problem with its location."""
        return replace(self, path=path, line=line)

    def __str__(self) -> str:
        location = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        document = f"document {self.document!r}: " if self.document else ""
        fix = f" Fix: {self.fix}" if self.fix else ""
        return f"{location}{document}{self.what.removesuffix('.')}.{fix}"


class GoldspanError(Exception):
    """Base class of all errors that goldspan raises; `exit_code` is the exit status of a command that fails with it."""

    exit_code: int = 1

    @property
    def lines(self) -> list[str]:
        """The message, one item per problem; a newline within an item comes from the data that it quotes."""
        return [str(self)]

    @property
    def example(self) -> list[str]:
        """Lines to copy into a file, shown after `lines`; empty if there are none."""
        return []


class DataError(GoldspanError):
    """Invalid data.

    Attributes:
        problems: One or more problems.
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """The problems, one line each."""
        return list(map(str, self.problems))

    @property
    def example(self) -> list[str]:
        """The example lines of all problems."""
        return [line for problem in self.problems for line in problem.example]

    def __reduce__(self) -> tuple[type[DataError], tuple[list[Problem]]]:
        return type(self), (self.problems,)  # pickled when it crosses a process boundary

    def with_location(self, path: str, line: int = 0) -> DataError:
        """Return the same error with its location."""
        return DataError([problem.with_location(path, line) for problem in self.problems])


class UsageError(GoldspanError):
    """Invalid call: an unknown option, name or format.

    Args:
        messages: One line per error.
        example: Lines to copy into a file.
    """

    exit_code = 2

    def __init__(self, *messages: str, example: Sequence[str] = ()) -> None:
        self._messages = list(messages)
        self._example = list(example)
        super().__init__("\n".join(messages))

    @property
    def lines(self) -> list[str]:
        """The messages, one line each."""
        return self._messages

    @property
    def example(self) -> list[str]:
        """The example lines passed to the constructor."""
        return self._example


class DependencyError(GoldspanError):
    """Missing dependency: a server, disk space or an optional package."""

    exit_code = 3


class CombinedError(GoldspanError):
    """Errors of several files or extractors, raised together.

    Args:
        errors: One or more; the highest `exit_code` among them is used.
    """

    def __init__(self, errors: Sequence[GoldspanError]) -> None:
        self.errors = list(errors)
        self.exit_code = max(error.exit_code for error in self.errors)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[CombinedError], tuple[list[GoldspanError]]]:
        return type(self), (self.errors,)

    @property
    def lines(self) -> list[str]:
        """The lines of all errors."""
        return [line for error in self.errors for line in error.lines]

    @property
    def example(self) -> list[str]:
        """The example lines of all errors, without duplicates."""
        return list(dict.fromkeys(line for error in self.errors for line in error.example))


def for_each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Apply `function` to every item, even after errors, and return the results.

    Raises:
        GoldspanError: `function` failed for one item.
        CombinedError: `function` failed for several items.
    """
    results: list[R] = []
    errors: list[GoldspanError] = []
    for item in items:
        try:
            results.append(function(item))
        except GoldspanError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else CombinedError(errors)
    return results


_OS_ERROR_HINTS = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path, a part of it is not a folder",
    errno.EISDIR: "use the path of a file, this is a folder",
    errno.EACCES: "change the permissions, or use another path",
    errno.EPERM: "change the permissions, or use another path",
    errno.EROFS: "use a path that is writable",
    errno.ENOSPC: "free up disk space",
    errno.EDQUOT: "free up disk space, your disk quota is used up",
    errno.EFBIG: "raise the system's file size limit, or use another disk",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.ELOOP: "fix the symbolic link, it points to itself",
}


def os_error_hint(error: OSError, *, writing: bool = False) -> str:
    """Return how to fix an operating system error on a file.

    Args:
        error: The error.
        writing: Whether the file was opened for writing, so that only its folder has to exist.
    """
    if writing and error.errno == errno.ENOENT:
        return "create the folder first, or use another path"
    return _OS_ERROR_HINTS.get(error.errno or 0, "use another path, or check the disk")


def unreadable_problem(error: OSError, path: str | Path) -> Problem:
    """Return the problem to report for a file or folder that cannot be read."""
    return Problem(f"cannot be read: {error.strerror or error}", os_error_hint(error), str(path))


def truncate_problems(problems: Sequence[Problem], noun: str, limit: int = 20) -> list[Problem]:
    """Return the first problems, followed by one that counts the rest.

    Args:
        problems: All problems.
        noun: Plural noun for the rest, such as `spans` or `invalid tasks`.
        limit: Maximum number of problems to list.
    """
    if len(problems) <= limit:
        return list(problems)
    rest = Problem(f"and {len(problems) - limit:,} more {noun}", path=problems[-1].path)
    return [*problems[:limit], rest]


def pluralize(number: int, noun: str) -> str:
    """Return a count with its noun, `1 pass` or `2 passes`, with commas as thousands separators."""
    return f"{number:,} {noun}{'' if number == 1 else 'es' if noun.endswith('s') else 's'}"


def check_whole_number(name: str, value: object, purpose: str, *, largest: int | None = None) -> None:
    """Check an argument that is a whole number, such as a seed.

    Args:
        name: Name of the parameter.
        value: Its argument.
        purpose: What the number is for, for the message.
        largest: The largest number, if there is one.

    Raises:
        UsageError: It is something else, negative, or too large.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        wrong = "is not a whole number"
    elif int(value) < 0:
        wrong = "is negative"
    elif largest is not None and int(value) > largest:
        wrong = f"is larger than {largest:,}"
    else:
        return
    raise UsageError(f"`{name}`: {value!r} {wrong}. Fix: {purpose}")


def check_seed(seed: object, *, largest: int | None = None) -> None:
    """Check the argument of `seed`; arguments and errors as in `check_whole_number`."""
    end = "up" if largest is None else f"to {largest:,}"
    check_whole_number("seed", seed, f"a whole number from 0 {end}, such as 0", largest=largest)


def check_resampling(resamples: object, seed: object) -> None:
    """Check the arguments of `resamples` and `seed`; errors as in `check_whole_number`."""
    check_whole_number("resamples", resamples, "a number of resamples, or 0 for no intervals")
    check_seed(seed)


_FEW = 40
"""Number of names that a message lists at most."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return a hint for an unknown name: the closest known name, and all known names if they are few.

    A name that differs only in capitals is the closest, even if all of its letters do.
    """
    folded = {other.casefold(): other for other in reversed(known)}
    alike = folded.get(name.casefold())
    match = alike or next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), None)
    if match is None:
        match = next((folded[other] for other in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)), None)
    hint = "" if match is None else f"did you mean {match!r}? "
    return hint + (f"known: {', '.join(sorted(known))}" if len(known) <= _FEW else "").strip()
