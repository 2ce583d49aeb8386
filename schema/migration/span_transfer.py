"""What a migration makes of one span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..document import Document, Span, Value
from ..errors import DataError
from .conversions import Conversion, OpenChoice, Parts, accepts, defaults
from .history import EarlierSpan, SpanState, known_parts, last_entry, value_of, with_entry, without_last
from .questions import SET_ASIDE, MigrationQuestion, QuestionBook
from .rules import LabelBranch, SchemeMapping


@dataclass(frozen=True, slots=True)
class TransferredSpan:
    """What became of a span.

    Attributes:
        span: The span in the new scheme; None if it is set aside.
        noted: Whether it carries a note of what it was.
    """

    span: Span | None
    noted: bool = False


class SpanTransfer:
    """Takes the spans of a document to another scheme.

    Args:
        mapping: What becomes of labels and fields.
        migration: Id of the migration.
        reverse: Whether it goes back.
        document: The document.
        book: The answers, and the questions that stay open.
        changes: Counts of what changes, by what it is.
    """

    def __init__(
        self,
        mapping: SchemeMapping,
        migration: str,
        reverse: bool,
        document: Document,
        book: QuestionBook,
        changes: Counter[str],
    ) -> None:
        self._mapping = mapping
        self._id = migration
        self._is_reverse = reverse
        self._document = document
        self._book = book
        self._changes = changes
        self._asked = False

    def transfer(self, span: Span) -> TransferredSpan:
        """Return what becomes of a span; of one about which a question is open, anything.

        Raises:
            DataError: An answer does not fit, or a note in the span was changed.
        """
        self._asked = False
        note = last_entry(span.extra, EarlierSpan, f"span [{span.start}, {span.end})")
        if note is None or note.id != self._id:
            return self._moved(span)
        if note.reverse == self._is_reverse:  # of an earlier run, which is undone after this one
            return self._moved(span, is_noted=True)
        extra = without_last(span.extra)
        if note.became.label != span.label:  # what the span was then is not what it is now
            return self._moved(span, extra)
        if note.became.value == known_parts(span.value):
            value = value_of(self._mapping.new, note.was)
            self._count(span, note.was.label)
            return TransferredSpan(msgspec.structs.replace(span, label=note.was.label, value=value, extra=extra))
        return self._changed_since(span, note, extra)

    def _moved(self, span: Span, extra: Any = msgspec.UNSET, *, is_noted: bool = False) -> TransferredSpan:
        """Take a span to its new label and value by the rules, or by answers."""
        branch = self._branch(span)
        if branch is None or branch.target is None:
            self._changes[f"{span.label}: set aside"] += branch is not None
            return TransferredSpan(None)
        return self._by(branch, span, span.extra if extra is msgspec.UNSET else extra, is_noted=is_noted)

    def _by(
        self, branch: LabelBranch, span: Span, extra: Mapping[str, Any] | None, *, is_noted: bool = False
    ) -> TransferredSpan:
        parts = {name: self._field(span, branch, name) for name in branch.fields}
        given = {target: parts[name] for name, target in branch.fields.items() if target is not None}
        return self._with(span, str(branch.target), self._value(branch, given), extra, is_noted=is_noted)

    def _changed_since(self, span: Span, note: EarlierSpan, extra: Mapping[str, Any] | None) -> TransferredSpan:
        """Take a span back whose value was changed: what was changed by the rules, all else as it was.

        If what changed tells the ways apart, the rules choose one anew, or a person.
        """
        branches = self._mapping.labels[span.label]
        label = self._mapping.old.labels[span.label]
        before, became = value_of(self._mapping.new, note.was), value_of(self._mapping.old, note.became)
        changed = {name for name, item in label.fields.items() if _parts(item, span.value) != _parts(item, became)}
        ruled = rule_for(span, branches, self._mapping, self._document)
        if changed & {condition.field for branch in branches for condition in branch.where}:
            branch = self._branch(span)
            if branch is None or branch.target is None:
                self._changes[f"{span.label}: set aside"] += branch is not None
                return TransferredSpan(None)
            if branch.target != note.was.label:
                return self._by(branch, span, extra)
        elif ruled is not None and ruled.target == note.was.label:
            branch = ruled
        else:
            same = (branch for branch in branches if branch.target == note.was.label)
            branch = next(same, LabelBranch(note.was.label))
        fields = self._mapping.new.labels[note.was.label].fields
        given: dict[str, Parts | None] = {name: _parts(item, before) for name, item in fields.items()}
        for name, target in branch.fields.items():
            if name in changed and target is not None:
                given[target] = self._field(span, branch, name)
        earlier = rule_for(msgspec.structs.replace(span, value=became), branches, self._mapping, self._document)
        if ruled is not None and earlier is not None and ruled != earlier:  # another way to the same label
            given.update(dict.fromkeys(branch.constants))
        return self._with(span, note.was.label, self._value(branch, given), extra)

    def _with(
        self,
        span: Span,
        label: str,
        value: Value | None,
        extra: Mapping[str, Any] | None,
        *,
        is_noted: bool = False,
    ) -> TransferredSpan:
        """Return a span with its new label and value, and a note if the rules do not lead from these to the old ones.

        What a person decided is noted too, so that the way back is the same, and nobody is asked again.
        """
        self._count(span, label)
        moved = msgspec.structs.replace(span, label=label, value=value, extra=extra)
        known = returns(moved, self._mapping.reverse, self._document)
        if known == (span.label, span.value) and not self._asked and not is_noted:
            return TransferredSpan(moved)
        was, became = SpanState(span.label, known_parts(span.value)), SpanState(label, known_parts(value))
        note = EarlierSpan(self._id, was, became, self._is_reverse)
        return TransferredSpan(msgspec.structs.replace(moved, extra=with_entry(extra, note)), noted=True)

    def _branch(self, span: Span) -> LabelBranch | None:
        """Return the branch that a span takes; None if that is an open question."""
        branches = self._mapping.labels[span.label]
        branch = rule_for(span, branches, self._mapping, self._document)
        if branch is not None:
            return branch
        options = tuple(dict.fromkeys(branch.target for branch in branches if branch.target is not None))
        self._asked = True
        answer = self._book.choose(self._question("label", span, options=options))
        if answer == SET_ASIDE:
            return LabelBranch(None)
        chosen = [branch for branch in branches if branch.target == answer]
        return min(chosen, key=lambda branch: bool(branch.where), default=None)

    def _field(self, span: Span, branch: LabelBranch, name: str) -> Parts | None:
        """Return what the parts of a field become; None if they are set aside, or a question about them is open."""
        conversion = self._mapping.conversion(span.label, branch, name)
        if conversion is None:
            item = self._mapping.old.labels[span.label].fields[name]
            if span.value is not None and item.knows(span.value) and not _is_stated(branch, name):
                self._changes[f"{span.label}.{name}: set aside"] += 1
            return None
        parts = _parts(conversion.source, span.value)
        converted = conversion.convert(parts)
        if isinstance(converted, OpenChoice):
            converted = self._answered(span, branch, conversion, converted)
        if converted is None:
            self._changes[f"{span.label}.{name}: set aside"] += 1
        elif converted != parts and converted != defaults(conversion.target):
            self._changes[f"{span.label}.{name}: {_shown(parts)} -> {_shown(converted)}"] += 1
        return converted

    def _answered(self, span: Span, branch: LabelBranch, conversion: Conversion, choice: OpenChoice) -> Parts | None:
        self._asked = True
        question = self._question("value", span, f"{branch.target}.{conversion.target.name}", choice.options)
        answer = self._book.ask(question)
        if answer is None or answer == SET_ASIDE:
            return None
        keys = [key.name for key in conversion.target.keys]
        parts = tuple(answer.get(key) for key in keys) if isinstance(answer, dict) else (answer,)
        if (isinstance(answer, dict) and not answer.keys() <= set(keys)) or not accepts_all(conversion, parts):
            raise question.problem(f"is {answer!r}, which is not a valid value")
        return parts

    def _value(self, branch: LabelBranch, given: Mapping[str, Parts | None]) -> Value | None:
        """Return the value of the new label from the parts of its fields and fixed values.

        Raises:
            DataError: Its parts are valid alone but not together.
        """
        label = self._mapping.new.labels[str(branch.target)]
        known = branch.fixed_parts(label)
        for name, parts in given.items():
            if parts is not None:
                known.update(zip((key.name for key in label.fields[name].keys), parts, strict=True))
        return self._mapping.new.value(label.name, **known)

    def _question(self, kind: Any, span: Span, field: str = "", options: tuple[str, ...] = ()) -> MigrationQuestion:
        value = known_parts(span.value)
        return MigrationQuestion(kind, self._document.id, span.start, span.end, span.label, value, field, options)

    def _count(self, span: Span, label: str) -> None:
        if label != span.label:
            self._changes[f"{span.label} -> {label}"] += 1


def rule_for(
    span: Span, branches: tuple[LabelBranch, ...], mapping: SchemeMapping, document: Document
) -> LabelBranch | None:
    """Return the branch that the rules alone choose for a span; None if a person has to choose."""
    label = mapping.old.labels[span.label]
    for branch in branches:
        if branch.where:
            results = [condition.holds(span, label, document) for condition in branch.where]
            if all(results):
                return branch
            if None in results and False not in results:
                return None
    rest = [branch for branch in branches if not branch.where]
    if len({branch.target for branch in rest}) != 1:
        return None
    known = [name for name, item in label.fields.items() if span.value is not None and item.knows(span.value)]
    return max(rest, key=lambda branch: sum(branch.fields.get(name) is not None for name in known))


def returns(span: Span, mapping: SchemeMapping, document: Document) -> tuple[str, Value | None] | None:
    """Return label and value of a span by the rules alone; None if it is set aside or a person has to decide."""
    branch = rule_for(span, mapping.labels[span.label], mapping, document)
    if branch is None or branch.target is None:
        return None
    known = branch.fixed_parts(mapping.new.labels[branch.target])
    for name, target in branch.fields.items():
        conversion = mapping.conversion(span.label, branch, name)
        converted = conversion.convert(_parts(conversion.source, span.value)) if conversion is not None else None
        if isinstance(converted, OpenChoice):
            return None
        if converted is not None and target is not None:
            keys = mapping.new.labels[branch.target].fields[target].keys
            known.update(zip((key.name for key in keys), converted, strict=True))
    try:
        return branch.target, mapping.new.value(branch.target, **known)
    except DataError:
        return None


def accepts_all(conversion: Conversion, parts: Parts) -> bool:
    """Check whether parts that a person gave are a value of the target."""
    return len(parts) == len(conversion.target.keys) and accepts(conversion.target, parts)


def _is_stated(branch: LabelBranch, field: str) -> bool:
    """Check whether a condition of the branch says what the field is, so that nothing is lost with it."""
    return any(condition.field == field for condition in branch.where)


def _parts(item: Any, value: Value | None) -> Parts:
    return tuple(item.parts(value)) if value is not None else tuple(defaults(item))


def _shown(parts: Parts) -> str:
    return " ".join("-" if part is None else str(part) for part in parts)
