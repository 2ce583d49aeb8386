"""The rules of a migration: what becomes of the spans of each label, of the fields of their values, and of zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..document import Document, Span
from ..scheme import Label, Scheme
from ..values.label_field import Field
from .conversions import Conversion, Parts, Stated, Table, choices_of, parts_of_stated
from .word_patterns import occurs

AROUND = 60
"""Code points on each side of a span in which the words around it are looked for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a span: that a field has one of some values, or that words match.

    Attributes:
        field: The field; empty for a condition on words.
        values: The values of the field, in the form that records hold.
        pattern: The regular expression to search for.
        around: Whether the words around the span count too.
    """

    field: str = ""
    values: tuple[Stated, ...] = ()
    pattern: str = ""
    around: bool = False

    def holds(self, span: Span, label: Label, document: Document) -> bool | None:
        """Check the condition; None if it cannot be known, because the text is not there."""
        if self.field:
            item = label.fields[self.field]
            return span.value is not None and item.knows(span.value) and self.has(item, item.parts(span.value))
        if document.text is None:
            return None
        margin = AROUND if self.around else 0
        words = document.text[max(0, span.start - margin) : span.end + margin]
        return occurs(self.pattern, words)

    def has(self, item: Field, parts: Parts) -> bool:
        """Check whether the parts of a field are one of the values, or mean the same."""
        known = [parts_of_stated(item, stated) for stated in self.values]
        return parts in known or (len(item.keys) == 1 and any(item.type.same(parts, other) for other in known))


@dataclass(frozen=True, slots=True)
class LabelBranch:
    """One of the ways that the spans of a label may go.

    Attributes:
        target: The label that they get; None if they are set aside.
        where: The conditions, all of which must hold; without any it is for all spans that no other branch takes.
        fields: What each field of the old label becomes; None if its values are set aside.
        tables: By field of the old label, what strings become.
        constants: Fields of the new label that get a fixed value.
    """

    target: str | None
    where: tuple[Condition, ...] = ()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    constants: Mapping[str, Stated] = field(default_factory=dict)

    def fixed_parts(self, label: Label) -> dict[str, Any]:
        """Return the parts of the fixed values by their keys; `label` is the target."""
        fixed: dict[str, Any] = {}
        for name, stated in self.constants.items():
            item = label.fields[name]
            fixed.update(zip((key.name for key in item.keys), parts_of_stated(item, stated), strict=True))
        return fixed

    def to_dict(self) -> dict[str, Any]:
        """Return the branch as JSON-compatible data, which identifies it."""
        return {
            "target": self.target,
            "where": [[c.field, list(c.values), c.pattern, c.around] for c in self.where],
            "fields": dict(self.fields),
            "tables": {name: {k: list(v) for k, v in table.items()} for name, table in self.tables.items() if table},
            "constants": dict(self.constants),
        }


@dataclass(frozen=True)
class SchemeMapping:
    """What becomes of everything of one scheme in another.

    Attributes:
        old: The scheme of the documents.
        new: The scheme that they get.
        labels: By label of the old scheme, its branches, in the order in which they are tried.
        zones: By kind of the old scheme, the kind that it becomes; none if zones are set aside; several if a person has
            to choose.
    """

    old: Scheme
    new: Scheme
    labels: Mapping[str, tuple[LabelBranch, ...]]
    zones: Mapping[str, tuple[str, ...]]

    def conversion(self, label: str, branch: LabelBranch, source: str) -> Conversion | None:
        """Return how a field of a label is converted; None if it is set aside."""
        target = branch.fields.get(source)
        if branch.target is None or target is None:
            return None
        fields: tuple[Field, Field] = (
            self.old.labels[label].fields[source],
            self.new.labels[branch.target].fields[target],
        )
        return Conversion(*fields, branch.tables.get(source, {}))

    @cached_property
    def reverse(self) -> SchemeMapping:
        """The way back: where several things became one, a person chooses, unless a fixed value tells them apart."""
        labels = {name: self._reverse_branches(name) for name in self.new.labels}
        kinds = {kind: tuple(old for old, to in self.zones.items() if kind in to) for kind in self.new.zones}
        mapping = SchemeMapping(self.new, self.old, labels, kinds)
        vars(mapping)["reverse"] = self  # with its conditions, which cannot be told from the way back
        return mapping

    def _reverse_branches(self, name: str) -> tuple[LabelBranch, ...]:
        branches = [
            self._reverse_branch(old, branch)
            for old, choices in self.labels.items()
            for branch in choices
            if branch.target == name
        ]
        unique = list({repr(branch.to_dict()): branch for branch in branches}.values())
        if not unique:
            return (LabelBranch(None, fields=dict.fromkeys(self.new.labels[name].fields)),)
        return tuple(sorted(unique, key=lambda branch: not branch.where))

    def _reverse_branch(self, old: str, branch: LabelBranch) -> LabelBranch:
        label = self.new.labels[str(branch.target)]
        fields: dict[str, str | None] = dict.fromkeys(label.fields)
        tables = {}
        for source, target in branch.fields.items():
            if target is not None:
                fields[target] = source
                conversion = Conversion(
                    self.old.labels[old].fields[source], label.fields[target], branch.tables.get(source, {})
                )
                if table := _reverse_table(conversion):
                    tables[target] = table
        sources = self.old.labels[old].fields
        known = {c.field: c.values[0] for c in branch.where if len(c.values) == 1 and c.field in sources}
        return LabelBranch(
            old,
            tuple(Condition(name, (text,)) for name, text in branch.constants.items()),
            fields,
            tables,
            {name: text for name, text in known.items() if branch.fields.get(name) is None},
        )


def _reverse_table(conversion: Conversion) -> dict[str, tuple[str, ...]]:
    """Return what the strings of a table came from; a string of a closed list that nothing became has no place."""
    sources: dict[str, list[str]] = {}
    for text, targets in conversion.table.items():
        for target in targets:
            sources.setdefault(target, []).append(text)
    if known := choices_of(conversion.source):
        for text in known:
            if text not in conversion.table:
                sources.setdefault(text, []).append(text)
        for text in choices_of(conversion.target):
            sources.setdefault(text, [])
    elif conversion.table:  # free text may be what it now is
        sources = {text: [text] for text in sources}
    return {text: tuple(found) for text, found in sources.items() if found != [text]}
