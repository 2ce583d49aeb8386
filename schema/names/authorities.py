"""Authorities of identifiers by name: the actor registry, the gazetteer, and tables of a user's own."""

from __future__ import annotations

from functools import cache, lru_cache

from msgspec.structs import replace

from ..document import Value
from ..files.entity_table_file import read_entity_file
from ..scheme import Label, Scheme
from ..value_types import TABLE
from .actors import Actor, ActorRegistry, load_actors


class EntityTable(ActorRegistry):
    """Entities of a table of a user's own, by id and by name; no id is derived from others.

    Attributes:
        edition: The edition of the table: its file name and the first digits of a digest of its contents.
    """

    def __init__(self, path: str) -> None:
        """Read the table.

        Raises:
            DataError: The file cannot be read, or is invalid.
        """
        content = read_entity_file(path)
        self.edition = content.edition
        super().__init__(Actor(row.id, row.kind, row.names[0], row.names[1:]) for row in content.rows)

    def _derived(self, id: str) -> Actor | None:  # noqa: A002 - as in the registry
        return None


def entity_table(path: str) -> EntityTable:
    """Return a table of a user's own, read once for each edition.

    Raises:
        DataError: The file cannot be read, or is invalid.
    """
    return _table(path, read_entity_file(path).edition)


@lru_cache(maxsize=16)
def _table(path: str, _edition: str) -> EntityTable:
    return EntityTable(path)


def registry_of(authority: str) -> ActorRegistry | None:
    """Return the registry or table of an authority; None for places, and for countries, which need none.

    Args:
        authority: The authority of an identifier, as `Scheme.identifiers` states it.

    Raises:
        DataError: A table cannot be read, or is invalid.
    """
    if authority.startswith(TABLE):
        return entity_table(authority.removeprefix(TABLE))
    return load_actors() if authority == "actors" else None


def edition_of(authority: str) -> str:
    """Return the edition of a table; empty for what comes with goldspan, which does not change while it runs.

    Raises:
        DataError: The table cannot be read, or is invalid.
    """
    return read_entity_file(authority.removeprefix(TABLE)).edition if authority.startswith(TABLE) else ""


def table_editions(scheme: Scheme) -> list[str]:
    """Return the editions of the tables that a scheme names, sorted.

    Raises:
        DataError: A table cannot be read, or is invalid.
    """
    return sorted({edition for *_, authority in scheme.identifiers() if (edition := edition_of(authority))})


def canonical_value(value: Value | None, label: Label, scheme: Scheme) -> Value | None:
    """Return a value with the ids of its registries and tables in canonical form, ready to be compared with another."""
    if value is None:
        return None
    for name, authority in _canonical_fields(scheme).get(label.name, ()):
        stated = getattr(value, name)
        registry = registry_of(authority) if stated is not None else None
        canonical = registry.canonical(stated) if registry is not None else stated
        if canonical != stated:
            value = replace(value, **{name: canonical})
    return value


@cache
def _canonical_fields(scheme: Scheme) -> dict[str, list[tuple[str, str]]]:
    """Return the fields, with their authorities, of which names stand for ids, by label."""
    found: dict[str, list[tuple[str, str]]] = {}
    for label, item, authority in scheme.identifiers():
        if authority == "actors" or authority.startswith(TABLE):
            found.setdefault(label.name, []).append((item.name, authority))
    return found
