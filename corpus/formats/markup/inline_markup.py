"""Texts with elements in them: the text without its markup, and where each element was."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .safe_xml import XmlElement


class InlineElement(NamedTuple):
    """An element with its place in the text: `[start, end)` in code points."""

    element: XmlElement
    start: int
    end: int


def text_without_markup(
    root: XmlElement, own_text: Callable[[XmlElement], XmlElement] = lambda element: element
) -> tuple[str, list[InlineElement]]:
    """Return the text of an element without markup, and the elements in it, outer ones first.

    Args:
        root: The element.
        own_text: Returns the part of an element whose text is in the document, usually the element itself.
    """
    parts: list[str] = []
    found: list[InlineElement] = []
    length = 0

    def walk(element: XmlElement) -> None:
        nonlocal length
        for item in element.content:
            if isinstance(item, str):
                parts.append(item)
                length += len(item)
                continue
            place, start = len(found), length
            found.append(InlineElement(item, start, start))
            walk(own_text(item))
            found[place] = InlineElement(item, start, length)

    walk(root)
    return "".join(parts), found
