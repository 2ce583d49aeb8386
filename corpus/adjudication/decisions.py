"""Conflicts and decisions as JSONL: conflicts are written, a person fills in the decisions, and these are read back.

One conflict per line:

```json
{"document": "a", "start": 10, "end": 24, "kind": "boundary", "context": "…the [US and allied forces] said…",
 "readings": {"reader-1": [{"start": 10, "end": 12, "label": "ACTOR", "value": null}], "reader-2": []},
 "choose": "reader-1", "spans": null, "by": "Jane Doe", "reason": "a span never crosses a conjunction"}
```

A decision fills in `by`, `reason`, and either `choose` (a pass) or `spans` (other spans, or `[]` for none). A line
without them is undecided. `"override": true` decides against all passes where they agree.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Span, UsageError, pluralize
from ...schema.overlap import overlaps
from ..storage.file_io import STANDARD, open_writer
from ..storage.json_lines import parse_lines
from .conflicts import AdjudicationDecision, Conflict, conflict_kind
from .reader_skill import ReaderSkills
from .resolution import Adjudication

CONTEXT = 60
"""Code points of the text that a line shows on each side of its range."""

_NOUN, _FIX = "a conflict", "see docs/adjudication.md"


class ConflictLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file of conflicts, with the decision about it if there is one; `extra` is anything else.

    How likely each pass is right, `likely`, is for whoever decides: nothing reads it.
    """

    document: str
    start: int
    end: int
    kind: str | None = None
    context: str | None = None
    readings: dict[str, list[dict[str, Any]]] | None = None
    choose: str | None = None
    spans: list[dict[str, Any]] | None = None
    by: str | None = None
    reason: str | None = None
    override: bool = False
    likely: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    extra: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


def read_decisions(path: str | Path, scheme: Scheme) -> list[AdjudicationDecision]:
    """Read the decisions in a file of conflicts; undecided conflicts are ignored.

    Raises:
        DataError: A line is not a conflict, has a decision without `by` or `reason`, or both chooses a pass and gives
            spans.
    """
    decisions = parse_lines(path, ConflictLine, lambda line: _parse_decision(line, scheme), noun=_NOUN, fix=_FIX)
    return [decision for decision in decisions if decision]


def lost_decisions(
    path: str | Path, decisions: Iterable[AdjudicationDecision], scheme: Scheme
) -> list[AdjudicationDecision]:
    """Return the decisions in a file that would be lost if it were overwritten with others.

    Raises:
        DataError: As in `read_decisions`.
    """
    kept = [_without_readings(decision) for decision in decisions]
    return [decision for decision in read_decisions(path, scheme) if _without_readings(decision) not in kept]


def require_no_decision_lost(conflicts: str | Path, decisions: Iterable[AdjudicationDecision], scheme: Scheme) -> None:
    """Require that writing a file of conflicts overwrites no decision that somebody filled in.

    Raises:
        DataError: The file to be written exists and does not hold conflicts.
        UsageError: It holds decisions that are not used in this call.
    """
    if str(conflicts) == STANDARD or not Path(conflicts).is_file():
        return
    if lost := lost_decisions(conflicts, decisions, scheme):
        first = f"document {lost[0].document!r} [{lost[0].start}, {lost[0].end})"
        raise UsageError(
            f"`conflicts` {conflicts}: {pluralize(len(lost), 'decision')} in it would be lost, the first "
            f"about {first}. Fix: `decisions` {shlex.quote(str(conflicts))}, or another `conflicts`"
        )


def read_conflicts(path: str | Path, scheme: Scheme) -> list[Conflict]:
    """Read the undecided conflicts in a file, in its order.

    Raises:
        DataError: A line is not a conflict.
    """
    conflicts = parse_lines(path, ConflictLine, lambda line: _parse_conflict(line, scheme), noun=_NOUN, fix=_FIX)
    return [conflict for conflict in conflicts if conflict]


def write_conflicts(
    path: str | Path,
    result: Adjudication,
    decisions: Iterable[AdjudicationDecision] = (),
    *,
    documents: Mapping[str, Document],
    skills: ReaderSkills | None = None,
) -> int:
    """Write all conflicts, each with its decision or empty fields for one.

    Args:
        path: A `.jsonl` file; `-` is standard output.
        result: The result of `adjudicate`.
        decisions: The decisions that were passed to `adjudicate`.
        documents: The documents by id, for the context of each conflict.
        skills: Skills of the readers, for how likely each is right; None to leave that out.

    Returns:
        The number of lines written.

    Raises:
        DependencyError: The file cannot be written.
    """
    pending = {(decision.document, decision.start, decision.end): decision for decision in decisions}
    lines = []
    for conflict in result.conflicts:
        decision = pending.pop((conflict.document, conflict.start, conflict.end), None)
        line = _conflict_line(conflict, decision, documents[conflict.document])
        if skills is not None and (shares := skills.likelihoods(conflict.readings)):
            line.likely = {name: round(share, 4) for name, share in shares.items()}
        lines.append(line)
    lines += [_override_line(decision, documents[decision.document]) for decision in pending.values()]
    lines.sort(key=lambda line: (line.document, line.start, line.end))
    with open_writer(str(path)) as stream:
        stream.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    return len(lines)


