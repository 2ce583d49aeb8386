"""The changelog of a gold's editions: what the next one leaves out, and why, without a word of the text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...corpus.storage.file_io import open_writer
from ...corpus.withdrawal.withdrawal_list import Withdrawal
from ...schema import DataError, Problem
from ...schema.errors import unreadable_problem

CHANGELOG = "CHANGELOG.md"
_HEADING = "## Next edition"


def read_changelog(folder: Path) -> str:
    """Return the changelog of the editions in a folder; nothing if there is none.

    Raises:
        DataError: It cannot be read, or is not UTF-8.
    """
    path = folder / CHANGELOG
    try:
        return path.read_text("utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise DataError(Problem("not UTF-8", "save it as UTF-8", str(path))) from error
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error


def forget_withdrawals(folder: Path, withdrawals: Iterable[Withdrawal]) -> bool:
    """Take withdrawals that were undone out of the section on the next edition; return whether any was there.

    Raises:
        DataError: As in `read_changelog`.
        DependencyError: The file cannot be written.
    """
    lines = read_changelog(folder).split("\n")
    if _HEADING not in lines:
        return False
    at = lines.index(_HEADING) + 1
    end = next((n for n in range(at, len(lines)) if lines[n].startswith("## ")), len(lines))
    undone = tuple(map(_beginning, withdrawals))
    kept = [line for line in lines[at:end] if not line.startswith(undone)]
    if len(kept) == end - at:
        return False
    if not any(line.strip() for line in kept):  # nothing else is said of the next edition
        at, kept = at - 1, []
    with open_writer(str(folder / CHANGELOG)) as stream:
        stream.write("\n".join([*lines[:at], *kept, *lines[end:]]).encode())
    return True


def note_withdrawals(folder: Path, withdrawals: Iterable[Withdrawal]) -> bool:
    """Add withdrawals to the section on the next edition, which is made if there is none; return whether any is new.

    Raises:
        DataError: As in `read_changelog`.
        DependencyError: The file cannot be written.
    """
    path = folder / CHANGELOG
    text = read_changelog(folder) or "# Changelog\n"
    new = [line for item in withdrawals if (line := _line(item)) not in text.splitlines()]
    if not new:
        return False
    lines = text.rstrip("\n").split("\n")
    if _HEADING in lines:
        at = lines.index(_HEADING) + 1
        end = next((n for n in range(at, len(lines)) if lines[n].startswith("## ")), len(lines))
        while end > at and not lines[end - 1].strip():
            end -= 1
        added = new if end > at else ["", *new]
    else:
        end = next((n for n, line in enumerate(lines) if line.startswith("## ")), len(lines))
        added = [*([] if end and not lines[end - 1].strip() else [""]), _HEADING, "", *new]
        added += [""] if end < len(lines) else []
    with open_writer(str(path)) as stream:
        stream.write("\n".join([*lines[:end], *added, *lines[end:], ""]).encode())
    return True


def _line(item: Withdrawal) -> str:
    reason = " ".join(item.reason.split())
    return f"{_beginning(item)}{item.date}: {reason}"


def _beginning(item: Withdrawal) -> str:
    name = f"`{item.id}`" if item.id is not None else item.name
    return f"- Left out: {name}, withdrawn on "
