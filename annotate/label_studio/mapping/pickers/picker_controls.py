"""The controls of pickers: which fields have one, and what its controls and its lists are called.

A field with a picker has up to three controls, and an answer in any of them answers the field: the choices that are
offered for the document at hand (`FIELD.here`), the list of all known entries (`FIELD.list`), and the text field of old
(`FIELD`), for what neither has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .....schema import Scheme
from .....schema.value_types import EdtfDate, Identifier

ACTORS, PLACES, DATES = "actors", "places", "dates"
"""What pickers choose from; also the names of the fields of a task's data with what is offered for its document."""

_ENTRY_KEYS = frozenset(("kind", "lat", "lon", "country"))


@dataclass(frozen=True, slots=True)
class Picker:
    """A picker of a field.

    Attributes:
        field: Name of the text field's control.
        key: Key of the value that it fills.
        source: What it chooses from: `actors`, `places` or `dates`.
        beside: Keys of the same value that an entry's parts belong to, besides its id.
    """

    field: str
    key: str
    source: str
    beside: frozenset[str] = frozenset()

    @property
    def here(self) -> str:
        """Name of the control with what is offered for the document at hand."""
        return f"{self.field}.here"

    @property
    def listed(self) -> str:
        """Name of the control with the list of all entries, which dates do not have."""
        return f"{self.field}.list"

    @property
    def names(self) -> tuple[str, str]:
        """Names of both controls."""
        return self.here, self.listed


@cache
def pickers(scheme: Scheme) -> dict[str, dict[str, Picker]]:
    """Return the pickers of each label of a scheme, by the name of the text field's control."""
    found: dict[str, dict[str, Picker]] = {}
    for label in scheme.labels.values():
        found[label.name] = {}
        beside = _ENTRY_KEYS.intersection(key.name for item in label.fields.values() for key in item.keys)
        for item in label.fields.values():
            source = DATES if isinstance(item.type, EdtfDate) else ""
            if isinstance(item.type, Identifier) and item.type.authority in (ACTORS, PLACES):
                source = item.type.authority or ""
            if source:
                name = f"{scheme.label_keys[label.name]}.{item.name}"
                entry_keys = frozenset() if source == DATES else beside - {item.name}
                found[label.name][name] = Picker(name, item.name, source, entry_keys)
                beside = beside if source == DATES else frozenset()  # an entry's parts belong to the first id only
    return found


def sources(scheme: Scheme) -> set[str]:
    """Return what the pickers of a scheme choose from."""
    return {picker.source for picker in _all_pickers(scheme)}


def picker_names(scheme: Scheme) -> Iterator[str]:
    """Yield the name of every control that pickers of a scheme add."""
    for picker in _all_pickers(scheme):
        yield from picker.names


def _all_pickers(scheme: Scheme) -> Iterator[Picker]:
    for of_label in pickers(scheme).values():
        yield from of_label.values()
