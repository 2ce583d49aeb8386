"""Scores as one object: figures by path, plain data, a table for a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from ..schema import UsageError, did_you_mean
from .matching.match_counts import MEASURES, SpanMatches


@dataclass(frozen=True)
class SystemScore:
    """What one system earned.

    Attributes:
        name: Of the system.
        signature: What its numbers depend on; a number's own signature puts its path before it.
        spans: Figures by measure.
        tokens: Figures of the token measure, with what had no tags; None where a text is not at hand.
        values: Figures by label.
        interval: 95 % bootstrap intervals, in the shape of the figures, null where none is given; `coverage` says how
            often such intervals held the true figure in simulations.
        matches: Pairs and counts, for error analysis.
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
    """Scores of one or many systems against one gold.

    Attributes:
        gold: Path, documents, spans, fingerprint, scheme.
        systems: In the order given.
        comparisons: Tests between each two systems.
        notes: What a reader of the numbers must know.
    """

    gold: dict[str, Any]
    systems: list[SystemScore]
    comparisons: list[dict[str, Any]]
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain data, as `goldspan score --json` prints them."""
        keys = ("name", "signature", "spans", "tokens", "values", "interval")
        systems = [{key: getattr(system, key) for key in keys} for system in self.systems]
        return {"gold": self.gold, "systems": systems, "comparisons": self.comparisons, "notes": self.notes}

    def figure(self, path: str, system: int = 0) -> float | None:
        """A figure by its path, such as `spans.strict.micro.f1`.

        Raises:
            UsageError: There is none of that path.
        """
        scored = self.systems[system]
        found: Any = {"spans": scored.spans, "tokens": scored.tokens, "values": scored.values}
        for step in path.split("."):
            if not isinstance(found, dict) or step not in found:
                known = list(found) if isinstance(found, dict) else []
                raise UsageError(f"no figure {path!r}: {did_you_mean(step, known)}")
            found = found[step]
        if isinstance(found, dict):
            raise UsageError(f"no figure {path!r}: it has parts: {', '.join(found)}")
        if found is not None and not isinstance(found, int | float):
            raise UsageError(f"no figure {path!r}: it is not a number")
        return found

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(s.name)}</td>"
            + "".join(f"<td>{_shown(s.spans[m]['micro']['f1'])}</td>" for m in MEASURES)
            + "</tr>"
            for s in self.systems
        )
        head = "".join(f"<th>{name}</th>" for name in ("system", *(f"{m} F1" for m in MEASURES)))
        return f"<table><tr>{head}</tr>{rows}</table>"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
