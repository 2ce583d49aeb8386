"""What commands show: results on standard output, all else on standard error, bars only for people.

What files hold may be meant for the terminal: sequences that hide lines, rename windows, write to the clipboard, turn
the direction of writing. Everything shown passes here and has such characters written out, also where it goes to a
pipe, which may end at a terminal too. Programs read `--json`, where the same characters are escaped as JSON has it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..schema.errors import DataError, Problem

if TYPE_CHECKING:
    from ..annotate.label_studio.server.progress import SetupProgress
    from ..eval.report.page import ReportPage

T = TypeVar("T")

_LONGEST = 4000
"""Code points of an error."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tabs and line ends
    "\u2028\u2029\u202a-\u202e\u2066-\u2069"  # line ends of Unicode; embeddings, overrides and isolates of direction
    "\ud800-\udfff\U000e0000-\U000e007f]"  # bytes of file names that are no characters; tags, which nobody sees
)


def visible(text: str) -> str:
    """The text with what a terminal would obey, or nobody would see, written out as Python does."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """As `visible`, and line ends written out too: for what comes from data and must not look like a line of ours."""
    return visible(text).replace("\n", "\\n")


def result(line: str = "") -> None:
    """One line of the result, or several."""
    sys.stdout.write(visible(line) + "\n")


def result_json(data: Any) -> None:
    """The result for a program: JSON with keys in their given order, floats as Python prints them, no NaN."""
    import json

    encoded = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    # outside strings there is none of them but line ends, and in a string an escape means the same
    sys.stdout.write(_UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], encoded) + "\n")


def note(line: str) -> None:
    """A word to the person at the terminal."""
    if sys.stdout is not None:
        sys.stdout.flush()
    if sys.stderr is not None:
        sys.stderr.write(one_line(line) + "\n")


def error(line: str) -> None:
    """An error. A very long one, as of a file that is one long word, is shown without its middle."""
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"
    note(f"error: {line}")


_interruption = "nothing was left half-written"


def when_interrupted(left: str) -> None:
    """What an interruption from here on leaves, in the words that the person is told."""
    global _interruption
    _interruption = left


def interruption() -> str:
    """What an interruption leaves now."""
    return _interruption


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """A table: first column to the left, the others to the right."""
    cells = [[one_line(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        result("  ".join((first.strip().ljust(widths[0]), *others)).rstrip())


def cell(value: float | None) -> str:
    """A figure in a table: three decimals, or `-` where it is undefined."""
    return "-" if value is None else f"{value:.3f}"


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items, with a bar on standard error where that is a terminal and the work takes more than a moment."""
    from tqdm import tqdm

    bar: Iterable[T] = tqdm(items, desc=what, total=total, unit="", delay=0.5, leave=False, disable=None)
    yield from bar


class ProblemCollector:
    """Problems met while reading: the first ends the work, or with `lenient` each is shown and left out.

    Attributes:
        problems: Those left out so far.
    """

    def __init__(self, *, lenient: bool) -> None:
        self._lenient = lenient
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        """Takes note of a problem.

        Raises:
            DataError: Not lenient.
        """
        if not self._lenient:
            raise DataError(problem)
        error(str(problem))
        self.problems.append(problem)

    def status(self) -> int:
        """The exit status: 1 where anything was left out, which is said."""
        if self.problems:
            note(f"left out: {len(self.problems)} (each is named above)")
        return 1 if self.problems else 0


@contextmanager
def progress_lines(indent: str = "") -> Iterator[SetupProgress]:
    """Steps as lines on standard error, each once; those that count as a bar where it is a terminal.

    Args:
        indent: Before each line.
    """
    from tqdm import tqdm

    bar: tqdm | None = None
    last = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal bar, last
        if what != last:
            if bar is not None:
                bar.close()
                bar = None
            note(indent + what)
            last = what
        if total and bar is None and sys.stderr.isatty():
            bar = tqdm(total=total, unit="", leave=False)
        if bar is not None:
            bar.update(done - bar.n)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.close()


def write_page(path: Path, page: ReportPage) -> None:
    """Writes a report, whole or not at all, and says where it is.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: The path is none of a page: standard output, or data that would be overwritten.
    """
    from ..corpus.storage.file_io import open_writer
    from ..schema import UsageError

    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--html {path}: no name of a page. Fix: a name that ends with .html")
    with open_writer(str(path)) as stream:
        for piece in page.html():
            stream.write(piece.encode(errors="replace"))  # a file's name may hold bytes that are no characters
    note(f"report: {path}")
