"""What results use of a scheme: controls, labels and choices, by which an earlier scheme is told from another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ....schema import Scheme
from ....schema.migration.document_migration import Migration
from .controls import controls
from .labeling_config import LABELS, result_label
from .migration_notes import Result
from .pickers.picker_controls import pickers

Element = tuple[str, str, str]
"""Something that results use: a control with the type of its results, and one of its labels or choices, or nothing."""


@cache
def elements(scheme: Scheme) -> frozenset[Element]:
    """Return all that results of a scheme can use."""
    found = {(LABELS, "labels", result_label(label, scheme)) for label in scheme.labels}
    for label in scheme.labels.values():
        for control in controls(scheme)[label.name]:
            found.add((control.name, control.kind, ""))
            found |= {(control.name, "choices", choice) for choice in control.choices}
        for picker in pickers(scheme)[label.name].values():
            found |= {(picker.here, "choices", ""), (picker.listed, "taxonomy", "")}
    return frozenset(found)


def used_elements(parts: Sequence[Result]) -> set[Element]:
    """Return what the results of a region use."""
    used: set[Element] = set()
    for part in parts:
        name, kind = str(part.get("from_name")), str(part.get("type"))
        chosen = part["value"].get(kind) if kind in ("labels", "choices") else None
        used |= {
            (name, kind, choice) for choice in (chosen if isinstance(chosen, list) else ()) if isinstance(choice, str)
        }
        used.add((name, kind, ""))
    return used


def earlier_elements(migrations: Sequence[Migration], scheme: Scheme) -> list[frozenset[Element]]:
    """Return for each migration of a project what tells that results are of the scheme before it.

    That is what the project's scheme lacks, and no scheme had later.

    Args:
        migrations: The migrations, oldest first.
        scheme: The scheme of the project.
    """
    found: list[frozenset[Element]] = []
    known = elements(scheme)
    for migration in reversed(migrations):
        found.append(elements(migration.old) - known)
        known |= elements(migration.old)
    return found[::-1]
