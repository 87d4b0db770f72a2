"""What the commands of tubes are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "tubes.upload_events": _("Events of tubes and bags taken in"),
        "tubes.upload_site_events": _("Events of a site's tubes and bags taken in"),
        "tubes.pack_bag": _("Tubes of a site packed"),
        "tubes.hand_bag_over": _("Bag of a site handed over"),
        "tubes.look_into_at_site": _("Doubt about a site's tube or bag looked into"),
        "tubes.look_into": _("Doubt about a tube or a bag looked into"),
        "tubes.call_slip": _("Code of a tube called a slip"),
        "tubes.add_laboratory": _("Laboratory named"),
        "tubes.change_laboratory": _("Laboratory changed"),
        "tubes.add_courier": _("Courier named"),
        "tubes.change_courier": _("Courier put right"),
        "tubes.make_courier_key": _("Key for a courier's phone made"),
        "tubes.end_courier": _("Courier ended"),
        "tubes.stage_results": _("Results laid out"),
        "tubes.commit_results": _("Results taken in"),
        "tubes.decide_line": _("Line of results decided"),
        "tubes.decide_lines": _("Lines of results decided"),
        "tubes.reopen_line": _("Decided line of results opened again"),
        "tubes.cancel_results": _("Results put aside"),
        "tubes.record_call": _("Somebody called back was called"),
        "tubes.list_called": _("List of people called back taken, with telephones"),
        "tubes.record_retest": _("Somebody called back was swabbed"),
        "tubes.close_recall": _("Recall ended by decision"),
        "tubes.override_recall": _("Recall ended before the recheck"),
        "tubes.hand_on": _("Confirmed positive taken over"),
        "tubes.name_absent": _("People not tested named"),
        "tubes.take_back_absence": _("Excuse of somebody taken back"),
        "tubes.read_report": _("Report of a round with names taken"),
        "tubes.read_strangers": _("List of strangers of a round taken"),
        "tubes.name_rest": _("Everybody not tested named"),
    }
)
