"""The value types of goldspan and of installed packages, found by entry point and loaded when a scheme names them."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ..errors import DependencyError
from ..value_types import VALUE_TYPES
from ..values.value_type import Key, ValueType

GROUP = "goldspan.value_types"
"""The group of entry points that value types register under, by the name that scheme files use."""

_BASES = (str, int, float, bool, tuple)


def value_type_names() -> list[str]:
    """Return the names of all value types, sorted."""
    return sorted({*VALUE_TYPES, *(entry_point.name for entry_point in _entry_points())})


@cache
def value_type_of(name: str) -> type[ValueType] | None:
    """Return the value type with a name, loading the package that provides it; None if there is no such type.

    Raises:
        DependencyError: The package cannot be imported, does not provide a value type, or another one, or goldspan,
            provides a type of the same name.
    """
    found = [entry_point for entry_point in _entry_points() if entry_point.name == name]
    providers = [*(["goldspan"] if name in VALUE_TYPES else []), *map(_package, found)]
    if len(providers) > 1:
        listed = " and ".join(providers)
        raise DependencyError(f"the value type {name!r} is provided by {listed}. Fix: uninstall all but one")
    return VALUE_TYPES[name] if name in VALUE_TYPES else _load(found[0]) if found else None


def _entry_points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


def _package(entry_point: EntryPoint) -> str:
    return entry_point.dist.name if entry_point.dist is not None else entry_point.value


def _load(entry_point: EntryPoint) -> type[ValueType]:
    what = f"the value type {entry_point.name!r} of {_package(entry_point)} ({entry_point.value})"
    try:
        kind = entry_point.load()
    except (Exception, SystemExit) as error:  # importing another package may raise anything
        raise DependencyError(f"{what} cannot be loaded: {type(error).__name__}: {error}") from error
    if fault := _fault(kind, entry_point.name):
        raise DependencyError(f"{what} {fault}. Fix: tell its authors")
    loaded: type[ValueType] = kind
    return loaded


def _fault(kind: object, name: str) -> str:
    """Return why something cannot be a value type of a name; empty if it can."""
    if not isinstance(kind, type) or not issubclass(kind, ValueType):
        return "is not a class that extends goldspan.schema.ValueType"
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        return f"lacks {', '.join(missing)}"
    if getattr(kind, "name", None) != name:
        return f"has another name, {getattr(kind, 'name', None)!r}"
    if not is_dataclass(kind) or kind.__hash__ is None:
        return "is not a frozen dataclass"
    return ""


def require_named_keys(kind: ValueType, keys: tuple[Key, ...], field: str) -> None:
    """Check that the keys of a type of a package can be stored, and have names as a label needs for several fields.

    The first is named like the field, and the names of others begin with it and `_`.

    Raises:
        DependencyError: They cannot, or do not.
    """
    if type(kind) in VALUE_TYPES.values():
        return
    names, fault = [key.name for key in keys], ""
    if not names or names[0] != field or not all(name.startswith(f"{field}_") for name in names[1:]):
        fault = f"has the keys {', '.join(names) or '(none)'}, which must be {field} and {field}_…"
    elif len(kind.examples) != len(keys):
        fault = "does not have an example for each key"
    elif unknown := [key.name for key in keys if key.base not in _BASES]:
        fault = f"has the key {unknown[0]}, which is not a str, int, float, bool or tuple"
    if fault:
        raise DependencyError(f"the value type {kind.name!r} {fault}. Fix: tell its authors")
