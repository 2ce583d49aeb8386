"""Texts folded for lookup."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from goldspan.schema.writing.folded_text import fold_surface, fold_text
from goldspan.schema.writing.listed_surfaces import ListedSurfaces


def test_whatever_unicode_composes_folds_as_one_letter() -> None:
    for point in range(sys.maxunicode + 1):
        letter = chr(point)
        if unicodedata.decomposition(letter)[:1] in ("", "<") and not 0xAC00 <= point < 0xD7A4:
            continue
        forms = {unicodedata.normalize(form, letter) for form in ("NFC", "NFD")} | {letter}
        assert len({fold_surface(form) for form in forms}) == 1, hex(point)
        assert len({fold_surface(form, case=False) for form in forms}) == 1, hex(point)
        for form in forms:
            folded = fold_text(f"北{form}北")
            assert unicodedata.combining(letter) or folded.original(1, len(folded.text) - 1) == (1, 1 + len(form)), hex(
                point
            )


@pytest.mark.parametrize(
    "name", ["ဦးပ", "கொழும்பு", "কোচবিহার", "കൊച്ചി", "ಬೆಂಗಳೂರೊ", "কৌশিক", "කොළඹ", "Ἀθῆναι", "서울", "ŉ"]
)
def test_a_name_is_found_in_any_form_of_unicode(name: str) -> None:
    for listed in ("NFC", "NFD"):
        search = ListedSurfaces([unicodedata.normalize(listed, name)])
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, f"({name}) {name}")
            size = len(unicodedata.normalize(form, name))
            assert list(search.find(text, None)) == [(1, 1 + size, [0]), (3 + size, 3 + 2 * size, [0])]
