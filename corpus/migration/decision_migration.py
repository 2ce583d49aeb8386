"""Conflicts and decisions in another scheme.

A conflict that the new scheme settles, because the passes agree in it, stays in the file: its decision then holds
against what they agree on. Each line says in its `extra.migrations` by which migration it came, and what it was if its
spans cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ...schema import Document, Migration, Span, migrate
from ...schema.migration.history import last_entry, with_entry
from ...schema.migration.questions import Answers
from ...schema.overlap import overlaps
from ..adjudication.conflicts import find_conflicts, merged_ranges
from ..adjudication.decisions import CONTEXT, ConflictLine, format_spans, parse_spans
from ..storage.json_lines import parse_lines
from .conflict_parts import ConflictParts, EarlierLine, plain_line, unnoted_line
from .record_migration import MigrationTally


def migrate_decisions(
    path: str, migration: Migration, answers: Answers, tally: MigrationTally, *, settled: bool = False
) -> Iterator[ConflictLine]:
    """Yield the lines of a file of conflicts in the new scheme; those with open questions are only counted.

    Lines state no scheme: they are taken to have the old one, unless this migration has left a note in them.

    Args:
        path: The file.
        migration: The migration.
        answers: What people decided, about the same spans of the passes too.
        tally: What is counted is added to it.
        settled: Whether the passes have the new scheme already, so that lines without a note stay as they are.

    Raises:
        DataError: A line is not a conflict, has a span that is not of the old scheme, or an answer does not fit; parts
            of what was one conflict are decided and others are not.
    """
    noun, fix = "a conflict", "see docs/adjudication.md"
    parts = ConflictParts(migration.id, migration.is_reverse)
    for line in parse_lines(path, ConflictLine, lambda line: line, noun=noun, fix=fix):
        parts.add(line)

    def lines_of(line: ConflictLine) -> Sequence[ConflictLine]:
        whole = parts.of(line)
        if whole is None:
            return _LineMigration(line, migration, answers, tally, settled).run()
        tally.lines += 1
        if whole.is_done:
            return []
        whole.is_done = True
        rules = _LineMigration(line, migration, answers, tally)
        restored = whole.restored(rules.plain_spans)
        return [] if rules.is_open else [restored]

    for lines in parse_lines(path, ConflictLine, lines_of, noun=noun, fix=fix):
        yield from lines


class _LineMigration:
    """The migration of one line."""

    def __init__(
        self, line: ConflictLine, migration: Migration, answers: Answers, tally: MigrationTally, settled: bool = False
    ) -> None:
        self.line = line
        self.migration = migration
        self.answers = answers
        self.tally = tally
        self.settled = settled
        self.text = _text_around(line)
        self.is_open = False

    def run(self) -> Sequence[ConflictLine]:
        self.tally.lines += 1
        note = last_entry(self.line.extra or None, EarlierLine, "the line")
        undone = note if note is not None and note.id == self.migration.id else None
        if (self.settled and undone is None) or (undone is not None and undone.reverse == self.migration.is_reverse):
            self.tally.unchanged += 1
            return [self.line]
        if undone is not None:
            self.line = unnoted_line(self.line)
            if undone.was is not None and undone.became == plain_line(self.line):
                return [msgspec.convert(undone.was, ConflictLine)]
            if (restored := self._decided_since(undone)) is not None:
                return [] if self.is_open else [restored]
        lines = self._moved()
        if self.is_open:
            return []
        if self._returns(lines):
            return lines if undone is not None else self._noted(lines, None)
        return self._noted(lines, plain_line(self.line))

    def plain_spans(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return spans as the rules and answers take them to the new scheme, as lines have them."""
        return format_spans(self._spans(items))

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
        now, became = plain_line(self.line), note.became or {}
        if note.was is None or any(now[key] != became.get(key) for key in ("start", "end", "readings")):
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
            override=was.override if self.line.override == became.get("override") else self.line.override,
        )

    def _returns(self, lines: Sequence[ConflictLine]) -> bool:
        """Check whether the rules alone make of the lines what the line was."""
        if len(lines) != 1:
            return False
        back = _LineMigration(lines[0], self.migration.reversed, {}, MigrationTally())
        return back._moved() == [self.line] and not back.is_open

    def _noted(self, lines: Sequence[ConflictLine], was: dict[str, Any] | None) -> list[ConflictLine]:
        """Return lines that say by which migration they came, and what they were if it is given."""
        parts = [[line.start, line.end] for line in lines]
        if was is None or parts == [[self.line.start, self.line.end]]:
            parts = []
        return [
            msgspec.structs.replace(
                line,
                extra=with_entry(
                    self.line.extra or None,
                    EarlierLine(
                        self.migration.id,
                        was,
                        None if was is None else plain_line(line),
                        self.migration.is_reverse,
                        parts,
                    ),
                ),
            )
            for line in lines
        ]


def _text_around(line: ConflictLine) -> str | None:
    """Return a text that has the words of the line where they were; None if the line does not give them."""
    shown, before = line.context, min(CONTEXT, line.start)
    end = before + 1 + line.end - line.start
    if shown is None or len(shown) <= end or shown[before] != "[" or shown[end] != "]":
        return None
    return " " * (line.start - before) + shown[:before] + shown[before + 1 : end] + shown[end + 1 :]
