"""Hotkeys of the labeling config: every label and every choice has one, pressed together with Alt.

Label Studio binds keys for the whole page and gives controls without one a key of its own choosing, which may be that
of a later control. So all keys are assigned here: first those that the scheme names, then the free ones in order. A
key without Alt would act wherever the page has the focus, also on text typed after Tab has left a field.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ....schema import Scheme
from .controls import controls

MODIFIER = "alt+"
"""Modifier of every key. Control and Alt together is AltGr on many keyboards, and Shift writes capitals."""

UNSURE_KEY = "n"
"""Key of the `unsure` flag (not sure)."""

EDITOR_KEYS = frozenset("hlmr")
"""Keys that the editor itself uses with Alt over a text: hide, lock, meta, relation."""

NO_KEY = "ctrl+alt+shift+f12"
"""A key that nobody presses, for choices that would otherwise be given a letter."""

_FREE = "1234567890qwetasdfgzxcvbyiopjkun"


def hotkeys(scheme: Scheme, unsure: Hashable) -> dict[Hashable, str]:
    """Return the hotkey of each label, of each choice of its fields and of the `unsure` flag, as far as keys suffice.

    Args:
        scheme: Scheme whose labels may name keys; those outside ASCII cannot be pressed, and are replaced.
        unsure: Dictionary key for the `unsure` flag. A label is found under its name, a choice under a tuple of the
            label's name, the key of the value and the choice.

    Returns:
        Keys in the labeling config's notation: `alt+1`.
    """
    assigned: dict[Hashable, str] = {}
    for label in scheme.labels.values():
        key = (label.hotkey or "").lower()
        # the editor compares codes of physical keys, which are those of ASCII on every keyboard
        if key.isascii() and key and key not in EDITOR_KEYS and key not in assigned.values():
            assigned[label.name] = key
    if UNSURE_KEY not in assigned.values():
        assigned[unsure] = UNSURE_KEY
    free_keys = (key for key in _FREE if key not in assigned.values())
    for name in [*scheme.labels, unsure, *_choices(scheme)]:
        if name not in assigned and (free_key := next(free_keys, None)):
            assigned[name] = free_key
    return {name: f"{MODIFIER}{key}" for name, key in assigned.items()}


def unreachable_keys(scheme: Scheme) -> dict[Hashable, str]:
    """Return keys for number fields that nobody presses, by the label's name and the key of the value.

    The editor's hotkey of a number adds one to it, even while the field is hidden. A number without a hotkey would get
    the next free letter, and typing outside a field would move a place by a degree.
    """
    numbers = (
        (label.name, key.name)
        for label in scheme.labels.values()
        for item in label.fields.values()
        for key in item.keys
        if key.base in (int, float)
    )
    return {name: f"ctrl+alt+shift+f{index % 12 + 1}" for index, name in enumerate(numbers)}


def _choices(scheme: Scheme) -> Iterable[tuple[str, str, str]]:
    for label, of_label in controls(scheme).items():
        yield from ((label, control.key.name, choice) for control in of_label for choice in control.choices)
