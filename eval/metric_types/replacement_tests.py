"""Results of the alternative annotator test: whether a model may stand in for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .metric_groups import Metric, MetricGroup, MetricInterval, metrics_as_dict


@dataclass(frozen=True, slots=True)
class ReaderComparison(MetricGroup):
    """A model compared with a reader by how close each is to the other readers.

    Attributes:
        reader: The reader who is left out.
        documents: Number of documents that count: those that the reader, the model and another reader have read, and in
            which somebody marked something.
        model_as_good: Share of these in which the model is at least as close to the others as the reader; None without
            documents.
        reader_as_good: Share in which the reader is at least as close as the model.
        p_value: Of the null hypothesis that the second share exceeds the first by epsilon or more; None for too few
            documents.
        p_adjusted: The p-value corrected for the number of tests.
        not_worse: Whether the model is not worse than the reader by epsilon or more; None without a test.
    """

    reader: str
    documents: int
    model_as_good: Metric
    reader_as_good: Metric
    p_value: Metric
    p_adjusted: Metric
    not_worse: bool | None


@dataclass(frozen=True, slots=True)
class ReplacementTest:
    """The alternative annotator test by one kind of credit, for one label or all.

    Attributes:
        credit: `spans`: a span counts if another has its bounds and label; `values`: if it has its value too.
        label: The label; None for all.
        readers: The comparison with each reader.
        winning_rate: Share of the tested readers that the model is not worse than; None for fewer than three.
        advantage: Advantage probability: the mean share of documents in which the model is at least as close to the
            other readers as a reader is; None likewise.
        interval: Its 95 % bootstrap interval over documents; None if it was not computed.
        may_replace: Whether the winning rate is at least one half; None likewise.
    """

    credit: str
    label: str | None
    readers: Sequence[ReaderComparison]
    winning_rate: Metric
    advantage: Metric
    interval: MetricInterval
    may_replace: bool | None

    @property
    def answer(self) -> str:
        """Whether the model may stand in for a reader, in a word for tables."""
        return {None: "-", True: "yes", False: "not shown"}[self.may_replace]

    def to_dict(self) -> dict[str, Any]:
        """Return the test as plain data."""
        return {
            "credit": self.credit,
            "label": self.label,
            "may_replace": self.may_replace,
            "winning_rate": self.winning_rate,
            "advantage": self.advantage,
            "interval": metrics_as_dict(self.interval),
            "readers": [metrics_as_dict(reader) for reader in self.readers],
        }


@dataclass(frozen=True, slots=True)
class ModelReplacement:
    """Whether a model may stand in for a reader of some passes.

    Attributes:
        model: Name of the model's pass.
        epsilon: By how much the model may be worse than a reader.
        level: Expected share of false ones among the readers that the model is said not to be worse than.
        tests: The tests: over all labels, then by label, for each kind of credit.
    """

    model: str
    epsilon: float
    level: float
    tests: Sequence[ReplacementTest]

    @property
    def null_hypothesis(self) -> str:
        """What is tested, in words."""
        return (
            f"a reader is closer to the other readers than {self.model} on a share of the documents that exceeds the "
            f"share on which {self.model} is closer by {self.epsilon:g} or more"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as plain data, as `model` of `goldspan agree --json`."""
        return {
            "name": self.model,
            "test": "alternative annotator test",
            "null_hypothesis": self.null_hypothesis,
            "epsilon": self.epsilon,
            "level": self.level,
            "correction": "Benjamini-Yekutieli",
            "tests": [test.to_dict() for test in self.tests],
        }
