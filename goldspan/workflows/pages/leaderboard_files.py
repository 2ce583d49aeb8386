"""Leaderboards: score files merged, and a folder for a web server."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePath

from ...corpus.storage.file_io import open_reader, open_writer, require_writable
from ...eval import Scores, merge_scores
from ...eval.report import leaderboard_page
from ...eval.result_display import METRIC_COLUMNS
from ...schema import UsageError
from ..score_inputs import system_file

_PAGE, _DATA, _TABLE = "index.html", "leaderboard.json", "leaderboard.csv"

_FORMAT = "goldspan leaderboard"
"""What the key `format` of the figures says."""

_MARKS = {
    _PAGE: re.compile(r'<meta name="generator" content="goldspan leaderboard '),
    _DATA: re.compile(rf'\s*{{\s*"format": "{_FORMAT}",'),
    _TABLE: re.compile(rf"system,(by,slice,)?{','.join(METRIC_COLUMNS)}(,deviation)?\n"),
}
"""What the beginning of each file has if goldspan wrote it."""

_BEGINNING = 4096  # bytes; the head of the page takes a quarter of it


def merge_score_files(files: Sequence[str], *, tests: Sequence[str] = ()) -> Scores:
    """Merge the scores in files; arguments and errors are those of `merge_scores`.

    Args:
        files: A file of scores each; `NAME=FILE` names its system, and the same name several times is for runs of one.
        tests: Paths of the metrics by which systems are compared.
    """
    arguments = [system_file(argument) for argument in files]
    return merge_scores(
        *(argument.path for argument in arguments), names=[argument.name for argument in arguments], tests=tests
    )


def check_leaderboard_folder(folder: Path) -> None:
    """Check that a leaderboard may be written to a folder: it replaces nothing but an earlier leaderboard.

    Raises:
        DependencyError: A file in it cannot be read, or none can be written.
        UsageError: The folder is a file, or has a file of the name of one of the leaderboard's that is not one.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise UsageError(f"`html`: {there} is a file. Fix: name a folder")
    require_writable(there / _PAGE)
    for name, mark in _MARKS.items():
        target = folder / name
        if not os.path.lexists(target):
            continue
        beginning = ""
        if target.is_file():
            with open_reader(str(target)) as stream:
                beginning = stream.read(_BEGINNING).decode(errors="replace")
        found = mark.search(beginning) if name == _PAGE else mark.match(beginning)
        if not found:
            what = f"{target} exists and is not of a leaderboard of goldspan"
            raise UsageError(f"`html`: {what}. Fix: name another folder, or move the file")


def write_leaderboard(
    folder: Path, scores: Scores, *, title: str = "Leaderboard", description: str = "", day: date | None = None
) -> None:
    """Write a leaderboard as a page, `index.html`, with `leaderboard.json` and `leaderboard.csv` beside it.

    The same scores give the same bytes. Files of an earlier leaderboard are replaced, others left as they are.

    Args:
        folder: The folder, which is made if there is none.
        scores: The scores, as `merge_scores` returns them.
        title: As in `leaderboard_page`.
        description: As in `leaderboard_page`.
        day: As in `leaderboard_page`.

    Raises:
        DependencyError: A file cannot be written, or matplotlib is not installed.
        UsageError: `check_leaderboard_folder` refuses the folder.
    """
    check_leaderboard_folder(folder)
    page = leaderboard_page(scores, title=title, description=description, day=day, files=(_DATA, _TABLE))
    folder.mkdir(parents=True, exist_ok=True)
    path = scores.gold.path and PurePath(scores.gold.path).name  # its folder is nobody's business
    scores = replace(scores, gold=replace(scores.gold, path=path))
    heading = {"format": _FORMAT, "title": title, "description": description, "date": day.isoformat() if day else None}
    data = json.dumps(heading | scores.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    for name, pieces in ((_PAGE, page.html()), (_DATA, [data]), (_TABLE, [scores.to_csv()])):
        with open_writer(str(folder / name)) as stream:
            for piece in pieces:
                stream.write(piece.encode(errors="replace"))
