"""Comparison of two schemes and its effect on existing spans."""

from __future__ import annotations

from ..document import Span
from ..errors import DataError
from ..scheme import Scheme


def scheme_changes(old: Scheme, new: Scheme) -> list[str]:
    """Return the changes between two schemes that can affect existing spans or zones, one sentence each."""
    changes = [f"label {name} was removed" for name in old.labels if name not in new.labels]
    changes += [f"label {name} was added" for name in new.labels if name not in old.labels]
    for name in old.labels.keys() & new.labels.keys():
        before, after = old.labels[name].fields, new.labels[name].fields
        changes += [f"{name}.{field} was removed" for field in before if field not in after]
        changes += [f"{name}.{field} was added" for field in after if field not in before]
        for field in before.keys() & after.keys():
            if before[field].type.spec() != after[field].type.spec():
                types = f"from {before[field].type.description} to {after[field].type.description}"
                changes.append(f"{name}.{field} changed {types}")
        if set(old.labels[name].correct) != set(new.labels[name].correct):
            changes.append(f"{name}: the rule for correct values changed")
    changes += [f"zone kind {kind} was removed" for kind in old.zones if kind not in new.zones]
    changes += [f"zone kind {kind} was added" for kind in new.zones if kind not in old.zones]
    if old.overlap != new.overlap:
        changes.append("spans may now overlap" if new.overlap else "spans may no longer overlap")
    if old.word_boundaries != new.word_boundaries:
        if new.word_boundaries:
            changes.append("spans must now start and end at word boundaries")
        else:
            changes.append("spans may now start and end within words")
    return sorted(changes)


def pattern_changes(old: Scheme, new: Scheme) -> list[str]:
    """Return the changes of patterns, which affect what is suggested and no span that exists, one sentence each."""
    labels = sorted(old.labels.keys() & new.labels.keys())
    kinds = sorted(old.zones.keys() & new.zones.keys())
    changes = [
        f"{name}: the patterns changed" for name in labels if old.labels[name].patterns != new.labels[name].patterns
    ]
    zones = (old.zone_patterns, new.zone_patterns)
    return [
        *changes,
        *(f"zone kind {kind}: the patterns changed" for kind in kinds if zones[0].get(kind) != zones[1].get(kind)),
    ]


def span_incompatibility(span: Span, old: Scheme, new: Scheme) -> str | None:
    """Return why a span that is valid under the old scheme is invalid under the new one; None if it is valid."""
    label = new.labels.get(span.label)
    if label is None:
        return f"label {span.label} was removed"
    if span.value is None:
        return None
    known_parts = {
        key.name: part
        for field in old.labels[span.label].fields.values()
        for key, part in zip(field.keys, field.parts(span.value), strict=True)
        if part != key.default
    }
    try:
        new.value(span.label, **known_parts)
    except DataError as error:
        return error.problems[0].what
    return None
