"""What a configuration file can set: the options of every command, with their types."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATHS = frozenset(
    "out training ceiling decisions review conflicts answers suggestions restore records pass".split(),
)
"""Options that hold a path as text, since `-` may stand there too; those of the type Path are known by it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An option of a command.

    Attributes:
        parameter: Its name in the command's function.
        type: bool, int, float, str or Path.
        several: Whether it may be given more than once.
        least: The smallest number allowed; None where any is.
        most: The largest.
        path: Whether it names a file or folder.
    """

    parameter: str
    type: type
    several: bool
    least: float | None
    most: float | None
    path: bool

    def fault(self, value: object) -> str:
        """What is wrong with a value of a file; empty where nothing is."""
        if self.several:
            if not isinstance(value, list):
                return f"expected a list, got {_word(value)}"
            return next((fault for item in value if (fault := self._fault(item))), "")
        return self._fault(value)

    def _fault(self, value: object) -> str:
        fits = isinstance(value, (int, float) if self.type is float else str if self.type is Path else self.type)
        if not fits or (isinstance(value, bool) and self.type is not bool):
            return f"expected {_WORDS[self.type]}, got {_word(value)}"
        if isinstance(value, str) and not value.strip():
            return "it is empty"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value != value:
                return "nan is no number"
            if self.least is not None and value < self.least:
                return f"{value} is too small: {self.least} is the least"
            if self.most is not None and value > self.most:
                return f"{value} is too large: {self.most} is the most"
        return ""


_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", Path: "a path (a text)"}


def _word(value: object) -> str:
    named = {list: "a list", dict: "a table", **_WORDS}
    return named.get(type(value), f"a {type(value).__name__}")


CommandTree = Mapping[str, "Mapping[str, Setting] | CommandTree"]
"""Settings by command and option; a group of commands holds those of each below its name."""


def option_schema(group: Any) -> dict[str, Any]:
    """The settings of every command of a group, by name; those of a sub-group in a table of their own.

    Args:
        group: A group of commands as typer makes it.
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
    bare, *told = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
    if isinstance(bare, types.UnionType):
        [bare] = [part for part in typing.get_args(bare) if part is not type(None)]
    several = typing.get_origin(bare) is list
    kind = typing.get_args(bare)[0] if several else bare
    bounds = told[0] if told else None
    least, most = getattr(bounds, "min", None), getattr(bounds, "max", None)
    return Setting(parameter, kind, several, least, most, path=kind is Path or name in PATHS)
