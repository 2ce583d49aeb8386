"""The pages of the Python API: the public names of each package, with what their docstrings say.

griffe reads the sources without importing them. Whatever it has to say of a docstring is an error here.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

_SCHEMA_AND_CORPUS = ("schema", "corpus", "corpus.formats")
_WIDTH = 84  # characters of code that a page shows without scrolling
PACKAGES = (*_SCHEMA_AND_CORPUS, "annotate", "annotate.rules", "annotate.label_studio", "eval", "eval.report")


def public(package: str) -> list[str]:
    """The names of a package's `__all__`."""
    return list(importlib.import_module(f"goldspan.{package}").__all__)


def pages(links: Path) -> dict[str, str]:
    """The page of each package by its name.

    Args:
        links: Folder in which `goldspan` lies as a namespace package.

    Raises:
        SystemExit: griffe warns of a docstring, or a public name has none.
    """
    faults = _Faults()
    logging.getLogger("griffe").addHandler(faults)
    made = {name: "\n".join(_package(name, links, faults)) for name in PACKAGES}
    if faults.said:
        raise SystemExit("\n".join(faults.said))
    return made


class _Faults(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _package(name: str, links: Path, faults: _Faults) -> Iterator[str]:
    module = griffe.load(f"goldspan.{name}", search_paths=[links], allow_inspection=False)
    yield f"# goldspan.{name}\n"
    yield from _text(module)
    for each in public(name):
        found: Any = module[each]
        if found.is_module:  # a module that is called like what it holds
            found = found[each]
        if found.is_alias:
            found = found.final_target
        yield f"## {each} {{ #{each} }}\n"
        yield from _object(found, each)
        if not found.has_docstring:
            faults.said.append(f"goldspan.{name}.{each} has no docstring. Fix: say what it means")
        if found.is_class:
            for member in found.members.values():
                if not member.name.startswith("_") and not member.is_alias and member.has_docstring:
                    yield f"### {each}.{member.name} {{ #{each}.{member.name} }}\n"
                    yield from _object(member, member.name)


def _object(found: Any, name: str) -> Iterator[str]:
    if found.is_function:
        shown = str(found.signature(name=name))
    elif found.is_class:
        # a struct of msgspec makes its call of its fields, which griffe does not know
        made = str(found.signature(name=name)).removesuffix(" -> None") or f"{name}({', '.join(_fields(found))})"
        shown = f"class {made}"
    else:
        shown = f"{name}: {found.annotation}" if getattr(found, "annotation", None) is not None else name
    yield f"```python\n{_wrapped(shown)}\n```\n"
    yield from _text(found)


def _wrapped(call: str) -> str:
    """A call that is too wide for its page, an argument a line."""
    start = call.find("(") + 1
    if len(call) <= _WIDTH or not start:
        return call
    parts, depth = [""], 0
    for at, sign in enumerate(call[start:], start):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return call[:start] + "".join(f"\n    {part.strip()}," for part in parts) + "\n" + call[at:]
        parts[-1] += sign if sign != "," or depth else ""
        parts += [""] * (sign == "," and not depth)
    return call


def _fields(found: Any) -> Iterator[str]:
    for member in found.members.values():
        if member.is_attribute and member.annotation is not None and "property" not in member.labels:
            yield f"{member.name}: {member.annotation}{'' if member.value is None else f' = {member.value}'}"


def _text(found: Any) -> Iterator[str]:
    for section in found.docstring.parse("google") if found.docstring else ():
        if section.kind is griffe.DocstringSectionKind.text:
            yield f"{_plain(section.value)}\n"
        else:
            yield f"**{section.title or section.kind.value.capitalize()}**\n"
            for item in section.value:
                key = getattr(item, "name", "") or str(item.annotation or "")
                yield f"- {f'`{key}`: ' if key else ''}{_plain(' '.join(item.description.split()))}"
            yield ""


def _plain(text: str) -> str:
    """The text with what Markdown would take for HTML, outside of code."""
    return "`".join(part if at % 2 else part.replace("<", "&lt;") for at, part in enumerate(text.split("`")))
