"""Toponyms of a corpus with coordinates against what the rules say of them.

To run: `python -m benchmarks.extractors.places FILE…`. A file has records whose spans are the toponyms of a text,
literal or not, with `lat` and `lon` in their values (null where the source has no point); the labels of its spans are
not read.

**Predicted** are, each with the point of its value or of the gazetteer:

- every LOCATION span;
- every ACTOR span that is the name of a place: of a country, a capital that stands for its government, a region;
- names of places within longer spans, longest first: of countries, regions, divisions and natural features, of cities
  of 100,000 people, and those that the rules mark as a LOCATION elsewhere in the document; none within persons;
- adjectives of countries ("Turkish"), which count only if the gold has them, because sources differ on these.

**Recognition** is micro F1 over spans of the same bounds; beside it, over spans that overlap, from left to right.
**Resolution** is the share of the matched toponyms with a point in the gold that are within 161 km of it (100 miles, as
is usual); a prediction without a point is wrong. The median is over the matched ones with both points.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from goldspan.annotate.rules import Rules
from goldspan.schema import Document, Metadata, Place, Span, conflict_scheme, distance_km
from goldspan.schema.names.actors import default_actors
from goldspan.schema.names.gazetteer import default_places

NEAR_KM = 161
_LARGE = 100_000
_MOST_WORDS = 5
_WORD = re.compile(r"[^\W_](?:[^\W_]|[.'’-](?=\w))*\.?")


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name of a place in a text.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last one.
        point: Latitude and longitude; None if unknown.
        optional: Whether it counts only if the gold has it.
    """

    start: int
    end: int
    point: tuple[float, float] | None
    optional: bool = False


@dataclass(slots=True)
class Figures:
    """Counts of toponyms.

    Attributes:
        gold: Those of the gold.
        predicted: Those that count as predicted.
        exact: Pairs with the same bounds.
        overlapping: Pairs that overlap.
        errors_km: Distances of the pairs with the same bounds and a point in the gold; infinite without a prediction's.
        overlap_errors_km: The same for pairs that overlap.
    """

    gold: int = 0
    predicted: int = 0
    exact: int = 0
    overlapping: int = 0
    errors_km: list[float] | None = None
    overlap_errors_km: list[float] | None = None


def main(paths: list[Path]) -> None:
    """Print the figures of each file."""
    rules = Rules(conflict_scheme())
    for path in paths:
        figures = Figures(errors_km=[], overlap_errors_km=[])
        for record in map(json.loads, path.read_text("utf-8").splitlines()):
            document = _document(record)
            [spans] = rules.extract([document])
            count(figures, gold_toponyms(record), list(predicted_toponyms(document, spans)))
        print(f"{path.name}: {figures.gold} toponyms")
        _print(figures, "same bounds", figures.exact, figures.errors_km or [])
        _print(figures, "overlap", figures.overlapping, figures.overlap_errors_km or [])


def _print(figures: Figures, name: str, pairs: int, errors: list[float]) -> None:
    precision, recall = pairs / max(figures.predicted, 1), pairs / max(figures.gold, 1)
    known = [error for error in errors if error != float("inf")]
    near = sum(error <= NEAR_KM for error in errors) / max(len(errors), 1)
    print(
        f"  {name:<12} P {precision:.3f} R {recall:.3f} F1 {2 * pairs / (figures.predicted + figures.gold or 1):.3f}"
        f"  within {NEAR_KM} km {near:.3f} of {len(errors)} (no point {len(errors) - len(known)})"
        f"  median {median(known) if known else 0:.1f} km"
    )


def _document(record: dict[str, Any]) -> Document:
    return Document(id=record["id"], text=record["text"], meta=Metadata(published=record.get("dct")), spans=())


def gold_toponyms(record: dict[str, Any]) -> list[Toponym]:
    """Return the toponyms of a record."""
    found = []
    for span in record["spans"]:
        lat, lon = span["value"].get("lat"), span["value"].get("lon")
        found.append(Toponym(span["start"], span["end"], None if lat is None or lon is None else (lat, lon)))
    return sorted(found, key=lambda toponym: toponym.start)


