"""Pages of the Python API: the public names of each package with their docstrings.

griffe reads the sources without importing them. Each of its warnings about a docstring is an error here.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import griffe

_MAX_WIDTH = 84  # characters of code that fit on a page without scrolling
PACKAGES = (
    "goldspan",
    "goldspan.schema",
    "goldspan.corpus",
    "goldspan.corpus.formats",
    "goldspan.annotate",
    "goldspan.annotate.rules",
    "goldspan.annotate.label_studio",
    "goldspan.eval",
    "goldspan.eval.report",
    "goldspan.workflows",
)


def public_names(package: str) -> list[str]:
    """Return the names in a package's `__all__`."""
    return list(importlib.import_module(package).__all__)


def pages(links: Path) -> dict[str, str]:
    """Return the page of each package by its name, `goldspan` and the packages below it without `goldspan.`.

    Args:
        links: Folder that contains `goldspan` as a namespace package.

    Raises:
        SystemExit: griffe warns about a docstring, or a public name has none.
    """
    warnings = _Warnings()
    logging.getLogger("griffe").addHandler(warnings)
    loader = griffe.GriffeLoader(search_paths=[links], allow_inspection=False)
    loader.load(
        "goldspan", try_relative_path=False
    )  # with all below it: to load each package by itself reads everything as many times
    modules = loader.modules_collection
    texts = {name.removeprefix("goldspan."): "\n".join(_package(name, modules, warnings)) for name in PACKAGES}
    if warnings.messages:
        raise SystemExit("\n".join(warnings.messages))
    return texts


class _Warnings(logging.Handler):
    """Collects warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _package(name: str, modules: griffe.ModulesCollection, warnings: _Warnings) -> Iterator[str]:
    module = modules[name]
    yield f"# {name}\n"
    yield from _docstring(module)
    for public_name in public_names(name):
        item: Any = module[public_name]
        if name == "goldspan" and item.is_alias:  # imported when it is used, which griffe does not follow
            home = getattr(importlib.import_module(name), public_name).__module__
            item = modules[home][public_name]
        if item.is_module:  # a module with the same name as its content
            item = item[public_name]
        if item.is_alias:
            item = item.final_target
        yield f"## {public_name} {{ #{public_name} }}\n"
        yield from _object(item, public_name)
        if not item.has_docstring:
            warnings.messages.append(f"{name}.{public_name} has no docstring. Fix: add one")
        if item.is_class:
            for member in _members(item):
                if not member.name.startswith("_") and member.has_docstring:
                    yield f"### {public_name}.{member.name} {{ #{public_name}.{member.name} }}\n"
                    yield from _object(member, member.name)


def _members(item: Any) -> Iterator[Any]:
    """Yield the members of a class, those of its base classes in the same package included."""
    yield from (member for member in item.members.values() if not member.is_alias)
    for inherited in item.inherited_members.values():
        target = inherited.final_target
        if target.path.startswith("goldspan."):
            yield target


def _object(item: Any, name: str) -> Iterator[str]:
    if item.is_function:
        declaration = str(item.signature(name=name))
    elif item.is_class:
        # griffe does not know that the arguments of a msgspec struct are its fields
        inherited = item.inherited_members.get("__init__")
        made_by = inherited.final_target if inherited is not None else item
        call = (
            str(made_by.signature(name=name)).removesuffix(" -> None").replace("(self, ", "(").replace("(self)", "()")
        )
        call = call or f"{name}({', '.join(_fields(item))})"
        declaration = f"class {call}"
    else:
        declaration = f"{name}: {item.annotation}" if getattr(item, "annotation", None) is not None else name
    yield f"```python\n{_wrap(declaration)}\n```\n"
    yield from _docstring(item)


def _wrap(call: str) -> str:
    """Put each argument of a call on its own line if it is too wide for the page."""
    start = call.find("(") + 1
    if len(call) <= _MAX_WIDTH or not start:
        return call
    arguments, depth = [""], 0
    for index, character in enumerate(call[start:], start):
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return call[:start] + "".join(f"\n    {a.strip()}," for a in arguments) + "\n" + call[index:]
        if character == "," and not depth:
            arguments.append("")
        else:
            arguments[-1] += character
    return call


def _fields(item: Any) -> Iterator[str]:
    for member in item.members.values():
        if member.is_attribute and member.annotation is not None and "property" not in member.labels:
            yield f"{member.name}: {member.annotation}{'' if member.value is None else f' = {member.value}'}"


def _docstring(item: Any) -> Iterator[str]:
    for section in item.docstring.parse("google") if item.docstring else ():
        if section.kind is griffe.DocstringSectionKind.text:
            yield f"{_escape_html(section.value)}\n"
        elif section.kind is griffe.DocstringSectionKind.examples:
            yield from _examples(section.value)
        else:
            yield f"**{section.title or section.kind.value.capitalize()}**\n"
            for entry in section.value:
                key = getattr(entry, "name", "") or str(entry.annotation or "")
                yield f"- {f'`{key}`: ' if key else ''}{_escape_html(' '.join(entry.description.split()))}"
            yield ""


def _examples(parts: Sequence[tuple[Any, str]]) -> Iterator[str]:
    yield "**Example**\n"
    for kind, text in parts:
        yield f"```pycon\n{text}\n```\n" if kind is griffe.DocstringSectionKind.examples else f"{_escape_html(text)}\n"


def _escape_html(text: str) -> str:
    """Escape what Markdown would take for HTML, except in code."""
    parts = text.split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))
