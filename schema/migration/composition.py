"""The mapping that does what two do, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import UsageError
from ..values.label_field import Field
from .conversions import Conversion, OpenChoice, Stated, Table, choices_of, parts_of_stated, stated_of_parts
from .rules import Condition, LabelBranch, SchemeMapping


def composed(first: SchemeMapping, second: SchemeMapping) -> SchemeMapping:
    """Return the mapping from the old scheme of the first to the new one of the second.

    Raises:
        UsageError: The second does not begin where the first ends, or there is none: a type becomes another one only by
            way of a third, or a person chooses in between.
    """
    if first.new.fingerprint != second.old.fingerprint:
        what = f"a migration to {first.new.ref} cannot be followed by one from {second.old.ref}"
        raise UsageError(f"{what}. Fix: one from {first.new.ref}")
    labels = {name: tuple(_branches(name, first, second)) for name in first.old.labels}
    zones = {
        kind: tuple(dict.fromkeys(goal for middle in kinds for goal in second.zones[middle]))
        for kind, kinds in first.zones.items()
    }
    return SchemeMapping(first.old, second.new, labels, zones)


def _branches(name: str, first: SchemeMapping, second: SchemeMapping) -> Iterator[LabelBranch]:
    for before in first.labels[name]:
        if before.target is None:
            yield before
            continue
        for after in second.labels[before.target]:
            where = [_earlier_condition(name, condition, before, first) for condition in after.where]
            if False not in where:
                conditions = tuple(condition for condition in where if not isinstance(condition, bool))
                yield _branch(name, before, after, (*before.where, *conditions), first, second)


def _earlier_condition(name: str, condition: Condition, before: LabelBranch, first: SchemeMapping) -> Condition | bool:
    """Return what a condition says of the spans before the first mapping, or whether it holds for all of them."""
    if not condition.field:
        return condition
    if condition.field in before.constants:
        item = first.new.labels[str(before.target)].fields[condition.field]
        return condition.has(item, parts_of_stated(item, before.constants[condition.field]))
    source = next((source for source, goal in before.fields.items() if goal == condition.field), None)
    if source is None:
        return False
    table = before.tables.get(source, {})
    known = choices_of(first.old.labels[name].fields[source])
    values: list[Stated] = [text for text, goals in table.items() if set(goals) & set(condition.values)]
    values += [text for text in condition.values if text not in table and (text in known or not known)]
    return Condition(source, tuple(values)) if values else False


def _branch(
    name: str,
    before: LabelBranch,
    after: LabelBranch,
    where: tuple[Condition, ...],
    first: SchemeMapping,
    second: SchemeMapping,
) -> LabelBranch:
    old = first.old.labels[name].fields
    if after.target is None:
        return LabelBranch(None, where, dict.fromkeys(old))
    fields: dict[str, str | None] = {}
    tables: dict[str, Table] = {}
    for source, middle in before.fields.items():
        fields[source] = None if middle is None else after.fields[middle]
        goal = fields[source]
        if middle is not None and goal is not None:
            step = first.new.labels[str(before.target)].fields[middle]
            table = _table(old[source], before.tables.get(source, {}), after.tables.get(middle, {}))
            whole = Conversion(old[source], second.new.labels[after.target].fields[goal], table)
            if whole.problem() or step.type.name not in (old[source].type.name, whole.target.type.name):
                what = f"{name}.{source} becomes {step.type.name} before it becomes {whole.target.type.name}"
                raise UsageError(f"{what}, so no single migration does the same. Fix: one after the other")
            tables[source] = table
    constants = dict(after.constants)
    for middle, stated in before.constants.items():
        conversion, goal = second.conversion(str(before.target), after, middle), after.fields.get(middle)
        if conversion is None or goal is None:
            continue
        goals = conversion.goals(stated) if isinstance(stated, str) else ()
        if len(goals) > 1:
            constants[goal] = goals[0]
            continue
        parts = conversion.convert(parts_of_stated(conversion.source, stated))
        if isinstance(parts, OpenChoice):
            what = f"a person decides what {stated!r} becomes in {after.target}.{goal}"
            raise UsageError(f"{what}, so no single migration does the same. Fix: one after the other")
        if parts is not None:
            constants[goal] = stated_of_parts(conversion.target, parts)
    return LabelBranch(after.target, where, fields, tables, constants)


def _table(source: Field, first: Table, second: Table) -> Table:
    """Return the table of two, one after the other."""
    texts = dict.fromkeys([*first, *(choices_of(source) or second)])
    table = {
        text: tuple(goal for middle in first.get(text, (text,)) for goal in second.get(middle, (middle,)))
        for text in texts
    }
    return {text: goals for text, goals in table.items() if goals != (text,)}
