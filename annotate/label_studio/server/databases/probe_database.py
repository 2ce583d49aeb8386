"""Prints how many tables a PostgreSQL database has.

The server's Python runs this file, by path, so that nothing of goldspan can be imported here. The variables of libpq
name the database.
"""

import importlib
import sys

if __name__ == "__main__":
    psycopg = importlib.import_module("psycopg")
    try:
        with psycopg.connect("", connect_timeout=10) as connection:
            counted = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))"
            sys.stdout.write(f"{connection.execute(counted).fetchone()[0]}\n")
    except psycopg.Error as error:
        sys.exit(" ".join(str(error).split()))
