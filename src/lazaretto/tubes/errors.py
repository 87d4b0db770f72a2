"""Named errors of tubes and results."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class EventsReused(DomainError):
    """The same batch number came again with other events in it."""

    code = "events_reused"
    message = _("This batch number was used before for other events.")
    next_step = _("Send the events again under a new batch number; events that are here already are recognised.")


class BagAway(DomainError):
    """A bag of a site left before; `context` says who has it."""

    code = "bag_away"
    message = _("This bag left the site already.")
    next_step = _("Look whether the code is right. If it is, another bag has to be packed until this one has arrived.")


class ResultsUnreadable(DomainError):
    """The file is no table; `context` says why."""

    code = "results_unreadable"
    status = 422
    message = _("This file cannot be read as results.")
    next_step = _("Save it as xlsx or csv, without a password, and send that.")


class NoTubeColumn(DomainError):
    """No line says which columns have tubes and results."""

    code = "results_without_columns"
    status = 422
    message = _("No line of this file names a column of tubes (试管编号, 条码 …) and one of results (检测结果 …).")
    next_step = _("Put one line with the names of the columns above the results, and send it again.")


class DecidedAtSite(DomainError):
    """A line about a specimen of a quarantine site cannot count from here; `context` names the tubes."""

    code = "results_decided_at_site"
    message = _("What this specimen of a quarantine site says now is decided at the site.")
    next_step = _("Tell the site what the laboratory found, and leave the line out here.")


class NoSecondStage(DomainError):
    """This laboratory may not recheck."""

    code = "results_no_second_stage"
    message = _("This laboratory does not recheck positives.")
    next_step = _("Send a first result, or name the laboratory that rechecks.")


class RoundNotTested(DomainError):
    """Nobody was swabbed yet."""

    code = "results_before_testing"
    message = _("This round is being prepared: nobody was swabbed in it.")
    next_step = _("Look which round these tubes belong to.")


class FileClosed(DomainError):
    """Taken in, or put aside, or some of it counts."""

    code = "results_closed"
    message = _("These results are not open for that.")
    next_step = _("Look at how far they are; what was put aside is sent again.")


class FileBlocked(DomainError):
    """Declared negative, with positives in it."""

    code = "results_blocked"
    message = _("This file was declared negative, and there are positives in it: nothing of it counts yet.")
    next_step = _("Ask the laboratory, decide about the positives by name, then take the rest in.")


class LineDecided(DomainError):
    """The line needs no decision any more."""

    code = "results_line_decided"
    message = _("This line is decided.")
    next_step = _("Look at the file again.")


class LineNotDecided(DomainError):
    """There is no decision to take back."""

    code = "results_line_not_decided"
    message = _("Nobody decided about this line.")
    next_step = _("Look at the file again.")


class LineCounts(DomainError):
    """Its result counts."""

    code = "results_line_counts"
    message = _("This result counts: opening its line again would hide it.")
    next_step = _("Send what is right as a new result; a named person then puts it in the place of this one.")


class RecallSettled(DomainError):
    """They need not be called or swabbed any more."""

    code = "recall_settled"
    message = _("This is settled for them.")
    next_step = _("Look at the list again.")


class RetestTubeTaken(DomainError):
    """Somebody else's swab is in this tube."""

    code = "recall_tube_taken"
    message = _("Somebody else's swab is in this tube.")
    next_step = _("Take a fresh tube for one person alone, and scan that.")


class SwabsInTube(DomainError):
    """Scans or results name it: it is no slip."""

    code = "tube_is_no_slip"
    message = _("Swabs or a result are in this tube: it is no slip.")
    next_step = _("Find the tube. If it is lost or broken, reject it with a reason; everybody in it is swabbed again.")


class CallSaysNothing(DomainError):
    """Reached, and nobody wrote down where they are."""

    code = "recall_call_says_nothing"
    status = 422
    message = _("Write down where they are and what they said: whoever comes to swab them needs it.")
    next_step = _("Choose one of the answers and add a few words, for instance the room.")


class RecheckOutstanding(DomainError):
    """A positive whose recheck is not there holds them."""

    code = "recall_recheck_outstanding"
    message = _("The recheck of this positive is not there yet: nobody's recall ends before it.")
    next_step = _("Wait for the second laboratory, or let an approver end it by name; that is shown with the result.")


class RecheckNotIndependent(DomainError):
    """The same laboratory or person reported the first result. `context` names tubes, laboratory and person."""

    code = "recheck_not_independent"
    message = _("A recheck decides only if another laboratory found it, and another person reports it.")
    next_step = _(
        "Send the tube to the second laboratory; it reports the recheck itself, and another person enters it."
    )


class NotConfirmed(DomainError):
    """One finding is not enough."""

    code = "recall_not_confirmed"
    message = _("This positive is not confirmed: nothing that cannot be taken back follows from one finding.")
    next_step = _("Wait for the recheck, or for the result of their own tube.")


class OthersAreLeft(DomainError):
    """Since it was asked, somebody was tested or named."""

    code = "round_others_are_left"
    message = _("By now it is another number of people: nobody was named.")
    next_step = _("Look at who is left now, and say it again.")


class SaidBefore(DomainError):
    """Somebody else said of these people already why they were not tested; `said` are their rows, by number."""

    code = "absence_said_before"
    message = _("Somebody else said of them already why they were not tested. Nobody was named.")
    next_step = _("Read what they said; then leave it as it is, or say that yours takes its place.")

    def __init__(self, said: Sequence[Any]) -> None:
        self.said = list(said)
        super().__init__(numbers=", ".join(str(row.number) for row in self.said))

    def problem(self) -> dict[str, Any]:
        """With who said what when, and the `id` by which it is named to give way."""
        rows = [
            {"id": row.pk, "number": row.number, "kind": row.kind, "reason": row.reason,
             "by": row.by.display_name, "at": row.at.isoformat()}
            for row in self.said
        ]  # fmt: skip
        return {**super().problem(), "said": rows}


class AbsenceGaveWay(DomainError):
    """Something else was said of them since, or it was taken back."""

    code = "absence_gave_way"
    message = _("This does not hold any more: something else was said of them since, or it was taken back.")
    next_step = _("Look at the list again.")


class RoundIsOver(DomainError):
    """Closed or cancelled: who was excused in it stays as it was said."""

    code = "round_is_over"
    message = _("This round is over. Who was excused in it stays as it was said.")
    next_step = _("Say in the next round who is expected.")


class RoundDoesNotBalance(DomainError):
    """Tubes without a result, people neither tested nor named. `context` says which."""

    code = "round_does_not_balance"
    message = _("This round cannot be closed yet.")
    next_step = _("Answer what is named here; then close it.")


class CourierUnknown(DomainError):
    """No courier's phone has this key, or its week is over."""

    code = "courier_unknown"
    status = 401
    message = _("This phone opens nothing any more.")
    next_step = _("Ask for a new code, or open the page anew with your own account; what is kept here is sent then.")


class CourierOver(DomainError):
    """They carry no bags any more."""

    code = "courier_over"
    message = _("This courier carries no bags any more.")
    next_step = _("Look at the list of couriers again, or name them anew with another code.")


class NotYourBadge(DomainError):
    """Somebody else's badge."""

    code = "courier_not_yours"
    status = 403
    message = _("This is the badge of somebody else.")
    next_step = _("Open your own, or ask the duty officer for a code.")
