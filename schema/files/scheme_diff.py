"""What a change of scheme means for spans that exist."""

from __future__ import annotations

from ..document import Span
from ..errors import DataError
from ..scheme import Scheme
from ..value_types import Choice, Identifier, ValueType


def scheme_changes(old: Scheme, new: Scheme) -> list[str]:
    """What changed from one scheme to another that existing spans or zones can feel, one sentence each."""
    changes = [f"label {name} is gone" for name in old.labels if name not in new.labels]
    changes += [f"label {name} is new" for name in new.labels if name not in old.labels]
    for name in old.labels.keys() & new.labels.keys():
        before, after = old.labels[name].fields, new.labels[name].fields
        changes += [f"{name}.{field} is gone" for field in before if field not in after]
        changes += [f"{name}.{field} is new" for field in after if field not in before]
        for field in before.keys() & after.keys():
            if before[field].type.spec() != after[field].type.spec():
                changes.append(f"{name}.{field} was {_said(before[field].type)}, is {_said(after[field].type)}")
        if set(old.labels[name].correct) != set(new.labels[name].correct):
            changes.append(f"{name}: another rule says when a value is right")
    changes += [f"zone kind {kind} is gone" for kind in old.zones if kind not in new.zones]
    changes += [f"zone kind {kind} is new" for kind in new.zones if kind not in old.zones]
    if old.overlap != new.overlap:
        changes.append("spans may now overlap" if new.overlap else "spans may no longer overlap")
    if old.word_boundaries != new.word_boundaries:
        changes.append("spans must now keep to whole words" if new.word_boundaries else "spans may now cut words")
    return sorted(changes)


def _said(kind: ValueType) -> str:
    if isinstance(kind, Choice):
        return f"a choice of {', '.join(kind.choices)}"
    if isinstance(kind, Identifier):
        return f"an identifier ({kind.authority or 'free'})"
    return kind.name


def span_survives(span: Span, old: Scheme, new: Scheme) -> str | None:
    """Why a span that is right under the old scheme is not under the new one; None where it is."""
    label = new.labels.get(span.label)
    if label is None:
        return f"label {span.label} is gone"
    if span.value is None:
        return None
    known = {
        key.name: part
        for item in old.labels[span.label].fields.values()
        for key, part in zip(item.keys, item.parts(span.value), strict=True)
        if part != key.default
    }
    try:
        new.value(span.label, **known)
    except DataError as error:
        return error.problems[0].what
    return None
