"""Who may use an embedded server: one person and one token, made up once and known to their owner only."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ....schema import DependencyError
from .paths import DEFAULT, ServerPaths


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of a server's one user.

    Attributes:
        username: What the person logs in with; an address by its form only.
        password: What goes with it.
        token: What programs show instead.
    """

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def generate_credentials(name: str) -> Credentials:
    """New ones for a server."""
    person = "annotator" if name == DEFAULT else name
    return Credentials(f"{person}@localhost", secrets.token_urlsafe(12), secrets.token_hex(20))


def read_credentials(place: ServerPaths) -> Credentials | None:
    """Those of a server; none where there is no file.

    Raises:
        DependencyError: The file is not what was written.
    """
    try:
        return Credentials(**json.loads(place.credentials.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise DependencyError(f"{place.credentials}: cannot be read. Fix: put it back from a copy") from error


def write_credentials(place: ServerPaths, credentials: Credentials) -> None:
    """Keeps them in a file that only its owner can read, from its first byte on."""
    write_private(place.credentials, json.dumps(asdict(credentials), indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Writes a file whole or not at all, readable by its owner only."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
