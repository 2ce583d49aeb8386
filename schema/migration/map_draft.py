"""Drafts of migration maps: lines for all that another scheme does not have, with guesses where names are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from json import dumps

from ..files.toml_document import toml_key
from ..scheme import Label, Scheme
from ..values.label_field import Field
from .conversions import Conversion, choices_of
from .map_reader import UNDECIDED

_ALIKE = 0.6
_GUESS = "  # a guess: check it"


def draft_map(old: Scheme, new: Scheme) -> str:
    """Return a map from one scheme to another as TOML, in which a person replaces each `?`."""
    return "\n".join(_lines(old, new)) + "\n"


def _lines(old: Scheme, new: Scheme) -> Iterator[str]:
    yield f"# What becomes of {old.ref} in {new.ref}. What both have under one name needs no line."
    yield f'# Replace each "{UNDECIDED}" by a name; "" sets aside: it stays in the records, and --reverse puts it back.'
    added = [name for name in new.labels if name not in old.labels]
    if added:
        yield f"# New labels: {', '.join(added)}"
    goals = {
        label.name: label.name if label.name in new.labels else _best_label(label, new, added)
        for label in old.labels.values()
    }
    tables = {name: list(_field_lines(old.labels[name], new.labels[goal])) for name, goal in goals.items() if goal}
    short = [name for name, goal in goals.items() if goal != name and not tables.get(name)]
    if short:
        yield from ["", "[labels]"]
        for name in short:
            yield _line(name, goals[name], added or list(new.labels))
    for name, lines in tables.items():
        yield from _label_tables(name, goals[name], lines)
    kinds = [kind for kind in old.zones if kind not in new.zones]
    if kinds:
        yield from ["", "[zones]"]
        fresh = [kind for kind in new.zones if kind not in old.zones]
        for kind in kinds:
            yield _line(kind, _alike(kind, fresh), fresh or list(new.zones))


def _label_tables(name: str, goal: str, tables: list[tuple[str, list[str]]]) -> Iterator[str]:
    """Yield the tables of a label of which fields change; none if that is not so."""
    header = f"labels.{toml_key(name)}"
    if tables and goal != name:
        yield from ["", f"[{header}]", _line("to", goal, [])]
    for table, lines in tables:
        yield from ["", f"[{header}.fields{table}]", *lines]


def _field_lines(label: Label, goal: Label) -> Iterator[tuple[str, list[str]]]:
    """Yield the tables below a label's `fields`, each with its lines."""
    fresh = [name for name in goal.fields if name not in label.fields]
    plain: list[str] = []
    tables: list[tuple[str, list[str]]] = []
    for item in label.fields.values():
        name = item.name if item.name in goal.fields else _alike(item.name, fresh)
        if not name:
            plain.append(_line(item.name, "", fresh or list(goal.fields)))
            continue
        problem = Conversion(item, goal.fields[name]).problem()
        if problem is None:
            if name != item.name:
                plain.append(_line(item.name, name, fresh))
        elif (values := list(_value_lines(item, goal.fields[name]))) and choices_of(goal.fields[name]):
            key = f".{toml_key(item.name)}"
            tables.append((key, [] if name == item.name else [_line("to", name, fresh)]))
            tables.append((f"{key}.values", values))
        else:
            plain.append(f'{toml_key(item.name)} = "{UNDECIDED}"  # {problem[0]}')
    if plain:
        yield "", plain
    yield from tables


def _value_lines(item: Field, goal: Field) -> Iterator[str]:
    choices, known = choices_of(goal), choices_of(item)
    fresh = [choice for choice in choices if choice not in known]
    for choice in known:
        if choice not in choices:
            yield _line(choice, _alike(choice, fresh), list(choices))


def _line(name: str, goal: str, options: Iterable[str]) -> str:
    known = ", ".join(options)
    comment = _GUESS if goal else f"  # one of: {known}" if known else '  # "" is all that is left'
    return f"{toml_key(name)} = {dumps(goal or UNDECIDED, ensure_ascii=False)}{comment}"


def _best_label(label: Label, new: Scheme, added: list[str]) -> str:
    """Return the new label that a label most likely became: by its name, or as the only one with its fields."""
    if alike := _alike(label.name, added):
        return alike
    kinds = _kinds(label.fields)
    same = [name for name in added if kinds and _kinds(new.labels[name].fields) == kinds]
    return same[0] if len(same) == 1 else ""


def _kinds(fields: Mapping[str, Field]) -> dict[str, str]:
    return {name: item.type.name for name, item in fields.items()}


def _alike(name: str, others: Iterable[str]) -> str:
    ratios = {other: SequenceMatcher(None, name.casefold(), other.casefold()).ratio() for other in others}
    best = max(ratios, key=ratios.__getitem__, default="")
    return best if ratios.get(best, 0.0) >= _ALIKE else ""
