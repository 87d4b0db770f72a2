"""SQL for what the database itself refuses: append-only tables and overlapping periods, on PostgreSQL and on SQLite.

Used by migrations only. SQLite knows no exclusion constraint, so a trigger says the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class Guard(Operation):
    """Statements for each kind of database, and those that take them back.

    RunPython would do, but draws all models anew before each of its calls; forty of these cost seconds then.
    """

    reduces_to_sql = True

    def __init__(self, statements: dict[str, list[str]], undo: dict[str, list[str]]) -> None:
        self.statements, self.undo = statements, undo

    def state_forwards(self, *_: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, _app_label: str, schema_editor: Any, *_states: Any) -> None:
        """Put the guard up."""
        _execute(schema_editor, self.statements)

    def database_backwards(self, _app_label: str, schema_editor: Any, *_states: Any) -> None:
        """Take the guard down."""
        _execute(schema_editor, self.undo)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return "What the database itself refuses"


def again(guard: Guard) -> Guard:
    """The same guard once more: SQLite built its table anew (RemoveConstraint, AddConstraint …), triggers got lost."""
    return Guard({"postgresql": [], "sqlite": guard.statements["sqlite"]}, {"postgresql": [], "sqlite": []})


def _execute(schema_editor: Any, statements: dict[str, list[str]]) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def append_only(table: str, *, columns: Sequence[str] = ()) -> Guard:
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


def goes_only_beside(table: str, other: str, *, same: str | Mapping[str, str]) -> Guard:
    """Refuse UPDATE on a table that was `append_only` until now, and DELETE unless `other` has a row with the same
    `same` (where columns are called differently: those of `other` by those of the table): who takes rows away says so
    first, in the same transaction.
    """
    columns = {same: same} if isinstance(same, str) else same
    alike = " AND ".join(f"beside.{theirs} = OLD.{ours}" for ours, theirs in columns.items())
    beside = f"EXISTS (SELECT 1 FROM {other} beside WHERE {alike})"  # noqa: S608 - our own words
    first = append_only(table)
    return Guard(
        {
            "postgresql": [
                f"DROP TRIGGER {table}_append_only ON {table}",
                f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_append_only()""",
                f"""CREATE FUNCTION {table}_goes() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF {beside} THEN RETURN OLD; END IF;
                RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
                f"CREATE TRIGGER {table}_goes BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_goes()",
            ],
            "sqlite": [
                f"DROP TRIGGER {table}_no_delete",
                f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {beside}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
            ],
        },
        {
            "postgresql": [
                f"DROP TRIGGER {table}_goes ON {table}", f"DROP FUNCTION {table}_goes()", *first.undo["postgresql"],
                *first.statements["postgresql"],
            ],
            "sqlite": [*first.undo["sqlite"], *first.statements["sqlite"]],
        },
    )  # fmt: skip


def no_overlap(name: str, table: str, *, same: str, differs: str | None = None, unless: str | None = None) -> Guard:
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


def _run(*, postgresql: list[str], sqlite: list[str], undo_postgresql: list[str], undo_sqlite: list[str]) -> Guard:
    return Guard({"postgresql": postgresql, "sqlite": sqlite}, {"postgresql": undo_postgresql, "sqlite": undo_sqlite})
