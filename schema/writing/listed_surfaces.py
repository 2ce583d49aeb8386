"""The search for listed surfaces in texts: whole words, folded as `folded_text` folds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .folded_text import abbreviation, fold_surface, fold_text, is_turkic
from .surface_index import SurfaceIndex


class ListedSurfaces:
    """Surfaces that are looked for in texts.

    Args:
        surfaces: The surfaces.
        case: Whether case is ignored; abbreviations keep theirs.
    """

    def __init__(self, surfaces: Sequence[str], *, case: bool = True) -> None:
        self._surfaces = surfaces
        self._case = case
        self._exact = [abbreviation(surface) if case else "" for surface in surfaces]
        self._indexes: dict[bool, tuple[SurfaceIndex, dict[str, list[int]]]] = {}

    def find(self, text: str, language: str | None) -> Iterator[tuple[int, int, list[int]]]:
        """Yield the bounds of each occurrence and the numbers of the surfaces that it is one of.

        Args:
            text: The text.
            language: Its language; None if it is not stated.
        """
        turkic = self._case and is_turkic(language)
        index, numbers = self._index(turkic)
        for start, end, key in index.find(fold_text(text, case=self._case, turkic=turkic)):
            fitting = numbers[key]
            if any(self._exact[number] for number in fitting):
                exact = abbreviation(text[start:end])
                fitting = [number for number in fitting if self._exact[number] in ("", exact)]
            if fitting:
                yield start, end, fitting

    def _index(self, turkic: bool) -> tuple[SurfaceIndex, dict[str, list[int]]]:
        if turkic not in self._indexes:
            numbers: dict[str, list[int]] = defaultdict(list)
            for number, surface in enumerate(self._surfaces):
                if key := fold_surface(surface, case=self._case, turkic=turkic):
                    numbers[key].append(number)
            self._indexes[turkic] = SurfaceIndex(numbers), numbers
        return self._indexes[turkic]
