"""The spans of a file of WebAnno TSV, put together from the rows that have parts of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .cas_structures import CasFile, FeatureStructure

_DISAMBIGUATION = re.compile(r"(?<!\\)((?:\\\\)*)\[([0-9_]{1,18})\]\Z")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_FIRST_ID = 10**15  # no number in a column is taken for one


@dataclass(slots=True)
class TsvColumn:
    """A column of a layer.

    Attributes:
        layer: Name of the layer.
        kind: `feature`, `role`, `slot`, `relation` or `chain`.
        feature: Name of the feature.
    """

    layer: str
    kind: str
    feature: str


@dataclass(slots=True)
class TsvRow:
    """A token, or a part of one.

    Attributes:
        name: Its number: `1-6`, or `1-6.1` for a part.
        begin: Its first character, in the file's unit.
        end: Its end.
        words: Its words.
        cells: Its columns.
        line: Its line in the file.
    """

    name: str
    begin: int
    end: int
    words: str
    cells: list[str]
    line: int


class TsvSpanBuilder:
    """Puts the spans together that rows have parts of."""

    def __init__(self, cas: CasFile, columns: list[TsvColumn], left_out: Counter[str]) -> None:
        self._cas, self._left_out = cas, left_out
        self._layers: dict[str, list[tuple[int, TsvColumn]]] = {}
        for index, column in enumerate(columns):
            self._layers.setdefault(column.layer, []).append((index, column))
        self._numbered: dict[tuple[str, str], FeatureStructure] = {}
        self._links: set[tuple[str, str]] = set()

    def add(self, row: TsvRow) -> None:
        """Add what a row states."""
        for layer, columns in self._layers.items():
            cells = [
                (column, split_cell(row.cells[index], "|")) for index, column in columns if row.cells[index] != "_"
            ]
            if not cells:
                continue
            kind = cells[0][0].kind
            if kind in ("relation", "chain"):
                self._count(layer, kind, cells)
                continue
            for stacked in _stacked(cells):
                self._add_span(layer, row, stacked)

    def _count(self, layer: str, kind: str, cells: list[tuple[TsvColumn, list[str]]]) -> None:
        if kind == "relation":
            self._left_out["relations"] += len(cells[0][1])
            return
        for value in cells[-1][1]:  # `coref->1-2` on each token of a link
            link = (layer, value.rpartition("->")[2])
            self._left_out["links of chains"] += link not in self._links
            self._links.add(link)

    def _add_span(self, layer: str, row: TsvRow, stacked: list[tuple[TsvColumn, str]]) -> None:
        number = ""
        features: dict[str, object] = {}
        slots = 0
        for column, value in stacked:
            match = _DISAMBIGUATION.search(value) if column.kind != "slot" else None
            if match is not None:
                number = number or match[2]
                value = value[: match.start()] + match[1]
            if column.kind == "feature" and value != "*" and column.feature:
                features[column.feature] = unescape(value)
            elif column.kind == "role" and value not in ("*", "_"):
                slots += len(split_cell(value, ";"))
        known = self._numbered.get((layer, number)) if number else None
        if known is not None:
            known.features["end"] = max(known.features["end"], row.end)
            return
        self._left_out["roles of slots"] += slots
        bounds = {"begin": row.begin, "end": row.end}
        identifier = _FIRST_ID + len(self._cas.structures)
        structure = FeatureStructure(identifier, layer, {**features, **bounds}, row.line, f"at token {row.name}")
        self._cas.add(structure)
        if number:
            self._numbered[layer, number] = structure


def _stacked(cells: list[tuple[TsvColumn, list[str]]]) -> Iterable[list[tuple[TsvColumn, str]]]:
    """Return the values of each of several spans on a token: those with the same number, or at the same position."""
    spans: dict[str | int, list[tuple[TsvColumn, str]]] = {}
    before: list[str | int] = []
    for column, values in cells:
        keys: list[str | int] = []
        for position, value in enumerate(values):
            match = _DISAMBIGUATION.search(value) if column.kind != "slot" else None
            of_role = column.kind == "slot" and position < len(before)
            keys.append(before[position] if of_role else match[2] if match else position)
            spans.setdefault(keys[-1], []).append((column, value))
        before = keys
    return spans.values()


def split_cell(cell: str, separator: str) -> list[str]:
    """Split a cell at the separators that are not escaped."""
    return re.findall(rf"(?:\A|{re.escape(separator)})((?:\\.|[^\\{re.escape(separator)}]|\\\Z)*)", cell, re.DOTALL)


def unescape(text: str, *, with_codes: bool = False) -> str:
    r"""Return a text without escapes.

    Args:
        text: The text as the file has it.
        with_codes: Whether `\u0041` is a code, as before version 3.2.
    """

    def replaced(match: re.Match[str]) -> str:
        escaped = match[1]
        if len(escaped) == 5:
            return chr(int(escaped[1:], 16)) if with_codes else escaped
        return _CONTROLS.get(escaped, escaped)

    return _ESCAPE.sub(replaced, text)
