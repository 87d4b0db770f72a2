"""Measures the list and the search of people at a large number; called by `lazaretto bench lists`.

`fill` writes invented people past the commands, straight into the tables: it is for databases made for measuring.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.ids import new_id
from lazaretto.people.choices import DocumentKind, Script
from lazaretto.people.commands.newcomers import GivenDocument
from lazaretto.people.commands.registration import CONTACT_FIELDS, DOCUMENT_FIELDS, contact_row, document_row
from lazaretto.people.commands.tokens import add_tokens
from lazaretto.people.models import ContactPoint, IdentityDocument, Person, PersonAccess, PersonName
from lazaretto.people.queries import find, people_page
from lazaretto.people.rules import id_card_check_digit
from lazaretto.people.search_text import romanised

BATCH = 10_000
# The commonest surnames, weighted roughly as in a census, and characters of given names.
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文晓春雪海波鑫宇轩子涵梓欣怡浩然思雨嘉俊凯琳佳"
BORN = date(1935, 1, 1)
DAYS = 32_000


@dataclass(frozen=True)
class Timing:
    """Times of one kind of question in milliseconds, over all the times it was asked."""

    question: str
    asked: int
    median_ms: float
    p95_ms: float


def fill(number: int, *, units: Sequence[UUID], at: datetime, seed: int = 7) -> float:
    """Add that many invented people spread over the units; returns the seconds it took."""
    began = time.perf_counter()
    dice = random.Random(seed)  # noqa: S311 - invented people, the same every time
    for start in range(0, number, BATCH):
        _fill_batch(dice, range(start, min(start + BATCH, number)), units, at)
    return time.perf_counter() - began


def _fill_batch(dice: random.Random, numbers: range, units: Sequence[UUID], at: datetime) -> None:
    people = [(new_id(), invented_name(dice), BORN + timedelta(days=dice.randrange(DAYS))) for _ in numbers]
    homes = [units[number % len(units)] for number in numbers]
    insert_rows(
        Person,
        ("id", "name", "romanised", "sex", "birth_date", "nationality", "language", "employer", "dormitory",
         "created_at", "compared_at"),
        [(pk, name, romanised(name), "unknown", born, "CHN", "zh-hans", "", "", at, at) for pk, name, born in people],
    )  # fmt: skip
    insert_rows(
        PersonName, ("id", "person", "script", "full"), [(new_id(), pk, Script.HAN, name) for pk, name, _ in people]
    )
    insert_rows(
        PersonAccess,
        ("id", "person", "unit_id", "started_at"),
        [(new_id(), pk, unit, at) for (pk, _, _), unit in zip(people, homes, strict=True)],
    )
    for unit in units:
        add_tokens({pk: [name] for (pk, name, _), home in zip(people, homes, strict=True) if home == unit}, [unit])
    cards = [
        document_row(pk, GivenDocument(DocumentKind.ID_CARD, _card(born, number)), at)
        for (pk, _, born), number in zip(people, numbers, strict=True)
    ]
    insert_rows(IdentityDocument, DOCUMENT_FIELDS, cards)
    phones = [contact_row(pk, _phone(number), at) for (pk, _, _), number in zip(people, numbers, strict=True)]
    insert_rows(ContactPoint, CONTACT_FIELDS, phones)


def invented_name(dice: random.Random) -> str:
    """A surname, commoner ones more often, and one or two characters."""
    surname = SURNAMES[min(int(dice.expovariate(0.08)), len(SURNAMES) - 1)]
    return surname + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))


def _card(born: date, number: int) -> str:
    """No two people get the same: a thousand of one birth date and region, ten thousand regions."""
    body = f"44{number // 1000:04d}{born:%Y%m%d}{number % 1000:03d}"
    return body + id_card_check_digit(body)


def _phone(number: int) -> str:
    return f"+86139{number % 100_000_000:08d}"


def measure(actor: Actor, *, rounds: int = 40, seed: int = 11) -> list[Timing]:
    """Ask every kind of question `rounds` times as this actor, each time about somebody else."""
    dice = random.Random(seed)  # noqa: S311
    return [_timed(name, rounds, partial(ask, dice)) for name, ask in _questions(actor)]


def _questions(actor: Actor) -> Iterator[tuple[str, Callable[[random.Random], Any]]]:
    def search(text: Callable[[random.Random], str]) -> Callable[[random.Random], Any]:
        return lambda dice: find(actor, text(dice))

    yield "list, first page", lambda _dice: people_page(actor)
    yield "list, first page of a surname", lambda dice: people_page(actor, text=dice.choice(SURNAMES))
    yield "name, whole", search(invented_name)
    yield "pinyin, one letter", search(lambda dice: dice.choice("wlzcyhgxsmtdfjk"))
    yield "pinyin, surname", search(lambda dice: dice.choice(("wang", "li", "zhang", "chen", "huang", "zhou")))
    yield "pinyin, whole", search(lambda dice: romanised(invented_name(dice)))
    yield "initials", search(lambda dice: "".join(dice.choices("wlzcyhgxsm", k=3)))
    yield "last four", search(lambda dice: f"{dice.randrange(10_000):04d}")
    yield "phone, whole", search(lambda dice: _phone(dice.randrange(100_000)))
    yield "document, whole", search(lambda dice: _card(BORN + timedelta(days=dice.randrange(DAYS)), dice.randrange(9)))


def _timed(question: str, rounds: int, ask: Callable[[], Any]) -> Timing:
    ask()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return Timing(question, rounds, times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))])
