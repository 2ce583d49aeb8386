"""Decisions by a table of rules: the first rule that applies decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Case = TypeVar("Case")
Verdict = TypeVar("Verdict")


@dataclass(frozen=True, slots=True)
class DecisionRule(Generic[Case, Verdict]):
    """A rule of a table.

    Attributes:
        name: What the rule says, for whoever reviews the table or asks which rule decided.
        applies: The test whether it decides a case.
        verdict: The function that returns the decision for such a case.
    """

    name: str
    applies: Callable[[Case], bool]
    verdict: Callable[[Case], Verdict]


def deciding_rule(rules: Sequence[DecisionRule[Case, Verdict]], case: Case) -> DecisionRule[Case, Verdict] | None:
    """Return the first rule that applies to a case; None if none does."""
    for rule in rules:
        if rule.applies(case):
            return rule
    return None


def decide(rules: Sequence[DecisionRule[Case, Verdict]], case: Case, otherwise: Verdict) -> Verdict:
    """Return the verdict of the first rule that applies to a case, or `otherwise` if none does."""
    rule = deciding_rule(rules, case)
    return otherwise if rule is None else rule.verdict(case)


def yes(case: object) -> bool:
    """Decide for it, whatever the case."""
    return True


def no(case: object) -> bool:
    """Decide against it, whatever the case."""
    return False
