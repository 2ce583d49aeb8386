"""`goldspan.toml`: defaults for the options of commands, in the file of a project or the one that a person names.

A file that is merely found may have come with a folder from elsewhere. So it can name no path outside its own folder,
no server, and no extractor that runs programs, loads models or sends texts away: `GUARDED` lists what only the command
line and a file named in GOLDSPAN_CONFIG may say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..schema.errors import Problem, UsageError, did_you_mean, os_error_hint
from ..schema.files.toml_lines import toml_lines
from ..schema.files.toml_text import parse_toml
from .option_schema import Setting

NAME = "goldspan.toml"
"""What the file is called."""

VARIABLE = "GOLDSPAN_CONFIG"
"""Names another file; none is looked for then."""

GUARDED: Mapping[str, str] = {
    "extractor": "an extractor may run a program, load a model or send texts away",
    "host": "others could reach this machine",
    "include-text": "texts of others would be published",
    "local-backends": "the server could call services on this machine",
    "overwrite": "it replaces what is there",
    "push": "a dataset would be published",
    "url": "texts and the token would go there",
}
"""What a file that was only found cannot set, and why; `extractor` may be the rules, which read and do no more."""

_HARMLESS = ("rules",)
_SECRET = re.compile(r"token|passw|secret|credential|api.?key", re.I)
_ADDRESS_WITH_PASSWORD = re.compile(r"://[^/\s@]*@")
_TOP = ("scheme", "hints")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says.

    Attributes:
        path: Of the file; None where there is none.
        defaults: Of options by command, as the command line's parser takes them.
        hints: Whether commands name the next one.
    """

    path: Path | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    hints: bool = True


def find(folder: Path, home: Path | None) -> Path | None:
    """The file in a folder or the nearest folder above it, up to the home folder or the root.

    Args:
        folder: Absolute.
        home: Of the person; None where nobody knows.
    """
    for place in (folder, *folder.parents):
        if (place / NAME).is_file():
            return place / NAME
        if place == home:
            break
    return None


def active_config() -> tuple[Path | None, bool]:
    """The file that holds in this place, and whether a person named it.

    Raises:
        UsageError: The file that is named is not there.
    """
    if named := os.environ.get(VARIABLE):
        path = Path(named).expanduser()
        if not path.exists() or path.is_dir():
            raise UsageError(f"{VARIABLE}: {named}: there is no such file. Fix: name one that is there, or unset it")
        return path, True
    try:
        return find(Path.cwd(), _home()), False
    except OSError:  # the working directory is gone
        return None, False


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


