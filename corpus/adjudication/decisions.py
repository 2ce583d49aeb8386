"""Conflicts and decisions as JSONL: `adjudicate` writes what is open, a person fills in, `adjudicate` reads it back.

One conflict a line:

```json
{"document": "a", "start": 10, "end": 24, "kind": "boundary", "context": "…the [US and allied forces] said…",
 "readings": {"reader-1": [{"start": 10, "end": 12, "label": "ACTOR", "value": null}], "reader-2": []},
 "choose": "reader-1", "spans": null, "by": "Jane Doe", "reason": "a span never crosses a conjunction"}
```

A decision fills in `by`, `reason`, and either `choose` (a pass) or `spans` (what stands instead, `[]` for nothing). A
line without them is undecided. `"override": true` decides against all passes where they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Span
from ..storage.file_io import open_reader, open_writer, read_lines
from .resolution import Adjudication, AdjudicationDecision, Conflict, kind_of

_CONTEXT = 60  # code points shown on each side


class _Line(msgspec.Struct, forbid_unknown_fields=True):
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


def read_decisions(path: str | Path, scheme: Scheme) -> list[AdjudicationDecision]:
    """The decisions of a file, undecided lines passed over.

    Raises:
        DataError: A line is no conflict, decides without saying who and why, or both chooses a pass and gives spans.
    """
    decoder = msgspec.json.Decoder(_Line)
    rulings = []
    with open_reader(str(path)) as stream:
        for number, line in enumerate(read_lines(stream, str(path)), 1):
            if line.isspace():
                continue
            try:
                if (ruling := _ruling(decoder.decode(line), scheme)) is not None:
                    rulings.append(ruling)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise DataError(
                    Problem(f"no conflict: {error}", "see docs/adjudication.md", str(path), number)
                ) from error
            except DataError as error:
                raise error.with_location(str(path), number) from error
    return rulings


def lost_decisions(
    path: str | Path, rulings: Iterable[AdjudicationDecision], scheme: Scheme
) -> list[AdjudicationDecision]:
    """The decisions of a file that are not among others, and would be lost if those were written in its place.

    Raises:
        DataError: As `read_decisions`.
    """
    kept = [_decided(ruling) for ruling in rulings]
    return [ruling for ruling in read_decisions(path, scheme) if _decided(ruling) not in kept]


def read_conflicts(path: str | Path, scheme: Scheme) -> list[Conflict]:
    """The conflicts of a file that nobody has decided yet, in its order.

    Raises:
        DataError: A line is no conflict.
    """
    found = []
    decoder = msgspec.json.Decoder(_Line)
    with open_reader(str(path)) as stream:
        for number, line in enumerate(read_lines(stream, str(path)), 1):
            if line.isspace():
                continue
            try:
                item = decoder.decode(line)
                if item.choose is None and item.spans is None and item.readings is not None:
                    readings = {name: _spans(spans, scheme) for name, spans in item.readings.items()}
                    found.append(Conflict(item.document, item.start, item.end, kind_of(readings), readings))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                fix = "see docs/adjudication.md"
                raise DataError(Problem(f"no conflict: {error}", fix, str(path), number)) from error
            except DataError as error:
                raise error.with_location(str(path), number) from error
    return found


def write_conflicts(
    path: str | Path,
    result: Adjudication,
    rulings: Iterable[AdjudicationDecision] = (),
    *,
    documents: Mapping[str, Document],
) -> int:
    """Writes every conflict with its decision or room for one; answers how many.

    Args:
        path: `.jsonl`; `-` is standard output.
        result: Of `adjudicate`.
        rulings: The decisions that it was made with, kept on their lines.
        documents: By id, for the context of each conflict.

    Raises:
        DependencyError: The file cannot be written.
    """
    made = {(ruling.document, ruling.start, ruling.end): ruling for ruling in rulings}
    lines = [_line(c, made.pop((c.document, c.start, c.end), None), documents[c.document]) for c in result.conflicts]
    lines += [_overriding(ruling, documents[ruling.document]) for ruling in made.values()]
    lines.sort(key=lambda line: (line.document, line.start, line.end))
    with open_writer(str(path)) as stream:
        stream.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    return len(lines)


def _ruling(line: _Line, scheme: Scheme) -> AdjudicationDecision | None:
    if line.choose is None and line.spans is None:
        return None
    where = f"[{line.start}, {line.end})"
    if line.choose is not None and line.spans is not None:
        raise DataError(Problem(f"{where} both chooses a pass and gives spans", "keep one", document=line.document))
    if not line.by or not line.reason:
        what = f"{where} is decided without {'by' if not line.by else 'a reason'}"
        raise DataError(Problem(what, "say who decided and why", document=line.document))
    for item in line.spans or ():
        start, end = item.get("start"), item.get("end")
        if isinstance(start, int) and isinstance(end, int) and not (start < line.end and line.start < end):
            what = f"the span [{start}, {end}) lies outside the conflict {where}"
            raise DataError(Problem(what, "decide about what stands there", document=line.document))
    readings = None
    if line.readings is not None:
        readings = {name: _spans(spans, scheme) for name, spans in line.readings.items()}
    return AdjudicationDecision(
        document=line.document,
        start=line.start,
        end=line.end,
        by=line.by,
        reason=line.reason,
        choose=line.choose,
        spans=None if line.spans is None else _spans(line.spans, scheme),
        override=line.override,
        readings=readings,
    )


def _decided(ruling: AdjudicationDecision) -> _Line:
    """What a decision says, without what it was made about."""
    return _with(_Line(ruling.document, ruling.start, ruling.end, override=ruling.override), ruling)


def _spans(items: list[dict[str, Any]], scheme: Scheme) -> tuple[Span, ...]:
    """Spans as records write them, checked as records are; `adjudicate` holds them to the text."""
    record = {"id": "-", "text_sha256": "0" * 64, "text_length": 2**53, "spans": items}
    return RecordCodec(scheme).decode(msgspec.json.encode(record)).spans


def _line(conflict: Conflict, ruling: AdjudicationDecision | None, document: Document) -> _Line:
    line = _Line(
        document=conflict.document,
        start=conflict.start,
        end=conflict.end,
        kind=conflict.kind,
        context=_context(document, conflict.start, conflict.end),
        readings={name: _plain(spans) for name, spans in conflict.readings.items()},
    )
    return line if ruling is None else _with(line, ruling)


def _overriding(ruling: AdjudicationDecision, document: Document) -> _Line:
    context = _context(document, ruling.start, ruling.end)
    return _with(_Line(ruling.document, ruling.start, ruling.end, context=context, override=True), ruling)


def _with(line: _Line, ruling: AdjudicationDecision) -> _Line:
    spans = None if ruling.spans is None else _plain(ruling.spans)
    return msgspec.structs.replace(line, choose=ruling.choose, spans=spans, by=ruling.by, reason=ruling.reason)


def _plain(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [{"start": s.start, "end": s.end, "label": s.label, "value": msgspec.to_builtins(s.value)} for s in spans]


def _context(document: Document, start: int, end: int) -> str | None:
    text = document.text
    if text is None:
        return None
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return f"{before}[{text[start:end]}]{after}"
