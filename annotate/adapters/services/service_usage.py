"""What a service was used for in a run, and the budget that ends the run: requests, tokens and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

from ....schema import DependencyError, Parameter, UsageError
from ....schema.errors import pluralize
from .concurrent_calls import require_awaited

REQUESTS = "requests"
SENT = "tokens sent"
ANSWERED = "tokens answered"
COST = "cost in millionths"
WAITED = "seconds waited as the service asked"
UNCOUNTED = "answers that state no tokens, which are missing in tokens and cost"

CONCURRENCY = Parameter(
    "concurrency", "most requests at a time, which several workers share", type=int, default=4, operational=True
)
MAX_REQUESTS = Parameter(
    "max_requests", "requests after which the run ends, to be continued; repetitions count", type=int, operational=True
)
MAX_TOKENS = Parameter(
    "max_tokens", "tokens, sent and answered, after which the run ends, to be continued", type=int, operational=True
)
PRICE = Parameter(
    "price", "price of a million tokens sent and answered, such as 0.15/0.60, to show the cost", operational=True
)


class BudgetUsedUpError(DependencyError):
    """The budget of a run is used up."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a million tokens, in any currency.

    Attributes:
        sent: That of tokens sent.
        answered: That of tokens answered.
    """

    sent: float
    answered: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Parse the price of tokens sent and of tokens answered, separated by a slash.

        Raises:
            UsageError: It is something else.
        """
        try:
            sent, answered = (float(part) for part in text.split("/"))
        except ValueError:
            sent = answered = -1.0
        if not (0 <= sent < float("inf") and 0 <= answered < float("inf")):
            raise UsageError(f"price={text!r} is not the price of tokens sent and answered. Fix: price=0.15/0.60")
        return cls(sent, answered)

    def millionths(self, tokens: Mapping[str, int]) -> int:
        """Return what tokens cost, in millionths of the currency."""
        return round(tokens.get(SENT, 0) * self.sent + tokens.get(ANSWERED, 0) * self.answered)


class ServiceUsage:
    """The meter of a service, which several threads may use, with the budget of a run.

    Args:
        max_requests: The number of requests after which none is sent any more; None for any number.
        max_tokens: The number of tokens, sent and answered, after which no request is sent; None for any number.
        price: The price of tokens; None if unknown.

    Attributes:
        only_one: Why a run may have only one such meter; empty if it may have several.

    Raises:
        UsageError: A number is not positive.
    """

    def __init__(
        self, *, max_requests: int | None = None, max_tokens: int | None = None, price: Price | None = None
    ) -> None:
        limits = {"max_requests": max_requests, "max_tokens": max_tokens}
        self._limits = {name: limit for name, limit in limits.items() if limit is not None}
        for name, limit in self._limits.items():
            require_positive(name, limit)
        self._price = price
        self._lock = Lock()
        self._used: Counter[str] = Counter()
        self._reported: Counter[str] = Counter()
        self.only_one = f"{' and '.join(self._limits)} can be kept by one process only" if self._limits else ""

    def begin_request(self) -> None:
        """Count a request that is about to be sent.

        Raises:
            BudgetUsedUpError: The budget does not allow it.
            DependencyError: Nobody waits for it any more.
        """
        with self._lock:
            require_awaited()  # otherwise the next run would pay for it
            spent = {"max_requests": self._used[REQUESTS], "max_tokens": self._used[SENT] + self._used[ANSWERED]}
            for name, limit in self._limits.items():
                if spent[name] >= limit:
                    raise BudgetUsedUpError(f"{name}={limit}")
            self._used[REQUESTS] += 1

    def count_tokens(self, sent: int | None, answered: int | None) -> None:
        """Count the tokens of a request, as far as the service states them.

        Raises:
            DependencyError: There is a budget of tokens, and the service does not state them.
        """
        if sent is None and answered is None:
            if "max_tokens" in self._limits:
                what = "the service does not state how many tokens it used, so max_tokens cannot be kept"
                raise DependencyError(f"{what}. Fix: max_requests=N instead")
            if self._price is not None:
                self.count(UNCOUNTED)
            return
        self.count(SENT, sent or 0)
        self.count(ANSWERED, answered or 0)

    def count(self, what: str, number: int = 1) -> None:
        """Count something else that is to stand in the tally."""
        with self._lock:
            self._used[what] += number

    def described(self, error: Exception) -> Exception:
        """Return an error as it is told; that of a used up budget says what was used, and how to continue.

        Only when the requests that were under way have been answered is it known what they used.
        """
        if not isinstance(error, BudgetUsedUpError):
            return error
        used = [pluralize(self._used[REQUESTS], "request")]
        if self._used[SENT] or self._used[ANSWERED]:
            used += [f"{self._used[SENT]:,} {SENT}", f"{self._used[ANSWERED]:,} {ANSWERED}"]
        used += tally_lines(self._cost())
        fix = "the same command again, or with a larger one; a run with an output file resumes where it stopped"
        return BudgetUsedUpError(f"the budget {error} of this run is used up ({', '.join(used)}). Fix: {fix}")

    def report(self, tally: Counter[str]) -> None:
        """Add to a tally what was used since the last report."""
        with self._lock:
            used = Counter({**self._used, **self._cost()})
            tally.update(used - self._reported)
            self._reported = used

    def begin_run(self) -> None:
        """Begin a new run, which has the whole budget."""
        with self._lock:
            self._used.clear()
            self._reported.clear()

    def _cost(self) -> dict[str, int]:
        return {COST: self._price.millionths(self._used)} if self._price is not None else {}


def require_positive(name: str, number: int) -> None:
    """Check a number of which there must be at least one.

    Raises:
        UsageError: It is smaller.
    """
    if number < 1:
        raise UsageError(f"{name}={number} is less than 1. Fix: {name}=1 or more")


def tally_lines(tally: Mapping[str, int]) -> Iterator[str]:
    """Yield a line for each count of a tally, sorted; a cost is shown in units of its currency.

    What several extractors counted begins with the name of each.
    """
    for what, count in sorted(tally.items()):
        is_cost = what == COST or what.endswith(f": {COST}")
        yield f"{what.removesuffix(COST)}cost: {count / 1e6:,.4f}" if is_cost else f"{what}: {count}"


def total_used(tally: Mapping[str, int], what: str) -> int | None:
    """Return a count of a tally, summed over several extractors if it is by extractor; None if nobody counts it."""
    counts = [count for event, count in tally.items() if event == what or event.endswith(f": {what}")]
    return sum(counts) if counts else None
