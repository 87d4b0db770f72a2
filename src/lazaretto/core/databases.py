"""Which database this is. It is the same as long as the program runs, and every command asks some eighty times."""

from functools import cache

from django.db import connection


@cache
def on_postgresql() -> bool:
    """Whether it is PostgreSQL; SQLite else."""
    return bool(connection.vendor == "postgresql")
