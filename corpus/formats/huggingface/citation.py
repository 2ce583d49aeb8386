"""The citation of a dataset as BibTeX."""

from __future__ import annotations

import re

from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics
from .tex import escape_tex


def bibtex_entry(statistics: DatasetStatistics, release: ReleaseMetadata) -> str:
    """Return the authors' own entry, or one generated from title, authors, year, version and URL."""
    about = release.about
    if about.citation.strip():
        return about.citation.strip().replace("```", "'''")
    latest = max([statistics.gold.created, *(layer.created for layer in statistics.passes.values())])[:4]
    year = latest if latest.isdecimal() and latest.isascii() else ""
    title = about.title or statistics.scheme.title
    url = about.url or (f"https://huggingface.co/datasets/{about.repository}" if about.repository else "")
    fields = {
        "author": " and ".join(f"{{{escape_tex(name)}}}" for name in about.authors),
        "title": f"{{{escape_tex(title)}}}",
        "year": year,
        "version": escape_tex(about.version),
        "url": url if re.fullmatch(r"https?://[^\s{}]+", url) else "",
        "note": f"Fingerprint of the gold: {statistics.fingerprint[:16]}",
    }
    key = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "dataset"
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{key}{year},\n{lines}\n}}"
