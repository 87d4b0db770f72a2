"""SQL for what the database itself refuses: append-only tables and overlapping periods, on PostgreSQL and on SQLite.

Used by migrations only. SQLite knows no exclusion constraint, so a trigger says the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations

Operation = migrations.RunPython


def append_only(table: str, *, columns: Sequence[str] = ()) -> Operation:
    """Refuse UPDATE and DELETE on a table; with `columns` an UPDATE of these only (a merge moves others)."""
    of = f" OF {', '.join(columns)}" if columns else ""
    return _run(
        postgresql=[
            f"""CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
            f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE{of} OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_append_only()""",
        ],
        sqlite=[
            f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb}{which} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
            for verb, which in (("UPDATE", of), ("DELETE", ""))
        ],
        undo_postgresql=[f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_append_only()"],
        undo_sqlite=[f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")],
    )


def no_overlap(name: str, table: str, *, same: str, differs: str | None = None, unless: str | None = None) -> Operation:
    """Two rows with the same `same` (and, if given, another `differs`) never overlap in [started_at, ended_at).

    Rows whose boolean column `unless` is true are left out.
    """
    other = f", {differs} WITH <>" if differs else ""
    condition = f" WHERE (NOT {unless})" if unless else ""
    return _run(
        postgresql=[
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"""ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist
            ({same} WITH =, tstzrange(started_at, ended_at) WITH &&{other}){condition}""",
        ],
        sqlite=[_overlap_trigger(name, table, verb, same, differs, unless) for verb in ("INSERT", "UPDATE")],
        undo_postgresql=[f"ALTER TABLE {table} DROP CONSTRAINT {name}"],
        undo_sqlite=[f"DROP TRIGGER {name}_{verb}" for verb in ("insert", "update")],
    )


def _overlap_trigger(name: str, table: str, verb: str, same: str, differs: str | None, unless: str | None) -> str:
    conditions = [
        f"o.{same} = NEW.{same}",
        "o.id <> NEW.id",
        "(o.ended_at IS NULL OR o.ended_at > NEW.started_at)",
        "(NEW.ended_at IS NULL OR NEW.ended_at > o.started_at)",
        # An empty period [t, t) overlaps nothing, as in PostgreSQL.
        "(NEW.ended_at IS NULL OR NEW.ended_at > NEW.started_at)",
        "(o.ended_at IS NULL OR o.ended_at > o.started_at)",
    ]
    if differs:
        conditions.append(f"o.{differs} <> NEW.{differs}")
    guard = ""
    if unless:
        conditions.append(f"NOT o.{unless}")
        guard = f"WHEN NOT NEW.{unless}"
    # `name` in the text lets the program tell which rule was broken, as PostgreSQL's error does.
    return f"""CREATE TRIGGER {name}_{verb.lower()} AFTER {verb} ON {table} FOR EACH ROW {guard}
    BEGIN SELECT RAISE(ABORT, 'constraint {name}') WHERE EXISTS
    (SELECT 1 FROM {table} o WHERE {" AND ".join(conditions)}); END"""  # noqa: S608 — names come from migrations


def _run(*, postgresql: list[str], sqlite: list[str], undo_postgresql: list[str], undo_sqlite: list[str]) -> Operation:
    return migrations.RunPython(_execute(postgresql, sqlite), _execute(undo_postgresql, undo_sqlite))


def _execute(postgresql: list[str], sqlite: list[str]) -> Callable[[Any, Any], None]:
    def run(_apps: Any, schema_editor: Any) -> None:
        statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
        for statement in statements:
            schema_editor.execute(statement)

    return run
