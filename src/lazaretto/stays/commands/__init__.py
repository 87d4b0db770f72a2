"""Every write about stays, by topic; this package re-exports what other apps may call."""

from lazaretto.stays.commands.admission import Admitted, admit, continue_stay
from lazaretto.stays.commands.breaches import (
    BreachClosed,
    BreachReported,
    DoorChecked,
    check_door,
    close_breach,
    report_alone,
    report_breach,
)
from lazaretto.stays.commands.holds import RoomHeld, give_up, keep_room
from lazaretto.stays.commands.orders import (
    EditionFollowed,
    ExtensionWithdrawn,
    OrderExtended,
    extend_order,
    follow_edition,
    withdraw_extension,
)
from lazaretto.stays.commands.release import (
    CertificateRevoked,
    Released,
    StayClosed,
    depart,
    end_stay,
    lift_order,
    release,
    release_early,
    revoke_certificate,
)
from lazaretto.stays.commands.rooms import RoomMoved, move_room
from lazaretto.stays.commands.rounds import Observed, observe, plan_rounds
from lazaretto.stays.commands.specimens import (
    PositiveDecided,
    ResultRecorded,
    SpecimenCollected,
    TestExcused,
    collect_specimen,
    decide_positive,
    excuse_test,
    record_result,
    take_result,
    void_positive,
)
from lazaretto.stays.commands.status import make_up_days, replace_order, restore_order, set_category
from lazaretto.stays.commands.taking import lock_places

__all__ = [
    "Admitted",
    "BreachClosed",
    "BreachReported",
    "CertificateRevoked",
    "DoorChecked",
    "EditionFollowed",
    "ExtensionWithdrawn",
    "Observed",
    "OrderExtended",
    "PositiveDecided",
    "Released",
    "ResultRecorded",
    "RoomHeld",
    "RoomMoved",
    "SpecimenCollected",
    "StayClosed",
    "TestExcused",
    "admit",
    "check_door",
    "close_breach",
    "collect_specimen",
    "continue_stay",
    "decide_positive",
    "depart",
    "end_stay",
    "excuse_test",
    "extend_order",
    "follow_edition",
    "give_up",
    "keep_room",
    "lift_order",
    "lock_places",
    "make_up_days",
    "move_room",
    "observe",
    "plan_rounds",
    "record_result",
    "release",
    "release_early",
    "replace_order",
    "report_alone",
    "report_breach",
    "restore_order",
    "revoke_certificate",
    "set_category",
    "take_result",
    "void_positive",
    "withdraw_extension",
]
