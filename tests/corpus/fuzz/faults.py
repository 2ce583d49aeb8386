"""Faults of files by seed: of offsets, of encodings, of line ends, truncation, doubled ids and the like."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from .file_shapes import Shape
from .seeded_texts import Mark, SeededText, state_bounds

UNKNOWN = "NONSENSE"


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes:
        name: Its name.
        fits: Whether files of a shape can have it.
        state: Changes what the file states; returns whether it changed anything.
        damage: Returns the bytes of a file with the fault; None if they cannot have it.
        place: Whether a message must say where it is.
        latin: Whether the texts must be in Latin-1.
        suffix: What is added to the name of the file.
    """

    name: str
    fits: Callable[[Shape], bool] = lambda shape: True
    state: Callable[[list[SeededText], Shape, Random], bool] | None = None
    damage: Callable[[bytes, Random], bytes | None] | None = None
    place: bool = False
    latin: bool = False
    suffix: str = ""


FAULTS: dict[str, Fault] = {"none": Fault("none")}


def _add(name: str, **more: Any) -> None:
    FAULTS[name] = Fault(name, **more)


def _any(shape: Shape) -> bool:
    return shape.bounds == "any"


def _written(shape: Shape) -> bool:
    return shape.bounds in ("any", "digits")


def _counts(shape: Shape) -> bool:
    return shape.bounds != "none"


# offsets of all spans


def _in_unit(unit: str) -> Callable[[list[SeededText], Shape, Random], bool]:
    def state(texts: list[SeededText], shape: Shape, random: Random) -> bool:
        before = [mark.stated for text in texts for mark in text.marks]
        state_bounds(texts, unit)
        return before != [mark.stated for text in texts for mark in text.marks]

    return state


for _unit in ("code points", "UTF-16", "bytes", "CRLF as one"):
    _add(
        f"offsets in {_unit}",
        fits=lambda shape, unit=_unit: _counts(shape) and shape.unit != unit,
        state=_in_unit(_unit),
    )


def _all(change: Callable[[Any, Any], tuple[Any, Any]]) -> Callable[[list[SeededText], Shape, Random], bool]:
    def state(texts: list[SeededText], shape: Shape, random: Random) -> bool:
        marks = [mark for text in texts for mark in text.marks]
        for mark in marks:
            mark.stated = change(*mark.stated)
        return bool(marks)

    return state


_add("inclusive ends", fits=_counts, state=_all(lambda start, end: (start, end - 1)))
_add("all counted from one", fits=_counts, state=_all(lambda start, end: (start + 1, end + 1)))
_add("bounds as strings", fits=_any, state=_all(lambda start, end: (str(start), str(end))))
_add("bounds as floats", fits=_written, state=_all(lambda start, end: (float(start), float(end))))

# offsets of one span


def _one(change: Callable[[Mark, SeededText, Random], None]) -> Callable[[list[SeededText], Shape, Random], bool]:
    def state(texts: list[SeededText], shape: Shape, random: Random) -> bool:
        marks = [(mark, text) for text in texts for mark in text.marks]
        if marks:
            mark, text = random.choice(marks)
            change(mark, text, random)
        return bool(marks)

    return state


def _bounds(change: Callable[[int, int, int], tuple[Any, Any]]) -> Callable[[Mark, SeededText, Random], None]:
    def changed(mark: Mark, text: SeededText, random: Random) -> None:
        mark.stated = change(*mark.stated, text.offsets[-1])

    return changed


_add("one span shifted by 1", fits=_counts, state=_one(_bounds(lambda s, e, n: (s + 1, e + 1))), place=True)
_add("one span shifted by -1", fits=_counts, state=_one(_bounds(lambda s, e, n: (s - 1, e - 1))), place=True)
_add("one end one short", fits=_counts, state=_one(_bounds(lambda s, e, n: (s, e - 1))), place=True)
_add("one start too early", fits=_counts, state=_one(_bounds(lambda s, e, n: (s - 1, e))), place=True)
_add("past the end", fits=_counts, state=_one(_bounds(lambda s, e, n: (s, n + 3))), place=True)
_add("beyond the end", fits=_counts, state=_one(_bounds(lambda s, e, n: (n + 3, n + 9))), place=True)
_add("negative", fits=_counts, state=_one(_bounds(lambda s, e, n: (s - n - 1, e - n - 1))), place=True)
_add("swapped", fits=_counts, state=_one(_bounds(lambda s, e, n: (e, s))), place=True)
_add("empty", fits=_counts, state=_one(_bounds(lambda s, e, n: (s, s))), place=True)
_add("no number", fits=_written, state=_one(_bounds(lambda s, e, n: ("x", e))), place=True)
_add("fraction", fits=_written, state=_one(_bounds(lambda s, e, n: (s + 0.5, e + 0.5))), place=True)
_add("boolean", fits=_any, state=_one(_bounds(lambda s, e, n: (True, e))), place=True)
_add("null", fits=_any, state=_one(_bounds(lambda s, e, n: (s, None))), place=True)
_add("list", fits=_any, state=_one(_bounds(lambda s, e, n: ([s], e))), place=True)
_add("huge", fits=_written, state=_one(_bounds(lambda s, e, n: (s, 10**30))), place=True)
_add("NaN", fits=_any, state=_one(_bounds(lambda s, e, n: (float("nan"), e))), place=True)
_add("infinite", fits=_written, state=_one(_bounds(lambda s, e, n: (s, float("inf")))), place=True)

