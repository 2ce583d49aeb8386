"""Groups of findings: one for each kind of likely mistake, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .suspicious_annotations import SuspiciousAnnotation


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one check about the same subject.

    Attributes:
        findings: The findings, the likeliest first; at least one.
    """

    findings: tuple[SuspiciousAnnotation, ...]

    @property
    def first(self) -> SuspiciousAnnotation:
        """The likeliest finding, which stands for the group."""
        return self.findings[0]

    @property
    def documents(self) -> int:
        """Number of documents that it is found in."""
        return len({finding.document for finding in self.findings})

    def to_dict(self) -> dict[str, object]:
        """Return the group as JSON-compatible data."""
        first = self.first
        return {
            "check": first.check,
            "subject": first.subject,
            "likelihood": first.likelihood,
            "mentions": len(self.findings),
            "documents": self.documents,
            "first": {"document": first.document, "start": first.start, "end": first.end},
        }


def group_findings(findings: Iterable[SuspiciousAnnotation]) -> list[FindingGroup]:
    """Put findings of one check and subject together, the likeliest groups first, larger before smaller ones."""
    members: dict[tuple[str, str], list[SuspiciousAnnotation]] = {}
    for finding in findings:
        members.setdefault((finding.check, finding.subject), []).append(finding)
    groups = [FindingGroup(tuple(sorted(found, key=_rank))) for found in members.values()]
    return sorted(groups, key=lambda group: (-group.first.likelihood, -len(group.findings), *_rank(group.first)))


def _rank(finding: SuspiciousAnnotation) -> tuple[float, str, int, int, str, str]:
    return -finding.likelihood, finding.document, finding.start, finding.end, finding.check, finding.what
