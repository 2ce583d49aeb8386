"""What the files of the fuzz have in common: their shapes, each written here by the documented form of its format."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from .seeded_texts import LABELS, SeededText

Writer = Callable[[Sequence[SeededText], Path, Random], Path]


@dataclass(frozen=True)
class Shape:
    """A shape of files of a format.

    Attributes:
        name: Its name.
        form: The format.
        write: Writes texts into a folder and returns the file, or the folder, to read.
        bounds: What the file can state as a bound: `any` value of JSON, `digits`, `whole` numbers, or `none`, if it
            has no numbers of characters for spans.
        words: Whether it states the words of spans.
        unit: The unit of its offsets.
        several: Whether it holds several texts.
        nested: Whether it holds spans within others.
        flat: Whether its texts have no line breaks and no blanks other than single spaces.
        labels: The labels that it can have.
        free_labels: Whether a label may be anything.
        has_ids: Whether it holds ids.
        textless: Whether a text can be left out.
        binary: Whether it is not a text.
        folder: Whether it is a folder, or cannot be compressed.
        label_map: Labels of the file that differ from the scheme's.
    """

    name: str
    form: str
    write: Writer
    bounds: str = "any"
    words: bool = False
    unit: str = "code points"
    several: bool = True
    nested: bool = True
    flat: bool = False
    labels: tuple[str, ...] = LABELS
    free_labels: bool = True
    has_ids: bool = True
    textless: bool = False
    binary: bool = False
    folder: bool = False
    label_map: tuple[tuple[str, str], ...] = ()


SHAPES: dict[str, Shape] = {}


def shape(name: str, form: str = "", **more: Any) -> Callable[[Writer], Writer]:
    """Register the writer of a shape.

    Args:
        name: Name of the shape; its first word is the format unless that is given.
        form: The format.
        more: Its other attributes.
    """

    def registered(write: Writer) -> Writer:
        SHAPES[name] = Shape(name, form or name.partition(" ")[0], write, **more)
        return write

    return registered


def save(folder: Path, name: str, content: str) -> Path:
    """Write a file as it is."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode())
    return path


def save_lines(folder: Path, name: str, items: Sequence[Any]) -> Path:
    """Write lines of JSON."""
    return save(folder, name, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))


def save_json(folder: Path, name: str, item: Any) -> Path:
    """Write a value of JSON on several lines."""
    return save(folder, name, json.dumps(item, ensure_ascii=False, indent=1))


def text_of(text: SeededText, key: str = "text") -> dict[str, str]:
    """Return the text of a document under its key, unless the file has none."""
    return {key: text.text} if text.has_text else {}
