"""The outcome of a benchmark: scores, and what each extractor took for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...annotate.adapters.llm import CACHED
from ...annotate.adapters.services.service_usage import ANSWERED, COST, REQUESTS, SENT, total_used
from ...eval import Scores
from ...schema import Document, GoldspanError, Problem, Scheme, UsageError

if TYPE_CHECKING:
    from ...eval.report.page import ReportPage


@dataclass(frozen=True, slots=True)
class ExtractorCost:
    """Time and memory that an extractor took for the gold's texts, in a process of its own.

    Attributes:
        name: Name of the extractor.
        load: Seconds until it was ready: created, with everything loaded that its first document needs.
        seconds: Wall time of the annotation alone.
        restarts: Seconds during the annotation, not included in `seconds`, spent on restarting a program.
        words: Number of words annotated, split at white space; without those of documents that it failed on.
        memory: Peak resident memory of its largest process, in megabytes (10^6 bytes); None if the system does not
            report it, or the model runs elsewhere.
        failed: Documents that it failed on; they count as empty in the scores.
        tally: Counters of the extractor.
        kept: Whether predictions and cost are those of an earlier run.
    """

    name: str
    load: float
    seconds: float
    restarts: float
    words: int
    memory: float | None
    failed: tuple[Problem, ...]
    tally: Mapping[str, int]
    kept: bool = False

    @property
    def words_per_second(self) -> float | None:
        """Words per second of one process; None if there are no words, no time was measured, or answers were cached."""
        is_measured = self.words and self.seconds > 0 and not total_used(self.tally, CACHED)
        return self.words / self.seconds if is_measured else None

    @property
    def asks_service(self) -> bool:
        """Whether a service was asked, whose model may change without notice."""
        return bool(self.tally.keys() & {REQUESTS, SENT, CACHED})

    @property
    def origin(self) -> str:
        """Where predictions and cost are from, as a line; empty if they are from this run."""
        if not self.kept:
            return ""
        what = "predictions and costs of an earlier run"
        if not self.asks_service:
            return what
        return f"{what}; the service may have another model now. Fix: delete what is kept to ask it again"

    def columns(self) -> dict[str, str]:
        """Return the cost as columns of a table, by their headers."""
        return {
            "load s": f"{self.load:.1f}",
            "seconds": f"{self.seconds:.2f}",
            "words/s": "-" if self.words_per_second is None else f"{self.words_per_second:.0f}",
            "peak MB": "-" if self.memory is None else f"{self.memory:.0f}",
        }

    @property
    def requests(self) -> int | None:
        """Requests to a service, repetitions included; None if there is no service."""
        return total_used(self.tally, REQUESTS)

    @property
    def tokens(self) -> int | None:
        """Tokens sent to a service and answered by it; None if it states none, or there is no service."""
        sent = total_used(self.tally, SENT)
        return None if sent is None else sent + (total_used(self.tally, ANSWERED) or 0)

    @property
    def price(self) -> float | None:
        """What these tokens cost, in the currency of the price that the extractor was given; None without one."""
        cost = total_used(self.tally, COST)
        return None if cost is None else cost / 1_000_000

    def service_columns(self) -> dict[str, str]:
        """Return what a service was used for as columns of a table, by their headers."""
        return {
            "requests": "-" if self.requests is None else f"{self.requests:,}",
            "tokens": "-" if self.tokens is None else f"{self.tokens:,}",
            "price": "-" if self.price is None else f"{self.price:.4f}",
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the cost as JSON-compatible data."""
        return {**self.figures(), "tally": dict(sorted(self.tally.items()))}

    def figures(self) -> dict[str, float | None]:
        """Return the cost as numbers by their names; None if a number is unknown."""
        return {
            "load_seconds": self.load,
            "seconds": self.seconds,
            "restart_seconds": self.restarts,
            "words": self.words,
            "words_per_second": self.words_per_second,
            "peak_megabytes": self.memory,
            "failed": len(self.failed),
        }


@dataclass(frozen=True, slots=True)
class FailedExtractor:
    """An extractor that failed and has no scores.

    Attributes:
        name: The extractor, as given in the call.
        error: Why it failed.
    """

    name: str
    error: GoldspanError

    @property
    def reason(self) -> str:
        """The error as one line."""
        return " ".join(self.error.lines)


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The outcome of a benchmark.

    Attributes:
        scores: Scores of the predictions; None if all extractors failed.
        outcomes: The cost of each extractor, or why it failed, in the order of the call.
        gold: The gold documents.
        predictions: Predicted documents of each extractor that did not fail.
        scheme: Their scheme.
    """

    scores: Scores | None
    outcomes: list[ExtractorCost | FailedExtractor]
    gold: list[Document]
    predictions: list[list[Document]]
    scheme: Scheme

    @property
    def costs(self) -> list[ExtractorCost]:
        """Costs, in the order of the scores."""
        return [item for item in self.outcomes if isinstance(item, ExtractorCost)]

    def cost_columns(self) -> list[dict[str, str]]:
        """Return the costs as columns of a table; those of services only if an extractor used one."""
        has_service = any(cost.requests is not None or cost.tokens is not None for cost in self.costs)
        return [cost.columns() | (cost.service_columns() if has_service else {}) for cost in self.costs]

    @property
    def failures(self) -> list[FailedExtractor]:
        """Failed extractors, in the order of the call."""
        return [item for item in self.outcomes if isinstance(item, FailedExtractor)]

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as `Scores.to_dict` does, each system with its cost, and a failed one with the reason."""
        empty: dict[str, Any] = {"gold": None, "systems": [], "comparisons": [], "notes": []}
        data = self.scores.to_dict() if self.scores is not None else empty
        scored = iter(data["systems"])
        data["systems"] = [
            {"name": item.name, "failure": item.reason, "cost": None}
            if isinstance(item, FailedExtractor)
            else {**next(scored), "failure": None, "cost": item.to_dict()}
            for item in self.outcomes
        ]
        return data

    def page(self, **heading: Any) -> ReportPage:
        """Return the report.

        Args:
            heading: Title and date, as `title` and `day` of `score_page`.

        Raises:
            UsageError: Every extractor failed, so there is nothing to report.
        """
        from ...eval.report import score_page

        if self.scores is None:
            raise UsageError("every extractor failed. Fix: see `failures` for the reasons")
        names = [system.name for system in self.scores.systems]
        return score_page(
            self.scores,
            self.gold,
            self.predictions,
            self.scheme,
            costs=dict(zip(names, self.cost_columns(), strict=True)),
            speeds={name: cost.words_per_second for name, cost in zip(names, self.costs, strict=True)},
            failed=[(failure.name, failure.reason) for failure in self.failures],
            **heading,
        )
