"""The tokens of a text in a file of Prodigy, by which the words and places of its spans are known."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ....schema import DataError
from ...spans.offset_units import CodePointIndex, OffsetUnit
from ..foreign.json_values import whole_number
from ..foreign.token_texts import find_tokens

_UTF_16 = OffsetUnit("UTF-16 code units")


class ProdigyTokens:
    """Tokens that make up a text; none if those of the file do not.

    Some tokenisers state the places of tokens in a text of their own, with a blank after each. The bounds of spans are
    then places in that text too.

    Args:
        item: A task.

    Attributes:
        are_elsewhere: Whether the tokens' bounds are places in another text.
    """

    def __init__(self, item: Mapping[str, Any]) -> None:
        self._text = item.get("text")
        self._stated: list[tuple[Any, Any]] = []
        self._places: list[tuple[int, int]] = []
        self.are_elsewhere = False
        tokens = item.get("tokens")
        if not isinstance(self._text, str) or not isinstance(tokens, list):
            return
        if not tokens or not all(isinstance(t, dict) and isinstance(t.get("text"), str) for t in tokens):
            return
        with suppress(DataError):  # they are of another text altogether
            self._places = find_tokens(self._text, [t["text"] for t in tokens])
            self._stated = [(t.get("start"), t.get("end")) for t in tokens]
            are_whole = all(type(bound) is int for bounds in self._stated for bound in bounds)
            self.are_elsewhere = are_whole and self._stated != self._places and not self._count_utf_16()

    def _count_utf_16(self) -> bool:
        return list(CodePointIndex(self._text or "", _UTF_16).convert(self._stated)) == self._places

    def range_of(self, span: Mapping[str, Any]) -> range:
        """Return the indices of the tokens of a span, by its own indices or its bounds; empty if they are unknown."""
        first, last = whole_number(span.get("token_start")), whole_number(span.get("token_end"))
        bounds = whole_number(span.get("start")), whole_number(span.get("end"))
        if self.are_elsewhere and None not in bounds:
            first = next((n for n, (start, _) in enumerate(self._stated) if start == bounds[0]), None)
            last = next((n for n, (_, end) in enumerate(self._stated) if end == bounds[1]), None)
        if first is None or last is None or not 0 <= first <= last < len(self._places):
            return range(0)
        return range(first, last + 1)

    def stated(self, tokens: range) -> tuple[Any, Any]:
        """Return the bounds of tokens as the file states them."""
        return self._stated[tokens[0]][0], self._stated[tokens[-1]][1]

    def place(self, tokens: range) -> tuple[int, int]:
        """Return the bounds of tokens in the text, in code points."""
        return self._places[tokens[0]][0], self._places[tokens[-1]][1]
