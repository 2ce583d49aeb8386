"""Copies Label Studio's data from an SQLite file to an empty PostgreSQL database: all of it, or nothing.

The server's Python runs this file, by path, so that nothing of goldspan can be imported here. The argument is the
SQLite file; the variables of the server name the other database. Both have the tables of the same release. A line of
output tells of a table: its name, its rows, and how many of the tables are done.
"""

import importlib
import os
import random
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import django
import label_studio  # type: ignore[import-not-found]
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.utils import DatabaseError

_CHUNK = 200
_SAMPLE = 500
"""Rows of each table that are compared whole, with the first and the last."""

_OF_DJANGO = {"django_migrations", "sqlite_sequence"}
"""Tables that are not copied: which migrations were made is the same, and the other one is read for its numbers."""

Row = dict[str, Any]


def _models() -> list[Any]:
    """Return the models that have a table."""
    found = {
        m._meta.db_table: m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy
    }
    return [found[table] for table in sorted(found)]


@cache
def _fields(model: Any) -> tuple[Any, ...]:
    """Return the fields of a model that are written: not those that PostgreSQL computes from others."""
    with connections["default"].cursor() as cursor:
        computed = (
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'ALWAYS'"
        )
        cursor.execute(computed, [model._meta.db_table])
        without = {column for (column,) in cursor.fetchall()}
    return tuple(field for field in model._meta.local_concrete_fields if field.column not in without)


def _rows(model: Any, database: str, keys: list[Any] | None = None) -> Iterator[Any]:
    """Yield rows of a model, in the order of their keys."""
    chosen = model._base_manager.using(database).order_by("pk")
    yield from (chosen if keys is None else chosen.filter(pk__in=keys)).iterator(chunk_size=_CHUNK)


def _copy(model: Any) -> int:
    """Copy a table as it is, keys and times included; return the number of its rows."""
    done, chunk = 0, []
    for row in _rows(model, "source"):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            _insert(model, chunk)
            done, chunk = done + len(chunk), []
    if chunk:
        _insert(model, chunk)
    return done + len(chunk)


def _insert(model: Any, chunk: list[Any]) -> None:
    """Insert rows without what the server does when something is saved, such as setting times."""
    try:
        model._base_manager._insert(chunk, _fields(model), using="default", raw=True)
    except (DatabaseError, ValueError) as error:
        reason = " ".join(str(error).split())
        sys.exit(f"{model._meta.db_table}, rows {chunk[0].pk} to {chunk[-1].pk}: {reason}")


def _compare(model: Any, copied: int) -> None:
    """Stop unless a table has as many rows as were copied, and a sample of them has the same values."""
    table = model._meta.db_table
    there = model._base_manager.using("default").count()
    if not there == copied == model._base_manager.using("source").count():
        sys.exit(f"{table}: {copied} rows were copied, and {there} arrived")
    keys = list(model._base_manager.using("source").order_by("pk").values_list("pk", flat=True))
    chosen = sorted({*random.Random(table).sample(keys, min(_SAMPLE, len(keys))), *keys[:1], *keys[-1:]})
    for start in range(0, len(chosen), _CHUNK):
        some = chosen[start : start + _CHUNK]
        pairs = zip(_rows(model, "source", some), _rows(model, "default", some), strict=True)
        for before, after in pairs:
            if _values(before) != _values(after):
                sys.exit(f"{table}: row {before.pk} arrived with other values")


def _values(row: Any) -> Row:
    """Return the values of a row by column."""
    model: Any = type(row)
    return {field.column: getattr(row, field.attname) for field in _fields(model)}


def _check_source(known: list[Any]) -> None:
    """Stop if the file has tables with rows, or columns, that the server does not know."""
    source = connections["source"]
    with source.cursor() as cursor:
        for table in source.introspection.table_names(cursor):
            model = next((m for m in known if m._meta.db_table == table), None)
            if model is None and table not in _OF_DJANGO:
                cursor.execute(f"SELECT count(*) FROM {source.ops.quote_name(table)}")
                if count := cursor.fetchone()[0]:
                    sys.exit(f"{table}: {count} rows in a table that this release does not have")
            elif model is not None:
                there = {column.name for column in source.introspection.get_table_description(cursor, table)}
                if extra := there - {field.column for field in model._meta.local_concrete_fields}:
                    sys.exit(f"{table}: columns that this release does not have: {', '.join(sorted(extra))}")


def _empty(known: list[Any]) -> None:
    """Empty the other database of what its migrations made; stop if people have used it."""
    if apps.get_model("users", "User")._base_manager.using("default").exists():
        sys.exit("the other database has users already")
    target = connections["default"]
    tables = ", ".join(target.ops.quote_name(model._meta.db_table) for model in known)
    with target.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}")


def _continue_numbers() -> None:
    """Have new rows get the numbers that they would have got before, so that those of deleted rows stay unused."""
    target = connections["default"]
    with connections["source"].cursor() as source, target.cursor() as cursor:
        source.execute("SELECT name, seq FROM sqlite_sequence")
        for table, last in source.fetchall():
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [target.ops.quote_name(table)])
            if last and (sequence := cursor.fetchone()[0]):
                cursor.execute("SELECT setval(%s, %s)", [sequence, last])


def _main() -> None:
    """Copy all tables in one transaction, and compare them before it is committed."""
    sys.path.insert(0, str(Path(label_studio.__file__).parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"
    settings.DATABASES["source"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}
    django.setup()
    importlib.import_module(settings.ROOT_URLCONF)  # some models are only known to the addresses that use them
    known = _models()
    _check_source(known)
    with transaction.atomic(using="default"):
        _empty(known)
        copied = {}
        for done, model in enumerate(known, 1):
            copied[model] = _copy(model)
            print(model._meta.db_table, copied[model], done, len(known), sep="\t", flush=True)  # noqa: T201
        _continue_numbers()
        for model, count in copied.items():
            _compare(model, count)


if __name__ == "__main__":
    try:
        _main()
    except DatabaseError as error:
        sys.exit(" ".join(str(error).split()))
