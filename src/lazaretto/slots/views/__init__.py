"""Pages of slots."""

from lazaretto.slots.views.notices import confirm, notice, notice_list, notices, paper, papers_of_all, tell, tell_all
from lazaretto.slots.views.slots import accept, anew, cancel, improve, move, one, proposal, propose, slots
from lazaretto.slots.views.supplies import supplies, supplies_pdf, supplies_xlsx

__all__ = [
    "accept",
    "anew",
    "cancel",
    "confirm",
    "improve",
    "move",
    "notice",
    "notice_list",
    "notices",
    "one",
    "paper",
    "papers_of_all",
    "proposal",
    "propose",
    "slots",
    "supplies",
    "supplies_pdf",
    "supplies_xlsx",
    "tell",
    "tell_all",
]
