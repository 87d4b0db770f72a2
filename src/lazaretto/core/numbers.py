"""Running numbers that people read aloud: H03-000412."""

from datetime import datetime

from django.utils import timezone

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import statement_cursor

AHEAD = 16  # numbers laid out beside the one that is asked for
LOW = 8  # where so few lie ready, whoever takes one lays out the next: others take the rest and wait for nobody

TAKE = """INSERT INTO core_runningnumber (series, last) VALUES (%s, %s)
ON CONFLICT (series) DO UPDATE SET last = core_runningnumber.last + excluded.last RETURNING last"""

# One that lies ready and that nobody else is taking; without any, the next ones are laid out.
TAKE_BESIDE = f"""WITH ready AS (
    DELETE FROM core_readynumber WHERE id = ANY(ARRAY(
        SELECT id FROM core_readynumber WHERE series = %s ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    )) RETURNING number
), drawn AS (
    INSERT INTO core_runningnumber (series, last) SELECT %s, {AHEAD + 1} WHERE NOT EXISTS (SELECT FROM ready)
    ON CONFLICT (series) DO UPDATE SET last = core_runningnumber.last + excluded.last RETURNING last
), added AS (
    UPDATE core_runningnumber SET last = last + {AHEAD} WHERE series = (
        SELECT series FROM core_runningnumber WHERE series = %s AND EXISTS (SELECT FROM ready)
        AND (SELECT count(*) FROM core_readynumber WHERE series = %s) <= {LOW} FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING last
), laid AS (
    INSERT INTO core_readynumber (series, number)
    SELECT %s, number
    FROM (TABLE drawn UNION ALL TABLE added) AS ends, generate_series(last - {AHEAD - 1}, last) AS number
)
SELECT number FROM ready UNION ALL SELECT last - {AHEAD} FROM drawn"""  # noqa: S608 - our own numbers


def of_year(series: str, at: datetime) -> str:
    """The series in the year of that moment, as the district writes it: `H03-O` → `H03-O2027`, from its midnight on."""
    return f"{series}{timezone.localtime(at, timezone.get_default_timezone()).year}"


def next_number(series: str) -> int:
    """The next number of a series, from 1; none is given twice, and none is left out for good.

    On PostgreSQL whoever draws at the same moment gets another one and waits for nobody (or only where a great many
    draw at once); the number of a transaction that failed lies ready for the next. So of two that were drawn together
    the higher may be written first.
    """
    if not on_postgresql():
        return next_numbers(series, 1)[0]
    with statement_cursor() as cursor:
        cursor.execute(TAKE_BESIDE, [series] * 5)
        return int(cursor.fetchone()[0])


def next_numbers(series: str, count: int) -> range:
    """The next `count` numbers of a series at once, in a row; others who draw many wait until the transaction ends."""
    with statement_cursor() as cursor:
        cursor.execute(TAKE, [series, count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
