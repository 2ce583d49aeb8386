"""The actor registry: ids, kinds and names of actors in current conflicts, and derived ids (`irn-backed-groups`).

States come from `data/states.tsv` (names, adjectives, peoples, capitals), all other actors from `data/actors.tsv`.
Users can add tables with the same columns as the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from ..data.iso_codes import country_codes
from ..data.tsv import included_table, parse_rows, split_values
from ..errors import DataError, Problem
from ..files.scheme_file import conflict_scheme
from ..files.text_file import read_utf8
from ..value_types import Choice
from .spelling import NameIndex, fold

_STATE_COLUMNS = ("id", "name", "aliases", "adjectives", "people", "capital", "wikidata", "lat", "lon", "radius_km")
_ACTOR_COLUMNS = ("id", "kind", "name", "aliases", "adjectives", "country", "wikidata")

_DERIVED_ID = re.compile(
    r"(?P<base>[a-z0-9-]+?)-(?P<suffix>backed-groups|military|officials|people|contractors|groups)"
)
_MAX_ID_LENGTH = 200
_KIND_BY_SUFFIX = {
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
        kind: Kind, as defined by the scheme's ACTOR label.
        name: Common English name.
        aliases: Other names and spellings.
        adjectives: Adjective forms ("Iranian", "Kurdish").
        capitals: Names of a state's seat of government, used to refer to the state.
        point: Latitude and longitude of a state as GeoNames has them, in degrees (WGS 84).
        radius_km: Radius of a circle with the area of a state.
        country: Alpha-3 code of the state that the actor belongs to; empty if there is none.
        wikidata: Wikidata item id; empty if it is not known for certain.
    """

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    radius_km: float | None = None
    country: str = ""
    wikidata: str = ""

    @property
    def names(self) -> Iterator[str]:
        """All names, adjectives and capitals that can refer to the actor."""
        yield from (self.name, *self.aliases, *self.adjectives, *self.capitals)


class ActorRegistry:
    """Actors by id and by name; a later entry with the same id replaces an earlier one."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = {actor.id: actor for actor in actors}
        self._canonical = lru_cache(maxsize=1 << 16)(self._find_canonical)

    @cached_property
    def _index(self) -> NameIndex[Actor]:
        return NameIndex(self._actors.values())

    def __len__(self) -> int:
        return len(self._actors)

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._actors.values())

    def get(self, id: str) -> Actor | None:  # noqa: A002 - the name of the key in records
        """Return the actor with an id, which may be derived (`irn-backed-groups`); None for an unknown id."""
        return self._actors.get(id) or self._derived(id)

    def find(self, name: str) -> list[Actor]:
        """Return the actors with a name, states first; empty if there are none."""
        return self._index.find(name)

    def near(self, name: str) -> list[Actor]:
        """Return actors with names similar to one that was not found."""
        actors = (actor for key in self._index.near(name) for actor in self._index.find(key))
        return list({actor.id: actor for actor in actors}.values())

    def canonical(self, id: str) -> str:  # noqa: A002
        """Return the registry's id for an id or for a name used as one (`US`, `isis`); unknown ids unchanged."""
        return self._canonical(id)

    def _find_canonical(self, id: str) -> str:  # noqa: A002
        actor = self.get(id)
        if actor is not None:
            return actor.id
        for name in (id, id.upper(), id.replace("-", " ")):
            ids = {actor.id for actor in self.find(name)}
            if len(ids) == 1:
                return ids.pop()
        return id

    def _derived(self, id: str) -> Actor | None:  # noqa: A002
        """Return the group that a derived id names; the base of the group's id is canonical."""
        match = _DERIVED_ID.fullmatch(id) if len(id) <= _MAX_ID_LENGTH else None
        if match is None:
            return None
        name, suffix = match["base"], match["suffix"]
        # a state's code, another actor's id, or a name used as an id, such as the adjective of a people
        base = self._actors.get(name.upper()) or self.get(name) or next(iter(self.find(name.replace("-", " "))), None)
        if base is None:
            return None
        # ids of groups tied to a people use its adjective, not its id
        prefix = name if base.kind == "civilian" else base.id.lower()
        # officials of a people hold offices of its authorities
        kind = _KIND_BY_SUFFIX.get(suffix) or ("state" if base.kind == "civilian" else base.kind)
        return Actor(f"{prefix}-{suffix}", kind, f"{base.name}: {suffix.replace('-', ' ')}", country=base.country)


@cache
def default_actors() -> ActorRegistry:
    """Return the registry that is included in goldspan."""
    return ActorRegistry(_included_actors())


def load_actors(*tables: Path) -> ActorRegistry:
    """Load the included registry and tables of the user.

    Raises:
        DataError: A table cannot be read or a line of it is invalid.
    """
    if not tables:
        return default_actors()
    actors = (actor for path in tables for actor in _parse_actors(read_utf8(path), str(path)))
    return ActorRegistry([*default_actors(), *actors])


def _included_actors() -> Iterator[Actor]:
    peoples = []
    for _, row in parse_rows(included_table("states.tsv"), _STATE_COLUMNS, "states.tsv"):
        yield Actor(
            id=row["id"],
            kind="state",
            name=row["name"],
            aliases=split_values(row["aliases"]),
            adjectives=split_values(row["adjectives"]),
            capitals=split_values(row["capital"]),
            point=(float(row["lat"]), float(row["lon"])) if row["lat"] else None,
            radius_km=float(row["radius_km"]) if row["radius_km"] else None,
            country=row["id"],
            wikidata=row["wikidata"],
        )
        if names := split_values(row["people"]):
            slug = "-".join(fold(names[0]).split())
            peoples.append(Actor(slug, "civilian", names[0], names[1:], country=row["id"]))
    yield from peoples
    yield from _parse_actors(included_table("actors.tsv"), "actors.tsv")


def _parse_actors(text: str, path: str) -> Iterator[Actor]:
    kind_type = conflict_scheme().labels["ACTOR"].fields["kind"].type
    kinds = kind_type.choices if isinstance(kind_type, Choice) else ()
    codes = set(country_codes())
    line_by_id: dict[str, int] = {}
    for line, row in parse_rows(text, _ACTOR_COLUMNS, path):
        if row["kind"] not in kinds:
            raise DataError(Problem(f"unknown kind {row['kind']!r}", f"known: {', '.join(kinds)}", path, line))
        if row["country"] and row["country"] not in codes:
            fix = "use an ISO 3166-1 alpha-3 code"
            raise DataError(Problem(f"unknown country {row['country']!r}", fix, path, line))
        if row["id"] in line_by_id:
            what = f"duplicate id {row['id']!r}, first used on line {line_by_id[row['id']]}"
            raise DataError(Problem(what, "remove one of the rows", path, line))
        line_by_id[row["id"]] = line
        yield Actor(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            aliases=split_values(row["aliases"]),
            adjectives=split_values(row["adjectives"]),
            country=row["country"],
            wikidata=row["wikidata"],
        )
