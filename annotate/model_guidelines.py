"""Guidelines as a model is given them: without what only people at a page, with commands at hand, can do."""

from __future__ import annotations

import re

_FOR_PEOPLE = {
    "`conflict-news@1`. `goldspan schema show` prints the short form.": "`conflict-news@1`.",
    ", set `unsure`, and say in the note why.": ".",
    '**look it up** with `goldspan lookup "NAME"` before anything else.': "null where you do not know it for sure.",
    "| the registry's slug; a new one in kebab-case where it has none |": "| the registry's slug, null if unknown |",
    "`id`, `lat`, `lon` and `country` come from `goldspan lookup`: alpha-3 for a country, else `geonames:<id>` where"
    " the gazetteer has one, else the gazetteer's slug, else a new slug with the point you can vouch for, or null for"
    " both coordinates.": "`id` is alpha-3 for a country, else `geonames:<id>` or the gazetteer's slug, null where you"
    " do not know it for sure. `lat` and `lon` are a point you can vouch for, or null for both.",
}
"""Passages of goldspan's own guidelines, which people copy into theirs, and what a model reads in their place."""

_PATTERNS = [(re.compile(r"\s+".join(map(re.escape, old.split()))), new) for old, new in _FOR_PEOPLE.items()]
_TITLE = re.compile(r"\A\ufeff?\s*# [^\n]*\n+")

_NOTE = """They were written for people, who have a page, commands and a registry at hand. You have none of these, and
your answer has no other keys than those named above: pass over what they say of anything else."""
_NO_VALUES = """You are not asked for values: what they say of values, such as kinds and ids, only helps to find the
spans."""


def guidelines_section(text: str, *, values: bool) -> str:
    """Return the part of a prompt with guidelines, under one heading.

    Args:
        text: The guidelines, written for people (Markdown); their own title is left out.
        values: Whether the model also gives values.
    """
    note = _NOTE if values else f"{_NOTE} {_NO_VALUES}"
    for pattern, new in _PATTERNS:
        text = pattern.sub(lambda _, new=new: new, text)  # type: ignore[misc]
    return f"# Guidelines\n\n{note}\n\n{_TITLE.sub('', text)}"
