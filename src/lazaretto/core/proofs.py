"""What the core itself can prove: the journal is whole, alarms have owners, answers stand by their receipts."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core import journal
from lazaretto.core.models import Alarm, CommandReceipt, Deadline, JournalEntry, JournalPending
from lazaretto.core.promises import Finding, Offender, proof

OWNER_WITHIN = timedelta(hours=24)


@proof(7, "journal_chain", _("The journal is whole"))
def journal_chain(_at: datetime) -> Finding:
    """Every entry says what it said, in its place of the chain."""
    flaws = [Offender(f"journal {flaw.kind}", flaw.where, flaw.explanation) for flaw in journal.prove()]
    figures = {
        "journal_entries": JournalEntry.objects.count(),
        "journal_waiting_for_seal": JournalPending.objects.count(),
    }
    return Finding(figures, flaws, in_use=figures["journal_entries"] > 0)


@proof(6, "receipts_answered", _("Every acknowledged request has its answer"))
def receipts_answered(_at: datetime) -> Finding:
    """A receipt without an answer would be something acknowledged half way."""
    empty = CommandReceipt.objects.filter(answer__isnull=True).values_list("client_id", flat=True)
    offenders = [Offender("receipt", str(client_id), "no answer is stored") for client_id in empty]
    count = CommandReceipt.objects.count()
    return Finding({"requests_with_client_id": count}, offenders, in_use=count > 0)


@proof(4, "alarms_owned", _("Every alarm has an owner within a day"))
def alarms_owned(at: datetime) -> Finding:
    """An alarm that nobody took for a day was forgotten."""
    waiting = Alarm.objects.filter(answered_at__isnull=True, owner__isnull=True)
    forgotten = waiting.filter(raised_at__lt=at - OWNER_WITHIN)
    offenders = [
        Offender("alarm", str(row.id), f"{row.kind}: no owner since {row.raised_at.isoformat()}") for row in forgotten
    ]
    figures = {
        "alarms_without_owner": waiting.count(),
        "alarms_open": Alarm.objects.filter(answered_at__isnull=True).count(),
    }
    return Finding(figures, offenders, in_use=Deadline.objects.exists())
