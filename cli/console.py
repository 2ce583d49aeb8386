"""Output of the commands: results on standard output, messages on standard error, progress bars only on a terminal.

Files may hold text that is meant for the terminal: sequences that hide lines, rename windows, write to the clipboard or
change the direction of writing. All output passes through this module, which escapes such characters, in a pipe as
well, since it may end at a terminal. Programs read `--json`, where the same characters are escaped as in JSON.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from ..schema.errors import DataError, Problem, UsageError, pluralize
from ..schema.writing.line_layout import align_left, align_right, display_width, isolate_directions

if TYPE_CHECKING:
    from ..eval.report.concordance_page import ConcordancePage
    from ..eval.report.page import ReportPage
    from ..schema.progress import Progress

T = TypeVar("T")

_MAX_ERROR = 4000
"""Length of an error that is shown in full, in code points."""

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tabs and line ends
    "\u2028\u2029\u202a-\u202e\u2066-\u2069"  # line ends of Unicode; embeddings, overrides and isolates of direction
    "\ud800-\udfff\U000e0000-\U000e007f]"  # bytes of file names that are no characters; invisible tags
)
_QUOTED = r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?!\w)"""  # data, which may have backticks of its own
_PARAMETER = re.compile(rf"{_QUOTED}|`([a-z_]+(?:=\w+)?)`")

_options: Mapping[str, str] = {}
_interruption = "nothing was left half-written"


def escape(text: str) -> str:
    """Escape the characters that a terminal would interpret or not show."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """Escape a text from data, line ends included, so that it cannot look like a line of output."""
    return escape(text).replace("\n", "\\n")


def result(line: str = "") -> None:
    """Print a line of the result, or several."""
    sys.stdout.write(_shown(escape(line), sys.stdout) + "\n")


def _shown(text: str, stream: TextIO) -> str:
    """Return lines as a stream shows them: on a terminal, words from right to left stay in their place."""
    if text.isascii() or not stream.isatty():
        return text
    return "\n".join(map(isolate_directions, text.split("\n")))


def result_json(data: Any) -> None:
    """Print the result for a program: JSON with keys in the given order, floats as Python prints them, no NaN."""
    import json

    encoded = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    # outside strings there is none of them but line ends, and in a string an escape means the same
    sys.stdout.write(_UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], encoded) + "\n")


def note(line: str) -> None:
    """Print a message on standard error. Parameters of the library in it are shown as the command's options."""
    if sys.stdout is not None:
        sys.stdout.flush()
    if sys.stderr is not None:
        sys.stderr.write(_shown(one_line(_with_options(line)), sys.stderr) + "\n")


def can_ask() -> bool:
    """Return whether somebody is at a terminal to answer: both questions and answers go there."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def ask(question: str) -> str:
    """Ask a question on standard error and return the answer, a line of standard input without blanks around it.

    Raises:
        KeyboardInterrupt: Standard input ended.
        UsageError: The answer is not text.
    """
    sys.stdout.flush()
    sys.stderr.write(f"{_shown(one_line(question), sys.stderr)} ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError as error:
        fix = "set the terminal to UTF-8, or give the answers as options"
        raise UsageError(f"the answer is not UTF-8. Fix: {fix}") from error
    if not line:
        raise KeyboardInterrupt
    return line.strip()


def error(line: str) -> None:
    """Print an error. A very long one, such as a file that is one long word, is shown without its middle."""
    if len(line) > _MAX_ERROR:
        line = f"{line[: _MAX_ERROR // 2]} … {line[-_MAX_ERROR // 2 :]}"
    note(f"error: {line}")


def use_options(options: Mapping[str, str]) -> None:
    """Set the options of the running command by the library's names of the parameters, for `note` and `error`."""
    global _options
    _options = options


def _with_options(line: str) -> str:
    return _PARAMETER.sub(lambda match: _options.get(match[1] or "", match[0]), line)


def when_interrupted(message: str) -> None:
    """Set what the user is told if the command is interrupted from here on."""
    global _interruption
    _interruption = message


def when_shards_are_kept(number: int) -> None:
    """Set what the user is told if the command is interrupted when a number of shards are finished."""
    rest = "the same command reads its sources again, and writes those that are missing or have changed"
    when_interrupted(f"{pluralize(number, 'shard')} kept; {rest}")


def interruption() -> str:
    """Return what the user is told if the command is interrupted now."""
    return _interruption


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """Print a table: the first column left-aligned, the others right-aligned."""
    cells = [[one_line(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(display_width(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        first, *others = (align_right(cell, width) for cell, width in zip(row, widths, strict=True))
        result("  ".join((align_left(first.strip(), widths[0]), *others)).rstrip())


def cell(value: float | None) -> str:
    """Format a figure for a table: three decimals, or `-` if it is undefined."""
    return "-" if value is None else f"{value:.3f}"


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show progress on standard error: a bar on a terminal after a moment, elsewhere a line a minute."""
    from .progress_display import ProgressDisplay

    display = ProgressDisplay(note)
    try:
        yield display
    finally:
        display.close()


@contextmanager
def progress_lines(indent: str = "") -> Iterator[Progress]:
    """Print each step once as a line on standard error, with a bar for those that count if that is a terminal.

    Args:
        indent: Printed before each line.
    """
    from tqdm import tqdm

    bar: tqdm | None = None
    current = ""

    def show(step: str, done: int, total: int) -> None:
        nonlocal bar, current
        if step != current:
            if bar is not None:
                bar.close()
                bar = None
            note(indent + step)
            current = step
        if total and bar is None and sys.stderr.isatty():
            bar = tqdm(total=total, unit="", leave=False)
        if bar is not None:
            bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()


class ProblemCollector:
    """Handles problems met while reading: raises the first one or, if lenient, shows each and skips it.

    Attributes:
        problems: The problems that were skipped so far.
    """

    def __init__(self, *, lenient: bool) -> None:
        self._lenient = lenient
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        """Handle a problem.

        Raises:
            DataError: Not lenient.
        """
        if not self._lenient:
            raise DataError(problem)
        error(str(problem))
        self.problems.append(problem)

    def status(self) -> int:
        """Return the exit status: 1 if anything was skipped, which is printed."""
        if self.problems:
            count = len(self.problems)
            note(f"{count} record{'s' if count > 1 else ''} skipped (see above)")
        return 1 if self.problems else 0


def check_page(path: Path | None) -> None:
    """Check that a report, if there is to be one, can be written. Errors are those of `write_report`."""
    if path is not None:
        from ..workflows.pages.report_file import check_report_path

        check_report_path(path)


def write_page(path: Path, page: ReportPage | ConcordancePage) -> None:
    """Write a report and print where it is. Errors are those of `write_report`."""
    from ..workflows.pages.report_file import write_report

    write_report(path, page)
    note(f"report: {path}")
