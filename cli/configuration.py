"""`goldspan.toml`: defaults for the options of commands, from a project's file or the one in GOLDSPAN_CONFIG.

A file that was merely found may have come with a folder from elsewhere. So it cannot set a path outside its own folder,
a server, or an extractor that runs programs, loads models or sends texts away: `GUARDED` lists what can be set only on
the command line or in a file named by GOLDSPAN_CONFIG.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..schema.errors import DataError, Problem, UsageError, did_you_mean
from ..schema.files.toml_document import TomlDocument, read_toml
from ..schema.language import language_error
from .option_schema import Setting

NAME = "goldspan.toml"
"""Name of the file."""

VARIABLE = "GOLDSPAN_CONFIG"
"""Environment variable that names another file; none is searched for then."""

GUARDED: Mapping[str, str] = {
    "assign": "a pseudonym would be given to somebody",
    "cleared": "personal data would be published",
    "engine": "a cluster elsewhere would get the texts, and what it answers can run programs",
    "extractor": "an extractor may run a program, load a model or send texts away",
    "host": "others could reach this machine",
    "include-text": "texts of others would be published",
    "local-backends": "the server could call services on this machine",
    "names": "names of annotators would be published",
    "overwrite": "it replaces what is there",
    "push": "a dataset would be published",
    "url": "texts and the token would go there",
}
"""Options that a file that was merely found cannot set, and why; a harmless value may be set: rules, this machine."""

_HARMLESS = ("rules", "local", "dask")
_SECRET = re.compile(r"token|passw|secret|credential|api.?key", re.I)
_ADDRESS_WITH_PASSWORD = re.compile(r"://[^/\s@]*@")
_TOP = ("scheme", "language", "hints")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration.

    Attributes:
        path: The file; None if there is none.
        defaults: Defaults of options by command, in the form of the command-line parser.
        hints: Whether commands print hints.
    """

    path: Path | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    hints: bool = True


def find(folder: Path, home: Path | None) -> Path | None:
    """Find the file in a folder or the nearest folder above it, up to the home folder or the root.

    Args:
        folder: Absolute path.
        home: The home folder; None if it is unknown.
    """
    for parent in (folder, *folder.parents):
        if (parent / NAME).is_file():
            return parent / NAME
        if parent == home:
            break
    return None


def active_config() -> tuple[Path | None, bool]:
    """Return the active configuration file, and whether GOLDSPAN_CONFIG names it.

    Raises:
        UsageError: The named file does not exist.
    """
    if named := os.environ.get(VARIABLE):
        path = Path(named).expanduser()
        if not path.exists() or path.is_dir():
            raise UsageError(f"{VARIABLE}: {named}: no such file. Fix: name an existing file, or unset it")
        return path, True
    try:
        return find(Path.cwd(), _home()), False
    except OSError:  # the working directory was removed
        return None, False


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


def load(path: Path, commands: Mapping[str, Any], *, named: bool) -> Configuration:
    """Load a configuration file.

    Args:
        path: The file.
        commands: The settings, as `option_schema` returns them.
        named: Whether GOLDSPAN_CONFIG names it, so that it may set everything.

    Raises:
        UsageError: The file cannot be read, or has errors; a line for each, with its place.
    """
    try:
        document = read_toml(path)
    except DataError as error:
        raise UsageError(*error.lines) from error
    reader = _ConfigurationReader(path, commands, document, named=named)
    configuration = reader.read(document.values)
    if reader.problems:
        raise UsageError(*(str(p) for p in sorted(reader.problems, key=lambda problem: problem.line)))
    return configuration


