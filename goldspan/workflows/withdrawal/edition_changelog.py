"""The changelog of a gold's editions: what the next one leaves out, and why, without a word of the text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...corpus.storage.file_io import open_writer
from ...corpus.withdrawal.withdrawal_list import Withdrawal

CHANGELOG = "CHANGELOG.md"
_HEADING = "## Next edition"


def note_withdrawals(folder: Path, withdrawals: Iterable[Withdrawal]) -> bool:
    """Add withdrawals to the section on the next edition, which is made if there is none; return whether any is new.

    Raises:
        DependencyError: The file cannot be written.
    """
    path = folder / CHANGELOG
    text = path.read_text("utf-8") if path.is_file() else "# Changelog\n"
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
    name = f"`{item.id}`" if item.id is not None else item.name
    return f"- Left out: {name}, withdrawn on {item.date}: {reason}"
