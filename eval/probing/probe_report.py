"""The report on probes of an extractor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...corpus.probing.probe_kinds import PROBES
from ...schema import Problem
from ..metric_types.metric_groups import MetricInterval
from .followed_spans import FollowedRates
from .probe_verdicts import ProbeVerdict
from .probed_answers import ProbedAnswer


@dataclass(frozen=True, slots=True)
class ProbeFigures:
    """The figures of one probe.

    Attributes:
        name: The probe.
        detail: What was changed.
        documents: Documents that the extractor answered both unchanged and changed.
        rates: How often its answers are as the change asks.
        agreement: Strict F1 of its answers against the expected ones; None if both are empty.
        agreement_interval: Its 95 % interval; None without one.
        gold_before: Strict F1 against the gold, of the answers to the unchanged input; None without gold.
        gold_after: The same for the changed input, against the gold as the change alters it.
        verdict: What they say.
        failed: Documents that failed in this probe.
        tally: What the extractor used and dropped.
        answered: The changed documents, with their answers.
    """

    name: str
    detail: str
    documents: int
    rates: FollowedRates
    agreement: float | None
    agreement_interval: MetricInterval
    gold_before: float | None
    gold_after: float | None
    verdict: ProbeVerdict
    failed: Sequence[Problem]
    tally: Mapping[str, int]
    answered: Sequence[ProbedAnswer]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        rates = self.rates
        agreement = None if self.agreement_interval is None else list(self.agreement_interval)
        return {
            "probe": self.name,
            "changes": PROBES[self.name].changes,
            "about": PROBES[self.name].about,
            "detail": self.detail,
            "documents": self.documents,
            "failed": [problem.document for problem in self.failed],
            "spans": {"follow": rates.spans.to_dict(), "as_before": rates.spans_as_before.to_dict()},
            "values": {"follow": rates.values.to_dict(), "as_before": rates.values_as_before.to_dict()},
            "others": rates.others.to_dict(),
            "agreement": {"f1": self.agreement, "interval": agreement},
            "gold": {"f1_before": self.gold_before, "f1_after": self.gold_after},
            "verdict": self.verdict.code,
            "sentence": self.verdict.sentence,
            "used": dict(sorted(self.tally.items())),
        }


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The report on an extractor.

    Attributes:
        extractor: Its name and version.
        reads_codebook: Whether it reads labels and definitions.
        documents: Documents that were asked about.
        failed: Documents that failed unchanged, which no probe counts.
        tally: What the extractor used and dropped for the unchanged input.
        probes: The figures of each probe.
        signature: Everything that the figures depend on.
        notes: What a reader must know.
    """

    extractor: tuple[str, str]
    reads_codebook: bool
    documents: int
    failed: Sequence[Problem]
    tally: Mapping[str, int]
    probes: Sequence[ProbeFigures]
    signature: str
    notes: Sequence[str]

    @property
    def problems(self) -> list[tuple[str, Problem]]:
        """Every failure of a document, with the probe; empty for the unchanged input."""
        return [("", each) for each in self.failed] + [(one.name, each) for one in self.probes for each in one.failed]

    @property
    def used(self) -> dict[str, int]:
        """What the extractor used and dropped, over all runs."""
        total: dict[str, int] = {}
        for tally in (self.tally, *(one.tally for one in self.probes)):
            for what, count in tally.items():
                total[what] = total.get(what, 0) + count
        return dict(sorted(total.items()))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as printed by `goldspan probe --json`."""
        name, version = self.extractor
        return {
            "extractor": {"name": name, "version": version, "reads_codebook": self.reads_codebook},
            "signature": self.signature,
            "documents": self.documents,
            "failed": [problem.document for problem in self.failed],
            "probes": [each.to_dict() for each in self.probes],
            "used": self.used,
            "notes": list(self.notes),
        }
