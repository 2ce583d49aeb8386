"""TeX for untrusted text."""

from __future__ import annotations

_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}"}


def escape_tex(text: str) -> str:
    """Return a text on one line in which TeX finds no commands."""
    return "".join(_SPECIAL.get(c, c) for c in " ".join(text.split())).replace("`", "'")
