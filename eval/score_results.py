"""Scores as an object, with metrics by path, plain data, and a table for notebooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from ..schema import UsageError, did_you_mean
from .matching.match_counts import MEASURES, SpanMatches


@dataclass(frozen=True)
class SystemScore:
    """Scores of a single system.

    Attributes:
        name: Name of the system.
        signature: Everything that the scores depend on; the signature of a single metric is prefixed with its path.
        spans: Span metrics by measure.
        tokens: Token metrics, with the number of spans that tags cannot express; None if a document has no text.
        values: Value metrics by label.
        interval: 95 % bootstrap intervals, in the same structure as the metrics, null if not computed; `coverage` is
            how often such intervals contained the true value in simulations.
        matches: Matched pairs and counts, for error analysis.
    """

    name: str
    signature: str
    spans: dict[str, Any]
    tokens: dict[str, Any] | None
    values: dict[str, dict[str, Any]]
    interval: dict[str, Any]
    matches: SpanMatches = field(repr=False)


@dataclass(frozen=True)
class Scores:
    """Scores of one or more systems against the same gold.

    Attributes:
        gold: Path, number of documents and spans, fingerprint and scheme of the gold.
        systems: Scores of the systems, in the order of the arguments.
        comparisons: Significance tests between all pairs of systems.
        notes: Caveats that readers of the scores should know.
    """

    gold: dict[str, Any]
    systems: list[SystemScore]
    comparisons: list[dict[str, Any]]
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as plain data, as printed by `goldspan score --json`."""
        keys = ("name", "signature", "spans", "tokens", "values", "interval")
        systems = [{key: getattr(system, key) for key in keys} for system in self.systems]
        return {"gold": self.gold, "systems": systems, "comparisons": self.comparisons, "notes": self.notes}

    def metric(self, path: str, system: int = 0) -> float | None:
        """Return a metric by its path, such as `spans.strict.micro.f1`.

        Raises:
            UsageError: There is no metric with that path.
        """
        scores = self.systems[system]
        node: Any = {"spans": scores.spans, "tokens": scores.tokens, "values": scores.values}
        for key in path.split("."):
            if not isinstance(node, dict) or key not in node:
                known = list(node) if isinstance(node, dict) else []
                raise UsageError(f"unknown metric {path!r}: {did_you_mean(key, known)}")
            node = node[key]
        if isinstance(node, dict):
            raise UsageError(f"unknown metric {path!r}: it is a group of {', '.join(node)}")
        if node is not None and not isinstance(node, int | float):
            raise UsageError(f"unknown metric {path!r}: it is not a number")
        return node

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(s.name)}</td>"
            + "".join(f"<td>{_format(s.spans[m]['micro']['f1'])}</td>" for m in MEASURES)
            + "</tr>"
            for s in self.systems
        )
        header = "".join(f"<th>{name}</th>" for name in ("system", *(f"{m} F1" for m in MEASURES)))
        return f"<table><tr>{header}</tr>{rows}</table>"


def _format(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
