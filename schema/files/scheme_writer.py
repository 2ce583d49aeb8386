"""Schemes as TOML files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import DependencyError, os_error_hint
from ..scheme import Label, Scheme
from ..value_types import Choice, Identifier
from ..values.label_field import Field
from .toml_document import toml_key


def save_scheme(scheme: Scheme, path: str | Path) -> None:
    """Write a scheme to a TOML file, which `load_scheme` and the option `--scheme` read.

    Raises:
        DependencyError: The file cannot be written.
    """
    try:
        Path(path).write_text(scheme_toml(scheme, Path(path).absolute().parent), encoding="utf-8")
    except OSError as error:
        hint = os_error_hint(error, writing=True)
        raise DependencyError(f"{path}: cannot be written: {error.strerror}. Fix: {hint}") from error


def scheme_toml(scheme: Scheme, folder: Path | None = None) -> str:
    """Return a scheme as TOML, which `parse_scheme` turns into the same scheme.

    Args:
        scheme: The scheme.
        folder: Folder from which paths of tables are to lead; by default they stay as the scheme states them.
    """
    return "\n".join(_tables(scheme, folder)) + "\n"


def _tables(scheme: Scheme, folder: Path | None) -> Iterator[str]:
    yield from _entries({"name": scheme.name, "version": scheme.version, "title": scheme.title})
    yield from _entries({"description": scheme.description, "guidelines": scheme.guidelines}, skip_empty=True)
    boundaries = "word" if scheme.word_boundaries else "any"
    yield from ["", "[spans]", *_entries({"overlap": scheme.overlap, "boundaries": boundaries})]
    for label in scheme.labels.values():
        table = f"labels.{toml_key(label.name)}"
        yield from ["", f"[{table}]", *_entries(_label(label), skip_empty=True)]
        for field in label.fields.values():
            name = f"{table}.fields.{toml_key(field.name)}"
            yield from ["", f"[{name}]", *_entries(_field(field, folder), skip_empty=True)]
    if scheme.zones:
        yield from ["", "[zones]", *_entries({kind: _zone_kind(scheme, kind) for kind in scheme.zones})]


def _label(label: Label) -> dict[str, Any]:
    return {
        "definition": label.definition,
        "colour": label.colour,
        "hotkey": label.hotkey,
        "correct": label.correct,
        "not_first": sorted(label.not_first),
        "examples": label.examples,
        "key": label.key,
        "patterns": [pattern.as_toml() for pattern in label.patterns],
    }


def _zone_kind(scheme: Scheme, kind: str) -> str | dict[str, Any]:
    if patterns := scheme.zone_patterns.get(kind):
        return {"definition": scheme.zones[kind], "patterns": [pattern.as_toml() for pattern in patterns]}
    return scheme.zones[kind]


def _field(field: Field, folder: Path | None) -> dict[str, Any]:
    table: dict[str, Any] = {"type": field.type.name, "definition": field.definition, **field.type.options()}
    if folder is not None and isinstance(field.type, Identifier) and field.type.table:
        table["table"] = _path_from(folder, field.type.path)
    return table | ({"cues": dict(field.type.cues)} if isinstance(field.type, Choice) else {})


def _path_from(folder: Path, path: str) -> str:
    """Return a path from a folder; the whole path if they are on different drives."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path


def _entries(table: Mapping[str, Any], *, skip_empty: bool = False) -> Iterator[str]:
    for key, item in table.items():
        if item or not skip_empty or isinstance(item, bool | int | float):
            yield f"{toml_key(key)} = {_toml(item)}"


def _toml(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | float):
        return repr(item)
    if isinstance(item, Mapping):
        return f"{{ {', '.join(f'{toml_key(key)} = {_toml(part)}' for key, part in item.items())} }}"
    if isinstance(item, Sequence) and not isinstance(item, str):
        return f"[{', '.join(map(_toml, item))}]"
    return _text(item)


def _text(text: str) -> str:
    """Return a string as in JSON, whose escapes TOML shares."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
