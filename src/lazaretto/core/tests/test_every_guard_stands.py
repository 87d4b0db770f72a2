"""What migrations let the database refuse, it refuses at the end of all migrations too.

SQLite builds a table anew for many changes and loses its triggers then, without a word.
"""

import re

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lazaretto.core.guards import Guard

PUT_UP = re.compile(r"CREATE TRIGGER (\w+)|ADD CONSTRAINT (\w+)")
STANDING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION SELECT conname FROM pg_constraint",
}


@pytest.mark.django_db
def test_every_guard_stands():
    said = [
        first or second
        for migration in MigrationLoader(connection).disk_migrations.values()
        for guard in migration.operations
        if isinstance(guard, Guard)
        for statement in guard.statements[connection.vendor]
        for first, second in PUT_UP.findall(statement)
    ]
    assert len(said) > 25
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    assert set(said) <= standing
