"""Suppressed findings: what `corpus check --suspicious` found, and a person or model answered with a reason.

An answer is a line of JSON, a finding as `--json` prints it with a `reason` added:

```json
{"check": "label", "document": "a", "start": 10, "end": 15, "label": "ACTOR", "reason": "A5: it is the topic here"}
{"check": "registry", "id": "urem-al-kubra", "reason": "a village that the gazetteer has not"}
```

The first kind holds for one place, and as long as the span there has the stated surface, label and value. The second
holds for all mentions of an id that no registry knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ...schema import DataError, Problem
from ..storage.json_lines import parse_lines
from .suspicious_annotations import SuspiciousAnnotation


class Suppression(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to a finding, or to all findings about an unknown id.

    Attributes:
        check: The check that found it.
        reason: Why it is not a mistake.
        document: Id of the document; empty for an answer about an id.
        start: Start of the range, in code points.
        end: End of the range.
        id: The id that is answered, instead of a place.
        surface: The text there when it was answered.
        label: The label then; None if it was not stated, or there was no span.
        value: The value then, as text.
        what: The reason for suspicion, which is not compared.
        subject: As in the finding, not compared.
        likelihood: As in the finding, not compared.
    """

    check: str
    reason: str
    document: str = ""
    start: int | None = None
    end: int | None = None
    id: str = ""
    surface: str | None = None
    label: str | None = None
    value: str | None = None
    what: str = ""
    subject: str = ""
    likelihood: float | None = None

    def __str__(self) -> str:
        return f"{self.check} {self.id}" if self.id else f"{self.check} {self.document} [{self.start}, {self.end})"

    def is_about(self, finding: SuspiciousAnnotation) -> bool:
        """Return whether the answer is about the place or id of a finding."""
        if self.check != finding.check:
            return False
        if self.id:
            return self.id == finding.subject
        return (self.document, self.start, self.end) == (finding.document, finding.start, finding.end)

    def holds_for(self, finding: SuspiciousAnnotation) -> bool:
        """Return whether a finding that the answer is about has the same span as when it was answered."""
        if self.id:
            return True
        if self.surface is not None and self.surface != finding.surface:
            return False
        return self.label is None or (self.label, self.value) == (finding.label, finding.value)


@dataclass(slots=True)
class AnsweredFindings:
    """Findings beside the answers to them.

    Attributes:
        open: The findings that no answer holds for.
        changed: Answers whose span changed since, so that the finding is open again.
        stale: Answers that nothing was found for.
    """

    open: list[SuspiciousAnnotation] = field(default_factory=list)
    changed: list[Suppression] = field(default_factory=list)
    stale: list[Suppression] = field(default_factory=list)


def read_suppressions(path: str | Path) -> list[Suppression]:
    """Read answers to findings.

    Raises:
        DataError: A line is malformed, its reason is empty, or it names neither a place nor an id.
    """
    fix = 'write {"check", "document", "start", "end", "reason"}, or {"check", "id", "reason"}'
    return list(parse_lines(path, Suppression, _require_complete, noun="a suppression", fix=fix))


def apply_suppressions(
    findings: Iterable[SuspiciousAnnotation], suppressions: Iterable[Suppression]
) -> AnsweredFindings:
    """Tell findings that are answered from those that are open."""
    answers: dict[tuple[object, ...], list[Suppression]] = {}
    for answer in suppressions:
        key = (answer.check, answer.id) if answer.id else (answer.check, answer.document, answer.start, answer.end)
        answers.setdefault(key, []).append(answer)
    result, met, held = AnsweredFindings(), set(), set()
    for finding in findings:
        keys = (finding.check, finding.document, finding.start, finding.end), (finding.check, finding.subject)
        about = [answer for key in keys for answer in answers.get(key, ())]
        holding = [answer for answer in about if answer.holds_for(finding)]
        met.update(about)
        held.update(holding)
        if not holding:
            result.open.append(finding)
    every = [answer for same in answers.values() for answer in same]
    result.changed = [answer for answer in every if answer in met and answer not in held]
    result.stale = [answer for answer in every if answer not in met]
    return result


def _require_complete(suppression: Suppression) -> Suppression:
    if not suppression.reason.strip():
        raise DataError(Problem("the reason is empty", "state why this is not a mistake"))
    has_place = bool(suppression.document) and suppression.start is not None and suppression.end is not None
    if has_place == bool(suppression.id):
        fix = 'name "document", "start" and "end", or else "id" for all mentions of an unknown id'
        raise DataError(Problem("names neither a place nor an id, or both", fix))
    if suppression.id and suppression.check != "registry":
        fix = 'answer each mention, with "document", "start" and "end"'
        raise DataError(Problem(f"an id answers findings of registry, not of {suppression.check!r}", fix))
    return suppression
