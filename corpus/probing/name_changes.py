"""Other names in texts: of entities of the same kind, by whose names alone they can be found.

Only spans are changed whose whole surface is a name or an adjective of an entity. An entity gets one other entity
within a document, and entities that differ get others that differ.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from random import Random
from typing import Any, NamedTuple, TypeVar

from ...schema import Document, Gazetteer, Scheme, Span, Value, load_places
from ...schema.hashing import draw_key
from ...schema.names.actors import Actor, ActorRegistry
from ...schema.names.authorities import registry_of
from ...schema.names.gazetteer import Place
from ...schema.names.spelling import fold
from ...schema.scheme import Label
from ...schema.value_types import Coordinates, Identifier, stated_parts
from ...schema.values.wikidata import WikidataItem
from .expectations import Probe
from .text_edits import SpanRewrite, TextEdit, text_probe

T = TypeVar("T")

_LARGEST_SETTLEMENTS = 400
"""Settlements that stand in for others: the largest, which models know."""

_FORMS = ("name", "adjective")
_PLAIN = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")
"""Names whose bounds are in no doubt, unlike those with apostrophes or full stops."""


class _Entity(NamedTuple):
    """An entity with the forms of its name.

    Attributes:
        forms: What it is called, first the common one, by form.
        point: Latitude and longitude in degrees; None if unknown, or it is no place.
        country: Alpha-3 code; None if there is none.
    """

    id: str
    kind: str
    forms: Mapping[str, tuple[str, ...]]
    point: tuple[float, float] | None = None
    country: str | None = None

    def form_of(self, surface: str) -> str | None:
        """Return the form that a surface is; None if it is not one of them."""
        key = fold(surface)
        return next((form for form in _FORMS if any(fold(name) == key for name in self.forms.get(form, ()))), None)


class _Named(NamedTuple):
    """What a span names.

    Attributes:
        entity: The entity.
        form: The form of its name that the surface is.
        field: The field of the value with its id.
        authority: The authority of the id.
    """

    entity: _Entity
    form: str
    field: str
    authority: str


def changed_names(scheme: Scheme, seed: int) -> Probe:
    """Return the probe that changes names within spans whose values hold ids of a registry, a gazetteer or a table."""
    authorities: dict[str, tuple[str, str]] = {}
    for label, item, authority in scheme.identifiers():
        if authority != "iso-3166-1":
            authorities.setdefault(label.name, (item.name, authority))

    def changes(document: Document, answer: Sequence[Span]) -> list[SpanRewrite | None]:
        named = [_named(span, document.surface(span), *authorities.get(span.label, ("", ""))) for span in answer]
        forms: dict[str, set[tuple[str, str]]] = {}
        for each in named:
            if each is not None:
                forms.setdefault(each.entity.id, set()).add((each.authority, each.form))
        others: dict[str, Mapping[str, _Entity]] = {}
        for each in named:
            if each is not None and each.entity.id not in others:
                taken = {*forms, *(other.id for by_authority in others.values() for other in by_authority.values())}
                draw = Random(draw_key("names", str(seed), document.id, each.entity.id))
                others[each.entity.id] = _other(named, each.entity.id, forms[each.entity.id], taken, draw)
        return [
            None
            if each is None or each.authority not in others[each.entity.id]
            else _change(span, scheme.labels[span.label], each, others[each.entity.id][each.authority])
            for span, each in zip(answer, named, strict=True)
        ]

    return text_probe("names", scheme, changes)


def _change(span: Span, label: Label, named: _Named, other: _Entity) -> SpanRewrite:
    edit = TextEdit(span.start, span.end, other.forms[named.form][0])
    if span.value is None or getattr(span.value, named.field) is None:
        return SpanRewrite(edit, None)
    if any(isinstance(item.type, WikidataItem) and item.knows(span.value) for item in label.fields.values()):
        return SpanRewrite(edit, None)  # its item is another one too, and not known
    return SpanRewrite(edit, _value_of(span.value, label, named.field, other), (named.field, named.authority))


def _value_of(value: Value, label: Label, field: str, other: _Entity) -> Value:
    """Return a value with the id of another entity, and the point and the country that follow from it."""
    parts: dict[str, Any] = stated_parts(value) | {field: other.id}
    for item in label.fields.values():
        if isinstance(item.type, Coordinates):
            parts |= dict(zip((key.name for key in item.keys), other.point or (None, None), strict=True))
        elif isinstance(item.type, Identifier) and item.type.source == "iso-3166-1":
            parts[item.name] = other.country
    return label.value_type(**parts)


def _named(span: Span, surface: str, field: str, authority: str) -> _Named | None:
    """Return the entity that a span's value names, or without a value the only one of the name.

    It is None if there is no such entity, or the surface is not a form of its name.
    """
    if not authority:
        return None
    stated = None if span.value is None else getattr(span.value, field)
    if stated:
        entity = _entity_of(stated, authority)
    elif (registry := registry_of(authority)) is None:
        place = _only(load_places().candidates(surface))
        entity = None if place is None else _of_place(place)
    else:
        actor = _only(registry.find(surface))
        entity = None if actor is None else _of_actor(actor)
    form = None if entity is None else entity.form_of(surface)
    return None if entity is None or form is None else _Named(entity, form, field, authority)


def _entity_of(id: str, authority: str) -> _Entity | None:  # noqa: A002 - as in the registry
    """Return the entity of an id; None if the authority does not know it."""
    registry = registry_of(authority)
    if registry is None:
        place = load_places().get(id)
        return None if place is None else _of_place(place)
    actor = registry.get(registry.canonical(id))
    return None if actor is None else _of_actor(actor)


def names_entity(value: Value | None, field: str, authority: str) -> bool:
    """Return whether a value has an id that its authority knows.

    Args:
        value: The value.
        field: The field with the id.
        authority: The authority of the id.
    """
    stated = None if value is None else getattr(value, field)
    return stated is not None and _entity_of(stated, authority) is not None


def _only(found: Sequence[T]) -> T | None:
    return found[0] if len(found) == 1 else None


def _of_actor(actor: Actor) -> _Entity:
    forms = {"name": (actor.name, *actor.aliases), "adjective": actor.adjectives}
    return _Entity(actor.id, _kind_of(actor), forms, country=actor.country or None)


def _kind_of(actor: Actor) -> str:
    """Return the kind of an actor; a state's own bodies, which are of its kind, are no states."""
    return "country" if actor.country and actor.id == actor.country else actor.kind


