"""Pure rules of stays: how a specimen's state may move, what a fever is, which rooms two parties may share.

The rules of isolation itself (until when, which tests, release) are in `protocols.rules`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lazaretto.protocols.rules import Occupant
from lazaretto.protocols.rules.pack import RoomRule

PENDING = "pending"
NEGATIVE = "negative"
PRELIMINARY = "preliminary_positive"
CONFIRMED = "confirmed_positive"
REFUTED = "refuted"
INVALID = "invalid"

# From → to. A laboratory moves the first three; confirming and refuting need a second finding (promise 5).
SPECIMEN_STEPS: dict[str, frozenset[str]] = {
    PENDING: frozenset({NEGATIVE, PRELIMINARY, INVALID}),
    PRELIMINARY: frozenset({CONFIRMED, REFUTED}),
    NEGATIVE: frozenset(),
    CONFIRMED: frozenset(),
    REFUTED: frozenset(),
    INVALID: frozenset(),
}
# Only a confirmed change of status takes this one: a positive that had its second finding turns out to be false.
REPORTED = "stays.reported"  # a laboratory reports of specimens itself
VOIDED: dict[str, str] = {CONFIRMED: REFUTED}

LOWEST_PLAUSIBLE = Decimal("30.0")
HIGHEST_PLAUSIBLE = Decimal("45.0")


def may_step(before: str, after: str) -> bool:
    """Whether the declared table has this edge."""
    return after in SPECIMEN_STEPS[before]


def is_plausible(temperature: Decimal) -> bool:
    """Whether a body can have this temperature, °C."""
    return LOWEST_PLAUSIBLE <= temperature <= HIGHEST_PLAUSIBLE


def needs_look(temperature: Decimal | None, symptoms: tuple[str, ...], fever_from: Decimal) -> bool:
    """Whether a medic has to look: a fever by the rule pack, or any symptom."""
    return bool(symptoms) or (temperature is not None and temperature >= fever_from)


def mask_number(number: str) -> str:
    """A document number as it stands on papers: first six and last four characters, or only the last four."""
    if len(number) > 12:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{'*' * max(len(number) - 4, 0)}{number[-4:]}"


@dataclass(frozen=True)
class RoomPlace:
    """Who is in a room: the parties there, the beds taken, and how many beds it has."""

    parties: frozenset[str]
    taken_beds: frozenset[str]
    beds: tuple[str, ...]

    def open_to(self, party: str) -> bool:
        """Whether nobody of another party is there."""
        return self.parties <= {party}

    def free_bed(self) -> str | None:
        """The first bed nobody has; None when all are taken."""
        return next((bed for bed in self.beds if bed not in self.taken_beds), None)


GROWN = 18


def with_ties(rule: RoomRule, people: Sequence[Occupant]) -> list[Occupant]:
    """The same people with what follows from being one household.

    Its grown members (an unknown age counts as grown: nobody is parted from a child for want of a paper) are taken for
    the parents of its children, and everybody minds those who must not be alone; whether they are fit for it, the rule
    decides. Source: the room planner's reading of "child of 14 or younger with a parent" and "with a carer".
    """
    return [
        replace(
            one,
            parent_of=frozenset(other.id for other in _family(one, people) if _grown(one) and _child(rule, other)),
            cares_for=frozenset(
                other.id for other in _family(one, people) if other.needs & set(rule.accompanied_needs)
            ),
        )
        for one in people
    ]


def _family(one: Occupant, people: Sequence[Occupant]) -> list[Occupant]:
    return [other for other in people if other.id != one.id and one.household and other.household == one.household]


def _grown(one: Occupant) -> bool:
    return one.age is None or one.age >= GROWN


def _child(rule: RoomRule, one: Occupant) -> bool:
    return one.age is not None and one.age <= rule.child_max_age


# What is typed at the door: one letter a symptom, `n` for nobody answered.
SYMPTOM_KEYS = {
    "c": "cough",
    "s": "sore_throat",
    "b": "breathless",
    "f": "fatigue",
    "d": "diarrhoea",
    "t": "taste_loss",
    "m": "low_mood",
    "o": "other",
}
NO_ANSWER_KEYS = frozenset({"n", "无", "无应答"})
_ENTRY = re.compile(r"^(?P<number>\d{2}(?:[.,]?\d)?)?\s*(?P<letters>[a-z\s,]*)$")


@dataclass(frozen=True)
class Entry:
    """One door as it was typed: temperature in °C and symptoms, or nobody answered."""

    temperature: Decimal | None
    symptoms: tuple[str, ...]
    no_answer: bool


class UnreadableEntry(ValueError):
    """What was typed means nothing here."""


def read_entry(text: str) -> Entry:
    """Read `36.5`, `365`, `37,8 c s`, `n`: a temperature with symptom letters, or no answer.

    Full-width digits and a Chinese full stop are read too. Raises `UnreadableEntry`.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip().lower()
    if plain in NO_ANSWER_KEYS:
        return Entry(None, (), no_answer=True)
    match = _ENTRY.match(plain)
    letters = re.sub(r"[\s,]", "", match["letters"]) if match else ""
    if match is None or match["number"] is None or not set(letters) <= SYMPTOM_KEYS.keys():
        raise UnreadableEntry(text)
    digits = re.sub(r"[.,]", "", match["number"]).ljust(3, "0")
    symptoms = tuple(dict.fromkeys(SYMPTOM_KEYS[letter] for letter in letters))
    return Entry(Decimal(f"{digits[:2]}.{digits[2]}"), symptoms, no_answer=False)


def write_entry(temperature: Decimal | None, symptoms: tuple[str, ...], *, no_answer: bool) -> str:
    """The text that `read_entry` reads back."""
    if no_answer:
        return "n"
    letters = {code: letter for letter, code in SYMPTOM_KEYS.items()}
    return " ".join([f"{temperature:.1f}", *(letters[code] for code in symptoms if code in letters)])
