"""The published editions of the gold of the seed articles, each in a folder that never changes.

An edition holds the passes, the decisions, the suppressed findings and the adjudicated gold; `editions.toml` states the
fingerprint and the file hashes of each edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from ...schema import UsageError, did_you_mean
from ...schema.files.toml_document import parse_toml

_PACKAGE, _FOLDER = "goldspan.corpus", "gold"


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the gold.

    Attributes:
        version: Version number. The major version changes with the scheme, the minor version with spans or values.
        date: Publication date, `YYYY-MM-DD`.
        guidelines: Version of the guidelines that it follows.
        spans: Number of spans.
        sha256: Fingerprint of the layer.
        folder: The folder of its files.
        files: SHA-256 of the bytes of each file, by path relative to the folder.
    """

    version: str
    date: str
    guidelines: str
    spans: int
    sha256: str
    folder: Traversable
    files: dict[str, str]


def editions() -> list[Edition]:
    """Return all editions, oldest first."""
    folder = resources.files(_PACKAGE).joinpath(_FOLDER)
    tables = parse_toml(folder.joinpath("editions.toml").read_text("utf-8")).values["edition"]
    return [Edition(**table, folder=folder.joinpath(table["version"])) for table in tables]


def edition(version: str | None = None) -> Edition:
    """Return the edition with a version, or the newest one.

    Raises:
        UsageError: There is no edition with this version.
    """
    available = editions()
    for candidate in reversed(available):
        if version in (None, candidate.version):
            return candidate
    hint = did_you_mean(str(version), [candidate.version for candidate in available])
    raise UsageError(f"no edition with version {version!r}: {hint}")
