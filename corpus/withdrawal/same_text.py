"""When two texts count as the same one, although a hash of their bytes differs.

The rule: white space and invisible characters do not count, and neither does how characters are composed. So a text
that was wrapped anew, indented, or saved with other line ends or accents is the same; one with another word is not.
"""

from __future__ import annotations

import re
import unicodedata

from ...schema.hashing import sha256_hex

_WHITE_SPACE = re.compile(r"\s+")


def letters_of(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), without white space and format characters (such as U+200B)."""
    letters = _WHITE_SPACE.sub("", unicodedata.normalize("NFC", text))
    if letters.isascii():
        return letters
    return "".join(char for char in letters if unicodedata.category(char) != "Cf")


def letters_sha256(text: str) -> str | None:
    """Return the SHA-256 (hex) of the letters of a text, equal for texts that count as the same; None if it has none.

    Lone surrogates, which no file in UTF-8 holds, count as question marks.
    """
    letters = letters_of(text)
    return sha256_hex(letters.encode("utf-8", "replace").decode()) if letters else None