def _of_place(place: Place) -> _Entity:
    point = None if place.lat is None or place.lon is None else (place.lat, place.lon)
    return _Entity(place.id, place.kind, {"name": (place.name, *place.aliases)}, point, place.country or None)


def _other(
    named: Sequence[_Named | None],
    entity: str,
    forms: Collection[tuple[str, str]],
    taken: Collection[str],
    draw: Random,
) -> Mapping[str, _Entity]:
    """Return another entity, as each authority has it that names the entity; nothing if there is none.

    Args:
        named: What the spans of the document name.
        entity: The id of the entity.
        forms: The forms that the other one needs, each with its authority.
        taken: Ids that are no others.
        draw: What draws it.
    """
    kinds = {each.authority: each.entity.kind for each in named if each is not None and each.entity.id == entity}
    candidates = {
        authority: {each.id: each for each in _candidates(authority, kind)} for authority, kind in kinds.items()
    }
    suitable = [
        name
        for name in next(iter(candidates.values()))
        if name not in taken and all(name in known for known in candidates.values())
        if all(candidates[authority][name].forms.get(form) for authority, form in forms)
    ]
    if not suitable:
        return {}
    chosen = draw.choice(suitable)
    return {authority: known[chosen] for authority, known in candidates.items()}


def _candidates(authority: str, kind: str) -> tuple[_Entity, ...]:
    """Return the entities of a kind that are found by their names alone, sorted by id."""
    registry = registry_of(authority)
    return _places_of(kind) if registry is None else _actors_of(registry, kind)


def _is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None


@cache
def _actors_of(registry: ActorRegistry, kind: str) -> tuple[_Entity, ...]:
    found = (
        actor
        for actor in registry
        if _kind_of(actor) == kind and _is_plain(actor.name) and len(registry.find(actor.name)) == 1
    )
    entities = (_of_actor(actor) for actor in found)
    return tuple(
        entity._replace(forms={**entity.forms, "adjective": _unique(registry, entity)})
        for entity in sorted(entities, key=lambda each: each.id)
    )


def _unique(registry: ActorRegistry, entity: _Entity) -> tuple[str, ...]:
    return tuple(name for name in entity.forms["adjective"] if [each.id for each in registry.find(name)] == [entity.id])


@cache
def _places_of(kind: str) -> tuple[_Entity, ...]:
    places = load_places()
    found = (place for place in _known_places(places) if place.kind == kind and _is_plain(place.name))
    alone = (place for place in found if [each.id for each in places.candidates(place.name)] == [place.id])
    return tuple(map(_of_place, sorted(alone, key=lambda place: place.id)))


def _known_places(places: Gazetteer) -> Iterator[Place]:
    yield from places
    yield from islice(places.settlements(), _LARGEST_SETTLEMENTS)
