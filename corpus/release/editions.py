"""The published gold of the seed articles: its editions, each a folder that never changes.

An edition holds the passes, the decisions, the answers to findings and the adjudicated gold; `editions.toml` states the
fingerprint and the file hashes of each.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from ...schema import UsageError, did_you_mean

_HOME = ("goldspan.corpus", "gold")


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the gold.

    Attributes:
        version: Major for another scheme, minor for spans or values that changed, patch for the rest.
        date: Day it was published, `YYYY-MM-DD`.
        guidelines: Version of the guidelines it follows.
        spans: How many it has.
        sha256: Fingerprint of the layer.
        folder: Its files.
        files: SHA-256 of each file's bytes, by path below the folder.
    """

    version: str
    date: str
    guidelines: str
    spans: int
    sha256: str
    folder: Traversable
    files: dict[str, str]


def editions() -> list[Edition]:
    """Every edition, oldest first."""
    home = resources.files(_HOME[0]).joinpath(_HOME[1])
    listed = tomllib.loads(home.joinpath("editions.toml").read_text("utf-8"))["edition"]
    return [Edition(**item, folder=home.joinpath(item["version"])) for item in listed]


def edition(version: str | None = None) -> Edition:
    """The edition of a version, the newest without one.

    Raises:
        UsageError: There is none of that version.
    """
    known = editions()
    for found in reversed(known):
        if version in (None, found.version):
            return found
    raise UsageError(f"no gold of version {version!r}: {did_you_mean(str(version), [item.version for item in known])}")
