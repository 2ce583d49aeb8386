"""Markdown for untrusted text: escaping and inline code."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]#|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape_markdown(text: str) -> str:
    """Return a text on one line in which Markdown finds no markup, tags, links or images."""
    escaped = "".join(_ENTITIES.get(c, c) for c in text_on_one_line(text))
    return _MARKUP.sub(r"\\\1", escaped).replace("://", ":&#47;&#47;")


def inline_code(text: str) -> str:
    """Return a text as inline code, for names and ids."""
    line = text_on_one_line(text)
    if "`" in line or "|" in line:
        return escape_markdown(line)
    return f"`{line}`" if line else ""


def text_on_one_line(text: str) -> str:
    """Return a text on one line, with a blank for each run of characters that are not printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