class _ConfigurationReader:
    """Build a configuration and collect all problems."""

    def __init__(self, path: Path, commands: Mapping[str, Any], document: TomlDocument, *, named: bool) -> None:
        self.path = path
        self.commands = commands
        self.document = document
        self.named = named
        self.folder = path.absolute().parent
        self.problems: list[Problem] = []

    def report(self, at: tuple[str, ...], what: str, fix: str) -> None:
        table, key = " ".join(at[:-1]), at[-1]
        name = f"[{'.'.join(at[:-1])}] {key}" if table else key
        self.problems.append(self.document.problem(at, f"{_escape(name)}: {what}", fix))

    def read(self, data: Mapping[str, Any]) -> Configuration:
        defaults = self.table(
            {key: value for key, value in data.items() if key not in _TOP}, self.commands, (), also=_TOP
        )
        hints = data.get("hints", True)
        if not isinstance(hints, bool):
            self.report(("hints",), "expected true or false", "hints = false turns them off")
        if "scheme" in data:
            scheme = self.value(("scheme",), data["scheme"], Setting("scheme", Path, False, None, None, path=True))
            if isinstance(scheme, str) and (owners := _takers_of(data["scheme"], self.commands)):
                fix = f"name a file, or put it under {', '.join(f'[{name}]' for name in owners)}"
                self.report(("scheme",), f"{data['scheme']!r} is not for every command", fix)
            _set_everywhere(defaults, self.commands, "scheme", scheme)
        if "language" in data:
            tag = self.value(("language",), data["language"], Setting("language", str, False, None, None, path=False))
            if isinstance(tag, str) and (fault := language_error(tag)):
                self.report(("language",), *fault)
            _set_everywhere(defaults, self.commands, "language", tag)
        return Configuration(self.path, defaults, hints is True)

    def table(
        self, data: Mapping[str, Any], known: Mapping[str, Any], at: tuple[str, ...], also: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return the defaults of a command, or of a group of commands."""
        defaults: dict[str, Any] = {}
        for key, value in data.items():
            here = (*at, key)
            if _SECRET.search(key):
                fix = "remove it; put the token in GOLDSPAN_STUDIO_TOKEN or the keyring"
                self.report(here, "a secret does not belong in a file that others may read", fix)
            elif key not in known:
                self.unknown(here, value, known, also)
            elif isinstance(known[key], Setting):
                defaults[known[key].parameter] = self.value(here, value, known[key])
            elif isinstance(value, dict):
                defaults[key] = self.table(value, known[key], here)
            else:
                self.report(here, "is a command", f"a table [{'.'.join(here)}] with its options")
        return defaults

    def unknown(self, at: tuple[str, ...], value: object, known: Mapping[str, Any], also: tuple[str, ...]) -> None:
        options = isinstance(next(iter(known.values()), None), Setting)
        if not options and not isinstance(value, dict) and (owners := list(_owners(known, at[-1], at[:-1]))):
            self.report(at, "is outside a command's table", f"put it under [{'.'.join(owners[0])}]")
            return
        what = f"not an option of goldspan {' '.join(at[:-1])}" if options else "not a command of goldspan"
        where = "--help after the command lists its options" if options else "goldspan --help lists the commands"
        self.report(at, what, did_you_mean(at[-1], [*known, *also]).strip() or where)

    def value(self, at: tuple[str, ...], value: Any, setting: Setting) -> Any:
        """Return a value in the form of the command-line parser."""
        if problem := setting.problem(value):
            self.report(at, problem, f"write it as in {at[-1]} = {_example(setting)}")
            return None
        items = setting.items(value)
        if any(isinstance(item, str) and _ADDRESS_WITH_PASSWORD.search(item) for item in items):
            fix = "a token in GOLDSPAN_STUDIO_TOKEN or the keyring"
            self.report(at, "an address with a password does not belong in a file", fix)
        elif not self.named and at[-1] in GUARDED and any(item not in (False, *_HARMLESS) for item in items):
            fix = f"give it on the command line, or trust the file: {VARIABLE}={self.path}"
            self.report(at, f"cannot be set by a file that was merely found: {GUARDED[at[-1]]}", fix)
        elif setting.path:
            paths = [item if item in setting.words else self.resolve(at, item) for item in items]
            return paths if setting.several else paths[0]
        return items if setting.several else value

    def resolve(self, at: tuple[str, ...], text: str) -> str:
        """Resolve a path, which is relative to the file's folder."""
        if text == "-":
            return text
        path = self.folder / Path(text).expanduser()
        if not self.named and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder)):
            fix = f"give it on the command line, or trust the file: {VARIABLE}={self.path}"
            self.report(at, "is outside the folder of a file that was merely found", fix)
        unchanged = self.folder == Path.cwd() and not Path(text).expanduser().is_absolute()
        return text if unchanged else str(path)


def _set_everywhere(defaults: dict[str, Any], known: Mapping[str, Any], option: str, value: str | None) -> None:
    """Set an option for each command that takes it and has no default of its own."""
    for name, below in known.items():
        if isinstance(below, Setting):
            continue
        if isinstance(below.get(option), Setting):
            defaults.setdefault(name, {}).setdefault(option, value)
        elif any(not isinstance(item, Setting) for item in below.values()):
            _set_everywhere(defaults.setdefault(name, {}), below, option, value)


def _takers_of(word: str, commands: Mapping[str, Any]) -> list[str]:
    """Return the commands that take a word in place of a scheme file."""
    settings = {name: below.get("scheme") for name, below in commands.items() if not isinstance(below, Setting)}
    return [name for name, setting in settings.items() if isinstance(setting, Setting) and word in setting.words]


def _owners(known: Mapping[str, Any], option: str, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the commands that have an option."""
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
    if setting.choices:
        one = f'"{setting.choices[0]}"'
    return f"[{one}]" if setting.several else one


def _escape(name: str) -> str:
    return name.encode("unicode_escape").decode() if not name.isprintable() else name
