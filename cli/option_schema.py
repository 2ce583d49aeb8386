"""The schema of the configuration file: the options of every command, with their types."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATHS = frozenset(
    "out training gold predictions first model agreement-of decisions review "
    "conflicts suppress suggestions restore records pass questions corpus".split(),
)
"""Options that hold a path as a string, because `-` is allowed too; those of type Path are recognised by it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An option of a command.

    Attributes:
        parameter: Its name in the command's function.
        type: bool, int, float, str or Path.
        several: Whether it may be repeated.
        least: Smallest number allowed; None if there is no limit.
        most: Largest number allowed; None if there is no limit.
        path: Whether it is a file or folder.
        words: Values that are not paths, although others are: those in lower case of a metavar such as `FILE|auto`.
    """

    parameter: str
    type: type
    several: bool
    least: float | None
    most: float | None
    path: bool
    words: tuple[str, ...] = ()

    def problem(self, value: object) -> str:
        """Return what is wrong with a value of the file; empty if nothing is."""
        if self.several and not isinstance(value, list | str):
            return f"expected a list, got {_type_name(value)}"
        return next((problem for item in self.items(value) if (problem := self._problem(item))), "")

    def items(self, value: Any) -> list[Any]:
        """Return the values that a value of the file stands for: of an option that may be repeated, a string is one."""
        return value if self.several and isinstance(value, list) else [value]

    def _problem(self, value: object) -> str:
        has_type = isinstance(value, (int, float) if self.type is float else str if self.type is Path else self.type)
        if not has_type or (isinstance(value, bool) and self.type is not bool):
            return f"expected {_TYPE_NAMES[self.type]}, got {_type_name(value)}"
        if isinstance(value, str) and not value.strip():
            return "is empty"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value != value:
                return "nan is not a number"
            if self.least is not None and value < self.least:
                return f"{value} is too small: the minimum is {self.least}"
            if self.most is not None and value > self.most:
                return f"{value} is too large: the maximum is {self.most}"
        return ""


_TYPE_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    Path: "a path (a string)",
}


def _type_name(value: object) -> str:
    names = {list: "a list", dict: "a table", **_TYPE_NAMES}
    return names.get(type(value), f"a {type(value).__name__}")


CommandTree = Mapping[str, "Mapping[str, Setting] | CommandTree"]
"""Settings by command and option; those of a group of commands are nested below its name."""


def option_schema(group: Any) -> dict[str, Any]:
    """Return the settings of every command of a group, by name; those of a subgroup are nested.

    Args:
        group: A typer group of commands.
    """
    return {
        name: option_schema(command) if hasattr(command, "commands") else _settings(command)
        for name, command in group.commands.items()
    }


def _settings(command: Any) -> dict[str, Setting]:
    hints = typing.get_type_hints(inspect.unwrap(command.callback), include_extras=True)
    return {
        (name := max(option.opts, key=len).lstrip("-")): _setting(name, option.name, hints[option.name])
        for option in command.params
        if option.param_type_name == "option" and option.name in hints
    }


def _setting(name: str, parameter: str, hint: Any) -> Setting:
    bare, *annotations = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
    if isinstance(bare, types.UnionType):
        [bare] = [part for part in typing.get_args(bare) if part is not type(None)]
    several = typing.get_origin(bare) is list
    kind = typing.get_args(bare)[0] if several else bare
    bounds = annotations[0] if annotations else None
    least, most = getattr(bounds, "min", None), getattr(bounds, "max", None)
    metavar = getattr(bounds, "metavar", None) or ""
    words = tuple(word for word in metavar.split("|") if word.islower())
    return Setting(parameter, kind, several, least, most, path=kind is Path or name in PATHS, words=words)
