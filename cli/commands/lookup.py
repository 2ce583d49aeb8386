"""`goldspan lookup`: look up ids of actors and places by name, so that annotators need not invent them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import note, result_json, table
from ..options import Json

if TYPE_CHECKING:
    from ...schema import Place


def lookup(
    name: Annotated[str, typer.Argument(help="A name as in the text, or an id.")],
    actors: Annotated[list[Path] | None, typer.Option("--actors", help="Your own table of actors; repeat.")] = None,
    places: Annotated[list[Path] | None, typer.Option("--places", help="Your own table of places; repeat.")] = None,
    country: Annotated[str, typer.Option(help="Only places in this country (alpha-3).")] = "",
    population: Annotated[
        int,
        typer.Option(
            help="Minimum population of settlements: 500, 1000, 5000 or 15000.",
            autocompletion=completion.complete_populations,
        ),
    ] = 15000,
    json: Json = False,
) -> None:
    """Look up the ids of an actor or a place.

    Ends with status 1 if nothing has that name; the nearest names are then shown.
    """
    from ...schema import UsageError, load_actors, load_places
    from ...schema.data.iso_codes import country_codes

    if population not in (500, 1000, 5000, 15000):
        raise UsageError(f"--population {population}: Fix: 500, 1000, 5000 or 15000")
    country = country.upper()
    if country and country not in country_codes():
        raise UsageError(f"--country {country}: no such code. Fix: ISO 3166-1 alpha-3, as in IRQ")
    registry = load_actors(*(actors or ()))
    gazetteer = load_places(*(places or ()), min_population=population)
    by_id = registry.get(name)
    found_actors = [by_id] if by_id else registry.find(name)
    place_by_id = gazetteer.get(name)
    found_places = _within(country, [place_by_id] if place_by_id else gazetteer.find(name))
    near = not found_actors and not found_places
    if near:
        found_actors, found_places = registry.near(name), _within(country, gazetteer.near(name))
    if json:
        result_json(
            {
                "exact": not near,
                "actors": [_actor(a) for a in found_actors],
                "places": [_place(p) for p in found_places],
                "gazetteer": gazetteer.edition,
            }
        )
    else:
        if near:
            nothing = f"nothing is called {name!r}"
            hint = "" if population == 500 else "; for smaller settlements: --population 500"
            note(f"{nothing}. Did you mean one of these{hint}" if found_actors or found_places else nothing + hint)
        rows = [("ACTOR", a.id, a.kind, a.name, a.country, "") for a in found_actors]
        rows += [("LOCATION", p.id, p.kind, p.name, p.country, _point(p)) for p in found_places[:20]]
        if rows:
            table(rows, ("label", "id", "kind", "name", "country", "point"))
        if len(found_places) > 20:
            note(f"and {pluralize(len(found_places) - 20, 'place')} more. Fix: narrow them with --country")
    if near:
        raise typer.Exit(1)


def _within(country: str, places: list[Place]) -> list[Place]:
    return [place for place in places if not country or place.country == country]


def _point(place: Any) -> str:
    return "" if place.lat is None else f"{place.lat}, {place.lon}"


def _actor(actor: Any) -> dict[str, Any]:
    names = {"name": actor.name, "aliases": actor.aliases}
    return {
        "id": actor.id,
        "kind": actor.kind,
        **names,
        "country": actor.country or None,
        "wikidata": actor.wikidata or None,
    }


def _place(place: Any) -> dict[str, Any]:
    point = {"lat": place.lat, "lon": place.lon, "country": place.country or None, "source": place.source or None}
    return {"id": place.id, "kind": place.kind, "name": place.name, **point}
