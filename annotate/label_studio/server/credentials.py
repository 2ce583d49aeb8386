"""Credentials of an embedded server: one user and one token, generated once and readable by the owner only."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field

from ....schema import DependencyError
from ....schema.files.private_files import write_private
from ..client.connection import DEFAULT_SERVER
from .paths import ServerPaths


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials of a server's only user.

    Attributes:
        username: Login name, in the form of an email address.
        password: Password for the web pages.
        token: API token for programs.
    """

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def generate_credentials(name: str) -> Credentials:
    """Generate credentials for the server of that name."""
    person = "annotator" if name == DEFAULT_SERVER else name
    return Credentials(f"{person}@localhost", secrets.token_urlsafe(12), secrets.token_hex(20))


def read_credentials(paths: ServerPaths) -> Credentials | None:
    """Read the credentials of a server; None if there is no file.

    Raises:
        DependencyError: The file is damaged or cannot be read.
    """
    try:
        return Credentials(**json.loads(paths.credentials.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise DependencyError(f"{paths.credentials}: cannot be read. Fix: restore it from a backup") from error


def require_credentials(paths: ServerPaths) -> Credentials:
    """Read the credentials of a server that has data.

    Raises:
        DependencyError: The file is missing or damaged.
    """
    credentials = read_credentials(paths)
    if credentials is None:
        fix = f"restore the file from a backup, or move {paths.folder} away to start with an empty server"
        raise DependencyError(
            f"{paths.credentials}: the file is missing, but the server's data has that user. Fix: {fix}"
        )
    return credentials


def write_credentials(paths: ServerPaths, credentials: Credentials) -> None:
    """Write the credentials to a file that is readable by its owner only from the first byte on."""
    write_private(paths.credentials, json.dumps(asdict(credentials), indent=1) + "\n")
