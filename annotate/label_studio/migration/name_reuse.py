"""Names that a migration gives another meaning: what an open page still sends under them could not be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....schema import DataError, Problem, Scheme
from ....schema.migration.document_migration import Migration
from ..mapping.controls import controls
from ..mapping.labeling_config import result_label
from ..mapping.result_elements import elements


def check_reused_names(steps: Sequence[Migration]) -> list[str]:
    """Check that the last of a project's migrations gives no name another meaning; return remarks on those it shares.

    Raises:
        DataError: A label, field or choice goes to something else, and something else gets its name; all are listed.
    """
    migration = steps[-1]
    if wrong := [*_labels(migration), *_fields(migration)]:
        fix = "give what is new under it another name: what open pages send could not be told apart"
        raise DataError(
            [Problem(f"{what} is a name of {migration.new.ref} with another meaning", fix) for what in wrong]
        )
    remarks = []
    for name, branches in migration.mapping.labels.items():
        targets = {branch.target for branch in branches}
        if name in targets and len(targets) > 1:
            others = ", ".join(sorted(str(target or "nothing") for target in targets - {name}))
            remarks.append(
                f"{name} keeps its name for a part of its spans: what open pages still mark as {name} does not become "
                f"{others}; ask annotators to load their pages again"
            )
        if any(branch.target == name and branch.constants for branch in branches):
            remarks.append(
                f"{name} keeps its name and gets a fixed value: what open pages still mark as {name} may lack it; ask "
                "annotators to load their pages again"
            )
    earlier = {element for step in steps[:-1] for element in elements(step.old)} - elements(migration.old)
    if again := sorted(
        {choice or name for name, _, choice in earlier & elements(migration.new)} if not _is_undo(steps) else ()
    ):
        remarks.append(f"names of an earlier scheme of the project are used again: {', '.join(again)}")
    return remarks


def _is_undo(steps: Sequence[Migration]) -> bool:
    return len(steps) > 1 and (steps[-1].id, not steps[-1].is_reverse) == (steps[-2].id, steps[-2].is_reverse)


def _labels(migration: Migration) -> Iterator[str]:
    new = {result_label(label, migration.new) for label in migration.new.labels}
    for name, branches in migration.mapping.labels.items():
        if result_label(name, migration.old) in new and name not in {branch.target for branch in branches}:
            yield name


def _fields(migration: Migration) -> Iterator[str]:
    """Yield the controls and choices that become something else than what has their name in the new scheme."""
    mapping, known = migration.mapping, elements(migration.new)
    for name, branches in mapping.labels.items():
        label = migration.old.labels[name]
        for source in label.fields:
            names = _control_names(migration.old, name, source)
            kept = [
                branch
                for branch in branches
                if (target := branch.fields.get(source)) is not None
                and branch.target is not None
                and _control_names(migration.new, branch.target, target) == names
            ]
            own = {control.name: control for control in controls(migration.old)[name]}
            shared = [control for control in names if (control, own[control].kind, "") in known]
            if shared and not kept:
                yield shared[0]
            for branch in kept:
                for choice, targets in branch.tables.get(source, {}).items():
                    if (names[0], "choices", choice) in known and choice not in targets:
                        yield f"{names[0]} {choice}"


def _control_names(scheme: Scheme, label: str, field: str) -> list[str]:
    return [f"{scheme.label_keys[label]}.{key.name}" for key in scheme.labels[label].fields[field].keys]
