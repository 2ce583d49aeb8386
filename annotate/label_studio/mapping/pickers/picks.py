"""Answers in pickers: how suggestions are shown as picks, and which of several answers to a field counts.

A pick stands for its whole entry: the kind of an actor, the point and country of a place. Suggestions that are exactly
an entry are sent as the pick alone, and on reading, the parts that nobody filled in are filled from the entry. So
whoever picks another entry changes all of the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .....schema import Scheme, load_places
from .....schema.data.text_lines import text_lines
from .....schema.names.authorities import registry_of
from .known_entries import entry_parts
from .picker_controls import DATES, PLACES, Picker, pickers

Result = dict[str, Any]
OfferedIds = Mapping[str, frozenset[str]]


def as_picks(results: Sequence[Result], scheme: Scheme, offered: OfferedIds, listed: OfferedIds) -> list[Result]:
    """Return results of spans with answers in text fields as picks, where they are in a list.

    Args:
        results: Results of spans in goldspan's order: a mark, then the answers of its fields.
        scheme: Scheme of the spans.
        offered: Ids that are offered for the document, by source.
        listed: Ids in the lists of the project, by source.
    """
    by_field = {name: picker for of_label in pickers(scheme).values() for name, picker in of_label.items()}
    regions: dict[str, list[Result]] = defaultdict(list)
    for item in results:
        regions[item["id"]].append(item)
    return [item for region in regions.values() for item in _region_as_picks(region, by_field, offered, listed)]


def _region_as_picks(
    region: list[Result], by_field: Mapping[str, Picker], offered: OfferedIds, listed: OfferedIds
) -> list[Result]:
    answers = {item["from_name"]: _content(item) for item in region}
    shown = {item["from_name"]: dict(item) for item in region}
    for name, picker in by_field.items():
        id_ = answers.get(name)
        here = id_ in offered.get(picker.source, ())
        if id_ is None or not (here or id_ in listed.get(picker.source, ())):
            continue
        prefix = picker.field.removesuffix(picker.key)
        implied = {f"{prefix}{key}": part for key, part in implied_parts(picker, id_).items()}
        if all(answers.get(other) == part for other, part in implied.items()):  # else all of the value is shown
            answer = {"choices": [id_]} if here else {"taxonomy": [[id_]]}
            value = {**region[0]["value"], **answer}
            value.pop("labels")
            shown[name] |= {"from_name": picker.here if here else picker.listed, "type": min(answer), "value": value}
            shown = {other: item for other, item in shown.items() if other not in implied}
    return list(shown.values())


def implied_parts(picker: Picker, id_: str) -> dict[str, Any]:
    """Return what an id stands for besides itself, by the keys of the picker's value; empty for an unknown id."""
    parts = (entry_parts(picker.authority, id_) if picker.source != DATES else None) or {}
    return {key: part for key, part in parts.items() if key in picker.beside}


def _content(item: Result) -> Any:
    value = item["value"]
    for kind in ("choices", "number", "text"):
        if kind in value:
            return value[kind][0] if isinstance(value[kind], list) else value[kind]
    return None


@dataclass(frozen=True, slots=True)
class SettledField:
    """The answers to a field with a picker.

    Attributes:
        key: Key of the value that they answer.
        answer: The answer that counts.
        overruled: Other answers, as the results state them.
        implied: What the entry of a picked id stands for, by key; empty if the answer was written.
    """

    key: str
    answer: str
    overruled: list[Result]
    implied: dict[str, Any]


def settle_picks(parts: Sequence[Result], label: str, scheme: Scheme) -> list[SettledField]:
    """Return the settled answer of each field of a label in which something was picked.

    Of several answers the one that was given last counts: results are in the order in which they were first given. A
    name that was written counts as the id that it stands for.

    Args:
        parts: Results of a region, in their order.
        label: Label of the region.
        scheme: The scheme.
    """
    settled = []
    for picker in pickers(scheme)[label].values():
        own = [item for item in parts if item.get("from_name") in (*picker.names, picker.field)]
        given = [(_resolved(picker.authority, answer), item) for item in own for answer in answers_of(item)]
        picked = {answer for answer, item in given if item.get("from_name") != picker.field}
        if not picked:
            continue
        answer = given[-1][0]
        overruled = [item for other, item in given[:-1] if other != answer]
        implied = implied_parts(picker, answer) if answer in picked else {}
        settled.append(SettledField(picker.key, answer, overruled, implied))
    return settled


def answers_of(item: Result) -> list[str]:
    """Return the answers of a result of a picker or its text field, in their order; of a path its last part."""
    kind = str(item.get("type"))
    stated = item["value"].get("text" if kind == "textarea" else kind)
    parts = [part[-1] if isinstance(part, list) and part else part for part in _listed(stated)]
    lines = (line.strip() for part in parts if isinstance(part, str) for line in text_lines(part))
    return [line for line in lines if line]


def _listed(stated: Any) -> list[Any]:
    return stated if isinstance(stated, list) else [stated]


def _resolved(authority: str, written: str) -> str:
    """Return the id that a name stands for, if it is the name of one entry; anything else unchanged."""
    registry = registry_of(authority)
    if registry is not None:
        return registry.canonical(written)
    if authority == PLACES and entry_parts(authority, written) is None:
        found = load_places().candidates(written)
        return found[0].id if len(found) == 1 else written
    return written
