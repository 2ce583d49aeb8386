"""What a migration leaves in lines of conflicts, and conflicts that fell into parts by it.

A conflict falls into parts where the spans that held it together were set aside. The parts are decided one by one, but
the way back needs a decision about all of the conflict: it is put together of those about its parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ...schema import DataError, Problem
from ...schema.migration.history import last_entry, without_last
from ..adjudication.decisions import ConflictLine

PlainSpans = list[dict[str, Any]]
"""Spans as lines of conflicts have them."""

Range = tuple[int, int]


class EarlierLine(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """By which migration a line came, and what it was before and after it.

    Attributes:
        id: Id of the migration.
        was: The line before; None if the rules lead back to it.
        became: The line after, without the note; None as `was`.
        reverse: Whether it went from the new scheme to the old one.
        parts: The ranges of all lines that it became, if it fell into several or its range changed.
    """

    id: str
    was: dict[str, Any] | None = None
    became: dict[str, Any] | None = None
    reverse: bool = False
    parts: list[list[int]] = []


class WholeConflict:
    """A conflict of which a migration made parts.

    Args:
        note: The note of one of its parts, which says what it was.

    Attributes:
        lines: The lines about its parts, by their ranges.
        is_done: Whether it was put back.
    """

    def __init__(self, note: EarlierLine) -> None:
        self.was = msgspec.convert(note.was, ConflictLine)
        self.parts = [(start, end) for start, end in note.parts]
        self.lines: dict[Range, ConflictLine] = {}
        self._became: dict[Range, ConflictLine] = {}
        self.is_done = False

    def add(self, line: ConflictLine, note: EarlierLine | None) -> None:
        """Add a line about a part."""
        place = (line.start, line.end)
        self.lines[place] = line if note is None else unnoted_line(line)
        if note is not None:
            self._became[place] = msgspec.convert(note.became, ConflictLine)

    def restored(self, by_rules: Callable[[PlainSpans], PlainSpans]) -> ConflictLine:
        """Return the line about all of the conflict, with what was decided about its parts.

        Args:
            by_rules: Takes spans that nobody had before to the scheme that the conflict had.

        Raises:
            DataError: Only some of the parts are decided.
        """
        if self._became.keys() == set(self.parts) and self._became == self.lines:
            return self.was
        decided = [self.lines[part] for part in self.parts if part in self.lines and _is_decided(self.lines[part])]
        was = msgspec.structs.replace(self.was, choose=None, spans=None, by=None, reason=None, extra=self._extra())
        if not decided:
            return was
        if len(decided) < len(self.parts):
            is_missing = set(self.parts) - {(line.start, line.end) for line in decided}
            missing = " and ".join(f"[{start}, {end})" for start, end in sorted(is_missing))
            what = f"[{decided[0].start}, {decided[0].end}) is decided and {missing} not, which were one conflict"
            raise DataError(Problem(what, "decide about all of them, or about none", document=was.document))
        chosen = {line.choose for line in decided}
        choose = chosen.pop() if len(chosen) == 1 else None
        spans = None if choose is not None else self._spans(decided, by_rules)
        by, reason = ([getattr(line, key) or "" for line in decided] for key in ("by", "reason"))
        return msgspec.structs.replace(
            was, choose=choose, spans=spans, by=", ".join(_once(by)), reason="; ".join(_once(reason))
        )

    def _spans(self, decided: list[ConflictLine], by_rules: Callable[[PlainSpans], PlainSpans]) -> PlainSpans:
        """Return the spans that were decided, as they were before if they are those of a pass or of the decision."""
        spans: PlainSpans = []
        for line in decided:
            readings = line.readings or {}
            for span in readings.get(line.choose, []) if line.choose is not None else line.spans or []:
                known = self._earlier(line, span)
                spans += [item for item in (by_rules([span]) if known is None else [known]) if item not in spans]
        return sorted(spans, key=lambda span: (span["start"], span["end"], span["label"]))

    def _earlier(self, line: ConflictLine, span: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a span was before the migration; None if several spans became it, or none."""
        became = self._became.get((line.start, line.end), line)
        names = [line.choose] if line.choose is not None else list(self.was.readings or {})
        lists = [((became.readings or {}).get(name, []), (self.was.readings or {}).get(name, [])) for name in names]
        if line.choose is None:
            lists.append((became.spans or [], self.was.spans or []))
        found: PlainSpans = []
        for after, before in lists:
            if span in after:
                places = [item for item in before if (item["start"], item["end"]) == (span["start"], span["end"])]
                found += [item for item in places if item not in found]
        return found[0] if len(found) == 1 else None

    def _extra(self) -> dict[str, Any] | msgspec.UnsetType:
        extra = dict(self.was.extra or {})
        for line in self.lines.values():
            extra.update(line.extra or {})
        return extra or msgspec.UNSET


class ConflictParts:
    """The conflicts of a file that fell into parts by a migration which is now undone.

    Args:
        migration: Id of the migration.
        reverse: Whether it now goes back.
    """

    def __init__(self, migration: str, reverse: bool) -> None:
        self._id = migration
        self._is_reverse = reverse
        self._by_place: dict[tuple[str, int, int], WholeConflict] = {}
        self._without_note: dict[tuple[str, int, int], ConflictLine] = {}

    def add(self, line: ConflictLine) -> None:
        """Add a line of the file; one without a note belongs to a conflict if it is about a part of it."""
        place = (line.document, line.start, line.end)
        note = last_entry(line.extra or None, EarlierLine, f"the line about [{line.start}, {line.end})")
        if note is None or note.id != self._id:
            self._without_note[place] = line
            if place in self._by_place:
                self._by_place[place].add(line, None)
        elif note.reverse != self._is_reverse and note.parts and note.was is not None:
            whole = self._by_place.get(place) or WholeConflict(note)
            for start, end in note.parts:
                part = (line.document, start, end)
                if part not in self._by_place and part in self._without_note:
                    whole.add(self._without_note[part], None)
                self._by_place[part] = whole
            whole.add(line, note)

    def of(self, line: ConflictLine) -> WholeConflict | None:
        """Return the conflict of which a line is about a part; None if it is about all of one."""
        return self._by_place.get((line.document, line.start, line.end))


def unnoted_line(line: ConflictLine) -> ConflictLine:
    """Return a line without its newest note."""
    return msgspec.structs.replace(line, extra=without_last(line.extra or None) or msgspec.UNSET)


def plain_line(line: ConflictLine) -> dict[str, Any]:
    """Return a line as JSON-compatible data."""
    plain: dict[str, Any] = msgspec.to_builtins(line)
    return plain


def _is_decided(line: ConflictLine) -> bool:
    return line.choose is not None or line.spans is not None


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, words)))
