"""Conflicts and decisions in another scheme.

A conflict that the new scheme settles, because the passes agree in it, stays in the file: its decision then holds
against what they agree on. What the spans cannot tell of a line stays in its `extra.migrations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ...schema import Document, Migration, Span, migrate
from ...schema.migration.history import last_entry, with_entry, without_last
from ...schema.migration.questions import Answers
from ...schema.overlap import overlaps
from ..adjudication.conflicts import find_conflicts, merged_ranges
from ..adjudication.decisions import CONTEXT, ConflictLine, format_spans, parse_spans
from ..storage.json_lines import parse_lines
from .record_migration import MigrationTally


class EarlierLine(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a line was before a migration; None if that is in an earlier line, as its conflict fell into several."""

    id: str
    was: dict[str, Any] | None
    became: dict[str, Any]
    reverse: bool = False


def migrate_decisions(
    path: str, migration: Migration, answers: Answers, tally: MigrationTally
) -> Iterator[ConflictLine]:
    """Yield the lines of a file of conflicts in the new scheme; those with open questions are only counted.

    Lines state no scheme: they are taken to have the old one, unless this migration has left a note in them.

    Args:
        path: The file.
        migration: The migration.
        answers: What people decided, about the same spans of the passes too.
        tally: What is counted is added to it.

    Raises:
        DataError: A line is not a conflict, has a span that is not of the old scheme, or an answer does not fit.
    """

    def lines_of(line: ConflictLine) -> Sequence[ConflictLine]:
        return _LineMigration(line, migration, answers, tally).run()

    for lines in parse_lines(path, ConflictLine, lines_of, noun="a conflict", fix="see docs/adjudication.md"):
        yield from lines


class _LineMigration:
    """The migration of one line."""

    def __init__(self, line: ConflictLine, migration: Migration, answers: Answers, tally: MigrationTally) -> None:
        self.line = line
        self.migration = migration
        self.answers = answers
        self.tally = tally
        self.text = _text_around(line)
        self.is_open = False

    def run(self) -> Sequence[ConflictLine]:
        self.tally.lines += 1
        extra = self.line.extra or None
        note = last_entry(extra, EarlierLine, "the line")
        if note is not None and note.id == self.migration.id:
            if note.reverse == self.migration.is_reverse:
                self.tally.unchanged += 1
                return [self.line]
            if note.became == _plain(msgspec.structs.replace(self.line, extra=without_last(extra) or msgspec.UNSET)):
                return [] if note.was is None else [msgspec.convert(note.was, ConflictLine)]
        restored = None if note is None or note.id != self.migration.id else self._decided_since(note)
        if restored is not None:
            return [] if self.is_open else [restored]
        lines = self._moved()
        if self.is_open:
            return []
        return lines if self._returns(lines) else self._noted(lines)

    def _moved(self) -> list[ConflictLine]:
        """Return the lines that the line becomes by the rules and answers."""
        line = self.line
        spans = None if line.spans is None else self._spans(line.spans)
        stated = None if spans is None else format_spans(spans)
        if line.readings is None:
            return [msgspec.structs.replace(line, spans=stated)]
        readings = {name: self._spans(items) for name, items in line.readings.items()}
        layers = {name: Document(id=line.document, spans=tuple(items)) for name, items in readings.items()}
        conflicts = find_conflicts(layers)[1] if layers else []
        if not conflicts:
            decided = line.choose is not None or stated is not None
            shown = {name: format_spans(items) for name, items in readings.items()}
            return [
                msgspec.structs.replace(
                    line, kind=None, readings=shown, spans=stated, override=line.override or decided
                )
            ]
        lines = [
            self._line(conflict.start, conflict.end, conflict.kind, conflict.readings, spans) for conflict in conflicts
        ]
        rest = [span for span in spans or () if not any(overlaps(span, conflict) for conflict in conflicts)]
        lines += [
            msgspec.structs.replace(self._line(start, end, None, None, rest), override=True)
            for start, end in merged_ranges(rest)
        ]
        return lines

    def _line(
        self,
        start: int,
        end: int,
        kind: str | None,
        readings: Mapping[str, Sequence[Span]] | None,
        spans: Sequence[Span] | None,
    ) -> ConflictLine:
        """Return the line about a part of the conflict, or all of it, with what was decided about that."""
        context = self.line.context
        if (start, end) != (self.line.start, self.line.end) and self.text is not None:
            before, after = self.text[max(0, start - CONTEXT) : start], self.text[end : end + CONTEXT]
            context = f"{before}[{self.text[start:end]}]{after}"
        return msgspec.structs.replace(
            self.line,
            start=start,
            end=end,
            kind=kind,
            context=context,
            readings=None if readings is None else {name: format_spans(items) for name, items in readings.items()},
            spans=None
            if spans is None
            else format_spans(span for span in spans if span.start < end and start < span.end),
        )

    def _spans(self, items: list[dict[str, Any]]) -> list[Span]:
        spans = parse_spans(self.line.document, items, self.migration.old)
        document = Document(id=self.line.document, text=self.text, spans=spans)
        migrated = migrate(document, self.migration, self.answers)
        self.is_open = self.is_open or bool(migrated.questions)
        for question in migrated.questions:
            self.tally.questions.setdefault(question.key, question)
        self.tally.answered |= migrated.answered
        self.tally.changes.update(migrated.changes)
        return [msgspec.structs.replace(span, extra=None) for span in migrated.document.spans]

    def _decided_since(self, note: EarlierLine) -> ConflictLine | None:
        """Return a line as it was before, with what has been decided about it since; None if more than that changed."""
        now = _plain(self.line)
        if note.was is None or any(now[key] != note.became.get(key) for key in ("start", "end", "readings")):
            return None
        was = msgspec.convert(note.was, ConflictLine)
        if (was.start, was.end) != (self.line.start, self.line.end):
            return None
        return msgspec.structs.replace(
            was,
            choose=self.line.choose,
            spans=None if self.line.spans is None else format_spans(self._spans(self.line.spans)),
            by=self.line.by,
            reason=self.line.reason,
            override=was.override if self.line.override == note.became.get("override") else self.line.override,
        )

    def _returns(self, lines: Sequence[ConflictLine]) -> bool:
        """Check whether the rules alone make of the lines what the line was."""
        if len(lines) != 1:
            return False
        back = _LineMigration(lines[0], self.migration.reversed, {}, MigrationTally())
        return back._moved() == [self.line] and not back.is_open

    def _noted(self, lines: Sequence[ConflictLine]) -> list[ConflictLine]:
        was: dict[str, Any] | None = _plain(self.line)
        noted = []
        for line in lines:
            note = EarlierLine(self.migration.id, was, _plain(line), self.migration.is_reverse)
            noted.append(msgspec.structs.replace(line, extra=with_entry(self.line.extra or None, note)))
            was = None
        return noted


def _plain(line: ConflictLine) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(line)
    return plain


def _text_around(line: ConflictLine) -> str | None:
    """Return a text that has the words of the line where they were; None if the line does not give them."""
    shown, before = line.context, min(CONTEXT, line.start)
    end = before + 1 + line.end - line.start
    if shown is None or len(shown) <= end or shown[before] != "[" or shown[end] != "]":
        return None
    return " " * (line.start - before) + shown[:before] + shown[before + 1 : end] + shown[end + 1 :]
