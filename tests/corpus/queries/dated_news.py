"""Documents of three months and two publishers, on which queries are tried."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from goldspan.corpus.queries.sampling import Population, SampleDesign
from goldspan.schema import Document, conflict_scheme

from ...conftest import record

SCHEME = conflict_scheme()
STATE = {"kind": "state", "id": "ISR"}


def news(count: int = 60) -> list[dict[str, Any]]:
    """Documents of three months, of unequal number, and two publishers."""
    months = [1] * (count // 2) + [2] * (count // 3)
    months += [3] * (count - len(months))
    return [
        record(
            f"d{number:03}",
            f"Israel struck Gaza, day {number}.",
            meta={"published": f"2024-0{month}-01", "publisher": "ab"[number % 2]},
            extra={"n": number},
        )
        for number, month in enumerate(months)
    ]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def drawn(count: int, seed: int, size: int) -> frozenset[str]:
    population = Population(SampleDesign(size=size, seed=seed))
    for number in range(count):
        population.add(Document(id=f"{number}", text="x", spans=()))
    return population.draw().ids
