"""`goldspan score --replay`: which options it has, and how it shows what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...console import note, one_line, progress_bar, result, result_json, table
from ...option_effects import Rule

if TYPE_CHECKING:
    from ....workflows import ScoreReplay

_SHOWN = 20
"""Figures that are shown; `--json` has all."""


def stated_by_replay(*options: str) -> tuple[Rule, ...]:
    """Declare options that have no effect with `--replay`, because the file states the settings."""
    why = "with --replay, whose file states the settings"
    return tuple(Rule(name, lambda call: why if call["replay"] else "") for name in options)


def show_replay(
    path: Path,
    gold: str | None,
    systems: Sequence[str],
    *,
    scheme: Path | None,
    label_map: Path | None,
    json: bool,
) -> bool:
    """Replay scores, print what changed, and return whether every figure is equal."""
    from ....schema import load_scheme
    from ....workflows import replay_scores

    with progress_bar() as progress:
        replay = replay_scores(
            path,
            gold,
            systems,
            scheme=load_scheme(scheme),
            label_map=label_map,
            remark=lambda line: note(f"note: {line}"),
            warn=lambda message: note(f"warning: {message}"),
            progress=progress,
        )
    if json:
        result_json(replay.to_dict())
    else:
        _show(str(path), replay)
    return replay.equal


def _show(path: str, replay: ScoreReplay) -> None:
    from ....schema import pluralize

    count = pluralize(replay.figures, "figure")
    many = len(replay.changes)
    result(f"{one_line(path)}: {f'{many} of {count} differ' if many else f'{count}, all equal to the last digit'}")
    for reason in replay.reasons():
        result(one_line(reason))
    if many:
        shown = replay.changes[:_SHOWN]
        rows = [(f"{c.where}  {c.path}", *("-" if x is None else x for x in (c.then, c.now))) for c in shown]
        result()
        table(rows, ("figure", "then", "now"))
        if many > _SHOWN:
            result(f"and {many - _SHOWN} more, which --json lists")
