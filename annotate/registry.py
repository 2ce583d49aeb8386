"""The registry of extractors: found by entry point, loaded on demand, with their arguments checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
from ..schema.extras import missing_extras, missing_packages

GROUP = "goldspan.extractors"
"""The entry point group of extractors."""

_TYPE_NAMES: Mapping[type, str] = {int: "whole number", float: "number"}


@dataclass(frozen=True, slots=True)
class ExtractorInfo:
    """An extractor provided by an installed package.

    Attributes:
        name: Its name, as used in extractor specs.
        package: The package that provides it, with its version; empty if unknown.
        summary: A description of one line.
        parameters: The arguments that it takes.
        fault: Why it cannot be loaded or created, such as a package that is not installed; empty if it can.
    """

    name: str
    package: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    fault: str = ""


def installed_extractors() -> list[ExtractorInfo]:
    """List the extractors of all installed packages by name; those that cannot be loaded are listed with the reason."""
    extractors = []
    for name, entry_point in sorted(_entry_points().items()):
        package = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist is not None else ""
        try:
            factory = _load_factory(entry_point)
        except DependencyError as error:
            extractors.append(ExtractorInfo(name, package, "", fault=str(error)))
        else:
            fault = _missing_parts(name, factory)
            extractors.append(ExtractorInfo(name, package, factory.summary, tuple(factory.parameters), fault))
    return extractors


def extractor_names() -> list[str]:
    """Return the names of all installed extractors, of those too that cannot be loaded."""
    return sorted(_entry_points())


def check_spec(spec: str) -> None:
    """Check the name and arguments of an extractor without creating it; the first step of `load_extractor`.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported, or an extra that it needs is not installed.
    """
    _resolve(spec)


def load_extractor(spec: str, scheme: Scheme) -> Extractor:
    """Create the extractor that a spec names: `NAME` or `NAME:ARGUMENTS`.

    Arguments have the form `key=value` and are separated by commas. The first may be a bare value if the extractor
    allows that (`spacy:PATH`). Values may contain commas and colons.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported, or an extra that it needs is not installed.
        DataError: A file named by an argument is invalid.
    """
    name, factory, arguments = _resolve(spec)
    try:
        extractor = factory(scheme, **arguments)
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:
        raise DependencyError(f"the extractor {name!r} cannot be created: {type(error).__name__}: {error}") from error
    if not isinstance(extractor, Extractor):
        raise DependencyError(f"the extractor {name!r} lacks a name, a version or `extract`. Fix: tell its authors")
    return extractor


def _resolve(spec: str) -> tuple[str, ExtractorFactory, dict[str, Any]]:
    name, colon, text = spec.partition(":")
    available = _entry_points()
    if name not in available:
        raise UsageError(f"no extractor is called {name!r}: {did_you_mean(name, sorted(available))}")
    factory = _load_factory(available[name])
    if fault := _missing_parts(name, factory):
        raise DependencyError(fault)
    return name, factory, _parse_arguments(name, text if colon else None, factory.parameters)


def _missing_parts(name: str, factory: ExtractorFactory) -> str:
    what = f"the extractor {name}"
    return missing_extras(what, *getattr(factory, "extras", ())) or missing_packages(
        what, getattr(factory, "packages", {})
    )


def _entry_points() -> Mapping[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group=GROUP)}


def _load_factory(entry_point: EntryPoint) -> ExtractorFactory:
    try:
        factory: ExtractorFactory = entry_point.load()
        _ = factory.summary, list(factory.parameters)
    except (Exception, SystemExit) as error:  # importing another package may raise anything
        reason = f"{type(error).__name__}: {error}"
        message = f"the extractor {entry_point.name!r} ({entry_point.value}) cannot be loaded: {reason}"
        raise DependencyError(message) from error
    return factory


def split_arguments(text: str, parameters: Sequence[Parameter]) -> Iterator[tuple[str, str | None, str]]:
    """Yield each argument of a spec: its name, its value, and both as written; the value is None without a name.

    Args:
        text: The arguments, as they follow the extractor's name and a colon.
        parameters: What the extractor takes.
    """
    known = {parameter.name for parameter in parameters}
    positional = next((parameter.name for parameter in parameters if parameter.positional), None)
    # a comma separates arguments only before a name and "=": paths and URLs may contain commas
    for number, part in enumerate(re.split(r",(?=[a-z_]+=)", text)):
        key, equals, value = part.partition("=")
        if number == 0 and positional is not None and (not equals or key not in known):
            yield positional, part, part
        else:
            yield key, value if equals else None, part


def parameters_of(spec: str) -> tuple[Parameter, ...]:
    """Return the parameters of the extractor that a spec names.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported, or an extra that it needs is not installed.
    """
    return tuple(_resolve(spec)[1].parameters)


def reads_codebook(spec: str) -> bool:
    """Return whether the extractor that a spec names reads the definitions of the scheme, as a language model does.

    Raises:
        UsageError: No extractor has that name, or an argument is unknown, missing or of the wrong type.
        DependencyError: Its package cannot be imported, or an extra that it needs is not installed.
    """
    return bool(getattr(_resolve(spec)[1], "reads_codebook", False))


def _parse_arguments(name: str, text: str | None, parameters: Sequence[Parameter]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, str] = {}
    if text is not None:
        for key, value, _ in split_arguments(text, parameters):
            if value is None or key not in known:
                hint = did_you_mean(key, list(known)) if known else "it takes no arguments"
                raise UsageError(f"extractor {name!r} has no argument {key!r}: {hint}")
            if not value:
                raise UsageError(
                    f"extractor {name!r}: argument {key!r} is empty. Fix: give it a value, or leave it out"
                )
            if key in texts:
                raise UsageError(f"extractor {name!r}: argument {key!r} is given twice. Fix: leave one out")
            texts[key] = value
    missing = [parameter.name for parameter in parameters if parameter.required and parameter.name not in texts]
    if missing:
        raise UsageError(f"extractor {name!r} needs {', '.join(missing)}. Fix: `extractor` {name}:{missing[0].upper()}")
    return {
        key: _convert(name, parameter, texts[key]) if key in texts else parameter.default
        for key, parameter in known.items()
    }


def _convert(name: str, parameter: Parameter, text: str) -> Any:
    argument = f"extractor {name!r}: {parameter.name}={text!r}"
    if parameter.type is bool:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{argument} is neither true nor false. Fix: {parameter.name}=true")
        value: Any = text.lower() == "true"
    elif parameter.type is Path:
        value = Path(text)
        if not value.exists():
            raise UsageError(f"{argument}: no such file or folder. Fix: name an existing one")
    else:
        try:
            value = parameter.type(text)
        except ValueError as error:
            type_name = _TYPE_NAMES.get(parameter.type, parameter.type.__name__)
            example = (
                f". Fix: {parameter.name}={parameter.default}, for example" if parameter.default is not None else ""
            )
            raise UsageError(f"{argument} is not a {type_name}{example}") from error
    if parameter.choices and value not in parameter.choices:
        raise UsageError(f"{argument} is not allowed. Fix: one of {', '.join(map(str, parameter.choices))}")
    return value
