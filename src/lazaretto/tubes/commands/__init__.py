"""Writes of tubes and results."""

from lazaretto.tubes.commands.calling import Called, CalledBack, list_called
from lazaretto.tubes.commands.closing import (
    AbsencesNamed,
    AbsenceTakenBack,
    everything_is_answered,
    name_absent,
    name_rest,
    read_report,
    take_back_absence,
)
from lazaretto.tubes.commands.couriers import (
    CourierEnded,
    CourierKeyMade,
    CourierNamed,
    add_courier,
    change_courier,
    end_courier,
    make_courier_key,
)
from lazaretto.tubes.commands.decisions import ResultLineDecided, decide_line, decide_lines, reopen_line
from lazaretto.tubes.commands.events import EventsAnswer, Remarked, TakenEvent, take_events, upload_events
from lazaretto.tubes.commands.following import StrangersRead, call_back_as, read_strangers
from lazaretto.tubes.commands.laboratories import LaboratoryNamed, add_laboratory, change_laboratory
from lazaretto.tubes.commands.looking import LookedInto, call_slip, look_into
from lazaretto.tubes.commands.recalls import (
    HandedOn,
    RecallChanged,
    close_recall,
    hand_on,
    override_recall,
    record_call,
    record_retest,
)
from lazaretto.tubes.commands.results import (
    FilePutAside,
    RawLine,
    ResultsStaged,
    ResultsTaken,
    cancel_results,
    commit_results,
    stage_results,
)
from lazaretto.tubes.commands.site_bags import (
    BagHandedOver,
    BagPacked,
    SiteLookedInto,
    hand_bag_over,
    look_into_at_site,
    pack_bag,
)
from lazaretto.tubes.commands.site_events import take_site_events, upload_site_events
from lazaretto.tubes.commands.site_watching import follow_site
from lazaretto.tubes.commands.watching import follow_round

__all__ = [
    "AbsenceTakenBack",
    "AbsencesNamed",
    "BagHandedOver",
    "BagPacked",
    "Called",
    "CalledBack",
    "CourierEnded",
    "CourierKeyMade",
    "CourierNamed",
    "EventsAnswer",
    "FilePutAside",
    "HandedOn",
    "LaboratoryNamed",
    "LookedInto",
    "RawLine",
    "RecallChanged",
    "Remarked",
    "ResultLineDecided",
    "ResultsStaged",
    "ResultsTaken",
    "SiteLookedInto",
    "StrangersRead",
    "TakenEvent",
    "add_courier",
    "add_laboratory",
    "call_back_as",
    "call_slip",
    "cancel_results",
    "change_courier",
    "change_laboratory",
    "close_recall",
    "commit_results",
    "decide_line",
    "decide_lines",
    "end_courier",
    "everything_is_answered",
    "follow_round",
    "follow_site",
    "hand_bag_over",
    "hand_on",
    "list_called",
    "look_into",
    "look_into_at_site",
    "make_courier_key",
    "name_absent",
    "name_rest",
    "override_recall",
    "pack_bag",
    "read_report",
    "read_strangers",
    "record_call",
    "record_retest",
    "reopen_line",
    "stage_results",
    "take_back_absence",
    "take_events",
    "take_site_events",
    "upload_events",
    "upload_site_events",
]
