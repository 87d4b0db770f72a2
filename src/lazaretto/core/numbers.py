"""Running numbers that people read aloud: H03-000412."""

from lazaretto.core.prepared import statement_cursor

TAKE = """INSERT INTO core_runningnumber (series, last) VALUES (%s, %s)
ON CONFLICT (series) DO UPDATE SET last = core_runningnumber.last + excluded.last RETURNING last"""


def next_number(series: str) -> int:
    """The next number of a series, from 1, without gaps; the row stays locked until the transaction ends."""
    return next_numbers(series, 1)[0]


def next_numbers(series: str, count: int) -> range:
    """The next `count` numbers of a series at once."""
    with statement_cursor() as cursor:
        cursor.execute(TAKE, [series, count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
