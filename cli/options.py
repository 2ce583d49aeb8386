"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SchemeFile = Annotated[
    Path | None, typer.Option("--scheme", metavar="FILE", help="A scheme of your own instead of conflict news.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Also write a report to look at: one page, no network.")
]
Lenient = Annotated[bool, typer.Option("--lenient", help="Leave out what is bad, say what, and end with status 1.")]
Records = Annotated[str, typer.Argument(metavar="FILE", help="Records: .jsonl or .parquet; - is standard input.")]
