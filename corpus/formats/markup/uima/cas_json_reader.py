"""Reading of a UIMA CAS as JSON (version 0.4 of the format), which includes its types."""

from __future__ import annotations

from typing import Any

from .....schema import DataError, Problem
from .cas_structures import CasFile, FeatureStructure, Reference, Sofa, TypeSystem, as_integer

STRUCTURES, VIEWS, TYPES = "%FEATURE_STRUCTURES", "%VIEWS", "%TYPES"
_SOFA = "uima.cas.Sofa"
_AGAIN = "export the annotations as UIMA CAS JSON again"


def read_cas_json(data: dict[str, Any], path: str) -> CasFile:
    """Read the object of a CAS JSON file.

    Raises:
        DataError: It lacks a part, or one has another form than the format's.
    """
    cas = CasFile(path, types=_types(data.get(TYPES), path))
    given = data.get(STRUCTURES)
    items = list(given.items()) if isinstance(given, dict) else [(None, item) for item in given or ()]
    for key, item in items:
        if not isinstance(item, dict) or not isinstance(item.get("%TYPE"), str):
            raise DataError(Problem("a feature structure is not an object with a %TYPE", _AGAIN, path))
        number = as_integer(item.get("%ID", key))
        if number is None:
            raise DataError(Problem(f"the id {item.get('%ID', key)!r} is not a number", _AGAIN, path))
        if item["%TYPE"] == _SOFA:
            name, text = item.get("sofaID"), item.get("sofaString")
            if not isinstance(name, str) or not (text is None or isinstance(text, str)):
                raise DataError(Problem("a sofa's name or text is not a string", _AGAIN, path))
            cas.sofas.append(Sofa(number, name, text))
        else:
            cas.add(FeatureStructure(number, item["%TYPE"], dict(_features(item))))
    views = data.get(VIEWS)
    if not isinstance(views, dict):
        raise DataError(Problem(f"{VIEWS} is not an object", _AGAIN, path))
    for sofa in cas.sofas:
        view = views.get(sofa.name, {"%MEMBERS": []})
        members = view.get("%MEMBERS") if isinstance(view, dict) else None
        if not isinstance(members, list) or not all(type(member) is int for member in members):
            raise DataError(Problem(f"the members of the view {sofa.name!r} are no list of ids", _AGAIN, path))
        sofa.members = set(members)
    return cas


def _features(item: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the features of a structure by name, without null ones."""
    features = []
    for key, value in item.items():
        if value is None or key.startswith(("%", "^")):
            continue
        if key.startswith("@"):
            features.append((key[1:], Reference(str(value))))
        else:
            features.append((key.removeprefix("#"), value))
    return features


def _types(given: Any, path: str) -> TypeSystem | None:
    if given is None:
        return None
    types = TypeSystem()
    if not isinstance(given, dict):
        raise DataError(Problem(f"{TYPES} is not an object", _AGAIN, path))
    for name, described in given.items():
        if not isinstance(described, dict):
            raise DataError(Problem(f"the type {name!r} is not an object", _AGAIN, path))
        types.parents[name] = str(described.get("%SUPER_TYPE", ""))
        types.ranges[name] = {
            feature: str(range_of.get("%RANGE", ""))
            for feature, range_of in described.items()
            if not feature.startswith("%") and isinstance(range_of, dict)
        }
    return types
