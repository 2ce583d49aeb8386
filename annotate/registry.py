"""Extractors by name: found among the entry points of installed packages, loaded when wanted, arguments checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ..schema import (
    DependencyError,
    Extractor,
    ExtractorFactory,
    GoldspanError,
    Parameter,
    Scheme,
    UsageError,
    did_you_mean,
)

GROUP = "goldspan.extractors"

_KINDS: Mapping[type, str] = {int: "whole number", float: "number"}


@dataclass(frozen=True, slots=True)
class ExtractorInfo:
    """An extractor that some installed package offers.

    Attributes:
        name: As `--extractor` takes it.
        package: The package that offers it, with its version; empty where it is not known.
        summary: One line.
        parameters: Its arguments.
        fault: Why it cannot be loaded, empty where it can.
    """

    name: str
    package: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    fault: str = ""


def installed_extractors() -> list[ExtractorInfo]:
    """All extractors of the installed packages, by name; one that cannot be loaded is listed with the reason."""
    found = []
    for name, point in sorted(_points().items()):
        package = f"{point.dist.name} {point.dist.version}" if point.dist is not None else ""
        try:
            factory = _factory(point)
        except DependencyError as error:
            found.append(ExtractorInfo(name, package, "", fault=str(error)))
        else:
            found.append(ExtractorInfo(name, package, factory.summary, tuple(factory.parameters)))
    return found


def check_spec(spec: str) -> None:
    """Checks name and arguments of an extractor without making it, as `load_extractor` does first.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported.
    """
    _resolved(spec)


def load_extractor(spec: str, scheme: Scheme) -> Extractor:
    """The extractor that a text names, `NAME` or `NAME:ARGUMENTS`.

    Arguments are `key=value`, with commas between them; the first may be the value alone where the extractor says so
    (`spacy:PATH`). A comma or a colon inside a value is no trouble.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported.
        DataError: A file that an argument names is at fault.
    """
    name, factory, arguments = _resolved(spec)
    try:
        made = factory(scheme, **arguments)
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:
        raise DependencyError(f"the extractor {name!r} cannot be made: {type(error).__name__}: {error}") from error
    if not isinstance(made, Extractor):
        raise DependencyError(f"the extractor {name!r} lacks a name, a version or `extract`. Fix: tell its authors")
    return made


def _resolved(spec: str) -> tuple[str, ExtractorFactory, dict[str, Any]]:
    name, colon, text = spec.partition(":")
    points = _points()
    if name not in points:
        raise UsageError(f"no extractor is called {name!r}: {did_you_mean(name, sorted(points))}")
    factory = _factory(points[name])
    return name, factory, _arguments(name, text if colon else None, factory.parameters)


def _points() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _factory(point: EntryPoint) -> ExtractorFactory:
    try:
        factory: ExtractorFactory = point.load()
        _ = factory.summary, list(factory.parameters)
    except (Exception, SystemExit) as error:  # whatever another package does when it is imported
        told = f"{type(error).__name__}: {error}"
        raise DependencyError(f"the extractor {point.name!r} ({point.value}) cannot be loaded: {told}") from error
    return factory


def _arguments(name: str, text: str | None, parameters: Sequence[Parameter]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters}
    given: dict[str, str] = {}
    if text is not None:
        # a comma parts arguments only where a name and "=" follow it: paths and addresses hold commas too
        for number, part in enumerate(re.split(r",(?=[a-z_]+=)", text)):
            key, equals, value = part.partition("=")
            first = next((parameter.name for parameter in parameters if parameter.positional), None)
            if number == 0 and first is not None and (not equals or key not in known):
                key, value, equals = first, part, "="
            if not equals or key not in known:
                listed = did_you_mean(key, list(known)) if known else "it takes none"
                raise UsageError(f"extractor {name!r} has no argument {key!r}: {listed}")
            if not value:
                raise UsageError(
                    f"extractor {name!r}: the argument {key!r} is empty. Fix: give it a value, or leave it out"
                )
            if key in given:
                raise UsageError(f"extractor {name!r}: the argument {key!r} is given twice. Fix: leave one out")
            given[key] = value
    missing = [parameter.name for parameter in parameters if parameter.required and parameter.name not in given]
    if missing:
        raise UsageError(f"extractor {name!r} needs {', '.join(missing)}. Fix: --extractor {name}:{missing[0].upper()}")
    return {
        key: _typed(name, parameter, given[key]) if key in given else parameter.default
        for key, parameter in known.items()
    }


def _typed(name: str, parameter: Parameter, text: str) -> Any:
    what = f"extractor {name!r}: {parameter.name}={text!r}"
    if parameter.type is bool:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{what} is neither true nor false. Fix: {parameter.name}=true")
        value: Any = text.lower() == "true"
    elif parameter.type is Path:
        value = Path(text)
        if not value.exists():
            raise UsageError(f"{what}: there is no such file or folder. Fix: name one that is there")
    else:
        try:
            value = parameter.type(text)
        except ValueError as error:
            kind = _KINDS.get(parameter.type, parameter.type.__name__)
            example = f". Fix: as in {parameter.name}={parameter.default}" if parameter.default is not None else ""
            raise UsageError(f"{what} is no {kind}{example}") from error
    if parameter.choices and value not in parameter.choices:
        raise UsageError(f"{what}. Fix: one of {', '.join(map(str, parameter.choices))}")
    return value
