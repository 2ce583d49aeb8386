"""One document with gold spans and a system's, and many made at random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from goldspan.schema import Document, Layer, Span

from ..conftest import record, span, write_lines

TEXT = "Iran struck three bases in Iraq on Friday, Iran said."


GOLD = [
    Span(0, 4, "ACTOR"),
    Span(12, 17, "COUNT"),
    Span(27, 31, "LOCATION"),
    Span(35, 41, "DATE"),
    Span(43, 47, "ACTOR"),
]


SYSTEM = [Span(43, 47, "LOCATION"), Span(0, 4, "ACTOR"), Span(12, 23, "COUNT"), Span(27, 31, "LOCATION")]


def layer(spans: list[Span], name: str = "", **more: Any) -> list[Document]:
    return [Document(id="a", text=TEXT, spans=tuple(spans), layer=Layer(annotator=name) if name else None, **more)]


def files(tmp_path: Path) -> tuple[Path, Path]:
    plain = [[span(s.start, s.end, s.label) for s in side] for side in (GOLD, SYSTEM)]
    gold, system = (
        write_lines(tmp_path / f"{n}.jsonl", record("a", TEXT, spans=s))
        for n, s in zip(("gold", "system"), plain, strict=True)
    )
    return gold, system


def many(seed: int, quality: float) -> tuple[list[Document], list[Document]]:
    rng = random.Random(seed)
    gold, system = [], []
    for number in range(60):
        spans = [Span(i * 10, i * 10 + 5, "ACTOR") for i in range(5)]
        gold.append(Document(id=str(number), text="x" * 60, spans=tuple(spans)))
        kept = tuple(s for s in spans if rng.random() < quality)
        system.append(Document(id=str(number), text="x" * 60, spans=kept))
    return gold, system
