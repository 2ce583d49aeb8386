"""Figures by which two states of a server's database are compared: rows of its tables, and hashes of a sample of them.

goldspan imports this file for SQLite. For PostgreSQL the server's Python runs it, by path, because that has a driver;
so nothing of goldspan can be imported here. The variables of libpq name the database then. One line of JSON is written,
and the transaction that has read stays open, for others who take its snapshot, until the input ends.
"""

import importlib
import json
import sys
from hashlib import sha256
from typing import Any

KINDS = {
    "projects": ("project", ("title", "label_config", "created_by_id")),
    "tasks": ("task", ("project_id", "data")),
    "annotations": ("task_completion", ("task_id", "completed_by_id", "was_cancelled", "lead_time", "result")),
    "drafts": ("tasks_annotationdraft", ("task_id", "annotation_id", "user_id", "result")),
    "predictions": ("prediction", ("task_id", "model_version", "score", "result")),
    "users": ("htx_user", ("email", "password", "is_active")),
}
"""What people make or see, with its table and the columns that have the same meaning in all releases."""

_SAMPLE = 300
"""Rows of each kind that are compared, spread evenly from the first to the last."""


def read_figures(connection: Any) -> dict[str, Any]:
    """Return the figures of an SQLite or psycopg connection, as one transaction of it sees them.

    Returns:
        `counts`: the number of each kind; `sample`: by kind and id, hashes of rows; `rows`: the number by table.
    """
    counts, sample = {}, {}
    for kind, (table, columns) in KINDS.items():
        keys = [key for (key,) in connection.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()]
        counts[kind] = len(keys)
        last, steps = len(keys) - 1, min(len(keys), _SAMPLE) - 1
        chosen = {keys[last * step // steps if steps else 0] for step in range(steps + 1)}
        read = f"SELECT {', '.join(columns)} FROM {table} WHERE id = "
        sample[kind] = {str(key): _hash(connection.execute(f"{read}{int(key)}").fetchone()) for key in sorted(chosen)}
    return {
        "counts": counts,
        "sample": sample,
        "rows": {table: _rows(connection, table) for table in _tables(connection)},
    }


def _hash(row: Any) -> str:
    # a release may write JSON with other spaces, or in another order
    text = json.dumps([_parsed(value) for value in row], sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _tables(connection: Any) -> list[str]:
    if type(connection).__module__.startswith("sqlite3"):
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    else:
        named = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))"
    return sorted(name for (name,) in connection.execute(named).fetchall())


def _rows(connection: Any, table: str) -> int:
    [count] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(count)


def _main() -> None:
    psycopg = importlib.import_module("psycopg")
    try:
        with psycopg.connect("", connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            [snapshot] = connection.execute("SELECT pg_export_snapshot()").fetchone()
            sys.stdout.write(json.dumps({"snapshot": snapshot, "figures": read_figures(connection)}) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    except psycopg.Error as error:
        sys.exit(" ".join(str(error).split()))


if __name__ == "__main__":
    _main()