def predicted_toponyms(document: Document, spans: list[Span]) -> Iterator[Toponym]:
    """Yield the toponyms that spans of the rules amount to, in the order of the text."""
    text = document.text or ""
    marked = {text[span.start : span.end]: span for span in spans if span.label == "LOCATION"}
    for span in spans:
        value: Any = span.value
        if span.label == "LOCATION":
            yield Toponym(span.start, span.end, _point(value))
        elif span.label == "ACTOR" and getattr(value, "kind", "") != "person":
            yield from _names_within(text, span, getattr(value, "id", ""), marked)


def _names_within(text: str, span: Span, actor: str, marked: dict[str, Span]) -> Iterator[Toponym]:
    """Yield the names of places in an ACTOR span, from left to right, the longest at each word."""
    words = [match.span() for match in _WORD.finditer(text, span.start, span.end)]
    index = 0
    while index < len(words):
        for last in range(min(index + _MOST_WORDS, len(words)), index, -1):
            start, end = words[index][0], words[last - 1][1]
            whole = (start, end) == (span.start, span.end)
            if (found := _toponym(text, start, end, actor if whole else "", marked)) is not None:
                yield found
                index = last - 1
                break
        index += 1


def _toponym(text: str, start: int, end: int, actor: str, marked: dict[str, Span]) -> Toponym | None:
    name = text[start:end]
    if not name[0].isupper() and not name[0].isdigit():
        return None
    if name in marked:
        return Toponym(start, end, _point(marked[name].value))
    if adjective := _ADJECTIVES.get(name):
        return Toponym(start, end, adjective, optional=True)
    places = default_places().find(name)
    known = [place for place in places if place.country == actor] or places
    if name in _CAPITALS.get(actor, ()):  # it stands for the government, and is no division of its name
        known = [place for place in known if place.kind == "settlement"] or known
    place = next((place for place in known if _is_large(place, name)), None)
    return Toponym(start, end, _point(place)) if place is not None else None


def _is_large(place: Place, name: str) -> bool:
    if place.kind == "settlement":
        return place.population >= _LARGE and name == place.name
    return place.kind != "facility" and (len(name) > 3 or place.kind == "country")


def _point(place: Any) -> tuple[float, float] | None:
    """Return the point of a place or of the value of a LOCATION; None if it has none."""
    lat, lon = getattr(place, "lat", None), getattr(place, "lon", None)
    return None if lat is None or lon is None else (lat, lon)


_CAPITALS = {actor.id: {*actor.capitals, *map(str.upper, actor.capitals)} for actor in default_actors()}

_ADJECTIVES = {
    adjective: actor.point for actor in default_actors() if actor.kind == "state" for adjective in actor.adjectives
}


def count(figures: Figures, gold: list[Toponym], predicted: list[Toponym]) -> None:
    """Add the toponyms of a document to the counts."""
    bounds = {(toponym.start, toponym.end): toponym for toponym in gold}
    overlapping = _overlapping_pairs(gold, predicted)
    paired = {id(ours) for _, ours in overlapping}
    predicted = [ours for ours in predicted if not ours.optional or id(ours) in paired]
    exact = [(bounds[key], ours) for ours in predicted if (key := (ours.start, ours.end)) in bounds]
    figures.gold += len(gold)
    figures.predicted += len(predicted)
    figures.exact += len(exact)
    figures.overlapping += len(overlapping)
    for pairs, errors in ((exact, figures.errors_km), (overlapping, figures.overlap_errors_km)):
        assert errors is not None
        errors.extend(_error(theirs, ours) for theirs, ours in pairs if theirs.point is not None)


def _overlapping_pairs(gold: list[Toponym], predicted: list[Toponym]) -> list[tuple[Toponym, Toponym]]:
    """Pair toponyms from left to right, each at most once."""
    pairs, free = [], list(gold)
    for ours in predicted:
        match = next((theirs for theirs in free if theirs.start < ours.end and ours.start < theirs.end), None)
        if match is not None:
            pairs.append((match, ours))
            free.remove(match)
    return pairs


def _error(theirs: Toponym, ours: Toponym) -> float:
    assert theirs.point is not None
    return float("inf") if ours.point is None else distance_km(theirs.point, ours.point)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