def _parse_decision(line: ConflictLine, scheme: Scheme) -> AdjudicationDecision | None:
    if line.choose is None and line.spans is None:
        return None
    bounds = f"[{line.start}, {line.end})"
    if line.choose is not None and line.spans is not None:
        what = f"the decision about {bounds} both chooses a pass and gives spans"
        raise DataError(Problem(what, "keep one of them", document=line.document))
    if not line.by or not line.reason:
        what = f"the decision about {bounds} has no {'reason' if line.by else 'author (by)'}"
        raise DataError(Problem(what, "state who decided and why", document=line.document))
    spans = None if line.spans is None else parse_spans(line.document, line.spans, scheme)
    for span in spans or ():
        if not overlaps(span, line):
            what = f"span [{span.start}, {span.end}) lies outside the conflict {bounds}"
            raise DataError(Problem(what, "give only spans that overlap the conflict", document=line.document))
    return AdjudicationDecision(
        document=line.document,
        start=line.start,
        end=line.end,
        by=line.by,
        reason=line.reason,
        choose=line.choose,
        spans=spans,
        override=line.override,
        readings=None if line.readings is None else _parse_readings(line, line.readings, scheme),
        extra=line.extra or None,
    )


def _parse_conflict(line: ConflictLine, scheme: Scheme) -> Conflict | None:
    if line.choose is not None or line.spans is not None or line.readings is None:
        return None
    readings = _parse_readings(line, line.readings, scheme)
    if len(readings) > 1 and all(spans == next(iter(readings.values())) for spans in readings.values()):
        return None  # a migration to another scheme has settled it
    return Conflict(line.document, line.start, line.end, conflict_kind(readings), readings)


def _parse_readings(
    line: ConflictLine, readings: Mapping[str, list[dict[str, Any]]], scheme: Scheme
) -> dict[str, tuple[Span, ...]]:
    return {name: parse_spans(line.document, spans, scheme) for name, spans in readings.items()}


def parse_spans(document: str, items: list[dict[str, Any]], scheme: Scheme) -> tuple[Span, ...]:
    """Decode spans and validate them like those of records, except against the text, which `adjudicate` does.

    Args:
        document: Id of their document, for errors.
        items: The spans as in a record.
        scheme: Their scheme.

    Raises:
        DataError: A span is invalid.
    """
    record = {"id": document or "-", "text_sha256": "0" * 64, "text_length": 2**53, "spans": items}
    return RecordCodec(scheme).from_mapping(record).spans


def _without_readings(decision: AdjudicationDecision) -> ConflictLine:
    """Return what a decision says, without the readings it is about."""
    line = ConflictLine(decision.document, decision.start, decision.end, override=decision.override)
    return _with_decision(line, decision)


def _conflict_line(conflict: Conflict, decision: AdjudicationDecision | None, document: Document) -> ConflictLine:
    line = ConflictLine(
        document=conflict.document,
        start=conflict.start,
        end=conflict.end,
        kind=conflict.kind,
        context=_context(document, conflict.start, conflict.end),
        readings={name: format_spans(spans) for name, spans in conflict.readings.items()},
    )
    return line if decision is None else _with_decision(line, decision)


def _override_line(decision: AdjudicationDecision, document: Document) -> ConflictLine:
    context = _context(document, decision.start, decision.end)
    line = ConflictLine(decision.document, decision.start, decision.end, context=context, override=True)
    return _with_decision(line, decision)


def _with_decision(line: ConflictLine, decision: AdjudicationDecision) -> ConflictLine:
    spans = None if decision.spans is None else format_spans(decision.spans)
    extra = msgspec.UNSET if decision.extra is None else dict(decision.extra)
    return msgspec.structs.replace(
        line, choose=decision.choose, spans=spans, by=decision.by, reason=decision.reason, extra=extra
    )


def format_spans(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Return spans as lines of conflicts have them."""
    return [{"start": s.start, "end": s.end, "label": s.label, "value": msgspec.to_builtins(s.value)} for s in spans]


def _context(document: Document, start: int, end: int) -> str | None:
    text = document.text
    if text is None:
        return None
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return f"{before}[{text[start:end]}]{after}"
