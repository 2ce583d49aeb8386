"""How a dataset is cited: BibTeX made of what its makers say."""

from __future__ import annotations

import re

from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics

_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}"}


def citation(facts: DatasetStatistics, release: ReleaseMetadata) -> str:
    """The entry that the makers give, else one made of title, authors, year, version and address."""
    about = release.about
    if about.citation.strip():
        return about.citation.strip().replace("```", "'''")
    newest = max([facts.gold.created, *(layer.created for layer in facts.passes.values())])[:4]
    year = newest if newest.isdecimal() and newest.isascii() else ""
    title = about.title or facts.scheme.title
    address = about.url or (f"https://huggingface.co/datasets/{about.repository}" if about.repository else "")
    entries = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in about.authors),
        "title": f"{{{_tex(title)}}}",
        "year": year,
        "version": _tex(about.version),
        "url": address if re.fullmatch(r"https?://[^\s{}]+", address) else "",
        "note": f"Fingerprint of the gold: {facts.fingerprint[:16]}",
    }
    key = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "dataset"
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in entries.items() if value)
    return f"@misc{{{key}{year},\n{lines}\n}}"


def _tex(text: str) -> str:
    """A text in which TeX takes nothing for a command."""
    return "".join(_SPECIAL.get(c, c) for c in " ".join(text.split())).replace("`", "'")
