"""Addresses of tubes and results."""

from django.urls import path

from lazaretto.tubes.views import closing, desk, naming, own, positives, results, rounds, times

app_name = "tubes"
urlpatterns = [
    path("tubes", rounds.listing, name="rounds"),
    path("tubes/rounds/<uuid:round_id>", rounds.one, name="round"),
    path("tubes/rounds/<uuid:round_id>/bags", rounds.bags, name="bags"),
    path("tubes/rounds/<uuid:round_id>/bags/<path:code>", rounds.bag, name="bag"),
    path("tubes/rounds/<uuid:round_id>/questions", rounds.questions, name="questions"),
    path("tubes/rounds/<uuid:round_id>/turnaround", times.turnaround_page, name="turnaround"),
    path("tubes/rounds/<uuid:round_id>/look", rounds.look, name="look"),
    path("tubes/rounds/<uuid:round_id>/closing", closing.closing, name="closing"),
    path("tubes/rounds/<uuid:round_id>/agreed", closing.numbers, name="agreed"),
    path("tubes/rounds/<uuid:round_id>/absent", closing.absent, name="absent"),
    path("tubes/rounds/<uuid:round_id>/excuse", naming.excuse, name="excuse"),
    path("tubes/rounds/<uuid:round_id>/absences/<int:absence_id>", naming.take_back, name="take_back"),
    path("tubes/rounds/<uuid:round_id>/rest", closing.rest, name="rest"),
    path("tubes/rounds/<uuid:round_id>/close", closing.close, name="close"),
    path("tubes/rounds/<uuid:round_id>/report.pdf", closing.report_pdf, name="report_pdf"),
    path("tubes/rounds/<uuid:round_id>/report.xlsx", closing.report_xlsx, name="report_xlsx"),
    path("tubes/rounds/<uuid:round_id>/own", own.card, name="own_card"),
    path("tubes/tube/<path:code>", rounds.tube, name="tube"),
    path("tubes/slip/<path:code>", rounds.slip, name="slip"),
    path("tubes/laboratories", desk.laboratories, name="laboratories"),
    path("tubes/laboratories/<uuid:laboratory_id>", desk.desk, name="desk"),
    path("tubes/laboratories/<uuid:laboratory_id>/scan", desk.scan, name="scan"),
    path("tubes/laboratories/<uuid:laboratory_id>/result", desk.enter, name="enter"),
    path("tubes/results", results.files, name="files"),
    path("tubes/results/<uuid:file_id>", results.one, name="file"),
    path("tubes/results/<uuid:file_id>/commit", results.commit, name="commit"),
    path("tubes/results/<uuid:file_id>/cancel", results.cancel, name="cancel"),
    path("tubes/results/<uuid:file_id>/together", results.together, name="together"),
    path("tubes/results/<uuid:file_id>/lines/<int:number>", results.decide, name="decide"),
    path("tubes/results/<uuid:file_id>/lines/<int:number>/reopen", results.reopen, name="reopen"),
    path("tubes/positives", positives.listing, name="positives"),
    path("tubes/positives/<uuid:positive_id>", positives.one, name="positive"),
    path("tubes/rounds/<uuid:round_id>/again", positives.again, name="again"),
    path("tubes/recalls/<uuid:recall_id>", positives.back, name="recall"),
    path("tubes/recalls/<uuid:recall_id>/override", positives.override, name="override"),
    path("tubes/recalls/<uuid:recall_id>/<str:step>", positives.step, name="recall_step"),
    path("r/<str:token>", own.result, name="own"),
]
