"""When two texts count as the same one, although a hash of their bytes differs.

The rule: white space and invisible characters do not count, and neither does how characters are composed. So a text
that was wrapped anew, indented, or saved with other line ends or accents is the same; one with another word is not.
"""

from __future__ import annotations

import re
import unicodedata

from ...schema.hashing import sha256_hex

# white space, control characters, and what Unicode calls Default_Ignorable_Code_Point
_UNSEEN = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)


def letters_of(text: str) -> str:
    """Return a text without white space and invisible characters (such as U+200B), in Unicode's composed form (NFC)."""
    letters = _UNSEEN.sub("", text)
    if letters.isascii():
        return letters
    # removed first: what stands between a letter and its accent would keep them apart
    return unicodedata.normalize("NFC", "".join(char for char in letters if unicodedata.category(char) != "Cf"))


def letters_sha256(text: str) -> str | None:
    """Return the SHA-256 (hex) of the letters of a text, equal for texts that count as the same; None if it has none.

    Lone surrogates, which no file in UTF-8 holds, count as question marks.
    """
    letters = letters_of(text)
    return sha256_hex(letters.encode("utf-8", "replace").decode()) if letters else None
