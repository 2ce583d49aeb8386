"""`goldspan lookup`: look up ids by name, so that annotators need not invent them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import note, result_json, table
from ..options import Json, SchemeFile

if TYPE_CHECKING:
    from ...schema import Place, Scheme


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
    scheme: SchemeFile = None,
    label: Annotated[
        str,
        typer.Option(
            metavar="LABEL",
            help="Only ids of this label of the scheme.",
            autocompletion=completion.complete_labels,
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Look up ids by name: of actors, of places, and of the tables that your own scheme names.

    Ends with status 1 if nothing has that name; the nearest names are then shown.
    """
    from ...schema import UsageError, load_actors, load_places, load_scheme
    from ...schema.data.iso_codes import country_codes
    from ...schema.names.authorities import registry_of

    if population not in (500, 1000, 5000, 15000):
        raise UsageError(f"--population {population}: Fix: 500, 1000, 5000 or 15000")
    country = country.upper()
    if country and country not in country_codes():
        raise UsageError(f"--country {country}: no such code. Fix: ISO 3166-1 alpha-3, as in IRQ")
    labels = _labels_by_authority(load_scheme(scheme), label)
    options = {"--actors": (actors, "actors"), "--places": (places, "places"), "--country": (country, "places")}
    for option, (value, authority) in options.items():
        if value and authority not in labels:
            what = f"{option} has no effect, as {f'{label} has' if label else 'the scheme has'} no ids of {authority}"
            raise UsageError(f"{what}. Fix: leave out {option}")
    sources: dict[str, Any] = {authority: registry_of(authority) for authority in labels}
    if "actors" in labels:
        sources["actors"] = load_actors(*(actors or ()))
    if "places" in labels:
        sources["places"] = load_places(*(places or ()), min_population=population)
    found = {authority: _exact(source, name) for authority, source in sources.items()}
    found["places"] = _within(country, found.get("places", []))
    near = not any(found.values())
    if near:
        found |= {authority: source.near(name) for authority, source in sources.items()}
        found["places"] = _within(country, found["places"])
    if json:
        tables = [
            {"table": source.edition, "labels": labels[authority], "entries": [_entry(e) for e in found[authority]]}
            for authority, source in sources.items()
            if authority not in ("actors", "places")
        ]
        result_json(
            {
                "exact": not near,
                "actors": [_actor(a) for a in found.get("actors", ())],
                "places": [_place(p) for p in found["places"]],
                "gazetteer": sources["places"].edition if "places" in sources else None,
                **({"tables": tables} if tables else {}),
            }
        )
    else:
        if near:
            nothing = f"nothing is called {name!r}"
            hint = "" if population == 500 or "places" not in labels else "; for smaller settlements: --population 500"
            note(f"{nothing}. Did you mean one of these{hint}" if any(found.values()) else nothing + hint)
        rows = [
            (", ".join(labels[authority]), e.id, e.kind, e.name, e.country, _point(e) if authority == "places" else "")
            for authority, entries in found.items()
            for e in entries[: 20 if authority == "places" else None]
        ]
        if rows:
            table(rows, ("label", "id", "kind", "name", "country", "point"))
        if len(found["places"]) > 20:
            note(f"and {pluralize(len(found['places']) - 20, 'place')} more. Fix: narrow them with --country")
    if near:
        raise typer.Exit(1)


def _labels_by_authority(scheme: Scheme, label: str) -> dict[str, list[str]]:
    """Return what knows the ids of a scheme's labels, or of one of them, each with the labels that have such ids."""
    from ...schema import UsageError

    if label:
        scheme.label(label)
    found: dict[str, list[str]] = {}
    for definition, _, authority in scheme.identifiers():
        if authority != "iso-3166-1" and label in ("", definition.name):
            names = found.setdefault(authority, [])
            names += [definition.name] if definition.name not in names else []
    if not found:
        what = f"the label {label!r} has" if label else f"the scheme {scheme.ref} has"
        fix = 'give a field of it an authority or a table, as in { type = "identifier", table = "courts.csv" }'
        raise UsageError(f"{what} no ids to look up. Fix: {fix}")
    return found


def _exact(source: Any, name: str) -> list[Any]:
    by_id = source.get(name)
    return [by_id] if by_id else list(source.find(name))


def _within(country: str, places: list[Place]) -> list[Place]:
    return [place for place in places if not country or place.country == country]


def _point(place: Any) -> str:
    return "" if place.lat is None else f"{place.lat}, {place.lon}"


def _entry(entry: Any) -> dict[str, Any]:
    return {"id": entry.id, "kind": entry.kind or None, "name": entry.name, "aliases": entry.aliases}


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
