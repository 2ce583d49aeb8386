"""What the commands of `goldspan power` share: options, and how plans are shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.extras import require_extras
from ...console import note, result, result_json, table

if TYPE_CHECKING:
    from ....eval.power.planned_estimates import ReadingSplit
    from ....eval.power.power_plan import PowerPlan
    from ....eval.power.reading_results import ReadingCurve


def _picture_file(path: Path | None) -> Path | None:
    if path is not None:
        require_extras("--plot", "report")
    return path


Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", callback=_picture_file, help="Draw the curve too: .png, .svg or .pdf."),
]
Measure = Annotated[
    str, typer.Option("--measure", metavar="MEASURE", help="The metric, such as spans.strict.micro.f1.")
]
STRICT_F1 = "spans.strict.micro.f1"


def show(plan: PowerPlan | ReadingSplit | ReadingCurve, answer: str = "", *, json: bool) -> None:
    """Show a plan, what it answers, and its notes."""
    if json:
        result_json(plan.to_dict())
        return
    result(f"{plan.headline}\n")
    header, rows = plan.table
    table(rows, header)
    if answer:
        result(f"\n{answer}")
    for line in plan.notes:
        note(f"note: {line}")
