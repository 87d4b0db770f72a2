"""Guests: single travellers, families, people with needs, people from abroad. Documents and numbers are invented.

Identity cards carry the region code 440199, which stands for no county and is on no card, with a true check digit.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from lazaretto.config.demo.names import FOREIGN, SURNAMES, chinese_name
from lazaretto.people.choices import DocumentKind, NeedKind, Sex
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.rules import id_card_check_digit

REGION = "440199"
INFANT, CHILD, ELDERLY = 2, 14, 70  # years


@dataclass(frozen=True)
class Party:
    """People who share a room; the infants among them share a bed."""

    people: tuple[NewPerson, ...]
    infants: int = 0


class Guests:
    """An endless line of invented people; the same for the same seed."""

    def __init__(self, today: date, seed: int, *, region: str = REGION) -> None:
        self.today, self.region = today, region
        self.random = Random(seed)  # noqa: S311 - wanted: the same every time
        self.serial = 0
        self.cards: set[str] = set()

    def party(self) -> Party:
        """The next ones at the door: mostly somebody alone, now and then a family or somebody from abroad."""
        draw = self.random.random()
        if draw < 0.08:
            return self._family()
        if draw < 0.14:
            return Party((self._foreigner(),))
        if draw < 0.20:
            return self._couple()
        return Party((self._adult(),))

    def _couple(self) -> Party:
        key = self._next("party")
        return Party((self._adult(Sex.FEMALE, key=key), self._adult(Sex.MALE, key=key)))

    def _family(self) -> Party:
        """A parent with a child, sometimes an infant."""
        key, surname = self._next("family"), self.random.choice(SURNAMES)
        parent = self._adult(Sex.FEMALE, key=key, years=self.random.randint(25, 40))
        child = self._person(self.random.randint(3, 13), surname, key=key, relation="child")
        if self.random.random() < 0.25:
            infant = self._person(
                1, surname, key=key, relation="child", needs=(GivenNeed(NeedKind.INFANT, "配方奶粉"),)
            )
            return Party((parent, child, infant), infants=1)
        return Party((parent, child))

    def _adult(self, sex: Sex | None = None, *, key: str = "", years: int = 0) -> NewPerson:
        age = years or self.random.choice((*range(19, 60), *range(19, 60), *range(60, 86)))
        return self._person(age, "", sex=sex, key=key, needs=self._needs(age))

    def _needs(self, age: int) -> tuple[GivenNeed, ...]:
        draw = self.random.random()
        found = [GivenNeed(NeedKind.ELDERLY)] if age >= ELDERLY else []
        if draw < 0.03:
            found.append(GivenNeed(NeedKind.CHRONIC, "高血压，每日早晨服药"))
        elif draw < 0.04:
            found.append(GivenNeed(NeedKind.MEDICATION, "胰岛素，需冷藏"))
        elif draw < 0.05:
            found.append(GivenNeed(NeedKind.DIET, "素食"))
        elif draw < 0.06 and age >= ELDERLY:
            found.append(GivenNeed(NeedKind.CANNOT_WALK, "使用轮椅"))
        elif draw < 0.065:
            found.append(GivenNeed(NeedKind.MENTAL_HEALTH, "易焦虑，每日电话"))
        return tuple(found)

    def _person(
        self,
        age: int,
        surname: str,
        *,
        sex: Sex | None = None,
        key: str = "",
        relation: str = "",
        needs: tuple[GivenNeed, ...] = (),
    ) -> NewPerson:
        sex = sex or self.random.choice((Sex.FEMALE, Sex.MALE))
        born = self.today - timedelta(days=age * 365 + self.random.randint(10, 350))
        if sex == Sex.FEMALE and 22 <= age <= 40 and not needs and self.random.random() < 0.02:
            needs = (GivenNeed(NeedKind.PREGNANT, "孕中期，产检资料随身"),)
        return NewPerson(
            name=chinese_name(self.random, sex, surname),
            sex=sex,
            birth_date=born,
            nationality="CHN",
            documents=(GivenDocument(DocumentKind.ID_CARD, self._id_card(born, sex), "CHN"),),
            phones=(self._phone(),) if age > CHILD else (),
            needs=needs,
            party_key=key,
            party_label=key and "同住",
            relation=relation,
        )

    def _foreigner(self) -> NewPerson:
        name, sex, country, language = self.random.choice(FOREIGN)
        self.serial += 1
        return NewPerson(
            name=name,
            sex=sex,
            birth_date=self.today - timedelta(days=self.random.randint(20, 60) * 365),
            nationality=country,
            language="en",
            documents=(GivenDocument(DocumentKind.PASSPORT, f"X{self.region[-2:]}{1_000_000 + self.serial}", country),),
            phones=(self._phone(),),
            needs=(GivenNeed(NeedKind.LANGUAGE, language),) if language != "en" else (),
        )

    def _id_card(self, born: date, sex: Sex) -> str:
        """A number that nobody else of this district has; the last digit of the order number tells the sex."""
        while True:
            order = self.random.randrange(0, 1000, 2) + (sex == Sex.MALE)
            stem = f"{self.region}{born:%Y%m%d}{order:03d}"
            if stem not in self.cards:
                self.cards.add(stem)
                return stem + id_card_check_digit(stem)

    def _phone(self) -> str:
        self.serial += 1
        return f"+86199{10_000_000 + self.serial % 90_000_000}"

    def _next(self, word: str) -> str:
        self.serial += 1
        return f"{word}-{self.serial}"
