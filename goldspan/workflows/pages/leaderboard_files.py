"""Leaderboards: score files merged, and a folder for a web server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ...corpus.storage.file_io import open_writer
from ...eval import Scores, merge_scores
from ...eval.report import leaderboard_page
from ...schema import UsageError
from ..score_inputs import system_file

_PAGE, _DATA, _TABLE = "index.html", "leaderboard.json", "leaderboard.csv"


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


def write_leaderboard(
    folder: Path, scores: Scores, *, title: str = "Leaderboard", description: str = "", day: date | None = None
) -> None:
    """Write a leaderboard as a page, `index.html`, with `leaderboard.json` and `leaderboard.csv` beside it.

    The same scores give the same bytes. Other files in the folder are left as they are.

    Args:
        folder: The folder, which is made if there is none.
        scores: The scores, as `merge_scores` returns them.
        title: As in `leaderboard_page`.
        description: As in `leaderboard_page`.
        day: As in `leaderboard_page`.

    Raises:
        DependencyError: A file cannot be written, or matplotlib is not installed.
        UsageError: The folder is a file, or has a page that is not goldspan's.
    """
    page = leaderboard_page(scores, title=title, description=description, day=day, files=(_DATA, _TABLE))
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"`html`: {folder} is a file. Fix: name a folder")
    target = folder / _PAGE
    if target.exists() and 'name="generator" content="goldspan' not in target.read_text("utf-8", errors="replace"):
        raise UsageError(f"`html`: {target} is not a page of goldspan. Fix: name another folder, or remove the page")
    folder.mkdir(parents=True, exist_ok=True)
    heading = {"title": title, "description": description, "date": day.isoformat() if day else None}
    data = json.dumps(heading | scores.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    for name, pieces in ((_PAGE, page.html()), (_DATA, [data]), (_TABLE, [scores.to_csv()])):
        with open_writer(str(folder / name)) as stream:
            for piece in pieces:
                stream.write(piece.encode(errors="replace"))
