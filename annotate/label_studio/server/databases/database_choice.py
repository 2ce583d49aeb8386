"""Which database an embedded server keeps its data in. The choice is made once, and stays with the data."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .....schema import DependencyError, UsageError
from .....schema.files.private_files import write_private
from ...client.connection import DEFAULT_SERVER
from ..paths import ServerPaths

SQLITE, POSTGRES, URL = "sqlite", "postgres", "url"

PASSWORD_VARIABLE = "GOLDSPAN_DATABASE_PASSWORD"

_SCHEMES = ("postgresql", "postgres")
_TLS = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class DatabaseChoice:
    """A database; of all but `kind` SQLite needs nothing.

    Attributes:
        kind: `sqlite`, `postgres` for goldspan's own PostgreSQL, or `url` for one of the user's.
        host: Its host.
        port: Its port; goldspan's own gets another one if that is taken.
        user: User of the database.
        name: Name of the database.
        tls: How far the connection is encrypted and checked, as libpq's sslmode; empty for libpq's default.
        password: Password of the user; empty if the database asks for none.
    """

    kind: str = SQLITE
    host: str = ""
    port: int = 0
    user: str = ""
    name: str = ""
    tls: str = ""
    password: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """What it is called in options and messages, without the password."""
        if self.kind != URL:
            return self.kind
        host = f"[{self.host}]" if ":" in self.host else self.host
        tls = f"?sslmode={self.tls}" if self.tls else ""
        return f"postgresql://{quote(self.user, safe='')}@{host}:{self.port}/{quote(self.name, safe='')}{tls}"

    def same_as(self, other: DatabaseChoice) -> bool:
        """Return whether the other is the same database, whatever its password."""
        return self.address == other.address

    def server_variables(self) -> dict[str, str]:
        """Return the variables by which Label Studio takes it."""
        if self.kind == SQLITE:
            return {"LABEL_STUDIO_DJANGO_DB": "sqlite"}
        values = {"HOST": self.host, "PORT": str(self.port), "USER": self.user, "NAME": self.name}
        variables = {f"LABEL_STUDIO_POSTGRE_{key}": value for key, value in values.items()}
        if self.kind == POSTGRES:
            # the package has no extensions, of which Label Studio would make two indexes for searches
            variables |= {f"LABEL_STUDIO_SKIP_{name}_EXTENSION": "full" for name in ("TRIGRAM", "BTREE_GIN")}
        return {
            "LABEL_STUDIO_DJANGO_DB": "default",
            "LABEL_STUDIO_POSTGRE_PASSWORD": self.password,
            **variables,
            **({"PGSSLMODE": self.tls} if self.tls else {}),
        }

    def client_variables(self) -> dict[str, str]:
        """Return the variables by which PostgreSQL's own programs, and all that use libpq, take it."""
        values = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "PGDATABASE": self.name}
        secrets = {"PGPASSWORD": self.password} if self.password else {}
        return {**values, **secrets, **({"PGSSLMODE": self.tls} if self.tls else {})}


def parse_database_url(url: str) -> DatabaseChoice:
    """Return the database at a URL, with the password of the environment variable GOLDSPAN_DATABASE_PASSWORD.

    Raises:
        UsageError: It is not the URL of a PostgreSQL database, or has a password in it.
    """
    example = "postgresql://USER@HOST:PORT/DATABASE"
    try:
        parts = urlsplit(url.strip())
        port = parts.port or 5432
        password, query = parts.password, dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else ())
    except ValueError:
        # the URL is not repeated: a password may be in whatever could not be read
        raise UsageError(f"`database_url` is not the URL of a database. Fix: write it as in {example}") from None
    if password is not None:
        fix = f"put it into {PASSWORD_VARIABLE}, and leave it out of the URL"
        raise UsageError(f"a password in a URL can be seen in the list of processes. Fix: {fix}")
    tls = query.pop("sslmode", "")
    name = unquote(parts.path[1:])
    complete = parts.scheme in _SCHEMES and parts.hostname and parts.username and name and "/" not in name
    if not complete or parts.fragment:
        raise UsageError(f"{url!r} is not the URL of a PostgreSQL database. Fix: write it as in {example}")
    if query or (tls and tls not in _TLS):
        wrong = ", ".join(query) or f"sslmode={tls}"
        raise UsageError(f"{url!r}: unknown setting {wrong}. Fix: only sslmode, with one of {', '.join(_TLS)}")
    password = os.environ.get(PASSWORD_VARIABLE, "")
    return DatabaseChoice(URL, str(parts.hostname), port, unquote(str(parts.username)), name, tls, password)


def read_choice(paths: ServerPaths) -> DatabaseChoice | None:
    """Return the database that a server has; None if it has no data yet.

    Raises:
        DependencyError: The file that names it cannot be read, or is missing beside its data.
    """
    try:
        return DatabaseChoice(**json.loads(paths.database_choice.read_text("utf-8")))
    except FileNotFoundError:
        if paths.database.is_file():
            return DatabaseChoice()
        if paths.postgres.exists():
            message = f"{paths.database_choice}: the file is missing, but there is a database in {paths.postgres}"
            raise DependencyError(f"{message}. Fix: restore the file from a backup") from None
        return None
    except (ValueError, TypeError, OSError) as error:
        message = f"{paths.database_choice}: cannot be read"
        raise DependencyError(f"{message}. Fix: restore it from a backup") from error


def write_choice(paths: ServerPaths, choice: DatabaseChoice) -> None:
    """Record the database of a server, in a file that only its owner can read. SQLite needs no record."""
    if choice.kind != SQLITE:
        write_private(paths.database_choice, json.dumps(asdict(choice), indent=1) + "\n")


def wanted_choice(database: str | None, database_url: str | None) -> DatabaseChoice | None:
    """Return the database that a call asks for; None if it leaves that open.

    Raises:
        UsageError: It asks for two, for one that does not exist, or the URL is wrong.
    """
    if database is not None and database_url is not None:
        raise UsageError("`database` and `database_url` each name a database. Fix: leave one out")
    if database_url is not None:
        return parse_database_url(database_url)
    if database not in (None, SQLITE, POSTGRES):
        raise UsageError(f"`database` {database!r}: unknown. Fix: {SQLITE} or {POSTGRES}")
    return None if database is None else DatabaseChoice(database)


def check_choice(server: str, has: DatabaseChoice, wants: DatabaseChoice | None) -> None:
    """Check that a call does not ask for another database than the server has.

    Args:
        server: Name of the server.
        has: What it has.
        wants: What is asked for; None if that is left open.

    Raises:
        UsageError: It asks for another one.
    """
    if wants is None or has.same_as(wants):
        return
    option = "" if server == DEFAULT_SERVER else f" --name {server}"
    if has.kind == SQLITE:
        to = wants.kind if wants.kind == POSTGRES else wants.address
        fix = f"goldspan studio down{option}, then goldspan studio move --to {to}{option} takes it there"
        raise UsageError(f"the data of the server {server!r} is in another database: {has.address}. Fix: {fix}")
    start = f"goldspan studio up{option} starts it with that; --name NAME makes a server of its own"
    raise UsageError(f"the data of the server {server!r} is in another database: {has.address}. Fix: {start}")
