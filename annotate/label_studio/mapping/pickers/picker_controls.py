"""The controls of pickers: which fields have one, and what its controls and its lists are called.

A field with a picker has up to three controls, and an answer in any of them answers the field: the choices that are
offered for the document at hand (`FIELD.here`), the list of all known entries (`FIELD.list`), and the text field of old
(`FIELD`), for what neither has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from .....schema import Scheme
from .....schema.value_types import TABLE, EdtfDate, Identifier, authority_name

ACTORS, PLACES, DATES = "actors", "places", "dates"
"""What pickers choose from; also the names of the fields of a task's data with what is offered for its document."""

_ENTRY_KEYS = frozenset(("kind", "lat", "lon", "country"))


@dataclass(frozen=True, slots=True)
class Picker:
    """A picker of a field.

    Attributes:
        field: Name of the text field's control.
        key: Key of the value that it fills.
        source: What it chooses from: `actors`, `places`, `dates`, or a name that stands for a table of the user's own.
        authority: What knows the ids: the same, or `table:` and the path of the table.
        beside: Keys of the same value that an entry's parts belong to, besides its id.
    """

    field: str
    key: str
    source: str
    authority: str
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
    names: dict[str, str] = {}
    for label in scheme.labels.values():
        found[label.name] = {}
        beside = _ENTRY_KEYS.intersection(key.name for item in label.fields.values() for key in item.keys)
        for item in label.fields.values():
            authority = DATES if isinstance(item.type, EdtfDate) else ""
            if isinstance(item.type, Identifier) and (item.type.table or item.type.authority in (ACTORS, PLACES)):
                authority = item.type.source
            if authority:
                source = names.setdefault(authority, _source_name(authority, names))
                name = f"{scheme.label_keys[label.name]}.{item.name}"
                entry_keys = frozenset() if source == DATES else beside - {item.name}
                found[label.name][name] = Picker(name, item.name, source, authority, entry_keys)
                beside = beside if source == DATES else frozenset()  # an entry's parts belong to the first id only
    return found


def _source_name(authority: str, names: Mapping[str, str]) -> str:
    """Return an authority as a field of a task's data: a table's of letters, digits and _, and not among `names`."""
    if not authority.startswith(TABLE):
        return authority
    name = f"table_{authority_name(authority).replace('-', '_')}"
    return name if name not in names.values() else f"{name}_{len(names)}"


def sources(scheme: Scheme) -> dict[str, str]:
    """Return what the pickers of a scheme choose from, each with its authority."""
    return {picker.source: picker.authority for picker in _all_pickers(scheme)}


def picker_names(scheme: Scheme) -> Iterator[str]:
    """Yield the name of every control that pickers of a scheme add."""
    for picker in _all_pickers(scheme):
        yield from picker.names


def _all_pickers(scheme: Scheme) -> Iterator[Picker]:
    for of_label in pickers(scheme).values():
        yield from of_label.values()
