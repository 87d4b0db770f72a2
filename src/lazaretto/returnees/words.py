"""What the commands about returnees are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "returnees.begin_list": _("List of returnees begun"),
        "returnees.add_lines": _("List of returnees read on"),
        "returnees.end_reading": _("List of returnees read"),
        "returnees.commit_list": _("List of returnees taken in"),
        "returnees.decide_line": _("Line of a list of returnees decided"),
        "returnees.show_line": _("Line of a list of returnees looked at"),
        "returnees.cancel_list": _("List of returnees put aside"),
        "returnees.begin_shift": _("Shift of calling begun"),
        "returnees.end_shift": _("Shift of calling ended"),
        "returnees.take_next": _("Next returnee taken on"),
        "returnees.take": _("Returnee taken on"),
        "returnees.assign": _("Returnee given to a colleague"),
        "returnees.share_out": _("Returnees shared out"),
        "returnees.put_back": _("Returnee put back into the queue"),
        "returnees.move": _("Returnee handed to another area"),
        "returnees.return_ignored": _("Returnees back in the queue"),
        "returnees.show_number": _("Number of a returnee looked at"),
        "returnees.note_attempt": _("Returnee tried"),
        "returnees.note_test": _("Test of a returnee noted"),
        "returnees.close": _("Case of a returnee closed"),
        "returnees.reopen": _("Case of a returnee opened again"),
        "returnees.export": _("Open returnees exported"),
    }
)
