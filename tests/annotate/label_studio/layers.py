"""What a pull has to bring by what the server holds and people marked, and what it brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.corpus import read_records
from goldspan.schema import Scheme, Span

from .asked import Results, Task, Work
from .people import Made

Marked = list[tuple[object, ...]]


@dataclass(frozen=True)
class Layer:
    """A person's work on a document.

    Attributes:
        text: Of the document.
        skipped: It was passed over.
        draft: Nobody submitted it.
        spans: With their values.
        aside: Spans of a skipped document.
        relations: As the server has them.
        faults: Regions that were marked on another text.
        others: The results of what the person made before.
    """

    text: str
    skipped: bool
    draft: bool
    spans: Marked
    aside: list[tuple[int, int, str]]
    relations: Results
    faults: list[str]
    others: list[Results]


Layers = dict[str, Layer]
"""By document."""


def wanted(held: Mapping[str, list[Task]], made: Mapping[int, Made], *, drafts: bool) -> dict[str, Layers]:
    """The layers by the name of the file that they belong in."""
    found: dict[str, Layers] = defaultdict(dict)
    for name, tasks in held.items():
        for task in tasks:
            by_user: dict[str, list[Work]] = defaultdict(list)
            for work in (task.drafts if drafts else task.annotations).values():
                by_user[work.user].append(work)
            for user, works in by_user.items():
                counts, *others = sorted(works, key=lambda work: (work.updated, work.id), reverse=True)
                who = user.partition("@")[0] + (".drafts" if drafts else "")
                found[f"{who}.jsonl"][name] = _layer(task.text, counts, others, made[counts.id], drafts)
    return found


def _layer(text: str, work: Work, others: list[Work], made: Made, draft: bool) -> Layer:
    fitting = made.fitting(text)
    return Layer(
        text=text,
        skipped=work.skipped,
        draft=draft,
        spans=[] if work.skipped else _marked(fitting),
        aside=[(span.start, span.end, span.label) for span in fitting] if work.skipped else [],
        relations=[result for result in work.results if result["type"] == "relation"],
        faults=sorted(r for r, span in zip(made.regions, made.spans, strict=True) if span not in fitting),
        others=[other.results for other in others],
    )


def brought(folder: Path, scheme: Scheme) -> dict[str, Layers]:
    """The layers in the files of a pull."""
    found: dict[str, Layers] = {}
    for path in sorted(folder.glob("*.jsonl")):
        records = list(read_records(str(path), scheme))
        found[path.name] = {}
        for record in records:
            assert record.id not in found[path.name] and record.layer is not None
            assert record.layer.annotator == path.name.removesuffix(".jsonl").removesuffix(".drafts")
            kept: dict[str, Any] = (record.layer.extra or {}).get("studio", {})
            found[path.name][record.id] = Layer(
                text=record.text or "",
                skipped=bool(record.layer.skipped),
                draft=record.layer.draft,
                spans=_marked(record.spans),
                aside=[(span["start"], span["end"], span["label"]) for span in kept.get("skipped", [])],
                relations=kept.get("relations", []),
                faults=sorted(item.results[0]["id"] for item in record.layer.invalid_annotations or ()),
                others=[other["results"] for other in kept.get("others", [])],
            )
    return found


def _marked(spans: list[Span] | tuple[Span, ...]) -> Marked:
    return [(span.start, span.end, span.label, span.value) for span in spans]
