"""A folder from which containers run Label Studio on PostgreSQL, with nginx before it and several workers."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from ....schema import DependencyError, UsageError
from ....schema.errors import os_error_hint
from ....schema.files.private_files import write_private
from .installation import pinned_version

SECRETS_FILE = ".env"
COMPOSE_FILE = "compose.yaml"

_COMPOSE = Template("""\
# Label Studio $version on PostgreSQL, behind nginx. Passwords, address and number of workers are in $secrets.
# Start: docker compose up --detach     Back up: docker compose run --rm backup
name: goldspan-studio-$project

services:
  nginx:
    image: heartexlabs/label-studio:$version
    command: nginx
    restart: unless-stopped
    depends_on: [app]
    environment:
      APP_HOST: app
      LABEL_STUDIO_HOST: $${STUDIO_URL}
    ports:
      - "127.0.0.1:$${STUDIO_PORT}:8085"
    volumes:
      - studio-data:/label-studio/data

  app:
    image: heartexlabs/label-studio:$version
    command: label-studio-uwsgi
    restart: unless-stopped
    depends_on:
      db:
        condition: service_healthy
    environment:
      DJANGO_DB: default
      POSTGRE_HOST: db
      POSTGRE_PORT: "5432"
      POSTGRE_NAME: labels
      POSTGRE_USER: labels
      POSTGRE_PASSWORD: $${DATABASE_PASSWORD:?}
      UWSGI_PROCESSES: $${STUDIO_WORKERS}
      LABEL_STUDIO_HOST: $${STUDIO_URL}
      CSRF_TRUSTED_ORIGINS: $${STUDIO_URL}
      LABEL_STUDIO_USERNAME: $${STUDIO_USERNAME}
      LABEL_STUDIO_PASSWORD: $${STUDIO_PASSWORD:?}
      LABEL_STUDIO_USER_TOKEN: $${STUDIO_TOKEN:?}
$settings
    volumes:
      - studio-data:/label-studio/data

  db:
    image: postgres:17-bookworm
    restart: unless-stopped
    environment:
      POSTGRES_DB: labels
      POSTGRES_USER: labels
      POSTGRES_PASSWORD: $${DATABASE_PASSWORD:?}
    healthcheck:
      test: ["CMD-SHELL", "pg_isready --username labels --dbname labels"]
      interval: 5s
      timeout: 5s
      retries: 24
    volumes:
      - database:/var/lib/postgresql/data

  backup:
    image: postgres:17-bookworm
    profiles: [backup]
    depends_on:
      db:
        condition: service_healthy
    environment:
      PGHOST: db
      PGDATABASE: labels
      PGUSER: labels
      PGPASSWORD: $${DATABASE_PASSWORD:?}
    volumes:
      - studio-data:/label-studio/data:ro
      - ./backups:/backups
    command:
      - sh
      - -ec
      - |
        umask 077
        name=/backups/$$$$(date -u +%Y-%m-%dT%H%M%SZ)
        pg_dump --format=custom --file="$$$$name.dump.part"
        tar --create --gzip --file="$$$$name.files.tar.gz" --directory=/label-studio/data .
        mv "$$$$name.dump.part" "$$$$name.dump"
        echo "$$$$name.dump"

volumes:
  database:
  studio-data:
""")

_SETTINGS = {
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    # without this flag each import of suggestions reads the whole project
    "fflag_fix_back_4620_memory_efficient_predictions_import_08012025_short": "true",
}


@dataclass(frozen=True, slots=True)
class ComposeFolder:
    """A folder with the files.

    Attributes:
        folder: The folder.
        url: Address of the server, as annotators enter it.
        username: Login name of its first user.
    """

    folder: Path
    url: str
    username: str


def write_compose(folder: Path, *, url: str | None = None, port: int = 8080, workers: int = 4) -> ComposeFolder:
    """Write a folder with a compose file and its secrets, whole or not at all.

    Args:
        folder: The new folder. An existing one is refused: its secrets belong to data.
        url: Address of the server, as annotators enter it; by default that of the port on this machine.
        port: Port of this machine on which nginx listens.
        workers: Number of processes that answer requests.

    Raises:
        UsageError: The folder exists, or the address is not one of a server.
        DependencyError: The folder cannot be written.
    """
    address = _checked_url(url or f"http://localhost:{port}")
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder}: is there already, perhaps with the passwords of a server. Fix: a new folder")
    username = "annotator@localhost"
    values = {
        "STUDIO_URL": address,
        "STUDIO_PORT": port,
        "STUDIO_WORKERS": workers,
        "STUDIO_USERNAME": username,
        "STUDIO_PASSWORD": secrets.token_urlsafe(16),
        "STUDIO_TOKEN": secrets.token_hex(20),
        "DATABASE_PASSWORD": secrets.token_urlsafe(24),
    }
    settings = "\n".join(f'      {name}: "{value}"' for name, value in _SETTINGS.items())
    compose = _COMPOSE.substitute(
        version=pinned_version(),
        secrets=SECRETS_FILE,
        settings=settings,
        project=secrets.token_hex(3),  # of one name, two folders would share containers and volumes
    )
    partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            partial.mkdir(mode=0o700)
            (partial / "backups").mkdir()
            (partial / COMPOSE_FILE).write_text(compose, "utf-8")
            write_private(partial / SECRETS_FILE, "".join(f"{name}={value}\n" for name, value in values.items()))
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror}"
        raise DependencyError(f"{message}. Fix: {os_error_hint(error)}") from error
    return ComposeFolder(folder, address, username)


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        is_server = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        )
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        is_server = False
    if (
        not is_server
        or parts.username
        or parts.path not in ("", "/")
        or not re.fullmatch(r"[\w.:/\[\]-]+", url.strip())
    ):
        raise UsageError(f"invalid address {url!r}. Fix: https://HOST or http://HOST:PORT")
    return url.strip().rstrip("/")
