"""`lazaretto bench import`: how fast a list of many people is staged and committed, in a database made for it.

The database is of the configured kind (on the same server for PostgreSQL, a file beside the data for SQLite) and is
thrown away afterwards, so that nothing invented mixes with real people.
"""

import argparse
import base64
import io
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.db import connection
from django.db.models import Model

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.models import Unit
from lazaretto.arrivals import commands
from lazaretto.arrivals.models import ExpectedArrival, Manifest, ManifestRow
from lazaretto.arrivals.queries.files import read_first
from lazaretto.core import cli, clock
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _
from lazaretto.core.models import Installation, JournalEntry, JournalPending
from lazaretto.people.models import (
    ContactPoint,
    IdentityDocument,
    Need,
    Party,
    PartyMember,
    Person,
    PersonAccess,
    PersonName,
    SearchToken,
)
from lazaretto.people.rules import id_card_check_digit
from lazaretto.places.choices import SiteState
from lazaretto.places.models import Site

ACTOR = Actor.system("bench")
PIECE = 4_000
STAGED_WITHIN, COMMITTED_WITHIN = 5.0, 10.0  # seconds for 20,000 rows
# The tables that staging and committing fill, for the raw limit.
STAGED: Sequence[type[Model]] = (ManifestRow,)
COMMITTED: Sequence[type[Model]] = (
    Person, PersonName, PersonAccess, SearchToken, IdentityDocument, ContactPoint, Need, Party, PartyMember,
    ExpectedArrival, JournalEntry, JournalPending,
)  # fmt: skip
HEADER = (
    "序号", "姓 名", "性别", "国籍/地区", "证件类型", "证件号码\n（身份证/护照）", "出生日期", "手机号码", "航班号",
    "座位", "入境日期", "人员类别", "末次暴露\n日期", "家庭/同行\n编号", "特殊需求", "备注",
)  # fmt: skip


def bench_import(arguments: argparse.Namespace) -> int:
    """Measure and report; status 1 when 20,000 rows or fewer miss the bars of docs/performance.md."""
    content = invented_list(arguments.rows)
    with _own_database():
        figures = _measure(content, arguments.rows)
    if arguments.json:
        cli.say_json(figures)
    else:
        for name, value in figures.items():
            cli.say(f"{name:24} {value}")
    slow = figures["staged_seconds"] > STAGED_WITHIN or figures["committed_seconds"] > COMMITTED_WITHIN
    return cli.FAILED if slow and arguments.rows <= 20_000 else cli.OK


def _measure(content: bytes, rows: int) -> dict[str, Any]:
    site = _site()
    started = _Moment()
    read_first(site, "bench.xlsx", content, at=clock.now())
    read = _Moment()
    staged = commands.stage_manifest(
        actor=ACTOR, at=clock.now(), site=site, file_name="bench.xlsx", content=base64.b64encode(content).decode()
    )
    laid_out = _Moment()
    longest = _commit(Manifest.objects.get(pk=staged.manifest_id))
    done = _Moment()
    return {
        "database": connection.vendor,
        "load_average": round(os.getloadavg()[0], 1),
        "rows": rows,
        "people": Person.objects.count(),
        "held": staged.held,
        "read_seconds": round(read.wall - started.wall, 2),
        **_compared("staged", rows, started, laid_out, STAGED),
        **_compared("committed", rows, laid_out, done, COMMITTED),
        "longest_piece_seconds": round(longest, 2),
    }


class _Moment:
    """Now, by the clock on the wall and by the processor time of this process."""

    def __init__(self) -> None:
        self.wall, self.processor = time.perf_counter(), time.process_time()


def _compared(name: str, rows: int, since: _Moment, until: _Moment, models: Sequence[type[Model]]) -> dict[str, Any]:
    """Seconds, processor seconds of this process, rows of the list a second, and the raw limit of the same run."""
    seconds, raw = until.wall - since.wall, _raw_seconds(models)
    return {
        f"{name}_seconds": round(seconds, 2),
        f"{name}_processor_seconds": round(until.processor - since.processor, 2),
        f"{name}_rows_per_second": round(rows / seconds),
        f"{name}_raw_seconds": round(raw, 2),
        f"{name}_times_raw": round(seconds / raw, 1),
    }


def _commit(manifest: Manifest) -> float:
    longest, finished = 0.0, False
    while not finished:
        started = time.perf_counter()
        finished = commands.commit_manifest(actor=ACTOR, at=clock.now(), manifest=manifest, rows=PIECE).finished
        longest = max(longest, time.perf_counter() - started)
    return longest


def _raw_seconds(models: Sequence[type[Model]]) -> float:
    """What the database alone takes for the very same rows, in tables without key, index or constraint.

    They are read back and written again by the driver's fastest way (COPY, or one prepared statement), each table in
    one durable transaction; only the writing is timed.
    """
    write = _copied if connection.vendor == "postgresql" else _executed
    return sum(write(model._meta.db_table) for model in models)


def _copied(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
        rows = cursor.fetchall()
        cursor.execute(f"CREATE TABLE raw_{table} AS SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
        started = time.perf_counter()
        with cursor.copy(f"COPY raw_{table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return time.perf_counter() - started


def _executed(table: str) -> float:
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as file:
        file.execute("PRAGMA synchronous=FULL")
        rows = file.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
        file.execute(f"CREATE TABLE raw_{table} AS SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
        marks = ", ".join("?" * len(rows[0])) if rows else ""
        started = time.perf_counter()
        with file:
            file.executemany(f"INSERT INTO raw_{table} VALUES ({marks})", rows)  # noqa: S608
        return time.perf_counter() - started


def _site() -> Site:
    at = clock.now()
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    root = Unit.objects.create(kind=UnitKind.HEADQUARTERS, code="HQ", name="bench", started_at=at)
    unit = Unit.objects.create(parent=root, kind=UnitKind.SITE, code="B01", name="bench", started_at=at)
    return Site.objects.create(
        unit=unit, code="B01", name="bench", category="inbound", state=SiteState.ACTIVE, opened_at=at
    )


@contextmanager
def _own_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    with TemporaryDirectory(prefix="lazaretto-bench-") as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def invented_list(rows: int) -> bytes:
    """An .xlsx with that many invented people in households of two, some of the cells dirty."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("List"))
        sheet.write(0, 0, "入境人员转运名单")
        sheet.write_row(2, 0, HEADER)
        for number in range(rows):
            sheet.write_row(number + 3, 0, _guest(number))
        sheet.write_row(rows + 3, 0, ["合计", f"{rows}人"])
    return target.getvalue()


def _guest(number: int) -> list[Any]:
    born = date(1935, 1, 1) + timedelta(days=number * 7919 % 30_000)
    sequence = number // 30_000 * 7 + number % 499 + 1
    body = f"{('440105', '510107', '110101', '230103')[number % 4]}{born:%Y%m%d}{sequence:03d}"
    document = body + id_card_check_digit(body)
    name = "王李张刘陈杨赵黄周吴"[number % 10] + chr(0x4E00 + number * 31 % 3000) + chr(0x5200 + number * 17 % 2999)
    return [
        number + 1, f"{name[0]} {name[1:]}" if number % 10 == 0 else name, "男" if sequence % 2 else "女", "中国",
        "身份证", f"{document[:6]} {document[6:]}" if number % 7 == 0 else document, born.isoformat(),
        13_000_000_000 + number,
        f"CZ{300 + number % 400}", f"{30 + number % 40}{'ABCK'[number % 4]}", "2021-06-03", "入境人员", "2021.6.1",
        f"F{number // 2}", "素食" if number % 20 == 0 else "", "",
    ]  # fmt: skip
