"""`goldspan demo`: the whole loop, on the seed articles."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import cell, note, progress_lines, result, result_json, table
from ..option_effects import Rule, effects
from ..options import Json

if TYPE_CHECKING:
    from ...workflows.demo.demo_summary import DemoSummary


@effects(Rule("stop_studio", lambda call: "" if call["studio"] else "with --no-studio"))
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the demo's files.")] = Path("demo"),
    studio: Annotated[bool, typer.Option("--studio/--no-studio", help="Use the real Label Studio.")] = True,
    stop_studio: Annotated[
        bool, typer.Option("--stop-studio", help="Stop the server at the end; by default it keeps running.")
    ] = False,
    json: Json = False,
) -> None:
    """Run the loop on the five seed articles: suggestions, Label Studio, agreement, gold, scores, dataset.

    The first run installs Label Studio, which takes a minute or two; --no-studio skips it. A second run takes seconds
    and changes nothing.
    """
    from ...workflows.demo.run_demo import run_demo

    try:
        with progress_lines("  ") as progress:
            summary = run_demo(out, studio=studio, stop_studio=stop_studio, log=note, progress=progress)
    except KeyboardInterrupt:
        command = shlex.join(["goldspan", "demo", "--out", str(out), *([] if studio else ["--no-studio"])])
        note(f"to continue: {command}")
        raise
    if json:
        result_json(summary.to_dict())
    else:
        _show(summary)


def _show(summary: DemoSummary) -> None:
    from ...eval.matching.match_counts import MEASURES
    from ...workflows.demo.demo_steps import EPOCHS

    counts = ", ".join(f"{label} {count}" for label, count in summary.spans.items())
    result(
        f"\n{summary.articles} articles, {summary.words} words, {sum(summary.spans.values())} gold spans: {counts}\n"
    )
    rows = []
    for name, figures in summary.scores.items():
        values = (cell(figures["values"].get(label)) for label in summary.spans)
        rows.append((name, *(cell(figures[measure]) for measure in MEASURES), *values))
    table(rows, ("F1 against the gold", *MEASURES, *(f"{label} values" for label in summary.spans)))
    result("rules: written with these articles and their guidelines at hand; their scores do not generalise")
    result(f"trained: each article predicted by a pipeline trained on the other four for {EPOCHS} epochs; values are")
    result("         filled in by the rules and the registry, as for every system that predicts none")
    agreement = ", ".join(f"{name} {cell(figure)}" for name, figure in summary.agreement.items())
    result(f"agreement of the passes: {agreement}")
    result("both passes were made by language models with the same guidelines, not by people\n")
    for name, path in summary.files.items():
        result(f"{name:<13} {path}")
    if summary.studio is not None:
        result(f"\nLabel Studio  {summary.studio['project']}")
        result(f"log in as     {summary.studio['username']}, password: {summary.studio['password']}")
        result(f"to stop it    {summary.studio['stop']}" if summary.studio["running"] else "the server was stopped")
    result("\nnext")
    for command in summary.next:
        result(f"  {command}")
    if shutil.which("goldspan") is None:
        result(f"the goldspan command is {sys.argv[0]}")
