"""Lines of text files and answers."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n?|\n")


def text_lines(text: str) -> list[str]:
    """Return the lines of a text, which end with LF, CR LF or CR.

    `str.splitlines` splits at characters too that stand within a cell or an answer, such as U+2028 and U+000B.
    """
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]
