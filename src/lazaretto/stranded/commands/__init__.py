"""Every write about stranded people."""

from lazaretto.stranded.commands.caring import complete, end_carer, feed_elsewhere, give, name_carer, take
from lazaretto.stranded.commands.counting import CountedIn, count_in
from lazaretto.stranded.commands.ending import end, found_again, report_missing, search
from lazaretto.stranded.commands.placing import admit, arrived, follow_stay, send, turned_back
from lazaretto.stranded.commands.registering import FoundPerson, Registered, alike_to, register

__all__ = [
    "CountedIn",
    "FoundPerson",
    "Registered",
    "admit",
    "alike_to",
    "arrived",
    "complete",
    "count_in",
    "end",
    "end_carer",
    "feed_elsewhere",
    "follow_stay",
    "found_again",
    "give",
    "name_carer",
    "register",
    "report_missing",
    "search",
    "send",
    "take",
    "turned_back",
]
