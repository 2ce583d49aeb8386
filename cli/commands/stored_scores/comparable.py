"""`goldspan comparable`: whether two numbers may be compared, and why not."""

from __future__ import annotations

from typing import Annotated

import typer

from ...console import result, result_json
from ...option_effects import effects
from ...options import Json


@effects()
def comparable(
    a: Annotated[str, typer.Argument(metavar="A", help="A signature in quotes, or scores by `goldspan score --out`.")],
    b: Annotated[str, typer.Argument(metavar="B", help="What to compare it with, likewise.")],
    json: Json = False,
) -> None:
    """Say whether two numbers may be compared, by their signatures, and if not, what differs; end with status 1 then.

    Where only intervals and tests may not be compared, the status is 0.
    """
    from ....eval import comparable as compare_signatures

    answer = compare_signatures(a, b)
    if json:
        result_json(answer.to_dict())
    else:
        result(str(answer))
    if not answer:
        raise typer.Exit(1)
