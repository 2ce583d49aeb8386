"""The outcome of a suite: figures of extractors on each set under its protocol, beside those that were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...corpus.gold_sets.gold_set import GoldSet, ReportedFigure
from ..benchmarking.benchmark_results import BenchmarkResult
from .held_sets import ListedSet
from .misplaced_count import MisplacedCount


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of a set: what each extractor reaches, and what was published.

    Attributes:
        name: What the papers call it.
        path: Its path in scores; empty for a published figure that is not computed here.
        values: The value of each extractor, by its name in the call; None if it is undefined, or the extractor failed.
        published: What was published of it.
    """

    name: str
    path: str
    values: Mapping[str, float | None]
    published: Sequence[ReportedFigure] = ()


@dataclass(frozen=True, slots=True)
class SuiteSet:
    """A set of a suite that is at hand.

    Attributes:
        gold_set: The set.
        documents: Number of documents; None if it could not be read.
        spans: Number of spans of the labels that are scored; None if it could not be read, or has none.
        rows: Its figures.
        benchmark: The benchmark on it; None if it could not be read.
        failure: Why it has no figures; empty if it has.
        exit_code: The status that the failure ends a command with; 0 without one.
        differs: In what it is another than the set of its name, so that its figures cannot be compared.
        misplaced: What became of spans of its gold whose words are not at their offsets.
    """

    gold_set: GoldSet
    documents: int | None
    spans: int | None
    rows: Sequence[FigureRow]
    benchmark: BenchmarkResult | None = None
    failure: str = ""
    exit_code: int = 0
    differs: Sequence[str] = ()
    misplaced: MisplacedCount = field(default_factory=MisplacedCount)

    @property
    def shown_name(self) -> str:
        """Its name, with a star if it is another than the set of its name."""
        return f"{self.gold_set.name}{'*' if self.differs else ''}"


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The outcome of a suite.

    Attributes:
        suite: Its name.
        extractors: The extractors, as given in the call.
        sets: The sets that are at hand, by name.
        missing: The others, by name.
    """

    suite: str
    extractors: Sequence[str]
    sets: Sequence[SuiteSet]
    missing: Sequence[ListedSet] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """Where the published figures are from, with what they cannot be compared without; numbered from 1."""
        stated = [each for one in self.sets for row in one.rows for each in row.published]
        return list(dict.fromkeys(f"{each.source}{f' ({each.note})' if each.note else ''}" for each in stated))

    def source_number(self, figure: ReportedFigure) -> int:
        """Return the number of a published figure's source."""
        return self.sources.index(f"{figure.source}{f' ({figure.note})' if figure.note else ''}") + 1

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON-compatible data."""
        return {
            "suite": self.suite,
            "extractors": list(self.extractors),
            "sets": [self._set(each) for each in self.sets],
            "missing": [
                {
                    "name": each.gold_set.name,
                    "state": each.state,
                    "get": each.command() or None,
                    "problem": each.problem,
                }
                for each in self.missing
            ],
        }

    def _set(self, one: SuiteSet) -> dict[str, Any]:
        costs = one.benchmark.to_dict()["systems"] if one.benchmark is not None else []
        return {
            "name": one.gold_set.name,
            "documents": one.documents,
            "spans": one.spans,
            "failure": one.failure or None,
            "differs": list(one.differs),
            "misplaced": msgspec.structs.asdict(one.misplaced),
            "protocol": {
                name: getattr(one.gold_set.protocol, name)
                for name in ("spans", "match", "distance", "values", "differences")
            },
            "figures": [
                {
                    "name": row.name,
                    "path": row.path or None,
                    "values": dict(row.values),
                    "published": [
                        {"system": each.system, "value": each.value, "source": each.source, "note": each.note or None}
                        for each in row.published
                    ],
                }
                for row in one.rows
            ],
            "systems": [{key: each[key] for key in ("name", "failure", "cost")} for each in costs],
        }
