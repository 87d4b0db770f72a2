"""Laboratories: where tubes are tested, and within how many hours."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, whole
from lazaretto.tubes.models import Laboratory
from lazaretto.tubes.rules import HOURS_FOR_A_RESULT, LONGEST_HOURS, MANAGE


@dataclass(frozen=True)
class LaboratoryNamed:
    """A laboratory is known by its code."""

    laboratory_id: UUID
    code: str


@command("tubes.add_laboratory", capability=MANAGE)
def add_laboratory(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    code: str,
    name: str,
    phone: str = "",
    hours: int = HOURS_FOR_A_RESULT,
    rechecks: bool = False,
) -> LaboratoryNamed:
    """Name a laboratory that tests for a unit's area; scans and files call it by `code`.

    Results are due within `hours` of receiving a tube; one that `rechecks` may report a second stage. Raises
    `InvalidInput`, `RefusedByDatabase` for a code taken, `TextTooLong`.
    """
    code = tidy_code(code).upper()
    _checked(code, name, hours)
    made = insert(
        Laboratory(
            unit=unit, code=whole(code, 40), name=whole(name, 120), phone=whole(phone, 40), hours=hours,
            rechecks=rechecks,
        )
    )  # fmt: skip
    record(made, unit_id=unit.id, data={"code": made.code, "hours": hours, "rechecks": rechecks})
    return LaboratoryNamed(made.id, made.code)


@command("tubes.change_laboratory", capability=MANAGE)
def change_laboratory(
    *, actor: Actor, at: datetime, laboratory: Laboratory, name: str, phone: str, hours: int, rechecks: bool
) -> LaboratoryNamed:
    """Say anew how a laboratory is called and reached, and within how many hours it reports. Raises `InvalidInput`."""
    _checked(laboratory.code, name, hours)
    laboratory.name, laboratory.phone = whole(name, 120), whole(phone, 40)
    laboratory.hours, laboratory.rechecks = hours, rechecks
    laboratory.save(update_fields=["name", "phone", "hours", "rechecks"])
    record(laboratory, unit_id=laboratory.unit_id, data={"hours": hours, "rechecks": rechecks})
    return LaboratoryNamed(laboratory.id, laboratory.code)


def _checked(code: str, name: str, hours: int) -> None:
    faults = {
        **({} if code else {"code": "missing"}),
        **({} if name.strip() else {"name": "missing"}),
        **({} if 1 <= hours <= LONGEST_HOURS else {"hours": f"1 to {LONGEST_HOURS}"}),
    }
    if faults:
        raise InvalidInput(fields=faults)
