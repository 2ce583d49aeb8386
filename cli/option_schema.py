"""The schema of the configuration file: the options of every command, with their types."""

from __future__ import annotations

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
        choices: The values allowed; empty if there is no list of them.
    """

    parameter: str
    type: type
    several: bool
    least: float | None
    most: float | None
    path: bool
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

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
        if self.choices and value not in self.choices:
            return f"{value!r} is not one of {', '.join(self.choices)}"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value != value:
                return "nan is not a number"
            if self.least is not None and value < self.least:
                return f"{value} is too small: the minimum is {self.least}"
            if self.most is not None and value > self.most:
                return f"{value} is too large: the maximum is {self.most}"
        return ""


_TYPES = {"boolean": bool, "int": int, "float": float, "str": str, "choice": str, "path": Path}
"""Types by their names in typer."""

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
    options = (item for item in command.params if item.param_type_name == "option")
    return {(name := max(option.opts, key=len).lstrip("-")): _setting(name, option) for option in options}


def _setting(name: str, option: Any) -> Setting:
    """Return the setting of an option as typer has built it, as reading the types of all functions again takes long."""
    kind = _TYPES[option.type.name.removesuffix(" range")]
    least, most = getattr(option.type, "min", None), getattr(option.type, "max", None)
    words = tuple(word for word in (option.metavar or "").split("|") if word.islower())
    path = kind is Path or name in PATHS
    choices = tuple(getattr(option.type, "choices", ()))
    return Setting(option.name, kind, option.multiple, least, most, path=path, words=words, choices=choices)