def load(path: Path, commands: Mapping[str, Any], *, named: bool) -> Configuration:
    """What a file says.

    Args:
        path: The file.
        commands: As `settable` lists them.
        named: Whether a person named it, and so means all that it says.

    Raises:
        UsageError: It cannot be read, or something in it is wrong; a line for each fault, with its place.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}. Fix: {os_error_hint(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8. Fix: save it as UTF-8") from error
    return parse(text, commands, path, named=named)


def parse(text: str, commands: Mapping[str, Any], path: Path, *, named: bool) -> Configuration:
    """What a text says that stands in a file. Arguments and errors as `load`."""
    try:
        data = parse_toml(text)
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        problem = Problem(f"not TOML: {error}", "see toml.io for the syntax")
        raise UsageError(str(problem.with_location(str(path), int(line.group(1)) if line else 0))) from error
    reader = _ConfigurationReader(path, commands, toml_lines(text), named=named)
    found = reader.read(data)
    if reader.problems:
        raise UsageError(*(str(p) for p in sorted(reader.problems, key=lambda problem: problem.line)))
    return found


class _ConfigurationReader:
    """Builds a configuration and collects every fault on the way."""

    def __init__(
        self, path: Path, commands: Mapping[str, Any], lines: Mapping[tuple[str, ...], int], *, named: bool
    ) -> None:
        self.path = path
        self.commands = commands
        self.lines = lines
        self.named = named
        self.folder = path.absolute().parent
        self.problems: list[Problem] = []

    def fault(self, at: tuple[str, ...], what: str, fix: str) -> None:
        place = at
        while place and place not in self.lines:
            place = place[:-1]
        table, key = " ".join(at[:-1]), at[-1]
        name = f"[{'.'.join(at[:-1])}] {key}" if table else key
        self.problems.append(Problem(f"{_plain(name)}: {what}", fix, str(self.path), self.lines.get(place, 0)))

    def read(self, data: Mapping[str, Any]) -> Configuration:
        defaults = self.table(
            {key: value for key, value in data.items() if key not in _TOP}, self.commands, (), also=_TOP
        )
        hints = data.get("hints", True)
        if not isinstance(hints, bool):
            self.fault(("hints",), "expected true or false", "hints = false turns them off")
        if "scheme" in data:
            whole = Setting("scheme", Path, several=False, least=None, most=None, path=True)
            scheme = self.value(("scheme",), data["scheme"], whole)
            _everywhere(defaults, self.commands, scheme)
        return Configuration(self.path, defaults, hints is True)

    def table(
        self, data: Mapping[str, Any], known: Mapping[str, Any], at: tuple[str, ...], also: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The defaults of a command, or of a group of commands."""
        found: dict[str, Any] = {}
        for key, value in data.items():
            here = (*at, key)
            if _SECRET.search(key):
                fix = "remove it; a token belongs into GOLDSPAN_STUDIO_TOKEN or the keyring"
                self.fault(here, "no secret belongs into a file that others may read", fix)
            elif key not in known:
                self.unknown(here, value, known, also)
            elif isinstance(known[key], Setting):
                found[known[key].parameter] = self.value(here, value, known[key])
            elif isinstance(value, dict):
                found[key] = self.table(value, known[key], here)
            else:
                self.fault(here, "is a command", f"a table [{'.'.join(here)}] with its options")
        return found

    def unknown(self, at: tuple[str, ...], value: object, known: Mapping[str, Any], also: tuple[str, ...]) -> None:
        options = isinstance(next(iter(known.values()), None), Setting)
        if not options and not isinstance(value, dict) and (owners := list(_owners(known, at[-1], at[:-1]))):
            self.fault(at, "stands outside of a command's table", f"put it under [{'.'.join(owners[0])}]")
            return
        what = f"no option of goldspan {' '.join(at[:-1])}" if options else "no command of goldspan"
        where = "the command with --help lists its options" if options else "goldspan --help lists the commands"
        self.fault(at, what, did_you_mean(at[-1], [*known, *also]).strip() or where)

    def value(self, at: tuple[str, ...], value: Any, setting: Setting) -> Any:
        """A value as the command line's parser takes it."""
        if fault := setting.fault(value):
            self.fault(at, fault, f"write it as in {at[-1]} = {_example(setting)}")
            return None
        items = value if setting.several else [value]
        if any(isinstance(item, str) and _ADDRESS_WITH_PASSWORD.search(item) for item in items):
            fix = "a token in GOLDSPAN_STUDIO_TOKEN or the keyring"
            self.fault(at, "an address with a password in it belongs into no file", fix)
        elif not self.named and at[-1] in GUARDED and any(item not in (False, *_HARMLESS) for item in items):
            fix = f"give it on the command line, or trust the file: {VARIABLE}={self.path}"
            self.fault(at, f"not taken from a file that was only found: {GUARDED[at[-1]]}", fix)
        elif setting.path:
            placed = [self.placed(at, item) for item in items]
            return placed if setting.several else placed[0]
        return value

    def placed(self, at: tuple[str, ...], text: str) -> str:
        """A path of the file, which is relative to the file's folder."""
        if text == "-":
            return text
        path = self.folder / Path(text).expanduser()
        if not self.named and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder)):
            fix = f"give it on the command line, or trust the file: {VARIABLE}={self.path}"
            self.fault(at, "lies outside of the folder of a file that was only found", fix)
        near = self.folder == Path.cwd() and not Path(text).expanduser().is_absolute()
        return text if near else str(path)


def _everywhere(defaults: dict[str, Any], known: Mapping[str, Any], scheme: str | None) -> None:
    """Gives the scheme to each command that takes one and was given none."""
    for name, below in known.items():
        if isinstance(below, Setting):
            continue
        if isinstance(below.get("scheme"), Setting):
            defaults.setdefault(name, {}).setdefault("scheme", scheme)
        elif any(not isinstance(item, Setting) for item in below.values()):
            _everywhere(defaults.setdefault(name, {}), below, scheme)


def _owners(known: Mapping[str, Any], option: str, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The commands that have an option."""
    for name, below in known.items():
        if isinstance(below, Setting):
            continue
        if isinstance(below.get(option), Setting):
            yield (*at, name)
        else:
            yield from _owners(below, option, (*at, name))


def _example(setting: Setting) -> str:
    one = {bool: "true", int: "1", float: "0.5", str: '"…"', Path: '"…"'}[setting.type]
    if setting.least is not None and setting.type is not bool:
        one = str(setting.least)
    return f"[{one}]" if setting.several else one


def _plain(name: str) -> str:
    return name.encode("unicode_escape").decode() if not name.isprintable() else name
