"""The keys of the labelling interface: every label and every choice has one of its own, pressed together with Alt.

Label Studio binds keys for the whole page and gives controls without one a key of its own choosing, which may be that
of a later control. So all keys are given out here: first those that the scheme names, then the free ones in order. A
key without Alt would act wherever the page has the focus, also on someone who writes on after Tab has left a field.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ....schema import Scheme
from ....schema.value_types import Choice

MODIFIER = "alt+"
"""What is held down with each key. Control and Alt together is AltGr on many keyboards, and Shift writes capitals."""

UNSURE_KEY = "n"
"""For the mark of doubt (not sure)."""

EDITOR_KEYS = frozenset("hlmr")
"""Keys that the editor uses with Alt over a text: hide, lock, meta, relation."""

_FREE = "1234567890qwetasdfgzxcvbyiopjkun"


def hotkeys(scheme: Scheme, unsure: Hashable) -> dict[Hashable, str]:
    """The key of each label, of each choice of its fields and of the mark of doubt, as far as there are keys.

    Args:
        scheme: Whose labels may name keys.
        unsure: What the mark of doubt is called in the answer; a label goes by its name, a choice by the label's
            name, the key of the value and what is chosen.

    Returns:
        Keys as the interface writes them: `alt+1`.
    """
    given: dict[Hashable, str] = {}
    for label in scheme.labels.values():
        key = (label.hotkey or "").lower()
        if key and key not in EDITOR_KEYS and key not in given.values():
            given[label.name] = key
    if UNSURE_KEY not in given.values():
        given[unsure] = UNSURE_KEY
    free = (key for key in _FREE if key not in given.values())
    for name in [*scheme.labels, unsure, *_choices(scheme)]:
        if name not in given and (spare := next(free, None)):
            given[name] = spare
    return {name: f"{MODIFIER}{key}" for name, key in given.items()}


def unreachable_keys(scheme: Scheme) -> dict[Hashable, str]:
    """Keys of numbers that nobody presses, by the label's name and the key of the value.

    The editor's key of a number adds one to it, also where the field does not show; a number without a key would get
    the next free letter, and typing beside a field would move a place by a degree.
    """
    numbers = (
        (label.name, key.name)
        for label in scheme.labels.values()
        for item in label.fields.values()
        for key in item.keys
        if key.base in (int, float)
    )
    return {name: f"ctrl+alt+shift+f{place % 12 + 1}" for place, name in enumerate(numbers)}


def _choices(scheme: Scheme) -> Iterable[tuple[str, str, str]]:
    for label in scheme.labels.values():
        for item in label.fields.values():
            if isinstance(item.type, Choice):
                yield from ((label.name, item.name, choice) for choice in item.type.choices)
            yield from ((label.name, key.name, key.name) for key in item.keys if key.base is bool)
