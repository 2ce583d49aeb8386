"""The actor registry: ids, kinds and names of the actors of today's conflicts, and ids for groups known by a tie.

States come from `data/states.tsv` (names, adjectives, peoples, capitals), all others from `data/actors.tsv`; users add
tables of their own with the same columns as the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from ..document import Value
from ..errors import DataError, Problem
from ..files.scheme_file import conflict_scheme
from ..scheme import Label, Scheme
from ..value_types import Choice, country_codes
from .spelling import NameIndex, fold
from .tsv import read_table, rows, several, shipped_table

_STATES = ("id", "name", "aliases", "adjectives", "people", "capital", "wikidata", "lat", "lon")
_ACTORS = ("id", "kind", "name", "aliases", "adjectives", "country", "wikidata")

_TIED = re.compile(r"(?P<of>[a-z0-9-]+?)-(?P<suffix>backed-groups|military|officials|people|contractors|groups)")
_LONGEST_ID = 200
_KINDS = {
    "backed-groups": "armed_group",
    "military": "military",
    "people": "civilian",
    "contractors": "civilian",
    "groups": "armed_group",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """An entry of the registry.

    Attributes:
        id: ISO 3166-1 alpha-3 for a state, else a slug.
        kind: As in the scheme's ACTOR label.
        name: The usual English name.
        aliases: Other names and spellings.
        adjectives: Forms that stand before a noun ("Iranian", "Kurdish").
        capitals: Names of a state's seat of government, which stand for it.
        point: Of a state, latitude and longitude of a point near its middle, degrees WGS 84.
        country: Alpha-3 code of the state that it belongs to, empty where there is none.
        wikidata: Item id, empty where it is not known for certain.
    """

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    country: str = ""
    wikidata: str = ""

    @property
    def names(self) -> Iterator[str]:
        """Everything that may stand for it."""
        yield from (self.name, *self.aliases, *self.adjectives, *self.capitals)


class ActorRegistry:
    """Actors by id and by name; a later entry of the same id replaces an earlier one."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = {actor.id: actor for actor in actors}
        self._index = NameIndex(self._actors.values())

    def __len__(self) -> int:
        return len(self._actors)

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._actors.values())

    def get(self, id: str) -> Actor | None:  # noqa: A002 - the records' own word
        """The actor of an id, one derived from a tie included (`irn-backed-groups`); None for an unknown id."""
        return self._actors.get(id) or self._derived(id)

    def find(self, name: str) -> list[Actor]:
        """The actors of a name, states first; empty where there is none."""
        return self._index.find(name)

    def near(self, name: str) -> list[Actor]:
        """Actors of names like one that was not found."""
        found = (actor for key in self._index.near(name) for actor in self._index.find(key))
        return list({actor.id: actor for actor in found}.values())

    def canonical(self, id: str) -> str:  # noqa: A002
        """The registry's id for an id or a name in its place (`US`, `isis`); itself where neither is known."""
        known = self.get(id)
        if known is not None:
            return known.id
        for name in (id, id.upper(), id.replace("-", " ")):
            found = {actor.id for actor in self.find(name)}
            if len(found) == 1:
                return found.pop()
        return id

    def _derived(self, id: str) -> Actor | None:  # noqa: A002
        """The group that an id names by its tie; its own id says the tie's other end as the registry does."""
        match = _TIED.fullmatch(id) if len(id) <= _LONGEST_ID else None
        if match is None:
            return None
        tied, suffix = match["of"], match["suffix"]
        # a state's code, another actor's id, or a name in its place, such as the adjective of a people
        of = self._actors.get(tied.upper()) or self.get(tied) or next(iter(self.find(tied.replace("-", " "))), None)
        if of is None:
            return None
        # a people has no id that it could be tied to: its adjective stands
        end = tied if of.kind == "civilian" else of.id.lower()
        kind = _KINDS.get(suffix, of.kind)
        return Actor(f"{end}-{suffix}", kind, f"{of.name}: {suffix.replace('-', ' ')}", country=of.country)


@cache
def shipped_actors() -> ActorRegistry:
    """The registry that goldspan ships."""
    return ActorRegistry(_shipped())


def load_actors(*tables: Path) -> ActorRegistry:
    """The shipped registry and the user's tables.

    Raises:
        DataError: A table cannot be read or breaks a rule, with its line.
    """
    if not tables:
        return shipped_actors()
    users = (actor for path in tables for actor in _actors(read_table(path), str(path)))
    return ActorRegistry([*shipped_actors(), *users])


def _shipped() -> Iterator[Actor]:
    people = []
    for _, row in rows(shipped_table("states.tsv"), _STATES, "states.tsv"):
        yield Actor(
            id=row["id"],
            kind="state",
            name=row["name"],
            aliases=several(row["aliases"]),
            adjectives=several(row["adjectives"]),
            capitals=several(row["capital"]),
            point=(float(row["lat"]), float(row["lon"])) if row["lat"] else None,
            country=row["id"],
            wikidata=row["wikidata"],
        )
        if names := several(row["people"]):
            slug = "-".join(fold(names[0]).split())
            people.append(Actor(slug, "civilian", names[0], names[1:], country=row["id"]))
    yield from people
    yield from _actors(shipped_table("actors.tsv"), "actors.tsv")


def _actors(text: str, path: str) -> Iterator[Actor]:
    kinds = conflict_scheme().labels["ACTOR"].fields["kind"].type
    known = kinds.choices if isinstance(kinds, Choice) else ()
    codes = set(country_codes())
    seen: dict[str, int] = {}
    for line, row in rows(text, _ACTORS, path):
        if row["kind"] not in known:
            raise DataError(Problem(f"unknown kind {row['kind']!r}", f"known: {', '.join(known)}", path, line))
        if row["country"] and row["country"] not in codes:
            raise DataError(Problem(f"unknown country {row['country']!r}", "ISO 3166-1 alpha-3", path, line))
        if row["id"] in seen:
            raise DataError(
                Problem(f"the id {row['id']!r} stands on line {seen[row['id']]} too", "remove one", path, line)
            )
        seen[row["id"]] = line
        yield Actor(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            aliases=several(row["aliases"]),
            adjectives=several(row["adjectives"]),
            country=row["country"],
            wikidata=row["wikidata"],
        )


def canonical_value(value: Value | None, label: Label, scheme: Scheme) -> Value | None:
    """The value of a label with its actors' ids as the registry has them; what two values are compared by."""
    if value is None:
        return None
    for found, item, authority in scheme.identifiers():
        if found.name == label.name and authority == "actors":
            name = getattr(value, item.name)
            known = load_actors().canonical(name) if name is not None else None
            if known != name:
                value = replace(value, **{item.name: known})
    return value