# what else a file states


def _double_id(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    if len(texts) > 1:
        texts[1].id = texts[0].id
    return len(texts) > 1


def _double_document(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    texts.append(deepcopy(random.choice(texts)))
    return True


def _double_span(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    marked = [text for text in texts if text.marks]
    for text in marked[:1]:
        text.marks.insert(0, deepcopy(random.choice(text.marks)))
    return bool(marked)


def _other_label(mark: Mark, text: SeededText, random: Random) -> None:
    mark.stated_label = UNKNOWN


def _no_text(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    random.choice(texts).has_text = False
    return True


def _no_texts(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    texts.clear()
    return True


def _no_spans(texts: list[SeededText], shape: Shape, random: Random) -> bool:
    for text in texts:
        text.marks.clear()
    return True


_add("doubled id", fits=lambda shape: shape.several and shape.has_ids, state=_double_id)
_add("doubled document", fits=lambda shape: shape.several and shape.has_ids, state=_double_document)
_add("doubled span", fits=lambda shape: shape.nested and _counts(shape), state=_double_span)
_add("unknown label", fits=lambda shape: shape.free_labels, state=_one(_other_label), place=True)
_add("no text", fits=lambda shape: shape.textless, state=_no_text, place=True)
_add("no texts", fits=lambda shape: shape.several, state=_no_texts)
_add("no spans", state=_no_spans)

# bytes


def _text_only(shape: Shape) -> bool:
    return not shape.binary


def _other_encoding(encoding: str) -> Callable[[bytes, Random], bytes | None]:
    def damage(data: bytes, random: Random) -> bytes | None:
        try:
            return data.decode().encode(encoding)
        except UnicodeError:
            return None

    return damage


def _broken_byte(data: bytes, random: Random) -> bytes | None:
    at = random.randrange(len(data)) if data else 0
    return data[:at] + b"\xff" + data[at + 1 :] if data and data[at] != 0xFF else None


def _cut(data: bytes, random: Random) -> bytes | None:
    return data[: random.randrange(len(data))] if data else None


def _mixed(data: bytes, random: Random) -> bytes:
    parts = data.replace(b"\r\n", b"\n").split(b"\n")
    return b"".join(part + random.choice((b"\n", b"\r\n")) for part in parts[:-1]) + parts[-1]


def _no_last(data: bytes, random: Random) -> bytes | None:
    return data.rstrip(b"\r\n") if data.endswith(b"\n") else None


_add("byte order mark", fits=_text_only, damage=lambda data, _: b"\xef\xbb\xbf" + data)
_add("UTF-16", fits=_text_only, damage=_other_encoding("utf-16"))
_add("UTF-16 without mark", fits=_text_only, damage=_other_encoding("utf-16-le"))
_add("Latin-1", fits=_text_only, damage=_other_encoding("latin-1"), latin=True)
_add("broken byte", damage=_broken_byte)
_add("CRLF", fits=_text_only, damage=lambda data, _: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
_add("CR", fits=_text_only, damage=lambda data, _: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"))
_add("mixed line ends", fits=_text_only, damage=_mixed)
_add("no last line end", fits=_text_only, damage=_no_last)
_add("truncation", damage=_cut)
_add("nothing", damage=lambda data, _: b"")

_add("compressed", fits=lambda shape: not shape.folder, damage=lambda data, _: gzip.compress(data), suffix=".gz")
_add(
    "compressed and truncated",
    fits=lambda shape: not shape.folder,
    damage=lambda data, random: _cut(gzip.compress(data), random),
    suffix=".gz",
)

LINE_ENDS = ("CRLF", "CR", "mixed line ends", "no last line end")


def damaged(path: Path, fault: Fault, random: Random) -> Path | None:
    """Damage a file, or one of a folder; line ends are those of all of them.

    Returns:
        The damaged file, or the folder; None if nothing has changed.
    """
    if fault.damage is None:
        return path
    files: Sequence[Path] = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    if fault.name not in (*LINE_ENDS, "byte order mark") and files:
        files = [random.choice(files)]
    changed = False
    for file in files:
        data = file.read_bytes()
        new = fault.damage(data, random)
        if new is not None and new != data:
            file.write_bytes(new)
            changed = True
    if changed and fault.suffix:
        return path.rename(path.with_name(path.name + fault.suffix))
    return path if changed else None
